"""What a model, a person or a tool shows: kept while a run is recorded, shown again when it is replayed."""

from __future__ import annotations

import sys
from typing import Any

from ..io.base import IOStream
from ..oai._request.streamed_text import ShownText

__all__ = ("Listener", "show", "show_answer", "split_shown")


class Listener(IOStream):
    """A stream that passes everything on to another one, and remembers what was shown.

    Args:
        stream: the other stream.

    Attributes:
        shown: everything printed, prompts included.
    """

    def __init__(self, stream: IOStream) -> None:
        self._stream = stream
        self.shown = ""

    def print(self, *objects: Any, sep: str = " ", end: str = "\n", flush: bool = False) -> None:
        """Print on the other stream, and remember it."""
        self.shown += sep.join(map(str, objects)) + end
        self._stream.print(*objects, sep=sep, end=end, flush=flush)

    def input(self, prompt: str = "", *, password: bool = False) -> str:
        """Ask through the other stream, and remember the prompt."""
        self.shown += prompt
        return self._stream.input(prompt, password=password) if password else self._stream.input(prompt)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def split_shown(text: str) -> dict[str, str]:
    """Turn what was shown into fields of a turn.

    A streamed answer is kept without the codes of its colour: whether it is coloured is decided where it is shown.

    Args:
        text: what was shown.

    Returns:
        ``streamed``, ``printed``, or nothing if nothing was shown.
    """
    begin, end = _around_streamed_text()
    if len(text) >= len(begin) + len(end) and text.startswith(begin) and text.endswith(end):
        return {"streamed": text[len(begin) : len(text) - len(end)]}
    return {"printed": text} if text else {}


def show(turn: dict[str, Any]) -> None:
    """Show again what was shown.

    Args:
        turn: a recorded turn.
    """
    if "streamed" in turn:
        with ShownText() as shown:
            shown.show(turn["streamed"])
    elif "printed" in turn:
        IOStream.get_default().print(turn["printed"], end="", flush=True)


def show_answer(turn: dict[str, Any]) -> None:
    """Show what a person was shown; on a terminal, also the answer, which the person's typing left there.

    Args:
        turn: a recorded turn of a person.
    """
    show(turn)
    if "printed" in turn and sys.stdout is not None and sys.stdout.isatty():
        IOStream.get_default().print(turn.get("answer", ""))


def _around_streamed_text() -> tuple[str, str]:
    """What `ShownText` prints before and after a text, here and now."""
    probe = Listener(_Silence())
    with IOStream.set_default(probe), ShownText() as shown:
        shown.show("|")
    begin, _, end = probe.shown.partition("|")
    return begin, end


class _Silence(IOStream):
    """A stream that shows nothing."""

    def print(self, *objects: Any, sep: str = " ", end: str = "\n", flush: bool = False) -> None:
        """Show nothing."""

    def input(self, prompt: str = "", *, password: bool = False) -> str:
        """Answer nothing."""
        return ""
