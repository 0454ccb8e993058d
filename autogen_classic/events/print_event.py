"""Text that was printed in a chat."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from .base_event import BaseEvent, EventPrinter, resolve_print_callable, wrap_event

__all__ = ("PrintEvent",)


@wrap_event
class PrintEvent(BaseEvent):
    """Something was printed to the stream of the chat.

    Attributes:
        objects: what was printed, as texts.
        sep: the text between two of them.
        end: the text after the last.
    """

    objects: list[str]
    sep: str
    end: str

    def __init__(
        self,
        *printed: Any,
        sep: str = " ",
        end: str = "\n",
        flush: bool = False,
        uuid: UUID | None = None,
        objects: Sequence[Any] = (),
    ) -> None:
        super().__init__(uuid=uuid, objects=[str(thing) for thing in (*printed, *objects)], sep=sep, end=end)

    def print(self, f: EventPrinter | None = None) -> None:
        """Print the objects once more."""
        resolve_print_callable(f)(*self.objects, sep=self.sep, end=self.end, flush=True)
