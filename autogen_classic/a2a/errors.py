"""What goes wrong with agents behind A2A: a path of AG2 for errors that live in `autogen_classic.errors`."""

from __future__ import annotations

from ..errors import A2aAgentNotFoundError, A2aClientError

__all__ = ("A2aAgentNotFoundError", "A2aClientError")
