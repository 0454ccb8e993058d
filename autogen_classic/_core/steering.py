"""What others do to a running chat: pause it, resume it, stop it at once. They call it from other threads and tasks.

Steps stand still where they find ``steered`` filled (see `running_chats`) and go on when the chat may. What blocks the
chat, a model that thinks or a person who reads, is left when the chat is stopped at once.

A model is asked in another thread or task for that, and what it answers later is taken care of: it has been paid for.
While no other thread is alive, nobody could stop the chat, and everything runs in its own thread.
"""

from __future__ import annotations

import contextvars
import logging
import sys
import threading
from collections.abc import Callable, Coroutine
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from . import running_chats
from .drive import WHICH_WAY, Call, Request, Steps, drive, drive_async
from .events import ChatPaused, ChatResumed, emit
from .running_chats import ChatStopped, RunningChat, watching

if TYPE_CHECKING:
    import asyncio

__all__ = (
    "Errand",
    "SteeredAgent",
    "check",
    "leave_if_stopped",
    "leave_if_stopped_async",
    "leave_person_if_stopped",
    "leaving",
    "stand_still",
    "was_left",
)

logger = logging.getLogger("autogen.agentchat.conversable_agent")

ResultT = TypeVar("ResultT")


def stand_still() -> Steps[None]:
    """Stand still until the chat may go on. Steps that call it look first whether ``steered`` holds anything.

    Raises:
        ChatStopped: the chat is stopped at once, or was stopped while it stood still.
    """
    chat = running_chats.current()
    if chat is None:
        return
    if chat.stands_still:
        began = monotonic()
        emit(ChatPaused())
        yield Call(_a_wait if (yield WHICH_WAY) else _wait, chat)
        seconds = monotonic() - began
        chat.exclude_seconds(seconds)
        emit(ChatResumed(seconds))
        if chat.stopped:
            raise chat.stop_signal()
    check()


def check() -> None:
    """End the chat here if somebody has stopped it at once, or nobody waits for what runs here any more.

    Raises:
        ChatStopped: that is so.
    """
    chat = running_chats.current()
    if chat is not None and was_left():
        raise chat.stop_signal() if chat.stopped_now else ChatStopped(chat)


def was_left() -> bool:
    """Tell whether the chat was stopped at once, or cancelled, so that nobody waits for what runs here."""
    chat = running_chats.current()
    if chat is None:
        return False
    thread = threading.current_thread()
    return chat.stopped_now or (isinstance(thread, Errand) and thread.is_left)


def _wait(chat: RunningChat) -> None:
    """Wait in this thread. A queue, unlike a lock, may be filled by a signal handler that interrupts the waiting."""
    from queue import SimpleQueue  # for the few chats that stand still

    bell: SimpleQueue[None] = SimpleQueue()
    with watching(lambda: bell.put(None)):
        while chat.stands_still:
            bell.get()


async def _a_wait(chat: RunningChat) -> None:
    from .threads import AsyncBell  # as late as possible: asyncio takes longer to load than everything else

    with AsyncBell() as bell:
        while chat.stands_still:
            await bell.rings()


class SteeredAgent:
    """An agent whose chats can be paused, resumed and stopped, from every thread and task."""

    _classic_running_chats: list[RunningChat]

    def pause_chat(self) -> bool:
        """Let every chat in which this agent takes part stand still before its next step.

        A step is the reply of an agent, a request to a model, or a tool. What is under way is finished. The thread of a
        synchronous chat waits; an asynchronous chat leaves the event loop to others. Chats that are nested in it stand
        still, too, and the time does not count for ``max_seconds``.

        Returns:
            Whether there was a chat to pause.
        """
        running = list(self._classic_running_chats)
        for running_chat in running:
            running_chat.request_pause()
        return bool(running)

    def resume_chat(self) -> bool:
        """Let every chat in which this agent takes part go on.

        Returns:
            Whether there was a chat to resume.
        """
        running = list(self._classic_running_chats)
        for running_chat in running:
            running_chat.request_resume()
        return bool(running)

    def stop_chat(self, now: bool = False) -> bool:
        """End every chat in which this agent takes part before its next reply, also one that is paused.

        It may be called from another thread or task. What has been said so far stays in the histories and the result,
        whose stop reason is "external stop".

        Args:
            now: whether a model or a person who is being asked is not waited for either. The answer of the model is
                still counted and cached when it comes, as it has been paid for. A tool that runs is always waited for:
                it may have effects.

        Returns:
            Whether there was a chat to stop.
        """
        running = list(self._classic_running_chats)
        for running_chat in running:
            running_chat.request_stop(now)
        return bool(running)


# --- leaving what is under way ---------------------------------------------------------------------------------------


