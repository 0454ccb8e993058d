"""Nested chats: a reply that is the outcome of other chats."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any

from .._core.content import content_str
from .._core.drive import Ask, Call, Steps, drive, drive_async
from .._core.messages import Message, TextOrMessage
from .._core.party import Agent, Outcome, Party, ReplyFunction
from ._summary import DEFAULT_SUMMARY_PROMPT, reflect

__all__ = ("register_nested_chats", "summary_of_last_chat")


def register_nested_chats(
    agent: Party,
    chat_queue: list[dict[str, Any]],
    trigger: object,
    reply_func_from_nested_chats: str | Callable[..., Any],
    position: int,
    use_async: bool | None,
    **kwargs: Any,
) -> None:
    """Put the outcome of a chat queue on an agent's list of replies; see `ConversableAgent.register_nested_chats`."""
    for chat_info in chat_queue:
        if isinstance(chat_info, dict) and "carryover_config" in chat_info:
            _check_carryover(chat_info["carryover_config"])
    if use_async:
        for chat_info in chat_queue:
            if chat_info.get("chat_id") is None:
                raise ValueError(f"chat_id is required for async nested chats, but {chat_info!r} has none.")
    if reply_func_from_nested_chats == "summary_from_nested_chats":
        reply = _summary_reply(chat_queue, bool(use_async))
    elif callable(reply_func_from_nested_chats):
        reply = _custom_reply(chat_queue, reply_func_from_nested_chats)
    else:
        raise ValueError(
            "reply_func_from_nested_chats must be a callable or 'summary_from_nested_chats', "
            f"but it is {reply_func_from_nested_chats!r}."
        )
    passed_over = kwargs.get("ignore_async_in_sync_chat") if use_async is None else not use_async
    agent.register_reply(
        trigger,
        reply,
        position,
        kwargs.get("config"),
        kwargs.get("reset_config"),
        ignore_async_in_sync_chat=passed_over,  # type: ignore[arg-type]  # None is what 0.2 keeps here
    )


def _summary_reply(chat_queue: list[dict[str, Any]], use_async: bool) -> ReplyFunction:
    """The reply function that answers with the summary of the last chat."""

    def _summary_from_nested_chats(
        recipient: Party, messages: list[Message] | None = None, sender: Agent | None = None, config: object = None
    ) -> Outcome:
        return drive(summary_of_last_chat(chat_queue, recipient, messages, sender, config))

    async def _a_summary_from_nested_chats(
        recipient: Party, messages: list[Message] | None = None, sender: Agent | None = None, config: object = None
    ) -> Outcome:
        return await drive_async(summary_of_last_chat(chat_queue, recipient, messages, sender, config))

    return _a_summary_from_nested_chats if use_async else _summary_from_nested_chats


def _custom_reply(chat_queue: list[dict[str, Any]], function: Callable[..., Any]) -> ReplyFunction:
    """The reply function that hands the queue to a function of the user, which may be asynchronous."""

    if inspect.iscoroutinefunction(function):

        @functools.wraps(function)
        async def a_reply(
            recipient: Party,
            messages: list[Message] | None = None,
            sender: Agent | None = None,
            config: object = None,
        ) -> Outcome:
            outcome: Outcome = await function(chat_queue, recipient, messages, sender, config)
            return outcome

        return a_reply

    @functools.wraps(function)
    def reply(
        recipient: Party, messages: list[Message] | None = None, sender: Agent | None = None, config: object = None
    ) -> Outcome:
        outcome: Outcome = function(chat_queue, recipient, messages, sender, config)
        return outcome

    return reply


