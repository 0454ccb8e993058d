"""A model of Google by the Live API, played by a local server."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

import pytest

pytest.importorskip("websockets")

from websockets.sync.server import serve

from autogen_classic.agentchat.realtime.experimental import RealtimeAgent, TwilioAudioAdapter, WebSocketAudioAdapter
from autogen_classic.errors import RealtimeConnectionError
from test.helpers.realtime_kit import Caller, Watcher, media, run, start

SPOKEN = {"serverContent": {"modelTurn": {"parts": [{"inlineData": {"mimeType": "audio/pcm", "data": "SGVsbG8u"}}]}}}


class Live:
    """Plays Gemini: it answers each message that fits a key with the messages beside it.

    Args:
        **answers: by the key of what it receives.
    """

    def __init__(self, **answers: list[Any]) -> None:
        self.received: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self._answers = {"setup": [{"setupComplete": {}}], **answers}

    def sent(self, kind: str) -> list[Any]:
        """What the program has sent of one kind."""
        return [message[kind] for message in self.received if kind in message]

    def _talk(self, connection: Any) -> None:
        for text in connection:
            message = json.loads(text)
            self.received.append(message)
            for answer in self._answers.pop(next(iter(message)), []):
                connection.send(answer if isinstance(answer, str) else json.dumps(answer))

    def _check(self, connection: Any, request: Any) -> Any:
        self.keys.append(request.headers.get("x-goog-api-key"))
        assert "key" not in request.path
        return connection.respond(HTTPStatus.FORBIDDEN, "No.") if self.keys[-1] == "bad-google-key" else None

    @contextmanager
    def running(self, key: str = "good-google-key") -> Iterator[dict[str, Any]]:
        """Run it; the configuration leads to it."""
        with serve(self._talk, "127.0.0.1", 0, process_request=self._check) as server:
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            url = f"ws://127.0.0.1:{server.socket.getsockname()[1]}/live"
            yield {"config_list": [{"model": "gemini-live", "api_type": "google", "api_key": key, "base_url": url}]}
            server.shutdown()
            thread.join()


def talk(config: dict[str, Any], *says: str, until: Any, **settings: Any) -> Caller:
    async def main() -> Caller:
        caller = Caller(start(), *says, until=until)
        agent = RealtimeAgent(
            name="clerk",
            system_message="Be nice.",
            llm_config=config,
            audio_adapter=WebSocketAudioAdapter(caller),
            **settings,
        )

        @agent.register_realtime_function(description="The weather.")
        def weather(city: str) -> str:
            return f"9 degrees in {city}"

        await run(agent)
        return caller

    return asyncio.run(main())


def test_a_person_speaks_the_model_calls_a_function_and_answers() -> None:
    call = {"toolCall": {"functionCalls": [{"id": "f1", "name": "weather", "args": {"city": "Rome"}}]}}
    live = Live(realtime_input=[call], tool_response=[SPOKEN])
    with live.running() as config:
        caller = talk(config, media("How warm is it?"), until=lambda caller: bool(caller.heard))
    (setup,) = live.sent("setup")
    assert setup["model"] == "models/gemini-live"
    assert setup["system_instruction"]["parts"] == [{"text": "Be nice."}]
    assert setup["tools"][0]["function_declarations"][0]["name"] == "weather"
    assert setup["generation_config"]["temperature"] == 0.8
    (heard,) = live.sent("realtime_input")
    assert heard["audio"]["mime_type"] == "audio/pcm;rate=24000"
    (result,) = live.sent("tool_response")
    assert result["function_responses"] == [{"id": "f1", "response": {"result": {"string_value": "9 degrees in Rome"}}}]
    assert caller.heard == ["Hello."]
    assert live.keys == ["good-google-key"]


def test_what_is_playing_is_stopped_when_the_person_interrupts() -> None:
    live = Live(realtime_input=[SPOKEN, {"serverContent": {"interrupted": True}}])
    with live.running() as config:
        caller = talk(config, media("Hi"), until=lambda caller: "clear" in [one["event"] for one in caller.received])
    assert [message["event"] for message in caller.received] == ["media", "mark", "clear"]


def test_what_the_server_garbles_is_left_out(caplog: pytest.LogCaptureFixture) -> None:
    garbled = [
        '{"serverContent": ',
        "[]",
        {"serverContent": 7},
        {"serverContent": {"modelTurn": {"parts": [None]}}},
        {"toolCall": {"functionCalls": [{"name": "weather", "args": "no object"}]}},
        {"goAway": {"timeLeft": "10s"}},
        SPOKEN,
    ]
    with Live(realtime_input=garbled).running() as config:
        assert talk(config, media("Hi"), until=lambda caller: bool(caller.heard)).heard == ["Hello."]
    assert caplog.text.count("is left out") == 5


def test_text_can_be_said_to_the_model() -> None:
    async def main(config: dict[str, Any]) -> None:
        watcher = Watcher(lambda events: bool(events))
        agent = RealtimeAgent(name="clerk", llm_config=config, observers=[watcher])
        running = asyncio.ensure_future(agent.run())
        await asyncio.wait_for(watcher.enough.wait(), 10)
        await agent.realtime_client.send_text(role="system", text="Greet the person.")
        await agent.realtime_client.session_update({"instructions": "Too late."})
        await agent.realtime_client.truncate_audio(1, 0, "item")
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    live = Live()
    with live.running() as config:
        asyncio.run(main(config))
    assert live.sent("client_content") == [
        {"turn_complete": True, "turns": [{"role": "user", "parts": [{"text": "Greet the person."}]}]}
    ]
    assert len(live.sent("setup")) == 1


def test_sound_of_a_telephone_is_refused() -> None:
    async def main(config: dict[str, Any]) -> None:
        adapter = TwilioAudioAdapter(Caller(start()))
        await run(RealtimeAgent(name="clerk", llm_config=config, audio_adapter=adapter))

    with Live().running() as config:
        with pytest.raises(ValueError, match="16-bit PCM with 24 kHz, not 'g711_ulaw'"):
            asyncio.run(main(config))


def test_a_refused_key_is_an_error_without_the_key() -> None:
    with Live().running("bad-google-key") as config:
        with pytest.raises(RealtimeConnectionError, match="HTTP 403, No") as caught:
            talk(config, until=lambda caller: False)
    assert "bad-google-key" not in f"{caught.value!r} {caught.value.__cause__!r}"
