"""The content of a message as plain text."""

from __future__ import annotations

__all__ = ("content_str",)

_IMAGE_MARK = "<image>"


def content_str(content: object) -> str:
    """Turn the content of a message into plain text.

    Args:
        content: a text, None, or a list of parts as OpenAI defines them: ``{"type": "text", "text": ...}`` and
            ``{"type": "image_url", ...}``.

    Returns:
        The text; an image becomes ``<image>``.

    Raises:
        TypeError: ``content`` or one of its parts is of another type.
        ValueError: a part is neither text nor an image.
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
            texts.append(_IMAGE_MARK)
        else:
            raise ValueError(f"Wrong content format: unknown type {part['type']} within the content")
    return "".join(texts)
