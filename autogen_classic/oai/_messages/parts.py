"""Parts of messages and answers, which may be JSON or objects of the openai package."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ("part_of", "text_of")


def part_of(of: object, name: str) -> Any:
    """Return a part of a JSON object, or of what an SDK has made of it.

    Args:
        of: a mapping, or an object with attributes.
        name: the name of the part.

    Returns:
        The part; None if it does not exist.
    """
    if type(of) is dict or isinstance(of, Mapping):  # the first test is quick, and nearly always true
        return of.get(name)
    return getattr(of, name, None)


def text_of(content: object) -> str | None:
    """Return the text of a content.

    Args:
        content: a text; or a list of parts, of which thoughts and references are left out.

    Returns:
        The text; None if there is no content.
    """
    if content is None or isinstance(content, str):
        return content
    if not isinstance(content, (list, tuple)):
        return str(content)
    texts = [part if isinstance(part, str) else part_of(part, "text") for part in content]
    return "".join(text for text in texts if isinstance(text, str))
