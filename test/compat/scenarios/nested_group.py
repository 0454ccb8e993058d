"""A group inside a nested chat, and a manager as the partner of a two-agent chat with a reflective summary."""

from autogen import ConversableAgent, GroupChat, GroupChatManager
from scenario import chat, llm_config, note, record


def main(mode):
    ann, bob = (
        ConversableAgent(name, llm_config=False, human_input_mode="NEVER", default_auto_reply=f"{name} speaks")
        for name in ("ann", "bob")
    )
    group = GroupChat(agents=[ann, bob], messages=[], max_round=3, speaker_selection_method="round_robin")
    manager = GroupChatManager(
        group, llm_config=llm_config("the summary", "another summary", name="manager"), name="society"
    )
    chat(ann, manager, message="start", summary_method="reflection_with_llm")
    outer = ConversableAgent("outer", llm_config=False, human_input_mode="NEVER")
    asker = ConversableAgent("asker", llm_config=False, human_input_mode="NEVER")
    outer.register_nested_chats(
        [{"recipient": manager, "summary_method": "reflection_with_llm", "max_turns": 1}], trigger=asker
    )
    chat(asker, outer, message="think about it", max_turns=1)
    note("group", group.messages)
    record(outer, manager)
