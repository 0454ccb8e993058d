"""enable_clear_history: a member that says CLEAR HISTORY, for all, for one, with a number to keep."""

from autogen import ConversableAgent, GroupChat, GroupChatManager, UserProxyAgent
from scenario import chat, note, person, record

MODES = ("sync", "async")


def main(mode):
    for words in (
        "CLEAR HISTORY",
        "CLEAR HISTORY bob",
        "CLEAR HISTORY 1",
        "CLEAR HISTORY bob 1",
        "please CLEAR HISTORY now",
        "CLEAR HISTORY nobody",
    ):
        ann, bob = (
            ConversableAgent(name, llm_config=False, human_input_mode="NEVER", default_auto_reply=f"{name} speaks")
            for name in ("ann", "bob")
        )
        user = UserProxyAgent("user", code_execution_config=False)
        group = GroupChat(
            agents=[ann, bob, user],
            messages=[],
            max_round=5,
            speaker_selection_method="round_robin",
            enable_clear_history=True,
        )
        manager = GroupChatManager(group, llm_config=False)
        person(words)
        chat(ann, manager, message="start")
        note(f"{words}: group", group.messages)
        record(bob, manager)
