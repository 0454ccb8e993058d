"""An agent that sends to itself, and a manager that chats with itself."""

from autogen import ConversableAgent, GroupChat, GroupChatManager
from scenario import call, chat, note, raises, record

MODES = ("sync", "async")


def main(mode):
    ann = ConversableAgent(
        "ann", llm_config=False, human_input_mode="NEVER", default_auto_reply="I see", max_consecutive_auto_reply=2
    )
    call(ann, "send", "note to myself", ann, request_reply=False)
    record(ann)
    with raises("asking itself"):
        call(ann, "send", "and an answer?", ann, request_reply=True)
    record(ann)
    with raises("chatting with itself"):
        chat(ann, ann, message="hello me", max_turns=2)
    members = [
        ConversableAgent(name, llm_config=False, human_input_mode="NEVER", default_auto_reply=f"{name} speaks")
        for name in ("bob", "carl")
    ]
    group = GroupChat(agents=members, messages=[], max_round=3, speaker_selection_method="round_robin")
    manager = GroupChatManager(group, llm_config=False, name="manager")
    with raises("manager with itself"):
        chat(manager, manager, message="let us begin")
    note("group", group.messages)
    record(members[0], manager)
    with raises("manager starts with a member"):
        chat(manager, members[0], message="you begin", max_turns=1)
