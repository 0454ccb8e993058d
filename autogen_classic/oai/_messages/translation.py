"""One reading of a message list for all providers: OpenAI's messages become turns of typed parts.

A provider's file reads turns and writes its own wire format; it never looks into an OpenAI message itself. What makes
a list valid for providers that are stricter than OpenAI stands here too: calls paired with their answers (`turns_of`),
and turns that alternate (`alternating`). Stored history stays what was said.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Literal, NamedTuple

from ..._core.messages import called
from .images import ImagePart, image_of
from .kept import kept_items
from .pairing import NAMELESS, CallPairs, OpenCall

__all__ = (
    "ImagePart",
    "Part",
    "Text",
    "Tool",
    "ToolAnswer",
    "ToolCall",
    "Turn",
    "alternating",
    "call_of",
    "split_system",
    "told_calls",
    "tools_of",
    "turns_of",
    "with_last_words_of_user",
    "with_plain_ids",
)

Role = Literal["system", "user", "assistant", "tool"]

_ROLES: dict[str, Role] = {"system": "system", "developer": "system", "assistant": "assistant"}

NOT_CARRIED_OUT = "There is no answer: this call was not carried out."
GO_ON = "Please continue."


class Text(NamedTuple):
    """A piece of text, never blank: providers refuse that."""

    text: str


class ToolCall(NamedTuple):
    """A call that an assistant asked for.

    Attributes:
        id: pairs it with its answer.
        name: the tool.
        arguments: the arguments by name. Anything that is not a JSON object is under the key ``"arguments"``, as text.
        extra_content: what the provider wants back with the call, unchanged; stored messages keep it in the call
            under the same name, as Google's OpenAI-compatible API does.
    """

    id: str
    name: str
    arguments: dict[str, Any]
    extra_content: dict[str, Any] | None = None


class ToolAnswer(NamedTuple):
    """What a tool answered.

    Attributes:
        call_id: the id of the call.
        name: the tool.
        text: the answer.
    """

    call_id: str
    name: str
    text: str


Part = Text | ImagePart | ToolCall | ToolAnswer


class Turn(NamedTuple):
    """What one speaker said at once.

    Attributes:
        role: ``"system"``, ``"user"``, ``"assistant"``, or ``"tool"`` (the answers to all calls of the turn before).
        parts: what was said; a tool turn holds nothing but `ToolAnswer`.
        name: the agent that spoke, if the message says so.
        kept: what the model that is asked wants back with its own words, in its provider's form.
    """

    role: Role
    parts: tuple[Part, ...]
    name: str | None = None
    kept: tuple[dict[str, Any], ...] = ()

    @property
    def text(self) -> str:
        """All texts of the turn, one per line."""
        return "\n".join(part.text for part in self.parts if isinstance(part, Text))

    @property
    def calls(self) -> list[ToolCall]:
        """The calls of the turn."""
        return [part for part in self.parts if isinstance(part, ToolCall)]


class Tool(NamedTuple):
    """A tool that is offered to the model.

    Attributes:
        name: what the model calls.
        description: what it is for; may be empty.
        parameters: a JSON schema of type object.
    """

    name: str
    description: str
    parameters: dict[str, Any]


def tools_of(params: Mapping[str, Any]) -> list[Tool]:
    """Read the tools of a request.

    Args:
        params: a request in the OpenAI form, with ``tools`` or the older ``functions``.

    Returns:
        The tools in order, each name once; of two tools with one name, the later counts.
    """
    offered = [tool["function"] for tool in params.get("tools") or () if tool.get("type", "function") == "function"]
    tools = {
        function["name"]: Tool(
            function["name"],
            function.get("description") or "",
            function.get("parameters") or {"type": "object", "properties": {}},
        )
        for function in [*offered, *(params.get("functions") or ())]
    }
    return list(tools.values())


def turns_of(messages: Iterable[Mapping[str, Any]], origin: str | None = None) -> list[Turn]:
    """Read a message list.

    Every call gets an answer in the turn after it, whatever the list holds; an answer without a call becomes what a
    user says. Messages that say nothing are left out.

    Args:
        messages: messages in the OpenAI form; calls may be ``tool_calls`` or the older ``function_call``.
        origin: the model that is asked, as `origin_of` names it. What was kept of its answers is in ``Turn.kept``;
            what other models want back is left out.

    Returns:
        The turns.
    """
    turns: list[Turn] = []
    pairs = CallPairs()
    for message in messages:
        if message.get("role") in ("tool", "function"):
            turns.append(_answering(message, pairs))
            continue
        turns += map(_not_carried_out, pairs.close())
        turn = _turn_of(message, pairs, origin)
        if turn.parts or turn.kept:
            turns.append(turn)
    turns += map(_not_carried_out, pairs.close())
    return _answers_joined(turns)


def with_last_words_of_user(turns: Sequence[Turn]) -> list[Turn]:
    """Let the user say system messages at the end of a conversation: they ask for something now, such as a summary.

    Args:
        turns: turns in order.
    """
    end = max((number for number, turn in enumerate(turns, 1) if turn.role != "system"), default=len(turns))
    return [*turns[:end], *(turn._replace(role="user") for turn in turns[end:])]


def split_system(turns: Sequence[Turn]) -> tuple[str, list[Turn]]:
    """Separate the system messages from the conversation, for providers that take them separately.

    Args:
        turns: turns in order.

    Returns:
        The text of all system messages, and the other turns.
    """
    turns = with_last_words_of_user(turns)
    system = "\n".join(turn.text for turn in turns if turn.role == "system" and turn.text)
    return system, [turn for turn in turns if turn.role != "system"]


def alternating(turns: Sequence[Turn], *, user_last: bool = False) -> list[Turn]:
    """Make user and assistant take turns, for providers that insist on it.

    Turns of one side become one; answers of tools are on the side of the user. The first turn is the user's.

    Args:
        turns: turns without system messages.
        user_last: whether the last turn has to be the user's as well.

    Returns:
        Turns with the roles ``"user"`` and ``"assistant"``, in which `ToolAnswer` parts stand before all others.
    """
    joined: list[Turn] = []
    for turn in turns:
        side: Role = "assistant" if turn.role == "assistant" else "user"
        if joined and joined[-1].role == side:
            last = joined[-1]
            joined[-1] = last._replace(parts=last.parts + turn.parts, kept=last.kept + turn.kept, name=None)
        else:
            joined.append(turn._replace(role=side))
    if not joined or joined[0].role == "assistant":
        joined.insert(0, Turn("user", (Text(GO_ON),)))
    if user_last and joined[-1].role == "assistant":
        joined.append(Turn("user", (Text(GO_ON),)))
    return [
        turn._replace(parts=tuple(sorted(turn.parts, key=lambda part: not isinstance(part, ToolAnswer))))
        for turn in joined
    ]


def told_calls(turns: Iterable[Turn]) -> list[Turn]:
    """Write calls and their answers as texts, for a request that offers no tools: providers refuse calls there.

    Args:
        turns: turns as `turns_of` returns them.
    """
    return [
        _told_by_user(turn) if turn.role == "tool" else turn._replace(parts=tuple(map(_told_call, turn.parts)))
        for turn in turns
    ]


def with_plain_ids(turns: Iterable[Turn]) -> list[Turn]:
    """Give each call a unique id of at most 64 letters, digits, _ and -, as strict providers want it.

    Ids come from other models as well, and old function calls do not have any.

    Args:
        turns: turns as `turns_of` returns them.
    """
    used: set[str] = set()
    new_ids: dict[str, str] = {}

    def renamed(part: Part) -> Part:
        if isinstance(part, ToolCall):
            plain = re.sub(r"[^a-zA-Z0-9_-]", "_", part.id)[-56:] or "call"
            new, number = plain, len(used)
            while new in used:
                number += 1
                new = f"{plain}_{number}"
            used.add(new)
            new_ids[part.id] = new
            return part._replace(id=new)
        if isinstance(part, ToolAnswer):
            return part._replace(call_id=new_ids.get(part.call_id, part.call_id))
        return part

    return [turn._replace(parts=tuple(map(renamed, turn.parts))) for turn in turns]


def _answering(message: Mapping[str, Any], pairs: CallPairs) -> Turn:
    """The answer to a call; without one, it is what a user says."""
    name, text = message.get("name"), _as_text(message.get("content"))
    call = pairs.answered_by(message.get("tool_call_id"), name if message["role"] == "function" else None)
    if call is None:
        return _told_by_user(Turn("tool", (ToolAnswer("", name or "", text),)))
    return Turn("tool", (ToolAnswer(call.id, name or call.name, text),))


def _turn_of(message: Mapping[str, Any], pairs: CallPairs, origin: str | None) -> Turn:
    said = [*(message.get("tool_calls") or ())]
    if message.get("function_call"):
        said.append({"function": message["function_call"]})
    calls = [call_of(called(call), call) for call in said]
    opened = pairs.open((one.get("id"), call.name) for one, call in zip(said, calls, strict=True))
    paired = [call._replace(id=pair.id) for call, pair in zip(calls, opened, strict=True)]
    role = _ROLES.get(message.get("role") or "user", "user")
    kept = kept_items(message, origin) if role == "assistant" else ()
    return Turn(role, (*_parts_of(message.get("content")), *paired), message.get("name"), kept)


def _not_carried_out(call: OpenCall) -> Turn:
    return Turn("tool", (ToolAnswer(call.id, call.name, NOT_CARRIED_OUT),))


def call_of(function: Mapping[str, Any], call: Mapping[str, Any]) -> ToolCall:
    """Read a call in OpenAI's form.

    Args:
        function: its ``name``, and its ``arguments`` as JSON or as a dict.
        call: what surrounds the function: its ``id``.
    """
    arguments = arguments_of(function.get("arguments") if "arguments" in function else function.get("input"))
    name = function.get("name") or NAMELESS
    return ToolCall(call.get("id") or f"call_{name}", name, arguments, call.get("extra_content"))


def arguments_of(arguments: object) -> dict[str, Any]:
    """Read the arguments of a call, as JSON or as a dict; what is not an object goes under the key ``"arguments"``."""
    if isinstance(arguments, Mapping):
        return dict(arguments)
    if not arguments:
        return {}
    read = arguments
    if isinstance(arguments, str):
        with suppress(ValueError):
            read = json.loads(arguments, strict=False)
    return read if isinstance(read, dict) else {"arguments": read}


def arguments_as_text(arguments: object) -> str:
    """Write the arguments of a call as JSON, which is how a request carries them.

    Args:
        arguments: a text, which is taken as it is; an object; nothing, for a function without parameters.
    """
    if isinstance(arguments, str):
        return arguments
    return json.dumps({} if arguments is None else arguments, ensure_ascii=False, default=str)


def _parts_of(content: object) -> list[Part]:
    if content is None:
        return []
    if not isinstance(content, (list, tuple)):
        return [Text(str(content))] if str(content).strip() else []
    parts: list[Part] = []
    for item in content:
        if isinstance(item, Mapping) and item.get("type") == "image_url":
            parts.append(image_of(item["image_url"]))
        elif (text := _as_text(item)).strip():
            parts.append(Text(text))
    return parts


def _as_text(content: object) -> str:
    if content is None or isinstance(content, str):
        return content or ""
    if isinstance(content, Mapping) and "text" in content:
        return str(content["text"])
    if isinstance(content, (list, tuple)):
        return "\n".join(_as_text(item) for item in content)
    return json.dumps(content, ensure_ascii=False, default=str)


def _told_by_user(turn: Turn) -> Turn:
    answers = [part for part in turn.parts if isinstance(part, ToolAnswer)]
    tellers = [f"The tool {answer.name} answered" if answer.name else "A tool answered" for answer in answers]
    texts = [Text(f"{teller}: {answer.text}") for teller, answer in zip(tellers, answers, strict=True)]
    return Turn("user", tuple(texts))


def _told_call(part: Part) -> Part:
    if not isinstance(part, ToolCall):
        return part
    return Text(f"I call the tool {part.name} with {json.dumps(part.arguments, ensure_ascii=False)}.")


def _answers_joined(turns: Iterable[Turn]) -> list[Turn]:
    """The answers that follow one another answer the calls of one turn, so they are one turn themselves."""
    joined: list[Turn] = []
    for turn in turns:
        if turn.role == "tool" and joined and joined[-1].role == "tool":
            joined[-1] = joined[-1]._replace(parts=joined[-1].parts + turn.parts)
        else:
            joined.append(turn)
    return joined
