"""Chats of agents over every provider: what a program does with them, by the road that it takes."""

from __future__ import annotations

import asyncio
import base64
import importlib
import json
import logging
import os
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from kit import Call, Case, Fail, Hang, Say, WireServer
from test_matrix import ASK, PIXEL, TOOLS, City, every_case, needs, text_of

import autogen_classic
from autogen_classic import AssistantAgent, GroupChat, GroupChatManager, OpenAIWrapper, UserProxyAgent
from autogen_classic._core.threads import in_thread
from autogen_classic.testing import CapturedIO

BOTH_WAYS = pytest.mark.parametrize("way", ["sync", "async"])


@pytest.fixture(scope="module")
def servers() -> Iterator[dict[Any, WireServer]]:
    """Servers that stay for all tests: it takes longer to connect to a new one than to chat."""
    opened: dict[Any, WireServer] = {}
    yield opened
    for server in opened.values():
        server.__exit__(None, None, None)


@pytest.fixture
def serve(servers: dict[Any, WireServer]) -> Iterator[Any]:
    """Give a server its replies. What it does not understand fails the test."""
    used: list[WireServer] = []

    def serving(case: Case, *replies: Any) -> WireServer:
        place = (case.name, len(used))
        if place not in servers:
            servers[place] = case.server().__enter__()
        server = servers[place]
        server.replies, server.seen = list(replies), []
        used.append(server)
        return server

    yield serving
    faults = [server.faults.pop() for server in used if server.faults]
    assert not faults


@pytest.fixture(autouse=True)
def printed() -> Iterator[Any]:
    with CapturedIO() as captured:
        yield captured


def config(case: Case, server: WireServer, **settings: Any) -> dict[str, Any]:
    return {"config_list": [{**case.entry(server), **settings}], "cache_seed": None}


def pair(llm_config: dict[str, Any]) -> tuple[AssistantAgent, UserProxyAgent]:
    """An assistant, and a user without a person who carries out the calls of the tool `add`."""
    assistant = AssistantAgent("assistant", llm_config=llm_config)
    user = UserProxyAgent("user", human_input_mode="NEVER", code_execution_config=False)

    @user.register_for_execution()
    @assistant.register_for_llm(description="Add two numbers.")
    def add(a: int, b: int) -> int:
        return a + b

    return assistant, user


def chat(way: str, user: Any, *args: Any, **kwargs: Any) -> Any:
    if way == "sync":
        return user.initiate_chat(*args, **kwargs)
    return asyncio.run(user.a_initiate_chat(*args, **kwargs))


# --- chats -----------------------------------------------------------------------------------------------------------


@every_case
@BOTH_WAYS
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
def test_a_tool_is_called_and_answers(case: Case, serve: Any, way: str, stream: bool) -> None:
    if stream:
        needs(case, "stream")
    server = serve(case, Call((("add", {"a": 1, "b": 2}),)), Say("It is three."))
    assistant, user = pair(config(case, server, stream=stream))
    result = chat(way, user, assistant, message="What is 1 + 2?", max_turns=2)
    assert result.summary == "It is three."
    assert [seen.stream for seen in server.seen] == [stream, stream]
    assert [text for _, text in server.seen[1].answers] == ["3"]


@every_case
@BOTH_WAYS
def test_a_group_whose_model_chooses(case: Case, serve: Any, way: str) -> None:
    server = serve(case, Say("bob"), Say("Bob is here."), Say("ann"), Say("Ann is here."))
    settings = config(case, server)
    ann, bob = (AssistantAgent(name, llm_config=settings) for name in ("ann", "bob"))
    user = UserProxyAgent("user", human_input_mode="NEVER", code_execution_config=False)
    group = GroupChat([user, ann, bob], [], max_round=3)
    result = chat(way, user, GroupChatManager(group, llm_config=settings), message="Who is there?")
    assert [message["name"] for message in result.chat_history] == ["user", "bob", "ann"]
    assert len(server.seen) == 4
    last = server.seen[3]
    assert any("Bob is here." in text for _, text in last.said)


