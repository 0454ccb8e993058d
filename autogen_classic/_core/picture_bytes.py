"""What the bytes of a picture are, and how a data URI holds them."""

from __future__ import annotations

import base64
import re
from urllib.parse import unquote_to_bytes

__all__ = ("is_data_uri", "kind_revealed", "read_data_uri")

_BEGINNINGS = {
    b"\x89PNG": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF8": "image/gif",
    b"RIFF": "image/webp",
}


def kind_revealed(data: bytes) -> str | None:
    """Tell the media type of a picture from its first bytes, such as ``"image/png"``; None if they do not reveal it."""
    return next((kind for begin, kind in _BEGINNINGS.items() if data.startswith(begin)), None)


def is_data_uri(source: object) -> bool:
    """Tell whether something is the text of a data URI."""
    return isinstance(source, str) and source[:5].lower() == "data:"


def read_data_uri(uri: str) -> tuple[bytes, str]:
    """Take apart a data URI.

    Args:
        uri: such as ``"data:image/png;base64,iVBORw0KGgo..."``; its data may also be text with percent signs.

    Returns:
        Its bytes, and the media type that it states; ``""`` without one.

    Raises:
        ValueError: its data is not the base 64 that it says it is.
    """
    head, _, body = uri.partition(",")
    data = unquote_to_bytes(body)
    if head.lower().endswith(";base64"):
        data = base64.b64decode(re.sub(rb"\s", b"", data), validate=True)
    return data, head[len("data:") :].partition(";")[0].strip().lower()
