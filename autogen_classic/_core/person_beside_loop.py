"""A person who is asked in a thread beside an event loop, and left when the chat is stopped at once, or cancelled."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from . import running_chats
from .steering import Errand, check, leave_person_if_stopped
from .threads import AsyncBell

__all__ = ("ask_beside_event_loop",)

ResultT = TypeVar("ResultT")


async def ask_beside_event_loop(call: Callable[[], ResultT]) -> ResultT:
    """Make a call that waits for a person, and does not need the event loop that runs here, in a thread of its own.

    So other tasks go on, and the call is left when the chat is stopped at once, or cancelled. The main thread does not
    hand its person over; see `steering.leave_person_if_stopped`.

    Args:
        call: the call.

    Returns:
        What it returns. What a person answers after it was left is lost.

    Raises:
        ChatStopped: the chat was stopped at once.
        BaseException: whatever the call raises.
    """
    chat = running_chats.current()
    if chat is None or threading.current_thread() is threading.main_thread():
        return leave_person_if_stopped(call)
    check()
    with AsyncBell() as bell:
        errand = Errand(call, tell=bell.ring_from_anywhere)
        errand.start()
        try:
            while not errand.is_over:
                if chat.stopped_now and errand.leave():
                    raise chat.stop_signal()
                await bell.rings()
        except BaseException:  # the task is cancelled, also by a stop of the chat
            errand.leave()
            raise
    return errand.outcome()
