"""Which requests are cached, for whom, and how one sees it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from autogen_classic import Cache, ConversableAgent, GroupChat, GroupChatManager, OpenAIWrapper, UserProxyAgent
from autogen_classic._core.events import ModelAnswered, ModelAsked, listening
from autogen_classic.cache.in_memory_cache import InMemoryCache
from autogen_classic.testing import MockOpenAIServer

MESSAGES = [{"role": "user", "content": "Hi."}]


@pytest.fixture(autouse=True)
def _own_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def server() -> Iterator[MockOpenAIServer]:
    with MockOpenAIServer(default="fine") as running:
        yield running


def wrapper(server: MockOpenAIServer, **settings: Any) -> OpenAIWrapper:
    return OpenAIWrapper(config_list=[server.config(price=[1, 1])], **settings)


def talker(name: str, server: MockOpenAIServer, **settings: Any) -> ConversableAgent:
    config = {"config_list": [server.config(price=[1, 1])], "cache_seed": None, **settings}
    return ConversableAgent(name, llm_config=config, human_input_mode="NEVER")


def seeds() -> list[str]:
    return sorted(path.parent.name for path in Path(".cache").glob("*/cache.db"))


def test_the_seed_is_41_when_nothing_is_said(server: MockOpenAIServer) -> None:
    for _ in range(2):
        wrapper(server).create(messages=MESSAGES)
    assert (len(server.requests), seeds()) == (1, ["41"])


def test_none_is_off(server: MockOpenAIServer) -> None:
    for _ in range(2):
        wrapper(server).create(messages=MESSAGES, cache_seed=None)
        wrapper(server, cache_seed=None).create(messages=MESSAGES)
    assert (len(server.requests), seeds()) == (4, [])


def test_another_seed_asks_again(server: MockOpenAIServer) -> None:
    for seed in (1, 2, 1):
        wrapper(server, cache_seed=seed).create(messages=MESSAGES)
    assert (len(server.requests), seeds()) == (2, ["1", "2"])


def test_a_cache_goes_before_the_seed(server: MockOpenAIServer) -> None:
    cache = InMemoryCache()
    for _ in range(2):
        wrapper(server, cache_seed=1).create(messages=MESSAGES, cache=cache)
    assert (len(server.requests), seeds()) == (1, [])


def test_a_hit_counts_as_total_and_not_as_actual_usage(server: MockOpenAIServer) -> None:
    wrapper(server).create(messages=MESSAGES)
    second = wrapper(server)
    second.create(messages=MESSAGES)
    assert second.actual_usage_summary is None
    assert second.total_usage_summary is not None
    assert second.total_usage_summary["total_cost"] > 0


def test_events_tell_hits_from_requests(server: MockOpenAIServer) -> None:
    seen: list[Any] = []
    with listening(lambda event: seen.append(event) if isinstance(event, (ModelAsked, ModelAnswered)) else None):
        for _ in range(2):
            wrapper(server).create(messages=MESSAGES)
    assert [type(event).__name__ for event in seen] == ["ModelAsked", "ModelAnswered", "ModelAnswered"]
    assert [event.from_cache for event in seen if isinstance(event, ModelAnswered)] == [False, True]


def test_what_a_program_does_to_an_answer_does_not_change_the_cache(server: MockOpenAIServer) -> None:
    cache = InMemoryCache()
    for _ in range(3):
        answer = wrapper(server).create(messages=MESSAGES, cache=cache)
        assert answer.choices[0].message.content == "fine"
        answer.choices[0].message.content = "changed"
        answer.choices.clear()


def test_a_chat_lends_its_cache_to_both_and_takes_it_back(server: MockOpenAIServer) -> None:
    ann, bob = talker("ann", server), talker("bob", server)
    cache = InMemoryCache()
    for _ in range(2):
        ann.initiate_chat(bob, message="Hi.", max_turns=2, cache=cache, silent=True)
    assert len(server.requests) == 3
    assert (ann.client_cache, bob.client_cache) == (None, None)


def test_an_agent_has_a_cache_of_its_own_outside_of_chats(server: MockOpenAIServer) -> None:
    bob = talker("bob", server)
    bob.client_cache = InMemoryCache()
    for _ in range(2):
        assert bob.generate_reply(messages=MESSAGES) == "fine"
    assert len(server.requests) == 1


def test_the_summary_uses_the_cache_of_the_chat(server: MockOpenAIServer) -> None:
    user = UserProxyAgent("user", human_input_mode="NEVER", code_execution_config=False)
    bob, cache = talker("bob", server), InMemoryCache()
    for _ in range(2):
        user.initiate_chat(
            bob, message="Hi.", max_turns=1, summary_method="reflection_with_llm", cache=cache, silent=True
        )
    assert len(server.requests) == 2


def test_speaker_selection_and_speakers_use_the_cache_of_the_chat(server: MockOpenAIServer) -> None:
    cache = InMemoryCache()
    server.default = lambda request: (
        "cal"
        if request["messages"][0]["role"] == "system" and "cal" in str(request["messages"][0]["content"])
        else "fine"
    )
    counts = []
    for _ in range(2):
        ann, bob, cal = (talker(name, server) for name in ("ann", "bob", "cal"))
        group = GroupChat([ann, bob, cal], [], max_round=4, speaker_selection_method="auto")
        manager = GroupChatManager(group, llm_config={"config_list": [server.config(price=[1, 1])], "cache_seed": None})
        ann.initiate_chat(manager, message="Hi.", cache=cache, silent=True)
        counts.append(len(server.requests))
    assert counts[0] > 3
    assert counts[1] == counts[0]


def test_chats_inside_a_chat_use_its_cache(server: MockOpenAIServer) -> None:
    user = UserProxyAgent("user", human_input_mode="NEVER", code_execution_config=False)
    bob, helper = talker("bob", server), talker("helper", server)
    bob.register_nested_chats(
        [{"recipient": helper, "message": "Help.", "max_turns": 1, "summary_method": "last_msg"}], trigger=user
    )
    cache = InMemoryCache()
    for _ in range(2):
        user.initiate_chat(bob, message="Hi.", max_turns=1, cache=cache, silent=True)
    assert len(server.requests) == 1


@pytest.mark.parametrize("temperature", [{1, 2}, object(), lambda: 1])
def test_a_request_that_json_cannot_hold_is_refused_with_a_clear_error(temperature: Any, server: Any) -> None:
    with pytest.raises(TypeError, match=r"The request cannot be cached: \['temperature'\] is a"):
        wrapper(server).create(messages=MESSAGES, temperature=temperature)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({1: "a"}, "is a dict with the key 1"),
        ({"a": [float("nan")]}, r"\['a'\]\[0\] is the number nan"),
        ({"a": float("inf")}, r"\['a'\] is the number inf"),
    ],
)
def test_what_would_come_back_changed_is_refused(value: Any, text: str, tmp_path: Path) -> None:
    with Cache.disk(1, str(tmp_path)) as cache, pytest.raises(TypeError, match=text):
        cache.set("key", value)


def test_an_entry_tells_in_short_what_was_asked_and_holds_no_key(server: MockOpenAIServer) -> None:
    cache = InMemoryCache("seed")
    asked = wrapper(server, extra_headers={"X-Secret": "sk-planted"}, api_key="sk-planted")
    asked.create(messages=[{"role": "system", "content": "S"}, {"role": "user", "content": "x" * 500}], cache=cache)
    (entry,) = cache._cache.values()
    assert entry["request"] == {"model": server.config()["model"], "messages": 2, "last": "x" * 200}
    assert "sk-planted" not in str(cache._cache)
