"""Answers in boxes: finding them, comparing them, voting."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autogen_classic import math_utils
from autogen_classic.testing import MockOpenAIServer, choices

HALF = r"\frac{1}{2}"


@pytest.mark.parametrize(
    ("solution", "answer"),
    [
        (r"So it is \boxed{5}.", "5"),
        (r"\boxed{1} or rather \boxed{\frac{1}{2}}", HALF),
        (r"\boxed{3}, and not \fbox{4}", "3"),
        (r"\boxed{{1}}", "{1}"),
        (r"\fbox{7}", None),
        (r"\boxed{a{b}", None),
        (r"\boxed 5", None),
        ("no box", None),
        ("", None),
        (None, None),
    ],
)
def test_the_answer_is_what_stands_in_the_last_box(solution: str | None, answer: str | None) -> None:
    assert math_utils.get_answer(solution) == answer


def test_a_frame_counts_as_a_box_only_where_there_is_no_other() -> None:
    assert math_utils.last_boxed_only_string(r"\fbox{7} and") == r"\fbox{7}"
    assert math_utils.last_boxed_only_string(r"\boxed{3}, \fbox{4}") == r"\boxed{3}"
    assert math_utils.remove_boxed(r"x \boxed{3}") is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1/2", HALF),
        ("0.5", HALF),
        (".5", "1/2"),
        (r"\frac12", HALF),
        (r"\frac1{72}", r"\frac{1}{72}"),
        (r"\frac ab", r"\frac{a}{b}"),
        (r"\tfrac{1}{2}", r"\dfrac{1}{2}"),
        ("-1/2", r"\frac{-1}{2}"),
        ("x = 5", "5"),
        (r"5\%", "5"),
        (r"\$5", "5"),
        (r"2\sqrt3", r"2\sqrt{3}"),
        (r"90^\circ", "90"),
        (r"90^{\circ}", "90"),
        (r"5\text{ cm}", "5"),
        (r"\left(1,2\right)", "(1, 2)"),
        (r"1\!000", "1000"),
        ("5\n", "5"),
        (None, None),
    ],
)
def test_one_answer_written_in_two_ways_agrees(one: str | None, other: str | None) -> None:
    assert math_utils.is_equiv(one, other) == 1.0
    assert math_utils.is_equiv(other, one) == 1.0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("5", "6"),
        ("5", "5.0"),
        ("1,000", "1000"),
        ("ab = 5", "5"),
        ("x/y", r"\frac{x}{y}"),
        ("01/02", HALF),
        (r"\text{A}", "A"),
        (r"\sqrt 3", r"\sqrt{3}"),
        (None, "5"),
    ],
)
def test_what_differed_in_0_2_still_differs(one: str | None, other: str | None) -> None:
    assert math_utils.is_equiv(one, other) == 0.0


@given(st.text(alphabet=r"\{}[]()=/%$.^ 0123456789abcfrqst" + "\n"))
def test_no_text_stops_a_comparison_and_each_agrees_with_itself(text: str) -> None:
    assert math_utils.is_equiv(text, text) == 1.0
    assert math_utils.is_equiv_chain_of_thought(text, text) == 1.0


def test_two_solutions_without_an_answer_agree_with_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "autogen.math_utils"):
        assert math_utils.is_equiv_chain_of_thought("I do not know", "Nor do I") == 1.0
    assert "without an answer" in caplog.text


def test_votes_are_counted_under_the_first_solution_with_that_answer() -> None:
    solutions = ["no answer", r"\boxed{1/2}", r"\boxed{2}", r"\boxed{.5}"]
    assert math_utils.voting_counts(solutions) == {1: 2, 2: 1}


@pytest.mark.parametrize(
    ("responses", "solution", "expected"),
    [
        ([], r"\boxed{1}", (0, False, 0, None, 0)),
        ([r"\boxed{1}", r"\boxed{1}", r"\boxed{2}"], None, (0.0, False, 0.0, r"\boxed{1}", 2)),
        ([r"\boxed{1}", r"\boxed{1}", r"\boxed{2}"], r"\boxed{2}", (1 - (2 / 3) ** 3, True, 0.0, r"\boxed{1}", 2)),
        ([r"\boxed{1}", r"\boxed{1}", r"\boxed{2}"], r"\boxed{1}", (1 - (1 / 3) ** 3, True, 1.0, r"\boxed{1}", 2)),
        (["nothing", r"\boxed{3}", "nothing"], r"\boxed{3}", (1 - (2 / 3) ** 3, True, 1.0, r"\boxed{3}", 1)),
        (["nothing"], r"\boxed{3}", (0.0, False, 0.0, "nothing", 0)),
    ],
)
def test_the_most_frequent_answer_wins(responses: list[str], solution: str | None, expected: tuple[Any, ...]) -> None:
    got = math_utils.eval_math_responses(responses, solution, level="a field of the data set")
    keys = ("expected_success", "success", "success_vote", "voted_answer", "votes")
    assert [got[key] for key in keys] == pytest.approx(expected)
    assert set(got) == set(keys)


def test_a_model_solves_a_problem_and_its_solutions_vote() -> None:
    with MockOpenAIServer([choices(r"\boxed{2}", r"\boxed{3}", r"It is \boxed{3}.")]) as server:
        config = {key: value for key, value in server.llm_config().items() if key != "model"}
        solution, cost = math_utils.solve_problem("What is {1+2}?", n=3, **config)
    assert solution == r"\boxed{3}"
    assert cost >= 0
    body = server.requests[0]
    assert body["n"] == 3
    assert "What is {1+2}?" in body["messages"][0]["content"]