@every_case
@BOTH_WAYS
def test_a_summary_by_reflection(case: Case, serve: Any, way: str) -> None:
    server = serve(case, Say("It rains."), Say("They spoke of rain."))
    assistant, user = pair(config(case, server))
    result = chat(way, user, assistant, message="Hello", max_turns=1, summary_method="reflection_with_llm")
    assert result.summary == "They spoke of rain."


@every_case
def test_a_message_with_a_picture(case: Case, serve: Any) -> None:
    needs(case, "images")
    server = serve(case, Say("A pixel."))
    assistant, user = pair(config(case, server))
    url = "data:image/png;base64," + base64.b64encode(PIXEL).decode()
    content = [{"type": "text", "text": "What is it?"}, {"type": "image_url", "image_url": {"url": url}}]
    user.initiate_chat(assistant, message={"content": content}, max_turns=1)
    assert server.seen[0].images == [PIXEL]


@every_case
@BOTH_WAYS
def test_a_nested_chat(case: Case, serve: Any, way: str) -> None:
    server = serve(case, Say("Draft."), Say("Better draft."))
    settings = config(case, server)
    writer, critic = (AssistantAgent(name, llm_config=settings) for name in ("writer", "critic"))
    user = UserProxyAgent("user", human_input_mode="NEVER", code_execution_config=False)
    queue = [{"chat_id": 1, "sender": user, "recipient": critic, "max_turns": 1, "summary_method": "last_msg"}]
    writer.register_nested_chats(queue, trigger=user, use_async=way == "async")
    result = chat(way, user, writer, message="Write.", max_turns=1)
    assert result.summary == "Draft."
    assert len(server.seen) == 1


# --- histories -------------------------------------------------------------------------------------------------------


def called(call_id: str, name: str = "add", **more: Any) -> dict[str, Any]:
    call = {"id": call_id, "type": "function", "function": {"name": name, "arguments": '{"a": 1, "b": 2}'}, **more}
    return {"role": "assistant", "content": None, "tool_calls": [call]}


def told(call_id: str, text: str = "3") -> dict[str, Any]:
    return {"role": "tool", "tool_call_id": call_id, "content": text}


USER = {"role": "user", "content": "And now?"}
FUNCTION_CALL = {"role": "assistant", "content": "", "function_call": {"name": "add", "arguments": '{"a": 1, "b": 2}'}}
SIGNED = {"extra_content": {"google": {"thought_signature": "c2lnbmVk"}}}
HISTORIES = {
    "the assistant begins": [{"role": "assistant", "content": "Hello, I am here."}, USER],
    "the assistant ends": [USER, {"role": "assistant", "content": "Well."}],
    "nothing but a system": [{"role": "system", "content": "Begin."}],
    "empty texts": [{"role": "user", "content": ""}, {"role": "assistant", "content": " "}, USER],
    "a blank at the end": [USER, {"role": "assistant", "content": "Well."}, {"role": "user", "content": ""}],
    "a call without an answer": [USER, called("call_1"), USER],
    "a call without an answer at the end": [USER, called("call_1")],
    "an answer without a call": [USER, told("call_9"), USER],
    "an answer at the end": [USER, called("call_1"), told("call_1")],
    "a blank answer": [USER, called("call_1"), told("call_1", "")],
    "one id twice": [USER, called("call_1"), told("call_1"), called("call_1"), told("call_1"), USER],
    "an odd and long id": [USER, called("functions.add:0" + "x" * 60), told("functions.add:0" + "x" * 60), USER],
    "the id of Gemini": [USER, called("call_1", **SIGNED), told("call_1"), USER],
    "an old function call": [USER, FUNCTION_CALL, {"role": "function", "name": "add", "content": "3"}, USER],
    "names with blanks": [{"role": "user", "content": "Hi.", "name": "Ann Lee"}, {**USER, "name": "Bob"}],
    "a system in the middle": [USER, {"role": "system", "content": "Be kind."}, USER],
    "a system at the end": [*ASK, {"role": "system", "content": "Sum it up."}],
    "a picture of the assistant": [
        USER,
        {"role": "assistant", "content": [{"type": "text", "text": "Look."}]},
        USER,
    ],
}


