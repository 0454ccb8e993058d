"""Exporters report each batch that they cannot get rid of; while a collector is gone, one report says it all."""

from __future__ import annotations

import logging
from time import monotonic

__all__ = ("FewReports",)

SECONDS_BETWEEN_REPORTS = 600.0

LOGGERS = (
    logging.getLogger("opentelemetry.exporter.otlp.proto.grpc.exporter"),
    logging.getLogger("opentelemetry.exporter.otlp.proto.http.metric_exporter"),
    logging.getLogger("opentelemetry.exporter.otlp.proto.http.trace_exporter"),
)


class FewReports(logging.Filter):
    """Lets one report of an exporter pass, and further ones only after ten minutes."""

    def __init__(self) -> None:
        super().__init__()
        self._reported: dict[str, float] = {}

    def start(self) -> None:
        """Begin to filter."""
        for logger in LOGGERS:
            logger.addFilter(self)

    def stop(self) -> None:
        """End the filtering."""
        for logger in LOGGERS:
            logger.removeFilter(self)

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether a record may pass.

        Args:
            record: what an exporter logs.
        """
        if record.levelno < logging.WARNING:
            return True
        before = self._reported.get(record.name)
        if before is not None and monotonic() - before < SECONDS_BETWEEN_REPORTS:
            return False
        self._reported[record.name] = monotonic()
        return True
