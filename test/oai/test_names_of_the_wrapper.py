"""Names with an underscore on `OpenAIWrapper`: those of 0.2 stay, and ours leave all others to programs."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from autogen_classic.oai import OpenAIWrapper

HELLO = [{"role": "user", "content": "hi"}]
NAMES_OF_0_2 = {"_clients", "_config_list"}
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
