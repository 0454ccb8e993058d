"""Context conditions are asked in their order before the model is, also after a tool and with max_rounds."""

from autogen import ConversableAgent
from autogen.agentchat.group import (
    AgentTarget,
    ContextExpression,
    ContextVariables,
    ExpressionContextCondition,
    OnContextCondition,
    RevertToUserTarget,
    StringAvailableCondition,
    StringContextCondition,
    TerminateTarget,
)
from autogen.agentchat.group.patterns import DefaultPattern
from scenario import group_chat, llm_config, person, record

MODES = ("sync", "async")


def main(mode):
    def agent(name, *replies, **settings):
        config = llm_config(*replies, name=name) if replies else False
        return ConversableAgent(name, system_message=f"You are {name}.", llm_config=config, **settings)

    def talk(**variables):
        ann, bob, carl = agent("ann", "ann 1"), agent("bob", "bob 1"), agent("carl", "carl 1")
        user = agent("user", human_input_mode="ALWAYS")
        ann.handoffs.add_context_conditions(
            [
                OnContextCondition(
                    target=AgentTarget(bob),
                    condition=StringContextCondition(variable_name="to_bob"),
                    available=StringAvailableCondition("bob_is_in"),
                ),
                OnContextCondition(
                    target=AgentTarget(carl), condition=ExpressionContextCondition(ContextExpression("${level} >= 2"))
                ),
                OnContextCondition(
                    target=RevertToUserTarget(), condition=StringContextCondition(variable_name="to_user")
                ),
                OnContextCondition(target=TerminateTarget(), condition=StringContextCondition(variable_name="over")),
            ]
        )
        person("exit")
        pattern = DefaultPattern(
            initial_agent=ann,
            agents=[ann, bob, carl],
            user_agent=user,
            context_variables=ContextVariables({"level": 0, **variables}),
        )
        group_chat(pattern, "go", max_rounds=6)
        record(ann)

    talk(to_bob=True, bob_is_in=True)
    talk(to_bob=True, level=2)
    talk(to_user=True)
    talk(over=True)
    talk()
