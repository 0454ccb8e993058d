"""What the models of a ReasoningAgent are told, and how their answers are read."""

from __future__ import annotations

import re

__all__ = (
    "BATCH_GRADER_MESSAGE",
    "CODE_MESSAGE",
    "EXECUTOR_MESSAGE",
    "OUTCOME_GRADER_MESSAGE",
    "REASONING_AGENT_MESSAGE",
    "REWRITER_MESSAGE",
    "STEP_GRADER_MESSAGE",
    "TREEOFTHOUGHT_MESSAGE",
    "options_in",
    "rating_in",
    "ratings_in",
    "reflection_in",
    "truth_for_grader",
)

REASONING_AGENT_MESSAGE = (
    "You answer questions with the help of lines of reasoning that have been worked out before. Weigh them, use what "
    "is right in them, and give one clear and complete answer."
)

TREEOFTHOUGHT_MESSAGE = """You plan the next step of a line of reasoning; you do not answer the question yet.

You get a question and the steps so far. First look back: is everything right so far, and what is still open? Then offer
up to four different next steps. A step is one concrete move that brings the answer nearer: look at a part of the
question, work something out, check a step, correct a mistake, or try another way. Make the steps truly different from
each other, and each understandable without the others. When the steps so far are enough to answer the question, one
option is the word TERMINATE, followed by the reason.

Write exactly in this form, with nothing after the last option:

REFLECTION:
What is right, what is wrong, and what is open, in a few sentences.

**Possible Options:**
Option 1: the first next step
Option 2: the second next step
"""

EXECUTOR_MESSAGE = (
    "You get a question and a line of reasoning. Carry out its last step, and only that one: work out what it asks "
    "for and tell the result. Do not plan further steps, and do not repeat earlier ones."
)

CODE_MESSAGE = """
A step may also be a program: write it into the option as one block marked ```python that prints what is to be known.
It is run, and the next step sees its output. Write a program only where computing is surer than thinking.
"""

_RATING = """Judge it by these questions: is it correct, does it bring the answer nearer, is it worth its place, and is
nothing made up? Say in one or two sentences why, and then give a whole number from 1 (useless or wrong) to 10
(excellent)"""

STEP_GRADER_MESSAGE = f"""You judge the last step of a line of reasoning about a question.
{_RATING}, on a last line of this form:

Rating: <number>
"""

BATCH_GRADER_MESSAGE = f"""You judge several possible next steps of the same line of reasoning about a question.
{_RATING}, for every option, in this form:

Option 1: why
Rating: <number>

Option 2: why
Rating: <number>
"""

OUTCOME_GRADER_MESSAGE = f"""You judge the final answer to a question, which is the last step of a line of reasoning.
{_RATING}; an answer that is wrong or does not answer the question gets at most 3. End with a line of this form:

Rating: <number>
"""

REWRITER_MESSAGE = """You get a conversation that ends with a request. Rewrite it as one text that can be
understood by somebody who has not seen the conversation, in these three parts:

QUESTION: what is asked for at the end, complete, with every number and name that it needs
SUMMARY: what was said before and matters for it
ACTIVITY: what has been tried or found out already, and how it ended; "none" if nothing was

Write nothing else, and do not answer the question.
"""

_OPTION = re.compile(r"^[ \t>*#-]*Option[ \t]+(\d+)[ \t]*[:.)]\**[ \t]*", re.IGNORECASE | re.MULTILINE)
_REFLECTION = re.compile(
    r"REFLECTION[ \t*]*:[ \t*]*(.*?)(?=^[^\n]*Possible Options|^[ \t>*#-]*Option[ \t]+\d|\Z)",
    re.IGNORECASE | re.MULTILINE | re.DOTALL,
)
_NAMED_RATING = re.compile(r"\brating\b\W*(\d+(?:\.\d+)?)", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?")


def truth_for_grader(truth: str | None) -> str:
    """Tell a grader the answer that is known to be right.

    Args:
        truth: the answer, or None.

    Returns:
        An end for the message to the grader; empty without an answer.
    """
    return "" if truth is None else f"\nThe right answer is known to you, but not to those you judge:\n{truth}\n"


def options_in(text: str) -> list[str]:
    """Read the options that a thinker offers.

    Args:
        text: its answer to `TREEOFTHOUGHT_MESSAGE`.

    Returns:
        What each option says, which may take several lines; empty if the answer does not have that form.
    """
    return [option for _, option in _numbered(text) if option]


def _numbered(text: str) -> list[tuple[int, str]]:
    """Pairs of the number N and what follows each ``Option N:`` at the beginning of a line."""
    starts = list(_OPTION.finditer(text))
    ends = [start.start() for start in starts[1:]] + [len(text)]
    return [(int(start[1]), text[start.end() : end].strip()) for start, end in zip(starts, ends, strict=False)]


def reflection_in(text: str) -> str:
    """Read what a thinker says about the steps so far.

    Args:
        text: its answer to `TREEOFTHOUGHT_MESSAGE`.

    Returns:
        The part after ``REFLECTION:``; empty if there is none.
    """
    found = _REFLECTION.search(text)
    return found.group(1).strip() if found else ""


def rating_in(text: str) -> float | None:
    """Read the number that a grader gives.

    Args:
        text: its answer.

    Returns:
        The last number after the word "rating", or else the first number of all; None if there is no number.
    """
    named = _NAMED_RATING.findall(text)
    if named:
        return float(named[-1])
    number = _NUMBER.search(text)
    return None if number is None else float(number.group())


def ratings_in(text: str) -> dict[int, tuple[float | None, str]]:
    """Read the ratings of several options.

    Args:
        text: the answer of a grader to `BATCH_GRADER_MESSAGE`.

    Returns:
        For the number of each option: its rating, as `rating_in` reads it, and all that was said about it.
    """
    return {number: (rating_in(part), f"Option {number}: {part}") for number, part in _numbered(text)}
