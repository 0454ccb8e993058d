"""The reply of a model."""

from __future__ import annotations

import copy
import logging
from typing import TYPE_CHECKING, Any, Literal

from ..._core.drive import Ask, Steps
from ..._core.events import warn
from ..._core.messages import Message, TextOrMessage, called, outgoing
from ..._core.party import Agent, Client, Outcome, Party
from ..._core.tags import keep_foreign_pictures

if TYPE_CHECKING:
    from ...cache.abstract_cache_base import AbstractCache

__all__ = ("model_reply", "own_config", "reply_from_client")

logger = logging.getLogger("autogen.agentchat.conversable_agent")


def model_reply(
    agent: Party, /, messages: list[Message] | None = None, sender: Agent | None = None, config: Client | None = None
) -> Steps[Outcome]:
    """Send the system message and the conversation to the model.

    Returns:
        ``(True, reply)``, or ``(False, None)`` for an agent without a model or a model without words.
    """
    client = agent.client if config is None else config
    if client is None:
        return False, None
    if messages is None:
        messages = agent._oai_messages[sender]
    told = [message for message in agent._oai_system_message if message["content"] is not None]
    reply = yield Ask(agent, "_generate_oai_reply_from_client", client, told + messages, agent.client_cache)
    return (False, None) if reply is None else (True, reply)


def reply_from_client(
    agent: Party, /, llm_client: Client, messages: list[Message], cache: AbstractCache | None
) -> Steps[TextOrMessage | None]:
    """Ask a client, and give its answer the form of a message.

    Returns:
        A text, a dict for an answer that calls tools or functions, or None.
    """
    transfers = getattr(agent, "_classic_transfers", ())  # the handoffs that a member of a group offers its model
    response = yield Ask(
        llm_client,
        "create",
        context=messages[-1].get("context"),
        messages=outgoing(messages),
        cache=cache,
        agent=agent,
        **({"further_tools": transfers} if transfers else {}),
    )
    answer: Any = llm_client.extract_text_or_completion_object(response)[0]
    if answer is None:
        warn(logger, "The model that answers for %s returned a message without content.", agent.name)
        return None
    if not isinstance(answer, (str, dict)) and hasattr(answer, "model_dump"):
        answer = answer.model_dump()
    if isinstance(answer, dict):
        _repair_calls(agent, answer)
    keep_foreign_pictures(answer.get("content") if isinstance(answer, dict) else answer, messages)
    reply: TextOrMessage = answer
    return reply


def own_config(llm_config: dict[str, Any] | Literal[False]) -> dict[str, Any] | Literal[False]:
    """Give an agent its own copy of an llm_config.

    The dict and its lists are new, so that a tool registered with one agent stays there; all that is in them is
    shared, because it may be a live object: a client, a token provider.

    Args:
        llm_config: a dict (an `LLMConfig` stays one), or False.
    """
    if not isinstance(llm_config, dict):
        return llm_config
    own = llm_config.copy()
    own.update({key: copy.copy(value) for key, value in own.items() if isinstance(value, list)})
    return own


def _repair_calls(agent: Party, answer: dict[str, Any]) -> None:
    """Give called functions names that a provider accepts, because models invent others, and leave out empty ids."""
    if answer.get("function_call"):
        answer["function_call"]["name"] = agent._normalize_name(answer["function_call"]["name"])
    for call in answer.get("tool_calls") or []:
        function = called(call)
        if function.get("name"):
            function["name"] = agent._normalize_name(function["name"])
        for key in ("id", "type"):
            if key in call and call[key] is None:
                del call[key]
