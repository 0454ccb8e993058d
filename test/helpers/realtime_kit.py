"""A person at the other end of a web socket, as the web frameworks show them, for tests of agents that speak."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

from autogen_classic.agentchat.realtime.experimental import RealtimeAgent, RealtimeObserver, WebSocketAudioAdapter
from autogen_classic.agentchat.realtime.experimental.realtime_events import RealtimeEvent
from autogen_classic.testing import MockRealtimeServer

__all__ = ("Caller", "Watcher", "media", "run", "sound_of", "start", "talk")


def start(stream: str = "MZ1") -> str:
    """The message with which a stream begins."""
    return json.dumps({"event": "start", "start": {"streamSid": stream}})


def media(text: str, at: int = 20) -> str:
    """A piece of sound, made of the letters of a text."""
    payload = base64.b64encode(text.encode()).decode()
    return json.dumps({"event": "media", "media": {"timestamp": str(at), "payload": payload}})


def sound_of(message: dict[str, Any]) -> str:
    """The letters of which a piece of sound is made."""
    return base64.b64decode(message["media"]["payload"]).decode()


class Caller:
    """Stands in for the web socket of a browser or of Twilio.

    Args:
        *says: what it sends, one after the other.
        until: tells by what it has received whether it leaves; None leaves when the server does.
    """

    def __init__(self, *says: str, until: Callable[[Caller], bool] | None = None) -> None:
        self.received: list[dict[str, Any]] = []
        self._says = says
        self._until = until
        self._news = asyncio.Condition()

    @property
    def heard(self) -> list[str]:
        """What was said to it."""
        return [sound_of(message) for message in self.received if message.get("event") == "media"]

    async def wait_for(self, fits: Callable[[], bool]) -> None:
        """Wait until something is so, which is looked at whenever a message arrives."""
        async with self._news:
            await self._news.wait_for(fits)

    async def send_json(self, data: Any, mode: str = "text") -> None:
        """Receive a message."""
        async with self._news:
            self.received.append(json.loads(json.dumps(data)))
            self._news.notify_all()

    async def iter_text(self) -> AsyncIterator[str]:
        """Speak, and stay until it is time to leave."""
        for text in self._says:
            yield text
        if self._until is None:
            await asyncio.Event().wait()
        await self.wait_for(lambda: self._until is not None and self._until(self))

    async def receive_text(self) -> str:
        """Not used here."""
        raise NotImplementedError

    async def receive_json(self, mode: str = "text") -> Any:
        """Not used here."""
        raise NotImplementedError


class Watcher(RealtimeObserver):
    """Keeps all events, and ends the conversation when it has seen enough.

    Args:
        until: tells by the events whether to end it.
    """

    def __init__(self, until: Callable[[list[RealtimeEvent]], bool] = lambda events: False) -> None:
        super().__init__()
        self.events: list[RealtimeEvent] = []
        self.closed = False
        self._until = until
        self.enough = asyncio.Event()

    async def initialize_session(self) -> None:
        """Nothing has to be prepared."""

    async def run_loop(self) -> None:
        """Nothing is done besides."""

    async def on_event(self, event: RealtimeEvent) -> None:
        """Keep it."""
        self.events.append(event)
        if self._until(self.events):
            self.enough.set()

    async def on_close(self) -> None:
        """Note it."""
        self.closed = True

    def kinds(self) -> list[str]:
        """The kinds of the messages of the server."""
        return [str(event.raw_message.get("type")) for event in self.events if event.raw_message]


async def run(agent: RealtimeAgent, seconds: float = 10) -> None:
    """Run an agent, and fail rather than wait for ever."""
    await asyncio.wait_for(agent.run(), seconds)


def talk(
    server: MockRealtimeServer,
    *says: str,
    until: Callable[[Caller], bool],
    functions: tuple[Any, ...] = (),
    **settings: Any,
) -> Caller:
    """Have somebody in a browser talk with an agent.

    Args:
        server: plays the model.
        *says: what they send after the start of the stream.
        until: tells by what they have received whether they leave.
        functions: what the model may call.
        **settings: of the agent.
    """

    async def main() -> Caller:
        caller = Caller(start(), *says, until=until)
        agent = RealtimeAgent(
            **{
                "name": "clerk",
                "llm_config": server.llm_config(),
                "audio_adapter": WebSocketAudioAdapter(caller),
                **settings,
            }
        )
        for function in functions:
            agent.register_realtime_function()(function)
        await run(agent)
        return caller

    return asyncio.run(main())
