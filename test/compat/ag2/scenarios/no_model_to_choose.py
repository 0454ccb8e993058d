"""A choice by the manager without any model is refused."""

from autogen import ConversableAgent
from autogen.agentchat.group.patterns import AutoPattern
from scenario import group_chat, llm_config, raises

MODES = ("sync", "async")


def main(mode):
    def agent(name, *replies, **settings):
        config = llm_config(*replies, name=name) if replies else False
        return ConversableAgent(name, system_message=f"You are {name}.", llm_config=config, **settings)

    ann, bob = agent("ann"), agent("bob")
    with raises("no model", ValueError):
        group_chat(AutoPattern(initial_agent=ann, agents=[ann, bob]), "go", max_rounds=4)
