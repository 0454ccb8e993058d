"""The stream that is used when no other is set: standard input and output."""

from __future__ import annotations

import getpass
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
            flush: whether to write out at once what may be buffered.
        """
        print(*objects, sep=sep, end=end, flush=flush)

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
        if password:
            return getpass.getpass(prompt or "Password: ")
        return input(prompt)
