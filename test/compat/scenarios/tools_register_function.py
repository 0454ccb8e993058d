"""autogen.register_function, tools taken away again, executing directly, and what registering refuses."""

import autogen
from autogen import ConversableAgent
from scenario import chat, llm_config, note, raises, record, tool_calls

MODES = ("sync", "async")


def shout(text: str) -> str:
    return text.upper()


def main(mode):
    shared = llm_config(tool_calls(("shout", {"text": "hi"})), "done", name="helper")
    helper = ConversableAgent("helper", human_input_mode="NEVER", llm_config=shared)
    other = ConversableAgent("other", human_input_mode="NEVER", llm_config=shared)
    user = ConversableAgent("user", llm_config=False, human_input_mode="NEVER")
    autogen.register_function(shout, caller=helper, executor=user, name="shout", description="Say it loudly.")
    note("tools", helper.llm_config["tools"])
    note("tools of the agent that shares the dict", other.llm_config.get("tools"))
    chat(user, helper, message="go", max_turns=2)
    record(user)
    note("executed", user.execute_function({"name": "shout", "arguments": '{"text": "direct"}'}))
    note("executed unknown", user.execute_function({"name": "stranger", "arguments": "{}"}))
    note("executed broken", user.execute_function({"name": "shout", "arguments": "{"})[0])
    autogen.register_function(shout, caller=helper, executor=user, name="shout", description="Again.")
    note("registered twice", [tool["function"]["description"] for tool in helper.llm_config["tools"]])
    helper.update_tool_signature("shout", is_remove=True)
    note("removed", helper.llm_config.get("tools"))
    with raises("without annotation"):
        helper.register_for_llm(description="x")(lambda a: a)
    with raises("without description"):
        helper.register_for_llm()(shout)
    with raises("an agent without a model"):
        user.register_for_llm(description="x")(shout)
    with raises("a wrong style"):
        helper.register_for_llm(description="x", api_style="soap")(shout)
    with raises("tool signature without a model"):
        user.update_tool_signature({"type": "function", "function": {"name": "x"}}, False)
    with raises("something that is no function"):
        helper.register_for_llm(description="x")("shout")
