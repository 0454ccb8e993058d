"""What `RunResponse.process` takes."""

from __future__ import annotations

from .._run_parts import AsyncEventProcessorProtocol, EventProcessorProtocol

__all__ = ("AsyncEventProcessorProtocol", "EventProcessorProtocol")
