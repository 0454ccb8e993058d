"""The content of a message as plain text, and the parts of JSON objects.

A content is a text, or a list of parts. A part is a JSON object, or the object that an SDK has made of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import Any

__all__ = (
    "IMAGE_MARK",
    "add_part",
    "content_str",
    "part_of",
    "reader_of",
    "text_of",
    "texts_of",
    "with_whole_characters",
)

IMAGE_MARK = "<image>"


def content_str(content: object) -> str:
    """Turn the content of a message into plain text.

    Args:
        content: a text, None, or a list of parts as OpenAI defines them: ``{"type": "text", "text": ...}`` and
            ``{"type": "image_url", ...}``.

    Returns:
        The text; an image becomes ``<image>``.

    Raises:
        TypeError: ``content`` is not a text, None or a list, or one of its parts is not a dict.
        ValueError: a part is neither a text nor an image.
        AssertionError: a part has no type.
    """
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        raise TypeError(f"content must be None, str, or list, but got {type(content)}")

    texts = []
    for part in content:
        if not isinstance(part, dict):
            raise TypeError("Wrong content format: every element should be dict if the content is a list.")
        if "type" not in part:
            raise AssertionError("Wrong content format. Missing 'type' key in content's dict.")
        if part["type"] == "text":
            texts.append(part["text"])
        elif part["type"] == "image_url":
            texts.append(IMAGE_MARK)
        else:
            raise ValueError(f"Wrong content format: unknown type {part['type']} within the content")
    return "".join(texts)


def part_of(owner: object, name: str) -> Any:
    """Return a part of a JSON object, or of the object that an SDK has made of it.

    Args:
        owner: a mapping, or an object with attributes.
        name: the name of the part.

    Returns:
        The part; None if it does not exist.
    """
    kind: type = type(owner)
    if kind is dict or _is_mapping(kind):
        return owner.get(name)  # type: ignore[attr-defined]  # a mapping
    extra = getattr(owner, "__pydantic_extra__", None)
    if extra is not None and name not in vars(owner) and not _has_on_class(kind, name):
        return extra.get(name)  # ten times as fast as having pydantic find out that there is no such attribute
    return getattr(owner, name, None)


def reader_of(owner: object) -> Callable[[str], Any]:
    """Return what reads parts by their names, as `part_of` does, for an object of which many are wanted.

    Args:
        owner: a mapping, or an object with attributes, which is not changed meanwhile.

    Returns:
        A function of a name, which returns the part, or None if it does not exist.
    """
    kind: type = type(owner)
    if kind is dict or _is_mapping(kind):
        read: Callable[[str], Any] = owner.get  # type: ignore[attr-defined]  # a mapping
        return read
    if _is_of_pydantic(kind):
        return {**(owner.__pydantic_extra__ or {}), **vars(owner)}.get  # type: ignore[attr-defined]
    return partial(part_of, owner)


def add_part(owner: object, name: str, value: object) -> None:
    """Set an attribute of the object that an SDK has made of a JSON object, also one that its class does not have.

    Args:
        owner: any object.
        name: the name of the attribute, which must not begin with an underscore.
        value: its value.
    """
    kind: type = type(owner)
    extra = getattr(owner, "__pydantic_extra__", None)
    if extra is None or name in vars(owner) or _has_on_class(kind, name):
        setattr(owner, name, value)
    else:  # what pydantic does in the end, ten times as fast
        extra[name] = value
        owner.__pydantic_fields_set__.add(name)  # type: ignore[attr-defined]  # objects with extra fields have it


@lru_cache(maxsize=1000)  # ten times as fast as asking the abstract class about each part of each message
def _is_mapping(kind: type) -> bool:
    return issubclass(kind, Mapping)


@lru_cache(maxsize=1000)
def _is_of_pydantic(kind: type) -> bool:
    return hasattr(kind, "__pydantic_fields_set__")


@lru_cache(maxsize=1000)
def _has_on_class(kind: type, name: str) -> bool:
    return hasattr(kind, name)


def texts_of(content: object) -> list[str]:
    """Return the texts in a content, whatever else it holds.

    Args:
        content: a text, a list of parts, or None.

    Returns:
        The text of each part that has one; pictures, thoughts and references are left out.
    """
    if content is None:
        return []
    if not isinstance(content, (list, tuple)):
        return [str(content)]
    texts = (part if isinstance(part, str) else part_of(part, "text") for part in content)
    return [text for text in texts if isinstance(text, str)]


def text_of(content: object) -> str | None:
    """Join the texts in a content.

    Args:
        content: as for `texts_of`.

    Returns:
        The text; None if there is no content.
    """
    return content if content is None or isinstance(content, str) else "".join(texts_of(content))


def with_whole_characters(text: str) -> str:
    """Join the two halves of characters that a server has cut in two, as JavaScript does with ``"\\ud83d\\ude00"``.

    Args:
        text: any text; a half without its other one stays.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
    return text
