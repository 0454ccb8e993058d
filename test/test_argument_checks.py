"""Arguments that do not fit their annotations are refused before a function begins."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from enum import Enum
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

import pytest

from autogen_classic._argument_checks import Count, Port, Seconds, Text, arguments_checked

if TYPE_CHECKING:
    from somewhere import Unknown  # type: ignore[import-not-found]


class Tool:
    @arguments_checked
    def __init__(
        self,
        name: Text = "tool",
        *,
        top_k: Count | None = 3,
        port: Port | None = 80,
        seconds: Seconds = 1.0,
        words: Sequence[str] | None = None,
        more: Iterable[str] = (),
        settings: Mapping[str, Any] | Literal[False] | None = None,
        mode: Literal["fast", "slow"] = "fast",
        folder: str | Path = ".",
        on_event: Callable[..., Any] | None = None,
        verbose: bool = False,
        silent: bool | None = None,
        unknown: Unknown = None,
        api_key: str | None = None,
    ) -> None:
        self.given = {name: value for name, value in locals().items() if name != "self"}


class Special(Tool):
    """A subclass, whose name errors tell."""


REFUSED: list[tuple[dict[str, object], type[Exception], str]] = [
    ({"name": None}, TypeError, "name of Special should be a valid string, but it is None."),
    ({"name": ""}, ValueError, "name of Special should be a text that is not empty, but it is ''."),
    ({"top_k": 0}, ValueError, "top_k of Special should be greater than or equal to 1, but it is 0."),
    ({"top_k": "3"}, TypeError, "top_k of Special should be a valid integer, but it is '3'."),
    ({"top_k": 2.5}, TypeError, "top_k of Special should be a valid integer, but it is 2.5."),
    ({"top_k": True}, TypeError, "top_k of Special should be a valid integer, but it is True."),
    ({"port": "x"}, TypeError, "port of Special should be a valid integer, but it is 'x'."),
    ({"port": True}, TypeError, "port of Special should be a valid integer, but it is True."),
    ({"port": "65536"}, ValueError, "port of Special should be less than or equal to 65535, but it is '65536'."),
    ({"seconds": 0}, ValueError, "seconds of Special should be greater than 0, but it is 0."),
    ({"seconds": float("nan")}, ValueError, "seconds of Special should be greater than 0, but it is nan."),
    ({"words": "word"}, TypeError, "words of Special should be a list of texts, but it is 'word'."),
    ({"words": ["a", 3]}, TypeError, "item 1 of words of Special should be a valid string, but it is 3."),
    ({"more": 3}, TypeError, "more of Special should be iterable, but it is 3."),
    ({"settings": 3}, TypeError, "settings of Special should be a valid dictionary"),
    ({"mode": "x"}, ValueError, "mode of Special should be 'fast' or 'slow', but it is 'x'."),
    ({"folder": 3}, TypeError, "folder of Special should be a valid string or be a path, but it is 3."),
    ({"on_event": "x"}, TypeError, "on_event of Special should be callable, but it is 'x'."),
]


@pytest.mark.parametrize(("given", "kind", "text"), REFUSED, ids=[str(case[0]) for case in REFUSED])
def test_an_argument_that_does_not_fit_is_refused_with_what_it_should_be(
    given: dict[str, Any], kind: type[Exception], text: str
) -> None:
    with pytest.raises(kind) as caught:
        Special(**given)
    assert str(caught.value).startswith(text)
    assert caught.value.__cause__ is None


def test_what_fits_is_passed_on_as_it_is() -> None:
    words, settings, more = ("a", "b"), {"model": "x"}, iter(["a"])
    made = Tool("t", words=words, settings=settings, more=more, verbose="yes", unknown=3, seconds=2)  # type: ignore[arg-type]
    assert made.given["words"] is words
    assert made.given["settings"] is settings
    assert made.given["more"] is more
    assert list(more) == ["a"], "a look at an iterator would use it up"
    assert (made.given["seconds"], made.given["verbose"]) == (2, "yes")


class Whole:
    """A whole number that is not one of Python, as those of NumPy."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __index__(self) -> int:
        return self.number

    def __repr__(self) -> str:
        return f"Whole({self.number})"


class Mode(str, Enum):
    SLOW = "slow"


@pytest.mark.parametrize(
    ("given", "passed_on"),
    [
        ({"port": "7687"}, 7687),
        ({"port": " 80\n"}, 80),
        ({"port": Whole(80)}, 80),
        ({"port": None}, None),
        ({"top_k": Whole(2)}, 2),
        ({"seconds": 2}, 2),
        ({"seconds": Decimal(2)}, 2.0),
        ({"name": Mode.SLOW}, Mode.SLOW),
        ({"mode": Mode.SLOW}, Mode.SLOW),
        ({"folder": Path("x")}, Path("x")),
        ({"silent": "yes please"}, "yes please"),
        ({"settings": MappingProxyType({})}, MappingProxyType({})),
    ],
    ids=str,
)
def test_what_works_as_well_is_taken_and_numbers_become_those_of_python(
    given: dict[str, Any], passed_on: object
) -> None:
    (name,) = given
    taken = Special(**given).given[name]
    assert taken == passed_on
    assert type(taken) is type(passed_on)


def test_an_empty_key_is_called_empty() -> None:
    @arguments_checked
    def connect(bot_token: Text) -> str:
        return bot_token

    with pytest.raises(ValueError, match="should be a text that is not empty, but it is ''\\.$"):
        connect("")


def test_a_key_of_a_wrong_type_is_not_shown() -> None:
    with pytest.raises(TypeError) as caught:
        Tool(api_key=123456789)  # type: ignore[arg-type]
    assert str(caught.value) == "api_key of Tool should be a valid string, but it is of type int."


def test_the_signature_is_still_that_of_the_function() -> None:
    assert inspect.signature(Tool).parameters["top_k"].default == 3
    with pytest.raises(TypeError, match="unexpected keyword argument 'colour'"):
        Tool(colour="red")  # type: ignore[call-arg]


def test_a_plain_function_is_named_in_its_errors() -> None:
    @arguments_checked
    def wait(seconds: Seconds, names: Iterator[str] | None = None) -> float:
        return seconds

    assert wait(3) == 3
    with pytest.raises(ValueError, match=r"seconds of .*wait should be greater than 0, but it is -1\."):
        wait(-1)
