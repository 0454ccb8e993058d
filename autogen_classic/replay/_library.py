"""The turns of a recording, looked up by what was asked; and the error that says how a request differs from them."""

from __future__ import annotations

import difflib
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from ..errors import ReplayMismatchError
from ._turns import Turn
from ._values import canonical, map_texts, pretty

__all__ = ("Library", "question_of")

_ASKED = ("agent", "arguments", "blocks", "kind", "name", "names", "prompt", "request")
_ANSWERED = ("choice", "code", "model", "person", "tool")
_LONGEST_DIFF = 80
_COMPARED_CHARACTERS = 20_000

Normaliser = Callable[[str], str]


def question_of(turn: Turn) -> Turn:
    """What was asked in a turn, without its outcome.

    Args:
        turn: a turn with a whole request.
    """
    return {key: turn[key] for key in _ASKED if key in turn}


class Library:
    """Finds the turn that answers a question, and uses each only once.

    Args:
        turns: the turns in the order in which they began.
        place: the file, for errors.
        ignore: parameters of requests that may differ.
        normalise: functions that are applied to every text of both sides before they are compared.
    """

    def __init__(
        self, turns: Sequence[Turn], place: str, ignore: Iterable[str], normalise: Sequence[Normaliser]
    ) -> None:
        self._place = place
        self._ignore = frozenset(ignore)
        self._normalise = normalise
        self._config_lists = {config_list_key(turn): turn for turn in turns if turn["kind"] == "config_list"}
        self._turns = [turn for turn in turns if turn["kind"] in _ANSWERED]
        self._unused: dict[str, list[Turn]] = {}
        self._within: dict[int, list[Turn]] = {}
        for turn in self._turns:
            self._unused.setdefault(self.key(question_of(turn)), []).append(turn)
            if "within" in turn:
                self._within.setdefault(turn["within"], []).append(turn)
        self._known = frozenset(self._unused)
        self._asked = 0
        self._lock = threading.Lock()

    def take(
        self, question: Turn, configuration: int | None = None, *, fits: Callable[[Turn], bool] | None = None
    ) -> Turn | None:
        """Look for a turn with this question that has not been used, and use it.

        What happened within it, as when a tool asked a model, is used with it.

        Args:
            question: what is asked, as in a turn.
            configuration: which configuration asks; among equal turns, one of the same goes first.
            fits: tells which of equal turns may answer; all of them by default.

        Returns:
            The turn, or None.
        """
        key = self.key(question)
        with self._lock:
            self._asked += 1
            turns = [turn for turn in self._unused.get(key, ()) if fits is None or fits(turn)]
            if not turns:
                return None
            same = (place for place, turn in enumerate(turns) if turn.get("configuration") == configuration)
            taken = turns[next(same, 0)]
            self._use(taken, key)
            return taken

    def leave_out(self, number: int) -> None:
        """Use everything that happened within a turn that nobody will ask for.

        Args:
            number: the number of the turn.
        """
        with self._lock:
            self._use_all_within(number)

    def _use_all_within(self, number: int) -> None:
        for turn in self._within.get(number, ()):
            self._use(turn, self.key(question_of(turn)))

    def _use(self, turn: Turn, key: str) -> None:
        """Use a turn, unless it has been used, and everything within it."""
        self._use_all_within(turn["number"])
        same = [one for one in self._unused.pop(key, ()) if one is not turn]
        if same:
            self._unused[key] = same

    def config_list(self, question: Turn) -> list[dict[str, Any]] | None:
        """Return a new copy of the recorded configuration list of this name and filter, or None.

        Args:
            question: what is asked, as in a turn. It may be asked any number of times.
        """
        turn = self._config_lists.get(config_list_key(question))
        return None if turn is None else [dict(entry) for entry in turn["entries"]]

    @property
    def unused(self) -> list[Turn]:
        """The turns that have not been asked for."""
        with self._lock:
            return sorted((turn for some in self._unused.values() for turn in some), key=lambda turn: turn["number"])

    def mismatch(self, question: Turn) -> ReplayMismatchError:
        """Make the error for a question that no unused turn has.

        Args:
            question: what is asked, as in a turn.
        """
        said = f"The recording {self._place} has no answer for what {describe(question)} now (question {self._asked})."
        if self.key(question) in self._known:
            return ReplayMismatchError(
                f"{said} It was recorded with the very same words, but less often: all those answers are used. "
                f"{_ADVICE_ON_CHANGES}"
            )
        difference = self.difference(question)
        if not difference:
            return ReplayMismatchError(f"{said} It has nothing of this kind at all. {_ADVICE_ON_CHANGES}")
        return ReplayMismatchError(f"{said} {difference}\n{_ADVICE_ON_VALUES} {_ADVICE_ON_CHANGES}")

    def difference(self, question: Turn) -> str:
        """Say how a question differs from the nearest turn.

        Args:
            question: what is asked, as in a turn.

        Returns:
            The number of the turn and a diff; an empty text if there is no turn of this kind.
        """
        nearest = self._nearest(question)
        if nearest is None:
            return ""
        used = "" if nearest in self.unused else ", which has been used already"
        diff = _diff(self._comparable(question_of(nearest)), self._comparable(question))
        return (
            f"The nearest is turn {nearest['number']} of the recording{used}. What was recorded there (-), and what is "
            f"asked now (+):\n{diff}"
        )

    def key(self, question: Turn) -> str:
        """Return a text that is the same for questions that count as equal.

        Args:
            question: what is asked, as in a turn.
        """
        return canonical(self._comparable(question))

    def _comparable(self, question: Turn) -> Turn:
        if self._ignore and "request" in question:
            request = {key: value for key, value in question["request"].items() if key not in self._ignore}
            question = {**question, "request": request}
        for function in self._normalise:
            question = map_texts(question, function)
        return question

    def _nearest(self, question: Turn) -> Turn | None:
        """Of the same kind; preferably an unused one, of the same agent, with the most equal messages and text."""
        unused = {turn["number"] for turn in self.unused}
        text = pretty(self._comparable(question))[:_COMPARED_CHARACTERS]
        matcher = difflib.SequenceMatcher(None, b=text, autojunk=False)

        def likeness(turn: Turn) -> tuple[Any, ...]:
            matcher.set_seq1(pretty(self._comparable(question_of(turn)))[:_COMPARED_CHARACTERS])
            return (
                turn["agent"] == question["agent"],
                turn["number"] in unused,
                _equal_messages(turn, question),
                matcher.quick_ratio(),
                -turn["number"],
            )

        return max((turn for turn in self._turns if turn["kind"] == question["kind"]), key=likeness, default=None)


