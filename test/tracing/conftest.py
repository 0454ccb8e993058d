"""Fixtures of the tests of tracing: a model server, and tracing whose spans and metrics stay in memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from model_fixtures import clean_place, serve
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from autogen_classic.tracing import Tracing, trace

__all__ = ("clean_place", "serve")


class Traced:
    """What tracing has made, in memory."""

    def __init__(self) -> None:
        self._exporter = InMemorySpanExporter()
        self._reader = InMemoryMetricReader()
        self.tracer_provider = TracerProvider()
        self.tracer_provider.add_span_processor(SimpleSpanProcessor(self._exporter))
        self.meter_provider = MeterProvider(metric_readers=[self._reader])

    def trace(self, **settings: Any) -> Tracing:
        """Begin to trace into the memory."""
        return trace(self.tracer_provider, self.meter_provider, **settings)

    @property
    def spans(self) -> list[ReadableSpan]:
        """The finished spans, in the order in which they began."""
        return sorted(self._exporter.get_finished_spans(), key=lambda span: span.start_time or 0)

    def span(self, name: str) -> ReadableSpan:
        """The only span of a name."""
        (found,) = [span for span in self.spans if span.name == name]
        return found

    def attributes(self, name: str) -> dict[str, Any]:
        """The attributes of the only span of a name."""
        return dict(self.span(name).attributes or {})

    def tree(self) -> list[str]:
        """The names of the spans, indented below those around them."""
        known = {span.context.span_id: span for span in self.spans if span.context}

        def depth(span: ReadableSpan) -> int:
            return 0 if span.parent is None else 1 + depth(known[span.parent.span_id])

        return ["  " * depth(span) + span.name for span in self.spans]

    def points(self, name: str) -> list[Any]:
        """The data points of a metric."""
        data = self._reader.get_metrics_data()
        found = [
            metric.data.data_points
            for resource in (data.resource_metrics if data else ())
            for scope in resource.scope_metrics
            for metric in scope.metrics
            if metric.name == name
        ]
        return [point for points in found for point in points]


@pytest.fixture
def traced() -> Iterator[Traced]:
    """Tracing into the memory, which the test begins."""
    made = Traced()
    yield made
    made.tracer_provider.shutdown()
    made.meter_provider.shutdown()
