"""The stream that is used when no other is set: standard input and output."""

from __future__ import annotations

import getpass
import sys
from typing import Any

from .base import IOStream

__all__ = ("IOConsole",)


class IOConsole(IOStream):
    """Print to standard output, ask on standard input."""

    def print(self, *objects: Any, sep: str = " ", end: str = "\n", flush: bool = False) -> None:
        """Print with the built-in ``print``.

        Args:
            *objects: what to print.
            sep: the text between two objects.
            end: the text after the last object.
            flush: whether to write out at once anything that is buffered.
        """
        try:
            print(*objects, sep=sep, end=end, flush=flush)
        except UnicodeEncodeError:
            shown = [_as_the_console_can_show_it(thing) for thing in objects]
            refused = next((i for i, text in enumerate(shown) if text != str(objects[i])), 0)
            print(*shown[refused:], sep=sep, end=end, flush=flush)  # what stands before it has been printed

    def input(self, prompt: str = "", *, password: bool = False) -> str:
        """Ask with the built-in ``input``, or with ``getpass`` for a password.

        Args:
            prompt: the text shown to the person; a password without one is asked for with ``Password: ``.
            password: whether to hide what the person types.

        Returns:
            The line without its line end.

        Raises:
            EOFError: standard input is at its end.
        """
        prompt = _as_the_console_can_show_it(prompt)
        if password:
            return getpass.getpass(prompt or "Password: ")
        return input(prompt)


def _as_the_console_can_show_it(thing: object) -> str:
    """The text of a thing, with a question mark for each character that standard output would refuse."""
    text = str(thing)
    encoding = getattr(sys.stdout, "encoding", None)
    if not encoding or getattr(sys.stdout, "errors", None) != "strict":
        return text
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return text.encode(encoding, "replace").decode(encoding)
    return text
