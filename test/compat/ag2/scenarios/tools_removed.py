"""Tools that are taken back from a model, and replaced."""

from autogen import ConversableAgent
from autogen.tools import tool
from scenario import chat, llm_config, note, raises


@tool()
def one() -> str:
    """One."""
    return "1"


@tool()
def two() -> str:
    """Two."""
    return "2"


def main(mode):
    helper = ConversableAgent(
        "helper", system_message="Help.", human_input_mode="NEVER", llm_config=llm_config("A.", "B.", name="helper"),
        functions=[one, two],
    )  # fmt: skip
    user = ConversableAgent("user", human_input_mode="NEVER", llm_config=False)
    chat(user, helper, message="with both", max_turns=1)
    first, second = helper.tools
    helper.remove_tool_for_llm(first)
    note("left", [found.name for found in helper.tools])
    with raises("twice"):
        helper.remove_tool_for_llm(first)
    helper.remove_tool_for_llm(second)
    note("none left", [len(helper.tools), "tools" in helper.llm_config])
    chat(user, helper, message="with none", max_turns=1)
    with raises("none to remove"):
        helper.remove_tool_for_llm(second)
