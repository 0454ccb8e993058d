"""Get a picture from an address: one set of limits, whoever asks."""

from __future__ import annotations

from .._secrets import place_of
from ..errors import UnusableImageError
from .fence import AddressFence
from .fetch import Limits, fetch

__all__ = ("LARGEST_PICTURE", "SECONDS_TO_LOAD", "picture_at")

LARGEST_PICTURE = 20 * 1024 * 1024
SECONDS_TO_LOAD = 30

_CONTENT_TYPES = ("image/", "application/octet-stream", "binary/octet-stream")


def picture_at(url: str, fence: AddressFence | None = None) -> tuple[bytes, str]:
    """Fetch a picture.

    Args:
        url: an http(s) address.
        fence: which addresses may be reached; None for all but those that are never allowed.

    Returns:
        Its bytes, and the type that its server states, such as ``"image/png"``; ``""`` without one.

    Raises:
        UnusableImageError: the server answers with an error.
        FetchError: the address may not be reached, takes more than 30 seconds, or holds something other than an image,
            or one of more than 20 MB.
    """
    limits = Limits(size=LARGEST_PICTURE, seconds=SECONDS_TO_LOAD, content_types=_CONTENT_TYPES)
    answer = fetch(url, fence=fence, limits=limits)
    if not answer.ok:
        raise UnusableImageError(f"The picture at {place_of(url)} cannot be had: status {answer.status_code}.")
    return answer.content, answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