@every_case
@pytest.mark.parametrize("tools", [TOOLS, []], ids=["tools", "no tools"])
def test_any_history_can_be_sent(case: Case, serve: Any, tools: list[Any]) -> None:
    server = serve(case, Say("Fine."))
    wrapper = OpenAIWrapper(**config(case, server))
    for messages in HISTORIES.values():
        before = json.dumps(messages)
        assert text_of(wrapper, wrapper.create(messages=messages, **({"tools": tools} if tools else {}))) == "Fine."
        assert json.dumps(messages) == before, "stored history stays what was said"
    assert len(server.seen) == len(HISTORIES), server.faults


@every_case
def test_another_provider_goes_on_with_the_history_of_gemini(case: Case, serve: Any) -> None:
    gemini = importlib.import_module("case_gemini").CASE
    first = serve(gemini, Call((("add", {"a": 1, "b": 2}), ("add", {"a": 3, "b": 4}))), Fail(500))
    second = serve(case, Say("It is three and seven."))
    assistant, user = pair(
        {"config_list": [{**gemini.entry(first), "max_retries": 0}, case.entry(second)], "cache_seed": None}
    )
    result = user.initiate_chat(assistant, message="What is 1 + 2?", max_turns=2)
    assert result.summary == "It is three and seven."
    assert [text for _, text in second.seen[0].answers] == ["3", "7"]


# --- settings --------------------------------------------------------------------------------------------------------


@every_case
def test_settings_of_the_wrapper_stay_here(case: Case, serve: Any) -> None:
    server = serve(case, Say("No.", 1000, 1000), Say("Yes.", 1000, 1000))
    entry = {
        **case.entry(server),
        "price": [1, 2],
        "tags": ["cheap"],
        "hide_tools": "if_any_run",
        "api_rate_limit": 1000,
        "timeout": 20,
        "max_retries": 1,
        "filter_func": lambda context, response: response.choices[0].message.content == "Yes.",
    }
    wrapper = OpenAIWrapper(config_list=[entry, entry], cache_seed=None)
    response = wrapper.create(messages=ASK)
    assert (text_of(wrapper, response), response.cost, response.config_id) == ("Yes.", 3, 1)


@every_case
def test_tools_are_hidden_after_they_have_run(case: Case, serve: Any) -> None:
    server = serve(case, Say("Fine."))
    wrapper = OpenAIWrapper(**config(case, server, hide_tools="if_any_run"))
    wrapper.create(messages=HISTORIES["an answer at the end"], tools=TOOLS)
    assert server.seen[0].tools == []


@every_case
def test_a_setting_that_nobody_knows_is_told_of(case: Case, serve: Any, caplog: Any) -> None:
    unknown = f"temprature_of_{case.server.__name__}"  # each is told of once only
    server = serve(case, Say("Fine."))
    wrapper = OpenAIWrapper(**config(case, server, **{unknown: 0.5}))
    if case.package == "openai":
        with pytest.raises(TypeError, match=unknown):
            wrapper.create(messages=ASK)
        return
    with caplog.at_level(logging.WARNING):
        wrapper.create(messages=ASK)
        wrapper.create(messages=ASK)
    assert len([record for record in caplog.records if unknown in record.message]) == 1


@every_case
def test_common_settings_are_known_everywhere(case: Case, serve: Any, caplog: Any) -> None:
    server = serve(case, Say("Fine."))
    settings = {"temperature": 0.5, "max_tokens": 100, "stop": ["END"]}
    wrapper = OpenAIWrapper(
        **config(case, server, **{name: settings[name] for name in settings if name not in case.lacks})
    )
    with warnings.catch_warnings(), caplog.at_level(logging.WARNING):
        warnings.simplefilter("error")
        wrapper.create(messages=ASK)
    assert caplog.records == []


@every_case
def test_a_form_and_tools_go_together(case: Case, serve: Any) -> None:
    server = serve(case, Call((("add", {"a": 1, "b": 2}),)), Say(json.dumps({"name": "Ulm", "people": 3})))
    assistant, user = pair(config(case, server, response_format=City))
    result = user.initiate_chat(assistant, message="How many?", max_turns=2)
    assert City.model_validate_json(result.summary) == City(name="Ulm", people=3)
    assert len(server.seen) == 2


