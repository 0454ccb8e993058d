"""A function chooses: it may return an agent, the name of a method, or None; strangers and other things are refused."""

from autogen import ConversableAgent, GroupChat, GroupChatManager
from scenario import chat, llm_config, note, raises

MODES = ("sync", "async")


def main(mode):
    agents = [
        ConversableAgent(name, llm_config=False, human_input_mode="NEVER", default_auto_reply=f"{name} speaks")
        for name in ("ann", "bob", "carl")
    ]
    stranger = ConversableAgent("stranger", llm_config=False, human_input_mode="NEVER", default_auto_reply="who am I?")
    for case, choices in {
        "agents": [agents[2], agents[1]],
        "method": ["round_robin", "auto"],
        "none": [agents[1], None],
        "stranger": [stranger, None],
        "unknown text": ["nonsense"],
        "a number": [5],
    }.items():
        waiting = list(choices)

        def choose(last_speaker, groupchat, case=case, waiting=waiting):
            note(f"{case}: asked after", [last_speaker, len(groupchat.messages)])
            return waiting.pop(0) if waiting else None

        group = GroupChat(agents=agents, messages=[], max_round=4, speaker_selection_method=choose)
        manager = GroupChatManager(group, llm_config=llm_config("carl", name=case.replace(" ", "_")))
        with raises(case):
            chat(agents[0], manager, message=case)
        note(f"{case}: spoke", [message["name"] for message in group.messages])
