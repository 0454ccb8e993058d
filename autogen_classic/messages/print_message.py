"""The name that AG2 first gave to printed text: it warns, and returns the event."""

from __future__ import annotations

from ..events.print_event import PrintEvent
from ._old_names import old_name_of

__all__ = ("PrintMessage",)

PrintMessage = old_name_of(PrintEvent)
