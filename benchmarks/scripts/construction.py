"""What an agent costs to build, in time and in memory, without and with a model."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from typing import Any

from common import QUICK, best, llm_config, load_autogen, report

autogen = load_autogen()
CONFIG = llm_config()


def plain(number: int) -> Any:
    return autogen.ConversableAgent(f"agent_{number}", llm_config=False, human_input_mode="NEVER")


def with_model(number: int) -> Any:
    return autogen.AssistantAgent(f"agent_{number}", llm_config=CONFIG)


def seconds(build: Callable[[int], Any], count: int) -> float:
    build(0)
    return best(lambda: [build(number) for number in range(count)], 3) / count


def kibibytes(build: Callable[[int], Any], count: int) -> float:
    build(0)
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    agents = [build(number) for number in range(count)]
    used = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    return used / len(agents) / 1024


few = 2 if QUICK else 10
report(
    construct=seconds(plain, 100),
    construct_model=seconds(with_model, few),
    memory=kibibytes(plain, 300),
    memory_model=kibibytes(with_model, few * 20),  # a few would live in what the interpreter keeps for reuse
)
