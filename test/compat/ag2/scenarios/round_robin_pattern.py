"""RoundRobinPattern: the initial agent first, then the others in their order, then the user."""

from autogen import ConversableAgent
from autogen.agentchat.group.patterns import RoundRobinPattern
from scenario import group_chat, llm_config, person, record

MODES = ("sync", "async")


def main(mode):
    def agent(name, *replies, **settings):
        config = llm_config(*replies, name=name) if replies else False
        return ConversableAgent(name, system_message=f"You are {name}.", llm_config=config, **settings)

    ann, bob, carl = agent("ann", "ann 1", "ann 2"), agent("bob", "bob 1", "bob 2"), agent("carl", "carl 1", "carl 2")
    user = agent("user", human_input_mode="ALWAYS")
    person("well")
    group_chat(RoundRobinPattern(initial_agent=bob, agents=[ann, bob, carl], user_agent=user), "go", max_rounds=7)
    record(bob, user)
