"""OpenAI's messages as events, by the names of today and those of the beta."""

from __future__ import annotations

import json
from typing import Any

from pydantic import ValidationError

from ...realtime_events import (
    AudioDelta,
    FunctionCall,
    RealtimeEvent,
    SessionCreated,
    SessionUpdated,
    SpeechStarted,
)

__all__ = ("parse_oai_message",)


def parse_oai_message(message: dict[str, Any]) -> RealtimeEvent:
    """Read a message of the server.

    Args:
        message: the message.

    Returns:
        The event; a plain `RealtimeEvent` for a message that observers need not know, or that lacks something.
    """
    try:
        return _event_of(message)
    except ValidationError:
        return RealtimeEvent(raw_message=message)


def _event_of(message: dict[str, Any]) -> RealtimeEvent:
    """The event that a message of the server stands for; one without a type of its own for all others."""
    match message.get("type"):
        case "session.created":
            return SessionCreated(raw_message=message)
        case "session.updated":
            return SessionUpdated(raw_message=message)
        case "response.audio.delta" | "response.output_audio.delta":
            return AudioDelta.model_validate(
                {"raw_message": message, "delta": message.get("delta"), "item_id": message.get("item_id")}
            )
        case "input_audio_buffer.speech_started":
            return SpeechStarted(raw_message=message)
        case "response.function_call_arguments.done":
            arguments, problem = _arguments_of(message.get("arguments"))
            return FunctionCall.model_validate(
                {
                    "raw_message": message,
                    "name": message.get("name"),
                    "call_id": message.get("call_id"),
                    "arguments": arguments,
                    "problem": problem,
                }
            )
    return RealtimeEvent(raw_message=message)


def _arguments_of(written: object) -> tuple[dict[str, Any], str | None]:
    """The arguments of a call, and what is wrong with them, for the model."""
    if not written:
        return {}, None
    try:
        arguments = json.loads(str(written))
    except (ValueError, RecursionError) as error:
        return {}, f"Function call failed: the arguments are not valid JSON ({error})."
    if not isinstance(arguments, dict):
        return {}, "Function call failed: the arguments must be a JSON object."
    return arguments, None
