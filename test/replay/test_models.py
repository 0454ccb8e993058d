"""What a recording holds of models, and how a replay answers in their place."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openai
import pytest
from termcolor import termcolor

from autogen_classic import AssistantAgent, ConversableAgent, OpenAIWrapper
from autogen_classic.cache import Cache
from autogen_classic.replay import (
    CassetteError,
    RecordedModelError,
    ReplayMismatchError,
    UnusedTurnsError,
    record,
    replay,
)
from autogen_classic.testing import CapturedIO, MockOpenAIServer, ScriptedClient, error, tool_call

Serve = Callable[..., MockOpenAIServer]
Config = Callable[..., dict[str, Any]]


def turns_of(name: str = "run.json") -> list[dict[str, Any]]:
    return list(json.loads(Path(name).read_text(encoding="utf-8"))["turns"])


def ask(llm_config: dict[str, Any], text: str = "hello", **settings: Any) -> str:
    wrapper = OpenAIWrapper(**llm_config)
    response = wrapper.create(messages=[{"role": "user", "content": text}], **settings)
    return str(wrapper.extract_text_or_completion_object(response)[0])


def record_one(serve: Serve, config: Config, *replies: Any, **settings: Any) -> None:
    with record("run.json"):
        for _ in replies:
            ask(config(serve(*replies[:1])), **settings)


# --- requests


def test_an_answer_comes_back_with_its_usage_cost_and_ids(serve: Serve, config: Config) -> None:
    server = serve(tool_call("add", a=1))
    question = {"messages": [{"role": "user", "content": "hello"}], "tools": []}
    with record("run.json"):
        live = OpenAIWrapper(**config(server))
        before = live.create(**question)
    with replay("run.json"):
        replayed = OpenAIWrapper(**config(None))
        after = replayed.create(**question)
    set_by_the_wrapper = {"message_retrieval_function", "pass_filter"}
    assert after.model_dump(exclude=set_by_the_wrapper) == before.model_dump(exclude=set_by_the_wrapper)
    assert type(after) is type(before)
    assert replayed.total_usage_summary == live.total_usage_summary
    assert replayed.extract_text_or_completion_object(after) == live.extract_text_or_completion_object(before)


def test_equal_requests_are_answered_in_their_order(serve: Serve, config: Config) -> None:
    server = serve("first", "second")
    with record("run.json"):
        assert [ask(config(server)), ask(config(server))] == ["first", "second"]
    with replay("run.json"):
        assert [ask(config(None)), ask(config(None))] == ["first", "second"]


def test_different_requests_may_come_in_another_order(serve: Serve, config: Config) -> None:
    server = serve("first", "second")
    with record("run.json"):
        ask(config(server), "one")
        ask(config(server), "two")
    with replay("run.json"):
        assert [ask(config(None), "two"), ask(config(None), "one")] == ["second", "first"]


def test_only_new_messages_of_a_conversation_are_written(serve: Serve, config: Config) -> None:
    agent = AssistantAgent("bob", llm_config=config(serve()), system_message="Be short.")
    with record("run.json"):
        ConversableAgent("ann", llm_config=False, human_input_mode="NEVER").initiate_chat(
            agent, message="hi", max_turns=3
        )
    first, second, third = (turn["request"] for turn in turns_of())
    assert len(first["messages"]) == 2
    assert (second["continues_turn"], second["keeps_messages"], len(second["messages"])) == (1, 2, 2)
    assert (third["continues_turn"], third["keeps_messages"], len(third["messages"])) == (2, 4, 2)


def test_a_completion_of_a_prompt_replays_too(config: Config) -> None:
    class Completing(CustomClient):
        def create(self, params: dict[str, Any]) -> Any:
            choice = {"text": "upon a time", "index": 0, "finish_reason": "stop", "logprobs": None}
            fields = {"id": "1", "created": 1, "model": "m", "object": "text_completion", "choices": [choice]}
            return openai.types.Completion.model_validate(fields)

        def message_retrieval(self, response: Any) -> list[str]:
            return [choice.text for choice in response.choices]

    wrapper = OpenAIWrapper(model_client=Completing({}), model="m")
    with record("run.json"):
        wrapper.create(prompt="Once")
    with replay("run.json"):
        after = OpenAIWrapper(**config(None, model="m")).create(prompt="Once")
    assert isinstance(after, openai.types.Completion)
    assert OpenAIWrapper.extract_text_or_completion_object(after) == ["upon a time"]


def test_a_streamed_answer_is_shown_again_in_its_colour(
    serve: Serve, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_colour(True, monkeypatch)
    server = serve(["Hel", "lo\n"])
    with record("run.json"), CapturedIO() as before:
        ask(config(server, stream=True))
    with replay("run.json"), CapturedIO() as after:
        assert ask(config(None, stream=True)) == "Hello\n"
    assert after.text == before.text
    assert "\x1b[32m" in after.text
    use_colour(False, monkeypatch)
    with replay("run.json"), CapturedIO() as plain:
        ask(config(None, stream=True))
    assert plain.text == "Hello\n\n\n"


def use_colour(wanted: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR" if wanted else "FORCE_COLOR", raising=False)
    monkeypatch.setenv("FORCE_COLOR" if wanted else "NO_COLOR", "1")
    if hasattr(termcolor.can_colorize, "cache_clear"):
        termcolor.can_colorize.cache_clear()


@pytest.fixture(autouse=True)
def _forget_colour() -> Iterator[None]:
    yield
    if hasattr(termcolor.can_colorize, "cache_clear"):
        termcolor.can_colorize.cache_clear()


def test_a_structured_answer_is_repaired_again(serve: Serve, config: Config) -> None:
    schema = {
        "type": "json_schema",
        "json_schema": {"name": "n", "schema": {"type": "object", "required": ["a"], "properties": {"a": {}}}},
    }
    server = serve("no JSON", '{"a": 1}')
    with record("run.json"):
        live = OpenAIWrapper(**config(server))
        before = live.create(messages=[{"role": "user", "content": "x"}], response_format=schema)
    assert len(turns_of()) == 2
    with replay("run.json"):
        replayed = OpenAIWrapper(**config(None))
        after = replayed.create(messages=[{"role": "user", "content": "x"}], response_format=schema)
    assert after.choices[0].message.content == before.choices[0].message.content == '{"a": 1}'
    assert replayed.total_usage_summary == live.total_usage_summary


def test_an_answer_that_could_not_be_repaired_costs_the_same_again(serve: Serve) -> None:
    def run(wrapper: OpenAIWrapper) -> Any:
        wrapper.create(messages=[{"role": "user", "content": "x"}], response_format={"type": "json_object"})
        return wrapper.total_usage_summary

    servers = [serve("no JSON", error(400)), serve("{}")]
    with record("run.json"):
        before = run(
            OpenAIWrapper(
                config_list=[server.config(model="mock", price=[1, 2]) for server in servers], cache_seed=None
            )
        )
    with replay("run.json"):
        after = run(OpenAIWrapper(config_list=[{"model": "mock", "price": [1, 2]}] * 2, cache_seed=None))
    assert after == before


# --- other clients, caches, errors


class CustomClient:
    """A client of a program, with an answer and a retrieval of its own."""

    made = 0

    def __init__(self, config: dict[str, Any], **_: Any) -> None:
        type(self).made += 1

    def create(self, params: dict[str, Any]) -> Any:
        print("thinking")
        choice = SimpleNamespace(message=SimpleNamespace(content="raw", function_call=None), extra={"a": [1, None]})
        return SimpleNamespace(choices=[choice], model="mine")

    def message_retrieval(self, response: Any) -> list[str]:
        return [f"read: {choice.message.content}" for choice in response.choices]

    def cost(self, response: Any) -> float:
        response.cost = 0.25
        return 0.25

    @staticmethod
    def get_usage(response: Any) -> dict[str, Any]:
        usage = {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}
        return {**usage, "cost": response.cost, "model": response.model}


CUSTOM = {"config_list": [{"model": "mine", "model_client_cls": "CustomClient"}], "cache_seed": None}


def test_a_custom_client_replays_without_being_registered() -> None:
    agent = ConversableAgent("bob", llm_config=CUSTOM)
    agent.register_model_client(CustomClient)
    with record("run.json"):
        assert agent.generate_reply([{"role": "user", "content": "x"}]) == "read: raw"
    with replay("run.json"):
        replayed = ConversableAgent("bob", llm_config=CUSTOM)
        assert replayed.generate_reply([{"role": "user", "content": "x"}]) == "read: raw"
    assert replayed.client is not None
    assert agent.client is not None
    assert replayed.client.total_usage_summary == agent.client.total_usage_summary
    with pytest.raises(RuntimeError, match="not activated"):
        replayed.generate_reply([{"role": "user", "content": "x"}])


def test_a_scripted_client_can_be_recorded() -> None:
    with record("run.json"):
        assert ask(ScriptedClient(["one"]).llm_config()) == "one"
    with replay("run.json"):
        assert ask(ScriptedClient([]).llm_config()) == "one"


def test_an_answer_that_its_own_client_cannot_read_is_recorded_as_the_error(config: Config) -> None:
    class Stumbling(CustomClient):
        def message_retrieval(self, response: Any) -> list[str]:
            raise IndexError("no choices")

    def run() -> None:
        agent = ConversableAgent("bob", llm_config=CUSTOM)
        agent.register_model_client(Stumbling)
        agent.generate_reply([{"role": "user", "content": "x"}])

    Stumbling.__name__ = "CustomClient"
    for tape in (record, replay):
        with pytest.raises(IndexError, match="no choices"), tape("run.json"):
            run()


def test_an_answer_that_has_no_form_in_json_is_refused_when_recorded() -> None:
    class Opaque(CustomClient):
        def create(self, params: dict[str, Any]) -> Any:
            return SimpleNamespace(choices=[], model="m", lock=threading.Lock())

    agent = ConversableAgent("bob", llm_config={"config_list": [{"model": "m", "model_client_cls": "Opaque"}]})
    agent.register_model_client(Opaque)
    with pytest.raises(CassetteError, match="holds a lock"), record("run.json"):
        agent.generate_reply([{"role": "user", "content": "x"}])


def test_answers_from_a_cache_are_recorded_as_such_and_a_replay_leaves_caches_alone(
    serve: Serve, config: Config
) -> None:
    server = serve("one")
    with Cache.in_memory() as cache, record("run.json"):
        live = OpenAIWrapper(**config(server))
        for _ in range(2):
            live.create(messages=[{"role": "user", "content": "x"}], cache=cache)
    assert [turn["from_cache"] for turn in turns_of()] == [False, True]
    with replay("run.json"):
        replayed = OpenAIWrapper(**config(None))
        untouchable: Any = SimpleNamespace(get=None, set=None)
        costs = [replayed.create(messages=[{"role": "user", "content": "x"}], cache=untouchable).cost for _ in range(2)]
    assert costs[0] == costs[1]
    assert replayed.total_usage_summary == live.total_usage_summary
    assert replayed.actual_usage_summary == live.actual_usage_summary


def two_models(first: MockOpenAIServer | None, second: MockOpenAIServer | None) -> dict[str, Any]:
    return {
        "config_list": [
            {
                "model": f"m{number}",
                **({"base_url": server.base_url, "api_key": "k", "max_retries": 0} if server else {}),
            }
            for number, server in enumerate((first, second))
        ],
        "cache_seed": None,
    }


def test_a_fallback_replays_with_the_error_that_led_to_it(serve: Serve) -> None:
    with record("run.json"):
        assert ask(two_models(serve(error(503, "busy")), serve("second"))) == "second"
    failed, answered = turns_of()
    assert failed["error"]["type"] == "openai.InternalServerError"
    assert answered["configuration"] == 1
    with replay("run.json"):
        assert ask(two_models(None, None)) == "second"


def test_an_error_that_ended_a_run_is_raised_again(serve: Serve, config: Config) -> None:
    with record("run.json"), pytest.raises(openai.AuthenticationError) as before:
        ask(config(serve(error(401, "bad key")), max_retries=0))
    with replay("run.json"), pytest.raises(openai.AuthenticationError) as after:
        ask(config(None))
    assert after.value.status_code == before.value.status_code == 401
    assert "bad key" in str(after.value)


def test_an_error_of_a_class_that_cannot_be_found_still_leads_to_the_next_model(serve: Serve) -> None:
    with record("run.json"):
        ask(two_models(serve(error(503)), serve("second")))
    text = Path("run.json").read_text(encoding="utf-8")
    Path("run.json").write_text(text.replace("openai.InternalServerError", "os.nothing.Failed"), encoding="utf-8")
    with replay("run.json"):
        assert ask(two_models(None, None)) == "second"


def test_a_file_cannot_make_a_program_import_a_module(
    serve: Serve, config: Config, tmp_path: Path, monkeypatch: Any
) -> None:
    (tmp_path / "evil_module.py").write_text("class Boom(Exception): pass\nraise SystemExit('imported')")
    monkeypatch.syspath_prepend(str(tmp_path))
    with record("run.json"), pytest.raises(openai.APIError):
        ask(config(serve(error(503)), max_retries=0))
    text = Path("run.json").read_text(encoding="utf-8")
    Path("run.json").write_text(text.replace("openai.InternalServerError", "evil_module.Boom"), encoding="utf-8")
    with replay("run.json"), pytest.raises(RecordedModelError, match="evil_module.Boom"):
        ask(config(None))


# --- strictness


def test_a_different_request_fails_with_a_diff_that_names_agent_and_turn(serve: Serve, config: Config) -> None:
    with record("run.json"):
        AssistantAgent("bob", llm_config=config(serve())).generate_reply(
            [{"role": "user", "content": "first line\nsecond line"}]
        )
    with pytest.raises(ReplayMismatchError) as caught, replay("run.json"):
        AssistantAgent("bob", llm_config=config(None)).generate_reply(
            [{"role": "user", "content": "first line\nother line"}]
        )
    text = str(caught.value)
    for part in ("agent 'bob' asks its model", "turn 1 of the recording", "run.json"):
        assert part in text
    changed = [line for line in text.splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")]
    assert [line.split('"')[0].replace(" ", "") for line in changed] == ["-secondline", "+otherline"]


def test_a_request_that_was_recorded_less_often_is_told_so(serve: Serve, config: Config) -> None:
    record_one(serve, config, "one")

    def ask_twice() -> None:
        with replay("run.json"):
            ask(config(None))
            ask(config(None))

    with pytest.raises(ReplayMismatchError, match="the very same words, but less often"):
        ask_twice()


def test_a_mismatch_that_the_program_passes_over_is_raised_at_the_end(serve: Serve, config: Config) -> None:
    record_one(serve, config, "one")

    def pass_over() -> None:
        with replay("run.json"):
            with contextlib.suppress(Exception):
                ask(config(None), "other")
            ask(config(None))

    with pytest.raises(ReplayMismatchError, match="no answer for what"):
        pass_over()


def test_turns_that_nobody_asked_for_are_an_error(serve: Serve, config: Config) -> None:
    record_one(serve, config, "one")
    with pytest.raises(
        UnusedTurnsError, match=r"1 recorded turn of run\.json was never asked for:\n  turn 1: a request"
    ):
        with replay("run.json"):
            pass


def test_they_are_a_warning_or_nothing_if_that_is_wanted(serve: Serve, config: Config) -> None:
    record_one(serve, config, "one")
    with replay("run.json", unused="ignore"):
        pass
    with pytest.warns(UserWarning, match="never asked for"), replay("run.json", unused="warn"):
        pass


def test_an_error_of_the_program_is_not_hidden_by_unused_turns(serve: Serve, config: Config) -> None:
    record_one(serve, config, "one")
    with pytest.raises(ZeroDivisionError), replay("run.json"):
        _ = 1 / 0


def test_a_program_that_leaves_by_exit_is_checked_too(serve: Serve, config: Config) -> None:
    record_one(serve, config, "one")
    with pytest.raises(UnusedTurnsError), replay("run.json"):
        raise SystemExit


def test_parameters_can_be_ignored(serve: Serve, config: Config) -> None:
    record_one(serve, config, "one", temperature=0.5)
    with pytest.raises(ReplayMismatchError), replay("run.json"):
        ask(config(None))
    with replay("run.json", ignore=["temperature"]):
        assert ask(config(None)) == "one"


def test_texts_can_be_compared_without_what_changes(serve: Serve, config: Config) -> None:
    with record("run.json"):
        ask(config(serve("one")), "took 3.1 s")
    with replay("run.json", normalise=lambda text: text.replace("4.7", "3.1")):
        assert ask(config(None), "took 4.7 s") == "one"


# --- new episodes


def test_new_episodes_are_asked_and_appended(serve: Serve, config: Config) -> None:
    record_one(serve, config, "old")
    server = serve("new")
    for _ in range(2):
        with replay("run.json", mode="new_episodes"):
            assert ask(config(server)) == "old"
            assert ask(config(server), "something else") == "new"
    assert len(server.requests) == 1
    with replay("run.json"):
        assert [ask(config(None), "something else"), ask(config(None))] == ["new", "old"]


def test_new_episodes_may_begin_with_no_file(serve: Serve, config: Config) -> None:
    with replay("run.json", mode="new_episodes"):
        ask(config(serve("one")))
    with replay("run.json"):
        assert ask(config(None)) == "one"


# --- concurrency


def test_twenty_chats_at_once_get_their_own_answers(serve: Serve, config: Config) -> None:
    async def chat(number: int, llm_config: dict[str, Any]) -> str:
        agent = AssistantAgent("bob", llm_config=llm_config)
        person = ConversableAgent("ann", llm_config=False, human_input_mode="NEVER")
        result = await person.a_initiate_chat(agent, message=f"Chat {number}", max_turns=3)
        return " | ".join(message["content"] for message in result.chat_history)

    async def all_of(llm_config: dict[str, Any]) -> list[str]:
        return await asyncio.gather(*[chat(number, llm_config) for number in range(20)])

    server = serve(default=lambda request: f"{len(request.messages)} after {request.messages[1]['content']}")
    with record("run.json"):
        before = asyncio.run(all_of(config(server)))
    assert len(turns_of()) == 60
    with replay("run.json"):
        assert asyncio.run(all_of(config(None))) == before


def test_threads_that_know_nothing_of_the_block_are_recorded_and_answered(serve: Serve, config: Config) -> None:
    server = serve(default=lambda request: f"to {request.last_text}")
    pool = ThreadPoolExecutor(4)
    pool.submit(lambda: None).result()  # its threads begin before the recording

    def run(llm_config: dict[str, Any]) -> list[str]:
        return list(pool.map(lambda number: ask(llm_config, str(number)), range(12)))

    with pool:
        with record("run.json"):
            before = run(config(server))
        with replay("run.json"):
            assert run(config(None)) == before == [f"to {number}" for number in range(12)]


def test_two_tasks_may_replay_two_recordings_at_once(serve: Serve, config: Config) -> None:
    for name in ("one", "two"):
        with record(f"{name}.json"):
            ask(config(serve(name)))

    async def run(name: str) -> str:
        with replay(f"{name}.json"):
            await asyncio.sleep(0)
            return ask(config(None))

    async def both() -> list[str]:
        return list(await asyncio.gather(run("one"), run("two")))

    assert asyncio.run(both()) == ["one", "two"]


def test_after_the_block_models_are_asked_again(serve: Serve, config: Config) -> None:
    server = serve("recorded", "live")
    wrapper = OpenAIWrapper(**config(server))
    question = {"messages": [{"role": "user", "content": "hello"}]}
    with record("run.json"):
        wrapper.create(**question)
    with replay("run.json"):
        assert wrapper.create(**question).choices[0].message.content == "recorded"
    assert wrapper.create(**question).choices[0].message.content == "live"


def test_a_recording_says_nothing_on_the_way(serve: Serve, config: Config, caplog: Any, capsys: Any) -> None:
    caplog.set_level(logging.INFO, "autogen.replay")
    record_one(serve, config, "one")
    assert (caplog.text, capsys.readouterr().out) == ("", "")
