"""A summary in the place of the older part of a history: made once, and used again."""

from __future__ import annotations

import copy
import logging
from typing import Any

import pytest
from agent_kit import agent, both_ways, chat

from autogen_classic import GroupChat, GroupChatManager
from autogen_classic.agentchat.contrib.capabilities.transform_messages import TransformMessages
from autogen_classic.agentchat.contrib.capabilities.transforms import MessageHistorySummarizer
from autogen_classic.cache.in_memory_cache import InMemoryCache
from autogen_classic.testing import MockOpenAIServer

Message = dict[str, Any]
HEADING = "A summary of the conversation so far:\n"


def said(*contents: str) -> list[Message]:
    return [{"role": "user", "content": content, "name": "ann"} for content in contents]


def contents(messages: list[Message]) -> list[Any]:
    return [message["content"] for message in messages]


def summarizing_server() -> MockOpenAIServer:
    """A model that sums up as S1, S2 and so on, and replies to all else as R1, R2 and so on."""
    counts = {"S": 0, "R": 0}

    def answer(request: Any) -> str:
        kind = "S" if request["messages"][0]["content"].startswith("Sum up") else "R"
        counts[kind] += 1
        return f"{kind}{counts[kind]}"

    return MockOpenAIServer(default=answer)


def asked_to_sum_up(server: MockOpenAIServer) -> list[str]:
    return [
        one["messages"][1]["content"] for one in server.requests if one["messages"][0]["content"].startswith("Sum up")
    ]


def test_the_older_part_is_summed_up_once_and_the_summary_grows() -> None:
    with summarizing_server() as server:
        summarizer = MessageHistorySummarizer(max_messages=4, keep_messages=2, llm_config=server.llm_config())
        history = said("one", "two", "three", "four", "five")
        before = copy.deepcopy(history)
        assert contents(summarizer.apply_transform(history)) == [HEADING + "S1", "four", "five"]
        assert contents(summarizer.apply_transform(history)) == [HEADING + "S1", "four", "five"]
        assert history == before
        history += said("six")
        assert contents(summarizer.apply_transform(history)) == [HEADING + "S1", "four", "five", "six"]
        history += said("seven")
        assert contents(summarizer.apply_transform(history)) == [HEADING + "S2", "six", "seven"]
        assert asked_to_sum_up(server) == [
            "ann: one\nann: two\nann: three",
            "What was summed up before:\nS1\n\nWhat was said since:\nann: four\nann: five",
        ]


def test_another_history_has_a_summary_of_its_own() -> None:
    with summarizing_server() as server:
        summarizer = MessageHistorySummarizer(max_messages=2, keep_messages=1, llm_config=server.llm_config())
        assert contents(summarizer.apply_transform(said("one", "two", "three"))) == [HEADING + "S1", "three"]
        assert contents(summarizer.apply_transform(said("ONE", "two", "three"))) == [HEADING + "S2", "three"]
        assert contents(summarizer.apply_transform(said("one", "two", "other"))) == [HEADING + "S1", "other"]
        assert contents(summarizer.apply_transform(said("one", "two"))) == ["one", "two"]
        assert summarizer.apply_transform([]) == []


def test_a_summary_is_not_used_where_an_answer_would_lose_its_call() -> None:
    calls = [{"id": one, "function": {"name": "look", "arguments": "{}"}} for one in "12"]
    answers = [{"role": "tool", "content": "a tree", "tool_call_id": one} for one in "12"]
    history = [*said("go"), {"role": "assistant", "content": None, "tool_calls": calls}, answers[0], *said("wait")]
    with summarizing_server() as server:
        summarizer = MessageHistorySummarizer(max_messages=3, keep_messages=1, llm_config=server.llm_config())
        assert contents(summarizer.apply_transform(history)) == [HEADING + "S1", "wait"]
        late = [*history[:3], answers[1], *said("done")]
        assert contents(summarizer.apply_transform(late)) == [HEADING + "S2", "done"]


