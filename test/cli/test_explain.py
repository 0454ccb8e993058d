"""`autogen-classic explain` says what an error means."""

from __future__ import annotations

import pytest

from autogen_classic import errors
from autogen_classic.cli import main


@pytest.mark.parametrize(
    "name",
    ["MissingKeyError", "autogen_classic.errors.MissingKeyError", "autogen_classic.errors.MissingKeyError: no.key"],
)
def test_an_error_is_explained_by_its_name(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", name]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("MissingKeyError\n\nNeither the configuration nor the environment has a key")


def test_links_are_shown_as_their_texts(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "StateError"]) == 0
    assert "see\nSave, kill, resume." in capsys.readouterr().out


def test_all_errors_are_listed_without_a_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain"]) == 0
    assert capsys.readouterr().out.split() == sorted(errors.__all__)


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("MissingKeyEror", "Did you mean MissingKeyError?"),
        ("xyz", "Without a name, all are listed."),
        ("ValueError: it is 3.5", "has no error 'ValueError'. It is one of Python"),
        ("openai.APIConnectionError", "has no error 'APIConnectionError'. It is one of the package openai"),
    ],
)
def test_an_unknown_name_is_answered_with_advice(name: str, advice: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", name]) == 2
    assert advice in capsys.readouterr().err


def test_the_command_line_says_where_to_read_more_about_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cache", "import", "."]) == 1
    assert capsys.readouterr().err.endswith("More about it: autogen-classic explain OldCacheError\n")
