"""Configuration lists that are missing, empty, broken, or without a model or a key."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openai
import pytest

from autogen_classic import AssistantAgent, OpenAIWrapper, config_list_from_json, filter_config

KEY = "sk-planted-key-0123456789"


def read(text: str) -> Any:
    Path("OAI_CONFIG_LIST").write_text(text, encoding="utf-8")
    return config_list_from_json("OAI_CONFIG_LIST")


def test_a_missing_list_says_where_it_was_looked_for_and_what_to_do() -> None:
    with pytest.raises(FileNotFoundError) as caught:
        config_list_from_json("OAI_CONFIG_LIST", file_location="settings")
    text = str(caught.value)
    assert "the environment variable OAI_CONFIG_LIST is not set" in text
    assert repr(str(Path("settings", "OAI_CONFIG_LIST"))) in text
    assert "Write your list into it, such as" in text


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "It is empty"),
        (" \n", "It is empty"),
        ('[\n// mine\n{"model": "m"}]', "no comments: remove the one in line 2"),
        ('[{"model": "m"} # mine\n]', "no comments: remove the one in line 1"),
        ('[{"model": "m"},\n]', "no comma after the last item: remove the one in line 1"),
        ('[{"model": "m",\n}]', "no comma after the last item: remove the one in line 1"),
        ("[{'model': 'm'}]", "double quotes"),
        ('[{"model": "m"', "line 1, column 15"),
    ],
)
def test_broken_json_is_named_with_its_place_and_its_repair(content: str, says: str) -> None:
    with pytest.raises(json.JSONDecodeError) as caught:
        read(content)
    assert says in str(caught.value)
    assert "The file OAI_CONFIG_LIST is not valid JSON" in str(caught.value)


def test_broken_json_in_the_environment_is_named_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OAI_CONFIG_LIST", f'[{{"model": "m", "api_key": "{KEY}",}}]')
    with pytest.raises(json.JSONDecodeError, match="The environment variable OAI_CONFIG_LIST") as caught:
        config_list_from_json("OAI_CONFIG_LIST")
    assert KEY not in str(caught.value) + repr(caught.value)


def test_a_file_in_another_encoding_is_named_with_what_to_do() -> None:
    Path("OAI_CONFIG_LIST").write_bytes('[{"model": "m"}]'.encode("utf-16"))
    with pytest.raises(UnicodeDecodeError, match="Save it as UTF-8"):
        config_list_from_json("OAI_CONFIG_LIST")


@pytest.mark.parametrize("llm_config", [{}, {"config_list": []}, {"config_list": [{"model": ""}]}])
def test_a_configuration_without_a_model_is_refused_when_the_agent_is_made(llm_config: Any) -> None:
    with pytest.raises(ValueError, match="specify a non-empty 'model' either in 'llm_config' or in each config"):
        AssistantAgent("helper", llm_config=llm_config)


def test_a_configuration_without_a_model_says_so_when_it_is_asked(serve: Any, agent: Any, chat: Any, said: Any) -> None:
    server = serve("never said")
    config = server.config()
    del config["model"]
    person, helper = agent("person"), agent("helper", config)
    with pytest.raises(TypeError, match="'model'"):
        chat(person, helper, "Hello.")
    assert said(helper, person) == [("user", "Hello.")]
    assert server.remaining == 1


@pytest.mark.parametrize("config", [{"model": "m"}, {"model": "m", "api_key": None}])
def test_a_configuration_without_a_key_is_refused_when_the_agent_is_made(
    config: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(openai.OpenAIError) as error:
        AssistantAgent("helper", llm_config={"config_list": [config]})
    for word in ("The model 'm' of OpenAI", "api_key", "config_list", "OAI_CONFIG_LIST", "OPENAI_API_KEY"):
        assert word in str(error.value)


@pytest.mark.parametrize(
    ("config", "hint"),
    [
        ({"model": "m", "config_lst": [{"model": "m", "api_key": KEY}]}, "'config_lst'. Did you mean 'config_list'?"),
        ({"config_list": [{"model": "m", "apikey": KEY}]}, "'apikey'. Did you mean 'api_key'?"),
        ({"config_list": [{"model": "m", "base_url": "http://127.0.0.1:9/v1"}]}, 'give any text, such as "none"'),
    ],
)
def test_the_error_of_a_missing_key_says_what_was_probably_meant(
    config: Any, hint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(openai.OpenAIError) as error:
        AssistantAgent("helper", llm_config=config)
    assert hint in str(error.value)
    assert KEY not in str(error.value)


def test_an_azure_configuration_without_a_key_names_the_variables_of_azure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-0123456789")
    monkeypatch.delenv("AZURE_OPENAI_API_KEY", raising=False)
    azure = {"model": "m", "azure_endpoint": "https://a.example", "api_version": "2025-01-01"}
    for api_type in ("azure", "responses"):
        with pytest.raises(openai.OpenAIError, match="AZURE_OPENAI_API_KEY"):
            AssistantAgent("helper", llm_config={"config_list": [{**azure, "api_type": api_type}]})


@pytest.mark.parametrize("config_list", [{"model": "m", "api_key": KEY}, KEY, [KEY], 5])
def test_a_config_list_of_another_type_is_refused_with_the_form_and_without_the_key(config_list: Any) -> None:
    with pytest.raises(TypeError, match="config_list must be a list of dicts") as caught:
        OpenAIWrapper(config_list=config_list)
    assert KEY not in str(caught.value)


@pytest.mark.parametrize(
    ("more", "kind"),
    [({}, ValueError), ({"temperature": 0}, openai.OpenAIError), ({"model": "o3"}, openai.OpenAIError)],
)
def test_an_agent_whose_list_was_emptied_by_a_filter_says_so_and_why(
    more: dict[str, Any], kind: type[Exception], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    emptied = filter_config([{"model": "gpt-4o", "api_key": "sk-secret"}], {"model": ["gpt-4"]})

    with pytest.raises(kind) as error:
        AssistantAgent("a", llm_config={"config_list": emptied, **more})

    assert "The config_list is empty. The filter {'model': ['gpt-4']} fits no entry" in str(error.value)
    assert "There: model: gpt-4o." in str(error.value)
    assert "sk-secret" not in str(error.value)


@pytest.mark.parametrize(
    "make", [lambda: OpenAIWrapper(config_list=[]), lambda: AssistantAgent("a", llm_config={"config_list": []})]
)
def test_an_empty_list_is_named_where_nobody_knows_why(make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)

    with pytest.raises((ValueError, openai.OpenAIError), match="The config_list is empty"):
        make()


def test_an_empty_list_is_no_error_where_the_environment_has_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-0123456789")

    assert OpenAIWrapper(config_list=[], model="gpt-4o")._config_list == [{"model": "gpt-4o"}]


def test_a_missing_key_without_any_list_is_told_as_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)

    with pytest.raises(openai.OpenAIError) as error:
        OpenAIWrapper(model="gpt-4o")

    assert "The config_list is empty" not in str(error.value)
