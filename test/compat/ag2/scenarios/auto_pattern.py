"""AutoPattern: the model of the manager chooses; the user speaks in between, and the last agent after it."""

from autogen import ConversableAgent
from autogen.agentchat.group.patterns import AutoPattern
from scenario import group_chat, llm_config, person, record

MODES = ("sync", "async")


def main(mode):
    def agent(name, *replies, **settings):
        config = llm_config(*replies, name=name) if replies else False
        return ConversableAgent(name, system_message=f"You are {name}.", llm_config=config, **settings)

    ann, bob = agent("ann", "ann 1", "ann 2"), agent("bob", "bob 1", "bob 2")
    user = agent("user", human_input_mode="ALWAYS")
    person("and then?")
    pattern = AutoPattern(
        initial_agent=ann,
        agents=[ann, bob],
        user_agent=user,
        group_manager_args={"llm_config": llm_config("user", "bob", "bob", name="manager")},
    )
    group_chat(pattern, "go", max_rounds=6)
    record(ann, bob, user)
