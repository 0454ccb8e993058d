"""The person chooses who speaks in a group with handoffs, by its events."""

from autogen import ConversableAgent, agentchat
from autogen.agentchat.group.patterns import ManualPattern
from scenario import run

MODES = ("sync",)  # an asynchronous one fails in AG2


def main(mode):
    members = [
        ConversableAgent(name, llm_config=False, human_input_mode="NEVER", default_auto_reply=name) for name in "abc"
    ]
    pattern = ManualPattern(initial_agent=members[0], agents=members)
    run(agentchat, "9", "3", "2", method="run_group_chat", pattern=pattern, messages="Hi", max_rounds=4)
