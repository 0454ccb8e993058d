"""A program whose agents remember and look up loses nothing when it is killed, and remembers nothing twice."""

from __future__ import annotations

import json
import os
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from killing import Stage

from autogen_classic.agentchat.contrib.capabilities import _lessons
from autogen_classic.testing import MockOpenAIServer, ModelRequest

KILLS = 2
SEED = 20261130
WAYS = {"school": ["sync", "async"], "library": ["async"], "shelf": ["sync"], "archive": ["sync"]}
TOPICS = ("bus", "number", "soup")

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked")


def answer(request: ModelRequest) -> str:
    """Answer as the models would; all that they know is in the messages."""
    texts = [str(message.get("content") or "") for message in request.messages]
    topic = next((one for one in TOPICS if one in texts[-1].lower()), "nothing")
    for question, said in {
        _lessons.ASKS_FOR_A_JOB: "yes" if topic == "soup" else "no",
        _lessons.HINTS: "Take leek.",
        _lessons.JOB: "Cook a soup.",
        _lessons.KIND_OF_JOB: "cooking soup",
        _lessons.TELLS_A_FACT: "no" if "Which" in texts[-1] else "yes",
        _lessons.QUESTION_FOR_FACT: f"What about the {topic}?",
        _lessons.REMEMBERED_FACT: f"There is a {topic}.",
    }.items():
        if texts[-1].endswith(f"{question}\n"):
            return said
    if texts[0] == "You are helper.":
        return "UPDATE CONTEXT" if "7" in texts[-1] else f"An answer to {len(texts[-1])} characters."
    if "|" in texts[0]:
        return f"The {topic} | is | known\nThe {topic} | has | a number"
    return f"An answer to {sum(map(len, texts))} characters."


class Shop(Stage):
    stores = ("memos", "documents", "graph.json", "tmp")


@pytest.fixture(params=[(team, way) for team, ways in WAYS.items() for way in ways], ids="-".join)
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shop]:
    asked: Counter[str] = Counter()
    (tmp_path / "docs").mkdir()
    for topic in TOPICS:
        (tmp_path / "docs" / f"{topic}.txt").write_text(f"The {topic} is known: number {TOPICS.index(topic) + 7}.")

    def play(model_request: ModelRequest) -> Any:
        asked[json.dumps(model_request, sort_keys=True)] += 1
        return answer(model_request)

    with MockOpenAIServer(default=play) as server:
        stage = Shop(Path(__file__).with_name("program_with_stores.py"), tmp_path, *request.param, server, asked)
        yield stage
        stage.stop()


def test_stores_are_as_if_their_program_had_not_been_killed(stage: Shop) -> None:
    chance = random.Random(f"{SEED} {stage.team} {stage.way}")
    stage.finish()
    whole, requests, size = stage.outcome(), Counter(stage.asked), stage.size()
    killed = 0
    while killed < KILLS:
        stage.begin()
        done = 0
        for _ in range(chance.choice([1, 2, 3])):
            if stage.size() + 1 < size and not stage.is_over:
                done += stage.kill(chance.randrange(stage.size() + 1, size), chance.choice([0, 0.002, 0.005, 0.01]))
        if not stage.is_over:
            stage.finish()
        assert stage.outcome() == whole
        again = Counter(stage.asked)
        assert again.keys() == requests.keys()
        assert sum((again - requests).values()) <= done, "only the request that was cut may be asked again"
        killed += done
