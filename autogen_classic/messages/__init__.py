"""The names that AG2 first gave to its events; `autogen_classic.events` has them under those of today."""

from __future__ import annotations

from .base_message import BaseMessage, get_annotated_type_for_message_classes, wrap_message

__all__ = ("BaseMessage", "get_annotated_type_for_message_classes", "wrap_message")
