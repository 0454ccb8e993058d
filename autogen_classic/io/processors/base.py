"""What `RunResponse.process` takes."""

from __future__ import annotations

from typing import TYPE_CHECKING as TYPE_CHECKING  # a name of AG2 here

from .._run_parts import AsyncEventProcessorProtocol, EventProcessorProtocol

__all__ = ("AsyncEventProcessorProtocol", "EventProcessorProtocol")
