"""How a finished chat is summed up."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from .._core.content import texts_of
from .._core.drive import Ask, Call, Steps
from .._core.messages import Message
from .._core.party import Party
from .._core.replies import led_group
from . import _literals

if TYPE_CHECKING:
    from ..cache.abstract_cache_base import AbstractCache

__all__ = ("DEFAULT_SUMMARY_PROMPT", "last_message", "reflect", "summarize")

DEFAULT_SUMMARY_PROMPT = (
    "Sum up what came out of the conversation above: state the result itself and the facts a reader needs to use it. "
    "Leave out greetings, thanks, who said what, and any notes about the conversation. If it led to no result, "
    "say so in one sentence."
)


def summarize(
    sender: Party,
    /,
    summary_method: str | Callable[..., Any] | None,
    summary_args: dict[str, Any],
    recipient: Party,
    cache: AbstractCache | None = None,
) -> Steps[Any]:
    """Sum up the chat that ``sender`` opened with ``recipient``.

    Args:
        sender: who opened the chat.
        summary_method: "last_msg", "reflection_with_llm", a function of (sender, recipient, summary_args), or None.
        summary_args: what else the method needs: ``summary_prompt`` and ``summary_role`` for a reflection.
        recipient: the other agent.
        cache: a cache for the request of a reflection.

    Returns:
        The summary; an empty text for None.

    Raises:
        ValueError: ``summary_method`` is none of these, or the prompt or its role is not a text.
        TypeError: ``summary_args`` is not a dict.
    """
    if not isinstance(summary_args, (Mapping, type(None))):
        raise TypeError(f"summary_args must be a dict or None, but it is {summary_args!r}.")
    arguments = {**(summary_args or {}), "cache": cache}
    if summary_method is None:
        return ""
    if summary_method == "last_msg":
        return last_message(sender, recipient)
    if summary_method == "reflection_with_llm":
        return (yield from _reflection(sender, recipient, arguments))
    if callable(summary_method):
        return (yield Call(summary_method, sender, recipient, arguments))
    raise ValueError(
        f"summary_method must be 'last_msg', 'reflection_with_llm', a function of (sender, recipient, summary_args) "
        f"or None, but it is {summary_method!r}."
    )


def last_message(sender: Party, recipient: Party) -> str:
    """Return the last message of a chat as its summary.

    Args:
        sender: who opened the chat.
        recipient: the other agent.

    Returns:
        The text of the message, without the word that ends chats; an empty text, with a warning, if nothing was said.
    """
    try:
        content = _last_words(sender, recipient)["content"]  # type: ignore[index]  # None raises a TypeError, too
    except (IndexError, AttributeError, KeyError, TypeError) as error:
        warnings.warn(
            f"Cannot extract summary using last_msg: {error}. Using an empty str as summary.", UserWarning, stacklevel=2
        )
        return ""
    return "\n".join(text.replace(_literals.TERMINATE, "") for text in texts_of(content))


def _last_words(sender: Party, recipient: Party) -> Message | None:
    """The last message of a chat; a group says its own to its members only, not to an opener from outside."""
    group = led_group(recipient)
    if group is None or sender in group.agents or not group.messages:
        return recipient.last_message(sender)
    return group.messages[-1]


def _reflection(sender: Party, recipient: Party, arguments: dict[str, Any]) -> Steps[str]:
    """Let a model read the chat and sum it up: that of the recipient, or of the sender if the recipient has none."""
    prompt = arguments.get("summary_prompt")
    prompt = DEFAULT_SUMMARY_PROMPT if prompt is None else prompt
    if not isinstance(prompt, str):
        raise ValueError(f"The summary_prompt in summary_args must be a string, but it is {prompt!r}.")
    role = arguments.get("summary_role") or "system"
    if not isinstance(role, str):
        raise ValueError(f"The summary_role in summary_args must be a string, but it is {role!r}.")
    llm_agent = recipient if recipient.client is not None else sender
    messages = recipient.chat_messages_for_summary(sender)
    return (yield from reflect(sender, llm_agent, messages, prompt, role, arguments["cache"]))


def reflect(
    agent: Party, llm_agent: Party, messages: list[dict[str, Any]], prompt: str, role: str, cache: AbstractCache | None
) -> Steps[str]:
    """Ask a model to sum up messages.

    Args:
        agent: who asks.
        llm_agent: whose model answers.
        messages: what the model reads.
        prompt: what it is asked.
        role: the role of the prompt.
        cache: a cache for the request, or None.

    Returns:
        The answer; an empty text if the model refuses the request as malformed.
    """
    try:
        answer = yield Ask(
            agent,
            "_generate_oai_reply_from_client",
            llm_client=llm_agent.client,
            messages=[*messages, {"role": role, "content": prompt}],
            cache=cache,
        )
    except Exception as error:
        if type(error).__name__ != "BadRequestError":  # by its name, since importing openai for this would take long
            raise
        warnings.warn(
            f"Cannot extract summary using reflection_with_llm: {error}. Using an empty str as summary.",
            UserWarning,
            stacklevel=2,
        )
        return ""
    if isinstance(answer, dict):
        answer = answer.get("content")
    return "" if answer is None else answer
