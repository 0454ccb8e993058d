"""ManualPattern: the person chooses from a list that begins with the executor."""

from autogen import ConversableAgent
from autogen.agentchat.group.patterns import ManualPattern
from scenario import group_chat, llm_config, person

MODES = ("sync", "async")


def main(mode):
    def agent(name, *replies, **settings):
        config = llm_config(*replies, name=name) if replies else False
        return ConversableAgent(name, system_message=f"You are {name}.", llm_config=config, **settings)

    ann, bob = agent("ann", "ann 1", "ann 2"), agent("bob", "bob 1", "bob 2", "bob 3")
    user = agent("user", human_input_mode="ALWAYS")
    person("3", "9", "4", "hello", "3")
    group_chat(ManualPattern(initial_agent=ann, agents=[ann, bob], user_agent=user), "go", max_rounds=6)
