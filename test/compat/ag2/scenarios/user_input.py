"""A user that enters nothing, then a text, then exit."""

from autogen import ConversableAgent, UserProxyAgent
from autogen.agentchat.group import RevertToUserTarget
from autogen.agentchat.group.patterns import DefaultPattern
from scenario import group_chat, llm_config, person, record

MODES = ("sync", "async")


def main(mode):
    def agent(name, *replies, **settings):
        config = llm_config(*replies, name=name) if replies else False
        return ConversableAgent(name, system_message=f"You are {name}.", llm_config=config, **settings)

    ann = agent("ann", "ann 1", "ann 2", "ann 3")
    user = UserProxyAgent("user", code_execution_config=False)
    ann.handoffs.set_after_work(RevertToUserTarget())
    person("", "more", "exit")
    group_chat(DefaultPattern(initial_agent=ann, agents=[ann], user_agent=user), "go", max_rounds=10)
    record(ann)
