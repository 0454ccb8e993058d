"""OpenAIWrapper over real HTTP, against the scripted local server."""

from __future__ import annotations

import asyncio
import logging
from types import SimpleNamespace
from typing import Any

import openai
import pytest

from autogen_classic._core.events import ModelAnswered, ModelAsked, listening
from autogen_classic.oai import client as client_room
from autogen_classic.oai.client import OpenAIClient, OpenAIWrapper
from autogen_classic.testing import MockOpenAIServer, disconnect, error, hang, pieces, tool_call

SECRET = "sk-very-secret-key"
HELLO = [{"role": "user", "content": "hi"}]


def config(server: MockOpenAIServer, model: str = "gpt-4", **more: Any) -> dict[str, Any]:
    return {"model": model, "base_url": server.base_url, "api_key": SECRET, "max_retries": 0, **more}


def wrapper(*configs: dict[str, Any], cache_seed: Any = None, **base: Any) -> OpenAIWrapper:
    return OpenAIWrapper(config_list=list(configs), cache_seed=cache_seed, **base)


@pytest.fixture(params=["sync", "async"])
def ask(request: pytest.FixtureRequest) -> Any:
    """Ask a wrapper, once by create and once by a_create."""
    if request.param == "sync":
        return lambda wrapper, **settings: wrapper.create(**settings)
    return lambda wrapper, **settings: asyncio.run(wrapper.a_create(**settings))


def test_an_answer_has_text_cost_and_the_configuration_that_gave_it(serve: Any, ask: Any) -> None:
    response = ask(wrapper(config(serve("Hello."))), messages=HELLO)
    assert OpenAIWrapper.extract_text_or_completion_object(response) == ["Hello."]
    assert (response.config_id, response.pass_filter) == (0, True)
    assert response.cost > 0


def test_settings_of_a_configuration_go_before_those_of_the_call(serve: Any, ask: Any) -> None:
    server = serve("Hello.")
    ask(wrapper(config(server), temperature=0.2), messages=HELLO, temperature=0.9, top_p=0.5)
    assert (server.requests[0]["temperature"], server.requests[0]["top_p"]) == (0.2, 0.5)


def test_own_settings_are_not_sent(serve: Any, ask: Any) -> None:
    server = serve("Hello.")
    one = config(server, tags=["a"], price=[1, 2], api_type="openai", api_version="x")
    ask(wrapper(one), messages=HELLO, agent="someone")
    assert set(server.requests[0]) == {"model", "messages", "stream"}


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500])
def test_an_error_of_the_provider_leads_to_the_next_configuration(serve: Any, ask: Any, status: int) -> None:
    first, second = serve(error(status)), serve("Hello.")
    assert ask(wrapper(config(first), config(second)), messages=HELLO).config_id == 1


@pytest.mark.parametrize(
    ("status", "kind"), [(400, "BadRequestError"), (401, "AuthenticationError"), (429, "RateLimitError")]
)
def test_the_last_error_keeps_its_type(serve: Any, ask: Any, status: int, kind: str) -> None:
    with pytest.raises(getattr(openai, kind)):
        ask(wrapper(config(serve(error(status)))), messages=HELLO)


def test_the_last_error_names_every_configuration_but_no_key(serve: Any, ask: Any) -> None:
    first, second = serve(error(429, "slow down")), serve(error(401, f"wrong key {SECRET}"))
    with pytest.raises(openai.AuthenticationError) as caught:
        ask(wrapper(config(first, "one"), config(second, "two")), messages=HELLO)
    text = str(caught.value)
    assert "'one'" in text
    assert "'two'" in text
    assert "slow down" in text
    assert SECRET not in text + repr(caught.value)


