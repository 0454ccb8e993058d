"""What `ConversableAgent.run` and its relatives return: a run, with its events and what came out of it."""

from __future__ import annotations

import logging
import weakref
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any, cast

from .._core.party import Runner
from ..events.agent_events import ErrorEvent, RunCompletionEvent
from ..events.base_event import Wrapped
from ._run_parts import (
    AsyncEventProcessorProtocol,
    AsyncRunResponseProtocol,
    Cost,
    CostBreakdown,
    EventProcessorProtocol,
    GroupVariables,
    Messages,
    Run,
    RunInfoProtocol,
    RunResponseProtocol,
    Usage,
)
from ._stepped_runs import AsyncRunIterResponse, RunIterResponse
from .processors import AsyncConsoleEventProcessor, ConsoleEventProcessor
from .thread_io_stream import AsyncThreadIOStream, RunStream, ThreadIOStream

__all__ = (
    "AsyncRunIterResponse",
    "AsyncRunResponse",
    "AsyncRunResponseProtocol",
    "Cost",
    "CostBreakdown",
    "RunInfoProtocol",
    "RunIterResponse",
    "RunResponse",
    "RunResponseProtocol",
    "Usage",
)

logger = logging.getLogger("autogen.io.run_response")


class _StartedRun(Run):
    """A run that goes on whether anybody looks or not.

    What came out of it is there as soon as it is over. Whoever asks before waits for the end, unless somebody iterates
    over the events at that time, or the run waits for a person.
    """

    def __init__(self, iostream: RunStream, agents: Sequence[Runner]) -> None:
        super().__init__(iostream, agents)
        self._is_read = False
        self._is_used_up = False
        self._reported = [False]
        weakref.finalize(self, _leave, iostream, self._reported)

    def _raise_failure(self) -> None:
        """Raise the error that ended the run, if nobody has heard of it yet."""
        failure = self._stream.failure
        if failure is not None and not self._reported[0]:
            self._reported[0] = True
            raise failure


def _leave(stream: RunStream, reported: list[bool]) -> None:
    """Nobody holds the run any more: its questions stay without an answer, and its error is logged."""
    stream.abandon()
    if stream.failure is not None and not reported[0]:
        logger.error("A run that nobody looked at has failed.", exc_info=stream.failure)


class RunResponse(_StartedRun):
    """A chat that runs in a thread of its own; see `ConversableAgent.run`.

    Args:
        iostream: the stream that carries its events. A `RunCompletionEvent` or an `ErrorEvent` ends it.
        agents: who takes part.
    """

    def __init__(self, iostream: ThreadIOStream, agents: Sequence[Runner] = ()) -> None:
        super().__init__(iostream, agents)
        self._thread_stream = iostream

    @property
    def events(self) -> Iterator[Wrapped[Any]]:
        """What happens, one by one, up to the `RunCompletionEvent`. Each event comes out once.

        Raises:
            Exception: what ended the run, after an `ErrorEvent`.
        """
        if self._is_used_up:
            return
        self._is_read = True
        try:
            while not self._is_used_up:
                event = self._thread_stream.input_stream.get()
                self._is_used_up = isinstance(event, (RunCompletionEvent, ErrorEvent))  # also if nobody goes on
                yield event
            self._raise_failure()
        except KeyboardInterrupt:
            self._stop()
            raise
        finally:
            self._is_read = False

    def process(self, processor: EventProcessorProtocol | None = None) -> None:
        """Run to the end: show each event, and ask the person where one is asked.

        Args:
            processor: what does this; by default a `ConsoleEventProcessor`.

        Raises:
            Exception: what ended the run.
            KeyboardInterrupt: Ctrl-C, which also stops the chat.
            TypeError: ``processor`` is not a processor.
        """
        _check_processor(processor)
        try:
            (ConsoleEventProcessor() if processor is None else processor).process(self)
        except KeyboardInterrupt:
            self._stop()
            raise

    @property
    def summary(self) -> str | None:
        """What came out of it; None before the end."""
        self._wait()
        return cast("str | None", self._of_completion("summary"))

    @property
    def messages(self) -> Messages:
        """What was said; empty before the end."""
        self._wait()
        return self._messages()

    @property
    def cost(self) -> Cost | None:
        """What it cost; None before the end."""
        self._wait()
        return self._cost()

    @property
    def last_speaker(self) -> str | None:
        """The name of who spoke last; None before the end."""
        self._wait()
        return cast("str | None", self._of_completion("last_speaker"))

    @property
    def context_variables(self) -> GroupVariables:
        """The `ContextVariables` of a group; None in a chat of two."""
        self._wait()
        return self._of_completion("context_variables")

    def _wait(self) -> None:
        if not self._is_read:
            self._thread_stream.wait()
            self._raise_failure()


