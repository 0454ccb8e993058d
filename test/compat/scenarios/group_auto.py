"""auto selection: the requests of the hidden selector, clear names, one repeated, and where its messages stay."""

from autogen import ConversableAgent, GroupChat, GroupChatManager
from scenario import chat, llm_config, note, record

MODES = ("sync", "async")


def main(mode):
    ann, bob, carl = (
        ConversableAgent(
            name,
            description=f"{name} knows {topic}.",
            human_input_mode="NEVER",
            default_auto_reply=f"{name} speaks",
            llm_config=False,
        )
        for name, topic in (("ann", "tea"), ("bob", "milk"), ("carl", "salt"))
    )
    group = GroupChat(agents=[ann, bob, carl], messages=[], max_round=4)
    note(
        "defaults",
        [
            group.speaker_selection_method,
            group.max_retries_for_selecting_speaker,
            group.role_for_select_speaker_messages,
            group.allow_repeat_speaker,
            group.admin_name,
            group.func_call_filter,
            group.send_introductions,
            group.enable_clear_history,
            group.select_speaker_auto_verbose,
        ],
    )
    manager = GroupChatManager(group, llm_config=llm_config("bob", "I think carl should speak.", "ann", name="manager"))
    chat(ann, manager, message="start")
    record(ann, manager)
    note("manager's usage", manager.get_actual_usage())
    note("selection message", group.select_speaker_msg())
    note("selection prompt", group.select_speaker_prompt())
    note("participants", group._participant_roles())
    note("mentioned", group._mentioned_agents("ann, ann and bob", [ann, bob, carl]))
    note("mentioned in parts", group._mentioned_agents([{"type": "text", "text": "carl"}], None))
    note("not mentioned in a longer word", group._mentioned_agents("anna bobby", None))
