"""LLM conditions for targets that are not agents: terminate, stay, revert to user, ask user."""

from autogen import ConversableAgent
from autogen.agentchat.group import (
    AskUserTarget,
    OnCondition,
    RevertToUserTarget,
    StayTarget,
    StringLLMCondition,
    TerminateTarget,
)
from autogen.agentchat.group.patterns import DefaultPattern
from scenario import group_chat, llm_config, person, tool_calls

MODES = ("sync", "async")


def main(mode):
    def agent(name, *replies, **settings):
        config = llm_config(*replies, name=name) if replies else False
        return ConversableAgent(name, system_message=f"You are {name}.", llm_config=config, **settings)

    for name in ("terminate_1", "stay_2", "revert_to_user_3", "ask_user_4"):
        ann, bob = agent("ann", tool_calls((f"transfer_to_{name}", {})), "ann 1"), agent("bob", "bob 1")
        user = agent("user", human_input_mode="ALWAYS")
        ann.handoffs.add_llm_conditions(
            [
                OnCondition(target=target, condition=StringLLMCondition("When it fits."))
                for target in (TerminateTarget(), StayTarget(), RevertToUserTarget(), AskUserTarget())
            ]
        )
        person("3", "exit") if "ask" in name else person("exit")
        group_chat(DefaultPattern(initial_agent=ann, agents=[ann, bob], user_agent=user), "go", max_rounds=8)
