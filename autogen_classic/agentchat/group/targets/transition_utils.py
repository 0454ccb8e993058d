"""What the targets have in common."""

from __future__ import annotations

__all__ = ("__AGENT_WRAPPER_PREFIX__",)

__AGENT_WRAPPER_PREFIX__ = "wrapped_"
"""How the names of the hidden agents begin that act for targets."""
