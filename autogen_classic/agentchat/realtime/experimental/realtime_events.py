"""What happens in a conversation by voice, whichever provider the model belongs to."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel

__all__ = (
    "AudioDelta",
    "FunctionCall",
    "InputAudioBufferDelta",
    "RealtimeEvent",
    "SessionCreated",
    "SessionUpdated",
    "SpeechStarted",
)


class RealtimeEvent(BaseModel):
    """Anything that a server has sent; the classes below are what observers need to know.

    Attributes:
        raw_message: the message as the server wrote it.
    """

    raw_message: dict[str, Any]


class SessionCreated(RealtimeEvent):
    """The server is ready."""

    type: Literal["session.created"] = "session.created"


class SessionUpdated(RealtimeEvent):
    """The server has taken over settings."""

    type: Literal["session.updated"] = "session.updated"


class AudioDelta(RealtimeEvent):
    """A piece of what the model says.

    Attributes:
        delta: the sound, in base 64.
        item_id: the item of the conversation that it belongs to; None where a provider has no such items.
    """

    type: Literal["response.audio.delta"] = "response.audio.delta"
    delta: str
    item_id: Any = None


class InputAudioBufferDelta(RealtimeEvent):
    """A piece of what the person says, on its way to the model.

    Attributes:
        delta: the sound, in base 64.
        item_id: always None.
    """

    type: Literal["input_audio_buffer.delta"] = "input_audio_buffer.delta"
    delta: str
    item_id: Any = None


class SpeechStarted(RealtimeEvent):
    """The person has begun to speak: what the model was saying is to stop."""

    type: Literal["input_audio_buffer.speech_started"] = "input_audio_buffer.speech_started"


class FunctionCall(RealtimeEvent):
    """The model calls a function.

    Attributes:
        name: the function.
        arguments: its arguments.
        call_id: what its result has to name.
        problem: what is wrong with the arguments that the model wrote, in which case ``arguments`` is empty.
    """

    type: Literal["response.function_call_arguments.done"] = "response.function_call_arguments.done"
    name: str
    arguments: dict[str, Any]
    call_id: str
    problem: str | None = None