def summary_of_last_chat(
    chat_queue: list[dict[str, Any]],
    recipient: Party,
    messages: list[Message] | None,
    sender: Agent | None,
    config: object,
) -> Steps[Outcome]:
    """Run the queue and answer with the summary of its last chat; without a chat to run there is no reply."""
    if messages is None:
        messages = recipient._oai_messages[sender]
    chats = yield from _chats_to_run(chat_queue, recipient, messages, sender, config)
    if not chats:
        return True, None
    results = yield Ask(recipient, "initiate_chats", chats)
    last = results[chats[-1]["chat_id"]] if isinstance(results, dict) else results[-1]
    return True, last.summary


def _chats_to_run(
    chat_queue: list[dict[str, Any]],
    recipient: Party,
    messages: list[Message],
    sender: Agent | None,
    config: object,
) -> Steps[list[dict[str, Any]]]:
    """The chats of a queue that have a message; the first one takes the message that triggered it by default."""
    # Chats inside a chat are answered from its cache too, unless they have their own.
    lent = {} if getattr(recipient, "client_cache", None) is None else {"cache": recipient.client_cache}
    chats = []
    for index, chat_info in enumerate(chat_queue):
        if not isinstance(chat_info, dict):
            raise AttributeError(
                f"The chat_queue of the nested chats of {recipient.name} must be a list of dicts, one for each chat, "
                f"but it is of type {type(chat_queue).__name__} and holds one of type {type(chat_info).__name__}."
            )
        message = chat_info.get("message")
        told = messages
        if message is None and index == 0:
            content = messages[-1]["content"]
            message = {"content": content} if isinstance(content, list) else content
            told = messages[:-1]
        elif callable(message):
            message = yield Call(message, recipient, messages, sender, config)
        if not message:
            continue
        settings = {**lent, **chat_info}
        carryover = settings.pop("carryover_config", None)
        if carryover is not None:
            summary = yield from _carried_over(carryover, recipient, chat_info["recipient"], told)
            message = _with_context(message, summary)
        chats.append({**settings, "message": message})
    return chats


# --- What a nested chat is told of the chat around it ----------------------------------------------------------------


def _check_carryover(config: object) -> None:
    """Refuse a ``carryover_config`` that cannot be followed, before a chat begins."""
    if not isinstance(config, Mapping) or "summary_method" not in config:
        from .._secrets import shown_without_keys

        raise ValueError(
            "carryover_config of a nested chat must be a dict with a 'summary_method' key, and perhaps 'summary_args', "
            f"but it is {shown_without_keys(config)}."
        )
    method = config["summary_method"]
    if not callable(method) and method not in _CARRYOVERS:
        raise ValueError(
            f"summary_method of a carryover_config must be {', '.join(map(repr, _CARRYOVERS))} or a function of "
            f"(agent, messages, summary_args), but it is {method!r}."
        )


_CARRYOVERS = ("all", "last_msg", "reflection_with_llm")


def _carried_over(config: Mapping[str, Any], agent: Party, recipient: Party, messages: list[Message]) -> Steps[str]:
    """Sum up the chat around a nested chat; a reflection is made by the model of its recipient."""
    _check_carryover(config)
    method, arguments = config["summary_method"], config.get("summary_args") or {}
    texts = [text for text in (content_str(message.get("content")) for message in messages) if text]
    if method == "all":
        return "\n".join(texts)
    if method == "last_msg":
        return texts[-1] if texts else ""
    if callable(method):
        return str((yield Call(method, agent, messages, arguments)))
    prompt = arguments.get("summary_prompt") or DEFAULT_SUMMARY_PROMPT
    role = arguments.get("summary_role") or "system"
    llm_agent = agent if recipient.client is None else recipient
    return (yield from reflect(agent, llm_agent, messages, prompt, role, agent.client_cache))


def _with_context(message: TextOrMessage, context: str) -> TextOrMessage:
    """A first message with what is carried over behind it."""
    text = f"\nContext:\n{context}"
    if isinstance(message, str):
        return message + text
    content = message.get("content")
    if isinstance(content, list):
        return {**message, "content": [*content, {"type": "text", "text": text.lstrip()}]}
    return {**message, "content": f"{content or ''}{text}"}
