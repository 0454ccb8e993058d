"""Small agents for one task."""

from .time import TimeReplyAgent, TimeToolAgent

__all__ = ("TimeReplyAgent", "TimeToolAgent")
