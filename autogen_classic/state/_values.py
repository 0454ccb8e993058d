"""Messages as JSON, and back: copies that share nothing with the agents."""

from __future__ import annotations

import base64
import io
import json
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeGuard

from .._core.picture_bytes import read_data_uri
from .._packages import install_command
from ..errors import StateError

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ("from_saved_form", "saved_form")

# Multimodal agents keep pictures as objects of pillow. In JSON, this key marks the data URI of one.
_PICTURE = "$picture"
_URI_OF_PNG = "data:image/png;base64,"
_MODES_OF_PNG = ("1", "I", "L", "LA", "P", "RGB", "RGBA")


def saved_form(value: object, place: str) -> object:
    """Copy a value in the form that JSON has for it.

    Args:
        value: a message, a list of messages, or a part of one.
        place: where it stands, for errors.

    Raises:
        StateError: JSON has no form for it.
    """
    if _is_picture(value):
        return {_PICTURE: _data_uri(value)}
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            raise StateError(f"{place} holds a dict with a key that is not a text, for which JSON has no form.")
        return {key: saved_form(part, place) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [saved_form(part, place) for part in value]
    if hasattr(value, "model_dump"):  # calls that a program has taken over from an answer as they were
        return saved_form(value.model_dump(mode="json", exclude_unset=True), place)
    try:
        copy: object = json.loads(json.dumps(value, allow_nan=False))
    except (TypeError, ValueError):
        raise StateError(
            f"{place} holds something of type {type(value).__name__}, for which JSON has no form. Keep texts, numbers, "
            "lists and dicts in messages, or take this one out before the agent is saved."
        ) from None
    return copy


def from_saved_form(value: object) -> object:
    """Undo `saved_form`.

    Args:
        value: what it returned, perhaps written and read again.
    """
    if isinstance(value, Mapping):
        if value.keys() == {_PICTURE} and str(value[_PICTURE]).startswith(_URI_OF_PNG):
            return _picture(str(value[_PICTURE]))
        return {key: from_saved_form(part) for key, part in value.items()}
    return [from_saved_form(part) for part in value] if isinstance(value, list) else value


def _is_picture(value: object) -> TypeGuard[Image]:
    pillow = sys.modules.get("PIL.Image")
    return pillow is not None and isinstance(value, pillow.Image)


def _data_uri(picture: Image) -> str:
    buffer = io.BytesIO()
    (picture if picture.mode in _MODES_OF_PNG else picture.convert("RGB")).save(buffer, "PNG")
    return f"{_URI_OF_PNG}{base64.b64encode(buffer.getvalue()).decode()}"


def _picture(uri: str) -> Image:
    try:
        from PIL import Image
    except ImportError:
        raise StateError(f"The state holds a picture, for which pillow is needed: {install_command('lmm')}") from None
    try:
        picture = Image.open(io.BytesIO(read_data_uri(uri)[0]), formats=["PNG"])
        picture.load()
    except (OSError, ValueError) as error:
        raise StateError(f"A picture of the state cannot be read ({error}).") from None
    return picture
