"""Tools that send and read messages on Telegram."""

from .telegram import TelegramRetrieveTool, TelegramSendTool

__all__ = ("TelegramRetrieveTool", "TelegramSendTool")