_ADVICE_ON_VALUES = (
    "If such a value changes from run to run, compare without it: replay(..., normalise=[paths, times, uuids]) or a "
    'function of your own for texts, ignore=["temperature"] for parameters.'
)
_ADVICE_ON_CHANGES = 'If the program has changed, record it again, or add what is new with mode="new_episodes".'


def config_list_key(turn: Turn) -> str:
    """What tells one configuration list from another."""
    return canonical([turn["name"], turn["filter"]])


def describe(question: Turn) -> str:
    """Say in words who asks what."""
    agent = f"agent {question['agent']!r}" if question.get("agent") is not None else "a request without an agent"
    if question["kind"] == "choice":
        return f"chance chooses among {', '.join(question['names'])}"
    what = {
        "model": "asks its model",
        "person": "asks its person",
        "tool": f"asks of the tool {question.get('name')!r}",
        "code": "has run as code",
    }
    return f"{agent} {what[question['kind']]}"


def _equal_messages(turn: Turn, question: Turn) -> int:
    recorded, asked = (side.get("request", {}).get("messages") or [] for side in (turn, question))
    count = 0
    for one, other in zip(recorded, asked):  # noqa: B905 - the shorter one counts
        if one != other:
            break
        count += 1
    return count


def _diff(recorded: Turn, asked: Turn) -> str:
    """A unified diff, in which each line of a long text has its own line."""
    before, now = (pretty(side).replace("\\n", "\\n\n        ").splitlines() for side in (recorded, asked))
    diff = list(difflib.unified_diff(before, now, "recorded", "asked now", n=2, lineterm=""))
    if len(diff) > _LONGEST_DIFF:
        diff = [*diff[:_LONGEST_DIFF], f"... and {len(diff) - _LONGEST_DIFF} more lines"]
    return "\n".join(diff)
