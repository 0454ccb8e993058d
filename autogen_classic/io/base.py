"""What a stream for a conversation can do, and which stream is the current one."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from contextvars import ContextVar
from typing import Any, ClassVar, Protocol, cast, runtime_checkable

__all__ = ("AsyncIOStreamProtocol", "AsyncInputStream", "IOStream", "IOStreamProtocol", "InputStream", "OutputStream")


logger = logging.getLogger("autogen.io")

_PRINT = 'print(self, *objects, sep=" ", end="\\n", flush=False)'
_INPUT = 'input(self, prompt="", *, password=False)'


class Printable(Protocol):
    """What a stream needs of an event: `autogen_classic.events.base_event.BaseEvent` has it, and so has its wrapper."""

    def print(self, f: Callable[..., Any] | None = None) -> None:
        """Print the event."""
        ...


def _asks_for(*methods: str) -> object:
    """Let `isinstance` ask for these methods only: streams of v0.2 know nothing of ``send``."""

    def is_one(other: type[object]) -> bool:
        return all(callable(getattr(other, method, None)) for method in methods)

    return staticmethod(is_one)


@runtime_checkable
class OutputStream(Protocol):
    """Anything that can be printed to."""

    __subclasshook__: ClassVar[Any] = _asks_for("print")

    def print(self, *objects: Any, sep: str = " ", end: str = "\n", flush: bool = False) -> None:
        """Print objects as the built-in ``print`` does.

        Args:
            *objects: what to print; each is turned into text by ``str``.
            sep: the text between two objects.
            end: the text after the last object.
            flush: whether to pass on at once anything that is buffered.
        """
        ...

    def send(self, message: Printable) -> None:
        """Show an event. A stream that has a method of its own here gets every event of a chat in place of lines.

        Args:
            message: an event of `autogen_classic.events.agent_events` or one of your own; it can ``print`` itself.
        """
        message.print(self.print)


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
class AsyncInputStream(Protocol):
    """Anything that can ask a person for a line without holding up an event loop."""

    async def input(self, prompt: str = "", *, password: bool = False) -> str:
        """Ask for a line; see `InputStream.input`."""
        ...


@runtime_checkable
class IOStreamProtocol(InputStream, OutputStream, Protocol):
    """A stream that prints and asks."""

    __subclasshook__: ClassVar[Any] = _asks_for("print", "input")


@runtime_checkable
class AsyncIOStreamProtocol(AsyncInputStream, OutputStream, Protocol):
    """A stream that prints, and is awaited when it asks."""

    __subclasshook__: ClassVar[Any] = _asks_for("print", "input")


@runtime_checkable
class IOStream(InputStream, OutputStream, Protocol):
    """A stream that prints and asks. The library prints through `IOStream.get_default` and nothing else.

    Derive from this class to make your own stream, then hand it to `IOStream.set_default` (for a ``with``
    block) or `IOStream.set_global_default` (for the whole process).
    """

    __subclasshook__: ClassVar[Any] = _asks_for("print", "input")

    @staticmethod
    def set_global_default(stream: IOStream) -> None:
        """Set the stream of every thread and task that does not have its own.

        Args:
            stream: the stream; None goes back to the console.

        Raises:
            TypeError: it cannot print.
        """
        global _global_default, _hearing_for_all
        _check_stream(stream)
        _hearing_for_all.close()
        _hearing_for_all = ExitStack()
        if takes_events(stream):
            _hearing_for_all.enter_context(_hearing(stream, everywhere=True))
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

        Raises:
            TypeError: it cannot print.
        """
        _check_stream(stream)
        token = _default.set(stream)
        try:
            with _hearing(stream, everywhere=False) if takes_events(stream) else nullcontext():
                yield
        finally:
            _default.reset(token)


def takes_events(stream: object) -> bool:
    """Tell whether a stream wants events in place of printed lines: its class has a ``send`` of its own.

    Args:
        stream: any stream, or None. Its class may have ``takes_events = False`` to get lines nevertheless.
    """
    own = getattr(type(stream), "send", OutputStream.send) is not OutputStream.send
    return bool(getattr(type(stream), "takes_events", own))


def _check_stream(stream: object) -> None:
    """Refuse what cannot print, and warn of methods that cannot take what the library passes.

    It is only a warning, because a stream that is never asked to print, or for a line, works all the same.
    """
    if stream is None:
        return
    if isinstance(stream, type) or not callable(getattr(stream, "print", None)):
        raise TypeError(
            f"A stream must have {_PRINT} and {_INPUT}, but it is {stream!r:.80}. Make an object of a class with these "
            "methods, such as one that derives from IOStream."
        )
    if not (takes_events(stream) or _takes(getattr(stream, "print"), "", "", sep="", end="", flush=True)):  # noqa: B009
        _warn_of_method(stream, _PRINT)
    if not _takes(getattr(stream, "input", input), ""):
        _warn_of_method(stream, _INPUT)


def _takes(method: Callable[..., object], *args: object, **kwargs: object) -> bool:
    try:
        inspect.signature(method).bind(*args, **kwargs)
    except TypeError:
        return False
    except ValueError:  # written in C, without a signature
        pass
    return True


def _warn_of_method(stream: object, wanted: str) -> None:
    logger.warning(
        "A method of the stream %s does not take what the library passes. Write it as %s.",
        type(stream).__name__,
        wanted,
    )


def show(event_name: str, *lines: str, **fields: Any) -> None:
    """Print lines to the default stream, or send it an event if it takes events.

    Args:
        event_name: the name of a class of AG2's events.
        *lines: what the event would print.
        **fields: the arguments of the event.
    """
    if not was_sent(event_name, **fields):
        for line in lines:
            IOStream.get_default().print(line)


def was_sent(event_name: str, **fields: Any) -> bool:
    """Send an event to the default stream, if it takes events; tell whether it does.

    Args:
        event_name: the name of a class of AG2's events.
        **fields: the arguments of the event.
    """
    stream = IOStream.get_default()
    if not takes_events(stream):
        return False
    from ..events._translation import new_event

    stream.send(new_event(event_name, **fields))
    return True


def set_console(new_console: Callable[[], IOStream]) -> None:
    """Say what makes the stream that is used when no other is set; the package calls this once, on loading.

    Args:
        new_console: makes the stream.
    """
    global _new_console
    _new_console = new_console


def _hearing(stream: IOStream | None, *, everywhere: bool) -> AbstractContextManager[None]:
    """Let a stream that takes events hear them for the length of a ``with`` block."""
    from ..events._translation import hearing  # its room needs pydantic

    return hearing(cast(IOStream, stream), everywhere=everywhere)


_hearing_for_all = ExitStack()
_new_console: Callable[[], IOStream]
_global_default: IOStream | None = None
_default: ContextVar[IOStream | None] = ContextVar("autogen_classic_default_io_stream", default=None)
