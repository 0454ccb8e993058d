"""Agents that speak: they hear a person over a browser or a telephone, and answer with a voice.

A model that hears and speaks is asked over a connection that stays open for the length of the conversation. A
`RealtimeAgent` holds this connection; observers see every event, and one of them, an audio adapter, carries the sound
between the model and the person.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...._core.lazy import load

if TYPE_CHECKING:
    from .audio_adapters import TwilioAudioAdapter, WebSocketAudioAdapter
    from .audio_observer import AudioObserver
    from .function_observer import FunctionObserver
    from .realtime_agent import RealtimeAgent
    from .realtime_observer import RealtimeObserver
    from .realtime_swarm import register_swarm

__all__ = (
    "AudioObserver",
    "FunctionObserver",
    "RealtimeAgent",
    "RealtimeObserver",
    "TwilioAudioAdapter",
    "WebSocketAudioAdapter",
    "register_swarm",
)

_HOMES = {
    "AudioObserver": ".audio_observer",
    "FunctionObserver": ".function_observer",
    "RealtimeAgent": ".realtime_agent",
    "RealtimeObserver": ".realtime_observer",
    "TwilioAudioAdapter": ".audio_adapters",
    "WebSocketAudioAdapter": ".audio_adapters",
    "register_swarm": ".realtime_swarm",
}

if not TYPE_CHECKING:  # so that type checkers report a misspelt name

    def __getattr__(name: str) -> object:
        return load(__name__, name, _HOMES)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
