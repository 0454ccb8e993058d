"""An agent that thinks in trees of steps, and looks at several before it answers."""

from .reasoning_agent import ReasoningAgent, ThinkNode

__all__ = ("ReasoningAgent", "ThinkNode")
