"""What an agent is: anything with a name that can send, receive and reply."""

from __future__ import annotations

from typing import TYPE_CHECKING as TYPE_CHECKING  # a name of AG2 here

from .._core.party import Agent, LLMAgent
from ._literals import DEFAULT_SUMMARY_METHOD

__all__ = ("DEFAULT_SUMMARY_METHOD", "Agent", "LLMAgent")
