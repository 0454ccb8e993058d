"""register_nested_chats: a queue of two, carryover, summaries, and the reply that the outer chat sees."""

from autogen import ConversableAgent
from scenario import chat, llm_config, note, record

MODES = ("sync",)


def main(mode):
    ann = ConversableAgent("ann", llm_config=False, human_input_mode="NEVER", default_auto_reply="thanks")
    bob = ConversableAgent("bob", llm_config=llm_config("bob himself", name="bob"), human_input_mode="NEVER")
    critic = ConversableAgent(
        "critic", llm_config=llm_config("too long", "short enough", name="critic"), human_input_mode="NEVER"
    )
    writer = ConversableAgent("writer", llm_config=llm_config("a text", name="writer"), human_input_mode="NEVER")
    queue = [
        {"recipient": critic, "max_turns": 1, "summary_method": "last_msg", "message": "Review this."},
        {"recipient": writer, "max_turns": 1, "summary_method": "last_msg"},
        {
            "recipient": critic,
            "max_turns": 1,
            "message": lambda recipient, messages, sender, config: f"again: {messages[-1]['content']}",
            "summary_method": "last_msg",
            "carryover": "extra",
        },
    ]
    bob.register_nested_chats(queue, trigger=ann)
    note(
        "replies",
        [
            entry["reply_func"].__name__ if hasattr(entry["reply_func"], "__name__") else "partial"
            for entry in bob._reply_func_list
        ],
    )
    note("ignored when asynchronous", [entry["ignore_async_in_sync_chat"] for entry in bob._reply_func_list][:3])
    chat(ann, bob, message="Write about tea.", max_turns=1)
    record(ann, bob, critic, writer)
    note("queue afterwards", queue)
