"""A browser that speaks with OpenAI itself: what it gets to begin with, and what it hands on."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

pytest.importorskip("websockets")
pytest.importorskip("openai.resources.realtime")

from openai import AuthenticationError

from autogen_classic.agentchat.realtime.experimental import RealtimeAgent
from autogen_classic.errors import RealtimeConnectionError
from autogen_classic.testing.http_server import HttpRequest, HttpResponse, HttpServer
from test.helpers.realtime_kit import Caller, run

CALL = {"type": "response.function_call_arguments.done", "name": "day", "arguments": "{}", "call_id": "c1"}


class KeyServer:
    """Gives out keys that live for a minute, as OpenAI does."""

    def __init__(self, status: int = 200, html: str = "", **answer: Any) -> None:
        self.requests: list[tuple[str, str, Any]] = []
        body, kind = (html, "text/html") if html else (json.dumps(answer), "application/json")
        self._answer = HttpResponse(status, body.encode(), kind)
        self._server = HttpServer(self._handle, "127.0.0.1", 0)

    async def _handle(self, request: HttpRequest) -> HttpResponse:
        self.requests.append((request.path, request.headers["authorization"], json.loads(request.body)))
        return self._answer

    def __enter__(self) -> str:
        self._server.start()
        return f"http://127.0.0.1:{self._server.port}/v1"

    def __exit__(self, *error: object) -> None:
        self._server.stop()


def serve(base_url: str, *says: str) -> Caller:
    """Serve a browser until the function of the agent has answered."""

    async def main() -> Caller:
        caller = Caller(*says, until=lambda caller: not says or caller.received[-1] == {"type": "response.create"})
        config = {"config_list": [{"model": "gpt-realtime", "api_key": "sk-of-the-program", "base_url": base_url}]}
        agent = RealtimeAgent(name="clerk", system_message="Be nice.", llm_config=config, websocket=caller)

        @agent.register_realtime_function(description="The day.")
        def day() -> str:
            return "Monday"

        await run(agent)
        return caller

    return asyncio.run(main())


def test_the_browser_gets_a_key_and_the_first_messages_and_hands_on_the_others() -> None:
    keys = KeyServer(value="ek_for_a_minute", expires_at=7, session={"type": "realtime", "id": "sess_1"})
    with keys as base_url:
        caller = serve(base_url, json.dumps({"type": "session.created", "session": {}}), json.dumps(CALL))
    ((path, key, body),) = keys.requests
    assert (path, key) == ("/v1/realtime/client_secrets", "Bearer sk-of-the-program")
    assert body["session"]["model"] == "gpt-realtime"
    assert body["session"]["audio"]["output"] == {"voice": "alloy"}
    begin, *further = caller.received
    assert begin["type"] == "ag2.init"
    assert begin["config"] == {
        "type": "realtime",
        "id": "sess_1",
        "model": "gpt-realtime",
        "client_secret": {"value": "ek_for_a_minute", "expires_at": 7},
    }
    assert begin["init"][0]["session"]["audio"]["input"] == {"turn_detection": {"type": "server_vad"}}
    assert [message["type"] for message in further] == [
        "session.update",
        "session.update",
        "conversation.item.create",
        "response.create",
    ]
    assert further[2]["item"] == {"type": "function_call_output", "call_id": "c1", "output": "Monday"}
    assert "sk-of-the-program" not in json.dumps(caller.received)


def test_a_server_of_the_beta_is_known_by_its_address() -> None:
    keys = KeyServer(id="sess_1", client_secret={"value": "ek_for_a_minute", "expires_at": 7})
    with keys as base_url:
        caller = serve(f"{base_url}/realtime/sessions", json.dumps(CALL))
    assert keys.requests[0][::2] == ("/v1/realtime/sessions", {"model": "gpt-realtime", "voice": "alloy"})
    assert caller.received[0]["config"]["client_secret"]["value"] == "ek_for_a_minute"
    assert caller.received[0]["init"][0]["session"]["voice"] == "alloy"


def test_a_page_that_sends_rubbish_does_not_end_the_conversation() -> None:
    with KeyServer(value="ek", expires_at=7) as base_url:
        caller = serve(base_url, "{", "[]", '{"type": 1}', json.dumps({**CALL, "arguments": "{"}))
    assert "the arguments are not valid JSON" in caller.received[-2]["item"]["output"]


def test_a_refused_key_is_an_error_without_the_key() -> None:
    answer = {"error": {"message": "Incorrect API key provided: sk-of-the-program."}}
    with KeyServer(401, **answer) as base_url:
        with pytest.raises(AuthenticationError, match="Incorrect API key provided") as caught:
            serve(base_url)
    assert "sk-of-the-program" not in f"{caught.value!r} {caught.value.body}"


@pytest.mark.parametrize("answer", [{"html": "<p>Moved.</p>"}, {"session": {}}, {"value": None}])
def test_an_answer_without_a_key_is_an_error_that_shows_it(answer: dict[str, Any]) -> None:
    with KeyServer(**answer) as base_url:
        with pytest.raises(RealtimeConnectionError, match=r"127\.0\.0\.1.* gives no key for the browser: "):
            serve(base_url)


def test_a_key_in_another_place_of_the_answer_is_not_shown() -> None:
    with KeyServer(client_secret={"value": "ek_68af296e8e408191a1120ab6383263c2"}) as base_url:
        with pytest.raises(RealtimeConnectionError, match="gives no key for the browser: ") as caught:
            serve(base_url)
    assert "ek_68af" not in str(caught.value)
