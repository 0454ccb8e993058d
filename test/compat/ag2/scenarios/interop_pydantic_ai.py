"""Tools of pydantic-ai that an assistant calls, with and without a context: schemas, results, errors, retries."""

from dataclasses import dataclass

from autogen import AssistantAgent, UserProxyAgent
from autogen.interop import Interoperability
from pydantic import BaseModel
from pydantic_ai import RunContext
from pydantic_ai.tools import Tool
from scenario import chat, llm_config, note, raises, record, tool_calls

MODES = ("sync", "async")
NEEDS = ("pydantic_ai",)


@dataclass
class Shop:
    currency: str


class Order(BaseModel):
    number: int
    express: bool = False


def find_birds(place: str, most: int = 2) -> str:
    """Find birds.

    Args:
        place: where to look.
        most: how many at most.
    """
    return f"{most} herons at {place}"


def price_of(ctx: RunContext[Shop], order: Order) -> str:
    """Tell the price of an order.

    Args:
        order: the order.
    """
    return f"{order.number * 2 + order.express} {ctx.deps.currency}, after {ctx.retry} failures"


def refund(ctx: RunContext[Shop], number: int) -> dict:
    """Give money back."""
    if number < 0:
        raise ValueError(f"There is no order {number}.")
    return {"number": number, "currency": ctx.deps.currency}


def main(mode):
    shop = Shop("euros")
    tools = [
        Interoperability.convert_tool(tool=Tool(find_birds), type="pydanticai"),
        Interoperability.convert_tool(tool=Tool(price_of, takes_ctx=True), type="pydanticai", deps=shop),
        Interoperability.convert_tool(
            tool=Tool(refund, name="give_back", description="REFUND", max_retries=3), type="pydanticai", deps=shop
        ),
    ]
    note("tools", [[one.name, one.description] for one in tools])
    with raises("without deps", ValueError):
        Interoperability.convert_tool(tool=Tool(refund), type="pydanticai")
    with raises("not a tool of pydantic-ai", ValueError):
        Interoperability.convert_tool(tool=refund, type="pydanticai", deps=shop)

    model = llm_config(
        tool_calls(("find_birds", {"place": "the lake"}), ("price_of", {"order": {"number": 4, "express": True}})),
        tool_calls(("give_back", {"number": -1})),
        tool_calls(("give_back", {"number": 4})),
        tool_calls(("find_birds", {"most": 3}), ("price_of", {"order": {"number": "four"}})),
        "It is done. TERMINATE",
        name="model",
    )
    assistant = AssistantAgent("assistant", system_message="You keep a shop.", llm_config=model)
    user = UserProxyAgent("user", human_input_mode="NEVER", code_execution_config=False)
    for one in tools:
        one.register_for_llm(assistant)
        one.register_for_execution(user)
    chat(user, assistant, message="Tell me all.", max_turns=5)
    record(user)
