"""After-works in their order, with conditions; a StayTarget; an unavailable one; then the group ends the chat."""

from autogen import ConversableAgent
from autogen.agentchat.group import (
    AgentTarget,
    ContextExpression,
    ContextVariables,
    ExpressionAvailableCondition,
    ExpressionContextCondition,
    OnContextCondition,
    ReplyResult,
    StayTarget,
    StringContextCondition,
)
from autogen.agentchat.group.patterns import DefaultPattern
from scenario import group_chat, llm_config, tool_calls

MODES = ("sync", "async")


def main(mode):
    def agent(name, *replies, **settings):
        config = llm_config(*replies, name=name) if replies else False
        return ConversableAgent(name, system_message=f"You are {name}.", llm_config=config, **settings)

    def count(context_variables: ContextVariables) -> ReplyResult:
        """Count."""
        context_variables["turns"] += 1
        return ReplyResult(message=f"turn {context_variables['turns']}", context_variables=context_variables)

    ann = agent("ann", tool_calls(("count", {})), "ann 1", tool_calls(("count", {})), "ann 2", functions=count)
    bob, carl = agent("bob", "bob 1"), agent("carl", "carl 1")
    ann.handoffs.add_after_works(
        [
            OnContextCondition(target=AgentTarget(carl), condition=StringContextCondition(variable_name="urgent")),
            OnContextCondition(
                target=StayTarget(), condition=ExpressionContextCondition(ContextExpression("${turns} < 2"))
            ),
            OnContextCondition(
                target=AgentTarget(carl),
                available=ExpressionAvailableCondition(ContextExpression("${turns} > 5")),
                condition=ExpressionContextCondition(ContextExpression("True")),
            ),
            OnContextCondition(target=AgentTarget(bob)),
        ]
    )
    pattern = DefaultPattern(
        initial_agent=ann, agents=[ann, bob, carl], context_variables=ContextVariables({"turns": 0, "urgent": False})
    )
    group_chat(pattern, "go", max_rounds=12)
