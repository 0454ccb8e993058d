"""In a notebook, a line that tells what a chat is waiting for when that takes long.

It is shown where somebody watches the cell: not by programs that run a notebook, whose outputs it would change, and not
in a terminal.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Hashable
from contextvars import copy_context

from .._core import events

__all__ = ("ProgressLine", "watch_in_notebook")

_PATIENCE = 5.0  # seconds
_SECONDS_BETWEEN_UPDATES = 1.0
_HEARD = (
    events.ModelAsked,
    events.ModelAnswered,
    events.ModelFailed,
    events.ToolCalled,
    events.ToolReturned,
    events.CodeExecuting,
    events.CodeExecuted,
    events.ChatFailed,
)


class ProgressLine:
    """Listens to a chat, and shows what runs for longer than a few seconds.

    Args:
        new_line: makes the function that shows a text in the place of the one before; an empty text ends the line.
        patience: how many seconds something may take before it is shown.
    """

    def __init__(self, new_line: Callable[[], Callable[[str], None]], patience: float) -> None:
        self._new_line = new_line
        self._patience = patience
        self._changed = threading.Condition()
        self._running: dict[Hashable, tuple[str, float]] = {}
        self._is_watched = False

    def hear(self, event: events.Event) -> None:
        """Take in that something begins or ends.

        Args:
            event: one of the events of models, tools, code and failed chats.
        """
        if isinstance(event, events.ModelAsked):
            model = event.request.get("model") or "the model"
            self._begin(event.request_id, f"{_name(event.agent)} is waiting for {model}")
        elif isinstance(event, events.ModelAnswered | events.ModelFailed):
            is_asked_on = isinstance(event, events.ModelFailed) and event.next_number is not None
            if not is_asked_on:
                self._end(event.request_id)
        elif isinstance(event, events.ToolCalled):
            self._begin(_key_of_tool(event), f"{_name(event.agent)} runs {event.name}")
        elif isinstance(event, events.ToolReturned):
            self._end(_key_of_tool(event))
        elif isinstance(event, events.CodeExecuting):
            self._begin(("code", id(event.agent)), f"{_name(event.agent)} runs {', '.join(event.languages)} code")
        elif isinstance(event, events.CodeExecuted):
            self._end(("code", id(event.agent)))
        elif isinstance(event, events.ChatFailed):
            self.end_all()

    def end_all(self, *_: object) -> None:
        """Forget what was begun: an error or the end of the cell has cut it short."""
        with self._changed:
            self._running.clear()
            self._changed.notify()

    def _begin(self, key: Hashable, what: str) -> None:
        with self._changed:
            self._running[key] = (what, time.monotonic())
            if not self._is_watched:
                self._is_watched = True
                # The context tells a notebook which cell the line belongs to.
                watch = threading.Thread(
                    target=copy_context().run, args=(self._watch,), name="progress line", daemon=True
                )
                watch.start()

    def _end(self, key: Hashable) -> None:
        with self._changed:
            self._running.pop(key, None)
            self._changed.notify()

    def _watch(self) -> None:
        """Show what runs, in a thread that ends when nothing runs any more."""
        show = None
        with self._changed:
            while self._running:
                what, began = next(reversed(self._running.values()))  # what began last: the innermost
                waited = time.monotonic() - began
                if waited < self._patience:
                    self._changed.wait(self._patience - waited)
                    continue
                show = show or self._new_line()
                show(f"{what}: {waited:.0f} s")
                self._changed.wait(_SECONDS_BETWEEN_UPDATES)
            self._is_watched = False
        if show is not None:
            show("")


def _name(agent: object) -> str:
    return str(getattr(agent, "name", agent or "a program"))


def _key_of_tool(event: events.ToolCalled | events.ToolReturned) -> Hashable:
    """What the call and the return of a tool have in common."""
    return ("tool", id(event.agent), event.name, event.call_id)


def watch_in_notebook() -> None:
    """Begin to listen, if this process is the kernel of a notebook."""
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    kernel = getattr(shell, "kernel", None)
    if shell is None or kernel is None:
        return
    line = ProgressLine(_new_line, _PATIENCE)

    def hear(event: events.Event) -> None:
        if getattr(kernel, "_allow_stdin", True):  # a program that runs the notebook does not allow it
            line.hear(event)

    events.subscribe(hear, _HEARD, only_aloud=True)
    shell.events.register("post_run_cell", line.end_all)


def _new_line() -> Callable[[str], None]:
    """Make a line in the notebook; the function that is returned changes its text."""
    from IPython.display import display, update_display

    place = uuid.uuid4().hex
    display({"text/plain": ""}, raw=True, display_id=place)  # type: ignore[no-untyped-call]
    return lambda text: update_display({"text/plain": text}, raw=True, display_id=place)  # type: ignore[no-untyped-call]
