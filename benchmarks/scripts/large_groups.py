"""What a message costs in groups of 256 and 1,000 agents, and what 10,000 messages in a group of 64 cost and hold.

Only this library is asked for a group of 1,000: 0.2.40 takes minutes to build one.
"""

from __future__ import annotations

import sys
from itertools import chain
from time import process_time
from typing import Any

from common import IMPLEMENTATION, OURS, QUICK, load_autogen, printing_to_nowhere, report, talker

autogen = load_autogen()
ROUNDS = 8 if QUICK else 32
MESSAGES = 100 if QUICK else 10_000


def manager_of(size: int, rounds: int) -> Any:
    agents = [talker(autogen, f"agent_{number}") for number in range(size)]
    group = autogen.GroupChat(agents=agents, messages=[], max_round=rounds + 1, speaker_selection_method="round_robin")
    return autogen.GroupChatManager(groupchat=group, llm_config=False, silent=True)


def seconds(manager: Any) -> float:
    """How long a chat takes until the group has spoken as often as it may."""
    start = process_time()
    manager.groupchat.agents[0].initiate_chat(manager, message="Let us begin.", silent=True)
    return process_time() - start


def seconds_per_message(size: int) -> float:
    """What one more message costs when everybody has heard some."""
    managers = manager_of(size, ROUNDS), manager_of(size, 3 * ROUNDS)
    short, long = (min(seconds(manager) for _ in range(3)) for manager in managers)
    return (long - short) / (2 * ROUNDS)


def bytes_held(manager: Any) -> int:
    """How large the histories of a group are, their texts included; what several share counts once."""
    everybody = [manager, *manager.groupchat.agents]
    histories = [manager.groupchat.messages, *chain(*(agent.chat_messages.values() for agent in everybody))]
    messages = {id(message): message for history in histories for message in history}
    texts = {id(text): text for message in messages.values() for text in message.values()}
    return sum(map(sys.getsizeof, chain(histories, messages.values(), texts.values())))


with printing_to_nowhere():
    talkative = manager_of(64, MESSAGES)
    measurements = {"group_long": seconds(talkative) / MESSAGES, "group_memory": bytes_held(talkative) / 1024**2}
    measurements["group_256"] = seconds_per_message(256)
    if IMPLEMENTATION == OURS:
        measurements["group_1000"] = seconds_per_message(1_000)
        measurements["group_listener"] = (measurements["group_1000"] - measurements["group_256"]) / (1_000 - 256)
report(**measurements)
