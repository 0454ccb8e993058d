"""A finished chat as a picture, and as what a notebook shows of it."""

from __future__ import annotations

from typing import Protocol

from .._core.budget import Spent
from .drawing import Drawing, Form, draw
from .entries import entries_of_history
from .sequence import Conversation
from .small_page import small_page

__all__ = ("draw_chat", "show_chat")

Names = tuple[str, str]


class Result(Protocol):
    """What is read of a `ChatResult`, which a program may have made of anything."""

    @property
    def chat_history(self) -> object:
        """The messages."""

    @property
    def summary(self) -> object:
        """The summary."""

    @property
    def stop_reason(self) -> str | None:
        """Why the chat stopped."""

    @property
    def spent(self) -> Spent | None:
        """What the chat has taken."""


def draw_chat(result: Result, names: Names | None, form: Form) -> Drawing:
    """Draw who spoke to whom.

    Args:
        result: the chat.
        names: who opened it, and who was spoken to, where they are known.
        form: "mermaid", "svg" or "text".

    Returns:
        The picture.

    Raises:
        ValueError: ``form`` is not one of these.
    """
    return draw(Conversation.of(entries_of_history(_messages(result), names)), form)


def show_chat(result: Result, names: Names | None) -> str:
    """Show a chat as HTML without a script, which loads nothing.

    Args:
        result: the chat.
        names: who opened it, and who was spoken to, where they are known.

    Returns:
        A piece of HTML, not a whole document.
    """
    entries = entries_of_history(_messages(result), names)
    return small_page(entries, result.stop_reason, result.spent, result.summary)


def _messages(result: Result) -> list[object]:
    return result.chat_history if isinstance(result.chat_history, list) else []
