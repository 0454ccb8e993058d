"""Text is coloured for a terminal and nowhere else."""

from __future__ import annotations

import contextlib
import io
import sys
from typing import Any

import pytest

from autogen_classic.formatting_utils import colored

RED_X = "\x1b[31mx\x1b[0m"


class Terminal(io.StringIO):
    """A standard output in memory that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "ANSI_COLORS_DISABLED", "TERM"):
        monkeypatch.delenv(name, raising=False)


def on_a_terminal(*args: Any, **kwargs: Any) -> str:
    with contextlib.redirect_stdout(Terminal()):
        return colored(*args, **kwargs)


def in_memory(*args: Any, **kwargs: Any) -> str:
    with contextlib.redirect_stdout(io.StringIO()):
        return colored(*args, **kwargs)


def test_text_is_coloured_for_a_terminal() -> None:
    assert on_a_terminal("x", "red") == RED_X


def test_text_stays_plain_when_standard_output_is_not_a_terminal() -> None:
    assert in_memory("x", "red") == "x"


def test_a_file_as_standard_output_gets_plain_text(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with (tmp_path_factory.mktemp("out") / "log").open("w") as log:
        monkeypatch.setattr(sys, "stdout", log)
        assert colored("x", "red") == "x"


@pytest.mark.parametrize("name", ["NO_COLOR", "ANSI_COLORS_DISABLED"])
def test_the_environment_can_switch_colours_off(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "1")
    assert on_a_terminal("x", "red") == "x"


@pytest.mark.parametrize("name", ["NO_COLOR", "ANSI_COLORS_DISABLED"])
def test_an_empty_switch_switches_nothing_off(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "")
    assert on_a_terminal("x", "red") == RED_X


def test_a_dumb_terminal_gets_plain_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    assert on_a_terminal("x", "red") == "x"


def test_force_color_colours_without_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert in_memory("x", "red") == RED_X


def test_no_color_wins_over_force_color(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert on_a_terminal("x", "red") == "x"


def test_the_argument_no_color_wins_over_the_terminal() -> None:
    assert on_a_terminal("x", "red", no_color=True) == "x"


def test_the_argument_force_color_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert on_a_terminal("x", "red", force_color=True) == RED_X


def test_background_and_attributes_are_applied() -> None:
    assert on_a_terminal("x", "yellow", "on_blue", ["bold"]) == "\x1b[1m\x1b[44m\x1b[33mx\x1b[0m"


def test_anything_is_turned_into_text() -> None:
    assert on_a_terminal(None, no_color=True) == "None"


def test_a_missing_standard_output_gets_plain_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    assert colored("x", "red") == "x"


def test_text_stays_plain_when_termcolor_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "termcolor", None)
    assert on_a_terminal("x", "red") == "x"


def test_an_unknown_colour_is_an_error_where_colours_are_shown() -> None:
    with pytest.raises(KeyError, match="beige"):
        on_a_terminal("x", "beige")


def test_the_environment_is_read_once_for_each_standard_output(monkeypatch: pytest.MonkeyPatch) -> None:
    with contextlib.redirect_stdout(Terminal()):
        colored("x", "red")
        monkeypatch.setenv("NO_COLOR", "1")
        assert colored("x", "red") == RED_X
