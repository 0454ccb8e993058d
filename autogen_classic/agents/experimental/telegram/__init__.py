"""An agent that sends and reads messages on Telegram."""

from .telegram import TelegramAgent

__all__ = ("TelegramAgent",)
