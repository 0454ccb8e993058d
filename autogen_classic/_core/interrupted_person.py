"""A person who is asked in the main thread, and left when the chat is stopped at once."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from .running_chats import RunningChat, watching

__all__ = ("InterruptedPerson",)

ResultT = TypeVar("ResultT")

SECONDS_BETWEEN_SIGNALS = 0.5


class InterruptedPerson:
    """Waits for a person in the main thread, until a signal comes that says that the chat is stopped at once.

    Args:
        chat: the chat.
    """

    def __init__(self, chat: RunningChat) -> None:
        self._chat = chat
        self._lock = threading.RLock()
        self._is_over = threading.Event()
        self._is_interrupted = False

    def wait_for(self, call: Callable[[], ResultT]) -> ResultT:
        """Make the call; see `steering.leave_person_if_stopped`."""
        try:
            with _ctrl_c_interrupting(), watching(self._interrupt):
                try:
                    answer = call()
                finally:
                    with self._lock:
                        self._is_over.set()
            if self._is_interrupted:  # the signal is on its way, and must not hit anything else, or was swallowed
                threading.Event().wait(SECONDS_BETWEEN_SIGNALS)
                raise self._chat.stop_signal()
        except KeyboardInterrupt:
            if not self._is_interrupted:
                raise
            raise self._chat.stop_signal() from None
        return answer

    def _interrupt(self) -> None:
        if self._chat.stopped_now and threading.current_thread() is not threading.main_thread():
            threading.Thread(target=self._insist, name="leaves a person", daemon=True).start()

    def _insist(self) -> None:
        """Send signals until one is heeded: one that comes just before a thread falls asleep does not wake it."""
        while not self._is_over.is_set():
            with self._lock:
                ctrl_c_interrupts = signal.getsignal(signal.SIGINT) is signal.default_int_handler
                if self._is_over.is_set() or not ctrl_c_interrupts or not hasattr(signal, "pthread_kill"):
                    return
                self._is_interrupted = True
                signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
            self._is_over.wait(SECONDS_BETWEEN_SIGNALS)


@contextmanager
def _ctrl_c_interrupting() -> Iterator[None]:
    """Let Ctrl-C interrupt whoever waits in this thread, also within ``asyncio.run``.

    That one has a handler of its own, which cancels the main task: one that blocks would never hear of it.
    """
    handler = signal.getsignal(signal.SIGINT)
    asyncio = sys.modules.get("asyncio")
    runner = getattr(asyncio, "Runner", None)  # from Python 3.11 on
    if runner is None or not isinstance(getattr(getattr(handler, "func", None), "__self__", None), runner):
        yield
        return
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)
