"""What carries the sound: it stops when the person speaks, ends when they leave, and trusts neither side."""

from __future__ import annotations

import asyncio
import json
import threading
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("websockets")
pytest.importorskip("openai.resources.realtime")

from autogen_classic.agentchat.realtime.experimental import (
    AudioObserver,
    RealtimeAgent,
    TwilioAudioAdapter,
    WebSocketAudioAdapter,
)
from autogen_classic.testing import MockRealtimeServer
from test.helpers.realtime_kit import Caller, Watcher, media, run, start, talk

PAYLOADS = st.none() | st.booleans() | st.integers() | st.text(max_size=8)
JSON = st.recursive(PAYLOADS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner))


def events_of(caller: Caller) -> list[str]:
    return [message["event"] for message in caller.received]


def test_what_the_model_says_is_followed_by_a_mark() -> None:
    with MockRealtimeServer(["Hello."]) as server:
        caller = talk(server, media("Hi"), until=lambda caller: len(caller.received) == 2)
    assert [message["streamSid"] for message in caller.received] == ["MZ1", "MZ1"]
    assert caller.received[1]["mark"] == {"name": "responsePart"}


def test_the_model_is_stopped_when_the_person_speaks_and_told_how_much_was_heard() -> None:
    async def main(server: MockRealtimeServer) -> Caller:
        class Interrupting(Caller):
            async def iter_text(self) -> Any:
                yield start()
                yield media("Hi", at=40)
                await self.wait_for(lambda: "mark" in events_of(self))
                yield media("Stop!", at=540)
                await self.wait_for(lambda: events_of(self).count("media") == 2)

        caller = Interrupting()
        adapter = WebSocketAudioAdapter(caller)
        await run(RealtimeAgent(name="clerk", llm_config=server.llm_config(), audio_adapter=adapter))
        return caller

    with MockRealtimeServer(["A long answer.", "Sorry."]) as server:
        caller = asyncio.run(main(server))
    assert events_of(caller)[:4] == ["media", "mark", "clear", "media"]
    (truncated,) = server.sent("conversation.item.truncate")
    assert truncated["item_id"] == "item_1"
    assert truncated["audio_end_ms"] in (0, 500)  # the server speaks as soon as it hears, or after the next piece


def test_nothing_is_stopped_when_the_person_has_heard_everything() -> None:
    async def main(server: MockRealtimeServer) -> Caller:
        class Attentive(Caller):
            async def iter_text(self) -> Any:
                yield start()
                yield media("Hi", at=40)
                await self.wait_for(lambda: "mark" in events_of(self))
                yield json.dumps({"event": "mark", "mark": {"name": "responsePart"}})
                yield media("Go on.", at=540)
                await self.wait_for(lambda: events_of(self).count("media") == 2)

        caller = Attentive()
        adapter = WebSocketAudioAdapter(caller)
        await run(RealtimeAgent(name="clerk", llm_config=server.llm_config(), audio_adapter=adapter))
        return caller

    with MockRealtimeServer(["A long answer.", "More."]) as server:
        caller = asyncio.run(main(server))
    assert "clear" not in events_of(caller)
    assert server.sent("conversation.item.truncate") == []


def test_a_telephone_has_sound_of_its_own_form() -> None:
    async def main(server: MockRealtimeServer) -> None:
        caller = Caller(start(), media("Hi"), json.dumps({"event": "stop"}))
        adapter = TwilioAudioAdapter(caller)
        await run(RealtimeAgent(name="clerk", llm_config=server.llm_config(), audio_adapter=adapter))

    with MockRealtimeServer() as server:
        asyncio.run(main(server))
    assert server.settings["audio"]["input"]["format"] == {"type": "audio/pcmu"}
    assert server.settings["audio"]["output"]["format"] == {"type": "audio/pcmu"}


@settings(max_examples=30)
@given(st.lists(st.text(max_size=20) | JSON.map(json.dumps), max_size=5), JSON)
def test_whatever_a_browser_sends_the_conversation_goes_on(texts: list[str], odd: object) -> None:
    class Nobody:
        """A client that only counts."""

        def __init__(self) -> None:
            self.heard: list[str] = []

        async def send_audio(self, audio: str) -> None:
            self.heard.append(audio)

    class Agent:
        realtime_client = Nobody()

    odd_ones = [json.dumps({"event": event, event: odd}) for event in ("media", "start", "mark", "unknown")]
    odd_ones += [json.dumps({"event": "media", "media": {"payload": "AAAA", "timestamp": odd}})]

    async def main() -> None:
        caller = Caller(*texts, *odd_ones, media("Hi"), until=lambda caller: True)
        adapter: Any = WebSocketAudioAdapter(caller)
        adapter._agent = Agent()
        await asyncio.wait_for(adapter.run_loop(), 10)

    asyncio.run(main())
    assert Agent.realtime_client.heard[-1] == json.loads(media("Hi"))["media"]["payload"]


def test_a_person_who_has_left_is_not_an_error(caplog: pytest.LogCaptureFixture) -> None:
    class Gone(Caller):
        async def send_json(self, data: Any, mode: str = "text") -> None:
            await super().send_json(data)
            raise RuntimeError('Cannot call "send" once a close message has been sent.')

    async def main(server: MockRealtimeServer) -> None:
        caller = Gone(start(), media("Hi"), until=lambda caller: bool(caller.received))
        adapter = WebSocketAudioAdapter(caller)
        await run(RealtimeAgent(name="clerk", llm_config=server.llm_config(), audio_adapter=adapter))

    with MockRealtimeServer(["Hello."]) as server:
        asyncio.run(main(server))
    assert "The person's side does not take the sound any more" in caplog.text


def test_an_audio_observer_notes_what_passes_by(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "autogen.agentchat.realtime")
    watcher = Watcher()
    with MockRealtimeServer(["Hello."]) as server:
        talk(server, media("Hi"), until=lambda caller: len(caller.received) == 2, observers=[AudioObserver(), watcher])
    assert "The person has sent 4 characters of audio." in caplog.text
    assert "The model has sent 8 characters of audio." in caplog.text


def test_a_web_socket_of_starlette_is_served_until_the_page_is_closed() -> None:
    pytest.importorskip("starlette")
    from starlette.applications import Starlette
    from starlette.routing import WebSocketRoute
    from starlette.testclient import TestClient

    over = threading.Event()

    with MockRealtimeServer(["Hello from the model."]) as server:

        async def handle(websocket: Any) -> None:
            await websocket.accept()
            adapter = WebSocketAudioAdapter(websocket)
            agent = RealtimeAgent(name="clerk", llm_config=server.llm_config(), audio_adapter=adapter)
            await run(agent)
            over.set()

        app = Starlette(routes=[WebSocketRoute("/talk", handle)])
        with TestClient(app).websocket_connect("/talk") as page:
            page.send_text(start())
            page.send_text(media("Hi"))
            said = page.receive_json()
            page.close()
            assert over.wait(10)
    assert said["event"] == "media"
