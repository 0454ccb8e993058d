"""Text is coloured for a terminal and nowhere else."""

from __future__ import annotations

import io
import os
import sys

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
    monkeypatch.setattr(sys, "stdout", Terminal())


def test_text_is_coloured_for_a_terminal() -> None:
    assert colored("x", "red") == RED_X


def test_text_stays_plain_when_standard_output_is_not_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    assert colored("x", "red") == "x"


def test_a_file_as_standard_output_gets_plain_text(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with (tmp_path_factory.mktemp("out") / "log").open("w") as log:
        monkeypatch.setattr(sys, "stdout", log)
        assert colored("x", "red") == "x"


@pytest.mark.parametrize("name", ["NO_COLOR", "ANSI_COLORS_DISABLED"])
def test_the_environment_can_switch_colours_off(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "1")
    assert colored("x", "red") == "x"


@pytest.mark.parametrize("name", ["NO_COLOR", "ANSI_COLORS_DISABLED"])
def test_an_empty_switch_switches_nothing_off(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "")
    assert colored("x", "red") == RED_X


def test_a_dumb_terminal_gets_plain_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    assert colored("x", "red") == "x"


def test_force_color_colours_without_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert colored("x", "red") == RED_X


def test_no_color_wins_over_force_color(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert colored("x", "red") == "x"


def test_the_argument_no_color_wins_over_the_terminal() -> None:
    assert colored("x", "red", no_color=True) == "x"


def test_the_argument_force_color_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert colored("x", "red", force_color=True) == RED_X


def test_background_and_attributes_are_applied() -> None:
    assert colored("x", "yellow", "on_blue", ["bold"]) == "\x1b[1m\x1b[44m\x1b[33mx\x1b[0m"


def test_anything_is_turned_into_text() -> None:
    assert colored(None, no_color=True) == "None"


def test_a_missing_standard_output_gets_plain_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    assert colored("x", "red") == "x"


def test_text_stays_plain_when_termcolor_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "termcolor", None)
    assert colored("x", "red") == "x"


def test_an_unknown_colour_is_an_error_where_colours_are_shown() -> None:
    with pytest.raises(KeyError, match="beige"):
        colored("x", "beige")


def test_the_environment_is_read_once_for_each_standard_output(monkeypatch: pytest.MonkeyPatch) -> None:
    colored("x", "red")
    monkeypatch.setattr(os, "environ", None)
    assert colored("x", "red") == RED_X
