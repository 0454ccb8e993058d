"""Streams that carry a run: its events to whoever reads them, and the answers of people back to it."""

from __future__ import annotations

import asyncio
import functools
import queue
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from typing import TYPE_CHECKING as TYPE_CHECKING  # a name of AG2 here
from typing import Any, cast

from .._core.events import PersonAsked
from ..events.agent_events import ErrorEvent, InputRequestEvent, RunCompletionEvent
from ..events.print_event import PrintEvent
from .base import InputStream, IOStream, Printable
from .step_controller import StepController

__all__ = ("AsyncThreadIOStream", "RunStream", "SteppedIOStream", "ThreadIOStream")

_ABANDONED = "A person was asked, but the run was abandoned: nobody is left who could answer."


class RunStream(IOStream):
    """What the streams of runs have in common: they know how far the run is.

    Attributes:
        completion: the `RunCompletionEvent` of the run; None before.
        failure: the error that ended it; None if there was none.
    """

    def __init__(self) -> None:
        self.completion: Any = None
        self.failure: BaseException | None = None
        self._questions: list[Future[str]] = []
        self._abandoned = False
        self._changed = threading.Condition()

    @property
    def is_over(self) -> bool:
        """Whether the run has come to its end."""
        return self.completion is not None or self.failure is not None

    @property
    def is_asking(self) -> bool:
        """Whether the run waits for the answer of a person."""
        return bool(self._questions)

    def print(self, *objects: Any, sep: str = " ", end: str = "\n", flush: bool = False) -> None:
        """Pass on what is printed, as a `PrintEvent`.

        Args:
            *objects: what to print; each is turned into text by ``str``.
            sep: the text between two objects.
            end: the text after the last object.
            flush: has no effect.
        """
        self.send(PrintEvent(*objects, sep=sep, end=end))

    def send(self, message: Printable) -> None:
        """Pass on an event.

        Args:
            message: the event. A `RunCompletionEvent` or an `ErrorEvent` ends the run.
        """
        with self._changed:
            if isinstance(message, RunCompletionEvent):
                self.completion = message
            elif isinstance(message, ErrorEvent):
                self.failure = cast(Any, message).content.error
            self._changed.notify_all()
        self._pass_on(message)

    def _pass_on(self, message: Printable) -> None:
        raise NotImplementedError

    def _responder(self, answer: Future[str]) -> Callable[[str], Any]:
        """What an `InputRequestEvent` has as ``respond``."""
        return functools.partial(_settle, answer)

    def _ask(self, prompt: str, password: bool) -> Future[str]:
        """Pass on a question; the future gets the answer."""
        answer: Future[str] = Future()
        answer.set_running_or_notify_cancel()
        with self._changed:
            if self._abandoned:
                raise EOFError(_ABANDONED)
            self._questions.append(answer)
            self._changed.notify_all()
        answer.add_done_callback(self._answered)
        self.send(InputRequestEvent(prompt=prompt, password=password, respond=self._responder(answer)))
        return answer

    def _answered(self, answer: Future[str]) -> None:
        with self._changed:
            self._questions.remove(answer)

    def abandon(self) -> None:
        """Note that nobody answers any more: a question, now or later, raises an EOFError in the run."""
        with self._changed:
            self._abandoned = True
            questions = list(self._questions)
        for answer in questions:
            with suppress(InvalidStateError):
                answer.set_exception(EOFError(_ABANDONED))


def _settle(answer: Future[str], text: str) -> None:
    with suppress(InvalidStateError):  # a second answer counts for nothing
        answer.set_result(text)


def _awaited(answer: Future[str]) -> Callable[[str], Any]:
    async def respond(text: str) -> None:
        _settle(answer, text)

    return respond


