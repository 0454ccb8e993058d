"""A chat that goes on from the messages of an earlier one, all with names."""

from autogen import ConversableAgent
from autogen.agentchat.group import AgentTarget, RevertToUserTarget
from autogen.agentchat.group.patterns import DefaultPattern
from scenario import group_chat, llm_config, person, raises, record

MODES = ("sync", "async")


def main(mode):
    def agent(name, *replies, **settings):
        config = llm_config(*replies, name=name) if replies else False
        return ConversableAgent(name, system_message=f"You are {name}.", llm_config=config, **settings)

    def talk(messages):
        ann, bob = agent("ann", "ann 1", "ann 2"), agent("bob", "bob 1", "bob 2")
        user = agent("user", human_input_mode="ALWAYS")
        ann.handoffs.set_after_work(AgentTarget(bob))
        bob.handoffs.set_after_work(RevertToUserTarget())
        person("exit")
        pattern = DefaultPattern(initial_agent=ann, agents=[ann, bob], user_agent=user)
        group_chat(pattern, messages, max_rounds=8)
        record(ann, bob)

    first = {"role": "user", "content": "go", "name": "user"}
    talk([first, {"role": "user", "content": "I am ann", "name": "ann"}])
    talk(
        [
            first,
            {"role": "user", "content": "I am ann", "name": "ann"},
            {"role": "user", "content": "and?", "name": "user"},
        ]
    )
    with raises("a stranger"):
        talk([first, {"role": "user", "content": "x", "name": "nobody"}])
