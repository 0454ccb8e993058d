"""Pictures in the texts and the content parts of messages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias, TypeVar

from ...._core.messages import Message, TextOrMessage, as_message
from ...._core.picture_bytes import is_data_uri
from ....errors import FetchError, UnusableImageError
from ....io.base import IOStream
from ...utils import parse_tags_from_content
from .pictures import Image, loaded, named

__all__ = ("Part", "as_heard", "as_sendable", "image_part", "paths_in", "shown", "split", "text_part", "with_text")

LoadedT = TypeVar("LoadedT")
SourceT = TypeVar("SourceT")

Part: TypeAlias = dict[str, Any]
"""A part of a content, as OpenAI defines it: a text or a picture."""

_MAY_HOLD_A_PATH = re.compile(r"""(?:(?!\]\()[^\s"'<>|])+""")  # nothing across the middle of a Markdown link
_BEGIN_OF_PATH = re.compile(r"(?<![\w.~/])(?:~|\.{1,2})?/|\b")  # the root, the home or a folder; or a word
_END_OF_PATH = re.compile(r"\.(?:jpg|jpeg|png|gif|bmp)\b", re.IGNORECASE)


def text_part(text: str) -> Part:
    """A part that is a text."""
    return {"type": "text", "text": text}


def image_part(url: object) -> Part:
    """A part that is a picture.

    Args:
        url: an address, a data URI, or, inside of this process, a PIL image.
    """
    return {"type": "image_url", "image_url": {"url": url}}


def with_text(content: str | list[Any] | None, text: str) -> str | list[Any]:
    """Add a line to a content, for instance to a system message.

    Args:
        content: a text, parts, or None.
        text: the line.

    Returns:
        The new content, of the same form.
    """
    if isinstance(content, list):
        return [*content, text_part(f"\n{text}")]
    return f"{content}\n{text}" if content else text


def split(text: str, load: Callable[[str], object]) -> list[Part]:
    """Cut a text at its ``<img …>`` tags.

    Args:
        text: the text.
        load: makes of the source of a tag what its part holds.

    Returns:
        Texts and pictures in turn, a text first and last. A tag whose picture cannot be loaded stays in its text,
        and a printed line says why.
    """
    parts: list[Part] = []
    place = 0
    for tag in parse_tags_from_content("img", text):
        source = tag["attr"].get("src")
        picture = None if source is None else shown(source, load)
        if picture is not None:
            parts += [text_part(text[place : tag["match"].start()]), image_part(picture)]
            place = tag["match"].end()
    return [*parts, text_part(text[place:])]


def shown(source: SourceT, load: Callable[[SourceT], LoadedT]) -> LoadedT | None:
    """Load a picture, or print why that is not possible.

    Args:
        source: where it is.
        load: loads it.

    Returns:
        The picture, or None.
    """
    try:
        return load(source)
    except (FetchError, UnusableImageError) as error:
        reason = str(error)
        reason = reason[:1].lower() + reason[1:]
        IOStream.get_default().print(f"Warning! Unable to load image from {named(source)}, because {reason}")
        return None


def as_heard(message: TextOrMessage, load: Callable[[Any], Image.Image], leave_addresses: bool = True) -> Message:
    """Give a message the form in which an agent that sees stores it.

    Args:
        message: a text, or a dict.
        load: loads a picture.
        leave_addresses: whether an address in a part stays as it is, for the provider to fetch.

    Returns:
        A dict whose content is a list of parts. A picture that is a file or base 64 is loaded; if that is not possible
        it becomes a text, and a printed line says why. Calls and answers of tools stay as they are.
    """
    said = as_message(message)
    content = said.get("content")
    if said.get("role") in ("function", "tool") or said.get("tool_responses"):
        return said
    if isinstance(content, str):
        return {**said, "content": split(content, load)}
    if isinstance(content, list):
        return {**said, "content": [_heard(part, load, leave_addresses) for part in content]}
    return said


def _heard(part: object, load: Callable[[Any], Image.Image], leave_addresses: bool) -> object:
    if not isinstance(part, Mapping) or part.get("type") != "image_url":
        return part
    settings = _settings_of(part)
    source = settings.get("url")
    stays = _is_sendable(source) if leave_addresses else is_data_uri(source)
    if stays or isinstance(source, Image.Image):
        return {**part, "image_url": settings}
    picture = shown(source, load)
    return text_part(f"<img {source}>") if picture is None else {**part, "image_url": {**settings, "url": picture}}


def _settings_of(part: Mapping[str, Any]) -> dict[str, Any]:
    """The ``image_url`` of a part; programs also give the address alone."""
    image_url = part.get("image_url")
    return dict(image_url) if isinstance(image_url, Mapping) else {"url": image_url}


def _is_sendable(url: object) -> bool:
    return is_data_uri(url) or (isinstance(url, str) and re.match("https?://", url, re.IGNORECASE) is not None)


def paths_in(text: str) -> list[str]:
    """The addresses and paths of pictures in a text, which end in jpg, jpeg, png, gif or bmp."""
    return [path for found in _MAY_HOLD_A_PATH.finditer(text) if (path := _path_in(found[0]))]


def _path_in(text: str) -> str:
    """The longest path of a picture in a text without blanks; empty if there is none."""
    begin = _BEGIN_OF_PATH.search(text)
    *_, end = (None, *_END_OF_PATH.finditer(text))
    return text[begin.start() : end.end()] if begin and end and begin.end() < end.start() else ""


def as_sendable(messages: Iterable[Mapping[str, Any]], encode: Callable[[Image.Image], str]) -> list[Message]:
    """Write the pictures in messages as a request can carry them.

    Args:
        messages: messages whose pictures may be PIL images, files, addresses or data URIs, in a dict with ``url`` or
            as plain values of ``image_url``.
        encode: makes a data URI of an image.

    Returns:
        New messages: addresses and data URIs stay as they are, all others become data URIs.

    Raises:
        UnusableImageError: a picture cannot be read.
    """
    return [
        {**message, "content": [_sendable(part, encode) for part in message["content"]]}
        if isinstance(message.get("content"), list)
        else dict(message)
        for message in messages
    ]


def _sendable(part: object, encode: Callable[[Image.Image], str]) -> object:
    if not isinstance(part, Mapping) or part.get("type") != "image_url":
        return part
    settings = _settings_of(part)
    url: Any = settings.get("url")
    return {**part, "image_url": {**settings, "url": url if _is_sendable(url) else encode(loaded(url))}}
