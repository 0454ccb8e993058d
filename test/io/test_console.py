"""The console prints and asks by the built-in functions."""

from __future__ import annotations

import builtins
import getpass
import io
import sys

import pytest

from autogen_classic.io import IOConsole


def test_print_writes_to_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    IOConsole().print("a", 1, sep="-", end="!", flush=True)
    assert capsys.readouterr().out == "a-1!"


def test_print_of_nothing_is_an_empty_line(capsys: pytest.CaptureFixture[str]) -> None:
    IOConsole().print()
    assert capsys.readouterr().out == "\n"


def test_input_asks_with_its_prompt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builtins, "input", lambda prompt: f"answer to {prompt}")
    assert IOConsole().input("name? ") == "answer to name? "


def test_a_password_is_asked_for_without_echo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(getpass, "getpass", lambda prompt: f"secret for {prompt}")
    assert IOConsole().input("key: ", password=True) == "secret for key: "


def test_a_password_without_a_prompt_says_what_it_wants(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(getpass, "getpass", lambda prompt: prompt)
    assert IOConsole().input(password=True) == "Password: "


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_a_character_that_the_console_cannot_show_is_replaced(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(shown, encoding=encoding))
    IOConsole().print("say \u2603", "\ud800", flush=True)
    assert shown.getvalue().decode(encoding) == ("say \u2603 ?\n" if encoding == "utf-8" else "say ? ?\n")
