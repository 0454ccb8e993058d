"""The examples after papers run as they stand, without a network, and come to what they describe."""

from __future__ import annotations

import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autogen_classic.testing import forbid_model_requests

FOLDER = Path(__file__).resolve().parent.parent / "notebook" / "papers"
Run = Callable[[str], dict[str, Any]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs an example in an empty directory and returns its names."""
    monkeypatch.chdir(tmp_path)

    def run_example(name: str) -> dict[str, Any]:
        with forbid_model_requests():
            return runpy.run_path(str(FOLDER / f"{name}.py"), run_name="example")

    return run_example


def test_every_example_is_tested_and_named_in_the_readme() -> None:
    tests = Path(__file__).read_text(encoding="utf-8")
    readme = (FOLDER.parent / "README.md").read_text(encoding="utf-8")
    for example in FOLDER.glob("*.py"):
        assert f'run("{example.stem}")' in tests
        assert f"papers/{example.name}" in readme


def test_math_chat_solves_a_problem_with_programs(run: Run) -> None:
    names = run("math_chat")
    assert "TypeError" in names["outputs"][0]
    assert names["outputs"][1:] == ["[1, 5, 6, 25]", "37"]
    assert names["is_right"]


def test_retrieve_chat_answers_after_an_update_of_the_context(run: Run) -> None:
    pytest.importorskip("chromadb")
    pytest.importorskip("wordllama")
    names = run("retrieve_chat")
    first, second = names["contexts"]
    assert "twenty cents" in first
    assert "four weeks" not in first
    assert "four weeks" in second
    assert names["answer"].endswith("2.80.")


def test_eco_assistant_spends_less_on_a_question_like_one_that_was_solved(run: Run) -> None:
    names = run("eco_assistant")
    assert names["first"] == ("It was a Tuesday.", ["cheap", "dear"], pytest.approx(0.062))
    assert names["second"] == ("It was a Sunday.", ["cheap"], pytest.approx(0.002))
    assert "An example:" in names["cheap"].requests[2].last_text


def test_state_flow_corrects_a_query_before_it_is_put_into_words(run: Run) -> None:
    names = run("state_flow")
    assert names["states"] == ["user", "writer", "executor", "corrector", "executor", "narrator"]
    assert "no such column" in names["model"].requests[1].last_text
    assert names["answer"] == "The longest of them is the Danube."


def test_agent_eval_finds_the_criterion_that_tells_good_from_bad(run: Run) -> None:
    names = run("agent_eval")
    assert [part.name for part in names["criteria"][0].sub_criteria] == ["names each step", "leaves the last step"]
    assert [one["actual_success"] for one in names["judged"]] == ["true", "false"]
    assert names["useful"] == ["clarity"]


def test_three_agents_stop_a_harmful_answer_before_it_is_sent(run: Run) -> None:
    names = run("three_agent_defence")
    assert "baking soda" in names["harmless"].summary
    assert [said["content"] for said in names["attack"].chat_history][1] == names["REFUSAL"]
    assert names["assistant"].last_message(names["user"])["content"] == names["REFUSAL"]
    assert len(names["defence_model"].requests) == 6


def test_a_safeguard_keeps_dangerous_code_from_running(run: Run) -> None:
    names = run("safeguard")
    outcomes = [outcome for _, outcome in names["planner"].log]
    assert outcomes[0] == "refused by the safeguard"
    assert outcomes[1].startswith("KeyError")
    assert outcomes[2] == "cost 310 sacks {'Bergen': 50, 'Turin': 20}"
    assert "Before: cost 270" in names["model"].requests[-1].last_text
    assert names["result"].summary.startswith("If Turin roasts half as much")


def test_two_players_play_chess_by_the_rules_of_the_board(run: Run) -> None:
    pytest.importorskip("chess")
    names = run("chess_game")
    assert names["board"].result() == "0-1"
    assert names["board"].is_checkmate()
    assert "not legal here" in names["white_model"].requests[3].last_text
    assert [said["content"] for said in names["result"].chat_history][1:3] == [
        "I have moved my pawn to f3.",
        "I take the centre.",
    ]
