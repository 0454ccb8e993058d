"""Pydantic models as parameters of tools, alone, in lists, and optional."""

from autogen import ConversableAgent
from autogen.tools import tool
from pydantic import BaseModel
from scenario import chat, llm_config, record, tool_calls

MODES = ("sync", "async")


class Item(BaseModel):
    name: str
    count: int = 1


@tool()
def total(items: list[Item], extra: Item | None = None) -> int:
    """Count items."""
    return sum(item.count for item in items) + (extra.count if extra else 0)


@tool()
def rename(item: Item, name: str) -> Item:
    """Rename an item."""
    return Item(name=name, count=item.count)


def main(mode):
    helper = ConversableAgent(
        "helper",
        system_message="Help.",
        human_input_mode="NEVER",
        llm_config=llm_config(
            tool_calls(("total", {"items": [{"name": "tea", "count": "2"}, {"name": "mug"}]}, "call_1")),
            tool_calls(("total", {"items": [], "extra": {"name": "jam", "count": 4}}, "call_2")),
            tool_calls(("rename", {"item": {"name": "tea", "count": 3}, "name": "cup"}, "call_3")),
            "Done.",
            name="helper",
        ),
    )
    user = ConversableAgent("user", human_input_mode="NEVER", llm_config=False)
    for one in (total, rename):
        one.register_for_llm(helper)
        one.register_for_execution(user)
    chat(user, helper, message="go", max_turns=4)
    record(user)
