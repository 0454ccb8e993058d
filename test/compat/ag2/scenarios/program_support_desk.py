"""A support desk: handoffs by variables, by a model and by a tool, and back to the user."""

from typing import Annotated, Any

from autogen import ConversableAgent, UpdateSystemMessage
from autogen.agentchat.group import (
    AgentNameTarget,
    AgentTarget,
    ContextExpression,
    ContextVariables,
    ExpressionAvailableCondition,
    ExpressionContextCondition,
    OnCondition,
    OnContextCondition,
    ReplyResult,
    RevertToUserTarget,
    StayTarget,
    StringContextCondition,
    StringLLMCondition,
    TerminateTarget,
)
from autogen.agentchat.group.patterns import DefaultPattern
from scenario import group_chat, llm_config, person, record, tool_calls

MODES = ("sync", "async")


def main(mode):
    def log_in(account: Annotated[str, "The account number"], context_variables: ContextVariables) -> ReplyResult:
        """Log the customer in."""
        known = {**context_variables.to_dict()}
        return ReplyResult(
            message=f"Logged in, of {sorted(known)}",
            context_variables=ContextVariables(data={"logged_in": True, "account": account, "tries": 1}),
        )

    def classify(kind: Annotated[str, "What it is about"], context_variables: ContextVariables) -> ReplyResult:
        """Say what the request is about."""
        context_variables["kind"] = kind
        context_variables["tries"] = context_variables.get("tries", 0) + 1
        return ReplyResult(
            message=f"It is about {kind}", target=AgentNameTarget(kind), context_variables=context_variables
        )

    async def look_up(order: Annotated[int, "The number"], context_variables: ContextVariables) -> Any:
        """Look up an order."""
        return {"order": order, "account": context_variables.get("account")}

    def agent(name, *replies, **settings):
        return ConversableAgent(name, llm_config=llm_config(*replies, name=name), **settings)

    triage = agent(
        "triage",
        tool_calls(("log_in", {"account": "A1"})),
        tool_calls(("classify", {"kind": "orders"}, "call_2")),
        "Back at triage.",
        tool_calls(("transfer_to_billing_1", {}, "call_5")),
        functions=[log_in, classify],
        update_agent_state_before_reply=[UpdateSystemMessage("Triage. Logged in: {logged_in}, kind: {kind}.")],
    )
    orders = agent(
        "orders",
        tool_calls(("look_up", {"order": 7}, "call_3"), ("look_up", {"order": 8}, "call_4")),
        "Both are on their way.",
        functions=[look_up],
        update_agent_state_before_reply=[UpdateSystemMessage("Orders of {account}.")],
    )
    billing = agent("billing", "Your bill is paid.", system_message="You know bills.")
    closer = agent("closer", "Goodbye.", system_message="You say goodbye.")

    triage.handoffs.add_llm_conditions(
        [
            OnCondition(
                target=AgentTarget(billing),
                condition=StringLLMCondition("A question about bills."),
                available=ExpressionAvailableCondition(ContextExpression("${logged_in} == True and ${tries} >= 2")),
            ),
            OnCondition(target=StayTarget(), condition=StringLLMCondition("Not clear yet.")),
        ]
    )
    triage.handoffs.set_after_work(RevertToUserTarget())
    orders.handoffs.set_after_work(AgentTarget(triage))
    billing.handoffs.add_context_condition(
        OnContextCondition(
            target=AgentTarget(closer), condition=ExpressionContextCondition(ContextExpression("${tries} > 5"))
        )
    )
    billing.handoffs.add_context_condition(
        OnContextCondition(target=AgentTarget(closer), condition=StringContextCondition(variable_name="angry"))
    )
    billing.handoffs.set_after_work(AgentTarget(closer))
    closer.handoffs.set_after_work(TerminateTarget())
    user = ConversableAgent("customer", llm_config=False, human_input_mode="ALWAYS")
    person("And my bill?")
    pattern = DefaultPattern(
        initial_agent=triage,
        agents=[triage, orders, billing, closer],
        user_agent=user,
        context_variables=ContextVariables(
            data={"logged_in": False, "kind": "unknown", "account": None, "angry": False, "tries": 0}
        ),
    )
    group_chat(pattern, "Where are my orders?", max_rounds=25)
    record(triage, orders, billing, closer, user)
