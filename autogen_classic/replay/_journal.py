"""A journal: finished work is on disk before the next step, and a run that was killed goes on from there."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import threading
import weakref
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from time import time
from typing import Any

from .._core import tape as seam
from .._core.drive import WHICH_WAY, Call, Request, Steps
from .._core.events import warn
from .._core.messages import TextOrMessage, as_message
from .._core.party import Agent
from .._core.replies import led_group
from .._core.tape import FoundT
from .._words import counted
from ..errors import CassetteError, JournalError
from ._answers import error_as_json
from ._file import check_path
from ._interrupted import Policy, decide, policies_of
from ._journal_file import JournalFile
from ._journal_lines import cut_among
from ._library import Library, describe
from ._recorder import Recorder
from ._run import as_list, refuse_nesting
from ._tape import RecordedCodeResult, TapeOfRun, agent_name
from ._turns import Shortener, Turn
from ._values import Secrets, canonical, plain

__all__ = ("journal",)

_SHOWN_UNUSED = 5

logger = logging.getLogger("autogen.replay")


@contextmanager
def journal(
    path: str | os.PathLike[str],
    *,
    interrupted: Policy | Mapping[str, Policy] = "fail",
    program: str | None = None,
    ignore: Iterable[str] = (),
    normalise: Callable[[str], str] | Sequence[Callable[[str], str]] = (),
) -> Iterator[None]:
    """Keep everything that is finished within a ``with`` block on disk, and take it from there in the next run.

    Every message, every answer of a model or a person, and every result of a tool or of code is on the disk before the
    next step. When the program was killed, run it again with the same file: it does the same steps, but what was
    finished comes from the journal, and only then the world is asked again. It applies to all threads and tasks of the
    process.

    Args:
        path: the file, such as ``"run.jsonl"``; it is made if it does not exist. It never holds keys, headers or
            addresses.
        interrupted: what to do about a tool that was running when the program was stopped, of which nobody knows how
            far it came: ``"fail"`` ends the run and names it, ``"ask"`` asks the person at the terminal, ``"rerun"``
            runs it again. One word for all, or a dict by the names of tools, in which ``"code"`` stands for executed
            code, ``"a2a"`` and ``"nlip"`` for requests to agents elsewhere, and ``"*"`` for all that are not in it,
            which otherwise fail.
        program: what it is the journal of; by default the file name of the script. The journal of another program is
            refused.
        ignore: names of parameters of a request that may differ from run to run, as for `replay`.
        normalise: functions that are applied to every text before it is compared, as for `replay`.

    Yields:
        None.

    Raises:
        JournalError: the journal cannot be read or written, another process uses it, it belongs to another program or
            release, or a recording, replay or journal is already on. When the disk is full, the run ends with it
            before anything more is paid for.
        InterruptedStepError: a tool was running when the program was stopped, and its policy is to fail.
        ValueError: an argument has another value.
    """
    check_path(path, "a journal", "run.jsonl")
    policies = policies_of(interrupted)
    try:
        refuse_nesting()
    except CassetteError:
        raise JournalError(
            "A recording, a replay or a journal is on already in this thread or task. End it before the next one."
        ) from None
    normalisers = as_list(normalise)
    with JournalFile(Path(path).absolute(), program or _name_of_program()) as file:
        if file.cut:
            warn(logger, "The last line of %s was cut, and is left out (%d bytes).", file.path, file.cut)
        secrets = Secrets()
        recorder = _JournalRecorder(file, secrets)
        tape = _JournalTape(file, recorder, secrets, policies, ignore, normalisers)
        recorder.add({"kind": "run", **recorder.begin(), "process": os.getpid()})
        with seam.use(tape):
            yield
        tape.tell_what_was_left()


def _name_of_program() -> str:
    return Path(sys.argv[0]).name if sys.argv and sys.argv[0] else "an interactive session"


class _JournalRecorder(Recorder):
    """Writes turns to a journal.

    Args:
        file: the journal.
        secrets: what must not appear in it.
    """

    def __init__(self, file: JournalFile, secrets: Secrets) -> None:
        super().__init__(secrets, max((turn["number"] for turn in file.turns), default=0))
        self._file = file
        self._shortener = Shortener()
        for turn in file.turns:
            self._shortener.shorten(turn)

    def begin(self) -> Turn:
        """Begin a turn, unless what comes of it could not be kept.

        Raises:
            JournalError: the journal cannot be written any more.
        """
        self._file.check()
        return super().begin()

    def _keep(self, turn: Turn) -> None:
        short = self._shortener.shorten(turn)
        self._file.append({"kind": turn["kind"], "number": turn["number"], "at": round(time(), 3), **short})


class _JournalTape(TapeOfRun):
    """Answers from a journal, and lets the world answer what is not in it.

    Args:
        file: the journal.
        recorder: where new turns go.
        secrets: what is blanked out.
        policies: what to do about steps that were cut, by the names of tools; ``"*"`` is for all others.
        ignore: as for `journal`.
        normalisers: what is applied to texts before they are compared.
    """

    library: Library

    def __init__(
        self,
        file: JournalFile,
        recorder: Recorder,
        secrets: Secrets,
        policies: Mapping[str, Policy],
        ignore: Iterable[str],
        normalisers: Sequence[Callable[[str], str]],
    ) -> None:
        library = Library(file.turns, str(file.path), ignore, normalisers)
        super().__init__(library, recorder, {"tools": True, "code": True}, secrets)
        self._file = file
        self._policies = policies
        self._lock = threading.Lock()
        self._messages = Counter(canonical(_said(turn)) for turn in file.turns if turn["kind"] == "message")
        self._cut: dict[str, list[Turn]] = {}
        for turn in cut_among(file.turns):
            self._cut.setdefault(library.key(turn["turn"]), []).append(turn)
        self._at_their_first_step = {turn["agent"] for turn in self._not_asked_for()}
        self._warned: set[str] = set()
        self._known: weakref.WeakSet[object] = weakref.WeakSet()  # agents whose keys are known

    # --- what is in the journal

    def find(self, question: Turn, configuration: int | None = None) -> Turn | None:
        """Look for the turn that answers a question; None if the world has to answer."""
        turn = self.library.take(question, configuration)
        if turn is None and question["agent"] is not None:
            left = [one for one in self._not_asked_for() if one["agent"] == question["agent"]]
            if left and self.library.key(question) not in self._cut:
                self._look_at_news(question, len(left))
        self._at_their_first_step.discard(question["agent"])
        return turn

    def _not_asked_for(self) -> list[Turn]:
        """What is left, without what happened within a tool that was cut: it may do something else now."""
        return [turn for turn in self.library.unused if "within" not in turn]

    def _look_at_news(self, question: Turn, left: int) -> None:
        """Tell that something new is asked before all that was finished has been asked for.

        Chats that run side by side do so; otherwise the program is not the one that was stopped.
        """
        agent = question["agent"]
        is_another_program = agent in self._at_their_first_step and _runs_alone()
        if agent in self._warned and not is_another_program:
            return
        self._warned.add(agent)
        text = (
            f"The journal {self._file.path} holds {counted(left, 'finished step')} of {agent} that {_was(left)} not "
            f"asked for yet, but what {describe(question)} now is not in it. {self.library.difference(question)}"
        )
        if not is_another_program:
            warn(logger, "%s", text)
            return
        raise JournalError(
            f"{text}\nThis is another program, or it was changed. Give it a journal of its own. If only such values "
            "change from run to run, compare without them: journal(..., normalise=[paths, times, uuids])."
        )

    def tell_what_was_left(self) -> None:
        """Warn of what nobody has asked for when the program has come to its end, but not of what was looked up."""
        left = [turn for turn in self._not_asked_for() if turn["kind"] != "tool" or turn["agent"] is not None]
        if left:
            lines = "".join(f"\n  turn {turn['number']}: {describe(turn)}" for turn in left[:_SHOWN_UNUSED])
            more = f"\n  and {len(left) - _SHOWN_UNUSED} more" if len(left) > _SHOWN_UNUSED else ""
            warn(
                logger,
                "The program has ended, but %s of the journal %s %s never asked for:%s%s",
                counted(len(left), "finished step"),
                self._file.path,
                _was(len(left)),
                lines,
                more,
            )

    # --- what is new

    def lookup(
        self, agent: object, name: str, arguments: dict[str, Any], look: Callable[[], FoundT], of_run: bool
    ) -> FoundT:
        """Return what is found in a store, which is on the disk before the store is changed; see `TapeOfRun.lookup`."""
        found = super().lookup(agent, name, arguments, look, of_run)
        self._file.settle()
        return found

    def config_list(
        self, name: str, filter_dict: Mapping[str, Any] | None, load: Callable[[], list[dict[str, Any]]]
    ) -> list[dict[str, Any]]:
        """Return a configuration list as it is now, whose keys must not appear in the journal."""
        entries = load()
        if isinstance(entries, list):
            self.secrets.learn(entries)
        return entries

    def message_steps(self, sender: Agent, recipient: Agent, message: TextOrMessage) -> Steps[None]:
        """Keep a message, unless it is the copy that a member of a group hears."""
        led_by_sender, led_by_recipient = (getattr(led_group(one), "agents", ()) for one in (sender, recipient))
        if any(member is recipient for member in led_by_sender):
            return
        self._learn_keys_of([sender, recipient, *led_by_recipient])
        said = {"agent": agent_name(sender), "to": agent_name(recipient), "message": plain(as_message(message))}
        said = self.secrets.hide(said)
        with self._lock:
            key = canonical(said)
            if self._messages[key]:
                self._messages[key] -= 1
                return
        assert self.recorder is not None
        self.recorder.add({"kind": "message", **self.recorder.begin(), **said})
        yield from self.settled()

    def settled(self) -> Steps[None]:
        """Wait until all that was finished is on the disk, which in a synchronous chat it is already."""
        if not self._file.is_settled:
            yield Call(self._file.a_settle if (yield WHICH_WAY) else self._file.settle)

    def _learn_keys_of(self, agents: Iterable[object]) -> None:
        """Take notice of keys before they are sent to a model, because what was written cannot be taken back."""
        for agent in agents:
            if agent not in self._known and getattr(agent, "llm_config", None):
                self.secrets.learn([{"llm_config": agent.llm_config}])  # type: ignore[attr-defined]
                self._known.add(agent)

    def keep_result(self, turn: Turn) -> None:
        """Keep a result. A tool whose handover cannot be kept counts as one that was running: its policy decides."""
        if turn.get("handover", {}) is not None:
            super().keep_result(turn)

    def keep_error(self, turn: Turn, error: Exception, is_answer: bool) -> None:
        """Keep the error of a tool, which is its answer. Others that failed are asked again.

        Of a request to somebody outside it is kept that it is over, so that it does not count as one that was cut.
        """
        if isinstance(error, JournalError):
            return
        if is_answer:
            super().keep_error(turn, error, is_answer)
        elif turn["kind"] == "tool":
            assert self.recorder is not None
            kept: Turn = {key: turn[key] for key in ("number", "within", "agent", "name") if key in turn}
            self.recorder.add({"kind": "failed", **kept, "error": error_as_json(error)})

    def keep_answer(self, turn: Turn, request_id: str) -> None:
        """Keep an answer, and before it the errors of other configurations that led to it.

        Errors without an answer are not kept: the next run asks again.
        """
        former_id, failed = _failed.get()
        failed = failed if former_id == request_id else ()
        if "error" in turn:
            if turn["error"]["passed_on"]:
                _failed.set((request_id, (*failed, turn)))
            return
        for former in failed:
            super().keep_answer(former, request_id)
        _failed.set(("", ()))
        super().keep_answer(turn, request_id)

    # --- what was cut

    def beginning(
        self, question: Turn, run: Request, typed: Callable[[str], str] | None = None
    ) -> Steps[tuple[Turn, Request]]:
        """Begin a turn; if it was running when the program was stopped, ask its policy. See `TapeOfRun.beginning`."""
        assert self.recorder is not None
        question = self.secrets.hide(question)
        with self._lock:
            waiting = self._cut.get(self.library.key(question), [])
            cut = waiting.pop(0) if waiting else None
        if cut is None:
            begun = self.recorder.begin()
            self.recorder.add({"kind": "started", **begun, "turn": question})
            yield from self.settled()
            return begun, run
        try:
            answer = yield from decide(question, self._policies, is_request=typed is not None)
        except BaseException:
            waiting.insert(0, cut)  # it is still to be decided, should the program ask again
            raise
        begun = {key: cut[key] for key in ("number", "within") if key in cut}
        if answer is None:
            return begun, run
        self.library.leave_out(cut["number"])
        if typed is not None:
            answer = typed(answer)
        result = RecordedCodeResult(0, answer) if question["kind"] == "code" else answer
        return begun, Call(lambda: result)


# The errors of the configurations that were tried for one request, and its id.
_failed: ContextVar[tuple[str, tuple[Turn, ...]]] = ContextVar("autogen_classic_failed_turns", default=("", ()))


def _said(turn: Turn) -> Turn:
    return {key: turn[key] for key in ("agent", "to", "message")}


def _was(number: int) -> str:
    return "was" if number == 1 else "were"


def _runs_alone() -> bool:
    """Whether nothing can run beside this, so that steps must come in the order in which they came before."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return threading.current_thread() is threading.main_thread()
    return False