@every_case
def test_a_form_and_a_stream_go_together(case: Case, serve: Any) -> None:
    server = serve(case, Say(json.dumps({"name": "Ulm", "people": 3})))
    wrapper = OpenAIWrapper(**config(case, server, response_format=City, stream=True))
    assert City.model_validate_json(text_of(wrapper, wrapper.create(messages=ASK))).people == 3


@every_case
def test_the_cache_answers_the_second_time(case: Case, serve: Any, tmp_path: Any, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    server = serve(case, Call((("add", {"a": 1, "b": 2}),)))
    wrapper = OpenAIWrapper(**{**config(case, server), "cache_seed": 7})
    first, second = (wrapper.create(messages=ASK, tools=TOOLS) for _ in range(2))
    assert len(server.seen) == 1
    assert second.choices[0].message.model_dump() == first.choices[0].message.model_dump()


@every_case
def test_agents_with_the_same_settings_share_their_connections(case: Case, serve: Any) -> None:
    server = serve(case, Say("Fine."))
    first, second = (OpenAIWrapper(**config(case, server))._clients[0] for _ in range(2))
    assert http_client_of(first) is http_client_of(second)


def http_client_of(client: Any) -> Any:
    """The object of an SDK that holds the connections."""
    sdk = getattr(client, "_oai_client", None) or getattr(client, "bedrock_runtime", None) or client._client
    if hasattr(sdk, "_client_wrapper"):  # of Cohere
        return sdk._client_wrapper.httpx_client.httpx_client
    return getattr(sdk, "_client", sdk)


# --- asynchronous chats ----------------------------------------------------------------------------------------------


AT_ONCE = 20


def waiting_for_all(kind: type[WireServer]) -> type[WireServer]:
    """A server that answers nobody before all have asked."""

    class Waiting(kind):  # type: ignore[misc, valid-type]
        async def _serve(self, http: Any) -> Any:
            answer = await super()._serve(http)
            while len(self.seen) < AT_ONCE:
                await asyncio.sleep(0.01)
            return answer

    return Waiting


@every_case
def test_many_chats_ask_at_once(case: Case) -> None:
    with waiting_for_all(case.server)(Say("Fine.")) as server:
        settings = config(case, server, timeout=20)
        pairs = [pair(settings) for _ in range(AT_ONCE)]

        async def run() -> list[Any]:
            chats = [user.a_initiate_chat(assistant, message="Hello", max_turns=1) for assistant, user in pairs]
            return await asyncio.gather(*chats)

        assert [result.summary for result in asyncio.run(run())] == ["Fine."] * AT_ONCE


@every_case
def test_a_cancelled_request_is_left_at_once(case: Case, serve: Any) -> None:
    server = serve(case, Hang())
    wrapper = OpenAIWrapper(**config(case, server, timeout=2, max_retries=0))

    async def run() -> float:
        asked = asyncio.ensure_future(wrapper.a_create(messages=ASK))
        while not server.seen:
            await asyncio.sleep(0.01)
        began = time.monotonic()
        asked.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asked
        return time.monotonic() - began

    assert asyncio.run(run()) < 1


def test_a_cancelled_request_does_not_keep_the_program_from_ending() -> None:
    program = """
import asyncio, time
from autogen_classic._core.threads import in_thread

async def run():
    asked = asyncio.ensure_future(in_thread(time.sleep, 60))
    await asyncio.sleep(0.1)
    asked.cancel()

asyncio.run(run())
"""
    here = {**os.environ, "PYTHONPATH": str(Path(autogen_classic.__file__).parents[1])}
    subprocess.run([sys.executable, "-c", program], timeout=30, check=True, env=here)


async def ended_by(error: BaseException) -> Any:
    def fail() -> None:
        raise error

    return await in_thread(fail)


def test_an_error_in_the_thread_reaches_who_waits() -> None:
    with pytest.raises(ValueError, match="wrong"):
        asyncio.run(ended_by(ValueError("wrong")))
    with pytest.raises(RuntimeError, match="StopIteration"):
        asyncio.run(ended_by(StopIteration()))
