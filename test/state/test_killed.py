"""A program that is killed at any moment goes on as if nothing had happened, and nothing is done or paid for twice."""

from __future__ import annotations

import json
import os
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from killing import Stage, without_ids

from autogen_classic.replay._file import read
from autogen_classic.replay._journal_lines import cut_among
from autogen_classic.testing import MockOpenAIServer, ModelRequest, tool_call, tool_calls

HERE = Path(__file__).parent
KILLS = {"team": 25, "desk": 5}  # in each of the two ways
EFFECTS = {"team": ["count letters", "look_up words", "count more", "code"], "desk": ["sort first", "sort second"]}
SEED = 20261129
CODE = "Let us run this.\n```python\nprint(6 * 7)\n```"

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked")


def answer(request: ModelRequest) -> Any:
    """Answer as the models of the group would; all that they know is in the messages."""
    texts = [str(message.get("content") or "") for message in request.messages]
    if texts[0].startswith("Choose") or "Who speaks next" in texts[-1]:
        if any("42" in text for text in texts):
            return "writer"
        return "user" if any("```" in text for text in texts) else "planner"
    if "Sum up" in texts[-1]:
        return f"A summary of {len(texts)} messages."
    if texts[0] == "You criticise.":
        return f"Criticism number {len(texts)}."
    if texts[0].startswith("You are "):
        return answer_of_desk(texts, request)
    if texts[0] == "You plan.":
        if request.messages[-1].get("role") == "tool":
            return CODE
        calls = [
            tool_call("count", word="letters"),
            tool_call("look_up", word="words"),
            tool_call("count", word="more"),
        ]
        return tool_calls(*calls, content="Counting.")
    return f"A draft after {len(texts)} messages."


def answer_of_desk(texts: list[str], request: ModelRequest) -> Any:
    """Answer as the models of the group with handoffs would: the clerk sorts two words, one after the other."""
    is_sorted = [word for word in ("first", "second") if any(f"{word} is sorted" in text for text in texts)]
    if texts[0] == "You are clerk.":
        return tool_call("sort", word="second" if is_sorted else "first")
    if texts[0] == "You are editor.":
        return f"An article after {len(texts)} messages."
    if len(is_sorted) == 2:
        return tool_call("transfer_to_editor_1")
    return '{"known": false}'


class Group(Stage):
    """A group whose tools and code do something to the world, and whose person says what became of what was cut."""

    stores = ("effects",)

    def begin(self) -> None:
        super().begin()
        self.done_again: Counter[str] = Counter()

    def effects(self) -> Counter[str]:
        file = self.folder / "effects"
        return Counter(file.read_text(encoding="utf-8").splitlines() if file.exists() else [])

    def start(self, typed: tuple[str, ...] = ()) -> int:
        """Start the program; a person has found out what became of the step that was cut, and types it."""
        turns = read(self.journal)["turns"] if self.size() else []
        is_asked = self.team == "team" and not any(turn["kind"] == "person" for turn in turns)
        lines = [*typed, *(["Write about letters."] if is_asked else [])]
        finished = Counter(map(effect_of, (turn for turn in turns if turn["kind"] in ("tool", "code"))))
        for cut in cut_among(turns):
            step = cut["turn"]
            was_done = self.effects()[effect_of(step)] > finished[effect_of(step)]
            if was_done and self.team == "desk":  # nobody can type whom a tool hands over to
                self.done_again[effect_of(step)] += 1
                was_done = False
            lines.append(result_of(step) if was_done else "again")
        return super().start(tuple(lines))


def effect_of(step: dict[str, Any]) -> str:
    return f"{step['name']} {step['arguments'].get('word', '')}" if step["kind"] == "tool" else "code"


def result_of(step: dict[str, Any]) -> str:
    if step["kind"] == "code":
        return "42"
    word = step["arguments"]["word"]
    return str(len(word)) if step["name"] == "count" else f"About {word}."


@pytest.fixture(params=[(team, way) for team in KILLS for way in ("sync", "async")], ids="-".join)
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Group]:
    asked: Counter[str] = Counter()

    def play(model_request: ModelRequest) -> Any:
        asked[without_ids(json.dumps(model_request, sort_keys=True))] += 1
        return answer(model_request)

    with MockOpenAIServer(default=play) as server:
        stage = Group(HERE / "program_to_kill.py", tmp_path, *request.param, server, asked)
        yield stage
        stage.stop()


def test_a_group_that_is_killed_at_random_moments_ends_as_if_it_had_not_been(stage: Group) -> None:
    chance = random.Random(f"{SEED} {stage.way}")
    stage.finish()
    whole, requests, effects, size = stage.outcome(), Counter(stage.asked), stage.effects(), stage.size()
    assert effects == Counter(EFFECTS[stage.team])
    assert len(whole["group"]) == 9

    killed = 0
    while killed < KILLS[stage.team]:
        stage.begin()
        wanted = chance.choice([1, 2, 3])
        done = sum(stage.kill(chance.randrange(stage.size() + 1, size)) for _ in range(wanted) if stage.size() < size)
        if not stage.is_over:
            stage.finish()
        assert stage.outcome() == whole
        assert stage.effects() == effects + stage.done_again
        again = Counter(stage.asked)
        assert again.keys() == requests.keys()
        assert sum((again - requests).values()) <= done, "only the request that was cut may be asked again"
        killed += done
