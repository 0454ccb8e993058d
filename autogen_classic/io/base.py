"""What a stream for a conversation can do, and which stream is the current one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Protocol, runtime_checkable

__all__ = ("IOStream", "InputStream", "OutputStream")


@runtime_checkable
class OutputStream(Protocol):
    """Anything that can be printed to."""

    def print(self, *objects: Any, sep: str = " ", end: str = "\n", flush: bool = False) -> None:
        """Print objects as the built-in ``print`` does.

        Args:
            *objects: what to print; each is turned into text by ``str``.
            sep: the text between two objects.
            end: the text after the last object.
            flush: whether to pass on at once anything that is buffered.
        """
        ...


@runtime_checkable
class InputStream(Protocol):
    """Anything that can ask a person for a line."""

    def input(self, prompt: str = "", *, password: bool = False) -> str:
        """Ask for a line.

        Args:
            prompt: the text shown to the person.
            password: whether to hide what the person types.

        Returns:
            The line without its line end.
        """
        ...


@runtime_checkable
class IOStream(InputStream, OutputStream, Protocol):
    """A stream that prints and asks. The library prints through `IOStream.get_default` and nothing else.

    Derive from this class to make your own stream, then hand it to `IOStream.set_default` (for a ``with``
    block) or `IOStream.set_global_default` (for the whole process).
    """

    @staticmethod
    def set_global_default(stream: IOStream) -> None:
        """Set the stream of every thread and task that does not have its own.

        Args:
            stream: the stream; None goes back to the console.
        """
        global _global_default
        _global_default = stream

    @staticmethod
    def get_global_default() -> IOStream:
        """Get the stream of every thread and task that does not have its own.

        Returns:
            The stream that was set last, or a console.
        """
        global _global_default
        if _global_default is None:
            _global_default = _new_console()
        return _global_default

    @staticmethod
    def get_default() -> IOStream:
        """Get the stream to use here and now.

        Returns:
            The stream of the innermost `set_default` block around this code, else the global default.
        """
        stream = _default.get()
        return IOStream.get_global_default() if stream is None else stream

    @staticmethod
    @contextmanager
    def set_default(stream: IOStream | None) -> Iterator[None]:
        """Use a stream within a ``with`` block, in the current thread or task and the tasks started from it.

        Args:
            stream: the stream; None stands for the global default.

        Yields:
            None.
        """
        token = _default.set(stream)
        try:
            yield
        finally:
            _default.reset(token)


def set_console(new_console: Callable[[], IOStream]) -> None:
    """Say what makes the stream that is used when no other is set; the package calls this once, on loading.

    Args:
        new_console: makes the stream.
    """
    global _new_console
    _new_console = new_console


_new_console: Callable[[], IOStream]
_global_default: IOStream | None = None
_default: ContextVar[IOStream | None] = ContextVar("autogen_classic_default_io_stream", default=None)
