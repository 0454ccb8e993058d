"""An agent that speaks: what it tells the model, what it runs for it, and what becomes of a server that misbehaves."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections import Counter
from typing import Any

import pytest

pytest.importorskip("websockets")
pytest.importorskip("openai.resources.realtime")

from autogen_classic import LLMConfig
from autogen_classic.agentchat.realtime.experimental import RealtimeAgent, RealtimeObserver, WebSocketAudioAdapter
from autogen_classic.agentchat.realtime.experimental.clients.oai import base_client
from autogen_classic.agentchat.realtime.experimental.realtime_events import AudioDelta, FunctionCall
from autogen_classic.errors import LLMConfigError, RealtimeConnectionError
from autogen_classic.testing import MockRealtimeServer, disconnect, tool_call
from test.helpers.realtime_kit import Caller, Watcher, media, run, start, talk

BOTH_INTERFACES = pytest.mark.parametrize("beta", [False, True], ids=["today", "beta"])


def weather(city: str, days: int = 1) -> str:
    """The weather in a city."""
    return f"{9 + days} degrees in {city}"


def fails() -> str:
    """Fail."""
    raise ValueError("no luck")


@BOTH_INTERFACES
def test_a_person_speaks_the_model_calls_a_function_and_answers(beta: bool) -> None:
    replies = [tool_call("weather", city="Bergen"), "It is 10 degrees."]
    with MockRealtimeServer(replies, beta=beta) as server:
        caller = talk(server, media("How warm is it?"), until=lambda caller: bool(caller.heard), functions=(weather,))
    assert server.results == ["10 degrees in Bergen"]
    assert caller.heard == ["It is 10 degrees."]
    assert len(server.sent("response.create")) == 1


def test_a_server_of_today_is_told_the_settings_by_the_names_of_today() -> None:
    with MockRealtimeServer(["Hello."]) as server:
        talk(
            server,
            media("Hi"),
            until=lambda caller: bool(caller.heard),
            functions=(weather,),
            system_message="You are a clerk.",
            llm_config=server.llm_config(voice="echo"),
        )
    tool = server.settings["tools"][0]
    assert (tool["type"], tool["name"], tool["description"]) == ("function", "weather", "The weather in a city.")
    assert server.settings == {
        "type": "realtime",
        "instructions": "You are a clerk.",
        "output_modalities": ["audio"],
        "audio": {
            "input": {"turn_detection": {"type": "server_vad"}, "format": {"type": "audio/pcm", "rate": 24000}},
            "output": {"voice": "echo", "format": {"type": "audio/pcm", "rate": 24000}},
        },
        "tools": server.settings["tools"],
        "tool_choice": "auto",
    }


def test_a_server_of_the_beta_is_told_the_settings_by_the_names_of_the_beta() -> None:
    with MockRealtimeServer(["Hello."], beta=True) as server:
        talk(server, media("Hi"), until=lambda caller: bool(caller.heard))
    assert server.settings == {
        "turn_detection": {"type": "server_vad"},
        "voice": "alloy",
        "modalities": ["audio", "text"],
        "temperature": 0.8,
        "instructions": "You are a helpful AI Assistant.",
        "tools": [],
        "tool_choice": "auto",
        "input_audio_format": "pcm16",
        "output_audio_format": "pcm16",
    }


@pytest.mark.parametrize(
    ("call", "result"),
    [
        (tool_call("fails"), "Function call failed: no luck"),
        (tool_call("weather", '{"city": "Rome"'), "Function call failed: the arguments are not valid JSON"),
        (tool_call("weather", "[1]"), "Function call failed: the arguments must be a JSON object."),
        (tool_call("weather", ""), "Function call failed: "),
        (tool_call("weather", days=3), "Function call failed: "),
        (tool_call("unheard_of"), "Function call failed: there is no function 'unheard_of', but these: weather, fails"),
        (tool_call("weather", city="Rome", days="3"), "12 degrees in Rome"),
    ],
)
def test_what_is_wrong_with_a_call_reaches_the_model_and_the_conversation_goes_on(call: Any, result: str) -> None:
    with MockRealtimeServer([call, "I see."]) as server:
        caller = talk(server, media("Hi"), until=lambda caller: bool(caller.heard), functions=(weather, fails))
    assert server.results[0].startswith(result)
    assert caller.heard == ["I see."]


def test_the_model_goes_on_once_when_it_has_the_results_of_all_its_calls() -> None:
    calls = [tool_call("weather", city=city) for city in ("Rome", "Oslo", "Bergen")]
    with MockRealtimeServer([calls, "Three cities."]) as server:
        talk(server, media("Hi"), until=lambda caller: bool(caller.heard), functions=(weather,))
    kinds = [
        message["type"]
        for message in server.received
        if message["type"] in ("conversation.item.create", "response.create")
    ]
    assert kinds == ["conversation.item.create"] * 3 + ["response.create"]
    assert sorted(server.results) == [f"10 degrees in {city}" for city in ("Bergen", "Oslo", "Rome")]


def test_an_answer_is_asked_for_only_when_the_one_before_is_over() -> None:
    call = {"type": "response.function_call_arguments.done", "name": "weather", "arguments": '{"city": "Rome"}'}
    first = [{"type": "response.created", "response": {}}, {**call, "call_id": "1"}]
    with MockRealtimeServer([first, [{"type": "response.done", "response": {}}], "Done."]) as server:

        async def main() -> None:
            caller = Caller(start(), media("Hi"), until=lambda caller: bool(caller.heard))
            agent = RealtimeAgent(
                name="clerk", llm_config=server.llm_config(), audio_adapter=WebSocketAudioAdapter(caller)
            )

            @agent.register_realtime_function()
            async def weather(city: str) -> str:
                """The weather."""
                return city

            running = asyncio.ensure_future(run(agent))
            while not server.results:
                await asyncio.sleep(0.01)
            assert server.sent("response.create") == []
            await agent.realtime_client.send_audio("AAAA")  # the server ends its first answer
            await running

        asyncio.run(main())
    assert len(server.sent("response.create")) == 1


def test_the_conversation_goes_on_while_a_function_runs() -> None:
    released = threading.Event()

    def slow() -> str:
        """Take a while."""
        assert released.wait(10)
        return "done"

    def leaves(caller: Caller) -> bool:
        if caller.heard == ["Meanwhile."]:
            released.set()
        return caller.heard == ["Meanwhile.", "It is done."]

    with MockRealtimeServer([tool_call("slow"), "Meanwhile.", "It is done."]) as server:
        talk(server, media("Begin."), media("Are you there?"), until=leaves, functions=(slow,))
    assert server.results == ["done"]


@BOTH_INTERFACES
def test_observers_see_every_event_in_one_form(beta: bool) -> None:
    async def main(server: MockRealtimeServer) -> Watcher:
        watcher = Watcher()
        caller = Caller(start(), media("Hi"), until=lambda caller: bool(caller.heard))
        agent = RealtimeAgent(
            name="clerk",
            llm_config=server.llm_config(),
            audio_adapter=WebSocketAudioAdapter(caller),
            observers=[watcher],
        )
        await run(agent)
        return watcher

    with MockRealtimeServer(["Hello."], beta=beta) as server:
        watcher = asyncio.run(main(server))
    kinds = Counter(type(event).__name__ for event in watcher.events)
    assert {kinds["SessionCreated"], kinds["InputAudioBufferDelta"], kinds["SpeechStarted"]} == {1}
    assert kinds["SessionUpdated"] == 4
    (spoken,) = [event for event in watcher.events if isinstance(event, AudioDelta)]
    assert (spoken.type, spoken.item_id) == ("response.audio.delta", "item_1")
    assert watcher.closed


def test_what_the_server_garbles_is_left_out_and_the_conversation_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    garbled = [
        '{"type": "respon',
        "[1, 2]",
        "null",
        {"no": "type"},
        {"type": ["odd"]},
        {"type": "response.output_audio.delta"},
        {"type": "response.output_audio.delta", "delta": 7},
        {"type": "response.function_call_arguments.done", "name": None},
        {"type": "error", "error": "odd"},
        {"type": "something.new", "value": 1},
    ]
    with MockRealtimeServer([garbled, "Still here."]) as server:
        caller = talk(server, media("Hi"), media("Hello?"), until=lambda caller: bool(caller.heard))
    assert caller.heard == ["Still here."]
    assert caplog.text.count("cannot be read, and is left out") == 3


def test_an_error_of_the_server_is_noted_without_the_key(caplog: pytest.LogCaptureFixture) -> None:
    error = {"type": "error", "error": {"type": "invalid_request_error", "message": "Bad sk-very-secret-key."}}
    with MockRealtimeServer([[error], "Still here."], token="sk-very-secret-key") as server:
        caller = talk(server, media("Hi"), media("Hello?"), until=lambda caller: bool(caller.heard))
    assert caller.heard == ["Still here."]
    assert "The realtime server reports an error: Bad ***." in caplog.text
    assert "sk-very-secret-key" not in caplog.text


def test_a_connection_that_breaks_ends_the_conversation_with_an_error() -> None:
    watcher = Watcher()
    with MockRealtimeServer([disconnect()]) as server:
        with pytest.raises(RealtimeConnectionError, match="has broken off the conversation"):
            talk(server, media("Hi"), until=lambda caller: False, observers=[watcher])
    assert watcher.closed


def test_a_server_that_ends_the_conversation_ends_it_without_an_error() -> None:
    async def main(url: str) -> None:
        config = {"config_list": [{"model": "m", "api_key": "k", "websocket_base_url": url}]}
        await run(RealtimeAgent(name="clerk", llm_config=config))

    from websockets.sync.server import serve

    def end(connection: Any) -> None:
        connection.send(json.dumps({"type": "session.created", "session": {"type": "realtime"}}))
        for _ in range(3):
            connection.recv()

    with serve(end, "127.0.0.1", 0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        asyncio.run(main(f"ws://127.0.0.1:{server.socket.getsockname()[1]}/v1"))
        server.shutdown()
        thread.join()


def test_a_refused_key_is_an_error_that_says_what_to_check_and_hides_the_key(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "autogen")
    with MockRealtimeServer(token="sk-the-right-key") as server:
        with pytest.raises(RealtimeConnectionError, match=r"HTTP 401, Incorrect API key.*Check the api_key") as caught:
            talk(server, until=lambda caller: False, llm_config=server.llm_config(api_key="sk-the-wrong-key"))
    assert server.refused == 1
    shown = f"{caught.value!r} {caught.value.__cause__!r} {caplog.text}"
    assert "sk-the-wrong-key" not in shown


def test_a_server_that_is_not_there_is_an_error_that_names_it() -> None:
    with MockRealtimeServer() as server:
        config = server.llm_config()
    with pytest.raises(
        RealtimeConnectionError, match=r"The realtime server at ws://127\.0\.0\.1:\d+/v1 cannot be reached"
    ):
        asyncio.run(run(RealtimeAgent(name="clerk", llm_config=config)))


def test_a_server_that_does_not_describe_the_session_is_taken_for_one_of_today(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from websockets.sync.server import serve

    monkeypatch.setattr(base_client, "SECONDS_FOR_FIRST_MESSAGE", 0.05)
    first: list[dict[str, Any]] = []

    def listen(connection: Any) -> None:
        first.append(json.loads(connection.recv()))

    with serve(listen, "127.0.0.1", 0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        url = f"ws://127.0.0.1:{server.socket.getsockname()[1]}/v1"
        config = {"config_list": [{"model": "m", "api_key": "k", "websocket_base_url": url}]}
        asyncio.run(run(RealtimeAgent(name="clerk", llm_config=config)))
        server.shutdown()
        thread.join()
    assert first[0]["session"]["type"] == "realtime"
    assert "has not described the session" in caplog.text


def test_an_observer_that_fails_ends_the_conversation_with_its_error() -> None:
    class Failing(Watcher):
        async def initialize_session(self) -> None:
            raise FileNotFoundError("no such recording")

    with MockRealtimeServer() as server:
        with pytest.raises(FileNotFoundError, match="no such recording"):
            talk(server, until=lambda caller: False, observers=[Failing()])


def test_an_observer_that_fails_at_an_event_ends_the_conversation_with_its_error() -> None:
    class Failing(Watcher):
        async def on_event(self, event: Any) -> None:
            raise TimeoutError("the disk is slow")

    with MockRealtimeServer() as server:
        with pytest.raises(TimeoutError, match="the disk is slow"):
            talk(server, until=lambda caller: False, observers=[Failing()])


def test_a_conversation_that_is_cancelled_is_tidied_up() -> None:
    async def main(server: MockRealtimeServer) -> Watcher:
        watcher = Watcher(lambda events: "session.updated" in str(events[-1].raw_message))
        agent = RealtimeAgent(name="clerk", llm_config=server.llm_config(), observers=[watcher])
        running = asyncio.ensure_future(agent.run())
        await asyncio.wait_for(watcher.enough.wait(), 10)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert len(asyncio.all_tasks()) == 1
        return watcher

    with MockRealtimeServer() as server:
        assert asyncio.run(main(server)).closed


def test_the_program_is_called_when_the_session_is_prepared() -> None:
    async def main(server: MockRealtimeServer) -> None:
        watcher = Watcher(lambda events: isinstance(events[-1], AudioDelta))
        agent = RealtimeAgent(name="clerk", llm_config=server.llm_config(), observers=[watcher])

        async def greet() -> None:
            await agent.realtime_client.send_text(role="system", text="Greet the person.")
            await watcher.enough.wait()
            running.cancel()

        agent.callbacks.on_observers_ready = greet
        running = asyncio.ensure_future(run(agent))
        with pytest.raises(asyncio.CancelledError):
            await running

    with MockRealtimeServer(["Hello."]) as server:
        asyncio.run(main(server))
    assert [message["type"] for message in server.received[-3:]] == [
        "response.cancel",
        "conversation.item.create",
        "response.create",
    ]


def test_functions_are_tools_with_names_and_descriptions_of_their_own() -> None:
    with MockRealtimeServer() as server:
        agent = RealtimeAgent(name="clerk", llm_config=LLMConfig.ensure_config(server.llm_config()))
    tool = agent.register_realtime_function(name="forecast", description="Look ahead.")(weather)
    assert tool(city="Rome") == "10 degrees in Rome"
    assert agent.registered_realtime_tools == {"forecast": tool}
    assert tool.realtime_tool_schema["description"] == "Look ahead."


def test_the_configuration_may_come_from_a_with_block() -> None:
    with LLMConfig({"api_type": "openai", "model": "gpt-realtime", "api_key": "k"}):
        assert RealtimeAgent(name="clerk").name == "clerk"
    with pytest.raises(ValueError, match="The RealtimeAgent 'clerk' needs an llm_config"):
        RealtimeAgent(name="clerk")
    with pytest.raises(LLMConfigError, match="must name a model"):
        RealtimeAgent(name="clerk", llm_config={"config_list": [{"api_key": "k"}]})


def test_the_voice_may_be_an_argument_as_in_the_first_releases() -> None:
    with MockRealtimeServer(["Hello."]) as server:
        talk(server, media("Hi"), until=lambda caller: bool(caller.heard), voice="sage")
    assert server.settings["audio"]["output"]["voice"] == "sage"


@pytest.mark.parametrize(
    ("entry", "settings"),
    [
        ({"api_type": "anthropic"}, {}),
        ({"api_type": "openai"}, {"unknown": 1}),
        ({"api_type": "google"}, {"websocket": 1}),
    ],
)
def test_a_configuration_that_no_client_is_for_is_refused(entry: dict[str, str], settings: dict[str, Any]) -> None:
    config = {"config_list": [{"model": "m", "api_key": "k", **entry}]}
    with pytest.raises(ValueError, match="Realtime API client not found"):
        RealtimeAgent(name="clerk", llm_config=config, **settings)


def test_an_observer_that_was_not_started_has_no_agent() -> None:
    with pytest.raises(RuntimeError, match=r"RealtimeAgent\.run\(\) starts it"):
        _ = Watcher().agent
    assert issubclass(Watcher, RealtimeObserver)


def test_a_call_that_lacks_its_name_is_a_plain_event() -> None:
    from autogen_classic.agentchat.realtime.experimental.clients.oai.utils import parse_oai_message

    message = {"type": "response.function_call_arguments.done", "call_id": "c", "arguments": "{}"}
    assert not isinstance(parse_oai_message(message), FunctionCall)
    assert isinstance(parse_oai_message({**message, "name": "f"}), FunctionCall)


def test_an_agent_speaks_with_one_person_after_the_other() -> None:
    async def main(server: MockRealtimeServer) -> list[str]:
        heard = []
        agent = RealtimeAgent(name="clerk", llm_config=server.llm_config())
        agent.register_realtime_function()(weather)
        for _ in range(2):
            watcher = Watcher(lambda events: isinstance(events[-1], AudioDelta))
            agent.register_observer(watcher)
            running = asyncio.ensure_future(run(agent))
            while not server.settings.get("tools"):
                await asyncio.sleep(0.01)
            await agent.realtime_client.send_audio("AAAA")
            await watcher.enough.wait()
            heard += [event.delta for event in watcher.events if isinstance(event, AudioDelta)]
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            server.settings.clear()
        return heard

    call = tool_call("weather", city="Rome")
    with MockRealtimeServer([call, "One.", call, "Two."]) as server:
        assert asyncio.run(main(server)) == ["T25lLg==", "VHdvLg=="]
