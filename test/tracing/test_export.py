"""Spans and metrics go over HTTP as OTLP, and a collector that is gone stops no chat."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from agent_kit import agent, both_ways, chat
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from autogen_classic.tracing import trace


class Collector(HTTPServer):
    """A server that takes OTLP and keeps what it is sent."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.bodies: dict[str, list[bytes]] = {}
        self.url = f"http://127.0.0.1:{self.server_port}"

    def spans(self) -> list[Any]:
        """The spans that came."""
        found = []
        for body in self.bodies.get("/v1/traces", []):
            request = ExportTraceServiceRequest()
            request.ParseFromString(body)
            found += [
                span for resource in request.resource_spans for scope in resource.scope_spans for span in scope.spans
            ]
        return found

    def metrics(self) -> set[str]:
        """The names of the metrics that came."""
        names = set()
        for body in self.bodies.get("/v1/metrics", []):
            request = ExportMetricsServiceRequest()
            request.ParseFromString(body)
            for resource in request.resource_metrics:
                names |= {metric.name for scope in resource.scope_metrics for metric in scope.metrics}
        return names


class _Handler(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.bodies.setdefault(self.path, []).append(body)
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def collector() -> Iterator[Collector]:
    server = Collector()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def providers(url: str) -> tuple[TracerProvider, MeterProvider]:
    tracer_provider = TracerProvider()
    tracer_provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(f"{url}/v1/traces", timeout=1)))
    reader = PeriodicExportingMetricReader(OTLPMetricExporter(f"{url}/v1/metrics", timeout=1))
    return tracer_provider, MeterProvider(metric_readers=[reader])


@both_ways
def test_spans_and_metrics_arrive_as_protobuf(way: str, collector: Collector, serve: Any) -> None:
    server = serve("Hello.")
    tracer_provider, meter_provider = providers(collector.url)
    with trace(tracer_provider, meter_provider):
        chat(way, agent("bob"), agent("ann", llm_config=server.llm_config(cache_seed=None)), max_turns=1)
    tracer_provider.shutdown()
    meter_provider.shutdown()
    spans = {span.name: span for span in collector.spans()}
    assert set(spans) == {"conversation bob", "invoke_agent ann", "chat mock-model"}
    asked = spans["chat mock-model"]
    assert asked.parent_span_id == spans["invoke_agent ann"].span_id
    assert {pair.key: pair.value.int_value for pair in asked.attributes}["gen_ai.usage.input_tokens"] > 0
    assert {"gen_ai.client.token.usage", "gen_ai.client.operation.duration"} <= collector.metrics()
    assert server.requests[0].headers["traceparent"].split("-")[1] == asked.trace_id.hex()


@both_ways
def test_a_collector_that_is_gone_stops_no_chat_and_is_reported_once(
    way: str, serve: Any, caplog: pytest.LogCaptureFixture
) -> None:
    closed = Collector()
    closed.server_close()
    tracer_provider, meter_provider = providers(closed.url)
    ann = agent("ann", llm_config=serve(default="Hello.").llm_config(cache_seed=None))
    with trace(tracer_provider, meter_provider):
        for _ in range(3):
            result = chat(way, agent("bob"), ann, max_turns=1)
            assert [message["content"] for message in result.chat_history] == ["hi", "Hello."]
            tracer_provider.force_flush()
        tracer_provider.shutdown()
        meter_provider.shutdown()
    said = [record for record in caplog.records if record.name.endswith("trace_exporter")]
    assert len([record for record in said if record.levelno >= logging.WARNING]) == 1


def test_a_span_processor_that_raises_is_reported_once_and_stops_no_chat(caplog: pytest.LogCaptureFixture) -> None:
    class Broken(BatchSpanProcessor):
        def __init__(self) -> None:
            pass

        def on_start(self, *args: object, **kwargs: object) -> None:
            raise OSError("the disk is full")

        def shutdown(self) -> None:
            """There is nothing to end."""

    provider = TracerProvider()
    provider.add_span_processor(Broken())
    with trace(provider):
        for _ in range(3):
            assert len(chat("sync", agent("ann"), agent("bob"), max_turns=2).chat_history) == 4
    assert [record.name for record in caplog.records] == ["autogen.events"]
