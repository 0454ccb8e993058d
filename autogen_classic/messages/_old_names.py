"""How an event is known by the name of a message."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from ..events.helpers import deprecated

__all__ = ("old_name_of",)

EventT = TypeVar("EventT")


def old_name_of(event_class: type[EventT], param_mapping: Mapping[str, str] | None = None) -> Callable[..., EventT]:
    """Make what stands for an event under its old name, which ends with "Message" in place of "Event".

    Args:
        event_class: the class of events.
        param_mapping: the new names of parameters by their old ones.
    """
    old_name = event_class.__name__.removesuffix("Event") + "Message"
    return deprecated(old_name, event_class, param_mapping)
