"""When configurations fail: what is told of each, whatever SDK the error comes from, and never a key."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any
from unittest.mock import AsyncMock, patch

import openai
import pytest

from autogen_classic._core.events import ModelFailed, listening
from autogen_classic.oai._request.failures import status_of
from autogen_classic.oai.client import OpenAIWrapper
from autogen_classic.testing import error

SECRET = "sk-planted-0123456789"
HELLO = [{"role": "user", "content": "hi"}]


class StatusCodeError(Exception):
    """As Anthropic, Groq, Together, Mistral and Cerebras have it."""

    def __init__(self, message: str, status_code: int) -> None:
        super().__init__(message)
        self.message, self.status_code = message, status_code


class PartsError(Exception):
    """As Cohere has it: the text is made anew of the parts."""

    def __init__(self, *, status_code: int | None = None, body: Any = None) -> None:
        self.status_code, self.body = status_code, body

    def __str__(self) -> str:
        return f"status_code: {self.status_code}, body: {self.body}"


class CodeError(Exception):
    """As Google has it."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"{code} {message}")
        self.code, self.message = code, message


class BotocoreError(Exception):
    """As botocore has it."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.response = {"Error": {"Code": "X"}, "ResponseMetadata": {"HTTPStatusCode": status}}


class ReadTimeoutError(Exception):
    """A model that takes too long, as botocore, urllib3 and, much alike, httpx call it."""


class LostConnectionError(ConnectionError):
    """A connection that breaks."""


class Failing:
    """A client of a provider."""

    fallback_errors = (StatusCodeError, PartsError, CodeError, BotocoreError, ReadTimeoutError, LostConnectionError)

    def __init__(self, failure: Exception) -> None:
        self.failure = failure

    def create(self, params: dict[str, Any]) -> Any:
        raise self.failure


class Answering:
    def create(self, params: dict[str, Any]) -> Any:
        return SimpleNamespace(choices=[], model="m", usage=None)

    def message_retrieval(self, response: Any) -> list[str]:
        return ["Hello."]

    def cost(self, response: Any) -> float:
        return 0

    @staticmethod
    def get_usage(response: Any) -> dict[str, Any]:
        return {}


def entry(client: Any, model: str = "m", **more: Any) -> dict[str, Any]:
    return {"model": model, "model_client": client, **more}


@pytest.fixture(params=["sync", "async"])
def ask(request: pytest.FixtureRequest) -> Any:
    """Ask a list of configurations, once by create and once by a_create."""

    def run(*configs: dict[str, Any]) -> Any:
        asked = OpenAIWrapper(config_list=list(configs), cache_seed=None)
        return asked.create(messages=HELLO) if request.param == "sync" else asyncio.run(asked.a_create(messages=HELLO))

    return run


ERRORS = [
    (StatusCodeError("refused", 401), 401, "Check the api_key"),
    (PartsError(status_code=403, body="refused"), 403, "may not use this model"),
    (CodeError(404, "refused"), 404, "Check the name of the model"),
    (BotocoreError("refused", 429), 429, "Try again later"),
]


@pytest.mark.parametrize(("failure", "status", "advice"), ERRORS, ids=lambda value: type(value).__name__)
def test_the_errors_of_every_sdk_get_the_same_advice(ask: Any, failure: Exception, status: int, advice: str) -> None:
    with pytest.raises(type(failure), match=f"(?s)refused.*Asked was model 'm'.*{advice}"):
        ask(entry(Failing(failure)))
    assert status_of(failure) == status


def test_a_broken_connection_of_any_sdk_is_explained(ask: Any) -> None:
    with pytest.raises(LostConnectionError, match="Check base_url"):
        ask(entry(Failing(LostConnectionError("reset"))))


def test_a_timeout_of_any_sdk_is_a_timeout_error(ask: Any) -> None:
    failure = ReadTimeoutError("read timed out")
    with pytest.raises(TimeoutError, match="Set a longer 'timeout'") as caught:
        ask(entry(Failing(failure)))
    assert caught.value.__cause__ is failure


def test_a_text_that_an_sdk_makes_of_parts_holds_no_key(ask: Any) -> None:
    failure = PartsError(status_code=401, body=f"wrong key {SECRET}")
    with pytest.raises(PartsError, match=r"wrong key \*\*\*") as caught:
        ask(entry(Failing(failure), api_key=SECRET))
    assert SECRET not in str(caught.value) + repr(caught.value)
    assert caught.value.status_code == 401


@pytest.mark.parametrize(
    "settings", [{"aws_secret_key": SECRET}, {"azure_ad_token": SECRET}, {"default_headers": {"X-Auth": SECRET}}]
)
def test_no_kind_of_key_is_told(ask: Any, settings: dict[str, Any]) -> None:
    with pytest.raises(StatusCodeError) as caught:
        ask(entry(Failing(StatusCodeError(f"wrong: {SECRET}", 401)), **settings))
    assert SECRET not in str(caught.value)


def test_a_key_of_the_environment_is_not_told(ask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_API_KEY", SECRET)
    with pytest.raises(StatusCodeError) as caught:
        ask(entry(Failing(StatusCodeError(f"wrong: {SECRET}", 401))))
    assert SECRET not in str(caught.value)


def test_one_error_tells_of_all_configurations(serve: Any, ask: Any) -> None:
    server = serve(error(429, "slow down"))
    with pytest.raises(PartsError) as caught:
        ask(
            entry(Failing(StatusCodeError(f"no {SECRET}", 401)), "one", api_key=SECRET),
            server.config(model="two", max_retries=0),
            entry(Failing(PartsError(status_code=500)), "three"),
        )
    text = str(caught.value)
    assert "[0] model 'one' at the provider's own address: StatusCodeError: no ***" in text
    assert f"[1] model 'two' at {server.base_url}: RateLimitError: " in text
    assert "slow down" in text
    assert "[2] model 'three' at the provider's own address: PartsError: status_code: 500" in text


def test_each_failure_is_an_event_with_its_reason_and_what_comes_next(ask: Any) -> None:
    events: list[Any] = []
    with listening(events.append):
        ask(
            entry(Failing(StatusCodeError(f"no {SECRET}", 401)), "one", api_key=SECRET),
            entry(Failing(ReadTimeoutError("late")), "two"),
            entry(Answering(), "three"),
        )
    failures = [event for event in events if isinstance(event, ModelFailed)]
    assert [(event.number, event.model, event.reason, event.next_number) for event in failures] == [
        (0, "one", "StatusCodeError: no ***", 1),
        (1, "two", "ReadTimeoutError: late", 2),
    ]


def test_the_last_failure_is_an_event_without_a_next_configuration(serve: Any, ask: Any) -> None:
    events: list[Any] = []
    with listening(events.append), pytest.raises(openai.InternalServerError):
        ask(serve(error(500)).config(max_retries=0))
    assert [event.next_number for event in events if isinstance(event, ModelFailed)] == [None]


def test_an_answer_whose_choices_are_dicts_stays_as_a_test_has_written_it(ask: Any) -> None:
    call = {"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    message = {"role": "assistant", "content": None, "reasoning_content": "hm", "tool_calls": [call]}
    written = SimpleNamespace(model="m", usage=None, choices=[{"index": 0, "message": message}])
    create = "openai.resources.chat.completions.{}.create"
    with (
        patch(create.format("Completions"), return_value=written),
        patch(create.format("AsyncCompletions"), AsyncMock(return_value=written)),
    ):
        answer = ask({"model": "m", "api_key": "sk-test"})
    assert answer.choices[0]["message"] == message
