"""DeepSeek: a key and prices of its own, schemas in words."""

from __future__ import annotations

from typing import Any

import pytest
from case_deepseek import CASE
from kit import KEY, Say

from autogen_classic import OpenAIWrapper
from autogen_classic.errors import MissingKeyError

ASK = [{"role": "user", "content": "Say hello."}]


def test_a_missing_key_is_told_with_the_name_of_its_variable() -> None:
    wrapper = OpenAIWrapper(config_list=[{"api_type": "deepseek", "model": "deepseek-chat"}], cache_seed=None)
    with pytest.raises(MissingKeyError, match="DEEPSEEK_API_KEY"):
        wrapper.create(messages=ASK)


def test_a_key_of_openai_is_not_sent_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "key-of-somebody-else")
    with pytest.raises(MissingKeyError):
        OpenAIWrapper(config_list=[{"api_type": "deepseek", "model": "m"}], cache_seed=None).create(messages=ASK)


def test_the_key_may_stand_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEEPSEEK_API_KEY", KEY)
    with CASE.server(Say("Hi.")) as server:
        entry = {key: value for key, value in CASE.entry(server).items() if key != "api_key"}
        response = OpenAIWrapper(config_list=[entry], cache_seed=None).create(messages=ASK)
    assert response.choices[0].message.content == "Hi."


def test_it_is_found_at_its_own_address() -> None:
    entry = {"api_type": "deepseek", "model": "deepseek-chat", "api_key": KEY}
    (client,) = OpenAIWrapper(config_list=[entry])._clients
    assert str(client._oai_client.base_url) == "https://api.deepseek.com/v1/"


@pytest.mark.parametrize("form", [{"type": "json_object"}, {"type": "text"}])
def test_other_forms_of_answers_go_as_they_are(form: dict[str, Any]) -> None:
    messages = [{"role": "system", "content": 'Answer in JSON:\n{"type": "object"}'}, *ASK]
    with CASE.server(Say("{}")) as server:
        OpenAIWrapper(config_list=[CASE.entry(server)], cache_seed=None).create(messages=messages, response_format=form)
    assert server.seen[0].body["response_format"] == form
    assert server.seen[0].body["messages"] == messages
