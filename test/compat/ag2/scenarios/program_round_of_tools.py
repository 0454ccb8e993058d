"""A round of agents whose tools have values filled in, run asynchronously, and return models; stopped by a word."""

from typing import Annotated

from autogen import ConversableAgent
from autogen.agentchat.group import ContextVariables
from autogen.agentchat.group.patterns import RoundRobinPattern
from autogen.tools import Depends, Tool, tool
from autogen.tools.dependency_injection import BaseContext
from pydantic import BaseModel
from scenario import group_chat, llm_config, record, tool_calls

MODES = ("sync", "async")


class Shop(BaseContext, BaseModel):
    name: str


class Price(BaseModel):
    euros: int


SHOP = Shop(name="birds and more")


@tool(description="Tell the price.")
def price_of(article: Annotated[str, "The article"], shop: Annotated[Shop, Depends(SHOP)]) -> Price:
    return Price(euros=len(article) + len(shop.name))


async def weigh(article: str, context_variables: ContextVariables) -> float:
    """Weigh an article."""
    return len(article) * context_variables["weight"]


def main(mode):
    def agent(name, *replies, **settings):
        return ConversableAgent(name, llm_config=llm_config(*replies, name=name), human_input_mode="NEVER", **settings)

    seller = agent("seller", tool_calls(("price_of", {"article": "seed"})), "18 euros.", "Sold.", functions=[price_of])
    scales = agent(
        "scales",
        tool_calls(("heavy", {"article": "seed"}, "call_2"), ("price_of", {"article": "cage"}, "call_3")),
        "10 grams.",
        "Weighed. STOP",
        functions=[Tool(name="heavy", description="HEAVY", func_or_tool=weigh)],
    )
    pattern = RoundRobinPattern(
        initial_agent=seller,
        agents=[scales, seller],
        context_variables=ContextVariables({"weight": 2.5}),
        group_manager_args={"is_termination_msg": lambda message: "STOP" in str(message.get("content"))},
    )
    group_chat(pattern, "Seed, please.", max_rounds=12)
    record(scales)
