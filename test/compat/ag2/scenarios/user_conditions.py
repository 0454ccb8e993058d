"""The user of a group hands over by a context condition, and by a choice of its own model."""

from autogen import ConversableAgent
from autogen.agentchat.group import (
    AgentTarget,
    ContextVariables,
    OnCondition,
    OnContextCondition,
    RevertToUserTarget,
    StringContextCondition,
    StringLLMCondition,
)
from autogen.agentchat.group.patterns import DefaultPattern
from scenario import group_chat, llm_config, tool_calls

MODES = ("sync", "async")


def main(mode):
    def agent(name, *replies, **settings):
        config = llm_config(*replies, name=name) if replies else False
        return ConversableAgent(
            name, system_message=f"You are {name}.", llm_config=config, human_input_mode="NEVER", **settings
        )

    ann, bob = agent("ann", "ann 1", "ann 2"), agent("bob", "bob 1")
    user = agent("user", default_auto_reply="user 1")
    ann.handoffs.set_after_work(RevertToUserTarget())
    user.handoffs.add_context_condition(
        OnContextCondition(target=AgentTarget(bob), condition=StringContextCondition(variable_name="ready"))
    )
    group_chat(
        DefaultPattern(
            initial_agent=ann, agents=[ann, bob], user_agent=user, context_variables=ContextVariables({"ready": True})
        ),
        "go",
        max_rounds=4,
    )

    ann, bob = agent("ann2", "ann 1", "ann 2"), agent("bob2", "bob 1")
    user = agent("user2", tool_calls(("transfer_to_bob2_1", {})), "user 2", "user 3")
    ann.handoffs.set_after_work(RevertToUserTarget())
    user.handoffs.add_llm_condition(OnCondition(target=AgentTarget(bob), condition=StringLLMCondition(prompt="Bob!")))
    group_chat(DefaultPattern(initial_agent=ann, agents=[ann, bob], user_agent=user), "go", max_rounds=5)
