"""Names with an underscore on `OpenAIWrapper`: those of 0.2 stay, and ours leave all others to programs."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from openai.types.chat import ChatCompletion
from openai.types.chat.chat_completion_chunk import ChoiceDeltaFunctionCall, ChoiceDeltaToolCall

from autogen_classic.oai import OpenAIWrapper

HELLO = [{"role": "user", "content": "hi"}]
NAMES_OF_0_2 = {
    "_clients",
    "_config_list",
    "_cost_with_customized_price",
    "_separate_create_config",
    "_update_dict_from_chunk",
    "_update_function_call_from_chunk",
    "_update_tool_calls_from_chunk",
}
WORDS = ("_client", "_count", "_entries", "_lock", "_known_clients", "_rate_limiters", "_state", "_cache", "_create")


class WithMethods(OpenAIWrapper):
    """A program's own wrapper, whose helpers have the names that come to mind first."""

    def _client(self, config: dict[str, Any], openai_config: dict[str, Any]) -> Any:
        raise AssertionError("the library called a method of the program")

    def _count(self) -> int:
        raise AssertionError("the library called a method of the program")

    def _entries(self) -> Any:
        raise AssertionError("the library called a method of the program")

    def _completions_create(self, client: Any, params: dict[str, Any]) -> Any:
        raise AssertionError("the library called a method of the program")


class WithAttributes(OpenAIWrapper):
    """A program's own wrapper, which keeps things of its own before and after the constructor."""

    def __init__(self, **config: Any) -> None:
        for word in WORDS:
            setattr(self, word, "before")
        super().__init__(**config)
        assert [getattr(self, word) for word in WORDS] == ["before"] * len(WORDS)
        for word in WORDS:
            setattr(self, word, "after")


@pytest.mark.parametrize("kind", [WithMethods, WithAttributes])
@pytest.mark.parametrize("asynchronous", [False, True])
@pytest.mark.parametrize("stream", [False, True])
def test_a_subclass_may_use_any_private_name_for_its_own(
    serve: Any, kind: type[OpenAIWrapper], asynchronous: bool, stream: bool
) -> None:
    entry = {"model": "gpt-4", "api_key": "k", "base_url": serve("Hello.").base_url}
    wrapper = kind(config_list=[entry], cache_seed=None)
    settings = {"messages": HELLO, "stream": stream}
    answer = asyncio.run(wrapper.a_create(**settings)) if asynchronous else wrapper.create(**settings)
    assert OpenAIWrapper.extract_text_or_completion_object(answer) == ["Hello."]
    assert len(wrapper._clients) == len(wrapper._config_list) == 1
    assert wrapper.actual_usage_summary is not None
    if kind is WithAttributes:
        assert [getattr(wrapper, word) for word in WORDS] == ["after"] * len(WORDS)


def test_private_names_of_the_wrapper_are_those_of_0_2_or_begin_with_classic() -> None:
    wrapper = OpenAIWrapper(config_list=[{"model": "gpt-4", "api_key": "k"}])
    private = {name for name in (*vars(OpenAIWrapper), *vars(wrapper)) if name.startswith("_") and name[1] != "_"}
    assert {name for name in private if not name.startswith("_classic_")} == NAMES_OF_0_2


def test_a_chunk_is_added_to_a_call_as_in_0_2() -> None:
    call, tokens = OpenAIWrapper._update_function_call_from_chunk(
        ChoiceDeltaFunctionCall(name="f", arguments="x"), None, 5
    )
    assert (call, tokens) == ({"name": "f", "arguments": "x"}, 7)
    more, tokens = OpenAIWrapper._update_function_call_from_chunk(ChoiceDeltaFunctionCall(arguments="y"), call, tokens)
    assert more is call
    assert (call, tokens) == ({"name": "f", "arguments": "xy"}, 8)
    with pytest.raises(RuntimeError, match="Function call is not found"):
        OpenAIWrapper._update_function_call_from_chunk(ChoiceDeltaFunctionCall(), None, 0)


def test_a_chunk_is_added_to_a_tool_call_as_in_0_2() -> None:
    function = {"name": "f", "arguments": "x"}
    chunk = ChoiceDeltaToolCall.model_validate({"index": 0, "id": "a", "type": "function", "function": function})
    call, tokens = OpenAIWrapper._update_tool_calls_from_chunk(chunk, None, 5)
    assert (call, tokens) == ({"index": 0, "id": "a", "type": "function", "function": function}, 10)
    chunk = ChoiceDeltaToolCall.model_validate({"index": 0, "function": {"arguments": "y"}})
    assert OpenAIWrapper._update_tool_calls_from_chunk(chunk, call, tokens) == (call, 12)
    assert call["function"] == {"name": "f", "arguments": "xy"}
    field: dict[str, Any] = {}
    assert [OpenAIWrapper._update_dict_from_chunk(chunk, field, name) for name in ("index", "id")] == [1, 0]
    assert field == {"index": 0}


def test_settings_are_separated_and_priced_as_in_0_2() -> None:
    wrapper = OpenAIWrapper(config_list=[{"model": "gpt-4", "api_key": "k"}])
    settings = {"model": "m", "cache_seed": 1, "messages": [], "price": [1, 2], "foo": 1}
    assert wrapper._separate_create_config(settings) == (
        {"model": "m", "messages": [], "foo": 1},
        {"cache_seed": 1, "price": [1, 2]},
    )
    usage = {"prompt_tokens": 1000, "completion_tokens": 2000, "total_tokens": 3000}
    answer = ChatCompletion.construct(choices=[], usage=usage)
    assert OpenAIWrapper._cost_with_customized_price(answer, (1, 2)) == 5.0
    assert OpenAIWrapper._cost_with_customized_price(ChatCompletion.construct(choices=[]), (1, 2)) == 0.0