def test_retry_after_is_honoured_before_the_next_configuration(
    serve: Any, ask: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []

    async def note(seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr("time.sleep", waits.append)
    monkeypatch.setattr("anyio.sleep", note)
    server = serve(error(429, retry_after=7), "Hello.")
    assert ask(wrapper(config(server, max_retries=1)), messages=HELLO).config_id == 0
    assert waits == [7]


def test_an_answer_that_does_not_pass_the_filter_leads_to_the_next_configuration(serve: Any, ask: Any) -> None:
    asked = wrapper(config(serve("no")), config(serve("yes")))
    response = ask(asked, messages=HELLO, filter_func=lambda context, response: "yes" in str(response))
    assert (response.config_id, response.pass_filter) == (1, True)


def test_the_last_answer_is_returned_although_it_does_not_pass(serve: Any, ask: Any) -> None:
    response = ask(wrapper(config(serve("no"))), messages=HELLO, filter_func=lambda context, response: False)
    assert response.pass_filter is False


def test_messages_are_templates_when_there_is_a_context(serve: Any, ask: Any) -> None:
    server = serve("Hello.")
    messages = [{"role": "user", "content": "hi {name}"}, {"role": "user", "content": lambda context: context["name"]}]
    ask(wrapper(config(server)), messages=messages, context={"name": "Bo"}, allow_format_str_template=True)
    assert [message["content"] for message in server.requests[0]["messages"]] == ["hi Bo", "Bo"]
    assert messages[0]["content"] == "hi {name}"


@pytest.mark.parametrize("settings", [{}, {"messages": HELLO, "prompt": "hi"}])
def test_either_prompt_or_messages_is_needed(serve: Any, settings: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="either 'prompt' or 'messages'"):
        wrapper(config(serve())).create(**settings)


def test_a_stream_is_printed_and_put_together(serve: Any, ask: Any, capsys: pytest.CaptureFixture[str]) -> None:
    response = ask(wrapper(config(serve(pieces("Hel", "lo."))), stream=True), messages=HELLO)
    assert OpenAIWrapper.extract_text_or_completion_object(response) == ["Hello."]
    assert "Hello.\n\n" in capsys.readouterr().out


def test_tool_calls_of_a_stream_are_put_together(serve: Any, ask: Any) -> None:
    response = ask(wrapper(config(serve(tool_call("add", a=1, b=2))), stream=True), messages=HELLO)
    (message,) = OpenAIWrapper.extract_text_or_completion_object(response)
    assert message.tool_calls[0].function.name == "add"
    assert message.tool_calls[0].function.arguments.replace(" ", "") == '{"a":1,"b":2}'


def test_a_server_that_goes_in_mid_stream_leads_to_the_next_configuration(serve: Any, ask: Any) -> None:
    first, second = serve(disconnect("Hel")), serve("Hello.")
    response = ask(wrapper(config(first), config(second), stream=True), messages=HELLO)
    assert response.config_id == 1


def test_a_server_that_goes_in_mid_stream_is_a_connection_error(serve: Any, ask: Any) -> None:
    with pytest.raises(openai.APIConnectionError):
        ask(wrapper(config(serve(disconnect("Hel"))), stream=True), messages=HELLO)


def test_usage_adds_up_by_model(serve: Any, ask: Any) -> None:
    asked = wrapper(config(serve("one", "two"), price=[1, 1]))
    ask(asked, messages=HELLO)
    once = asked.actual_usage_summary["gpt-4"]["total_tokens"]
    ask(asked, messages=HELLO)
    assert asked.total_usage_summary["gpt-4"]["total_tokens"] == 2 * once
    assert asked.total_usage_summary["total_cost"] == pytest.approx(2 * once / 1000)


def test_the_summary_is_printed_in_the_known_format(capsys: pytest.CaptureFixture[str]) -> None:
    asked = OpenAIWrapper(config_list=[{"model": "m", "api_key": "k"}])
    asked.print_usage_summary()
    usage = {"cost": 0.5, "prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}
    asked.total_usage_summary = asked.actual_usage_summary = {"total_cost": 0.5, "m": usage}
    asked.print_usage_summary()
    ruler = "-" * 100
    assert capsys.readouterr().out.splitlines() == [
        'No usage summary. Please call "create" first.',
        ruler,
        "Usage summary excluding cached usage: ",
        "Total cost: 0.5",
        "* Model 'm': cost: 0.5, prompt_tokens: 1, completion_tokens: 2, total_tokens: 3",
        "",
        "All completions are non-cached: the total cost with cached completions is the same as actual cost.",
        ruler,
    ]


def test_an_unknown_print_mode_is_refused() -> None:
    asked = OpenAIWrapper(config_list=[{"model": "m", "api_key": "k"}])
    asked.total_usage_summary = {"total_cost": 0}
    with pytest.raises(ValueError, match="Invalid mode"):
        asked.print_usage_summary("all")


def test_the_price_of_an_unknown_model_is_reported_once_and_none_in_events(
    serve: Any, ask: Any, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("autogen_classic.oai._openai_client._models_without_price", set())
    asked, events = wrapper(config(serve("a", "b"), "unheard-of")), []
    with listening(events.append), caplog.at_level(logging.WARNING, "autogen.oai.client"):
        assert ask(asked, messages=HELLO).cost == 0
        ask(asked, messages=HELLO)
    assert [event.cost for event in events if isinstance(event, ModelAnswered)] == [None, None]
    assert len([record for record in caplog.records if "unheard-of" in record.message]) == 1


def test_events_tell_who_asked_and_hold_no_key(serve: Any, ask: Any) -> None:
    events: list[Any] = []
    with listening(events.append):
        ask(wrapper(config(serve("Hello."))), messages=HELLO, agent="Ann")
    asked, answered = (event for event in events if isinstance(event, (ModelAsked, ModelAnswered)))
    assert (asked.agent, answered.agent, answered.from_cache) == ("Ann", "Ann", False)
    assert SECRET not in repr(events)


def test_a_second_request_is_answered_from_the_cache(serve: Any, ask: Any) -> None:
    server = serve("one", "two")
    first, second = wrapper(config(server), cache_seed=5), wrapper(config(server), cache_seed=5)
    ask(first, messages=HELLO)
    response = ask(second, messages=HELLO)
    assert OpenAIWrapper.extract_text_or_completion_object(response) == ["one"]
    assert second.actual_usage_summary is None
    assert second.total_usage_summary == first.total_usage_summary


def test_another_seed_is_another_cache(serve: Any, ask: Any) -> None:
    server = serve("one", "two")
    ask(wrapper(config(server), cache_seed=5), messages=HELLO)
    ask(wrapper(config(server), cache_seed=6), messages=HELLO)
    assert len(server.requests) == 2


def test_no_client_is_made_before_the_first_request(serve: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: Any) -> None:
        raise AssertionError("connected")

    monkeypatch.setattr(client_room, "OpenAI", refuse, raising=False)
    asked = wrapper(config(serve("Hello.")))
    with pytest.raises(AssertionError, match="connected"):
        asked.create(messages=HELLO)


def test_looking_at_the_clients_connects_them(serve: Any) -> None:
    (made,) = wrapper(config(serve()))._clients
    assert isinstance(made, OpenAIClient)


def test_clients_of_one_endpoint_share_their_connections(serve: Any) -> None:
    server = serve()
    first, second = (wrapper(config(server))._clients[0]._oai_client._client for _ in range(2))
    assert first is second


@pytest.mark.parametrize("config_list", [None, [], [{"model": "m"}], [{"model": "m", "api_key": None}]])
def test_a_missing_key_is_refused_at_construction(config_list: Any) -> None:
    with pytest.raises(openai.OpenAIError):
        OpenAIWrapper(config_list=config_list)


def test_a_key_in_the_environment_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    assert OpenAIWrapper(config_list=[{"model": "m"}])._config_list == [{"model": "m"}]


@pytest.mark.parametrize("config_list", ["m", 3, {"model": "m"}, ["m"]])
def test_a_config_list_of_another_type_is_refused(config_list: Any) -> None:
    with pytest.raises(TypeError, match="list of dicts"):
        OpenAIWrapper(config_list=config_list)


def test_an_unknown_provider_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ImportError, match="azure"):
        OpenAIWrapper(config_list=[{"model": "m", "api_type": "no-such", "api_key": "k"}])


def test_an_unknown_provider_with_an_address_is_taken_for_openai(serve: Any) -> None:
    response = wrapper(config(serve("Hello."), api_type="my-server")).create(messages=HELLO)
    assert response.config_id == 0


def test_an_azure_deployment_is_named_after_the_model_without_dots(serve: Any, ask: Any) -> None:
    server = serve("Hello.")
    azure = {"model": "gpt-4.1", "api_type": "azure", "api_key": SECRET, "api_version": "2024-02-01"}
    ask(wrapper({**azure, "base_url": server.url}), messages=HELLO)
    assert "/openai/deployments/gpt-41/chat/completions" in server.requests[0].path


def test_a_patched_client_method_is_called(serve: Any, ask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = wrapper(config(serve()))
    monkeypatch.setattr(client_room.OpenAIClient, "create", lambda self, params: answer_of("patched"))
    assert ask(asked, messages=HELLO).choices[0].message.content == "patched"


def test_a_patched_wrapper_method_is_called(serve: Any, ask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_room.OpenAIWrapper, "create", lambda self, **settings: "patched")
    assert ask(wrapper(config(serve())), messages=HELLO) == "patched"


def answer_of(text: str, **more: Any) -> SimpleNamespace:
    message = SimpleNamespace(content=text, function_call=None, tool_calls=None)
    return SimpleNamespace(choices=[SimpleNamespace(message=message)], model="gpt-4", usage=None, **more)


class MyClient:
    def __init__(self, config: dict[str, Any], suffix: str = "") -> None:
        self.config, self.suffix, self.calls = config, suffix, 0

    def create(self, params: dict[str, Any]) -> Any:
        self.calls += 1
        return answer_of(params["messages"][0]["content"] + self.suffix)

    def message_retrieval(self, response: Any) -> list[str]:
        return [choice.message.content for choice in response.choices]

    def cost(self, response: Any) -> float:
        return 0.25

    @staticmethod
    def get_usage(response: Any) -> dict[str, Any]:
        return {}


MINE = {"model": "mine", "model_client_cls": "MyClient", "device": "cpu"}


def test_a_registered_client_answers(ask: Any) -> None:
    asked = wrapper(MINE)
    asked.register_model_client(MyClient, suffix="!")
    response = ask(asked, messages=HELLO)
    assert OpenAIWrapper.extract_text_or_completion_object(response) == ["hi!"]
    assert response.cost == 0.25
    assert asked._clients[0].config == MINE


def test_the_answer_of_a_registered_client_is_cached(ask: Any) -> None:
    asked = wrapper(MINE, cache_seed=5)
    asked.register_model_client(MyClient)
    ask(asked, messages=HELLO)
    assert OpenAIWrapper.extract_text_or_completion_object(ask(asked, messages=HELLO)) == ["hi"]
    assert asked._clients[0].calls == 1


def test_a_client_that_was_not_registered_stops_the_request(serve: Any, ask: Any) -> None:
    with pytest.raises(RuntimeError, match="MyClient"):
        ask(wrapper(MINE, config(serve("Hello."))), messages=HELLO)


def test_a_client_that_no_configuration_names_cannot_be_registered(serve: Any) -> None:
    with pytest.raises(ValueError, match="MyClient"):
        wrapper(config(serve())).register_model_client(MyClient)


def test_an_error_of_a_registered_client_is_raised_at_once(serve: Any, ask: Any) -> None:
    class Broken(MyClient):
        def create(self, params: dict[str, Any]) -> Any:
            raise ValueError("boom")

    asked = wrapper({"model": "b", "model_client_cls": "Broken"}, config(serve("Hello.")))
    asked.register_model_client(Broken)
    with pytest.raises(ValueError, match="boom"):
        ask(asked, messages=HELLO)


def test_a_live_client_in_the_configuration_is_used_as_it_is(ask: Any) -> None:
    live = MyClient({})
    asked = wrapper({"model": "m", "model_client": live})
    assert asked._clients == [live]
    assert ask(asked, messages=HELLO).config_id == 0


def test_a_wrong_address_is_explained(serve: Any, ask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("openai.resources.chat.completions.Completions.create", lambda *_, **__: "<html>")

    async def page(*_: Any, **__: Any) -> str:
        return "<html>"

    monkeypatch.setattr("openai.resources.chat.completions.AsyncCompletions.create", page)
    with pytest.raises(AttributeError, match="base_url"):
        ask(wrapper(config(serve())), messages=HELLO)


def test_a_timeout_of_the_last_configuration_is_a_timeout_error(serve: Any, ask: Any) -> None:
    with pytest.raises(TimeoutError, match="timeout"):
        ask(wrapper(config(serve(hang()), timeout=0.05)), messages=HELLO)


def test_a_thousand_requests_at_once_are_answered(serve: Any) -> None:
    server = MockOpenAIServer(default="text")
    with server:
        asked = wrapper(config(server, timeout=120))  # a slow machine may take long to open the connections

        async def all_at_once() -> list[Any]:
            return await asyncio.gather(*(asked.a_create(messages=HELLO) for _ in range(1000)))

        assert len(asyncio.run(all_at_once())) == 1000
    assert asked.total_usage_summary["gpt-4"]["total_tokens"] > 0


@pytest.mark.parametrize(("name", "unit"), [("timeout", "seconds"), ("max_retries", "tries")])
def test_a_text_in_place_of_a_number_is_named_before_any_request(serve: Any, name: str, unit: str) -> None:
    wrapper = OpenAIWrapper(config_list=[config(serve("Hello."), **{name: "5"})], cache_seed=None)
    with pytest.raises(TypeError, match=f"{name} of model 'gpt-4' must be a number of {unit}, but it is the text '5'"):
        wrapper.create(messages=[{"role": "user", "content": "Hello."}])


@pytest.mark.parametrize("price", ["0.01", ["a", "b"], [1], {"prompt": 1}])
def test_a_price_that_cannot_be_used_is_refused_before_anything_is_asked(serve: Any, ask: Any, price: Any) -> None:
    server = serve("Hello.")
    with pytest.raises(ValueError, match="price"):
        ask(wrapper(config(server, price=price)), messages=HELLO)
    assert server.requests == []


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("cache_seed", [None, 1])
def test_half_characters_are_replaced_in_what_is_sent(serve: Any, ask: Any, stream: bool, cache_seed: Any) -> None:
    server = serve("Hello.")
    messages = [
        {"role": "user", "content": "half \ud83d of ü"},
        {"role": "user", "content": [{"type": "text", "text": "\udc80"}]},
    ]
    ask(wrapper(config(server), cache_seed=cache_seed), messages=messages, stream=stream)
    sent = [message["content"] for message in server.requests[0]["messages"]]
    assert sent == ["half \ufffd of ü", [{"type": "text", "text": "\ufffd"}]]
    assert messages[0]["content"] == "half \ud83d of ü", "the history stays what was said"
