"""initiate_chats: banner, carryover of all summaries, finished chats' own carryover, results in order."""

import autogen
from autogen import ConversableAgent
from scenario import llm_config, note, record


def main(mode):
    ann = ConversableAgent("ann", llm_config=False, human_input_mode="NEVER", default_auto_reply="and?")
    bob = ConversableAgent("bob", llm_config=llm_config("b1", "b2", "b3", name="bob"), human_input_mode="NEVER")
    carl = ConversableAgent("carl", llm_config=llm_config("c1", "sum of c1", name="carl"), human_input_mode="NEVER")
    queue = [
        {"recipient": bob, "message": "first", "max_turns": 1, "summary_method": "last_msg"},
        {
            "recipient": carl,
            "message": "second",
            "max_turns": 1,
            "summary_method": "reflection_with_llm",
            "carryover": "own carryover",
        },
        {
            "recipient": bob,
            "message": "third",
            "max_turns": 1,
            "silent": False,
            "clear_history": False,
            "carryover": ["x", {"content": "y"}],
            "finished_chat_indexes_to_exclude_from_carryover": [0],
        },
    ]
    results = ann.initiate_chats(queue)
    note("type", type(results).__name__)
    note("results", results)
    note("queue afterwards", queue)
    record(ann, bob, carl)
    finished = autogen.initiate_chats(
        [{"sender": ann, "recipient": bob, "message": "loose", "max_turns": 1, "topic": "kept", "silent": True}]
    )
    note("loose", finished)
    note("get_chat_results", ann.get_chat_results(0))
    note("all chat results", len(ann.get_chat_results()))
