"""round_robin: order, what every member and the manager store, roles and names in requests, the summary and
max_round.
"""

from autogen import ConversableAgent, GroupChat, GroupChatManager
from scenario import chat, llm_config, note, record

MODES = ("sync", "async")


def main(mode):
    ann, bob, carl = (
        ConversableAgent(
            name, llm_config=llm_config(*[f"{name} {n}" for n in range(4)], name=name), human_input_mode="NEVER"
        )
        for name in ("ann", "bob", "carl")
    )
    group = GroupChat(agents=[ann, bob, carl], messages=[], max_round=5, speaker_selection_method="round_robin")
    manager = GroupChatManager(group, llm_config=False)
    note("name of a manager", manager.name)
    note("human_input_mode of a manager", manager.human_input_mode)
    chat(ann, manager, message="start")
    note("group messages", group.messages)
    note(
        "chat_messages_for_summary",
        [len(manager.chat_messages_for_summary(ann)), manager.chat_messages_for_summary(ann) is group.messages],
    )
    note("last speaker", manager.last_speaker)
    note("names", group.agent_names)
    record(ann, bob, manager)
    chat(bob, manager, message="second chat", max_turns=1)
    note("group messages", len(group.messages))
