"""The forms of the first message: a text, a dict without a name, with the name of an agent or of the user."""

from autogen import ConversableAgent
from autogen.agentchat.group.patterns import DefaultPattern
from scenario import group_chat, llm_config, record

MODES = ("sync", "async")


def main(mode):
    def agent(name, *replies, **settings):
        config = llm_config(*replies, name=name) if replies else False
        return ConversableAgent(name, system_message=f"You are {name}.", llm_config=config, **settings)

    for message in (
        "go",
        [{"role": "user", "content": "go"}],
        [{"role": "user", "content": "go", "name": "bob"}],
        [{"role": "user", "content": "go", "name": "user"}],
    ):
        ann, bob = agent("ann", "ann 1"), agent("bob", "bob 1")
        user = agent("user", human_input_mode="NEVER", default_auto_reply="me")
        group_chat(DefaultPattern(initial_agent=ann, agents=[ann, bob], user_agent=user), message, max_rounds=4)
        record(ann)
