"""The names that AG2 first gave to its events of models: each warns, and returns the event."""

from __future__ import annotations

from ..events import client_events
from ..events.client_events import ActualUsageSummary, ModelUsageSummary, TotalUsageSummary
from ._old_names import old_name_of

__all__ = ("ActualUsageSummary", "ModelUsageSummary", "StreamMessage", "TotalUsageSummary", "UsageSummaryMessage")

StreamMessage = old_name_of(client_events.StreamEvent)
UsageSummaryMessage = old_name_of(client_events.UsageSummaryEvent)
