"""The turns of a recording: which form they have, and how requests that continue each other are written shortly."""

from __future__ import annotations

import hashlib
from typing import Any

from .._json.answers import OPENAI_TYPES, is_shape
from ..errors import CassetteError
from ._values import canonical

__all__ = ("KINDS", "KINDS_OF_JOURNALS", "Shortener", "Turn", "expand", "fault_of")

KINDS = ("choice", "code", "config_list", "model", "person", "tool")
KINDS_OF_JOURNALS = (*KINDS, "failed", "message", "run", "started")

Turn = dict[str, Any]

_TEXT = (str,)
_TEXT_OR_NONE = (str, type(None))
_FIELDS: dict[str, dict[str, tuple[type, ...]]] = {
    "choice": {"names": (list,)},
    "model": {"agent": _TEXT_OR_NONE, "configuration": (int,), "from_cache": (bool,), "request": (dict,)},
    "person": {"agent": _TEXT_OR_NONE, "prompt": _TEXT},
    "tool": {"agent": _TEXT_OR_NONE, "name": _TEXT, "arguments": (dict,)},
    "code": {"agent": _TEXT_OR_NONE, "blocks": (list,)},
    "config_list": {"name": _TEXT, "filter": (dict, type(None))},
    "message": {"agent": _TEXT_OR_NONE, "to": _TEXT_OR_NONE, "message": (dict,)},
    "run": {"process": (int,)},
    "started": {"turn": (dict,)},
    "failed": {"agent": _TEXT_OR_NONE, "name": _TEXT, "error": (dict,)},
}
_OPTIONAL_FIELDS: dict[str, tuple[type, ...]] = {
    "at": (int, float),
    "chosen": (int,),
    "cost": (int, float, type(None)),
    "cost_known": (bool,),
    "handover": (dict,),
    "printed": _TEXT,
    "remembered": (bool,),
    "retrieved": (list,),
    "streamed": _TEXT,
    "within": (int,),
}
_OUTCOMES = {
    "choice": "chosen",
    "code": "result",
    "config_list": "entries",
    "model": "response",
    "person": "answer",
    "tool": "result",
}


def fault_of(turn: object, kinds: tuple[str, ...] = KINDS) -> str:
    """Say what is wrong with a turn that was read.

    Args:
        turn: what a file holds in the place of a turn.
        kinds: which kinds it may have.

    Returns:
        The end of a sentence about it; an empty text if nothing is wrong.
    """
    if not isinstance(turn, dict):
        return f"must be an object, not {type(turn).__name__}."
    kind = turn.get("kind")
    if kind not in kinds:
        return f'has the "kind" {kind!r}, but must have one of {", ".join(kinds)}.'
    if type(turn.get("number")) is not int:
        return 'has no whole "number".'
    wrong = _wrong_field(turn, kind)
    if wrong is not None:
        return f'has no "{wrong}" of the right type.'
    for field, types in _OPTIONAL_FIELDS.items():
        if field in turn and not isinstance(turn[field], types):
            return f'has a "{field}" of the wrong type.'
    if kind == "started":
        return _fault_of_question(turn["turn"])
    outcome = _OUTCOMES.get(kind)
    if outcome is None:
        return _fault_of_error(turn["error"]) if kind == "failed" else ""
    if (outcome in turn) == ("error" in turn):
        return f'must have either "{outcome}" or "error".'
    if "error" in turn:
        return _fault_of_error(turn["error"])
    if not is_shape(turn.get("retrieved")):
        return 'has something "retrieved" in which a dict or object is not marked as such.'
    return _fault_of_response(turn["response"]) if kind == "model" else ""


def _wrong_field(turn: Turn, kind: str) -> str | None:
    """The first field that a turn of a kind must have and does not, or not of the right type; None if all are there."""
    fields = _FIELDS[kind].items()
    return next((name for name, types in fields if name not in turn or not isinstance(turn[name], types)), None)


def _fault_of_question(question: dict[str, Any]) -> str:
    kind = question.get("kind")
    if kind not in ("code", "tool"):
        return f'has a "turn" of the kind {kind!r}, but must have one of code, tool.'
    wrong = _wrong_field(question, kind)
    return "" if wrong is None else f'has a "turn" without a "{wrong}" of the right type.'


def _fault_of_error(error: Any) -> str:
    if not isinstance(error, dict) or not all(isinstance(error.get(field), str) for field in ("type", "text")):
        return 'has an "error" without "type" and "text".'
    return (
        "" if isinstance(error.get("attributes", {}), dict) else 'has an "error" whose "attributes" are not an object.'
    )


