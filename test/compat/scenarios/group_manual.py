"""manual selection: the list, the prompt, wrong numbers, an empty line, q, and the third failure."""

from autogen import ConversableAgent, GroupChat, GroupChatManager
from scenario import chat, note, person

MODES = ("sync", "async")


def main(mode):
    agents = [
        ConversableAgent(name, llm_config=False, human_input_mode="NEVER", default_auto_reply=f"{name} speaks")
        for name in ("ann", "bob", "carl")
    ]
    for answers in (("2", "3", "1"), ("9", "x", "2", "q"), ("", "0", "-1", "abc"), ("q",)):
        group = GroupChat(agents=agents, messages=[], max_round=4, speaker_selection_method="manual")
        manager = GroupChatManager(group, llm_config=False)
        person(*answers, *["q"] * 3)
        chat(agents[0], manager, message="start")
        note(f"{answers}", [message["name"] for message in group.messages])
