"""The path of `autogen_classic.agentchat.realtime.experimental` in AG2 0.6."""

from ..realtime.experimental import (
    FunctionObserver,
    RealtimeAgent,
    RealtimeObserver,
    TwilioAudioAdapter,
    WebSocketAudioAdapter,
    register_swarm,
)

__all__ = (
    "FunctionObserver",
    "RealtimeAgent",
    "RealtimeObserver",
    "TwilioAudioAdapter",
    "WebSocketAudioAdapter",
    "register_swarm",
)
