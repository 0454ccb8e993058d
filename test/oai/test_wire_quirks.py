"""What some models refuse is said to them otherwise, with one warning; to all others everything is said as it is."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import openai
import pytest

from autogen_classic.oai import _model_quirks as room
from autogen_classic.oai.client import OpenAIWrapper
from autogen_classic.testing import error

CHAT = [{"role": "system", "content": "Be short."}, {"role": "user", "content": "hi"}]
SETTINGS = {"max_tokens": 7, "temperature": 0.5, "top_p": 0.9, "frequency_penalty": 0.1, "user": "ann"}


@pytest.fixture(autouse=True)
def _nothing_learnt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "_learnt", {})


@pytest.fixture(params=["sync", "async"])
def ask(request: pytest.FixtureRequest) -> Any:
    """Ask one model, once by create and once by a_create."""

    def run(server: Any, model: str, **settings: Any) -> Any:
        entry = server.config(model=model, max_retries=0, price=[0, 0])
        asked = OpenAIWrapper(config_list=[entry], cache_seed=None, **settings)
        return asked.create(messages=CHAT) if request.param == "sync" else asyncio.run(asked.a_create(messages=CHAT))

    return run


def warnings_in(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]


def refusal(param: str, text: str = "Unsupported value.") -> Any:
    return error(400, text, code="unsupported_value", param=param)


@pytest.mark.parametrize(
    "model", ["gpt-4o", "gpt-4.1-mini", "gpt-3.5-turbo", "gpt-5-chat-latest", "gpt-5.1-chat-latest", "o1000", "my-o1"]
)
def test_a_model_that_takes_everything_gets_everything(
    serve: Any, ask: Any, model: str, caplog: pytest.LogCaptureFixture
) -> None:
    server = serve("Hello.")
    ask(server, model, **SETTINGS)
    assert server.requests == [{"model": model, "messages": CHAT, "stream": False, **SETTINGS}]
    assert warnings_in(caplog) == []


@pytest.mark.parametrize("model", ["o1", "o1-2024-12-17", "o3-mini", "o4-mini", "gpt-5", "gpt-5-nano", "gpt-5.1"])
def test_a_reasoning_model_gets_max_tokens_under_its_new_name(
    serve: Any, ask: Any, model: str, caplog: pytest.LogCaptureFixture
) -> None:
    server = serve("one", "two")
    ask(server, model, **SETTINGS)
    ask(server, model, **SETTINGS)
    renamed = {**SETTINGS, "max_completion_tokens": 7}
    del renamed["max_tokens"]
    assert server.requests == 2 * [{"model": model, "messages": CHAT, "stream": False, **renamed}]
    assert warnings_in(caplog) == [f"Model {model} does not take max_tokens; it is sent as max_completion_tokens."]


def test_the_new_name_goes_before_the_old_one(serve: Any, ask: Any) -> None:
    server = serve("Hello.")
    ask(server, "o3", max_tokens=7, max_completion_tokens=9)
    assert server.requests[0]["max_completion_tokens"] == 9
    assert "max_tokens" not in server.requests[0]


@pytest.mark.parametrize("model", ["o1-mini", "o1-preview-2024-09-12"])
def test_a_model_without_a_system_role_gets_its_message_from_the_user(
    serve: Any, ask: Any, model: str, caplog: pytest.LogCaptureFixture
) -> None:
    server = serve("Hello.")
    ask(server, model)
    assert server.requests[0]["messages"] == [{"role": "user", "content": "Be short."}, CHAT[1]]
    assert CHAT[0]["role"] == "system"
    assert len(warnings_in(caplog)) == 1


@pytest.mark.parametrize("stream", [False, True])
def test_what_a_server_refuses_by_name_is_left_out_and_not_sent_again(
    serve: Any, ask: Any, stream: bool, caplog: pytest.LogCaptureFixture
) -> None:
    server = serve(refusal("temperature"), refusal("top_p"), "Hello.", "Hello.")
    for _ in range(2):
        assert ask(server, "new", stream=stream, **SETTINGS).choices[0].message.content == "Hello."
    sent = [sorted({"temperature", "top_p", "user"} & set(request)) for request in server.requests]
    assert sent == [["temperature", "top_p", "user"], ["top_p", "user"], ["user"], ["user"]]
    assert warnings_in(caplog) == [
        f"Model new does not take {name}; it is left out." for name in ("temperature", "top_p")
    ]


def test_a_server_that_refuses_max_tokens_gets_the_new_name(serve: Any, ask: Any) -> None:
    server = serve(error(400, "Use another.", code="unsupported_parameter", param="max_tokens"), "Hello.")
    ask(server, "new", max_tokens=7)
    assert server.requests[1]["max_completion_tokens"] == 7


def test_a_server_that_refuses_the_system_role_gets_its_message_from_the_user(serve: Any, ask: Any) -> None:
    text = "Unsupported value: 'messages[0].role' does not support 'system' with this model."
    server = serve(refusal("messages[0].role", text), "Hello.")
    ask(server, "new")
    assert [message["role"] for message in server.requests[1]["messages"]] == ["user", "user"]


@pytest.mark.parametrize("param", ["stop", "tools", "messages[1].content", "temperature"])
def test_what_cannot_be_left_out_or_was_not_said_stays_an_error(serve: Any, ask: Any, param: str) -> None:
    server = serve(refusal(param))
    with pytest.raises(openai.BadRequestError):
        ask(server, "new", stop=["x"])
    assert len(server.requests) == 1


def test_what_one_server_refuses_is_sent_to_another(serve: Any, ask: Any) -> None:
    first, second = serve(refusal("temperature"), "Hello."), serve("Hello.")
    ask(first, "new", temperature=1)
    ask(second, "new", temperature=1)
    assert second.requests[0]["temperature"] == 1
