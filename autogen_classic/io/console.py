"""The stream that is used when no other is set: standard input and output."""

from __future__ import annotations

import functools
import getpass
import os
import select
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import BuiltinFunctionType
from typing import Any, TextIO

from .._core.steering import check
from .base import IOStream

__all__ = ("IOConsole", "input_is_replaced")

SECONDS_BETWEEN_CHECKS = 0.1

_console = threading.RLock()  # held from a question to its answer


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

        Questions of several threads are asked one after the other. In a terminal, and in another thread than the main
        one, the question is given up when its chat is stopped at once: whatever is typed next is for whoever asks next.

        Args:
            prompt: the text shown to the person; a password without one is asked for with ``Password: ``.
            password: whether to hide what the person types.

        Returns:
            The line without its line end.

        Raises:
            EOFError: standard input is at its end.
        """
        prompt = _as_the_console_can_show_it(prompt)
        if input_is_replaced() and not password:
            return input(prompt)
        with _console_of_its_own():
            if password:
                return getpass.getpass(prompt or "Password: ")
            if _is_in_main_thread():
                return input(prompt)
            if _has_terminal():
                print(prompt, end="", flush=True)
                return _next_line(sys.stdin)
            _keep_standard_input()
            return input(prompt)


def input_is_replaced() -> bool:
    """Whether a program has put a function of its own in the place of the built-in ``input``, as notebooks do.

    Such a function asks in its own way, and may need the thread or the event loop of whoever calls it.
    """
    return not isinstance(input, BuiltinFunctionType)


@contextmanager
def _console_of_its_own() -> Iterator[None]:
    """Wait until nobody else asks at the console, and keep the others away meanwhile."""
    while not _console.acquire(timeout=SECONDS_BETWEEN_CHECKS):
        _check_beside_main_thread()
    try:
        _check_beside_main_thread()
        yield
    finally:
        _console.release()


def _check_beside_main_thread() -> None:
    """Give up here what nobody waits for any more; the main thread is interrupted by a signal instead."""
    if not _is_in_main_thread():
        check()


def _is_in_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()


def _has_terminal() -> bool:
    """Whether standard input is a terminal that can be waited for; that of IDLE, for example, has no file."""
    try:
        return sys.platform != "win32" and os.isatty(sys.stdin.fileno())
    except (AttributeError, OSError, ValueError):  # there is no standard input, or it is closed
        return False


def _next_line(terminal: TextIO) -> str:
    """Read a line from a terminal, which gives its input line by line, and look meanwhile whether it is waited for."""
    while True:
        _has_line(terminal, SECONDS_BETWEEN_CHECKS)
        check()  # also when a line has come: it may have been typed for somebody else
        if _has_line(terminal, 0):  # and nobody else, such as the program itself, has read it meanwhile
            break
    line = terminal.readline()
    if not line:
        raise EOFError
    return line.removesuffix("\n")


def _has_line(terminal: TextIO, seconds: float) -> bool:
    poll = select.poll()  # select() refuses files with numbers above 1023
    poll.register(terminal, select.POLLIN)
    return bool(poll.poll(seconds * 1000))


@functools.cache
def _keep_standard_input() -> None:
    """Let standard input outlive the interpreter: it aborts when it has to close what a thread still reads from."""
    if sys.implementation.name == "cpython":
        import ctypes  # late: most programs ask nobody, or ask in the main thread

        ctypes.pythonapi.Py_IncRef(ctypes.py_object(sys.stdin))


def _as_the_console_can_show_it(thing: object) -> str:
    """The text of a thing, with a question mark for each character that standard output would refuse."""
    text = str(thing)
    encoding, errors = getattr(sys.stdout, "encoding", None), getattr(sys.stdout, "errors", None)
    if not encoding or not errors:
        return text
    try:
        text.encode(encoding, errors)
    except UnicodeEncodeError:
        return text.encode(encoding, "replace").decode(encoding)
    return text
