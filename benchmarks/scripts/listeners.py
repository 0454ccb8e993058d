"""What those who listen add to a turn of two agents without a model: a subscriber, loggers, a loop, a journal, tracing.

Each stands beside the same turn with nobody listening. The others know loggers only.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from statistics import median
from typing import Any

from common import IMPLEMENTATION, OURS, QUICK, best, load_autogen, printing_to_nowhere, report, talker

autogen = load_autogen()
ann, bob = talker(autogen, "ann"), talker(autogen, "bob")
MAX_TURNS = 10 if QUICK else 100
ROUNDS = 1 if QUICK else 7
CHAT = {"message": "Let us begin.", "max_turns": MAX_TURNS, "silent": True}


def chat() -> None:
    ann.initiate_chat(bob, **CHAT)


def iterated() -> None:
    for _ in ann.iterate(bob, **CHAT):
        pass


@contextmanager
def one_subscriber() -> Iterator[None]:
    from autogen_classic.events import subscribe, unsubscribe

    hear = subscribe(lambda event: None)
    yield
    unsubscribe(hear)


@contextmanager
def new_journal() -> Iterator[None]:
    from autogen_classic.state import journal

    with tempfile.TemporaryDirectory() as folder, journal(os.path.join(folder, "run.jsonl")):
        yield


@contextmanager
def traced() -> Iterator[None]:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    from autogen_classic.tracing import trace

    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(InMemorySpanExporter()))
    with trace(provider):
        yield
    provider.shutdown()


@contextmanager
def logger(kind: str, config: dict[str, str]) -> Iterator[None]:
    autogen.runtime_logging.start(logger_type=kind, config=config)
    yield
    autogen.runtime_logging.stop()


def seconds_per_turn(run: Callable[[], None], listening: AbstractContextManager[Any]) -> float:
    with listening:
        run()
        return best(run, 3) / (2 * MAX_TURNS)


KINDS: dict[str, tuple[Callable[[], None], Callable[[], AbstractContextManager[Any]]]] = {
    "listeners_none": (chat, nullcontext),
    "listeners_sqlite": (chat, lambda: logger("sqlite", {"dbname": "run.db"})),
    "listeners_file": (chat, lambda: logger("file", {"filename": "run.log"})),
}
if IMPLEMENTATION == OURS:
    KINDS |= {"listeners_one": (chat, one_subscriber), "listeners_iterate": (iterated, nullcontext)}
    KINDS |= {"listeners_journal": (chat, new_journal), "listeners_trace": (chat, traced)}

with printing_to_nowhere(), tempfile.TemporaryDirectory() as place:
    os.chdir(place)
    # by turns, so that all meet the same weather on the machine
    rounds = [{key: seconds_per_turn(run, listen()) for key, (run, listen) in KINDS.items()} for _ in range(ROUNDS)]
    os.chdir(os.path.dirname(place))
measurements = {key: min(times[key] for times in rounds) for key in KINDS}
for key in ("listeners_one", "listeners_iterate"):
    if key in KINDS:
        measurements[f"{key}_ratio"] = median(times[key] / times["listeners_none"] for times in rounds)
if "listeners_journal" in KINDS:
    measurements["journal_message"] = median(times["listeners_journal"] - times["listeners_none"] for times in rounds)
report(**measurements)
