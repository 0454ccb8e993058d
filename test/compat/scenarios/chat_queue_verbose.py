"""verbose in a chat queue: the first message and the carryover of each kind are printed before the chat."""

from autogen import ConversableAgent
from scenario import call, raises

MODES = ("sync", "async")


def main(mode):
    user, helper, expert = (
        ConversableAgent(name, llm_config=False, human_input_mode="NEVER", default_auto_reply=f"{name} replies")
        for name in ("user", "helper", "expert")
    )

    def made(sender, recipient, context):
        return "made"

    messages = ["text", {"content": "in a dict", "role": "user"}, made, ""]
    carryovers = [None, "carried", ["a", {"content": "b"}, 5], []]
    for number, (message, carryover) in enumerate(
        [*[(one, ["x"]) for one in messages], *[("m", c) for c in carryovers]]
    ):
        given = {} if carryover is None else {"carryover": carryover}
        chat_info = {"recipient": helper, "message": message, "max_turns": 1, "verbose": True, "chat_id": 1, **given}
        with raises(f"chat {number}"):
            call(user, "initiate_chats", [chat_info])
    two = [
        {"recipient": helper, "message": "one", "max_turns": 1, "verbose": True, "chat_id": 1},
        {"recipient": expert, "message": "two", "max_turns": 1, "verbose": "yes", "chat_id": 2, "prerequisites": [1]},
    ]
    call(user, "initiate_chats", two)
    call(
        user,
        "initiate_chats",
        [{"recipient": helper, "message": "m", "max_turns": 1, "silent": True, "verbose": True, "chat_id": 1}],
    )
    call(user, "initiate_chat", helper, message="verbose means nothing here", verbose=True, max_turns=1)
