"""Read the names of agents out of what a model wrote."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from ..._core.content import content_str
from ..._core.messages import Message
from ..._core.party import Agent
from ..._core.speaker_names import fitting_names

__all__ = ("mentions", "name_meant", "words_said")

_MARKUP = re.compile(r"(?<!\w)[*_`~]{1,3}(?=\w)|(?<=\w)[*_`~]{1,3}(?!\w)")
_LABEL = re.compile(r"^(?:the\s+)?(?:next\s+)?(?:role|speaker|name|agent|answer)(?:\s+is)?\s*[:=]?\s+", re.IGNORECASE)
_EDGES = " \t\r\n\"'`*.,:;!?()[]{}<>\u201c\u201d\u2018\u2019\u00ab\u00bb"
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_THOUGHTS = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)|\A.*?</think(?:ing)?>", re.DOTALL | re.IGNORECASE)
# Thai, Lao, Burmese, Khmer, Japanese, Chinese and Korean: no blank parts a name from the words around it.
_LETTER = r"[^\W\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]"


def words_said(content: str | Message | list[Any] | None) -> str:
    """Return the words of an answer, without a model's thoughts in ``<think>`` tags and without colour codes.

    Args:
        content: a text, a list of content parts, a message with such a content, or None.

    Returns:
        The words; an image stands among them as ``<image>``.

    Raises:
        TypeError: a part of the content is not a dict.
        ValueError: a part is neither a text nor an image.
    """
    if isinstance(content, dict):
        content = content.get("content")
    return _THOUGHTS.sub("", _COLOURS.sub("", content_str(content)))


def mentions(
    content: str | list[Any] | Message | None, agents: Sequence[Agent], ignore_case: bool = False
) -> dict[str, int]:
    """Count how often the names of agents occur in a text as whole words.

    Models write the underscore of a name as it is, as a space, or escaped for Markdown. A name that is part of a
    longer one does not count there: "Senior Coder" does not mention ``Coder`` where ``Senior_Coder`` is an agent, too.

    Args:
        content: a text, a list of content parts, a message with such a content, or None.
        agents: the agents to look for.
        ignore_case: whether ``Coder`` counts for an agent named ``coder``. The form of a name in which models are
            shown it counts as well then.

    Returns:
        The count for each name that occurs, in the order of the agents.
    """
    names = _names_of(agents)
    found = Counter(_written_names(names, ignore_case).found_in(words_said(content)))
    return {name: found[name] for name in names if found[name]}


class _WrittenNames:
    """Finds names in texts, in all the spellings that models use.

    Args:
        names: the names.
        ignore_case: as for `mentions`.
    """

    def __init__(self, names: tuple[str, ...], ignore_case: bool) -> None:
        self._compared = str.casefold if ignore_case else str
        self._names_spelled: dict[str, set[str]] = {}
        for name, shown in _as_shown(names).items():
            for written in {name, shown} if ignore_case else {name}:
                for spelling in (written, written.replace("_", " "), written.replace("_", r"\_")):
                    self._names_spelled.setdefault(self._compared(spelling), set()).add(name)
        longest_first = sorted(map(re.escape, self._names_spelled), key=len, reverse=True)
        self._pattern = re.compile(
            rf"(?<!{_LETTER})(?:{'|'.join(longest_first)})(?!{_LETTER})", re.IGNORECASE if ignore_case else 0
        )

    def found_in(self, text: str) -> Iterator[str]:
        """The names in a text, each as often as it occurs."""
        for spelling in self._pattern.findall(text):
            yield from self._names_spelled.get(self._compared(spelling), ())


_written_names = lru_cache(maxsize=64)(_WrittenNames)
"""A group looks for the same names in answer after answer, and a pattern of many names takes long to compile."""


def name_meant(content: object, agents: Sequence[Agent]) -> str | None:
    """Find the one name that an answer consists of, however it is dressed up.

    Case, underscores for spaces, Markdown emphasis, quotes, full stops and labels such as ``Role:`` are looked
    through. An answer that is a whole sentence is a matter for `mentions`, not for this function.

    Args:
        content: what the model wrote.
        agents: the agents that it may have meant.

    Returns:
        A name, or None if the answer is not a name or could be several.
    """
    if not isinstance(content, str):
        return None
    answer = words_said(content).replace("\\_", "_").strip(_EDGES)
    answers = {_plain(answer), _plain(_LABEL.sub("", _MARKUP.sub("", answer)))}
    names = _as_shown(_names_of(agents))
    exact = {name for name in names if name.strip() == answer}
    meant = exact or {name for name, shown in names.items() if answers & {_plain(name), _plain(shown)}}
    return meant.pop() if len(meant) == 1 else None


def _names_of(agents: Sequence[Agent]) -> tuple[str, ...]:
    return tuple(agent.name for agent in agents)


@lru_cache(maxsize=64)
def _as_shown(names: tuple[str, ...]) -> Mapping[str, str]:
    """Map each name to the form in which models are shown it."""
    return {name: name for name in names} | fitting_names(names)


def _plain(name: str) -> str:
    """A name without what models often change in it: case, and blanks, underscores and hyphens between words."""
    return re.sub(r"[\s_\-]+", " ", name.strip(_EDGES + "_")).casefold()
