"""Pictures: read from wherever they are given, and written as the bytes that models take."""

from __future__ import annotations

import base64
import hashlib
import re
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import TypeAlias

from ...._core.picture_bytes import is_data_uri, kind_revealed, read_data_uri
from ...._packages import missing_package
from ...._secrets import place_of
from ...._web.fence import AddressFence
from ...._web.pictures import LARGEST_PICTURE, picture_at
from ....errors import AddressRefusedError, UnusableImageError

try:
    from PIL import Image, ImageOps
except ImportError as error:
    raise missing_package("Work with pictures", error, "lmm") from error

__all__ = ("LARGEST_PICTURE", "Allowed", "Image", "Picture", "data_uri_of_base64", "encoded", "loaded", "named")

MOST_PIXELS = 89_478_485  # where pillow begins to warn of pictures that are small in a file and huge in memory

Picture: TypeAlias = "str | bytes | Path | Image.Image"
"""A picture, its bytes, or where it is: an http(s) address, a file, a data URI, or base 64."""

Allowed: TypeAlias = bool | Iterable[str]
"""Which private addresses may be reached: all, none, or those of a list of hosts and networks."""

MOST_KEPT = 8

_lock = threading.Lock()
_written_before: dict[bytes, bytes] = {}  # by what is seen in a picture; the one used last stands last
# Never EPS, whose decoder starts Ghostscript on the program that such a file is. AVIF depends on how pillow was built;
# HEIF comes with a plugin that a program registers.
_FORMATS = ("PNG", "JPEG", "MPO", "GIF", "WEBP", "BMP", "TIFF", "ICO", "PPM", "JPEG2000", "AVIF", "HEIF")
_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
_OTHER_ADDRESS = re.compile(r"\s*[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_ADDRESS_OF_HOST = re.compile(r"[a-z][a-z0-9+.-]*://[^/].*", re.IGNORECASE | re.DOTALL)


def loaded(
    source: Picture, fence: AddressFence | None = None, check_file: Callable[[Path], object] | None = None
) -> Image.Image:
    """Load a picture.

    Args:
        source: a picture, which is returned as it is; its bytes; or where it is.
        fence: which addresses may be reached; None for all but those that are never allowed.
        check_file: raises AddressRefusedError for a file that may not be opened; None for none.

    Returns:
        The picture, in RGB and turned as its camera was held.

    Raises:
        UnusableImageError: there is no picture, it cannot be read, or it is larger than 20 MB or 89 million pixels.
        FetchError: it cannot be fetched, or (as AddressRefusedError) may not be.
    """
    if isinstance(source, Image.Image):
        return source
    if not isinstance(source, (str, bytes, Path)):
        raise UnusableImageError(
            "A picture is given as a PIL image, its bytes, an http(s) address, a file, a data URI or base 64, but not "
            f"as {source!r:.80} ({type(source).__name__})."
        )
    name = repr(named(source))
    return _decoded(_bytes_of(source, name, fence, check_file), name)


def _bytes_of(
    source: str | bytes | Path, name: str, fence: AddressFence | None, check_file: Callable[[Path], object] | None
) -> bytes:
    """The bytes of a picture: given, fetched, from a data URI, from a file, or from plain base 64."""
    if isinstance(source, bytes):
        return _small_enough(source, name)
    if isinstance(source, str) and _ADDRESS.match(source):
        return picture_at(source, fence)[0]
    if isinstance(source, str) and is_data_uri(source):
        return _small_enough(_of_data_uri(source, name), name)
    if not str(source).strip():
        raise UnusableImageError("No picture is given: where it is to be found is an empty text.")
    file = Path(source)
    refusal = None
    try:
        if check_file is not None:
            check_file(file)
        is_there = file.exists()
    except AddressRefusedError as error:  # though it may be base 64
        is_there, refusal = False, error
    except (OSError, ValueError):  # a text too long, or with zeros, for the name of a file
        is_there = False
    return _read(file, name) if is_there else _small_enough(_of_plain_text(str(source), name, refusal), name)


def _of_data_uri(uri: str, name: str) -> bytes:
    try:
        return read_data_uri(uri)[0]
    except ValueError as error:
        raise UnusableImageError(f"The data URI {name} is damaged: what it holds is not base 64 ({error}).") from error


def _of_plain_text(text: str, name: str, refusal: AddressRefusedError | None) -> bytes:
    if _OTHER_ADDRESS.match(text):
        raise UnusableImageError(
            f"The picture {name} is not fetched: only http and https addresses are. A file is given as its path, "
            "without 'file://'."
        )
    try:
        return base64.b64decode(re.sub(r"\s", "", text), validate=True)
    except ValueError as error:
        raise refusal or UnusableImageError(
            f"The picture {name} is not there: it is neither a file (looked for in {Path.cwd()}), nor an http(s) "
            "address, a data URI or base 64."
        ) from error


def _read(file: Path, name: str) -> bytes:
    try:
        if file.stat().st_size > LARGEST_PICTURE:
            raise _too_large(name)
        return file.read_bytes()
    except OSError as error:
        raise UnusableImageError(f"The picture {name} cannot be read: {error.strerror or error}.") from error


def _decoded(data: bytes, name: str) -> Image.Image:
    try:
        Image.init()
        formats = [form for form in _FORMATS if form in Image.OPEN]
        with Image.open(BytesIO(data), formats=formats) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise Image.DecompressionBombError(f"it has {opened.width} x {opened.height} pixels")
            return ImageOps.exif_transpose(opened).convert("RGB")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise UnusableImageError(f"The picture {name} has too many pixels: {error}.") from error
    except Exception as error:  # the decoders of pillow raise whatever damaged bytes lead them to
        raise UnusableImageError(
            f"{name} is not a picture that pillow can read ({len(data)} bytes): give a PNG, JPEG, GIF or WebP."
        ) from error


def _small_enough(data: bytes, name: str) -> bytes:
    if len(data) > LARGEST_PICTURE:
        raise _too_large(name)
    return data


def _too_large(name: str) -> UnusableImageError:
    return UnusableImageError(
        f"The picture {name} is larger than {LARGEST_PICTURE >> 20} MB, the most that models take: make it smaller, "
        "for instance with PIL.Image.thumbnail."
    )


def named(source: object) -> str:
    """Name a picture in an error or a log.

    Args:
        source: the picture, or where it is.

    Returns:
        A short text; of an address without user, password and query, which may hold keys.
    """
    text = f"of {len(source)} bytes" if isinstance(source, bytes) else str(source)
    text = _ADDRESS_OF_HOST.sub(lambda address: place_of(address[0]), text)
    return text if len(text) <= 80 else f"{text[:60]}…"


def encoded(image: Image.Image) -> bytes:
    """Write a picture as a PNG, or as a JPEG where that would be larger than 20 MB.

    The PNG of a photo takes seconds, and each request of a chat carries all of its pictures. So the last few are kept.

    Args:
        image: the picture.

    Returns:
        The bytes of the file.

    Raises:
        TypeError: it is not a PIL image.
        UnusableImageError: it is too large as a JPEG, too.
    """
    if not isinstance(image, Image.Image):
        raise TypeError(f"A picture must be a PIL image, but it is {named(image)}; get_pil_image loads one.")
    seen = hashlib.blake2b(image.tobytes())
    seen.update(repr((image.mode, image.size, image.getpalette(), image.info)).encode())
    with _lock:
        data = _written_before.pop(seen.digest(), None)
    if data is None:
        data = _written(image, "PNG")
        if len(data) > LARGEST_PICTURE:
            data = _written(image.convert("RGB"), "JPEG")
        _small_enough(data, f"of {image.width} x {image.height} pixels")
    with _lock:
        _written_before[seen.digest()] = data
        while len(_written_before) > MOST_KEPT:
            del _written_before[next(iter(_written_before))]
    return data


def _written(image: Image.Image, form: str) -> bytes:
    buffer = BytesIO()
    image.save(buffer, format=form)
    return buffer.getvalue()


def data_uri_of_base64(text: str) -> str:
    """Put base 64 into a data URI, with the kind of picture that its first bytes reveal; a JPEG if they do not.

    Args:
        text: a picture in base 64.
    """
    kind = None
    with suppress(ValueError):
        kind = kind_revealed(base64.b64decode(text[:16]))
    return f"data:{kind or 'image/jpeg'};base64,{text}"
