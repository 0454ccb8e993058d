"""Tells a logger what happens: the events of conversations in the words of `BaseLogger`."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from typing import Any

from .._core import events
from .._core.party import Agent
from ._rows import module_name
from .base_logger import BaseLogger
from .logger_utils import timestamp

__all__ = ("KINDS", "Scribe")

logger = logging.getLogger("autogen.runtime_logging")


class Scribe:
    """The subscriber that calls a logger.

    A logger that fails is called again for the next event, because what is wrong may pass. Each method that fails is
    reported once.

    Args:
        target: the logger.
    """

    def __init__(self, target: BaseLogger) -> None:
        self._target = target
        self._reported: set[type[events.Event]] = set()

    def write(self, event: events.Event) -> None:
        """Log an event of one of the `KINDS`."""
        try:
            _WRITERS[type(event)](self._target, event)
        except Exception:
            if type(event) not in self._reported:
                self._reported.add(type(event))
                logger.exception(
                    "[runtime logging] %s failed to log %s. The chat goes on.",
                    type(self._target).__name__,
                    type(event).__name__,
                )


def _agent_created(target: BaseLogger, event: events.AgentCreated) -> None:
    target.log_new_agent(event.agent, event.init_args.opened())


def _wrapper_created(target: BaseLogger, event: events.WrapperCreated) -> None:
    target.log_new_wrapper(event.wrapper, event.init_args.opened())


def _client_connected(target: BaseLogger, event: events.ClientConnected) -> None:
    target.log_new_client(_innermost(event.client), event.wrapper, event.init_args.opened())


def _innermost(client: object) -> object:
    """The client of the openai package behind ours, if there is one."""
    return getattr(client, "_oai_client", client)


def _source(event: events.ModelAnswered | events.ModelFailed) -> str | Agent:
    """Who asked: an agent or a name."""
    return "unknown" if event.agent is None else event.agent


def _model_answered(target: BaseLogger, event: events.ModelAnswered) -> None:
    _completion(target, event, event.response, int(event.from_cache), event.cost or 0.0)


def _model_failed(target: BaseLogger, event: events.ModelFailed) -> None:
    reason = f"error_code:{getattr(event.error, 'code', None)}, config {event.number} failed"
    _completion(target, event, reason, 0, 0)


def _completion(
    target: BaseLogger, event: events.ModelAnswered | events.ModelFailed, response: object, is_cached: int, cost: float
) -> None:
    target.log_chat_completion(
        uuid.UUID(event.request_id),
        id(_innermost(event.client)),
        id(event.wrapper),
        _source(event),
        event.request,
        response,
        is_cached,
        cost,
        timestamp(event.at - event.seconds),
    )


def _message_received(target: BaseLogger, event: events.MessageReceived) -> None:
    target.log_event(event.recipient, "received_message", message=event.message, sender=event.sender.name, valid=True)


def _message_rejected(target: BaseLogger, event: events.MessageRejected) -> None:
    target.log_event(event.recipient, "received_message", message=event.message, sender=event.sender.name, valid=False)


def _reply_tried(target: BaseLogger, event: events.ReplyTried) -> None:
    target.log_event(
        event.agent,
        "reply_func_executed",
        reply_func_module=module_name(event.function),
        reply_func_name=getattr(event.function, "__name__", type(event.function).__name__),
        final=event.final,
        reply=event.reply,
    )


def _function_used(target: BaseLogger, event: events.FunctionUsed) -> None:
    target.log_function_use(event.agent, event.function, event.arguments, event.returned)


_WRITERS: dict[type[events.Event], Callable[[BaseLogger, Any], None]] = {
    events.AgentCreated: _agent_created,
    events.ClientConnected: _client_connected,
    events.FunctionUsed: _function_used,
    events.MessageReceived: _message_received,
    events.MessageRejected: _message_rejected,
    events.ModelAnswered: _model_answered,
    events.ModelFailed: _model_failed,
    events.ReplyTried: _reply_tried,
    events.WrapperCreated: _wrapper_created,
}

KINDS = tuple(_WRITERS)
"""The kinds of events that are logged."""
