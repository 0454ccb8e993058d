"""Names that AG2 has given to the rooms of models: each does here what it does there."""

from __future__ import annotations

import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import openai
import pytest
from pydantic import BaseModel

from autogen_classic import LLMConfig, OpenAIWrapper
from autogen_classic.errors import ModelToolNotSupportedError
from autogen_classic.oai import client, get_first_llm_config, oai_models
from autogen_classic.oai.client_utils import FormatterProtocol, merge_config_with_tools
from autogen_classic.oai.oai_models import chat_completion, chat_completion_message, completion_usage
from autogen_classic.oai.openai_responses import PRICING, VALID_SIZES, calculate_openai_image_cost
from autogen_classic.oai.openai_utils import create_gpt_vector_store, is_valid_api_key
from autogen_classic.testing import MockOpenAIServer

ASK = [{"role": "user", "content": "hi"}]
TOOLS = [{"type": "function", "function": {"name": "f", "description": "d", "parameters": {"type": "object"}}}]


class City(BaseModel):
    name: str

    def format(self) -> str:
        return f"the city of {self.name}"


# --- configurations --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("llm_config", "first"),
    [
        ({"config_list": [{"model": "a"}, {"model": "b"}], "temperature": 0.5}, {"model": "a"}),
        ({"model": "a", "api_key": "k"}, {"model": "a", "api_key": "k"}),
    ],
)
def test_the_first_model_of_a_configuration_is_found(llm_config: dict[str, Any], first: dict[str, Any]) -> None:
    found = get_first_llm_config(llm_config)
    assert found == first
    found["model"] = "changed"
    assert get_first_llm_config(llm_config) == first


def test_the_first_model_of_a_configuration_object_is_found() -> None:
    found = get_first_llm_config(LLMConfig({"model": "a", "api_key": "k"}))
    assert (found["model"], found["api_key"]) == ("a", "k")


@pytest.mark.parametrize(
    ("llm_config", "says"),
    [({"config_list": []}, "at least one config"), ({}, "valid config dictionary"), ({"temperature": 1}, "valid")],
)
def test_a_configuration_without_a_model_has_no_first_one(llm_config: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        get_first_llm_config(llm_config)


@pytest.mark.parametrize(
    ("key", "is_valid"),
    [
        ("sk-" + "a" * 48, True),
        ("sk-proj-" + "a_1-" * 12, True),
        ("sk-" + "a" * 47, False),
        ("sk-" + "a" * 48 + " ", False),
        ("SK-" + "a" * 48, False),
        ("", False),
    ],
)
def test_a_key_of_openai_is_known_by_its_form(key: str, is_valid: bool) -> None:
    assert is_valid_api_key(key) is is_valid


def test_the_tools_of_two_parts_of_a_request_are_put_together() -> None:
    one, other = {"tools": [1], "x": 1, "y": 1}, {"tools": [2], "y": 2}
    assert merge_config_with_tools(one, other) == {"tools": [1, 2], "x": 1, "y": 2}
    assert merge_config_with_tools({"x": 1}, {"x": 2}) == {"x": 2}
    assert merge_config_with_tools({"tools": None}, other) == {"tools": [2], "y": 2}
    assert (one["tools"], other["tools"]) == ([1], [2])


def test_an_answer_that_writes_itself_is_known() -> None:
    assert isinstance(City(name="Rome"), FormatterProtocol)
    assert not isinstance(object(), FormatterProtocol)


def test_what_the_clients_of_the_openai_package_take_is_known() -> None:
    assert {"api_key", "base_url", "timeout", "http_client"} <= client.OPENAI_FALLBACK_KWARGS
    assert {"azure_endpoint", "api_version", "azure_deployment"} <= client.AOPENAI_FALLBACK_KWARGS
    assert "azure_endpoint" not in client.OPENAI_FALLBACK_KWARGS


# --- requests --------------------------------------------------------------------------------------------------------


def test_a_client_asks_for_the_form_that_it_was_made_with() -> None:
    with MockOpenAIServer(['{"name": "Rome"}', "Rome"]) as server:
        made = client.OpenAIClient(openai.OpenAI(api_key="k", base_url=server.base_url), response_format=City)
        made.create({"model": "gpt-4o", "messages": ASK})
        made.create({"model": "gpt-4o", "messages": ASK, "response_format": {"type": "text"}})
    forms = [request["response_format"] for request in server.requests]
    assert forms[0]["json_schema"]["name"] == "City"
    assert forms[1] == {"type": "text"}


@pytest.mark.parametrize("model", ["o1-mini", "o1-preview-2024-09-12"])
def test_a_model_that_takes_no_tools_is_not_asked_with_tools(model: str) -> None:
    with MockOpenAIServer(["hi"]) as server:
        wrapper = OpenAIWrapper(config_list=[server.config(model=model)], cache_seed=None)
        with pytest.raises(ModelToolNotSupportedError, match=f"Tools are not supported with {model} models"):
            wrapper.create(messages=ASK, tools=TOOLS)
        assert server.requests == []
        assert wrapper.create(messages=ASK).choices[0].message.content == "hi"


def test_another_model_is_asked_in_the_place_of_one_that_takes_no_tools() -> None:
    with MockOpenAIServer(["hi"]) as server:
        entries = [server.config(model="o1-mini"), server.config(model="gpt-4o")]
        answer = OpenAIWrapper(config_list=entries, cache_seed=None).create(messages=ASK, tools=TOOLS)
    assert answer.choices[0].message.content == "hi"
    assert [request["model"] for request in server.requests] == ["gpt-4o"]


# --- classes of answers ----------------------------------------------------------------------------------------------


def test_the_classes_of_answers_are_those_of_the_openai_package() -> None:
    import openai.types.chat as at_openai

    assert oai_models.ChatCompletion is at_openai.ChatCompletion
    assert oai_models.ChatCompletionMessageToolCall is at_openai.ChatCompletionMessageToolCall
    assert chat_completion_message.FunctionCall.__module__ == "openai.types.chat.chat_completion_message"
    assert completion_usage.CompletionUsage is oai_models.CompletionUsage
    with pytest.raises(AttributeError):
        _ = chat_completion.NothingOfTheKind


def test_an_extended_answer_holds_its_cost() -> None:
    message = {"role": "assistant", "content": "hi"}
    choice = {"finish_reason": "stop", "index": 0, "message": message}
    answer = chat_completion.ChatCompletionExtended(
        id="1", choices=[choice], created=0, model="m", object="chat.completion", cost=0.5, config_id=0
    )
    assert (answer.choices[0].message.content, answer.cost, answer.config_id) == ("hi", 0.5, 0)


# --- pictures and files ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("picture", "cost"),
    [
        ((), 0.167),
        (("gpt-image-1", "1024x1536", "low"), 0.016),
        (("dall-e-3", "1024x1792", "hd"), 0.12),
        (("dall-e-2", "256x256", "high"), 0.016),
    ],
)
def test_a_picture_costs_what_the_table_says(picture: tuple[str, ...], cost: float) -> None:
    assert calculate_openai_image_cost(*picture) == (cost, None)


