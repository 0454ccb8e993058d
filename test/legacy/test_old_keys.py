"""Programs of 2023: the keys of the openai package before 1.0 are read as their successors."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from autogen_classic import AssistantAgent, OpenAIWrapper, UserProxyAgent
from autogen_classic._legacy.old_keys import with_todays_keys
from autogen_classic.testing import MockOpenAIServer

KEY = "sk-0123456789"


@pytest.mark.parametrize(
    ("old", "today", "named"),
    [
        ({"request_timeout": 600}, {"timeout": 600}, "timeout"),
        ({"api_base": "http://x/v1"}, {"base_url": "http://x/v1"}, "base_url"),
        ({"engine": "mine"}, {"model": "mine"}, "model"),
        ({"deployment_id": "mine"}, {"model": "mine"}, "model"),
        ({"engine": "mine", "model": "gpt-4"}, {"model": "mine"}, "model"),
        ({"deployment_id": None, "model": "gpt-4"}, {"model": "gpt-4"}, "model"),
        ({"engine": None}, {}, "model"),
        ({"api_type": "open_ai"}, {"api_type": "openai"}, "openai"),
        ({"api_type": "azure_ad", "api_key": "t"}, {"api_type": "azure", "azure_ad_token": "t"}, "azure"),
        ({"use_cache": False}, {"cache_seed": None}, "cache_seed"),
        ({"use_cache": False, "cache_seed": 42}, {"cache_seed": None}, "cache_seed"),
        ({"use_cache": True, "cache_seed": 42}, {"cache_seed": 42}, "cache_seed"),
        ({"max_retry_period": 120}, {}, "max_retries"),
        ({"retry_wait_time": 10}, {}, "max_retries"),
        ({"retry_timeout": 100}, {}, "max_retries"),
        ({"request_timeout": 600, "timeout": 5}, {"timeout": 5}, "timeout"),
    ],
)
def test_an_old_key_is_read_as_its_successor_with_one_warning_that_names_it(
    old: dict[str, Any], today: dict[str, Any], named: str, caplog: pytest.LogCaptureFixture
) -> None:
    before = dict(old)

    assert with_todays_keys(old) == today
    assert with_todays_keys(old) == today

    assert old == before
    assert len(caplog.messages) == 1
    assert f'"{named}"' in caplog.text


def test_keys_of_today_stay_without_a_word(caplog: pytest.LogCaptureFixture) -> None:
    config = {"model": "gpt-4o", "timeout": 5, "api_type": "azure", "allow_format_str_template": True, "seed": 1}

    assert with_todays_keys(config) == config
    assert caplog.messages == []


def test_a_client_of_the_programs_own_keeps_keys_of_these_names() -> None:
    config = {"model_client_cls": "Mine", "engine": "v8", "use_cache": True, "api_base": "here"}

    assert with_todays_keys(config) == config


def test_a_chat_of_2023_runs(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING, "autogen.oai.client")
    with MockOpenAIServer(["Hello. TERMINATE"]) as server:
        config_list = [
            {"engine": "gpt-4", "api_key": KEY, "api_base": server.base_url, "api_type": "open_ai", "api_version": None}
        ]
        assistant = AssistantAgent(
            "assistant",
            llm_config={
                "config_list": config_list,
                "request_timeout": 600,
                "retry_wait_time": 1,
                "max_retry_period": 2,
                "use_cache": False,
                "temperature": 0,
            },
        )
        user = UserProxyAgent("user", human_input_mode="NEVER", code_execution_config=False)
        result = user.initiate_chat(assistant, message="Hi.", max_turns=1)

    assert result.chat_history[-1]["content"] == "Hello. TERMINATE"
    (request,) = server.requests
    assert request["model"] == "gpt-4"
    assert request.keys() == {"model", "messages", "temperature", "stream"}
    said = " ".join(caplog.messages)
    for old in ("engine", "api_base", "open_ai", "request_timeout", "retry_wait_time", "max_retry_period", "use_cache"):
        assert said.count(f'"{old}"') == 1


def test_old_keys_of_a_single_request_are_read_too() -> None:
    with MockOpenAIServer(["Hello."]) as server:
        client = OpenAIWrapper(model="gpt-4", api_key=KEY, base_url=server.base_url)
        client.create(messages=[{"role": "user", "content": "Hi."}], request_timeout=60, use_cache=False)

    assert server.requests[0].keys() == {"model", "messages", "stream"}
