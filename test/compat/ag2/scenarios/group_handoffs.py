"""Handoffs in a DefaultPattern: a tool that returns a ReplyResult, an LLM condition, a context condition."""

from typing import Annotated

from autogen import ConversableAgent
from autogen.agentchat.group import (
    AgentTarget,
    ContextExpression,
    ContextVariables,
    ExpressionContextCondition,
    OnCondition,
    OnContextCondition,
    ReplyResult,
    RevertToUserTarget,
    StringLLMCondition,
    TerminateTarget,
)
from autogen.agentchat.group.patterns import DefaultPattern
from scenario import group_chat, llm_config, note, person, record, tool_calls

MODES = ("sync", "async")


def main(mode):
    def classify(kind: Annotated[str, "What it is about"], context_variables: ContextVariables) -> ReplyResult:
        """Say what a question is about."""
        context_variables["kind"] = kind
        context_variables["count"] = context_variables["count"] + 1
        return ReplyResult(message=f"It is about {kind}.", context_variables=context_variables)

    front = ConversableAgent(
        "front",
        system_message="Sort.",
        llm_config=llm_config(tool_calls(("classify", {"kind": "bill"})), name="front"),
        functions=[classify],
    )
    bill = ConversableAgent(
        "bill",
        system_message="Bills.",
        llm_config=llm_config(tool_calls(("transfer_to_tech_1", {}, "call_9")), "Paid.", name="bill"),
    )
    tech = ConversableAgent("tech", system_message="Tech.", llm_config=llm_config("Fixed.", "Done.", name="tech"))
    user = ConversableAgent("user", human_input_mode="ALWAYS", llm_config=False)
    front.handoffs.add_context_condition(
        OnContextCondition(
            target=AgentTarget(bill), condition=ExpressionContextCondition(ContextExpression("${kind} == 'bill'"))
        )
    )
    bill.handoffs.add_llm_condition(
        OnCondition(target=AgentTarget(tech), condition=StringLLMCondition("When it is broken."))
    )
    bill.handoffs.set_after_work(TerminateTarget())
    tech.handoffs.set_after_work(RevertToUserTarget())
    pattern = DefaultPattern(
        initial_agent=front,
        agents=[front, bill, tech],
        user_agent=user,
        context_variables=ContextVariables(data={"kind": "", "count": 0}),
        group_manager_args={"llm_config": False},
    )
    person("And now?", "exit")
    group_chat(pattern, "My bill is wrong.", max_rounds=12)
    note("names of tools", [tool["function"]["name"] for tool in front.llm_config["tools"]])
    record(front, bill, tech, user)