@pytest.mark.parametrize(
    ("picture", "says"),
    [
        (("x",), "Invalid model: x. Valid models: ["),
        (("gpt-image-1", "1x1"), "Invalid size 1x1 for gpt-image-1. Valid sizes: ['1024x1024'"),
        (("gpt-image-1", "1024x1024", "ultra"), "Invalid quality 'ultra' for gpt-image-1"),
    ],
)
def test_a_picture_that_is_not_in_the_table_says_why(picture: tuple[str, ...], says: str) -> None:
    cost, fault = calculate_openai_image_cost(*picture)
    assert cost == 0
    assert fault is not None
    assert fault.startswith(says)


def test_every_quality_of_a_model_has_a_price_for_each_size() -> None:
    assert {"dall-e-2", "dall-e-3", "gpt-image-1"} <= PRICING.keys()
    for model, qualities in PRICING.items():
        assert all(list(sizes) == VALID_SIZES[model] for sizes in qualities.values())


@pytest.mark.parametrize("spelling", ["fild_ids", "file_ids"])
def test_the_files_of_a_vector_store_are_named_as_in_either_family(spelling: str) -> None:
    given: list[Any] = []

    def create_and_poll(**arguments: Any) -> Any:
        given.append(arguments["file_ids"])
        return SimpleNamespace(status="completed", file_counts=SimpleNamespace(failed=0, total=1))

    batches = SimpleNamespace(create_and_poll=create_and_poll)
    stores = SimpleNamespace(create=lambda name: SimpleNamespace(id="vs"), file_batches=batches)
    ids: Any = {spelling: ["file-1"]}
    assert create_gpt_vector_store(SimpleNamespace(vector_stores=stores), "n", **ids).id == "vs"
    assert given == [["file-1"]]


def test_a_vector_store_needs_files() -> None:
    with pytest.raises(TypeError, match="needs file_ids"):
        create_gpt_vector_store(object(), "n")


# --- weight ----------------------------------------------------------------------------------------------------------


def test_none_of_these_names_loads_the_openai_package_before_it_is_used() -> None:
    program = (
        "import sys, autogen_classic.oai.client, autogen_classic.oai.client_utils, autogen_classic.oai.oai_models\n"
        "assert 'openai' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
