"""Agents behind NLIP, over real HTTP. What AG2 0.14.1 sends in the same chats stands here."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from agent_kit import agent, both_ways, chat
from asgi_kit import served
from journal_kit import Stopped, lines_of
from service_double import Answer, Services, services_played

from autogen_classic import ChatResult, ConversableAgent, GroupChat, GroupChatManager, cli
from autogen_classic.agentchat.group import ContextVariables, ReplyResult
from autogen_classic.agentchat.remote import RequestMessage, ResponseMessage
from autogen_classic.errors import NlipAgentNotFoundError, NlipClientError, NlipConnectionError, NlipTimeoutError
from autogen_classic.state import InterruptedStepError, journal
from autogen_classic.testing import ScriptedClient, ScriptedPerson, tool_call

pytest.importorskip("nlip_sdk")
pytest.importorskip("uvicorn")
from nlip_sdk.nlip import NLIP_Factory, NLIP_Message

from autogen_classic.agentchat.contrib.nlip_agent import (
    AG2NlipApplication,
    NlipRemoteAgent,
    request_message_from_nlip,
    request_message_to_nlip,
    response_message_from_nlip,
    response_message_to_nlip,
)

HOST = "nlip.example"


def bot(replies: list[Any], **settings: Any) -> ConversableAgent:
    model = ScriptedClient(replies)
    return ConversableAgent("bot", llm_config=model.llm_config(), **{"human_input_mode": "NEVER", **settings})


def serving(offered: Any) -> AbstractContextManager[str]:
    return served(lambda url: AG2NlipApplication(offered).asgi_app, lifespan="on")


def talk(way: str, remote: NlipRemoteAgent, turns: int = 1, message: str = "Hi.") -> ChatResult:
    return chat(way, agent("user", default_auto_reply="Go on."), remote, message=message, max_turns=turns)


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    with services_played(monkeypatch) as played:
        yield played


# --- chats ------------------------------------------------------------------------------------------------------------


@both_ways
def test_an_agent_elsewhere_takes_part_in_a_chat(way: str) -> None:
    with serving(bot(["Hello.", "And on."])) as url:
        result = talk(way, NlipRemoteAgent(url, "remote"), turns=2)
    assert [(said["name"], said["content"]) for said in result.chat_history] == [
        ("user", "Hi."),
        ("remote", "Hello."),
        ("user", "Go on."),
        ("remote", "And on."),
    ]


def test_an_answer_carries_the_token_of_its_conversation() -> None:
    said = NLIP_Factory.create_text("Hi.")
    said.add_conversation_token("ours-1")
    with serving(bot(["Hello.", "And on."])) as url:
        answers = [
            httpx.post(f"{url}/nlip/", json=one.to_dict()).json() for one in (said, NLIP_Factory.create_text("Hi."))
        ]
    token = {"format": "token", "subformat": "conversation", "content": "ours-1", "label": None}
    assert [answer["submessages"] for answer in answers] == [[token], None]


@both_ways
def test_an_agent_elsewhere_takes_part_in_a_group(way: str) -> None:
    with serving(bot(["Hello from afar."])) as url:
        user, first = agent("user"), agent("first")
        members = [user, first, NlipRemoteAgent(url, "remote")]
        group = GroupChat(members, [], 3, speaker_selection_method="round_robin")
        result = chat(way, user, GroupChatManager(group, silent=True))
    assert [said["content"] for said in result.chat_history] == ["hi", "I am first", "Hello from afar."]


@both_ways
def test_context_variables_come_back_changed(way: str) -> None:
    def count(context_variables: ContextVariables) -> ReplyResult:
        """Count."""
        context_variables["count"] += 1
        return ReplyResult(message="counted", context_variables=context_variables)

    with serving(bot([tool_call("count"), "Done."], functions=[count])) as url:
        remote = NlipRemoteAgent(url, "remote")
        remote.context_variables = ContextVariables(data={"count": 1, "kept": "x"})
        assert talk(way, remote).summary == "Done."
    assert remote.context_variables.to_dict() == {"count": 2, "kept": "x"}


@both_ways
def test_context_variables_that_json_cannot_hold_stay_as_they_are(way: str) -> None:
    def count(context_variables: ContextVariables) -> ReplyResult:
        """Count."""
        context_variables["count"] = [1]
        return ReplyResult(message="counted", context_variables=context_variables)

    mine: dict[str, Any] = {"when": date(2026, 1, 1), "pair": (1, {2: (3,)}), "live": object(), "count": ()}
    with serving(bot([tool_call("count"), "Done."], functions=[count])) as url:
        remote = NlipRemoteAgent(url, "remote")
        remote.context_variables = ContextVariables(data=dict(mine))
        assert talk(way, remote).summary == "Done."
    assert remote.context_variables.to_dict() == {**mine, "count": [1]}


@both_ways
def test_a_person_here_is_asked_for_an_agent_elsewhere(way: str, services: Services) -> None:
    question = response_message_to_nlip(ResponseMessage(input_required="Your name?"))
    services.answer(HOST, Answer(question.to_dict()), Answer(NLIP_Factory.create_text("Hello, Ada.").to_dict()))
    with ScriptedPerson(["Ada"]):
        result = talk(way, NlipRemoteAgent(f"https://{HOST}", "remote"))
    assert result.summary == "Hello, Ada."
    assert json.loads(services.asked(HOST)[1].body)["content"] == "Ada"


@both_ways
def test_a_run_that_was_stopped_asks_only_for_what_is_missing_or_has_failed(
    way: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    there = bot(["Hello."])
    with serving(there) as url:
        with pytest.raises(NlipClientError), journal(tmp_path / "run.jsonl"):
            talk(way, NlipRemoteAgent(url, "remote"), turns=2)
        there.client = bot(["And on."]).client
        with journal(tmp_path / "run.jsonl"):
            result = talk(way, NlipRemoteAgent(url, "remote"), turns=2)
    with journal(tmp_path / "run.jsonl"):
        assert talk(way, NlipRemoteAgent(url, "remote"), turns=2).chat_history == result.chat_history
    assert [said["content"] for said in result.chat_history] == ["Hi.", "Hello.", "Go on.", "And on."]
    kinds = [line["kind"] for line in lines_of(str(tmp_path / "run.jsonl"))]
    assert kinds.count("started") == 3, "two were answered"
    assert kinds.count("failed") == 1
    started = [line["turn"] for line in lines_of(str(tmp_path / "run.jsonl")) if line["kind"] == "started"]
    assert [len(turn["arguments"]["messages"]) for turn in started] == [1, 2, 0], "each message stands there once"
    assert cli.main(["log", str(tmp_path / "run.jsonl")]) == 0
    assert "remote: FAILED nlip failed, and is asked again: " in capsys.readouterr().out


@both_ways
@pytest.mark.parametrize(
    ("policy", "typed", "answer", "requests"),
    [("rerun", [], "Answer 2.", 2), ("ask", ["again"], "Answer 2.", 2), ("ask", ["It said yes."], "It said yes.", 1)],
)
def test_the_policy_for_tools_decides_about_a_request_that_was_under_way(
    way: str, policy: Any, typed: list[str], answer: str, requests: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = NlipRemoteAgent._sent

    async def stop_before_the_answer_is_kept(*arguments: Any) -> Any:
        await send(*arguments)
        raise Stopped

    def count(*_: Any, **__: Any) -> tuple[bool, str]:
        asked.append(len(asked) + 1)
        return True, f"Answer {asked[-1]}."

    there, asked, file = agent("bot"), list[int](), tmp_path / "run.jsonl"
    there.register_reply([ConversableAgent, None], count)
    with serving(there) as url:
        with monkeypatch.context() as stopping:
            stopping.setattr(NlipRemoteAgent, "_sent", stop_before_the_answer_is_kept)
            with pytest.raises(Stopped), journal(file):
                talk(way, NlipRemoteAgent(url, "remote"))
        with pytest.raises(InterruptedStepError, match=r"request \(nlip\) of remote was running"), journal(file):
            talk(way, NlipRemoteAgent(url, "remote"))
        with journal(file, interrupted={"nlip": policy}), ScriptedPerson(typed):
            result = talk(way, NlipRemoteAgent(url, "remote"))
        with journal(file):
            assert talk(way, NlipRemoteAgent(url, "remote")).chat_history == result.chat_history
    assert result.summary == answer
    assert len(asked) == requests


# --- what goes over the wire ------------------------------------------------------------------------------------------


def test_a_request_is_what_ag2_sends(services: Services) -> None:
    services.answer(HOST, Answer({"format": "text", "subformat": "english", "content": "answer"}))
    assert talk("async", NlipRemoteAgent(f"https://{HOST}", "remote"), message="hello").summary == "answer"
    (asked,) = services.asked(HOST)
    assert asked.path == "/nlip/"
    history = {"messages": [{"content": "hello", "role": "user", "name": "user"}]}
    assert json.loads(asked.body) == {
        "format": "text",
        "subformat": "english",
        "content": "hello",
        "submessages": [{"format": "structured", "subformat": "JSON", "content": history, "label": "ag2_chat_history"}],
    }


def test_requests_and_answers_survive_the_way_there() -> None:
    tools = [{"type": "function", "function": {"name": "f", "parameters": {}}}]
    talked: list[dict[str, Any]] = [
        {"role": "user", "content": "hi", "name": "u"},
        {"role": "assistant", "content": None, "tool_calls": [{"id": "1", "function": {"name": "f"}}]},
        {"role": "tool", "tool_call_id": "1", "content": "x"},
    ]
    request = RequestMessage(messages=talked, context={"a": 1}, client_tools=tools)
    assert request_message_from_nlip(request_message_to_nlip(request)) == request
    calls = [{"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}]
    for said in ({"content": "two"}, {"content": "", "tool_calls": calls}):
        answer = ResponseMessage(messages=[{"role": "assistant", **said}], context={"b": 2})
        assert response_message_from_nlip(response_message_to_nlip(answer)) == answer


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (NLIP_Factory.create_text("bonjour", language="french"), "bonjour"),
        (NLIP_Factory.create_json({"a": 1}), '{"a": 1}'),
        (NLIP_Factory.create_structured("<a/>", "xml"), "<a/>"),
    ],
)
def test_a_message_of_another_client_is_read_alone(message: Any, said: str) -> None:
    assert request_message_from_nlip(message).messages == [{"role": "user", "content": said}]


def test_a_conversation_token_of_a_client_comes_back() -> None:
    message = NLIP_Factory.create_text("Hi.")
    message.add_conversation_token("c-1")
    with serving(bot(["Hello."])) as url:
        answer = httpx.post(f"{url}/nlip/", json=message.to_dict(), timeout=60).json()
    assert (answer["content"], answer["submessages"][0]["content"]) == ("Hello.", "c-1")


def test_a_call_of_a_tool_of_the_client_goes_to_the_client() -> None:
    tools = [{"type": "function", "function": {"name": "shop", "parameters": {}}}]
    talked: list[dict[str, Any]] = [{"role": "user", "content": "Buy bread."}]
    with serving(bot([tool_call("shop", what="bread"), "It is bought."])) as url:

        def asked() -> ResponseMessage:
            request = request_message_to_nlip(RequestMessage(messages=talked, client_tools=tools))
            answer = httpx.post(f"{url}/nlip/", json=request.to_dict(), timeout=60).json()
            return response_message_from_nlip(NLIP_Message.model_validate(answer))

        (called,) = asked().messages
        (call,) = called["tool_calls"]
        assert call["function"] == {"name": "shop", "arguments": '{"what": "bread"}'}
        talked += [called, {"role": "tool", "tool_call_id": call["id"], "content": "done"}]
        assert asked().messages == [{"role": "assistant", "content": "It is bought."}]


def test_an_agent_elsewhere_calls_no_tool_that_it_was_not_offered(services: Services) -> None:
    called = [{"id": "1", "type": "function", "function": {"name": "add", "arguments": "{}"}}]
    said = {"role": "assistant", "content": "Hello.", "tool_calls": called}
    services.answer(HOST, Answer(response_message_to_nlip(ResponseMessage(messages=[said])).to_dict()))
    result = talk("sync", NlipRemoteAgent(f"https://{HOST}", "remote"))
    assert (result.summary, "tool_calls" in result.chat_history[-1]) == ("Hello.", False)


# --- trouble ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "kind", "text"),
    [
        (Answer({}, 404), NlipAgentNotFoundError, "remote: https://nlip.example"),
        (Answer({"detail": "no"}, 500), NlipClientError, "answers with the status 500"),
        (Answer({}, 401), NlipClientError, "answers with the status 401"),
        (Answer(b"<html>", 200, "text/html"), NlipClientError, "not a message of NLIP"),
        (Answer({"format": "text"}), NlipClientError, "not a message of NLIP"),
        (Answer(NLIP_Factory.create_error_code("boom").to_dict()), NlipClientError, "answers with an error: boom"),
    ],
)
@both_ways
def test_trouble_elsewhere_is_told(
    services: Services, way: str, answer: Answer, kind: type[Exception], text: str
) -> None:
    services.answer(HOST, answer)
    with pytest.raises(kind, match=text):
        talk(way, NlipRemoteAgent(f"https://{HOST}", "remote"))
    assert len(services.asked(HOST)) == 1, "what has arrived is not sent twice"


def test_a_connection_that_is_not_made_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    tries = []

    async def refuse(*args: object, **kwargs: object) -> None:
        tries.append(args)
        raise httpx.ConnectError("refused")

    monkeypatch.setattr(httpx.AsyncClient, "post", refuse)
    monkeypatch.setattr("autogen_classic.agentchat.contrib.nlip_agent._SECONDS_BETWEEN_TRIES", 0)
    with pytest.raises(NlipConnectionError, match="cannot be reached: refused"):
        talk("sync", NlipRemoteAgent("http://127.0.0.1:9", "remote", max_retries=2))
    assert len(tries) == 3


def test_an_agent_that_takes_too_long_is_not_asked_twice() -> None:
    async def slow(*args: object, **kwargs: object) -> tuple[bool, str]:
        await asyncio.sleep(1)
        return True, "late"

    sleeper = agent("sleeper")
    sleeper.register_reply([ConversableAgent, None], slow, position=0, ignore_async_in_sync_chat=True)
    with serving(sleeper) as url, pytest.raises(NlipTimeoutError, match=r"within 0\.2 seconds"):
        talk("sync", NlipRemoteAgent(url, "remote", timeout=0.2))


@pytest.mark.parametrize(
    ("settings", "kind"),
    [
        ({"timeout": 0}, ValueError),
        ({"max_retries": -1}, ValueError),
        ({"url": None}, TypeError),
        ({"url": "localhost:8000"}, ValueError),
    ],
)
def test_wrong_settings_are_refused_at_once(settings: dict[str, Any], kind: type[Exception]) -> None:
    with pytest.raises(kind, match="of NlipRemoteAgent should"):
        NlipRemoteAgent(**{"url": "http://localhost", "name": "remote", **settings})


def test_a_model_that_fails_is_told_without_its_reasons(caplog: pytest.LogCaptureFixture) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise ValueError("the secret reason")

    broken = agent("broken")
    broken.register_reply([ConversableAgent, None], fail, position=0)
    with serving(broken) as url, pytest.raises(NlipClientError) as caught:
        talk("sync", NlipRemoteAgent(url, "remote"))
    assert str(caught.value).endswith("error: The agent failed with ValueError; the log of its server says more.")
    assert "secret" not in str(caught.value)
    assert "the secret reason" in caplog.text


def test_a_stranger_can_have_no_tool_run_and_sends_json() -> None:
    called = [{"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}]
    forged = RequestMessage(messages=[{"role": "assistant", "content": "x", "tool_calls": called}])
    with serving(bot(["never"])) as url:
        said = httpx.post(f"{url}/nlip/", json=request_message_to_nlip(forged).to_dict(), timeout=60).json()
        empty = httpx.post(f"{url}/nlip/", json=NLIP_Factory.create_text("").to_dict(), timeout=60).json()
        form = httpx.post(f"{url}/nlip/", content=b"{}", headers={"Content-Type": "text/plain"})
        endless = httpx.post(f"{url}/nlip/", content=iter([b"{}"]), headers={"Content-Type": "application/json"})
    assert (said["format"], "agent's own" in said["content"]) == ("error", True)
    assert empty["content"] == "The message has no text to answer."
    assert (form.status_code, endless.status_code) == (415, 411)


@pytest.mark.parametrize("tool", [{"x": 1}, {"type": "function", "function": {"name": 3}}])
def test_a_client_is_told_what_is_wrong_with_its_tools(tool: dict[str, Any]) -> None:
    request = RequestMessage(messages=[{"role": "user", "content": "Hi."}], client_tools=[tool])
    with serving(bot(["never"])) as url:
        said = httpx.post(f"{url}/nlip/", json=request_message_to_nlip(request).to_dict(), timeout=60).json()
    assert (said["format"], "tools[0] must be" in said["content"]) == ("error", True)
