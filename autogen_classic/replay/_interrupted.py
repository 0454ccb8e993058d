"""What is done about a step that was running when the program was stopped."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Literal, TypeAlias

from .._core.drive import Call, Steps
from .._core.events import warn
from ..errors import InterruptedStepError
from ..io.base import IOStream
from ._turns import Turn

__all__ = ("Policy", "decide", "policies_of")

Policy: TypeAlias = Literal["ask", "fail", "rerun"]
"""What to do about a tool that was running when the program was stopped."""

_POLICIES = ("ask", "fail", "rerun")
_CODE = "code"  # the name of executed code, where tools have theirs

logger = logging.getLogger("autogen.replay")


def policies_of(interrupted: Policy | Mapping[str, Policy]) -> Mapping[str, Policy]:
    """Return the policies by the names of tools, ``"*"`` for all others; ValueError if one is unknown."""
    policies: Mapping[str, Policy] = interrupted if isinstance(interrupted, Mapping) else {"*": interrupted}
    for policy in policies.values():
        if policy not in _POLICIES:
            raise ValueError(
                f"interrupted takes {', '.join(map(repr, _POLICIES))}, or a dict of these by the names of tools, not "
                f"{policy!r}."
            )
    return policies


def decide(question: Turn, policies: Mapping[str, Policy], is_request: bool) -> Steps[str | None]:
    """Return what a person says that a step has answered; None if it is to run again.

    Args:
        question: the turn that was begun.
        policies: as `policies_of` returns them.
        is_request: whether somebody elsewhere was asked.

    Raises:
        InterruptedStepError: the policy is to fail, or the person stops the program.
    """
    name = question.get("name", _CODE)
    policy = policies.get(name, policies.get("*", "fail"))
    what = f"The request ({name})" if is_request else _call(question)
    story = f"{what} of {question['agent']} was running when the program was stopped, and may have done its work"
    if policy == "rerun":
        warn(logger, "%s. It runs again.", story)
        return None
    if policy == "ask":
        answer = yield from _ask_person(story)
        word = answer.strip("'\"").casefold()
        if word == "again":
            return None
        if word != "stop":
            IOStream.get_default().print(f"Recorded as its answer: {answer}")
            return answer
    rerun = f"journal(..., interrupted={{{name!r}: 'rerun'}}), or --interrupted {name}=rerun on the command line"
    if policy == "ask":
        what_to_do = (
            "It has not been run again. Find out whether it has, and start the program again: you are asked again. "
            f"To run it again without a question: {rerun}."
        )
    else:
        what_to_do = (
            f"Find out whether it has. To run it again, start the program again with {rerun}. With 'ask' in place "
            "of 'rerun' you can type what it answered."
        )
    raise InterruptedStepError(f"{story}. {what_to_do}", name)


def _ask_person(story: str) -> Steps[str]:
    """Ask what a step has answered; ``stop`` if nobody is there who could say, or the person wants to leave."""
    prompt = f"{story}. Type 'again' to run it again, 'stop' to end the program, or what it answered: "
    answer = ""
    while not answer:
        try:
            answer = ((yield Call(IOStream.get_default().input, prompt)) or "").strip()
        except (EOFError, KeyboardInterrupt):
            IOStream.get_default().print()  # ends the line of the prompt
            return "stop"
    return answer


def _call(question: Turn) -> str:
    if question["kind"] == "code":
        return f"Code ({', '.join(str(block['language']) for block in question['blocks'])})"
    arguments = ", ".join(f"{name}={value!r}" for name, value in question["arguments"].items())
    return f"The tool {question['name']}({arguments})"
