"""max_rounds counts the first message."""

from autogen import ConversableAgent
from autogen.agentchat.group.patterns import RoundRobinPattern
from scenario import group_chat, llm_config

MODES = ("sync", "async")


def main(mode):
    def agent(name, *replies, **settings):
        config = llm_config(*replies, name=name) if replies else False
        return ConversableAgent(name, system_message=f"You are {name}.", llm_config=config, **settings)

    for rounds in (1, 2, 3):
        ann, bob = agent("ann", "ann 1"), agent("bob", "bob 1")
        group_chat(RoundRobinPattern(initial_agent=ann, agents=[ann, bob]), "go", max_rounds=rounds)
