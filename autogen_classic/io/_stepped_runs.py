"""Runs that go as far as their events are asked for."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Callable, Collection, Generator, Iterable, Iterator, Sequence
from typing import Any, Generic, Protocol, TypeVar, cast

from .._core.party import Runner
from ..events.base_event import Wrapped
from ._run_parts import Cost, GroupVariables, Messages, Run
from .base import IOStream, Printable
from .step_controller import event_classes
from .thread_io_stream import SteppedIOStream

__all__ = ("AsyncRunIterResponse", "RunIterResponse")


class Stepped(Protocol):
    """A chat to iterate over, as `ConversableAgent.iterate` returns it."""

    def close(self) -> None:
        """Leave the chat where it is."""
        ...

    def completion(self) -> Printable | None:
        """The `RunCompletionEvent` of the chat, once it is over or was left; None before."""
        ...


class SteppedChat(Stepped, Iterable[object], Protocol):
    """Such a chat for ``for``."""


class AsyncSteppedChat(Stepped, AsyncIterable[object], Protocol):
    """Such a chat for ``async for``."""


SteppedT = TypeVar("SteppedT", bound=Stepped)


class SteppedRun(Run, Generic[SteppedT]):
    """A run that goes as far as its events are asked for.

    Args:
        start_thread_func: begins the chat, whose events go to the stream that it is handed. It is called when the
            first event is asked for, and needs no thread.
        yield_on: the classes of events that are wanted; None stands for all. The end is not an event here.
        agents: who takes part.
    """

    def __init__(
        self,
        start_thread_func: Callable[[SteppedIOStream], SteppedT],
        yield_on: Collection[type[Any]] | None = None,
        agents: Sequence[Runner] = (),
    ) -> None:
        self._stepped_stream = SteppedIOStream(IOStream.get_default(), asynchronous=self._asynchronous)
        super().__init__(self._stepped_stream, agents)
        self._start = start_thread_func
        self._yield_on = event_classes(yield_on)
        self._chat: SteppedT | None = None

    _asynchronous = False

    def _news(self) -> Iterator[Wrapped[Any]]:
        """The events that have come meanwhile and are wanted."""
        waiting = self._stepped_stream.input_stream
        while waiting:
            event = waiting.popleft()
            if self._yield_on is None or isinstance(event, self._yield_on):
                yield event

    def _of_completion(self, name: str) -> object:
        if self._stream.completion is None and self._chat is not None:
            self._stream.completion = self._chat.completion()
        return super()._of_completion(name)

    @property
    def summary(self) -> str | None:
        """What came out of it; None before the end."""
        return cast("str | None", self._of_completion("summary"))

    @property
    def messages(self) -> Messages:
        """What was said; empty before the end."""
        return self._messages()

    @property
    def cost(self) -> Cost | None:
        """What it cost; None before the end."""
        return self._cost()

    @property
    def last_speaker(self) -> str | None:
        """The name of who spoke last; None before the end."""
        return cast("str | None", self._of_completion("last_speaker"))

    @property
    def context_variables(self) -> GroupVariables:
        """The `ContextVariables` of a group; None in a chat of two."""
        return self._of_completion("context_variables")


class RunIterResponse(SteppedRun[SteppedChat]):
    """A chat to iterate over with ``for``: it stands still at each event; see `ConversableAgent.run_iter`.

    Leaving the loop ends the chat. What ended it otherwise is raised by the loop.
    """

    def __iter__(self) -> Generator[Wrapped[Any], None, None]:
        """Run the chat, and yield its events. A second loop yields nothing."""
        if self._chat is None:
            self._chat = self._start(self._stepped_stream)
            try:
                for _ in self._chat:
                    yield from self._news()
            finally:
                self._chat.close()


class AsyncRunIterResponse(SteppedRun[AsyncSteppedChat]):
    """A chat to iterate over with ``async for``; see `ConversableAgent.a_run_iter`."""

    _asynchronous = True

    def __aiter__(self) -> AsyncIterator[Wrapped[Any]]:
        """Run the chat, and yield its events. A second loop yields nothing."""
        if self._chat is not None:
            return _AsyncSteps(None, self._news)
        self._chat = self._start(self._stepped_stream)
        return _AsyncSteps(self._chat, self._news)


class _AsyncSteps:
    """The iterator of an ``async for``. When the loop is left, it is dropped, and with it the chat."""

    def __init__(self, chat: AsyncSteppedChat | None, news: Callable[[], Iterator[Wrapped[Any]]]) -> None:
        self._steps = None if chat is None else aiter(chat)
        self._news = news

    def __aiter__(self) -> _AsyncSteps:
        return self

    async def __anext__(self) -> Wrapped[Any]:
        while True:
            for event in self._news():
                return event
            if self._steps is None:
                raise StopAsyncIteration
            await anext(self._steps)
