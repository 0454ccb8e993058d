"""What cannot be made a tool, or given to an agent."""

from autogen import ConversableAgent
from autogen.tools import Tool
from scenario import llm_config, raises


def add(a: int) -> int:
    """Add."""
    return a


def unannotated(a):
    """Unannotated."""
    return a


def main(mode):
    for name, thing in (("number", 3), ("text", "add"), ("nothing", None)):
        with raises(f"a {name} as a tool"):
            Tool(func_or_tool=thing)
        if thing is not None:
            with raises(f"a {name} as functions"):
                ConversableAgent("a", llm_config=llm_config(), functions=thing)
            with raises(f"a {name} among functions"):
                ConversableAgent("a", llm_config=llm_config(), functions=[thing])
    with raises("by position"):
        Tool(add)
    with raises("without annotations"):
        ConversableAgent("a", llm_config=llm_config(), functions=[unannotated])
    with raises("without a model", message=False):
        ConversableAgent("a", llm_config=False, functions=[add])
    with raises("without a model, registered"):
        Tool(func_or_tool=add).register_for_llm(ConversableAgent("a", llm_config=False))
    with raises("no functions without a model"):
        ConversableAgent("a", llm_config=False, functions=[])
    with raises("a bad name"):
        Tool(name="a b", func_or_tool=add).register_for_llm(ConversableAgent("a", llm_config=llm_config()))
