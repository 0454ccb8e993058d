"""What an agent is: anything with a name that can send, receive and reply."""

from __future__ import annotations

from .._core.party import Agent, LLMAgent

__all__ = ("Agent", "LLMAgent")
