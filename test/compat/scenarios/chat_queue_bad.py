"""What a chat queue refuses and what it only warns about."""

import autogen
from autogen import ConversableAgent
from scenario import note, raises


def main(mode):
    ann = ConversableAgent("ann", llm_config=False, human_input_mode="NEVER")
    bob = ConversableAgent("bob", llm_config=False, human_input_mode="NEVER", default_auto_reply="ok")
    with raises("no recipient"):
        autogen.initiate_chats([{"sender": ann, "message": "m"}])
    with raises("no sender"):
        autogen.initiate_chats([{"recipient": bob, "message": "m", "max_turns": 1}])
    with raises("a wrong summary_method"):
        ann.initiate_chats([{"recipient": bob, "message": "m", "max_turns": 1, "summary_method": "nonsense"}])
    with raises("a message of another type"):
        ann.initiate_chats([{"recipient": bob, "message": 3, "max_turns": 1}])
    with raises("carryover of another type"):
        ann.initiate_chats([{"recipient": bob, "message": "m", "max_turns": 1, "carryover": 3}])
    with raises("the same agents twice"):
        note(
            "results",
            ann.initiate_chats(
                [{"recipient": bob, "message": "m", "max_turns": 1}, {"recipient": bob, "message": "n", "max_turns": 1}]
            ),
        )
    with raises("not a list"):
        ann.initiate_chats({"recipient": bob})
    note("no chats", ann.initiate_chats([]))
