"""register_nested_chats with use_async: each nested chat has a chat_id."""

from autogen import ConversableAgent
from scenario import chat, llm_config, raises, record

MODES = ("async",)


def main(mode):
    ann = ConversableAgent("ann", llm_config=False, human_input_mode="NEVER", default_auto_reply="thanks")
    bob = ConversableAgent("bob", llm_config=False, human_input_mode="NEVER")
    critic = ConversableAgent("critic", llm_config=llm_config("one", "two", name="critic"), human_input_mode="NEVER")
    writer = ConversableAgent("writer", llm_config=llm_config("a text", name="writer"), human_input_mode="NEVER")
    bob.register_nested_chats(
        [
            {"recipient": critic, "max_turns": 1, "chat_id": 1, "message": "Review this."},
            {"recipient": writer, "max_turns": 1, "chat_id": 2, "prerequisites": [1]},
        ],
        trigger=ann,
        use_async=True,
    )
    chat(ann, bob, message="Write about tea.", max_turns=1)
    record(ann, bob, critic, writer)
    with raises("without chat_id"):
        ConversableAgent("x", llm_config=False).register_nested_chats(
            [{"recipient": critic}], trigger=ann, use_async=True
        )
