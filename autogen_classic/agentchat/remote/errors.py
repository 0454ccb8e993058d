"""What goes wrong with agents elsewhere: a path of AG2 for errors that live in `autogen_classic.errors`."""

from __future__ import annotations

from ...errors import RemoteAgentError, RemoteAgentNotFoundError

__all__ = ("RemoteAgentError", "RemoteAgentNotFoundError")
