"""Pictures in messages: given as a data URI or an address, sent as bytes or as an address."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any, NamedTuple

from ..._core.picture_bytes import is_data_uri, kind_revealed, read_data_uri
from ..._secrets import place_of
from ...errors import UnusableImageError

__all__ = ("ImagePart", "image_of", "with_bytes")


class ImagePart(NamedTuple):
    """A picture in a message.

    Attributes:
        url: its address; None if the bytes are there.
        data: its bytes; None if only the address is known.
        media_type: such as ``"image/png"``; None while only the address is known.
    """

    url: str | None = None
    data: bytes | None = None
    media_type: str | None = None

    @property
    def base64(self) -> str:
        """The bytes in base 64; "" if only the address is known."""
        return base64.b64encode(self.data or b"").decode("ascii")

    @property
    def address(self) -> str:
        """The address, or a data URI."""
        return self.url if self.data is None and self.url else f"data:{self.media_type};base64,{self.base64}"


def image_of(image_url: Any) -> ImagePart:
    """Read the picture of an OpenAI message.

    Args:
        image_url: the value of ``image_url``: a dict with ``url``, or the URL itself. A data URI becomes bytes.

    Returns:
        The picture.

    Raises:
        UnusableImageError: it is neither, or the data URI is damaged.
    """
    url = image_url.get("url") if isinstance(image_url, Mapping) else image_url
    if not isinstance(url, str) or not url:
        raise UnusableImageError(
            'An image part of a message must look like {"type": "image_url", "image_url": {"url": "https://..."}}, '
            f"but its image_url is of type {type(image_url).__name__} without a url."
        )
    if not is_data_uri(url):
        return ImagePart(url=url)
    try:
        data, stated = read_data_uri(url)
    except ValueError as error:
        raise UnusableImageError(f"The data URI of an image is damaged: {error}.") from error
    if not data:
        raise UnusableImageError("The data URI of an image holds no data.")
    return ImagePart(data=data, media_type=stated or kind_of(data))


def with_bytes(image: ImagePart) -> ImagePart:
    """Fetch a picture if only its address is known, for providers that want the bytes.

    Args:
        image: a picture.

    Returns:
        The picture with its bytes.

    Raises:
        UnusableImageError: the address is not http(s), may not be reached (as where clouds keep keys), does not answer
            in 30 seconds, or holds no image or one of more than 20 MB.
    """
    if image.data is not None:
        return image
    address = image.url or ""
    place = place_of(address)
    if not address.lower().startswith(("http://", "https://")):
        raise UnusableImageError(f"The image at {place:.80} cannot be fetched: give an http(s) URL or a data URI.")
    # the errors of requests, and requests itself, are loaded for a picture and not for every agent with a model
    from ..._web.errors import FetchError
    from ..._web.pictures import picture_at

    try:
        data, stated = picture_at(address)
    except FetchError as error:
        raise UnusableImageError(f"The image at {place} cannot be fetched: {error}") from error
    kind = kind_revealed(data) or stated
    if not kind.startswith("image/"):
        raise UnusableImageError(f"What {place} holds is not an image of a known kind, and its server names none.")
    return image._replace(data=data, media_type=kind)


def kind_of(data: bytes) -> str:
    """Tell the media type of a picture from its first bytes; ``"image/png"`` if they do not reveal it."""
    return kind_revealed(data) or "image/png"
