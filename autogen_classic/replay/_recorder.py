"""Where new turns go: into memory, and at once into a file."""

from __future__ import annotations

import logging
import os
import threading
from abc import ABC, abstractmethod
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from .._warn import warn_once
from ..errors import CassetteError
from . import _file
from ._turns import Turn
from ._values import Secrets

__all__ = ("CassetteRecorder", "Recorder", "within")

within: ContextVar[int | None] = ContextVar("autogen_classic_within_turn", default=None)
"""The number of the recorded turn of a person, a tool or code within which the present step is taken."""

logger = logging.getLogger("autogen.replay")


class Recorder(ABC):
    """Numbers turns and keeps them.

    Args:
        secrets: what must not appear in them.
        number: the highest number that is taken.
    """

    def __init__(self, secrets: Secrets, number: int) -> None:
        self._secrets = secrets
        self._number = number
        self._lock = threading.Lock()
        self._process = os.getpid()

    def begin(self) -> Turn:
        """Begin a turn.

        Returns:
            Its number, and the turn within which it happens (as when a recorded tool asks a model), if any.
        """
        outer = within.get()
        with self._lock:
            self._number += 1
            return {"number": self._number} if outer is None else {"number": self._number, "within": outer}

    def add(self, turn: Turn) -> None:
        """Keep a turn.

        Args:
            turn: the turn, with a whole request.
        """
        if os.getpid() != self._process:
            warn_once(logger, "A process that was forked off a recorded one is not recorded.")
            return
        safe: Turn = self._secrets.hide(turn)
        with self._lock:
            self._keep(safe)

    @abstractmethod
    def _keep(self, turn: Turn) -> None:
        """Keep a turn without secrets, one at a time."""


class CassetteRecorder(Recorder):
    """Collects turns and keeps them in the file of a recording.

    Args:
        path: the file.
        top: what `_file.head` returned.
        turns: turns that it already has.
        secrets: what must not appear in it.

    Attributes:
        has_news: whether a turn was added to those that it already had.

    Raises:
        CassetteError: the file cannot be written.
    """

    def __init__(self, path: Path, top: dict[str, Any], turns: list[Turn], secrets: Secrets) -> None:
        _file.check_can_be_written(path)
        super().__init__(secrets, max((turn["number"] for turn in turns), default=0))
        self._path = path
        self._top = top
        self._turns = list(turns)
        self._partial = _file.PartialFile(path, top)
        for turn in self._turns:
            self._partial.add(turn)
        self.has_news = False

    def _keep(self, turn: Turn) -> None:
        self._turns.append(turn)
        self.has_news = True
        was_whole = self._partial.fault is None
        self._partial.add(turn)
        if was_whole and self._partial.fault is not None:
            logger.warning(
                "The recording goes on in memory, because %s cannot be written any more (%s). %s is written when the "
                "recording ends; if that fails too, the turns from here on are lost.",
                self._partial.path,
                self._partial.fault,
                self._path,
            )

    def finish(self, failed: bool) -> None:
        """Write the file, with the turns in the order in which they began.

        Args:
            failed: whether the run ended with an error. Without a single turn it then leaves an older file as it is.

        Raises:
            CassetteError: the file cannot be written. The text says where the turns are.
        """
        if os.getpid() != self._process:
            return
        if failed and not self.has_news:
            self._partial.remove()
            return
        # Hidden once more: a text may have been kept before it was known that a part of it is a key.
        turns = sorted(map(self._secrets.hide, self._turns), key=lambda turn: turn["number"])
        try:
            _file.write(self._path, self._top, _numbered(turns))
        except OSError as error:
            self._partial.close()
            raise CassetteError(
                f"The recording {self._path} cannot be written ({error}). {self._what_is_left()}."
            ) from error
        self._partial.remove()

    def _what_is_left(self) -> str:
        if self._partial.fault is None:
            return f"All of it stands in {self._partial.path}"
        return f"The first {self._partial.turns} of its {len(self._turns)} turns stand in {self._partial.path}"


def _numbered(turns: list[Turn]) -> list[Turn]:
    """The turns numbered from 1 without gaps, which requests that were cancelled may have left."""
    numbers = {turn["number"]: number for number, turn in enumerate(turns, start=1)}
    numbered = []
    for turn in turns:
        rest = {key: value for key, value in turn.items() if key != "within"}
        within = {"within": numbers[turn["within"]]} if turn.get("within") in numbers else {}
        numbered.append({**rest, **within, "number": numbers[turn["number"]]})
    return numbered
