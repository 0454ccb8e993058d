"""Tools made of functions, methods and tools: names, descriptions, calls, and where they are registered."""

import asyncio

from autogen import ConversableAgent
from autogen.tools import Tool, tool
from scenario import llm_config, note


class Shop:
    def price(self, item: str, count: int = 1) -> str:
        """Tell the price."""
        return f"{item}: {3 * count}"


@tool(description="Add them.")
def add(a: int, b: int = 2) -> int:
    return a + b


async def wait_a_little(text: str) -> str:
    return text


wait_a_little.__doc__ = "Wait.\n\n    A little.\n    "  # written here, because Python 3.13 takes the indentation away
wait_a_little = tool(name="wait")(wait_a_little)


def main(mode):
    note("made", [[one.name, one.description] for one in (add, wait_a_little)])
    note("called", [add(1), add("4", b=5), asyncio.run(wait_a_little("x"))])
    renamed = Tool(name="plus", func_or_tool=add)
    told = Tool(description="Sum them up.", func_or_tool=add)
    method = Tool(func_or_tool=Shop().price)
    note("derived", [[one.name, one.description] for one in (renamed, told, method)])
    note("derived called", [renamed(1), told(2, 3), method("tea", "2")])
    both = ConversableAgent("both", llm_config=llm_config())
    renamed.register_tool(both)
    method.register_for_llm(both)
    note("both", [[one.name for one in both.tools], sorted(both.function_map)])
    through = both.register_for_llm(name="through", description="Through.")(add)
    note("through", [isinstance(through, Tool), through.name, through.description, add.name])
    note("same", both.register_for_execution()(add) is add)
    note("all", [[one.name for one in both.tools], sorted(both.function_map)])