def test_tokens_limit_a_history_too() -> None:
    with summarizing_server() as server:
        settings: dict[str, Any] = {"max_tokens": 20, "keep_messages": 1, "llm_config": server.llm_config()}
        summarizer = MessageHistorySummarizer(**settings)
        assert contents(summarizer.apply_transform(said("short", "texts"))) == ["short", "texts"]
        assert contents(summarizer.apply_transform(said("word " * 30, "new"))) == [HEADING + "S1", "new"]


def test_calls_stay_with_their_answers_and_are_told_in_the_summary() -> None:
    call = {
        "role": "assistant",
        "name": "bob",
        "content": None,
        "tool_calls": [{"id": "1", "function": {"name": "look", "arguments": '{"where": "park"}'}}],
    }
    answer = {"role": "tool", "content": "a tree", "tool_responses": [{"tool_call_id": "1", "content": "a tree"}]}
    picture = [
        {"type": "text", "text": "see "},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA"}},
    ]
    history = [*said("go"), call, answer, {"role": "user", "content": picture}, *said("so")]
    with summarizing_server() as server:
        config = server.llm_config()
        kept = MessageHistorySummarizer(max_messages=3, keep_messages=1, llm_config=config).apply_transform(history)
        assert contents(kept) == [HEADING + "S1", "so"]
        assert asked_to_sum_up(server) == [
            'ann: go\nbob calls look with {"where": "park"}\ntool answers: a tree\nuser: see <image_url>'
        ]
        kept = MessageHistorySummarizer(max_messages=2, keep_messages=1, llm_config=config).apply_transform(history[:3])
        assert kept[1:] == history[1:3]


@both_ways
def test_in_a_chat_the_model_account_and_cache_are_those_of_the_agent(way: str) -> None:
    with summarizing_server() as server, InMemoryCache("1") as cache:
        bob = agent("bob", llm_config=server.llm_config(), system_message="Be bob.")
        ann = agent("ann", default_auto_reply="go on")
        TransformMessages(transforms=[MessageHistorySummarizer(max_messages=3, keep_messages=1)]).add_to_agent(bob)
        result = chat(way, ann, bob, max_turns=4, cache=cache)
        sent = [contents(one["messages"]) for one in server.requests if one["messages"][0]["content"] == "Be bob."]
        assert sent == [
            ["Be bob.", "hi"],
            ["Be bob.", "hi", "R1", "go on"],
            ["Be bob.", HEADING + "S1", "go on"],
            ["Be bob.", HEADING + "S2", "go on"],
        ]
        assert len(asked_to_sum_up(server)) == 2
        assert contents(bob.chat_messages[ann])[:3] == ["hi", "R1", "go on"]
        assert result.spent is not None
        assert result.spent.requests == len(server.requests)
        usage = bob.get_actual_usage()
        assert usage is not None
        assert result.spent.tokens == sum(one["total_tokens"] for name, one in usage.items() if name != "total_cost")
        repeated = len(server.requests)
        again = agent("bob", llm_config=server.llm_config(), system_message="Be bob.")
        TransformMessages(transforms=[MessageHistorySummarizer(max_messages=3, keep_messages=1)]).add_to_agent(again)
        chat(way, agent("ann", default_auto_reply="go on"), again, max_turns=4, cache=cache)
        assert len(server.requests) == repeated


@both_ways
def test_a_model_of_its_own_is_on_the_account_of_the_agent(way: str) -> None:
    with MockOpenAIServer(default="reply") as main, summarizing_server() as small:
        bob = agent("bob", llm_config=main.llm_config())
        summarizer = MessageHistorySummarizer(max_messages=2, keep_messages=1, llm_config=small.llm_config())
        TransformMessages(transforms=[summarizer]).add_to_agent(bob)
        result = chat(way, agent("ann"), bob, max_turns=3)
        assert len(small.requests) > 0
        assert result.spent is not None
        usage = bob.get_actual_usage()
        assert usage is not None
        assert result.spent.tokens == sum(one["total_tokens"] for name, one in usage.items() if name != "total_cost")


