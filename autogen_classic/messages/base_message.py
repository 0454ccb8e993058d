"""Messages of your own, as AG2 first had them; `wrap_event` makes what came after."""

from __future__ import annotations

from typing import Any, TypeVar

from ..events.base_event import BaseEvent, Wrapped, annotated_union, camel2snake, envelope, get_event_classes

__all__ = (
    "BaseMessage",
    "camel2snake",
    "get_annotated_type_for_message_classes",
    "get_message_classes",
    "wrap_message",
)


class BaseMessage(BaseEvent):
    """The root of your own messages."""


MessageT = TypeVar("MessageT", bound=BaseMessage)

_message_classes: dict[str, type[Wrapped[Any]]] = {}


def wrap_message(message_cls: type[MessageT]) -> type[Wrapped[MessageT]]:
    """Put a class of messages into its envelope: a decorator.

    Args:
        message_cls: a class that derives from `BaseMessage`, and whose name ends with "Message".

    Returns:
        A class of the same name, which `get_message_classes` lists.

    Raises:
        ValueError: the name of the class does not end with "Message".
    """
    if not message_cls.__name__.endswith("Message"):
        raise ValueError(f"Message class name must end with 'Message', but it is {message_cls.__name__}.")
    wrapped = envelope(message_cls, message_cls.__name__.removesuffix("Message"))
    _message_classes[wrapped.model_fields["type"].default] = wrapped
    return wrapped


def get_message_classes() -> dict[str, type[Wrapped[Any]]]:
    """All classes of events, and of messages that were wrapped so far, by their type."""
    return {**get_event_classes(), **_message_classes}


def get_annotated_type_for_message_classes() -> object:
    """The union of these classes, told apart by ``type``, as `pydantic.TypeAdapter` takes it."""
    return annotated_union(get_message_classes())
