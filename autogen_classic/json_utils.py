"""JSON schemas without references, at AG2's path."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

__all__ = ("resolve_json_references", "resolve_part")


def resolve_json_references(schema: dict[str, Any]) -> dict[str, Any]:
    """Put what a JSON schema refers to in the place of its references.

    Args:
        schema: the schema; its references lead to places within it, such as ``#/$defs/Item``.

    Returns:
        A new schema. What stands beside a reference, such as a description, is kept. Definitions that refer to
        themselves stay references, because they would never end.

    Raises:
        TypeError: the schema is not a dict.
        ValueError: a reference leads out of the schema, or nowhere.
    """
    if not isinstance(schema, Mapping):
        raise TypeError(f"A JSON schema is a dict, but this is {schema!r}.")
    return cast("dict[str, Any]", resolve_part(schema, schema))


def resolve_part(part: object, whole: Mapping[str, Any]) -> object:
    """Put what a part of a document refers to in the place of its references; see `resolve_json_references`.

    Args:
        part: anything within the document.
        whole: the document, within which references lead.
    """
    return _resolved(part, whole, ())


def _resolved(part: object, root: Mapping[str, Any], within: tuple[str, ...]) -> object:
    """A part of a schema without references, except to those definitions within which it already stands."""
    if isinstance(part, list):
        return [_resolved(one, root, within) for one in part]
    if not isinstance(part, Mapping):
        return part
    reference = part.get("$ref")
    beside = {key: _resolved(value, root, within) for key, value in part.items() if key != "$ref"}
    if not isinstance(reference, str):
        return beside if reference is None else {"$ref": _resolved(reference, root, within), **beside}
    if reference in within:
        return {"$ref": reference, **beside}
    found = _resolved(_place(root, reference), root, (*within, reference))
    return {**found, **beside} if isinstance(found, dict) else found


def _place(root: Mapping[str, Any], reference: str) -> object:
    """What a reference such as ``#/$defs/Item`` leads to."""
    if not reference.startswith("#"):
        raise ValueError(f"The reference {reference!r} leads out of the schema. Only those that begin with # are read.")
    place: Any = root
    for step in reference[1:].split("/")[1:]:
        step = step.replace("~1", "/").replace("~0", "~")
        try:
            place = place[int(step)] if isinstance(place, list) else place[step]
        except (KeyError, IndexError, ValueError, TypeError):
            raise ValueError(f"The reference {reference!r} leads nowhere: there is no {step!r}.") from None
    return place
