"""AutoPattern with a question of its own, with context variables."""

from autogen import ConversableAgent
from autogen.agentchat.group import ContextVariables
from autogen.agentchat.group.patterns import AutoPattern
from autogen.agentchat.group.targets.group_manager_target import GroupManagerSelectionMessageContextStr
from scenario import group_chat, llm_config

MODES = ("sync", "async")


def main(mode):
    def agent(name, *replies, **settings):
        config = llm_config(*replies, name=name) if replies else False
        return ConversableAgent(name, system_message=f"You are {name}.", llm_config=config, **settings)

    ann, bob = agent("ann", "ann 1"), agent("bob", "bob 1")
    pattern = AutoPattern(
        initial_agent=ann,
        agents=[ann, bob],
        context_variables=ContextVariables({"mood": "good"}),
        selection_message=GroupManagerSelectionMessageContextStr(
            context_str_template="The mood is {mood}. Choose one of {agentlist}."
        ),
        group_manager_args={"llm_config": llm_config("bob", name="manager")},
    )
    group_chat(pattern, "go", max_rounds=3)
