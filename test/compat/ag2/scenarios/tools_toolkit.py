"""Toolkits: what they hold, find, replace and register."""

from autogen import ConversableAgent
from autogen.tools import Tool, Toolkit, tool
from scenario import llm_config, note, raises


@tool()
def one() -> str:
    """One."""
    return "1"


@tool()
def two() -> str:
    """Two."""
    return "2"


def main(mode):
    kit = Toolkit([one, two, one])
    note("length", len(kit))
    note("tools", [found.name for found in kit.tools])
    note("found", kit.get_tool("two") is two)
    kit.set_tool(Tool(name="two", description="Another two.", func_or_tool=one))
    note("replaced", [found.description for found in kit.tools])
    kit.remove_tool("one")
    note("removed", [found.name for found in kit.tools])
    with raises("get"):
        kit.get_tool("one")
    with raises("remove"):
        kit.remove_tool("one")
    helper = ConversableAgent("helper", llm_config=llm_config())
    user = ConversableAgent("user", llm_config=False)
    kit.set_tool(one)
    kit.register_for_llm(helper)
    kit.register_for_execution(user)
    note("helper", [found.name for found in helper.tools])
    note("user", sorted(user.function_map))
    note("answers", [user.function_map["one"](), user.function_map["two"]()])
