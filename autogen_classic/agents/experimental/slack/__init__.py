"""An agent that sends and reads messages on Slack."""

from .slack import SlackAgent

__all__ = ("SlackAgent",)
