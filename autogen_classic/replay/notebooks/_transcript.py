"""A printed conversation, read back: who said what to whom, which tools were called, and how people were asked.

It knows what v0.1, v0.2 and AG2 print. Whatever it does not recognise is left out; nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Literal

__all__ = ("Call", "Item", "Mark", "MarkKind", "Prompt", "Response", "Turn", "asks_for_speaker", "read_transcript")

MarkKind = Literal["auto reply", "candidates", "handover", "new chat", "next speaker", "no human input"]


@dataclass(frozen=True)
class Call:
    """A call of a tool or a function that a message suggests.

    Attributes:
        name: what is called.
        arguments: its arguments as they are printed, usually JSON.
        id: the id of a tool call; None for a function.
    """

    name: str
    arguments: str
    id: str | None = None


@dataclass(frozen=True)
class Response:
    """What a tool or a function has answered.

    Attributes:
        content: its text.
        id: the id of the tool call, or the name of the function.
        is_tool: whether it is a tool; otherwise it is a function of the older kind.
    """

    content: str
    id: str
    is_tool: bool


@dataclass(frozen=True)
class Turn:
    """A message as it is printed.

    Attributes:
        sender: who speaks.
        recipient: who is spoken to.
        content: the text, without calls and responses.
        calls: the calls that it suggests.
        responses: the answers of tools that it brings.
        is_cut: whether the output ends before the message does.
    """

    sender: str
    recipient: str
    content: str
    calls: tuple[Call, ...] = ()
    responses: tuple[Response, ...] = ()
    is_cut: bool = False


@dataclass(frozen=True)
class Mark:
    """A line about the conversation.

    Attributes:
        kind: what it tells.
        text: the name that it contains, if any; of candidates, one name a line.
    """

    kind: MarkKind
    text: str = ""


@dataclass(frozen=True)
class Prompt:
    """A question to a person, with the answer if the output shows it.

    Attributes:
        text: the question.
        answer: what was typed; empty if nothing was, or if it is not shown.
        person: the agent that the person is, if the question names it.
    """

    text: str
    answer: str
    person: str | None = None


Item = Turn | Mark | Prompt

_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_HEADER = re.compile(r"(\S.{0,99}?) \(to (.{1,100}?)\):\s*")
_END = re.compile(r"-{80}\s*")
_TRUNCATED = re.compile(
    r"(?i)^(\.\.\. *)?(\[?\d* ?((streaming )?output|lines?) (is |was )?truncated\b.*|<\d+ lines omitted>.*"
    r"|output exceeds the .*size limit.*)$"
)
_CALL = re.compile(r"\*{5} Suggested (?:function|tool) [cC]all(?: \((?P<id>.*?)\))?: (?P<name>.*?) \*{5}\s*")
_RESPONSE = re.compile(
    r"\*{5} Response from calling (?P<kind>function|tool) (?:\((?P<id>.*?)\)|\"(?P<quoted>.*?)\") \*{5}\s*"
)
_PROMPT = re.compile(
    r"((?:Replying as (?P<person>.*?)\. )?(?:Provide|Please give) feedback to .*?"
    r"(?:end the conversation|stop the conversation|auto-reply): )(.*)"
)
_CHOOSE_SPEAKER = re.compile(r"(Enter the number of the next speaker .*?: )(.*)")
_CANDIDATES = "Please select the next speaker from the following list:"
_CANDIDATE = re.compile(r"\d+: .+")
_MARKS: tuple[tuple[re.Pattern[str], MarkKind | None], ...] = (
    (re.compile(r">{8} USING AUTO REPLY\.\.\.\s*"), "auto reply"),
    (re.compile(r">{8} NO HUMAN INPUT RECEIVED\.\s*"), "no human input"),
    (re.compile(r"Next speaker: (.*?)\s*"), "next speaker"),
    (re.compile(r"Start(?:ing)? a new chat(?:\.\.\.\.| with the following message: ?)\s*"), "new chat"),
    (re.compile(r">{8} (?:EXECUTING|EXECUTED|TERMINATING) .*"), None),
    (re.compile(r"\*{80}\s*"), None),
    (re.compile(r"\*{5} ReplyResult transition \(.*\): (.*) \*{5}\s*"), "handover"),
    (re.compile(r"\*{5} .* handoff \(.*\): .* \*{5}\s*"), None),
)


def read_transcript(text: str) -> list[Item]:
    """Read what a conversation has printed.

    Args:
        text: the output of a program or a cell; colours may be in it.

    Returns:
        Its messages, marks and prompts in order.
    """
    lines = _ANSI.sub("", text).replace("\r\n", "\n").split("\n")
    items: list[Item] = []
    at = 0
    while at < len(lines):
        header = _HEADER.fullmatch(lines[at])
        if header is not None:
            end = _end_of_message(lines, at + 1)
            if end < len(lines) and _HEADER.fullmatch(lines[end]):  # answers of tools have a header each below that one
                at = end
                continue
            body = lines[at + 1 : end]
            is_cut = end == len(lines) or any(_TRUNCATED.match(line) for line in body)
            turn = _turn(header[1], header[2], body, is_cut)
            before = items[-1] if items else None
            if isinstance(before, Turn) and _are_one_message(before, turn):
                items[-1] = replace(before, responses=(*before.responses, *turn.responses), is_cut=is_cut)
            else:
                items.append(turn)
            at = end
        elif lines[at].strip() == _CANDIDATES:
            names = [line.partition(": ")[2] for line in takewhile(_CANDIDATE.fullmatch, lines[at + 1 :])]
            items.append(Mark("candidates", "\n".join(names)))
            at += len(names)
        else:
            item = _mark(lines[at])
            if item is not None:
                items.append(item)
        at += 1
    return items


def asks_for_speaker(prompt: str) -> bool:
    """Whether a question to a person is who speaks next.

    Args:
        prompt: the question.
    """
    return _CHOOSE_SPEAKER.match(prompt) is not None


def _are_one_message(before: Turn, turn: Turn) -> bool:
    """Whether two answers of tools, which are printed one below the other, belong to the same message."""
    return (
        (before.sender, before.recipient) == (turn.sender, turn.recipient)
        and all(one.responses and one.responses[0].is_tool and not one.calls for one in (before, turn))
        and not before.is_cut
    )


def _end_of_message(lines: Sequence[str], start: int) -> int:
    """Return where the line of dashes stands that closes a message; the end of the output if it was cut off."""
    for at in range(_past_response(lines, start), len(lines)):
        if _END.fullmatch(lines[at]) and _begins_something(lines, at + 1):
            return at
        if _HEADER.fullmatch(lines[at]) and not any(line.strip() for line in lines[start:at]):
            return at
    return len(lines)


def _past_response(lines: Sequence[str], start: int) -> int:
    """Return where the answer of a tool ends with which a message begins, whatever it contains; else the start."""
    first = next((at for at in range(start, len(lines)) if lines[at].strip()), start)
    if first == len(lines) or not _RESPONSE.fullmatch(lines[first]):
        return start
    stars = "*" * len(lines[first].rstrip())
    for at in range(first + 1, len(lines)):
        if lines[at].rstrip() == stars:
            return at
        if _TRUNCATED.match(lines[at]):  # the stars that come later may be those of another answer
            break
    return start


def _begins_something(lines: Sequence[str], start: int) -> bool:
    """Whether a message, a mark or the end follows; a line of dashes within a message is followed by more of it."""
    following = next((lines[at] for at in range(start, len(lines)) if lines[at].strip()), None)
    if following is None or _HEADER.fullmatch(following) or _PROMPT.match(following):
        return True
    if any(pattern.fullmatch(following) for pattern, _ in _MARKS):
        return True
    # Between two messages a program prints what it likes; then no other line of dashes closes this message.
    for at in range(start, len(lines)):
        if _HEADER.fullmatch(lines[at]):
            return True
        if _END.fullmatch(lines[at]):
            return False
    return True


def _turn(sender: str, recipient: str, body: Sequence[str], is_cut: bool) -> Turn:
    """Read one printed turn: its text, its calls, and results of tools."""
    content: list[str] = []
    calls: list[Call] = []
    responses: list[Response] = []
    lines = iter(_without_frame(body))
    for line in lines:
        call, response = _CALL.fullmatch(line), _RESPONSE.fullmatch(line)
        if call is not None:
            arguments = _until_stars(lines, None)
            if arguments and arguments[0].strip() == "Arguments:":
                arguments = arguments[1:]
            calls.append(Call(call["name"], "\n".join(arguments).strip(), call["id"]))
        elif response is not None:
            answer = "\n".join(_until_stars(lines, len(line.rstrip())))
            responses.append(Response(answer, response["id"] or response["quoted"] or "", response["kind"] == "tool"))
        elif not calls and not responses:
            content.append(line)
    return Turn(sender, recipient, "\n".join(content), tuple(calls), tuple(responses), is_cut)


def _without_frame(body: Sequence[str]) -> Sequence[str]:
    """Leave out the blank lines below the header and above the dashes."""
    first = 1 if body and not body[0].strip() else 0
    last = len(body) - 1 if len(body) > first and not body[-1].strip() else len(body)
    return body[first:last]


def _until_stars(lines: Iterator[str], length: int | None) -> list[str]:
    """Take lines up to one of stars, which is as long as the heading above it."""
    taken = []
    for line in lines:
        stripped = line.rstrip()
        if stripped and not stripped.strip("*") and (len(stripped) == length or (length is None and len(stripped) > 9)):
            break
        taken.append(line)
    return taken


def _mark(line: str) -> Item | None:
    prompt = _PROMPT.match(line)
    if prompt is not None:
        return Prompt(prompt[1], prompt[3].strip(), prompt["person"])
    choice = _CHOOSE_SPEAKER.match(line)
    if choice is not None:
        return Prompt(choice[1], choice[2].strip())
    for pattern, kind in _MARKS:
        match = pattern.fullmatch(line)
        if match is not None:
            return None if kind is None else Mark(kind, match[1] if pattern.groups else "")
    return None
