"""The stream that is used when no other is set: standard input and output."""

from __future__ import annotations

import functools
import getpass
import select
import sys
import threading
from types import BuiltinFunctionType
from typing import Any, TextIO

from .._core.steering import check
from .base import IOStream

__all__ = ("IOConsole",)

SECONDS_BETWEEN_CHECKS = 0.1


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

        In a terminal, and in another thread than the main one, the question is given up when its chat is stopped at
        once: whatever is typed next is for whoever asks next.

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
        is_replaced = not isinstance(input, BuiltinFunctionType)
        if is_replaced or threading.current_thread() is threading.main_thread():
            return input(prompt)
        if sys.platform != "win32" and sys.stdin is not None and sys.stdin.isatty():
            print(prompt, end="", flush=True)
            return _next_line(sys.stdin)
        _keep_standard_input()
        return input(prompt)


def _next_line(terminal: TextIO) -> str:
    """Read a line from a terminal, which gives its input line by line, and look meanwhile whether it is waited for."""
    is_there = False
    while not is_there:
        is_there = bool(select.select([terminal], [], [], SECONDS_BETWEEN_CHECKS)[0])
        check()  # also now: what is there may have been typed for somebody else
    line = terminal.readline()
    if not line:
        raise EOFError
    return line.removesuffix("\n")


@functools.cache
def _keep_standard_input() -> None:
    """Let standard input outlive the interpreter: it aborts when it has to close what a thread still reads from."""
    if sys.implementation.name == "cpython":
        import ctypes  # late: most programs ask nobody, or ask in the main thread

        ctypes.pythonapi.Py_IncRef(ctypes.py_object(sys.stdin))


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
