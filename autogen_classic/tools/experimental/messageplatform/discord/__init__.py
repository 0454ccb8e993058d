"""Tools that send and read messages on Discord."""

from .discord import DiscordRetrieveTool, DiscordSendTool

__all__ = ("DiscordRetrieveTool", "DiscordSendTool")
