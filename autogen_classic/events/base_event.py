"""What AG2's events are made of.

An event is a pydantic model with fields of its own. `wrap_event` puts it into an envelope that says of which ``type``
it is, so that it can be told from others in JSON: ``{"type": "text", "content": {"uuid": ..., "content": "Hi", ...}}``.
"""

from __future__ import annotations

from abc import ABC
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Generic, Literal, TypeVar, Union, cast
from uuid import UUID, uuid4

from pydantic import BaseModel, Field, create_model

from ..logger.logger_utils import event_print
from ._json import snake_case

__all__ = (
    "BaseEvent",
    "EventPrinter",
    "Wrapped",
    "camel2snake",
    "get_annotated_type_for_event_classes",
    "get_event_classes",
    "resolve_print_callable",
    "wrap_event",
)

EventPrinter = Callable[..., object]
"""A function that takes what the built-in ``print`` takes."""


class BaseEvent(BaseModel, ABC):
    """The root of AG2's events, and of your own.

    Attributes:
        uuid: which event it is, drawn at random.
    """

    uuid: UUID = Field(default_factory=uuid4)

    def __init__(self, uuid: UUID | None = None, **kwargs: Any) -> None:
        super().__init__(uuid=uuid4() if uuid is None else uuid, **kwargs)

    def print(self, f: EventPrinter | None = None) -> None:
        """Print the event; one that has nothing for a reader prints nothing.

        Args:
            f: prints objects as the built-in ``print`` does; by default, `event_print`.
        """


EventT = TypeVar("EventT", bound=BaseEvent)


class Wrapped(BaseModel, Generic[EventT]):
    """An event in its envelope. The constructor takes the fields of the event, or ``type`` and ``content``.

    Attributes:
        type: the name of the class of the event in small letters, such as "tool_call" for ``ToolCallEvent``.
        content: the event.
    """

    type: str
    content: EventT

    def __init__(self, *args: Any, **data: Any) -> None:
        event_class = type(self)._event_class()
        content = data.get("content")
        if data.keys() != {"type", "content"} or not isinstance(content, (BaseEvent, Mapping)):
            data = {"content": event_class(*args, **data)}
        super().__init__(**data)

    @classmethod
    def _event_class(cls) -> Callable[..., BaseEvent]:
        return cast("Callable[..., BaseEvent]", cls.model_fields["content"].annotation)

    def print(self, f: EventPrinter | None = None) -> None:
        """Print the event.

        Args:
            f: prints objects as the built-in ``print`` does; by default, `event_print`.
        """
        self.content.print(f)


_event_classes: dict[str, type[Wrapped[Any]]] = {}


def wrap_event(event_cls: type[EventT]) -> type[Wrapped[EventT]]:
    """Put a class of events into its envelope: a decorator.

    For example:

    ```python
    @wrap_event
    class OrderPlacedEvent(BaseEvent):
        number: int
    ```

    Args:
        event_cls: a class that derives from `BaseEvent`, and whose name ends with "Event".

    Returns:
        A class of the same name, which `get_event_classes` lists.

    Raises:
        ValueError: the name of the class does not end with "Event".
    """
    if not event_cls.__name__.endswith("Event"):
        raise ValueError(f"Event class name must end with 'Event', but it is {event_cls.__name__}.")
    wrapped = envelope(event_cls, event_cls.__name__.removesuffix("Event"))
    _event_classes[wrapped.model_fields["type"].default] = wrapped
    return wrapped


def envelope(event_cls: type[EventT], name: str) -> type[Wrapped[EventT]]:
    """Make the class of the envelopes of a class of events.

    Args:
        event_cls: the class of events.
        name: what its ``type`` is made of.
    """
    type_name = camel2snake(name)
    fields: dict[str, Any] = {"type": (Literal[type_name], type_name), "content": (event_cls, ...)}
    wrapped = create_model(
        event_cls.__name__, __base__=Wrapped, __module__=event_cls.__module__, __doc__=event_cls.__doc__, **fields
    )
    wrapped.__qualname__ = event_cls.__qualname__
    return wrapped


def get_event_classes() -> dict[str, type[Wrapped[Any]]]:
    """All classes of events that were wrapped so far, by their type."""
    return dict(_event_classes)


def get_annotated_type_for_event_classes() -> object:
    """The union of all classes of events, told apart by ``type``, as `pydantic.TypeAdapter` takes it."""
    return annotated_union(_event_classes)


def annotated_union(classes: Mapping[str, type[BaseModel]]) -> object:
    """The union of classes that are told apart by ``type``.

    Args:
        classes: the classes by their type.
    """
    return Annotated[Union[tuple(classes.values())], Field(discriminator="type")]  # noqa: UP007 - known only here


def camel2snake(name: str) -> str:
    """Write a name in small letters, with an underscore before each that was a capital.

    Args:
        name: a name such as ``ToolCall``.
    """
    return snake_case(name)


def resolve_print_callable(f: EventPrinter | None = None) -> EventPrinter:
    """The function with which an event prints itself.

    Args:
        f: what its ``print`` was given; None stands for `event_print`.
    """
    return event_print if f is None else f
