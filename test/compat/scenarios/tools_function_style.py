"""api_style "function": function_call messages, a legacy function_map, update_function_signature and its removal."""

from typing import Annotated

from autogen import AssistantAgent, UserProxyAgent
from scenario import chat, function_call, llm_config, note, raises, record

MODES = ("sync", "async")


def main(mode):
    helper = AssistantAgent(
        "helper",
        llm_config=llm_config(
            function_call("add", {"a": 1, "b": 2}),
            function_call("unknown", {}),
            function_call("add", "{broken"),
            function_call("fail", {}),
            "TERMINATE",
            name="helper",
        ),
    )

    def fail():
        raise KeyError("lost")

    user = UserProxyAgent("user", human_input_mode="NEVER", code_execution_config=False, function_map={"fail": fail})

    @user.register_for_execution()
    @helper.register_for_llm(description="Add two numbers.", api_style="function")
    def add(a: Annotated[int, "the first"], b: Annotated[int, "the second"]) -> int:
        return a + b

    helper.update_function_signature(
        {"name": "fail", "description": "d", "parameters": {"type": "object", "properties": {}}}, False
    )
    note("functions", helper.llm_config["functions"])
    chat(user, helper, message="go")
    record(user, helper)
    helper.update_function_signature("fail", is_remove=True)
    note("functions left", [function["name"] for function in helper.llm_config["functions"]])
    with raises("removing a stranger"):
        helper.update_function_signature("stranger", is_remove=True)
    with raises("a bad name"):
        helper.update_function_signature({"name": "not a name!"}, False)
    user.register_function({"fail": None, "other": len})
    note("function map", sorted(user.function_map))
    with raises("removing what is not there"):
        user.register_function({"stranger": None})
