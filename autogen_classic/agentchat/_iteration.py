"""A chat to iterate over: its events come out one by one, and between two of them it stands still."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import AbstractContextManager, ExitStack
from typing import TYPE_CHECKING, Any

from .._core import running_chats
from .._core.drive import Steps
from .._core.events import Event, listening
from .._core.party import Party
from .._core.running_chats import RunningChat
from .._core.walk import Walk
from .chat import ChatResult, result_of

if TYPE_CHECKING:
    import asyncio

__all__ = ("AsyncChatRun", "ChatRun", "ChatWalk")


class ChatWalk:
    """A chat that runs as far as its events are asked for.

    Args:
        agent: who opens it.
        recipient: who is spoken to.
        steps: the chat.
        asynchronous: whether it runs as an asynchronous chat.

    Attributes:
        result: what came out of it, once it is over. Of a chat that was left, it has no summary, and the stop reason
            "external stop".
    """

    def __init__(self, agent: Party, recipient: Party, steps: Steps[ChatResult], asynchronous: bool) -> None:
        self.result: ChatResult | None = None
        self._both = (agent, recipient)
        self._news: deque[Event] = deque()
        self._walk: Walk[ChatResult] = Walk(steps, asynchronous, self._news)
        self._around = running_chats.current()
        self._entered = ExitStack()
        self.enter(listening(self._ear()))

    def enter(self, manager: AbstractContextManager[object]) -> None:
        """Enter a ``with`` block around the chat, in its context; it is left when the chat is closed.

        Args:
            manager: what stands after the ``with``.
        """
        self._walk.context.run(self._entered.enter_context, manager)

    def _ear(self) -> Callable[[Event], None]:
        """What hears the events."""
        return self._news.append

    def _chat(self) -> RunningChat | None:
        """The chat, while it runs; chats may be nested in it, and it may itself be part of another one."""
        chat = self._walk.context.run(running_chats.current)
        while chat is not None and chat.parent is not self._around:
            chat = chat.parent
        return chat

    def close(self) -> None:
        """Leave the chat where it is. What was said stays in the histories; nothing happens if it is over."""
        if not self._walk.is_over:
            chat = self._chat()
            self._walk.close()
            if chat is not None:
                self.result = result_of(*self._both, chat, summary="")
        elif self.result is None:
            self.result = self._walk.result
        self._walk.context.run(self._entered.close)


class ChatRun(ChatWalk):
    """A chat to iterate over with ``for``; see `ConversableAgent.iterate`."""

    def __iter__(self) -> Generator[Event, None, None]:
        """Run the chat, and yield its events. Leaving the loop ends the chat."""
        walk, news = self._walk, self._news
        failure = None
        try:
            while not walk.is_over:
                try:
                    walk.advance()
                except Exception as error:
                    failure = error
                while news:
                    yield news.popleft()
            if failure is not None:
                raise failure
        finally:
            self.close()


class AsyncChatRun(ChatWalk):
    """A chat to iterate over with ``async for``; see `ConversableAgent.a_iterate`."""

    _task: asyncio.Future[Any] | None = None
    _wake: asyncio.Future[None] | None = None

    def __aiter__(self) -> _Events:
        """Run the chat, and yield its events. Leaving the loop ends the chat."""
        return _Events(self)

    def close(self) -> None:
        """Leave the chat where it is, and cancel what it is waiting for."""
        task = self._task
        if task is not None and not task.done() and not task.get_loop().is_closed():
            task.cancel()
        super().close()

    def _ear(self) -> Callable[[Event], None]:
        return self._hear

    def _hear(self, event: Event) -> None:
        self._news.append(event)
        if self._wake is not None:  # the event may come from another thread
            self._wake.get_loop().call_soon_threadsafe(_wake_up, self._wake)

    async def events(self) -> AsyncGenerator[Event, None]:
        """Run the chat, and yield its events."""
        import asyncio  # as late as possible: it takes longer to load than everything else

        try:
            while not self._walk.is_over:
                failure = None
                try:
                    awaitable = self._walk.advance()
                    if awaitable is not None:
                        self._task = self._walk.context.run(asyncio.ensure_future, awaitable)
                except Exception as error:
                    failure = error
                while self._news or self._task is not None:
                    while self._news:
                        yield self._news.popleft()
                    await self._wait()
                if failure is not None:
                    raise failure
        finally:
            self.close()

    async def _wait(self) -> None:
        """Wait for what the chat waits for, or for an event that comes meanwhile."""
        import asyncio

        task = self._task
        if task is None:
            return
        self._wake = asyncio.get_running_loop().create_future()
        try:
            if not self._news:
                await asyncio.wait({task, self._wake}, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:  # the loop is left, and the chat ends as its owner has wished
            task.cancel()
            await asyncio.wait({task})
            if not task.cancelled():
                task.exception()  # which nobody asks for any more
            raise
        self._wake = None
        if not task.done():
            return
        self._task = None
        try:
            self._walk.receive(task.result())
        except BaseException as error:
            self._walk.fail(error)


def _wake_up(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


class _Events:
    """The iterator of an ``async for``. When the loop is left, it is dropped, and with it the chat."""

    def __init__(self, run: AsyncChatRun) -> None:
        self._run = run
        self._events = run.events()

    def __aiter__(self) -> _Events:
        return self

    async def __anext__(self) -> Event:
        return await self._events.__anext__()

    def __del__(self) -> None:
        self._run.close()
