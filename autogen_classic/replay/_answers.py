"""Answers and errors of models as JSON, and back."""

from __future__ import annotations

import builtins
import importlib
import sys
from collections.abc import Mapping
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

from ..errors import CassetteError, RecordedModelError
from ._values import plain

__all__ = (
    "OPENAI_TYPES",
    "answer_as_json",
    "answer_from_json",
    "error_as_json",
    "error_from_json",
    "is_shape",
    "shape",
    "texts_of_completion",
    "unshape",
)

OPENAI_TYPES = ("ChatCompletion", "Completion")
_SET_BY_THE_WRAPPER = ("message_retrieval_function", "config_id", "pass_filter")
# Only classes of these packages are looked for by name, so that a file cannot make a program import something else.
_PACKAGES_OF_ERRORS = frozenset(
    {
        "anthropic",
        "autogen_classic",
        "boto3",
        "botocore",
        "cerebras",
        "cohere",
        "google",
        "groq",
        "httpcore",
        "httpx",
        "httpx2",
        "mistralai",
        "ollama",
        "openai",
        "together",
    }
)
_DEEPEST = 100


def answer_as_json(response: Any) -> dict[str, Any]:
    """Turn the answer of a model into what JSON holds.

    Args:
        response: a completion of the openai package, or an answer of a client of the program's own: any object with
            attributes, made of such objects, dicts, lists and plain values.

    Returns:
        ``type`` and ``fields``.

    Raises:
        CassetteError: the answer holds something without a plain form, such as an open file.
    """
    name = type(response).__name__
    if name in OPENAI_TYPES and type(response).__module__.startswith("openai.") and hasattr(response, "model_dump"):
        exclude = set(_SET_BY_THE_WRAPPER)
        fields = response.model_dump(mode="json", exclude=exclude, exclude_unset=True, warnings=False)
        return {"type": name, "fields": fields}
    return {"type": "object", "fields": shape(response)}


def answer_from_json(recorded: Mapping[str, Any]) -> Any:
    """Rebuild the answer of a model.

    Args:
        recorded: what `answer_as_json` returned.

    Returns:
        A completion of the openai package; an answer of another type comes back as a ``SimpleNamespace``.
    """
    if recorded["type"] not in OPENAI_TYPES:
        return unshape(recorded["fields"])
    from openai.types import Completion
    from openai.types.chat import ChatCompletion

    kind: Any = ChatCompletion if recorded["type"] == "ChatCompletion" else Completion
    # Not validated: what a lenient server answered must come back as it was.
    return kind.construct(**recorded["fields"])


def shape(value: Any, depth: int = 0) -> Any:
    """Turn an object into what JSON holds, and keep the difference between objects and dicts.

    Args:
        value: the object.
        depth: how deep it lies in another one.

    Returns:
        ``{"object": ...}`` for an object with attributes, ``{"dict": ...}`` for a dict, and plain values.
    """
    if depth > _DEEPEST:
        raise CassetteError("An answer cannot be recorded: it contains itself, or more than 100 levels.")
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, Mapping):
        return {"dict": {str(key): shape(part, depth + 1) for key, part in value.items()}}
    if isinstance(value, (list, tuple)):
        return [shape(part, depth + 1) for part in value]
    fields = _fields_of(value)
    if fields is None:
        raise CassetteError(
            f"An answer cannot be recorded: it holds a {type(value).__name__}, which JSON has no form for. Let the "
            "model client answer with texts, numbers, lists, dicts, and objects with attributes made of them."
        )
    return {
        "object": {name: shape(part, depth + 1) for name, part in fields.items() if name not in _SET_BY_THE_WRAPPER}
    }


def _fields_of(value: Any) -> dict[str, Any] | None:
    """The attributes of an object that is nothing but its attributes, else None."""
    if callable(value):
        return None
    if hasattr(value, "model_fields_set"):
        return {**{name: getattr(value, name) for name in type(value).model_fields}, **(value.model_extra or {})}
    if hasattr(value, "__dict__"):
        return {name: part for name, part in vars(value).items() if not callable(part)}
    slots = getattr(type(value), "__slots__", None)
    return {name: getattr(value, name) for name in slots if hasattr(value, name)} if slots else None


def is_shape(value: Any) -> bool:
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


def unshape(value: Any) -> Any:
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


def texts_of_completion(response: Any) -> list[Any]:
    """Return the texts of a completion, or its messages where they call functions or tools.

    Args:
        response: a completion, whose class need not be that of the openai package.
    """
    return [
        choice.text
        if getattr(choice, "text", None) is not None
        else choice.message
        if getattr(choice.message, "function_call", None) is not None
        or getattr(choice.message, "tool_calls", None) is not None
        else choice.message.content
        for choice in response.choices
    ]


def error_as_json(error: BaseException) -> dict[str, Any]:
    """Turn an error into what JSON holds.

    Args:
        error: what a model client raised.

    Returns:
        ``type`` (module and name of its class), ``text`` and its plain ``attributes``, such as ``status_code``.
    """
    attributes = {}
    for name, value in vars(error).items():
        if isinstance(value, (str, bool, int, float, dict, list)) and not name.startswith("_"):
            attributes[name] = plain(value)
    kind = type(error)
    return {"type": f"{kind.__module__}.{kind.__qualname__}", "text": str(error), "attributes": attributes}


def error_from_json(recorded: Mapping[str, Any]) -> Exception:
    """Rebuild an error.

    Args:
        recorded: what `error_as_json` returned.

    Returns:
        An error of the same class with the same text. Where the class is not to be found, a `RecordedModelError`.
    """
    kind = _find_class(recorded["type"])
    if kind is None:
        return RecordedModelError(f"{recorded['type']}: {recorded['text']}")
    # Made without its own constructor, whose arguments (an HTTP response, say) are not there any more.
    error: Exception = kind.__new__(kind, recorded["text"])
    error.args = (recorded["text"],)
    openai: Any = sys.modules.get("openai")
    if openai is not None and isinstance(error, openai.APIError):
        for name in ("request", "response", "body", "code", "param", "type"):
            setattr(error, name, None)
    for name, value in recorded.get("attributes", {}).items():
        with suppress(AttributeError, TypeError):  # a property of its class, which needs no help
            setattr(error, name, value)
    return error


def _find_class(name: str) -> type[Exception] | None:
    module_name, _, class_name = name.rpartition(".")
    if module_name == "builtins":
        kind = getattr(builtins, class_name, None)
    else:
        module = sys.modules.get(module_name)
        if module is None and module_name.partition(".")[0] in _PACKAGES_OF_ERRORS:
            try:
                module = importlib.import_module(module_name)
            except ImportError:
                return None
        kind = getattr(module, class_name, None)
    return kind if isinstance(kind, type) and issubclass(kind, Exception) else None
