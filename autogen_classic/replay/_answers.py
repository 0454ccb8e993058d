"""Errors of models as JSON, and back; what to say about answers that have no such form."""

from __future__ import annotations

import builtins
import importlib
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from ..errors import CassetteError, NotJSONError, RecordedModelError
from ..oai._http.packages import HTTP_PACKAGES
from ..oai._specs import SPECS
from ._values import plain

__all__ = ("error_as_json", "error_from_json", "what_can_be_recorded")

# Only classes of these packages are looked for by name, so that a file cannot make a program import something else.
_PACKAGES_OF_ERRORS = HTTP_PACKAGES | {
    "autogen_classic",
    "botocore",
    *(spec.package.partition(".")[0] for spec in SPECS),
}


@contextmanager
def what_can_be_recorded() -> Iterator[None]:
    """Report an answer that cannot be recorded because JSON cannot hold it.

    Raises:
        CassetteError: JSON cannot hold the answer.
    """
    try:
        yield
    except NotJSONError as error:
        raise CassetteError(
            f"An answer cannot be recorded: {error}. Let the model client answer with texts, numbers, lists, dicts, "
            "and objects with attributes made of them."
        ) from error


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
        An error of the same class with the same text. If the class cannot be found, a `RecordedModelError`.
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
