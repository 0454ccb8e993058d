"""Tools of a group whose parameters the program fills in: the variables, the chat, an account."""

from typing import Annotated

from autogen import ConversableAgent
from autogen.agentchat.group import ContextVariables, ReplyResult, TerminateTarget
from autogen.agentchat.group.patterns import DefaultPattern
from autogen.tools import BaseContext, ChatContext, Depends
from pydantic import BaseModel
from scenario import group_chat, llm_config, note, record, tool_calls

MODES = ("sync", "async")


class Account(BaseContext, BaseModel):
    owner: str


account = Account(owner="ann")


def pay(
    amount: int,
    context_variables: ContextVariables,
    account: Annotated[Account, Depends(account)],
    currency: Annotated[str, "in which"] = "EUR",
) -> ReplyResult:
    """Pay."""
    context_variables["paid"] = context_variables["paid"] + amount
    return ReplyResult(message=f"{account.owner} pays {amount} {currency}", context_variables=context_variables)


async def look(context: ChatContext) -> str:
    """Look around."""
    return context.last_message["tool_calls"][0]["function"]["name"]


def main(mode):
    bank = ConversableAgent(
        "bank",
        system_message="Bank.",
        llm_config=llm_config(
            tool_calls(("pay", {"amount": 3}, "call_1")),
            tool_calls(("pay", {"amount": 4, "currency": "USD"}, "call_2"), ("look", {}, "call_3")),
            "Done.",
            name="bank",
        ),
        functions=[pay, look],
    )
    bank.handoffs.set_after_work(TerminateTarget())
    note("schemas", bank.llm_config["tools"])
    variables = ContextVariables(data={"paid": 0})
    group_chat(DefaultPattern(initial_agent=bank, agents=[bank], context_variables=variables), "Pay.", max_rounds=8)
    note("paid", variables.to_dict())
    record(bank)