def _fault_of_response(response: Any) -> str:
    if not isinstance(response, dict) or not {"type", "fields"} <= set(response):
        return 'has a "response" without "type" and "fields".'
    fields = response["fields"]
    if response["type"] in OPENAI_TYPES:
        choices = fields.get("choices") if isinstance(fields, dict) else None
        whole = isinstance(choices, list) and all(isinstance(choice, dict) for choice in choices)
        return "" if whole else 'has a "response" without a list of "choices" in its "fields".'
    return "" if is_shape(fields) else 'has a "response" in which a dict or object is not marked as such.'


# --- the messages of a question, of which only the new ones are written
#
# A request to a model that continues another one has also its other parameters. Agents elsewhere are asked like tools,
# whose arguments may have any names: there, what tells of the earlier turn stands beside the arguments.

_WITH_MESSAGES = {"model": "request", "tool": "arguments"}


def expand(turns: list[Turn], place: str) -> None:
    """Give every question all of its messages, in place.

    Args:
        turns: the turns in the order of the file.
        place: the file, for errors.

    Raises:
        CassetteError: two turns have one number, or one continues a turn that is not there.
    """
    questions: dict[int, Turn] = {}
    finished: set[int] = set()
    for position, line in enumerate(turns):
        is_start = line["kind"] == "started"  # its number is that of the turn that it starts
        turn = line["turn"] if is_start else line
        if line["number"] in finished:
            raise CassetteError(f"{place}: turns[{position}] has the number {line['number']} of an earlier turn.")
        if not is_start:
            finished.add(line["number"])
        field = _WITH_MESSAGES.get(turn["kind"])
        if field is None:
            continue
        asked = turn[field]
        link = asked if turn["kind"] == "model" else turn
        number = link.get("continues_turn")
        former = questions.get(number, {}).get(field, {}) if type(number) is int else {}
        questions[line["number"]] = turn
        if "continues_turn" not in link:
            continue
        kept = link.get("keeps_messages")
        messages = former.get("messages")
        added = asked.get("messages")
        if not isinstance(messages, list) or not isinstance(added, list) or type(kept) is not int:
            raise CassetteError(
                f"{place}: turns[{position}] continues turn {number!r}, which is not an earlier turn with messages."
            )
        if not 0 < kept <= len(messages):
            raise CassetteError(f"{place}: turns[{position}] keeps {kept} messages of {len(messages)}.")
        others = former
        if link is turn:
            others = asked
            del turn["continues_turn"], turn["keeps_messages"]
        turn[field] = {**others, "messages": [*messages[:kept], *added]}


class Shortener:
    """Writes, for each question, only the messages that no earlier one of its kind had."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, int], int] = {}  # what a question begins with, and which turn had it

    def shorten(self, turn: Turn) -> Turn:
        """Return a turn in its written form; earlier turns must have been written before it.

        Args:
            turn: a turn with a whole question.
        """
        if turn["kind"] == "started":
            return {**turn, "turn": self._short(turn["turn"], turn["number"])}
        return self._short(turn, turn["number"])

    def _short(self, turn: Turn, own_number: int) -> Turn:
        """A turn without the messages that an earlier turn begins with, but with a link to that turn."""
        field = _WITH_MESSAGES.get(turn["kind"], "")
        asked = turn.get(field, {})
        messages = asked.get("messages")
        if not isinstance(messages, list):
            return turn
        others = {key: value for key, value in asked.items() if key != "messages"}
        beginning = canonical([turn["agent"], others if turn["kind"] == "model" else turn["name"]])
        beginnings: list[tuple[str, int]] = []
        for message in messages:
            beginning = hashlib.sha256(f"{beginning}\n{canonical(message)}".encode()).hexdigest()
            beginnings.append((beginning, len(beginnings)))
        kept = next((number + 1 for number in reversed(range(len(messages))) if beginnings[number] in self._seen), 0)
        number = self._seen.get(beginnings[kept - 1]) if kept else None
        for known in beginnings:
            self._seen.setdefault(known, own_number)
        if number is None:
            return turn
        link = {"continues_turn": number, "keeps_messages": kept}
        if turn["kind"] == "model":
            return {**turn, field: {**link, "messages": messages[kept:]}}
        return {**turn, **link, field: {**others, "messages": messages[kept:]}}
