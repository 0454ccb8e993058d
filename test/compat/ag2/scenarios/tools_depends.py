"""Parameters that the program fills in: values, functions, within Annotated and as defaults, in schemas and calls."""

from typing import Annotated

from autogen import ConversableAgent
from autogen.tools import BaseContext, Depends
from pydantic import BaseModel
from scenario import chat, llm_config, note, record, tool_calls

MODES = ("sync", "async")


class Account(BaseContext, BaseModel):
    owner: str


account = Account(owner="ann")


def rate(amount: float = 2.0) -> float:
    return amount * 10


def pay(amount: int, account: Annotated[Account, Depends(account)], currency: str = "EUR") -> str:
    """Pay."""
    return f"{account.owner} pays {amount} {currency}"


def price(amount: float, rate: float = Depends(rate)) -> float:
    """Price."""
    return amount + rate


async def later(amount: int, account: Account = Depends(account)) -> str:
    """Later."""
    return f"{account.owner} pays {amount} later"


def main(mode):
    helper = ConversableAgent(
        "helper",
        system_message="Help.",
        human_input_mode="NEVER",
        llm_config=llm_config(
            tool_calls(("pay", {"amount": "3"}, "call_1")),
            tool_calls(("price", {"amount": 1.5}, "call_2")),
            tool_calls(("later", {"amount": 4}, "call_3")),
            "Done.",
            name="helper",
        ),
        functions=[pay],
    )
    user = ConversableAgent("user", human_input_mode="NEVER", llm_config=False)
    for function in (price, later):
        helper.register_for_llm()(function)
    for function in (pay, price, later):
        user.register_for_execution()(function)
    note("schemas", helper.llm_config["tools"])
    chat(user, helper, message="go", max_turns=4)
    record(user)
