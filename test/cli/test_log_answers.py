"""Answers in logs that another program, or nobody who knows the form, has written."""

from __future__ import annotations

import pytest

from autogen_classic._pictures.entries import Entry
from autogen_classic._pictures.page import Run, page
from autogen_classic.cli._log_answers import answer_written, message_in, said_in, total_in


def test_an_answer_as_python_prints_it_is_read() -> None:
    text = "ChatCompletion(id='1', choices=[Choice(message=ChatCompletionMessage(content='Hello.'))])"
    assert said_in(answer_written(text)) == "Hello."


@pytest.mark.parametrize("text", ["ChatCompletion(x={[]: 1})", "ChatCompletion(x=y)", "ChatCompletion(", "{", ""])
def test_what_cannot_be_read_stays_a_text(text: str) -> None:
    assert answer_written(text) == text


@pytest.mark.parametrize("choices", [{"0": "x"}, "x", 5, [], None])
def test_choices_of_another_form_hold_no_message(choices: object) -> None:
    assert message_in({"choices": choices}) is None
    assert said_in({"choices": choices}) == str({"choices": choices})


@pytest.mark.parametrize(
    ("usage", "total"),
    [
        ({"total_tokens": 3}, 3),
        ({"prompt_tokens": 1, "completion_tokens": 2}, 3),
        ({"prompt_tokens": "1", "completion_tokens": 2}, 2),
        ({"total_tokens": "3"}, None),
        ("3", None),
    ],
)
def test_tokens_are_counted_where_they_are_numbers(usage: object, total: int | None) -> None:
    assert total_in(usage) == total


def test_times_with_and_without_a_zone_stand_on_one_page() -> None:
    times = ("2026-01-31T12:00:00+02:00", "2026-01-31 10:00:30", "yesterday")
    entries = [Entry("message", "ann", "Hello.", at=time) for time in times]
    assert "Began 2026-01-31 10:00:00 UTC, took 30 s" in page([Run("a run", entries)])
