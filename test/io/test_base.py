"""Which stream is the current one."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from autogen_classic.io import InputStream, IOConsole, IOStream, OutputStream


class ListStream(IOStream):
    """Keeps what is printed."""

    def __init__(self) -> None:
        self.printed: list[tuple[Any, ...]] = []

    def print(self, *objects: Any, sep: str = " ", end: str = "\n", flush: bool = False) -> None:
        self.printed.append(objects)

    def input(self, prompt: str = "", *, password: bool = False) -> str:
        return prompt


@pytest.fixture(autouse=True)
def _console_again() -> Iterator[None]:
    yield
    IOStream.set_global_default(None)  # type: ignore[arg-type]


def test_the_console_is_the_default_before_anybody_sets_one() -> None:
    assert isinstance(IOStream.get_default(), IOConsole)


def test_the_default_stays_the_same_object() -> None:
    assert IOStream.get_default() is IOStream.get_global_default() is IOStream.get_default()


def test_a_block_uses_its_own_stream_and_gives_it_back() -> None:
    stream = ListStream()
    with IOStream.set_default(stream):
        assert IOStream.get_default() is stream
    assert isinstance(IOStream.get_default(), IOConsole)


def test_an_inner_block_wins_over_an_outer_one() -> None:
    outer, inner = ListStream(), ListStream()
    with IOStream.set_default(outer):
        with IOStream.set_default(inner):
            assert IOStream.get_default() is inner
        assert IOStream.get_default() is outer


def test_a_block_with_none_uses_the_global_default() -> None:
    with IOStream.set_default(ListStream()), IOStream.set_default(None):
        assert IOStream.get_default() is IOStream.get_global_default()


def test_the_stream_is_given_back_when_the_block_raises() -> None:
    with pytest.raises(ValueError, match="inside"), IOStream.set_default(ListStream()):
        raise ValueError("inside")
    assert isinstance(IOStream.get_default(), IOConsole)


def test_a_block_wins_over_the_global_default() -> None:
    everywhere, here = ListStream(), ListStream()
    IOStream.set_global_default(everywhere)
    with IOStream.set_default(here):
        assert IOStream.get_default() is here
        assert IOStream.get_global_default() is everywhere
    assert IOStream.get_default() is everywhere


def test_a_stream_that_is_false_is_still_used() -> None:
    class EmptyStream(ListStream):
        def __len__(self) -> int:
            return len(self.printed)

    stream = EmptyStream()
    with IOStream.set_default(stream):
        assert IOStream.get_default() is stream


def test_another_thread_does_not_see_the_stream_of_a_block() -> None:
    seen: list[IOStream] = []
    with IOStream.set_default(ListStream()):
        thread = threading.Thread(target=lambda: seen.append(IOStream.get_default()))
        thread.start()
        thread.join()
    assert isinstance(seen[0], IOConsole)


def test_tasks_keep_their_streams_apart() -> None:
    async def use(stream: IOStream) -> bool:
        with IOStream.set_default(stream):
            await asyncio.sleep(0)
            return IOStream.get_default() is stream

    async def both() -> list[bool]:
        return await asyncio.gather(use(ListStream()), use(ListStream()))

    assert asyncio.run(both()) == [True, True]


def test_a_task_inherits_the_stream_of_the_code_that_starts_it() -> None:
    async def current() -> IOStream:
        return IOStream.get_default()

    stream = ListStream()
    with IOStream.set_default(stream):
        assert asyncio.run(current()) is stream


def test_a_class_that_prints_is_an_output_stream_without_deriving_from_it() -> None:
    class Printer:
        def print(self, *objects: Any, sep: str = " ", end: str = "\n", flush: bool = False) -> None: ...

    assert isinstance(Printer(), OutputStream)
    assert not isinstance(Printer(), InputStream)


def test_the_console_is_an_io_stream() -> None:
    assert isinstance(IOConsole(), IOStream)
    assert isinstance(IOConsole(), InputStream)
