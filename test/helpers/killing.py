"""Programs that are killed hard, again and again: how they are started, watched and killed."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from autogen_classic.testing import MockOpenAIServer

__all__ = ("Stage", "without_ids")


def without_ids(text: str) -> str:
    """Calls are numbered by the server, which counts all requests."""
    return re.sub(r"call_\d+_", "call_", text)


class Stage:
    """The server, the process that forks the players, and the files of one run.

    Args:
        program: the file of the program, which forks a player for each line on its standard input.
        folder: where the files of a run are.
        team: who plays.
        way: "sync" or "async".
        server: the model.
        asked: counts what the model was asked.
    """

    stores: tuple[str, ...] = ()
    """The files and folders that players leave beside their journal."""

    interrupted = "ask"
    """What a run that goes on does about a step that was cut."""

    def __init__(
        self, program: Path, folder: Path, team: str, way: str, server: MockOpenAIServer, asked: Counter[str]
    ) -> None:
        self.folder, self.team, self.way, self.server, self.asked = folder, team, way, server, asked
        self.process = subprocess.Popen(
            [sys.executable, program], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.begin()

    def begin(self) -> None:
        """Begin a new run."""
        for name in ("run.jsonl", "outcome.json", *self.stores):
            if (self.folder / name).is_dir():
                shutil.rmtree(self.folder / name)
            (self.folder / name).unlink(missing_ok=True)
        self.asked.clear()

    @property
    def journal(self) -> Path:
        return self.folder / "run.jsonl"

    @property
    def is_over(self) -> bool:
        return (self.folder / "outcome.json").exists()

    def size(self) -> int:
        return self.journal.stat().st_size if self.journal.exists() else 0

    def outcome(self) -> Any:
        return json.loads(without_ids((self.folder / "outcome.json").read_text(encoding="utf-8")))

    def start(self, typed: tuple[str, ...] = ()) -> int:
        """Start the program, for the first time or again, and return the id of its process.

        Args:
            typed: the lines that a person types.
        """
        job = {
            "team": self.team,
            "way": self.way,
            "journal": str(self.journal),
            "effects": str(self.folder / "effects"),
            "outcome": str(self.folder / "outcome.json"),
            "llm_config": self.server.llm_config(price=[0.1, 0.1]),
            "interrupted": self.interrupted,
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

    def kill(self, at: int, later: float = 0) -> bool:
        """Start the program, and kill it when its journal has this size.

        Args:
            at: the size.
            later: how many seconds after that.

        Returns:
            False if it came to its end before.
        """
        process = self.start()
        while self.size() < at and not self.is_over:
            time.sleep(0.0002)
        time.sleep(later)
        try:
            os.kill(process, signal.SIGKILL)
        except ProcessLookupError:  # it has come to its end after the last look at its journal
            assert self.is_over
        self.wait()
        return not self.is_over

    def finish(self, typed: tuple[str, ...] = ()) -> None:
        """Let the program come to its end.

        Args:
            typed: the lines that a person types.
        """
        self.start(typed)
        self.wait()

    def stop(self) -> None:
        with self.process:
            assert self.process.stdin is not None
            self.process.stdin.close()
