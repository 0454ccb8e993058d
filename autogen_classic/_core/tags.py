"""Tags in texts, and the pictures that models and strangers name in them.

A tag, ``<img /home/me/plan.png>``, has the picture loaded by the agent that sees and hears it. Whose words they are is
not to be seen there: they may have come through a group or a summary. So the sources in what a model, its code or a
client has written are kept, for as long as the outermost chat runs, and whoever loads a picture asks for them here: no
file of this machine is opened for them.
"""

from __future__ import annotations

import re
import weakref
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from .content import texts_of
from .running_chats import RunningChat, current

__all__ = (
    "attributes_in",
    "foreign_pictures_kept_over_chats",
    "is_foreign_picture",
    "keep_foreign_pictures",
    "tags_in",
)

_TAG = r"<{} ([^>\n]*)>"
_END = r"[>\n]"
# A quoted value ends at the quote behind which another attribute or the end of the tag stands: "I'm" holds none.
_QUOTED = r"""(["'])((?:(?!\2).|\2(?!\s+[^\s="']+\s*=|\s*(?:/\s*)?$))*)\2"""
_ATTRIBUTE = rf"""(?<!\S)([^\s="']+)\s*=\s*(?:{_QUOTED}|(\S+))"""
_QUOTED_ATTRIBUTE = rf"""(?<!\S)([^\s="']+)\s*=\s*{_QUOTED}"""
_WRITTEN_BY_TOOLS = ("tool", "function")

_of_chats: weakref.WeakKeyDictionary[RunningChat, set[str]] = weakref.WeakKeyDictionary()
_shared: ContextVar[set[str] | None] = ContextVar("autogen_classic_foreign_pictures", default=None)


def tags_in(tag: str, text: str) -> Iterator[re.Match[str]]:
    """Find tags of one name in a text.

    Args:
        tag: the name.
        text: the text.

    Yields:
        A match for each tag; its group 1 is what stands inside, behind the name.
    """
    opening = f"<{tag} "
    place = text.find(opening)
    while place != -1:
        end = re.compile(_END).search(text, place)
        if end is None:
            return
        if end[0] == ">":
            yield re.compile(_TAG.format(re.escape(tag))).match(text, place)  # type: ignore[misc]  # both ends are found
        place = text.find(opening, end.end())  # those before it on a line without an end have none either


def attributes_in(inside: str) -> dict[str, str]:
    """Read the attributes of a tag.

    What stands before the first attribute in quotes is the source, whatever it holds: addresses and data have equals
    signs, paths have spaces.

    Args:
        inside: what stands in the tag, behind its name.

    Returns:
        The values by name; the source as ``src``.
    """
    quoted = re.search(_QUOTED_ATTRIBUTE, inside)
    source = inside[: quoted.start()] if quoted else inside
    source = source.strip().removeprefix("src=")
    attributes = {"src": source} if source else {}
    if quoted:
        for attribute in re.compile(_ATTRIBUTE).finditer(inside, quoted.start()):
            attributes[attribute[1]] = next(value for value in attribute.group(3, 4) if value is not None)
    return attributes


@contextmanager
def foreign_pictures_kept_over_chats(heard: Iterable[Mapping[str, Any]] = ()) -> Iterator[None]:
    """Let the chats within a ``with`` block share what they keep, as those of a queue share their summaries.

    Args:
        heard: the messages of a stranger which lead to them.
    """
    before = _shared.get()
    _shared.set(_kept())
    for message in heard:
        keep_foreign_pictures(message.get("content"))
    try:
        yield
    finally:
        _shared.set(before)


def keep_foreign_pictures(content: object, asked: Iterable[Mapping[str, Any]] = ()) -> None:
    """Keep the sources of the pictures that a content names.

    Outside of a chat they are forgotten: what a program takes from a model itself and says, it says itself.

    Args:
        content: a text or parts, by a model, a program that it wrote, or a stranger.
        asked: the messages that a model was asked with. A source that the program has named to it is not foreign
            because the model repeats it; what a tool returned is not the program's.
    """
    named = _sources_in(content)
    if named:
        own = {
            source
            for message in asked
            if message.get("role") not in _WRITTEN_BY_TOOLS
            for source in _sources_in(message.get("content"))
        }
        _kept().update(named - own)


def is_foreign_picture(source: object) -> bool:
    """Tell whether the source of a picture was named by a model or a stranger.

    Args:
        source: what stands in the tag.
    """
    return isinstance(source, str) and source in _kept()


def _kept() -> set[str]:
    """The sources that are shared here, or those of the outermost chat; outside of any, a set that nobody keeps."""
    shared = _shared.get()
    if shared is not None:
        return shared
    running_chat = current()
    if running_chat is None:
        return set()
    while running_chat.parent is not None:
        running_chat = running_chat.parent
    return _of_chats.setdefault(running_chat, set())


def _sources_in(content: object) -> set[str]:
    texts = texts_of(content)
    if len(texts) > 1:
        texts.append("".join(texts))  # as the parts of a content are written in one line
    in_tags = {
        source
        for text in texts
        for tag in tags_in("img", text)
        if (source := attributes_in(tag[1]).get("src")) is not None
    }
    return in_tags.union(_sources_of_parts(content))


def _sources_of_parts(content: object) -> Iterator[str]:
    for part in content if isinstance(content, (list, tuple)) else ():
        picture = part.get("image_url") if isinstance(part, Mapping) else None
        source = picture.get("url") if isinstance(picture, Mapping) else picture
        if isinstance(source, str):
            yield source
