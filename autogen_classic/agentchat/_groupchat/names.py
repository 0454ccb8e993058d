"""Read the names of agents out of what a model wrote."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from ..._core.content import content_str
from ..._core.messages import Message

__all__ = ("mentions", "name_meant")

_MARKUP = re.compile(r"(?<!\w)[*_`~]{1,3}(?=\w)|(?<=\w)[*_`~]{1,3}(?!\w)")
_LABEL = re.compile(r"^(?:the\s+)?(?:next\s+)?(?:role|speaker|name|agent|answer)(?:\s+is)?\s*[:=]?\s+", re.IGNORECASE)
_EDGES = " \t\r\n\"'`*.,:;!?()[]{}<>\u201c\u201d\u2018\u2019\u00ab\u00bb"


def mentions(
    content: str | list[Any] | Message | None, agents: Sequence[Any], ignore_case: bool = False
) -> dict[str, int]:
    """Count how often the names of agents stand in a text as words of their own.

    Models write the underscore of a name as it is, as a space, or escaped for Markdown.

    Args:
        content: a text, a list of content parts, a message with such a content, or None.
        agents: the agents to look for.
        ignore_case: whether ``Coder`` counts where ``coder`` is the name.

    Returns:
        The count by name, of the names that occur.
    """
    if isinstance(content, dict):
        content = content.get("content")
    text = content_str(content)
    counts = {}
    for agent in agents:
        spellings = {agent.name, agent.name.replace("_", " "), agent.name.replace("_", r"\_")}
        pattern = rf"(?<!\w)(?:{'|'.join(re.escape(spelling) for spelling in sorted(spellings))})(?!\w)"
        count = len(re.findall(pattern, text, re.IGNORECASE if ignore_case else 0))
        if count:
            counts[agent.name] = count
    return counts


def name_meant(content: object, agents: Sequence[Any]) -> str | None:
    """Find the one name that an answer consists of, however it is dressed up.

    Case, underscores for spaces, Markdown emphasis, quotes, full stops and labels such as ``Role:`` are looked
    through. An answer of a sentence is not for this function but for `mentions`.

    Args:
        content: what the model wrote.
        agents: the agents that it may have meant.

    Returns:
        A name, or None where the answer is no name or could be several.
    """
    if not isinstance(content, str):
        return None
    answer = content.replace("\\_", "_").strip(_EDGES)
    answers = {_plain(answer), _plain(_LABEL.sub("", _MARKUP.sub("", answer)))}
    exact = {agent.name for agent in agents if agent.name.strip() == answer}
    meant = exact or {agent.name for agent in agents if _plain(agent.name) in answers}
    return meant.pop() if len(meant) == 1 else None


def _plain(name: str) -> str:
    """A name without what models change about it."""
    return re.sub(r"[\s_\-]+", " ", name.strip(_EDGES + "_")).casefold()
