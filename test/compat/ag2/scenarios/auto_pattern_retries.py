"""AutoPattern: answers without a name, with several and with a stranger; then the next agent of the list."""

from autogen import ConversableAgent
from autogen.agentchat.group.patterns import AutoPattern
from scenario import group_chat, llm_config, person

MODES = ("sync", "async")


def main(mode):
    def agent(name, *replies, **settings):
        config = llm_config(*replies, name=name) if replies else False
        return ConversableAgent(name, system_message=f"You are {name}.", llm_config=config, **settings)

    ann, bob = agent("ann", "ann 1", "ann 2", "ann 3"), agent("bob", "bob 1", "bob 2")
    pattern = AutoPattern(
        initial_agent=ann,
        agents=[ann, bob],
        group_manager_args={
            "llm_config": llm_config("ann or bob", "nobody", "bob", "who", "what", "where", name="manager")
        },
    )
    person("hello")
    group_chat(pattern, "go", max_rounds=4)
