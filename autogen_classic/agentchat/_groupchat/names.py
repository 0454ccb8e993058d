"""Read the names of agents out of what a model wrote."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from ..._core.content import content_str
from ..._core.messages import Message
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
    """The words of an answer as text, without a model's thoughts in ``<think>`` tags and without colour codes.

    Args:
        content: a text, a list of content parts, a message with such a content, or None.
    """
    if isinstance(content, dict):
        content = content.get("content")
    return _THOUGHTS.sub("", _COLOURS.sub("", content_str(content)))


def mentions(
    content: str | list[Any] | Message | None, agents: Sequence[Any], ignore_case: bool = False
) -> dict[str, int]:
    """Count how often the names of agents occur in a text as whole words.

    Models write the underscore of a name as it is, as a space, or escaped for Markdown. A name that is part of a
    longer one does not count there: "Senior Coder" does not mention ``Coder`` where ``Senior_Coder`` is an agent, too.

    Args:
        content: a text, a list of content parts, a message with such a content, or None.
        agents: the agents to look for.
        ignore_case: whether ``Coder`` counts if ``coder`` is the name, and a name as models are shown it.

    Returns:
        The count for each name that occurs, in the order of the agents.
    """
    same = str.casefold if ignore_case else str
    names_spelled: dict[str, set[str]] = {}
    for agent_name, shown in _as_shown(agents).items():
        for name in {agent_name, shown} if ignore_case else {agent_name}:
            for spelling in (name, name.replace("_", " "), name.replace("_", r"\_")):
                names_spelled.setdefault(same(spelling), set()).add(agent_name)
    longest_first = sorted((re.escape(spelling) for spelling in names_spelled), key=len, reverse=True)
    pattern = re.compile(
        rf"(?<!{_LETTER})(?:{'|'.join(longest_first)})(?!{_LETTER})", re.IGNORECASE if ignore_case else 0
    )
    found = Counter(
        name for spelling in pattern.findall(words_said(content)) for name in names_spelled.get(same(spelling), ())
    )
    return {agent.name: found[agent.name] for agent in agents if found[agent.name]}


def name_meant(content: object, agents: Sequence[Any]) -> str | None:
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
    names = _as_shown(agents)
    exact = {name for name in names if name.strip() == answer}
    meant = exact or {name for name, shown in names.items() if answers & {_plain(name), _plain(shown)}}
    return meant.pop() if len(meant) == 1 else None


def _as_shown(agents: Sequence[Any]) -> dict[str, str]:
    """The names of agents, each with the form in which models are shown it."""
    names = [agent.name for agent in agents]
    return {name: name for name in names} | fitting_names(names)


def _plain(name: str) -> str:
    """A name without what models change about it."""
    return re.sub(r"[\s_\-]+", " ", name.strip(_EDGES + "_")).casefold()
