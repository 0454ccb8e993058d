"""Functions registered by the decorators of two agents, without and with descriptions, names and both styles."""

from typing import Annotated

from autogen import ConversableAgent
from autogen.tools import Tool
from scenario import chat, llm_config, note, record, tool_calls

MODES = ("sync", "async")


def main(mode):
    helper = ConversableAgent(
        "helper",
        system_message="Help.",
        human_input_mode="NEVER",
        llm_config=llm_config(
            tool_calls(("add", {"a": 1, "b": 2}, "call_1"), ("shout", {"text": "hi"}, "call_2")),
            tool_calls(("add", {"a": 3}, "call_3")),
            "Done.",
            name="helper",
        ),
    )
    user = ConversableAgent("user", human_input_mode="NEVER", llm_config=False)

    @user.register_for_execution()
    @helper.register_for_llm()
    def add(a: Annotated[int, "the first"], b: Annotated[int, "the second"] = 5) -> int:
        """Add two numbers."""
        return a + b

    @helper.register_for_llm(name="shout", description="Say it loudly.")
    @user.register_for_execution(name="shout")
    def loudly(text: str) -> str:
        return text.upper()

    note("tools", [isinstance(add, Tool), isinstance(loudly, Tool), add(1), loudly("x")])
    note("names", [tool.name for tool in helper.tools])
    note("descriptions", [tool.description for tool in helper.tools])
    note("schemas", helper.llm_config["tools"])
    note("map", sorted(user.function_map))
    chat(user, helper, message="go", max_turns=3)
    record(user, helper)
