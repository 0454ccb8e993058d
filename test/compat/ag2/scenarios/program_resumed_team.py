"""A team whose chat ends at its limit, and goes on from its messages with the variables that it had."""

from autogen import ConversableAgent
from autogen.agentchat.group import (
    AgentTarget,
    ContextVariables,
    OnContextCondition,
    ReplyResult,
    RevertToUserTarget,
    StringContextCondition,
    TerminateTarget,
)
from autogen.agentchat.group.patterns import DefaultPattern
from scenario import group_chat, llm_config, person, record, tool_calls

MODES = ("sync", "async")


def main(mode):
    def book(room: str, context_variables: ContextVariables) -> ReplyResult:
        """Book a room."""
        rooms = [*context_variables.get("rooms", []), room]
        return ReplyResult(message=f"Booked {room}", context_variables=ContextVariables(data={"rooms": rooms}))

    def pay(context_variables: ContextVariables) -> ReplyResult:
        """Pay."""
        return ReplyResult(
            message=f"Paid for {context_variables['rooms']}", context_variables=ContextVariables(data={"paid": True})
        )

    def pattern(clerk_says, cashier_says, variables):
        clerk = ConversableAgent("clerk", llm_config=llm_config(*clerk_says, name="clerk"), functions=[book])
        cashier = ConversableAgent("cashier", llm_config=llm_config(*cashier_says, name="cashier"), functions=[pay])
        user = ConversableAgent("guest", llm_config=False, human_input_mode="ALWAYS")
        clerk.handoffs.set_after_work(RevertToUserTarget())
        user.handoffs.set_after_work(AgentTarget(cashier))
        cashier.handoffs.add_context_condition(
            OnContextCondition(target=TerminateTarget(), condition=StringContextCondition(variable_name="paid"))
        )
        made = DefaultPattern(
            initial_agent=clerk, agents=[clerk, cashier], user_agent=user, context_variables=variables
        )
        return made, (clerk, cashier, user)

    first, members = pattern([tool_calls(("book", {"room": "12"}, "c1")), "Anything else?"], [], ContextVariables())
    result, variables, _ = group_chat(first, "A room.", max_rounds=4)
    record(*members)

    said = [
        {"role": "user", **{key: value for key, value in message.items() if key != "role"}}
        for message in result.chat_history
        if message.get("content") and "tool_responses" not in message and "tool_calls" not in message
    ]
    said = [{"name": "guest", **message} for message in said]
    person("No, thank you.")
    again, members = pattern(["Welcome back."], [tool_calls(("pay", {}, "c2"))], variables)
    group_chat(again, said, max_rounds=8)
    record(*members)