def test_the_model_that_selects_a_speaker_can_read_a_summary() -> None:
    with summarizing_server() as server:
        members = [agent("ann"), agent("bob")]
        group = GroupChat(
            members,
            [],
            max_round=5,
            select_speaker_transform_messages=TransformMessages(
                transforms=[MessageHistorySummarizer(max_messages=3, keep_messages=1)], verbose=False
            ),
        )
        manager = GroupChatManager(group, llm_config=server.llm_config())
        result = chat("sync", members[0], manager)
        assert asked_to_sum_up(server)
        usage = manager.get_actual_usage()
        assert usage is not None
        assert sum(one["total_tokens"] for name, one in usage.items() if name != "total_cost") == result.spent.tokens


@both_ways
def test_a_summarizer_alone_serves_a_selection_with_its_own_model(way: str) -> None:
    with MockOpenAIServer(default="bob") as chooser, summarizing_server() as small:
        members = [agent("ann"), agent("bob")]
        summarizer = MessageHistorySummarizer(max_messages=3, keep_messages=1, llm_config=small.llm_config())
        group = GroupChat(members, [], max_round=5, select_speaker_transform_messages=summarizer)
        chat(way, members[0], GroupChatManager(group, llm_config=chooser.llm_config()))
        assert any("A summary of the conversation so far" in str(request) for request in chooser.requests)


def test_what_was_summed_up_is_said_in_one_line() -> None:
    summarizer = MessageHistorySummarizer(max_messages=3, keep_messages=1)
    summed_up = "Summed up 3 messages. Number of messages reduced from 4 to 2."
    assert summarizer.get_logs(said("1", "2", "3", "4"), said("s", "4")) == (summed_up, True)
    assert summarizer.get_logs(said("1"), said("1")) == ("No messages were summed up.", False)


def test_an_empty_summary_leaves_the_history_as_it_is(caplog: pytest.LogCaptureFixture) -> None:
    with MockOpenAIServer(default=" ") as server, caplog.at_level(logging.WARNING):
        summarizer = MessageHistorySummarizer(max_messages=2, keep_messages=1, llm_config=server.llm_config())
        assert contents(summarizer.apply_transform(said("1", "2", "3"))) == ["1", "2", "3"]
    assert "with an empty text" in caplog.text


def test_only_the_newest_summaries_are_remembered() -> None:
    with summarizing_server() as server:
        summarizer = MessageHistorySummarizer(max_messages=2, keep_messages=1, llm_config=server.llm_config())
        for number in range(300):
            summarizer._remember(str(number), "s")
    assert len(summarizer._summaries) == 256
    assert copy.deepcopy(summarizer) is summarizer


@pytest.mark.parametrize(
    ("settings", "error", "words"),
    [
        ({}, ValueError, "needs max_messages, max_tokens, or both"),
        ({"max_messages": 1}, ValueError, "max_messages must be None or at least 2"),
        ({"max_messages": 4, "keep_messages": 4}, ValueError, "there would be nothing to sum up"),
        ({"max_tokens": "many"}, TypeError, "max_tokens must be a number"),
        ({"max_messages": 4, "keep_messages": 0}, ValueError, "keep_messages must be"),
    ],
)
def test_settings_that_make_no_sense_are_refused(settings: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        MessageHistorySummarizer(**settings)


def test_without_a_model_the_error_says_where_one_can_come_from() -> None:
    with pytest.raises(ValueError, match="no model to sum up with"):
        MessageHistorySummarizer(max_messages=2, keep_messages=1).apply_transform(said("1", "2", "3"))
    bob = agent("bob")
    TransformMessages(transforms=[MessageHistorySummarizer(max_messages=2, keep_messages=1)]).add_to_agent(bob)
    with pytest.raises(ValueError, match="no model to sum up with"):
        bob.generate_reply(said("1", "2", "3"))
