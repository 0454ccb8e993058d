"""The answer of a model as JSON and back, for caches and recordings."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from ..errors import NotJSONError

if TYPE_CHECKING:
    from openai.types import Completion
    from openai.types.chat import ChatCompletion

__all__ = ("OPENAI_TYPES", "answer_as_json", "answer_from_json", "is_shape", "shape", "unshape")

OPENAI_TYPES = ("ChatCompletion", "Completion")
_SET_BY_THE_WRAPPER = frozenset(("message_retrieval_function", "config_id", "pass_filter"))
_DEEPEST = 100


def answer_as_json(answer: object, same_types: bool = False) -> dict[str, Any]:
    """Turn the answer of a model into what JSON holds.

    Args:
        answer: a completion of the openai package, or an answer of a program's own client: any object with
            attributes, made of such objects, dicts, lists and plain values.
        same_types: whether to refuse what `answer_from_json` would bring back as an object of another type.

    Returns:
        ``type`` and ``fields``.

    Raises:
        NotJSONError: the answer holds something without a plain form, such as an open file.
    """
    kind = type(answer)
    if kind.__name__ in OPENAI_TYPES and kind.__module__.startswith("openai.") and hasattr(answer, "model_dump"):
        fields = answer.model_dump(mode="json", exclude=_SET_BY_THE_WRAPPER, exclude_unset=True, warnings=False)
        return {"type": kind.__name__, "fields": fields}
    return {"type": "object", "fields": shape(answer, same_types)}


def answer_from_json(kept: Mapping[str, Any]) -> Any:
    """Rebuild the answer of a model.

    Args:
        kept: what `answer_as_json` returned.

    Returns:
        A completion of the openai package; an answer of another type comes back as a ``SimpleNamespace``.

    Raises:
        ValueError: it is not one of these.
    """
    kind, fields = kept.get("type"), kept.get("fields")
    if kind == "object" and is_shape(fields):
        return unshape(fields)
    if kind not in OPENAI_TYPES or not isinstance(fields, dict) or not isinstance(fields.get("choices"), list):
        raise ValueError("it is not a completion")
    completion = _completion_class(kind)
    try:
        return completion.model_validate(fields, strict=True)
    except ValueError:
        # An answer that a lenient server gave must come back as it was.
        return completion.construct(**fields)


@functools.cache
def _completion_class(name: str) -> type[ChatCompletion] | type[Completion]:
    from openai.types import Completion
    from openai.types.chat import ChatCompletion

    return ChatCompletion if name == "ChatCompletion" else Completion


def shape(value: object, same_types: bool = False, depth: int = 0) -> Any:
    """Turn an object into what JSON holds, and keep the difference between objects and dicts.

    Args:
        value: the object.
        same_types: whether to refuse objects that `unshape` would bring back as something else: all but
            ``SimpleNamespace``, dicts with text keys, lists, tuples and plain values.
        depth: how deeply it is nested in another one.

    Returns:
        ``{"object": ...}`` for an object with attributes, ``{"dict": ...}`` for a dict, and plain values.

    Raises:
        NotJSONError: the value has no such form.
    """
    if depth > _DEEPEST:
        raise NotJSONError(f"it contains itself, or more than {_DEEPEST} levels")
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, Mapping) and not (same_types and type(value) is not dict):
        return {"dict": {_name(key, same_types): shape(part, same_types, depth + 1) for key, part in value.items()}}
    if isinstance(value, (list, tuple)):
        return [shape(part, same_types, depth + 1) for part in value]
    fields = vars(value) if isinstance(value, SimpleNamespace) else None if same_types else _fields_of(value)
    if fields is None:
        raise NotJSONError(f"it holds a {type(value).__name__}, for which there is no form in JSON")
    kept = {name: part for name, part in fields.items() if name not in _SET_BY_THE_WRAPPER}
    return {"object": {name: shape(part, same_types, depth + 1) for name, part in kept.items()}}


def _name(key: object, same_types: bool) -> str:
    if same_types and not isinstance(key, str):
        raise NotJSONError(f"it holds a dict with the key {key!r}, for which there is no form in JSON")
    return str(key)


def _fields_of(value: object) -> dict[str, Any] | None:
    """The attributes of an object that consists only of its attributes, else None."""
    if callable(value):
        return None
    if hasattr(value, "model_fields_set"):
        extra = getattr(value, "model_extra", None)
        return {**{name: getattr(value, name) for name in type(value).model_fields}, **(extra or {})}  # type: ignore[attr-defined]
    if hasattr(value, "__dict__"):
        return {name: part for name, part in vars(value).items() if not callable(part)}
    slots = getattr(type(value), "__slots__", None)
    return {name: getattr(value, name) for name in slots if hasattr(value, name)} if slots else None


def is_shape(value: object) -> bool:
    """Tell whether `shape` can have returned a value.

    Args:
        value: what was read from JSON.
    """
    if isinstance(value, list):
        return all(map(is_shape, value))
    if not isinstance(value, dict):
        return True
    fields = value.get("object", value.get("dict"))
    return len(value) == 1 and isinstance(fields, dict) and all(map(is_shape, fields.values()))


def unshape(value: object) -> Any:
    """Undo `shape`.

    Args:
        value: what `shape` returned.

    Returns:
        ``SimpleNamespace`` objects for objects, and dicts, lists and plain values.
    """
    if isinstance(value, dict):
        if "object" in value:
            return SimpleNamespace(**{name: unshape(part) for name, part in value["object"].items()})
        return {key: unshape(part) for key, part in value["dict"].items()}
    return [unshape(part) for part in value] if isinstance(value, list) else value
