"""What a message costs in a group of 4, 16 and 64 agents that speak in turn, without a model."""

from __future__ import annotations

from time import process_time

from common import QUICK, load_autogen, printing_to_nowhere, report, talker

autogen = load_autogen()
ROUNDS = 8 if QUICK else 64


def seconds_per_round(size: int) -> float:
    agents = [talker(autogen, f"agent_{number}") for number in range(size)]

    def seconds() -> float:
        group = autogen.GroupChat(
            agents=agents, messages=[], max_round=ROUNDS + 1, speaker_selection_method="round_robin"
        )
        manager = autogen.GroupChatManager(groupchat=group, llm_config=False, silent=True)
        start = process_time()
        agents[0].initiate_chat(manager, message="Let us begin.", silent=True)
        return process_time() - start

    return min(seconds() for _ in range(4)) / ROUNDS


with printing_to_nowhere():
    measurements = {f"group_{size}": seconds_per_round(size) for size in (4, 16, 64)}
report(**measurements)
