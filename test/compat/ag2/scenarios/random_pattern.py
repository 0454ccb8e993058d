"""RandomPattern with two agents, so that chance has no choice."""

from autogen import ConversableAgent
from autogen.agentchat.group.patterns import RandomPattern
from scenario import group_chat, llm_config

MODES = ("sync", "async")


def main(mode):
    def agent(name, *replies, **settings):
        config = llm_config(*replies, name=name) if replies else False
        return ConversableAgent(name, system_message=f"You are {name}.", llm_config=config, **settings)

    ann, bob = agent("ann", "ann 1", "ann 2"), agent("bob", "bob 1", "bob 2")
    group_chat(RandomPattern(initial_agent=ann, agents=[ann, bob]), "go", max_rounds=5)
