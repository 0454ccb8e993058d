"""Events as JSON, and the schema that they follow.

An event is an object: its ``type``, what every event has (``at``, ``chat``, ``sequence``), and its own fields. The type
of a field says how it is written. Agents and functions become their names, and are read as `Named`; what is live and of
no use elsewhere, such as clients, is left out.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import math
import re
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from .._core import events
from .._core.messages import TextOrMessage
from .._core.party import Agent, Party
from .._core.running_chats import ChatRef, StopReason
from .._json.answers import answer_as_json, answer_from_json
from ..errors import NotJSONError

__all__ = ("Named", "from_json", "json_schema", "to_dict", "to_json")

_DEEPEST = 50


@dataclass(frozen=True)
class Named:
    """Stands for an agent or a function in an event that was read from JSON.

    Attributes:
        name: its name.
    """

    name: str


@dataclass(frozen=True)
class _Form:
    """How the values of one type are written, read and described."""

    schema: dict[str, Any]
    write: Callable[[Any], Any]
    read: Callable[[Any], Any]


# --- values of any type ----------------------------------------------------------------------------------------------


def plain(value: object, depth: int = 0) -> object:
    """Turn a value into what JSON holds. What has no form there becomes a text that names it.

    Args:
        value: anything.
        depth: how deeply it is nested in another one.
    """
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()  # half of a surrogate pair is no text elsewhere
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if depth > _DEEPEST:
        return f"<{type(value).__name__}>"
    if isinstance(value, Mapping):
        return {str(plain(str(key))): plain(part, depth + 1) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(part, depth + 1) for part in value]
    if hasattr(value, "model_dump"):
        return plain(value.model_dump(), depth + 1)
    name = getattr(value, "name", None) or getattr(value, "__qualname__", None)
    return f"<{type(value).__name__} {name}>" if isinstance(name, str) else f"<{type(value).__name__}>"


def _response(value: object) -> object:
    try:
        return plain(answer_as_json(value))
    except NotJSONError:
        return answer_as_json(plain(value))


def _name(value: object) -> str:
    name = value if isinstance(value, str) else getattr(value, "name", None) or getattr(value, "__qualname__", None)
    return str(plain(str(name or type(value).__name__)))


# --- the form of each type -------------------------------------------------------------------------------------------


def _checked(*kinds: type) -> Callable[[Any], Any]:
    """A function that hands on values of some types, and refuses others."""

    def check(value: object) -> object:
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            names = " or ".join(kind.__name__ for kind in kinds)
            raise ValueError(f"it must be of type {names}, but it is {value!r}")
        return value

    return check


def _reading(check: Callable[[Any], Any], read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: read(check(value))


def _chat(value: object) -> ChatRef:
    chat = _checked(dict)(value)
    return ChatRef(str(chat["id"]), chat["parent_id"], tuple(_checked(list)(chat["agents"])))


_TEXT: dict[str, Any] = {"type": "string"}
_ANYTHING: dict[str, Any] = {}
_OBJECT: dict[str, Any] = {"type": "object"}
_NAMED = _Form({"$ref": "#/$defs/name"}, _name, _reading(_checked(str), Named))

_FORMS: dict[Any, _Form] = {
    bool: _Form({"type": "boolean"}, bool, _checked(bool)),
    int: _Form({"type": "integer"}, int, _checked(int)),
    float: _Form({"type": "number"}, float, _reading(_checked(int, float), float)),
    str: _Form(_TEXT, lambda value: plain(str(value)), _checked(str)),
    Any: _Form(_ANYTHING, plain, lambda value: value),
    Agent: _NAMED,
    Party: _NAMED,
    list[str]: _Form({"type": "array", "items": _TEXT}, plain, _checked(list)),
    dict[str, Any]: _Form(_OBJECT, plain, _checked(dict)),
    list[dict[str, Any]]: _Form({"type": "array", "items": _OBJECT}, plain, _checked(list)),
    TextOrMessage: _Form({"type": ["string", "object"]}, plain, _checked(str, dict)),
    StopReason: _Form({"enum": [reason.value for reason in StopReason]}, str, StopReason),
    ChatRef: _Form({"$ref": "#/$defs/chat"}, lambda chat: plain(dataclasses.asdict(chat)), _chat),
    "response": _Form({"$ref": "#/$defs/answer"}, _response, _reading(_checked(dict), answer_from_json)),
}


def _or_null(form: _Form) -> _Form:
    return _Form(
        {"anyOf": [form.schema, {"type": "null"}]},
        lambda value: None if value is None else form.write(value),
        lambda value: None if value is None else form.read(value),
    )


def _form_of(hint: object) -> _Form:
    """The form of a type. Whoever may be an agent or a name is written as a name."""
    if hint in _FORMS:
        return _FORMS[hint]
    if get_origin(hint) is Literal:
        return _Form({"enum": list(get_args(hint))}, str, _checked(str))
    if get_origin(hint) in (Union, types.UnionType):
        parts = [part for part in get_args(hint) if part is not type(None)]
        if len(parts) == len(get_args(hint)):
            return _NAMED
        rest = Union[tuple(parts)] if Agent not in parts else Agent  # noqa: UP007 - of types that are known only here
        return _or_null(_form_of(rest))
    if get_origin(hint) is Callable or getattr(get_origin(hint), "__name__", "") == "Callable":
        return _NAMED
    raise TypeError(f"Fields of events cannot be of the type {hint}.")


@dataclass(frozen=True)
class _Kind:
    """One class of events."""

    cls: type[events.Event]
    forms: dict[str, _Form]


def event_classes() -> list[type[events.Event]]:
    """All classes of events, without those that are only roots."""
    public = [getattr(events, name) for name in events.__all__]
    roots = (events.Event, events.Detail)
    return [one for one in public if isinstance(one, type) and issubclass(one, events.Event) and one not in roots]


@functools.cache
def _kinds() -> dict[str, _Kind]:
    """The classes of events by the names of their types."""
    found = {}
    for cls in event_classes():
        hints = get_type_hints(cls)
        fields = [one for one in dataclasses.fields(cls) if not one.metadata.get("live")]
        forms = {
            one.name: _FORMS["response"] if one.type == "ModelResponse" else _form_of(hints[one.name]) for one in fields
        }
        found[type_name(cls)] = _Kind(cls, forms)
    return found


def type_name(cls: type[events.Event]) -> str:
    """The ``type`` of a class of events: ``message_sent`` for `MessageSent`.

    Args:
        cls: the class.
    """
    return snake_case(cls.__name__)


def snake_case(name: str) -> str:
    """Write a name in small letters, with an underscore before each that was a capital.

    Args:
        name: a name such as ``MessageSent``.
    """
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


# --- events ----------------------------------------------------------------------------------------------------------


def to_dict(event: events.Event) -> dict[str, Any]:
    """Write an event as plain values.

    Args:
        event: any event of this package.

    Returns:
        What `to_json` writes as a text.

    Raises:
        TypeError: it is not an event of this package.
    """
    name = type_name(type(event))
    kind = _kinds().get(name)
    if kind is None or not isinstance(event, kind.cls):
        raise TypeError(f"{event!r} is not an event of autogen_classic.events.")
    return {"type": name, **{field: form.write(getattr(event, field)) for field, form in kind.forms.items()}}


def to_json(event: events.Event) -> str:
    """Write an event as JSON, on one line.

    Args:
        event: any event of this package.

    Returns:
        A text that follows `json_schema`.

    Raises:
        TypeError: it is not an event of this package.
    """
    return json.dumps(to_dict(event), ensure_ascii=False, allow_nan=False)


def from_json(text: str | bytes | Mapping[str, Any]) -> events.Event:
    """Read an event.

    Args:
        text: what `to_json` or `to_dict` returned.

    Returns:
        The event, with a `Named` for each agent and function, and None for what is live only.

    Raises:
        ValueError: it is not an event.
    """
    read = dict(text) if isinstance(text, Mapping) else json.loads(text)
    if not isinstance(read, dict) or "type" not in read:
        raise ValueError(f'An event is an object with a "type", but this is {read!r}.')
    kind = _kinds().get(str(read["type"]))
    if kind is None:
        raise ValueError(f"There is no event of the type {read['type']!r}. Known are {', '.join(_kinds())}.")
    missing = sorted(kind.forms.keys() - read.keys())
    if missing:
        raise ValueError(f"The event {read['type']} lacks {', '.join(missing)}.")
    values = {field: _read_field(kind, form, field, read[field]) for field, form in kind.forms.items()}
    live = {field.name: None for field in dataclasses.fields(kind.cls) if field.metadata.get("live")}
    common = [field.name for field in dataclasses.fields(events.Event)]
    event = kind.cls(**{name: value for name, value in values.items() if name not in common}, **live)
    for name in common:
        setattr(event, name, values[name])
    return event


def _read_field(kind: _Kind, form: _Form, field: str, value: object) -> object:
    try:
        return form.read(value)
    except (ValueError, TypeError, KeyError) as error:
        raise ValueError(f"The field {field} of the event {type_name(kind.cls)} cannot be read: {error}.") from error


def json_schema() -> dict[str, Any]:
    """The JSON schema (draft 2020-12) of all events.

    Returns:
        A schema whose ``$defs`` hold one definition for each type of event, by its name.
    """
    shared = {
        "name": {**_TEXT, "description": "The name of an agent or a function."},
        "chat": {
            **_object_schema(
                {"id": _TEXT, "parent_id": {"anyOf": [_TEXT, {"type": "null"}]}, "agents": _FORMS[list[str]].schema}
            ),
            "description": "Which chat something happens in, and which chat is around it.",
        },
        "answer": {
            **_object_schema({"type": _TEXT, "fields": _ANYTHING}),
            "description": "The answer of a model: the name of its type in the openai package, and its fields.",
        },
    }
    kinds = {name: _kind_schema(name, kind) for name, kind in _kinds().items()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Events of autogen-classic",
        "oneOf": [{"$ref": f"#/$defs/{name}"} for name in kinds],
        "$defs": {**shared, **kinds},
    }


def _kind_schema(name: str, kind: _Kind) -> dict[str, Any]:
    described = (kind.cls.__doc__ or "").partition("\n\n")[0]
    properties = {"type": {"const": name}, **{field: form.schema for field, form in kind.forms.items()}}
    return {**_object_schema(properties), "description": " ".join(described.replace("`", "").split())}


def _object_schema(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}
