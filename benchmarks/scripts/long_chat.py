"""What a message costs late in a chat: with 100,000 messages behind it, beside 100.

The messages before are injected, which programs do too; a chat of that length would take some implementations hours
or end in a RecursionError.
"""

from __future__ import annotations

from itertools import pairwise
from statistics import median
from time import process_time
from typing import Any

from common import QUICK, load_autogen, printing_to_nowhere, report, talker

autogen = load_autogen()
LATE = 2_000 if QUICK else 100_000


def seconds_per_message(behind: int) -> float:
    """The median time from one look at the replies to the next, with so many messages behind."""
    ann, bob = talker(autogen, "ann"), talker(autogen, "bob")
    times: list[float] = []

    def note_the_time(recipient: Any, messages: Any, sender: Any, config: Any) -> tuple[bool, None]:
        times.append(process_time())
        return False, None

    for agent, partner in ((ann, bob), (bob, ann)):
        agent.register_reply([autogen.Agent, None], note_the_time)
        agent._oai_messages[partner] = [
            {"content": f"message {number}", "role": "user" if number % 2 else "assistant", "name": "ann"}
            for number in range(behind)
        ]
    ann.initiate_chat(bob, message="Go on.", clear_history=False, max_turns=6, silent=True)
    return median(later - earlier for earlier, later in pairwise(times))


with printing_to_nowhere():
    early, late = (min(seconds_per_message(behind) for _ in range(3)) for behind in (100, LATE))
report(turn_early=early, turn_late=late, turn_late_ratio=late / early)
