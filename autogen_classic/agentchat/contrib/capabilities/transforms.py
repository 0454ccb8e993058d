"""Transforms: what `TransformMessages` does to a history before a model sees it."""

from __future__ import annotations

from typing import Protocol

from ...._core.messages import Message
from ._limiters import MessageHistoryLimiter, MessageTokenLimiter
from ._summarizer import MessageHistorySummarizer
from ._texts import TextMessageCompressor, TextMessageContentName

__all__ = (
    "MessageHistoryLimiter",
    "MessageHistorySummarizer",
    "MessageTokenLimiter",
    "MessageTransform",
    "TextMessageCompressor",
    "TextMessageContentName",
)


class MessageTransform(Protocol):
    """Anything that makes another history out of a history.

    A transform may also have ``a_apply_transform``, which asynchronous chats await instead; or
    ``apply_for_agent(agent, messages)``, which `TransformMessages` calls instead, so that it knows the agent.
    """

    def apply_transform(self, messages: list[Message]) -> list[Message]:
        """Transform a history.

        Args:
            messages: the history.

        Returns:
            The history that the model is to see.
        """
        ...

    def get_logs(
        self, pre_transform_messages: list[Message], post_transform_messages: list[Message]
    ) -> tuple[str, bool]:
        """Say what the transform did.

        Args:
            pre_transform_messages: the history before.
            post_transform_messages: the history after.

        Returns:
            A line for the reader, and whether anything has changed.
        """
        ...
