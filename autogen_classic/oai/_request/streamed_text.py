"""Show a streamed answer while it comes: in green, through the current IOStream."""

from __future__ import annotations

from contextlib import suppress

from ..._core.events import TextStreamed, emit, is_heard
from ..._core.request_context import asking_agent
from ..._core.steering import was_left
from ...io.base import IOStream, takes_events

__all__ = ("ShownText",)


class ShownText:
    """Prints pieces of text in green, and ends the line when the ``with`` block ends, even with an error.

    Nothing more is printed once the chat has been stopped at once.
    """

    def __init__(self) -> None:
        stream = IOStream.get_default()
        self._print = _nothing if takes_events(stream) else stream.print
        self._begin, self._end = _green()

    def __enter__(self) -> ShownText:
        """Begin to print in green."""
        self._print(self._begin, end="")
        return self

    def __exit__(self, *error: object) -> None:
        """End the line."""
        if was_left():
            with suppress(Exception):  # the stream may be closed by now, and that must not cost the answer
                self._print(self._end, end="")
        else:
            self._print(self._end + "\n")

    def show(self, piece: str) -> None:
        """Print the next piece."""
        if was_left():
            return
        self._print(piece, end="", flush=True)
        if piece and is_heard(TextStreamed):
            emit(TextStreamed(asking_agent.get(), piece))


def _nothing(*objects: object, **settings: object) -> None:
    """What prints for a stream that hears of each piece by an event."""


def _green() -> tuple[str, str]:
    """The codes that begin and end green text, both empty where colour is not wanted."""
    from termcolor import colored

    begin, _, end = colored("|", "green").partition("|")
    return begin, end
