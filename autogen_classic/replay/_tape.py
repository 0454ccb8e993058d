"""The tape: it answers from a recording, or lets the world answer and records that, or does both."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any, NamedTuple, cast

from .._core.drive import Request, Steps
from .._core.tape import AttemptT, Tape
from ..errors import CassetteError, RecordedToolError, ReplayMismatchError
from ..io.base import IOStream
from . import _file
from ._answers import error_as_json, error_from_json
from ._file import Turn
from ._library import Library
from ._model_request import TapedAttempt
from ._shown import Listener, show_answer, split_shown
from ._values import Secrets, plain, plain_config

__all__ = ("RecordedCodeResult", "Recorder", "TapeOfRun")

# The recorded turn of a person, a tool or code within which the present step is taken.
_within: ContextVar[int | None] = ContextVar("autogen_classic_within_turn", default=None)

logger = logging.getLogger("autogen.replay")


class RecordedCodeResult(NamedTuple):
    """The outcome of code that ran while recording."""

    exit_code: int
    output: str


class Recorder:
    """Collects turns and keeps them in a file.

    Args:
        path: the file.
        top: what `_file.head` returned.
        turns: turns that it already has.
        secrets: what must not appear in it.
    """

    def __init__(self, path: Path, top: dict[str, Any], turns: list[Turn], secrets: Secrets) -> None:
        _file.check_can_be_written(path)
        self._path = path
        self._top = top
        self._turns = list(turns)
        self._secrets = secrets
        self._number = max((turn["number"] for turn in turns), default=0)
        self._lock = threading.Lock()
        self._process = os.getpid()
        self._partial = _file.PartialFile(path, top)
        for turn in self._turns:
            self._partial.add(turn)
        self.has_news = False

    def begin(self) -> Turn:
        """Begin a turn.

        Returns:
            Its number, and the turn within which it happens (as when a recorded tool asks a model), if any.
        """
        outer = _within.get()
        with self._lock:
            self._number += 1
            return {"number": self._number} if outer is None else {"number": self._number, "within": outer}

    def add(self, turn: Turn) -> None:
        """Keep a turn.

        Args:
            turn: the turn, with a whole request.
        """
        if os.getpid() != self._process:
            logger.warning("A process that was forked off a recorded one is not recorded.")
            return
        safe: Turn = self._secrets.hide(turn)
        with self._lock:
            self._turns.append(safe)
            self.has_news = True
            was_whole = self._partial.fault is None
            self._partial.add(safe)
            if was_whole and self._partial.fault is not None:
                logger.warning(
                    "The recording goes on in memory, because %s cannot be written any more (%s). %s is written when "
                    "the recording ends; if that fails too, the turns from here on are lost.",
                    self._partial.path,
                    self._partial.fault,
                    self._path,
                )

    def finish(self, failed: bool) -> None:
        """Write the file, with the turns in the order in which they began.

        Args:
            failed: whether the run ended with an error. Without a single turn it then leaves an older file as it is.
        """
        if os.getpid() != self._process:
            return
        if failed and not self.has_news:
            self._partial.remove()
            return
        # hidden once more, because a key may have shown itself later than a text with it
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


class TapeOfRun(Tape):
    """What `_core.tape` asks for: it answers from a library, and records what the library does not have.

    Args:
        library: where answers come from; None if a run is only recorded.
        recorder: where new turns go; None if they are refused.
        recorded: which of ``tools`` and ``code`` are recorded or replayed.
        secrets: what is blanked out.
    """

    def __init__(
        self, library: Library | None, recorder: Recorder | None, recorded: dict[str, bool], secrets: Secrets
    ) -> None:
        self.replays = library is not None
        self.library = library
        self.recorder = recorder
        self.secrets = secrets
        self.mismatch: ReplayMismatchError | None = None
        self._recorded = recorded

    def attempt(
        self,
        kind: Callable[[Any, int, dict[str, Any]], AttemptT],
        wrapper: Any,
        number: int,
        config: dict[str, Any],
    ) -> AttemptT:
        """Return an attempt that looks into the recording first; see `_core.tape`."""
        return cast(AttemptT, TapedAttempt(self, wrapper, number, config))

    def find(self, question: Turn, configuration: int | None = None) -> Turn | None:
        """Look for the recorded turn that answers a question.

        Args:
            question: what is asked.
            configuration: the number of the configuration that asks.

        Returns:
            The turn; None if the world has to answer, and is recorded.

        Raises:
            ReplayMismatchError: no turn answers it, and nothing new is recorded.
        """
        if self.library is None:
            return None
        turn = self.library.take(question, configuration)
        if turn is None and self.recorder is None:
            error = self.library.mismatch(question)
            self.mismatch = self.mismatch or error
            raise error
        return turn

    def config_list(
        self, name: str, filter_dict: Mapping[str, Any] | None, load: Callable[[], list[dict[str, Any]]]
    ) -> list[dict[str, Any]]:
        """Return a configuration list, from a recording without its keys; see `_core.tape`."""
        question = {"kind": "config_list", "agent": None, "name": str(name), "filter": plain(filter_dict)}
        question = self.secrets.hide(question)
        recorded = None if self.library is None else self.library.config_list(question)
        if recorded is not None and self.recorder is None:
            return recorded
        try:
            entries = load()  # with its keys, because models may be asked
        except FileNotFoundError:
            if recorded is None:
                raise
            return recorded
        if self.recorder is not None and recorded is None and isinstance(entries, list):
            self.secrets.learn(entries)
            kept = [plain_config(entry) for entry in entries]
            self.recorder.add({**question, **self.recorder.begin(), "entries": kept})
        return entries

    def person_steps(self, agent: object, prompt: str, ask: Request) -> Steps[str]:
        """Return the answer of a person; see `_core.tape`."""
        question = {"kind": "person", "agent": agent_name(agent), "prompt": plain(prompt)}
        turn = self.find(self.secrets.hide(question))
        if turn is not None:
            show_answer(turn)
            return str(_result(turn, "answer"))
        with self.recording(question) as news, _listening() as listener:
            try:
                answer: str = yield ask
            finally:
                news.update(split_shown(listener.shown))
            news["answer"] = plain(answer)
        return answer

    def person_input(self, prompt: str, ask: Callable[[str], str]) -> str:
        """Return the answer of a person; see `_core.tape`."""
        question = {"kind": "person", "agent": None, "prompt": plain(prompt)}
        turn = self.find(self.secrets.hide(question))
        if turn is not None:
            show_answer(turn)
            return str(_result(turn, "answer"))
        with self.recording(question) as news:
            news["printed"] = prompt
            answer = ask(prompt)
            news["answer"] = plain(answer)
        return answer

    def tool_steps(self, agent: object, name: str, arguments: dict[str, Any], run: Request) -> Steps[Any]:
        """Return the result of a tool; see `_core.tape`."""
        if not self._recorded["tools"]:
            return (yield run)
        question = {"kind": "tool", "agent": agent_name(agent), "name": name, "arguments": plain(arguments)}
        turn = self.find(self.secrets.hide(question))
        if turn is not None:
            return _result(turn, "result")
        with self.recording(question) as news:
            result = yield run
            news["result"] = str(result)
        return result

    def code_steps(self, agent: object, blocks: list[tuple[str, str]], run: Request) -> Steps[Any]:
        """Return the result of code; see `_core.tape`."""
        if not self._recorded["code"]:
            return (yield run)
        written = [{"language": language, "code": code} for language, code in blocks]
        question = {"kind": "code", "agent": agent_name(agent), "blocks": plain(written)}
        turn = self.find(self.secrets.hide(question))
        if turn is not None:
            return RecordedCodeResult(**_result(turn, "result"))
        with self.recording(question) as news:
            result = yield run
            exit_code, output = result if isinstance(result, tuple) else (result.exit_code, result.output)
            news["result"] = {"exit_code": exit_code, "output": output}
        return result

    @contextmanager
    def recording(self, question: Turn) -> Iterator[Turn]:
        """Record what happens within a ``with`` block as one turn, even if it fails.

        What is neither an answer nor an error (a task that is cancelled, Ctrl-C) is not recorded.

        Args:
            question: what was asked.

        Yields:
            A dict for the outcome.
        """
        assert self.recorder is not None
        news = self.recorder.begin()
        outer = _within.get()
        _within.set(news["number"])
        try:
            yield news
        except Exception as error:
            self.recorder.add({**question, **news, "error": error_as_json(error)})
            raise
        finally:
            _within.set(outer)
        self.recorder.add({**question, **news})


def agent_name(agent: object) -> str | None:
    """The name of an agent; None if there is no agent, or it has no name."""
    name = getattr(agent, "name", None)
    return None if name is None else str(name)


@contextmanager
def _listening() -> Iterator[Listener]:
    listener = Listener(IOStream.get_default())
    with IOStream.set_default(listener):
        yield listener


def _result(turn: Turn, name: str) -> Any:
    """The outcome of a turn; a recorded error is raised again."""
    if "error" in turn:
        kind = turn["error"]["type"]
        if kind.startswith("builtins."):
            raise error_from_json(turn["error"])
        raise RecordedToolError(turn["error"]["text"])
    return turn[name]
