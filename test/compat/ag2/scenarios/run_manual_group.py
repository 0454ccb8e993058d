"""The person chooses who speaks in a group."""

from autogen import ConversableAgent, GroupChat, GroupChatManager
from scenario import run

MODES = ("sync",)  # an asynchronous one fails in AG2


def main(mode):
    members = [
        ConversableAgent(name, llm_config=False, human_input_mode="NEVER", default_auto_reply=name) for name in "abc"
    ]
    group = GroupChat(members, [], max_round=3, speaker_selection_method="manual")
    run(members[0], "7", "2", "q", recipient=GroupChatManager(group, llm_config=False), message="Hi")
