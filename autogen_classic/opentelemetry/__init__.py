"""AG2's entry points for OpenTelemetry, over `autogen_classic.tracing`."""

from __future__ import annotations

from ._instrument import instrument_agent, instrument_llm_wrapper, instrument_pattern

__all__ = ("instrument_agent", "instrument_llm_wrapper", "instrument_pattern")
