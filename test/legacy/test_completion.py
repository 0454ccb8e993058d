"""`oai.ChatCompletion.create` and `oai.Completion.create`, as programs of 0.1 call them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import pytest

from autogen_classic import oai
from autogen_classic.testing import MockOpenAIServer, error

MESSAGES = [{"role": "user", "content": "Hi."}]


@pytest.fixture(autouse=True)
def _own_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("cache_seed", "cache_path", "request_timeout"):
        monkeypatch.setattr(oai.Completion, name, getattr(oai.Completion, name))


def of(server: MockOpenAIServer, **settings: Any) -> dict[str, Any]:
    """A configuration as programs of 0.1 wrote it."""
    return {"model": "gpt-4", "api_key": "sk-0123456789", "api_base": server.base_url, **settings}


def test_an_answer_has_the_form_of_then() -> None:
    with MockOpenAIServer(["Hello."]) as server:
        response = oai.ChatCompletion.create(config_list=[of(server)], messages=MESSAGES, use_cache=False)

    assert response["choices"][0]["message"]["content"] == "Hello."
    assert response.choices[0].message.content == "Hello."  # type: ignore[union-attr]
    assert response["usage"]["total_tokens"] > 0
    assert response["cost"] == oai.ChatCompletion.cost(response) > 0
    assert (response["config_id"], response["pass_filter"]) == (0, True)
    assert oai.ChatCompletion.extract_text(response) == ["Hello."]
    assert oai.ChatCompletion.extract_text_or_function_call(response) == ["Hello."]


def test_the_next_model_is_asked_when_one_fails_or_its_answer_does_not_pass() -> None:
    def says_yes(context: dict[str, Any], config: dict[str, Any], response: dict[str, Any]) -> bool:
        return oai.Completion.extract_text(response) == [context["wanted"]]

    with MockOpenAIServer([error(401), "No.", "Yes."]) as server:
        models = [of(server, model=name, max_retries=0) for name in ("gpt-4", "gpt-3.5-turbo", "gpt-4o")]
        response = oai.Completion.create(
            context={"wanted": "Yes."}, config_list=models, prompt="Well?", filter_func=says_yes, use_cache=False
        )

    assert [request["model"] for request in server.requests] == ["gpt-4", "gpt-3.5-turbo", "gpt-4o"]
    assert (response["choices"][0]["message"]["content"], response["config_id"]) == ("Yes.", 2)


@pytest.mark.parametrize("completion", [oai.ChatCompletion, oai.Completion])
def test_a_prompt_for_a_chat_model_becomes_a_message(completion: Any) -> None:
    with MockOpenAIServer(["Hello."]) as server:
        completion.create(
            {"name": "Ada"}, prompt="Greet {name}.", allow_format_str_template=True, use_cache=False, **of(server)
        )

    assert server.requests[0]["messages"] == [{"role": "user", "content": "Greet Ada."}]


def test_an_answer_comes_from_the_cache_that_was_set(tmp_path: Path) -> None:
    oai.ChatCompletion.set_cache(7, str(tmp_path / "caches"))
    with MockOpenAIServer(["Hello.", "Again."]) as server:
        first = oai.ChatCompletion.create(messages=MESSAGES, **of(server))
        second = oai.ChatCompletion.create(messages=MESSAGES, **of(server))
        fresh = oai.ChatCompletion.create(messages=MESSAGES, use_cache=False, **of(server))

    assert (tmp_path / "caches" / "7").is_dir()
    assert oai.ChatCompletion.extract_text(first) == oai.ChatCompletion.extract_text(second) == ["Hello."]
    assert oai.ChatCompletion.extract_text(fresh) == ["Again."]


def test_a_rate_limit_is_raised_or_answered_by_minus_one() -> None:
    with MockOpenAIServer(default=error(429, retry_after=0)) as server:
        settings = of(server, max_retries=0)
        with pytest.raises(openai.RateLimitError):
            oai.ChatCompletion.create(messages=MESSAGES, use_cache=False, **settings)
        assert (
            oai.ChatCompletion.create(
                messages=MESSAGES, use_cache=False, raise_on_ratelimit_or_timeout=False, **settings
            )
            == -1
        )


def test_a_missing_part_of_an_answer_is_an_attribute_error() -> None:
    with MockOpenAIServer(["Hello."]) as server:
        response = oai.ChatCompletion.create(messages=MESSAGES, use_cache=False, **of(server))

    assert not hasattr(response.choices[0].message, "function_call")  # type: ignore[union-attr]


@pytest.fixture
def stopped_logging() -> Iterator[None]:
    """Stop logging when a test is over."""
    yield
    oai.Completion.stop_logging()


@pytest.mark.usefixtures("stopped_logging")
def test_a_compact_history_holds_numbers_and_costs_by_what_was_asked() -> None:
    with MockOpenAIServer(["Hello.", "Hello again.", "Well."]) as server:
        oai.ChatCompletion.start_logging()
        for _ in range(2):
            oai.ChatCompletion.create(messages=MESSAGES, use_cache=False, **of(server))
        history = oai.ChatCompletion.logged_history
        oai.ChatCompletion.stop_logging()
        oai.ChatCompletion.create(messages=MESSAGES, use_cache=False, **of(server))

    assert history is not None
    (entry,) = history.values()
    assert list(history) == [json.dumps(MESSAGES)]
    assert entry["created_at"] == [0, 1]
    assert all(cost > 0 for cost in entry["cost"])
    assert oai.ChatCompletion.logged_history is None


@pytest.mark.usefixtures("stopped_logging")
def test_a_whole_history_holds_requests_and_answers_in_the_dict_that_was_given() -> None:
    kept: dict[Any, Any] = {}
    with MockOpenAIServer(["Hello.", "Again."]) as server:
        oai.Completion.start_logging(kept, compact=False)
        oai.ChatCompletion.create(messages=MESSAGES, use_cache=False, **of(server))
        oai.Completion.start_logging(kept, compact=False, reset_counter=False)
        oai.ChatCompletion.create(messages=MESSAGES, use_cache=False, **of(server))

    assert sorted(kept) == [0, 1]
    assert kept[0]["request"]["messages"] == MESSAGES
    assert kept[1]["response"]["choices"][0]["message"]["content"] == "Again."
    assert "sk-0123456789" not in str(kept)


@pytest.mark.parametrize(
    ("call", "instead"),
    [
        (lambda: oai.Completion.test([], None), "a loop over your data"),
        (lambda: oai.Completion.tune([], "m", "max", len), "flaml.tune"),
        (lambda: oai.ChatCompletion.print_usage_summary(), "OpenAIWrapper"),
    ],
)
def test_what_is_retired_says_what_to_use_instead(call: Any, instead: str) -> None:
    with pytest.raises(AssertionError, match=instead):
        call()