class Errand(threading.Thread, Generic[ResultT]):
    """A thread that makes one call for another thread, which may leave before it is over.

    It is like the thread that starts it: it has its context variables, and what programs have put on the thread object
    (Streamlit does that).

    Args:
        call: the call.
        late: is given what the call returns after it was left.
        tell: called when it is over; without it, ``bell`` gets an item.

    Attributes:
        bell: gets an item when it is over.
        is_over: whether it is.
        is_left: whether nobody waits for it any more.
    """

    def __init__(
        self,
        call: Callable[[], ResultT],
        late: Callable[[ResultT], object] | None = None,
        tell: Callable[[], object] | None = None,
    ) -> None:
        from queue import SimpleQueue  # for the few chats that others can stop

        super().__init__(name=f"{threading.current_thread().name} (errand)", daemon=True)
        for name, value in vars(threading.current_thread()).items():
            if not hasattr(type(self), name):  # some programs put a `run` of their own on a thread
                vars(self).setdefault(name, value)
        self.bell: SimpleQueue[None] = SimpleQueue()
        self._context_of_call = contextvars.copy_context()
        self._call = call
        self._late = late
        self._tell = tell or partial(self.bell.put, None)  # called when it is over
        self._lock = threading.Lock()
        self.is_left = False
        self.is_over = False
        self._values: list[ResultT] = []
        self._error: BaseException | None = None

    def run(self) -> None:
        """Make the call, and hand over what comes of it."""
        try:
            self._values.append(self._context_of_call.run(self._call))
        except BaseException as error:  # whatever it is, it is for whoever waits
            self._error = error
        with self._lock:
            self.is_over = True
            is_left = self.is_left
        self._tell()
        if is_left and self._error is None and self._late is not None:
            self._context_of_call.run(_hand_over, self._late, self._values[0])

    def leave(self) -> bool:
        """Wait for it no longer. False if it was over just before."""
        with self._lock:
            self.is_left = not self.is_over
            return self.is_left

    def outcome(self) -> ResultT:
        """What the call has returned; what it has raised, is raised."""
        if self._error is not None:
            raise self._error
        return self._values[0]


def leave_if_stopped(call: Callable[[], ResultT], late: Callable[[ResultT], object] | None = None) -> ResultT:
    """Make a call that may take long, and leave it if the chat is stopped at once.

    Args:
        call: the call.
        late: is given what the call returns after it was left, in a thread of its own.

    Returns:
        What it returns.

    Raises:
        ChatStopped: the chat was stopped at once.
        BaseException: whatever the call raises.
    """
    check()
    chat = running_chats.current()
    if chat is None or threading.active_count() == 1 or isinstance(threading.current_thread(), Errand):
        return call()
    errand = Errand(call, late)
    with watching(lambda: errand.bell.put(None)):
        errand.start()
        try:
            while not errand.is_over:
                if chat.stopped_now and errand.leave():
                    raise chat.stop_signal()
                errand.bell.get()
        except BaseException:  # Ctrl-C
            errand.leave()
            raise
    return errand.outcome()


_left_behind: set[asyncio.Future[Any]] = set()  # an event loop itself does not keep its tasks alive


async def leave_if_stopped_async(
    call: Callable[[], Coroutine[Any, Any, ResultT]], late: Callable[[ResultT], object] | None = None
) -> ResultT:
    """The same as `leave_if_stopped`, in an asynchronous chat.

    Args:
        call: makes the coroutine.
        late: is given what it returns after it was left. With None it is not left but cancelled.

    Returns:
        What it returns.

    Raises:
        ChatStopped: the chat was stopped at once.
        BaseException: whatever the coroutine raises.
    """
    check()
    chat = running_chats.current()
    if chat is None:
        return await call()
    import asyncio

    from .threads import AsyncBell

    task = asyncio.get_running_loop().create_task(call())
    try:
        with AsyncBell() as bell:
            task.add_done_callback(bell.ring)
            while not task.done() and not chat.stopped_now:
                await bell.rings()
        if task.done():
            return task.result()
        if late is not None:
            _left_behind.add(task)
            task.add_done_callback(lambda done: _hand_over_result(done, late))
            raise chat.stop_signal()
    except asyncio.CancelledError:
        await _cancel(task)
        raise
    await _cancel(task)
    raise chat.stop_signal()


async def _cancel(task: asyncio.Future[Any]) -> None:
    import asyncio

    task.cancel()
    await asyncio.wait({task})


def _hand_over_result(task: asyncio.Future[ResultT], late: Callable[[ResultT], object]) -> None:
    _left_behind.discard(task)
    if not task.cancelled() and task.exception() is None:
        _hand_over(late, task.result())


def _hand_over(late: Callable[[ResultT], object], value: ResultT) -> None:
    try:
        late(value)
    except Exception as error:
        logger.warning("An answer that came after its chat was stopped cannot be kept.", exc_info=error)


# --- a person --------------------------------------------------------------------------------------------------------


def leaving(ask: Request) -> Steps[Request]:
    """Change the step that asks a person: the question is left, with `ChatStopped`, if the chat is stopped at once.

    Args:
        ask: the step.

    Returns:
        The step to take instead.
    """
    if running_chats.current() is None:
        return ask
    if (yield WHICH_WAY):
        return Call(leave_if_stopped_async, lambda: drive_async(_only(ask)))
    return Call(leave_person_if_stopped, lambda: drive(_only(ask)))


def _only(ask: Request) -> Steps[Any]:
    return (yield ask)


def leave_person_if_stopped(call: Callable[[], ResultT]) -> ResultT:
    """Make a call that waits for a person in this thread, and leave it if the chat is stopped at once.

    The main thread never hands its person over to another one: that would go on reading from the keyboard after Ctrl-C.
    It is interrupted as if by Ctrl-C, where signals can do that.

    Args:
        call: the call.

    Returns:
        What it returns. What a person answers later is lost.

    Raises:
        ChatStopped: the chat was stopped at once.
        BaseException: whatever the call raises.
    """
    check()
    chat = running_chats.current()
    if chat is None or threading.active_count() == 1:
        return call()
    if threading.current_thread() is threading.main_thread():
        from .interrupted_person import InterruptedPerson  # late: few chats in the main thread have others beside them

        return InterruptedPerson(chat).wait_for(call)
    return call() if _has_event_loop() else leave_if_stopped(call)


def _has_event_loop() -> bool:
    """Whether this thread has an event loop: what asks a person may need it, and another thread would not have it."""
    asyncio = sys.modules.get("asyncio")
    try:
        return asyncio is not None and asyncio.get_event_loop() is not None
    except RuntimeError:
        return False