class ThreadIOStream(RunStream):
    """The stream of a chat that runs in another thread.

    Args:
        step_controller: holds the chat at its events; None lets it run.
    """

    def __init__(self, step_controller: StepController | None = None) -> None:
        super().__init__()
        self._events: queue.Queue[Any] = queue.Queue()
        self._step_controller = step_controller

    @property
    def input_stream(self) -> queue.Queue[Any]:
        """The events that nobody has taken yet."""
        return self._events

    def input(self, prompt: str = "", *, password: bool = False) -> str:
        """Pass on a question, and wait for the answer.

        Args:
            prompt: the text shown to the person.
            password: whether to hide what the person types.

        Returns:
            What ``respond`` of the `InputRequestEvent` was called with.

        Raises:
            EOFError: nobody is left who could answer.
        """
        return self._ask(prompt, password).result()

    def wait(self) -> None:
        """Wait until the run is over, or waits for a person itself."""
        with self._changed:
            self._changed.wait_for(lambda: self.is_over or self.is_asking)

    def _pass_on(self, message: Printable) -> None:
        self._events.put(message)
        if self._step_controller is not None:
            self._step_controller.wait_for_step(message)


class AsyncThreadIOStream(RunStream):
    """The stream of a chat that runs in an event loop; events may come from other threads as well."""

    def __init__(self) -> None:
        super().__init__()
        self._events: asyncio.Queue[Any] = asyncio.Queue()
        self._waiting: list[asyncio.Future[None]] = []
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def input_stream(self) -> asyncio.Queue[Any]:
        """The events that nobody has taken yet."""
        return self._events

    async def input(self, prompt: str = "", *, password: bool = False) -> str:  # type: ignore[override]
        """Pass on a question, and wait for the answer; see `ThreadIOStream.input`."""
        return await asyncio.wrap_future(self._ask(prompt, password))

    def _responder(self, answer: Future[str]) -> Callable[[str], Any]:
        return _awaited(answer)

    async def wait(self) -> None:
        """Wait until the run is over, or waits for a person itself."""
        while not (self.is_over or self.is_asking):
            news = asyncio.get_running_loop().create_future()
            self._waiting.append(news)
            await news

    def begin(self) -> None:
        """Note in which event loop the run is; called there before it starts."""
        self._loop = asyncio.get_running_loop()

    def _pass_on(self, message: Printable) -> None:
        if self._loop is None:
            self.begin()
        loop = cast(asyncio.AbstractEventLoop, self._loop)
        if _is_running_here(loop):
            self._deliver(message)
        else:
            loop.call_soon_threadsafe(self._deliver, message)

    def _deliver(self, message: Printable) -> None:
        self._events.put_nowait(message)
        waiting, self._waiting = self._waiting, []
        for news in waiting:
            if not news.done():
                news.set_result(None)


def _is_running_here(loop: asyncio.AbstractEventLoop) -> bool:
    try:
        return asyncio.get_running_loop() is loop
    except RuntimeError:  # this thread runs no loop
        return False


class SteppedIOStream(RunStream):
    """The stream of a chat that somebody iterates over: it runs in the same thread, and stands still between events.

    A question is passed on as soon as the agent is about to ask, so that the answer is there when it is asked for. A
    question that nobody has answered by then, or that a tool asks by itself, goes to the stream around the run.

    Args:
        around: the stream around the run.
        asynchronous: whether ``respond`` of a question is awaited.
    """

    def __init__(self, around: InputStream, asynchronous: bool) -> None:
        super().__init__()
        self._asynchronous = asynchronous
        self._around = around
        self._events: deque[Any] = deque()
        self._asked: deque[Future[str]] = deque()

    @property
    def input_stream(self) -> deque[Any]:
        """The events that nobody has taken yet."""
        return self._events

    def person_asked(self, event: PersonAsked) -> None:
        """Pass on a question before it is asked.

        Args:
            event: who is about to be asked, and what.
        """
        self._asked.append(self._ask(event.prompt, password=False))

    def input(self, prompt: str = "", *, password: bool = False) -> str:
        """Return the answer that was given, or ask the stream around the run.

        Args:
            prompt: the text shown to the person.
            password: whether to hide what the person types.

        Raises:
            EOFError: nobody is left who could answer.
        """
        answer = self._asked.popleft() if self._asked else None
        if answer is not None and answer.done():
            return answer.result()
        said = self._around.input(prompt, password=password)
        if answer is not None:
            _settle(answer, said)
        return said

    def _responder(self, answer: Future[str]) -> Callable[[str], Any]:
        return _awaited(answer) if self._asynchronous else super()._responder(answer)

    def _pass_on(self, message: Printable) -> None:
        self._events.append(message)
