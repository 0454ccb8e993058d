"""Tools that have everything filled in at once: values, functions that depend on others, the chat and the variables."""

from typing import Annotated

from autogen import ConversableAgent
from autogen.agentchat.group import ContextVariables, ReplyResult, TerminateTarget
from autogen.agentchat.group.patterns import DefaultPattern
from autogen.tools import BaseContext, ChatContext, Depends, Tool, Toolkit, tool
from pydantic import BaseModel
from scenario import group_chat, llm_config, note, record, run, tool_calls

MODES = ("sync", "async")


class Account(BaseContext, BaseModel):
    owner: str
    balance: float


class Transfer(BaseModel):
    to: str
    amount: float = 1.5


def account() -> Account:
    return Account(owner="ann", balance=10)


def main(mode):
    @tool(description="Transfer money.", name="pay")
    def transfer(
        order: Annotated[Transfer, "What to pay"],
        chat: ChatContext,
        payer: Annotated[Account, Depends(account)],
        note_text: str = "none",
    ) -> str:
        said = [message["content"] for messages in chat.chat_messages.values() for message in messages]
        return f"{payer.owner} pays {order.amount} to {order.to} ({note_text}); {len(said)} messages"

    def balance(payer: Account = Depends(account), currency: str = "EUR") -> str:
        """Tell the balance."""
        return f"{payer.balance} {currency}"

    def close(context_variables: ContextVariables, payer: Annotated[Account, Depends(account)]) -> ReplyResult:
        """Close the account."""
        return ReplyResult(
            message=f"Closed for {payer.owner}, {sorted(dict(context_variables))}",
            target=TerminateTarget(),
            context_variables=ContextVariables(data={"closed": True}),
        )

    def bot(*replies, **settings):
        return ConversableAgent(
            "bot", llm_config=llm_config(*replies, name="bot"), human_input_mode="NEVER", **settings
        )

    calls = (
        tool_calls(("pay", {"order": {"to": "bob"}})),
        tool_calls(
            ("pay", {"order": {"to": "carl", "amount": "2"}, "note_text": "rent"}, "call_2"), ("balance", {}, "call_3")
        ),
        "TERMINATE",
    )
    kit = Toolkit([transfer, Tool(func_or_tool=balance, description="How much there is.")])
    run(bot(*calls), message="Pay.", tools=kit.tools, max_turns=6)

    member = bot(*calls[:2], tool_calls(("close", {}, "call_4")), functions=[transfer, balance, close])
    note("schemas", member.llm_config["tools"])
    pattern = DefaultPattern(initial_agent=member, agents=[member], context_variables=ContextVariables(data={"a": 1}))
    group_chat(pattern, "Pay and close.", max_rounds=12)
    record(member)
