"""AG2's events of models: streamed text, and what was spent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel

from ..formatting_utils import colored
from .base_event import BaseEvent, EventPrinter, resolve_print_callable, wrap_event

__all__ = ("ActualUsageSummary", "ModelUsageSummary", "StreamEvent", "TotalUsageSummary", "UsageSummaryEvent")

_LINE = "-" * 100


class ModelUsageSummary(BaseModel):
    """What one model has used: ``cost`` in US dollars, and numbers of tokens."""

    model: str
    completion_tokens: int
    cost: float
    prompt_tokens: int
    total_tokens: int


class _UsageSummary(BaseModel):
    """What all models have used: each of them, and ``total_cost`` in US dollars; None if no model was asked."""

    usages: list[ModelUsageSummary] | None = None
    total_cost: float | None = None

    def print_lines(self, heading: str, f: EventPrinter) -> None:
        """Print a heading, the sum, and a line for each model.

        Args:
            heading: what stands above.
            f: prints objects as the built-in ``print`` does.
        """
        f(f"Usage summary {heading} cached usage: ", flush=True)
        f(f"Total cost: {round(self.total_cost or 0, 5)}", flush=True)
        for usage in self.usages or []:
            f(
                f"* Model '{usage.model}': cost: {round(usage.cost, 5)}, prompt_tokens: {usage.prompt_tokens}, "
                f"completion_tokens: {usage.completion_tokens}, total_tokens: {usage.total_tokens}",
                flush=True,
            )


class ActualUsageSummary(_UsageSummary):
    """What was spent without answers that came from a cache."""


class TotalUsageSummary(_UsageSummary):
    """What was spent, together with what answers from a cache once cost."""


SummaryMode = Literal["both", "total", "actual"]


@wrap_event
class UsageSummaryEvent(BaseEvent):
    """What was spent.

    Args:
        uuid: the identifier of the event; None makes one.
        actual_usage_summary: what was spent without answers from a cache, as a client has it; None if nothing was.
        total_usage_summary: what was spent, together with what answers from a cache once cost.
        mode: which of the two is printed.
        **read: ``actual`` and ``total`` themselves, when an event is read from JSON.
    """

    actual: ActualUsageSummary
    total: TotalUsageSummary
    mode: SummaryMode

    def __init__(
        self,
        *,
        uuid: UUID | None = None,
        actual_usage_summary: Mapping[str, Any] | None = None,
        total_usage_summary: Mapping[str, Any] | None = None,
        mode: SummaryMode = "both",
        **read: Any,
    ) -> None:
        fields = {"actual": _fields(actual_usage_summary), "total": _fields(total_usage_summary), **read}
        super().__init__(uuid=uuid, mode=mode, **fields)

    def print(self, f: EventPrinter | None = None) -> None:
        """Print the summary."""
        f = resolve_print_callable(f)
        if self.total.usages is None:
            f('No usage summary. Please call "create" first.', flush=True)
            return
        f(_LINE, flush=True)
        if self.mode != "total":
            if self.actual.usages is None:
                f("No actual cost incurred (all completions are using cache).", flush=True)
            else:
                self.actual.print_lines("excluding", f)
        if self.mode == "both":
            f()
        if self.mode != "actual":
            if self.mode == "both" and dict(self.actual) == dict(self.total):
                same = (
                    "All completions are non-cached: the total cost with cached completions is the same as actual cost."
                )
                f(same, flush=True)
            else:
                self.total.print_lines("including", f)
        f(_LINE, flush=True)


def _fields(summary: Mapping[str, Any] | None) -> dict[str, Any]:
    """The fields of a usage summary, from the dict in which a client keeps it: costs and tokens by model."""
    if summary is None:
        return {}
    usages = [{"model": model, **usage} for model, usage in summary.items() if isinstance(usage, Mapping)]
    return {"usages": usages, "total_cost": summary.get("total_cost")}


@wrap_event
class StreamEvent(BaseEvent):
    """The next piece of an answer has come from a model."""

    content: str

    def __init__(self, *, uuid: UUID | None = None, content: str) -> None:
        super().__init__(uuid=uuid, content=content)

    def print(self, f: EventPrinter | None = None) -> None:
        """Print the piece without a line end."""
        resolve_print_callable(f)(colored(self.content, "green"), end="", flush=True)
