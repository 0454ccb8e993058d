"""The after-work of the user, and a tool of the user that says where to go."""

from autogen import ConversableAgent
from autogen.agentchat.group import AgentTarget, RevertToUserTarget
from autogen.agentchat.group.patterns import DefaultPattern
from scenario import group_chat, llm_config, person

MODES = ("sync", "async")


def main(mode):
    def agent(name, *replies, **settings):
        config = llm_config(*replies, name=name) if replies else False
        return ConversableAgent(name, system_message=f"You are {name}.", llm_config=config, **settings)

    ann, bob = agent("ann", "ann 1"), agent("bob", "bob 1")
    user = agent("user", human_input_mode="ALWAYS")
    ann.handoffs.set_after_work(RevertToUserTarget())
    user.handoffs.set_after_work(AgentTarget(bob))
    person("hello")
    group_chat(DefaultPattern(initial_agent=ann, agents=[ann, bob], user_agent=user), "go", max_rounds=8)
