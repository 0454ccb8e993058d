"""a_initiate_chats: prerequisites decide the order, results are keyed by chat_id."""

import asyncio

from autogen import ConversableAgent
from scenario import llm_config, note, raises, record

MODES = ("async",)


def main(mode):
    ann = ConversableAgent("ann", llm_config=False, human_input_mode="NEVER")
    bob = ConversableAgent("bob", llm_config=llm_config("b1", "b2", name="bob"), human_input_mode="NEVER")
    carl = ConversableAgent("carl", llm_config=llm_config("c1", "c2", name="carl"), human_input_mode="NEVER")
    dora = ConversableAgent("dora", llm_config=llm_config("d1", "d2", name="dora"), human_input_mode="NEVER")
    queue = [
        {"chat_id": 3, "recipient": dora, "message": "third", "max_turns": 1, "prerequisites": [1, 2]},
        {"chat_id": 1, "recipient": bob, "message": "first", "max_turns": 1},
        {
            "chat_id": 2,
            "recipient": carl,
            "message": "second",
            "max_turns": 1,
            "prerequisites": [1],
            "carryover": "own",
        },
    ]
    results = asyncio.run(ann.a_initiate_chats(queue))
    note("type", type(results).__name__)
    note(
        "results", {str(key): {"summary": result.summary, "chat_id": result.chat_id} for key, result in results.items()}
    )
    record(ann)
    results = asyncio.run(
        ann.a_initiate_chats(
            [
                {"chat_id": 1, "recipient": bob, "message": "left out", "max_turns": 1},
                {
                    "chat_id": 2,
                    "recipient": carl,
                    "message": "named twice",
                    "max_turns": 1,
                    "prerequisites": [1],  # else the two would run at the same time
                    "finished_chat_indexes_to_exclude_from_carryover": [1],
                },
                {
                    "chat_id": 3,
                    "recipient": dora,
                    "message": "last",
                    "max_turns": 1,
                    "prerequisites": [2, 1, 2],
                    "finished_chat_indexes_to_exclude_from_carryover": [1],
                },
            ]
        )
    )
    note("ids are left out, not places", results[3].chat_history)
    with raises("a circle"):
        asyncio.run(
            ann.a_initiate_chats(
                [
                    {"chat_id": 1, "recipient": bob, "message": "m", "prerequisites": [2]},
                    {"chat_id": 2, "recipient": carl, "message": "m", "prerequisites": [1]},
                ]
            )
        )
    with raises("no chat_id"):
        asyncio.run(ann.a_initiate_chats([{"recipient": bob, "message": "m"}]))
