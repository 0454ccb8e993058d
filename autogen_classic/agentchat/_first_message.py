"""The first message of a chat, and what it carries over from other chats."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .._core.drive import Ask, Call, Steps
from .._core.events import CarryoverAdded, emit, is_heard
from .._core.messages import TextOrMessage
from .._core.party import Party
from .._core.tape import person_steps
from ..errors import InvalidCarryOverType
from . import _literals

__all__ = ("carryover_as_text", "first_message", "generate_first_message", "item_as_text", "with_carryover")


def first_message(
    agent: Party, recipient: Party, message: TextOrMessage | Callable[..., Any] | None, context: dict[str, Any]
) -> Steps[TextOrMessage]:
    """Build the message that opens a chat.

    Args:
        agent: who opens the chat.
        recipient: who is spoken to.
        message: a text, a dict, a function of (sender, recipient, context), or None to ask the person.
        context: the unknown keywords of ``initiate_chat``.

    Returns:
        The message.
    """
    built: TextOrMessage
    if callable(message):
        built = yield Call(message, agent, recipient, context)
    else:
        built = yield Ask(agent, "generate_init_message", message, **context)
    return built


def generate_first_message(agent: Party, /, message: TextOrMessage | None, **context: Any) -> Steps[TextOrMessage]:
    """Take the given message, or ask the person for one, and add the carryover: the steps of `generate_init_message`.

    Args:
        agent: who opens the chat.
        message: a text, a dict, or None to ask the person.
        **context: ``carryover`` is added to the message; everything else is for overrides.

    Returns:
        The message.
    """
    if message is None:
        ask = Ask(agent, "get_human_input", _literals.ASK_FIRST_MESSAGE)
        message = yield from person_steps(agent, _literals.ASK_FIRST_MESSAGE, ask)
    if context.get("carryover") and is_heard(CarryoverAdded):
        emit(CarryoverAdded(agent, context["carryover"]))
    return with_carryover(message, context)


def with_carryover(message: TextOrMessage, context: Mapping[str, Any]) -> TextOrMessage:
    """Add the carryover to a message.

    Args:
        message: a text or a dict, which stays as it is.
        context: its ``carryover`` is a text, or a list of texts, of dicts with content, or of anything else.

    Returns:
        A new message, or the same one if there is nothing to carry over, or no content to add it to.

    Raises:
        InvalidCarryOverType: the message or the carryover is none of these.
    """
    if not context.get("carryover"):
        return message
    content: Any = message.get("content") if isinstance(message, Mapping) else message
    if isinstance(message, Mapping) and not isinstance(content, (str, list)):
        return message  # a call has no text to add to
    if not isinstance(message, (str, Mapping)):
        raise InvalidCarryOverType(
            f"Carryover should be a string or a list of strings, and it can be added to a text or to a message with "
            f"content, but the message is {message!r}."
        )
    frame = _literals.CARRYOVER_FRAME + carryover_as_text(context["carryover"])
    if isinstance(message, str):
        return message + frame
    if isinstance(content, str):
        return {**message, "content": content + frame}
    return {**message, "content": _in_parts(content, frame)}


def carryover_as_text(carryover: object) -> str:
    """Write what is carried over as one text, an item a line.

    Raises:
        InvalidCarryOverType: it is neither a text nor a list.
    """
    if isinstance(carryover, str):
        return carryover
    if isinstance(carryover, list):
        return "\n".join(item_as_text(item) for item in carryover)
    raise InvalidCarryOverType(
        f"Carryover should be a string or a list of strings, but it is {carryover!r}. "
        "Not adding carryover to the message."
    )


def item_as_text(item: object) -> str:
    if isinstance(item, dict) and "content" in item:
        return str(item["content"])
    return str(item)


def _in_parts(parts: list[dict[str, Any]], frame: str) -> list[dict[str, Any]]:
    """Put the carryover before the parts of a multimodal message, which end with the task."""
    return [{"type": "text", "text": frame}, *parts]
