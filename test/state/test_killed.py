"""A program that is killed at any moment goes on as if nothing had happened, and nothing is done or paid for twice."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

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


def without_ids(text: str) -> str:
    """Calls are numbered by the server, which counts all requests."""
    return re.sub(r"call_\d+_", "call_", text)


class Stage:
    """The server, the process that forks the players, and the files of one run."""

    def __init__(self, folder: Path, team: str, way: str, server: MockOpenAIServer, asked: Counter[str]) -> None:
        self.folder, self.team, self.way, self.server, self.asked = folder, team, way, server, asked
        self.process = subprocess.Popen(
            [sys.executable, HERE / "program_to_kill.py"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.begin()

    def begin(self) -> None:
        """Begin a new run."""
        for name in ("run.jsonl", "effects", "outcome.json"):
            (self.folder / name).unlink(missing_ok=True)
        self.asked.clear()
        self.done_again: Counter[str] = Counter()

    @property
    def journal(self) -> Path:
        return self.folder / "run.jsonl"

    def size(self) -> int:
        return self.journal.stat().st_size if self.journal.exists() else 0

    def effects(self) -> Counter[str]:
        file = self.folder / "effects"
        return Counter(file.read_text(encoding="utf-8").splitlines() if file.exists() else [])

    def outcome(self) -> Any:
        return json.loads(without_ids((self.folder / "outcome.json").read_text(encoding="utf-8")))

    def start(self) -> int:
        """Start the program, for the first time or again, and return the id of its process.

        A person has found out what became of the step that was cut, and types it.
        """
        turns = read(self.journal)["turns"] if self.size() else []
        is_asked = self.team == "team" and not any(turn["kind"] == "person" for turn in turns)
        typed = ["Write about letters."] if is_asked else []
        finished = Counter(map(effect_of, (turn for turn in turns if turn["kind"] in ("tool", "code"))))
        for cut in cut_among(turns):
            step = cut["turn"]
            was_done = self.effects()[effect_of(step)] > finished[effect_of(step)]
            if was_done and self.team == "desk":  # nobody can type whom a tool hands over to
                self.done_again[effect_of(step)] += 1
                was_done = False
            typed.append(result_of(step) if was_done else "again")
        job = {
            "team": self.team,
            "way": self.way,
            "journal": str(self.journal),
            "effects": str(self.folder / "effects"),
            "outcome": str(self.folder / "outcome.json"),
            "llm_config": self.server.llm_config(price=[0.1, 0.1]),
            "interrupted": "ask",
            "typed": "".join(f"{line}\n" for line in typed),
        }
        assert self.process.stdin is not None
        self.process.stdin.write(f"{json.dumps(job)}\n")
        self.process.stdin.flush()
        return int(self._heard())

    def wait(self) -> None:
        assert self._heard() == "ended"

    def _heard(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def kill(self, at: int) -> bool:
        """Start the program, and kill it when its journal has this size.

        Returns:
            False if it came to its end before.
        """
        process = self.start()
        while self.size() < at and not (self.folder / "outcome.json").exists():
            time.sleep(0.0002)
        try:
            os.kill(process, signal.SIGKILL)
        except ProcessLookupError:  # it has come to its end after the last look at its journal
            assert (self.folder / "outcome.json").exists()
        self.wait()
        return not (self.folder / "outcome.json").exists()

    def stop(self) -> None:
        with self.process:
            assert self.process.stdin is not None
            self.process.stdin.close()


def effect_of(step: dict[str, Any]) -> str:
    return f"{step['name']} {step['arguments'].get('word', '')}" if step["kind"] == "tool" else "code"


def result_of(step: dict[str, Any]) -> str:
    if step["kind"] == "code":
        return "42"
    word = step["arguments"]["word"]
    return str(len(word)) if step["name"] == "count" else f"About {word}."


@pytest.fixture(params=[(team, way) for team in KILLS for way in ("sync", "async")], ids="-".join)
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stage]:
    asked: Counter[str] = Counter()

    def play(model_request: ModelRequest) -> Any:
        asked[without_ids(json.dumps(model_request, sort_keys=True))] += 1
        return answer(model_request)

    with MockOpenAIServer(default=play) as server:
        stage = Stage(tmp_path, *request.param, server, asked)
        yield stage
        stage.stop()


def test_a_group_that_is_killed_at_random_moments_ends_as_if_it_had_not_been(stage: Stage) -> None:
    chance = random.Random(f"{SEED} {stage.way}")
    stage.start()
    stage.wait()
    whole, requests, effects, size = stage.outcome(), Counter(stage.asked), stage.effects(), stage.size()
    assert effects == Counter(EFFECTS[stage.team])
    assert len(whole["group"]) == 9

    killed = 0
    while killed < KILLS[stage.team]:
        stage.begin()
        wanted = chance.choice([1, 2, 3])
        done = sum(stage.kill(chance.randrange(stage.size() + 1, size)) for _ in range(wanted) if stage.size() < size)
        if not (stage.folder / "outcome.json").exists():
            stage.start()
            stage.wait()
        assert stage.outcome() == whole
        assert stage.effects() == effects + stage.done_again
        again = Counter(stage.asked)
        assert again.keys() == requests.keys()
        assert sum((again - requests).values()) <= done, "only the request that was cut may be asked again"
        killed += done
