"""Handoffs that are not available are not offered, and the others keep their numbers."""

from autogen import ConversableAgent
from autogen.agentchat.group import (
    AgentTarget,
    ContextExpression,
    ContextStr,
    ContextStrLLMCondition,
    ContextVariables,
    ExpressionAvailableCondition,
    OnCondition,
    ReplyResult,
    StringAvailableCondition,
    StringLLMCondition,
)
from autogen.agentchat.group.patterns import DefaultPattern
from scenario import group_chat, llm_config, tool_calls

MODES = ("sync", "async")


def main(mode):
    def agent(name, *replies, **settings):
        config = llm_config(*replies, name=name) if replies else False
        return ConversableAgent(name, system_message=f"You are {name}.", llm_config=config, **settings)

    def unlock(context_variables: ContextVariables) -> ReplyResult:
        """Unlock."""
        return ReplyResult(message="unlocked", context_variables=ContextVariables({"open": True, "level": 3}))

    ann = agent("ann", tool_calls(("unlock", {})), tool_calls(("transfer_to_carl_2", {}, "call_2")), functions=[unlock])
    bob, carl = agent("bob", "bob 1"), agent("carl", "carl 1")
    ann.handoffs.add_llm_conditions(
        [
            OnCondition(
                target=AgentTarget(bob),
                condition=StringLLMCondition("For bob."),
                available=StringAvailableCondition("open"),
            ),
            OnCondition(
                target=AgentTarget(carl),
                condition=ContextStrLLMCondition(ContextStr(template="At level {level}.")),
                available=ExpressionAvailableCondition(ContextExpression("${level} > 2")),
            ),
            OnCondition(
                target=AgentTarget(bob), condition=StringLLMCondition("Also for bob."), llm_function_name="mine"
            ),
        ]
    )
    pattern = DefaultPattern(
        initial_agent=ann, agents=[ann, bob, carl], context_variables=ContextVariables({"level": 1})
    )
    group_chat(pattern, "go", max_rounds=8)
