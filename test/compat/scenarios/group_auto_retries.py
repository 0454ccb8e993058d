"""auto selection without a clear name: no name, several names, retries, and the agent taken in the end."""

from autogen import ConversableAgent, GroupChat, GroupChatManager
from scenario import chat, llm_config, note

MODES = ("sync", "async")


def main(mode):
    agents = [
        ConversableAgent(name, llm_config=False, human_input_mode="NEVER", default_auto_reply=f"{name} speaks")
        for name in ("ann", "bob", "carl")
    ]
    cases = {
        "no name, then a name": (2, ["nobody", "carl"]),
        "two names, then one": (2, ["bob or carl", "carl"]),
        "never a name": (2, ["nobody", "no one", "none"]),
        "always two names": (1, ["bob, carl", "bob, carl, bob"]),
        "one retry": (1, ["nobody", "bob"]),
        "no retries": (0, ["nobody"]),
    }
    for case, (retries, answers) in cases.items():
        group = GroupChat(
            agents=agents,
            messages=[],
            max_round=2,
            max_retries_for_selecting_speaker=retries,
            select_speaker_auto_verbose=case == "never a name",
        )
        manager = GroupChatManager(group, llm_config=llm_config(*answers, name="manager"))
        chat(agents[0], manager, message=case)
        note(case, [message["name"] for message in group.messages])
