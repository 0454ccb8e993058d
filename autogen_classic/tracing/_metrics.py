"""The metrics of requests to models."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from opentelemetry.metrics import Meter

from ._names import BUCKETS_OF_SECONDS, BUCKETS_OF_TOKENS

__all__ = ("Metrics",)


class Metrics:
    """Tokens, cost, duration and time to the first text.

    Args:
        meter: makes the instruments.
    """

    def __init__(self, meter: Meter) -> None:
        self._tokens = meter.create_histogram(
            "gen_ai.client.token.usage",
            unit="{token}",
            description="Number of input and output tokens used.",
            explicit_bucket_boundaries_advisory=BUCKETS_OF_TOKENS,
        )
        self._duration = meter.create_histogram(
            "gen_ai.client.operation.duration",
            unit="s",
            description="Duration of requests to models.",
            explicit_bucket_boundaries_advisory=BUCKETS_OF_SECONDS,
        )
        self._first_text = meter.create_histogram(
            "gen_ai.client.operation.time_to_first_chunk",
            unit="s",
            description="Time until the first piece of a streamed answer came.",
            explicit_bucket_boundaries_advisory=BUCKETS_OF_SECONDS,
        )
        self._cost = meter.create_counter(
            "autogen_classic.client.cost", unit="{USD}", description="Cost of the answers of models, in US dollars."
        )

    def answered(
        self,
        attributes: Mapping[str, Any],
        seconds: float,
        usage: Mapping[str, Any],
        cost: float | None,
        first_text_after: float | None,
    ) -> None:
        """Count an answer that was paid for.

        Args:
            attributes: which provider and model it comes from.
            seconds: how long it took.
            usage: ``prompt_tokens`` and ``completion_tokens``, as far as known.
            cost: US dollars; None when unknown.
            first_text_after: the seconds until its first text came; None if it was not streamed.
        """
        self._duration.record(seconds, attributes)
        for kind, name in (("input", "prompt_tokens"), ("output", "completion_tokens")):
            if usage.get(name) is not None:
                self._tokens.record(usage[name], {**attributes, "gen_ai.token.type": kind})
        if cost:
            self._cost.add(cost, attributes)
        if first_text_after is not None:
            self._first_text.record(first_text_after, attributes)

    def failed(self, attributes: Mapping[str, Any], seconds: float, error_type: str) -> None:
        """Count a request that has failed.

        Args:
            attributes: which provider and model was asked.
            seconds: how long it took.
            error_type: what kind of error it was.
        """
        self._duration.record(seconds, {**attributes, "error.type": error_type})
