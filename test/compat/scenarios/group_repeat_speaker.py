"""allow_repeat_speaker as True, False, None and a list, with what the hidden selector is told."""

from autogen import ConversableAgent, GroupChat, GroupChatManager
from scenario import chat, llm_config, note, raises


def main(mode):
    agents = [
        ConversableAgent(name, llm_config=False, human_input_mode="NEVER", default_auto_reply=f"{name} speaks")
        for name in ("ann", "bob", "carl")
    ]
    for case, allow in {"True": True, "False": False, "None": None, "list": [agents[1]], "empty": []}.items():
        with raises(case):
            group = GroupChat(agents=agents, messages=[], max_round=4, allow_repeat_speaker=allow)
            manager = GroupChatManager(
                group,
                llm_config=llm_config(
                    "bob", "bob", "bob", "carl", "carl", "carl", "ann", "ann", "ann", "ann", name=f"m{case}"
                ),
            )
            chat(agents[0], manager, message="start", silent=True)
            note(f"{case}: spoke", [message["name"] for message in group.messages])
            note(f"{case}: transitions", group.allowed_speaker_transitions_dict)
    with raises("two agents that may not repeat"):
        group = GroupChat(
            agents=agents[:1],
            messages=[],
            max_round=3,
            allow_repeat_speaker=False,
            speaker_selection_method="round_robin",
        )
        chat(agents[0], GroupChatManager(group, llm_config=False), message="alone", silent=True)
