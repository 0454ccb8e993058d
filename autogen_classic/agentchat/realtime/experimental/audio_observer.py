"""An observer that notes the sound that passes by."""

from __future__ import annotations

from .realtime_events import AudioDelta, InputAudioBufferDelta, RealtimeEvent
from .realtime_observer import RealtimeObserver

__all__ = ("AudioObserver",)


class AudioObserver(RealtimeObserver):
    """Writes to its logger how much sound goes to the model and comes from it. Derive from it to do more with it."""

    async def on_event(self, event: RealtimeEvent) -> None:
        """See `RealtimeObserver.on_event`."""
        if isinstance(event, InputAudioBufferDelta):
            self.logger.info("The person has sent %d characters of audio.", len(event.delta))
        elif isinstance(event, AudioDelta):
            self.logger.info("The model has sent %d characters of audio.", len(event.delta))

    async def initialize_session(self) -> None:
        """Nothing has to be prepared."""

    async def run_loop(self) -> None:
        """Nothing is done besides."""
