r"""Answers to problems of mathematics: find them in ``\boxed{...}``, compare them, and let several solutions vote.

`is_equiv` gives the verdicts of AutoGen 0.2 on purpose, so that results can be held against published ones: it knows
the ways in which LaTeX writes one answer, and does not calculate.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import Any

from ._legacy.completions import ask_model

__all__ = (
    "DEFAULT_MODEL",
    "eval_math_responses",
    "get_answer",
    "is_equiv",
    "is_equiv_chain_of_thought",
    "last_boxed_only_string",
    "remove_boxed",
    "solve_problem",
    "voting_counts",
)

DEFAULT_MODEL = "gpt-4"

logger = logging.getLogger("autogen.math_utils")

_PROBLEM_PROMPT = (
    "{problem}\n\nWork the problem out step by step. Give the final answer in its simplest exact form, "
    "in LaTeX, as \\boxed{{answer}}."
)

_Rewriting = tuple[str, str | Callable[[re.Match[str]], str]]
_REWRITINGS: tuple[_Rewriting, ...] = (
    (r"\n|\\!", ""),
    (r"\\\\", r"\\"),
    (r"\\[td]frac", r"\\frac"),
    (r"\\left|\\right", ""),
    (r"\^\{\\circ\}|\^\\circ|\\\$", ""),
    (r"\\text\{ .*", ""),  # a unit
    (r"\\?%", ""),
    (r"(^| |\{)\.", r"\g<1>0."),
    (r"^[^=]{0,2}=([^=]*)$", r"\1"),  # "x = " before the answer
    (r"\\sqrt([^{])", r"\\sqrt{\1}"),
    (r" ", ""),
    (r"\\frac([^{])([^{])", r"\\frac{\1}{\2}"),
    (r"\\frac([^{])(?=\{)", r"\\frac{\1}"),
    (r"^0\.5$", r"\\frac{1}{2}"),
    (r"^(0|-?[1-9]\d*)/(0|-?[1-9]\d*)$", r"\\frac{\1}{\2}"),
)
"""What is written in several ways, and the one way that is compared; in this order."""


def solve_problem(problem: str, **config: Any) -> tuple[str | None, float]:
    """Ask a model to solve a problem.

    Args:
        problem: the problem.
        **config: what an ``llm_config`` may hold. With ``n`` the model gives several solutions, which vote.

    Returns:
        The chosen solution (None if there is no answer) and the cost in US dollars.
    """
    texts, cost = ask_model(_PROBLEM_PROMPT.format(problem=problem), DEFAULT_MODEL, config)
    return eval_math_responses(texts)["voted_answer"], cost


def remove_boxed(string: str | None) -> str | None:
    r"""Take ``\boxed{`` and ``}`` off a text.

    Args:
        string: a text.

    Returns:
        What stands between them, or None if the text does not begin and end with them.
    """
    if isinstance(string, str) and string.startswith("\\boxed{") and string.endswith("}"):
        return string[len("\\boxed{") : -1]
    return None


def last_boxed_only_string(string: str) -> str | None:
    r"""Find the last ``\boxed{...}`` of a text, or the last ``\fbox{...}`` if there is no other.

    Args:
        string: a text.

    Returns:
        The box with its contents, or None without one, or for one that is not closed.
    """
    start = string.rfind("\\boxed")
    if start < 0:
        start = string.rfind("\\fbox")
    if start < 0:
        return None
    depth = 0
    for position in range(start, len(string)):
        if string[position] == "{":
            depth += 1
        elif string[position] == "}":
            depth -= 1
            if depth == 0:
                return string[start : position + 1]
    return None


def get_answer(solution: str | None) -> str | None:
    r"""Find the answer of a solution.

    Args:
        solution: a text that gives its answer in ``\boxed{...}``.

    Returns:
        What stands in the last box, or None without one.
    """
    return None if solution is None else remove_boxed(last_boxed_only_string(solution))


def is_equiv(str1: str | None, str2: str | None) -> float:
    """Tell whether two answers are the same but for the way they are written.

    Args:
        str1: an answer, or None for no answer.
        str2: the other.

    Returns:
        1.0 or 0.0.
    """
    if str1 is None and str2 is None:
        logger.warning("Two solutions without an answer are taken to agree.")
    if isinstance(str1, str) and isinstance(str2, str):
        return float(_in_one_way(str1) == _in_one_way(str2))
    return float(str1 == str2)


def is_equiv_chain_of_thought(str1: str, str2: str) -> float:
    """Tell whether two solutions come to the same answer; see `is_equiv`.

    Args:
        str1: a solution.
        str2: the other.

    Returns:
        1.0 or 0.0.
    """
    return is_equiv(get_answer(str1), get_answer(str2))


def voting_counts(responses: list[str]) -> dict[int, int]:
    """Count how many solutions come to each answer.

    Args:
        responses: the solutions.

    Returns:
        The number of solutions by the position of the first one with that answer. Those without one do not count.
    """
    answers = [get_answer(response) for response in responses]
    votes: dict[int, int] = {}
    for position, answer in enumerate(answers):
        if answer is None:
            continue
        first = next((known for known in votes if is_equiv(answers[known], answer)), position)
        votes[first] = votes.get(first, 0) + 1
    return votes


def eval_math_responses(responses: list[str], solution: str | None = None, **args: Any) -> dict[str, Any]:
    """Let solutions vote, and hold them against the right one.

    Args:
        responses: the solutions.
        solution: the right one; None if it is not known.
        **args: not used; a whole record of a data set may be given.

    Returns:
        ``voted_answer`` (the first solution with the most frequent answer) and ``votes`` (how many have it); held
        against the right one ``success`` (whether any is right), ``success_vote`` (1.0 if the chosen one is) and
        ``expected_success`` (the chance that one of as many draws is right).
    """
    if not responses:
        return {"expected_success": 0, "success": False, "success_vote": 0, "voted_answer": None, "votes": 0}
    votes = voting_counts(responses)
    winner = max(votes, key=votes.__getitem__, default=0)

    def verdict(response: str) -> float:
        return 0.0 if solution is None else is_equiv_chain_of_thought(response, solution)

    right = [verdict(response) for response in responses]
    share = sum(right) / len(right)
    return {
        "expected_success": 1 - (1 - share) ** len(right),
        "success": any(right),
        "success_vote": right[winner],
        "voted_answer": responses[winner],
        "votes": votes.get(winner, 0),
    }


def _in_one_way(answer: str) -> str:
    """Write an answer in the way in which all are compared."""
    for pattern, replacement in _REWRITINGS:
        answer = re.sub(pattern, replacement, answer)
    return answer
