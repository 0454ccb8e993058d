"""A pipeline for orders: each stage has a tool that marks it done, and variables alone lead from stage to stage."""

from typing import Annotated

from autogen import ConversableAgent, UpdateSystemMessage, UserProxyAgent
from autogen.agentchat.group import (
    AgentTarget,
    ContextExpression,
    ContextVariables,
    ExpressionContextCondition,
    OnContextCondition,
    ReplyResult,
    RevertToUserTarget,
    StringContextCondition,
    TerminateTarget,
)
from autogen.agentchat.group.patterns import DefaultPattern
from pydantic import BaseModel, Field
from scenario import group_chat, llm_config, person, record, tool_calls

MODES = ("sync", "async")


class Order(BaseModel):
    number: str
    items: list[str] = Field(default_factory=list)
    total: float = 0.0


def main(mode):
    def validate(order: Annotated[Order, "The order"], context_variables: ContextVariables) -> ReplyResult:
        """Check an order."""
        if not order.items:
            context_variables["error"] = "no items"
            return ReplyResult(message="Nothing was ordered.", context_variables=context_variables)
        context_variables.update({"validated": True, "order": order.model_dump()})
        return ReplyResult(message=f"Order {order.number} is right.", context_variables=context_variables)

    def check_stock(context_variables: ContextVariables) -> ReplyResult:
        """Look whether all items are there."""
        context_variables["in_stock"] = all(item != "unicorn" for item in context_variables["order"]["items"])
        context_variables["stage"] += 1
        return ReplyResult(
            message=f"In stock: {context_variables['in_stock']}",
            context_variables=context_variables,
            target=AgentTarget(pay) if context_variables["in_stock"] else RevertToUserTarget(),
        )

    def charge(amount: Annotated[float, "In euros"], context_variables: ContextVariables) -> ReplyResult:
        """Take the money."""
        context_variables["paid"] = amount >= context_variables["order"]["total"]
        return ReplyResult(message=f"Charged {amount:.2f}", context_variables=context_variables)

    def agent(name, *replies, **settings):
        return ConversableAgent(name, llm_config=llm_config(*replies, name=name), human_input_mode="NEVER", **settings)

    full = {"number": "A1", "items": ["heron", "stork"], "total": 12.5}
    entry = agent(
        "entry",
        tool_calls(("validate", {"order": {"number": "A1"}})),
        "It has no items.",
        tool_calls(("validate", {"order": full}, "call_2")),
        functions=[validate],
        update_agent_state_before_reply=[UpdateSystemMessage("Entry, stage {stage}, error: {error}.")],
    )
    stock = agent("stock", tool_calls(("check_stock", {}, "call_3")), functions=[check_stock])
    pay = agent("pay", tool_calls(("charge", {"amount": 12.5}, "call_4")), "never said", functions=charge)
    ship = agent("ship", "It is on its way.", update_agent_state_before_reply=UpdateSystemMessage("Ship {order}."))
    entry.handoffs.add_context_conditions(
        [
            OnContextCondition(target=AgentTarget(stock), condition=StringContextCondition(variable_name="validated")),
            OnContextCondition(
                target=RevertToUserTarget(),
                condition=ExpressionContextCondition(ContextExpression("len(${error}) > 99")),
            ),
        ]
    )
    entry.handoffs.set_after_work(RevertToUserTarget())
    pay.handoffs.add_context_condition(
        OnContextCondition(target=AgentTarget(ship), condition=StringContextCondition(variable_name="paid"))
    )
    ship.handoffs.set_after_work(TerminateTarget())
    customer = UserProxyAgent("customer", code_execution_config=False)
    person("A heron and a stork for 12.50.")
    pattern = DefaultPattern(
        initial_agent=entry,
        agents=[entry, stock, pay, ship],
        user_agent=customer,
        context_variables=ContextVariables({"stage": 0, "error": "", "validated": False, "paid": False}),
        group_after_work=TerminateTarget(),
    )
    group_chat(pattern, "I want to order.", max_rounds=25)
    record(customer, ship)