class AsyncRunResponse(_StartedRun):
    """A chat that runs as a task of the event loop; see `ConversableAgent.a_run`.

    Args:
        iostream: the stream that carries its events. A `RunCompletionEvent` or an `ErrorEvent` ends it.
        agents: who takes part.
    """

    def __init__(self, iostream: AsyncThreadIOStream, agents: Sequence[Runner] = ()) -> None:
        super().__init__(iostream, agents)
        self._async_stream = iostream

    @property
    def events(self) -> AsyncIterator[Wrapped[Any]]:
        """What happens, one by one, up to the `RunCompletionEvent`; see `RunResponse.events`."""
        return _AsyncEvents(self)

    async def _next_event(self) -> Wrapped[Any]:
        if self._is_used_up:
            self._is_read = False
            self._raise_failure()
            raise StopAsyncIteration
        self._is_read = True
        event: Wrapped[Any] = await self._async_stream.input_stream.get()
        self._is_used_up = isinstance(event, (RunCompletionEvent, ErrorEvent))
        return event

    async def process(self, processor: AsyncEventProcessorProtocol | None = None) -> None:
        """Run to the end: show each event, and ask the person where one is asked.

        Args:
            processor: what does this; by default an `AsyncConsoleEventProcessor`.

        Raises:
            Exception: what ended the run.
            TypeError: ``processor`` is not a processor.
        """
        _check_processor(processor)
        await (AsyncConsoleEventProcessor() if processor is None else processor).process(self)

    @property
    async def summary(self) -> str | None:
        """What came out of it; None before the end."""
        await self._wait()
        return cast("str | None", self._of_completion("summary"))

    @property
    async def messages(self) -> Messages:
        """What was said; empty before the end."""
        await self._wait()
        return self._messages()

    @property
    async def cost(self) -> Cost | None:
        """What it cost; None before the end."""
        await self._wait()
        return self._cost()

    @property
    async def last_speaker(self) -> str | None:
        """The name of who spoke last; None before the end."""
        await self._wait()
        return cast("str | None", self._of_completion("last_speaker"))

    @property
    async def context_variables(self) -> GroupVariables:
        """The `ContextVariables` of a group; None in a chat of two."""
        await self._wait()
        return self._of_completion("context_variables")

    async def _wait(self) -> None:
        if not self._is_read:
            await self._async_stream.wait()
            self._raise_failure()


class _AsyncEvents:
    """The iterator of an ``async for`` over events. When the loop is left, it is dropped, and nobody reads any more."""

    def __init__(self, run: AsyncRunResponse) -> None:
        self._run = run

    def __aiter__(self) -> _AsyncEvents:
        return self

    async def __anext__(self) -> Wrapped[Any]:
        return await self._run._next_event()

    def __del__(self) -> None:
        self._run._is_read = False


def _check_processor(processor: object) -> None:
    if processor is not None and not callable(getattr(processor, "process", None)):
        raise TypeError(
            "A processor of a run must have a method process(response), as ConsoleEventProcessor() has, but it is "
            f"{processor!r}."
        )
