"""The person is asked who goes next: after the work of an agent."""

from autogen import ConversableAgent
from autogen.agentchat.group import AskUserTarget
from autogen.agentchat.group.patterns import DefaultPattern
from scenario import group_chat, llm_config, person

MODES = ("sync", "async")


def main(mode):
    def agent(name, *replies, **settings):
        config = llm_config(*replies, name=name) if replies else False
        return ConversableAgent(name, system_message=f"You are {name}.", llm_config=config, **settings)

    ann, bob = agent("ann", "ann 1", "ann 2"), agent("bob", "bob 1")
    ann.handoffs.set_after_work(AskUserTarget())
    person("2", "3")
    group_chat(DefaultPattern(initial_agent=ann, agents=[ann, bob]), "go", max_rounds=8)
