"""An agent that sends and reads messages on Discord."""

from .discord import DiscordAgent

__all__ = ("DiscordAgent",)
