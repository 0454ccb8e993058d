"""The tape: it answers from a recording, or lets the world answer and records that, or does both."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple, cast

from .._core.drive import Request, Steps
from .._core.tape import AttemptT, FoundT, Tape
from ..errors import RecordedToolError, ReplayMismatchError
from ..io.base import IOStream
from ._answers import error_as_json, error_from_json
from ._library import Library
from ._model_request import TapedAttempt
from ._recorder import Recorder, within
from ._shown import Listener, show_answer, split_shown
from ._turns import Turn
from ._values import Secrets, one_line, plain, plain_config, plain_if_equal

__all__ = ("RecordedCodeResult", "TapeOfRun")


class RecordedCodeResult(NamedTuple):
    """The outcome of code that ran while recording."""

    exit_code: int
    output: str


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
        inputs: list[str] = getattr(agent, "_human_input", [])
        if turn is not None:
            show_answer(turn)
            answer = str(_result(turn, "answer"))
            if turn.get("remembered"):
                inputs.append(answer)
            return answer
        with self.recording(question) as news, _listening() as listener:
            before = len(inputs)
            try:
                typed: str = yield ask
            finally:
                news.update(split_shown(listener.shown))
            news["answer"] = plain(typed)
            news["remembered"] = len(inputs) > before
        yield from self.settled()
        return typed

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

    def choice(self, names: list[str], choose: Callable[[], int]) -> int:
        """Return what chance has chosen; see `_core.tape`. What was not recorded is drawn anew."""
        question = {"kind": "choice", "agent": None, "names": names}
        turn = None if self.library is None else self.library.take(question)
        if turn is not None:
            return int(turn["chosen"])
        chosen = choose()
        if self.recorder is not None:
            self.recorder.add({**question, **self.recorder.begin(), "chosen": chosen})
        return chosen

    def tool_steps(self, agent: object, name: str, arguments: dict[str, Any], run: Request) -> Steps[Any]:
        """Return the result of a tool; see `_core.tape`."""
        if not self._recorded["tools"]:
            return (yield run)
        question = {"kind": "tool", "agent": agent_name(agent), "name": name, "arguments": plain(arguments)}
        turn = self.find(self.secrets.hide(question))
        if turn is not None:
            text = _result(turn, "result")
            restore = getattr(agent, "_classic_restore_tool_result", None)
            return restore(text, turn["handover"]) if restore is not None and "handover" in turn else text
        begun, run = yield from self.beginning(question, run)
        with self.recording(question, begun, fails_with_an_answer=True) as news:
            result = yield run
            keep = getattr(agent, "_classic_keep_tool_result", None)
            news.update({"result": str(result)} if keep is None else keep(result))
        yield from self.settled()
        return result

    def request_steps(
        self, agent: object, name: str, arguments: dict[str, Any], run: Request, typed: Callable[[str], str] | None
    ) -> Steps[Any]:
        """Return what somebody outside has answered; see `_core.tape`. It is recorded as the result of a tool."""
        if not self._recorded["tools"]:
            return (yield run)
        question = {"kind": "tool", "agent": agent_name(agent), "name": name, "arguments": plain(arguments)}
        turn = self.find(self.secrets.hide(question))
        if turn is not None:
            return _result(turn, "result")
        begun = None
        if typed is not None:
            begun, run = yield from self.beginning(question, run, typed)
        with self.recording(question, begun) as news:
            answer = yield run
            news["result"] = str(answer)
        yield from self.settled()
        return answer

    def lookup(
        self, agent: object, name: str, arguments: dict[str, Any], look: Callable[[], FoundT], of_run: bool
    ) -> FoundT:
        """Return what is found in a store; see `_core.tape`. It is recorded as the result of a tool, as JSON.

        What would come back from JSON as something else is not recorded, and so looked up anew.
        """
        if not self._recorded["tools"]:
            return look()
        question = {"kind": "tool", "agent": agent_name(agent), "name": name, "arguments": plain(arguments)}
        # What was found within a step that was given up is not what is in the store when that step is taken again.
        here = None if of_run else within.get()
        turn = None
        if self.library is not None:
            turn = self.library.take(self.secrets.hide(question), fits=lambda one: one.get("within") == here)
        if turn is not None:
            return cast(FoundT, json.loads(_result(turn, "result")))
        if self.recorder is None:
            return look()
        begun = self.recorder.begin()
        if of_run:
            begun.pop("within", None)
        with self.recording(question, begun) as news:
            found = look()
            with suppress(TypeError, RecursionError):
                news["result"] = one_line(plain_if_equal(found))
        return found

    def code_steps(self, agent: object, blocks: list[tuple[str, str]], run: Request) -> Steps[Any]:
        """Return the result of code; see `_core.tape`."""
        if not self._recorded["code"]:
            return (yield run)
        written = [{"language": language, "code": code} for language, code in blocks]
        question = {"kind": "code", "agent": agent_name(agent), "blocks": plain(written)}
        turn = self.find(self.secrets.hide(question))
        if turn is not None:
            return RecordedCodeResult(**_result(turn, "result"))
        begun, run = yield from self.beginning(question, run)
        with self.recording(question, begun) as news:
            result = yield run
            exit_code, output = result if isinstance(result, tuple) else (result.exit_code, result.output)
            news["result"] = {"exit_code": exit_code, "output": output}
        yield from self.settled()
        return result

    def beginning(
        self, question: Turn, run: Request, typed: Callable[[str], str] | None = None
    ) -> Steps[tuple[Turn, Request]]:
        """Begin the turn of a tool, of code, or of a request to an agent elsewhere.

        Args:
            question: what was asked.
            run: the step that runs it.
            typed: of a request, as for `_core.tape.request_steps`.

        Returns:
            What `Recorder.begin` returns, and the step to take.
        """
        yield from ()
        assert self.recorder is not None
        return self.recorder.begin(), run

    @contextmanager
    def recording(
        self, question: Turn, begun: Turn | None = None, *, fails_with_an_answer: bool = False
    ) -> Iterator[Turn]:
        """Record what happens within a ``with`` block as one turn, even if it fails.

        What is neither an answer nor an error (a task that is cancelled, Ctrl-C) is not recorded.

        Args:
            question: what was asked.
            begun: what `Recorder.begin` returned, if the turn has begun.
            fails_with_an_answer: whether an error is an answer too, with which the chat goes on.

        Yields:
            A dict for the outcome. If nothing is added to it, nothing is recorded.
        """
        assert self.recorder is not None
        news = self.recorder.begin() if begun is None else begun
        begun_with = set(news)
        outer = within.get()
        within.set(news["number"])
        try:
            yield news
        except Exception as error:
            self.keep_error({**question, **news}, error, fails_with_an_answer)
            raise
        finally:
            within.set(outer)
        if news.keys() - begun_with:
            self.keep_result({**question, **news})

    def keep_result(self, turn: Turn) -> None:
        """Record a turn of a person, a tool or code.

        Args:
            turn: the turn. Its ``handover``, where a tool of a group says who goes next, is None if JSON has no form
                for it.
        """
        assert self.recorder is not None
        self.recorder.add({name: value for name, value in turn.items() if name != "handover" or value is not None})

    def keep_error(self, turn: Turn, error: Exception, is_answer: bool) -> None:
        """Record a turn of a person, a tool or code that failed.

        Args:
            turn: the turn without an outcome.
            error: what was raised.
            is_answer: whether the chat goes on with the error as an answer.
        """
        assert self.recorder is not None
        self.recorder.add({**turn, "error": error_as_json(error)})

    def keep_answer(self, turn: Turn, request_id: str) -> None:
        """Record a turn of a model.

        Args:
            turn: the turn, with its response or error.
            request_id: what the turns of all configurations for one request have in common.
        """
        assert self.recorder is not None
        self.recorder.add(turn)


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
