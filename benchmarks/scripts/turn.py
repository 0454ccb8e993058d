"""What a message costs between two agents without a model: silent, printed, and asynchronously.

A turn is one message: said, heard, and thought about by whoever answers it.
"""

from __future__ import annotations

import asyncio
from typing import Any

from common import QUICK, best, load_autogen, printing_to_nowhere, report, talker

autogen = load_autogen()
pair = talker(autogen, "ann"), talker(autogen, "bob")
hasty_pair = talker(autogen, "ann", answers_first=True), talker(autogen, "bob", answers_first=True)
MAX_TURNS = 20 if QUICK else 200
MESSAGES = 2 * MAX_TURNS


def chat(silent: bool, agents: tuple[Any, Any] = pair) -> None:
    ann, bob = agents
    ann.initiate_chat(bob, message="Let us begin.", max_turns=MAX_TURNS, silent=silent)


def a_chat() -> None:
    ann, bob = pair
    asyncio.run(ann.a_initiate_chat(bob, message="Let us begin.", max_turns=MAX_TURNS, silent=True))


with printing_to_nowhere():
    chat(silent=True)
    measurements = {
        "turn": best(lambda: chat(silent=True), 5) / MESSAGES,
        "turn_first": best(lambda: chat(silent=True, agents=hasty_pair), 5) / MESSAGES,
        "turn_printed": best(lambda: chat(silent=False), 5) / MESSAGES,
        "turn_async": best(a_chat, 5) / MESSAGES,
    }
report(**measurements)
