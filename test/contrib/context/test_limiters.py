"""Limiters: as many of the newest messages as fit, calls with their answers, and nothing edited."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autogen_classic.agentchat.contrib.capabilities.transforms import MessageHistoryLimiter, MessageTokenLimiter

Message = dict[str, Any]


def said(content: Any, role: str = "user", **more: Any) -> Message:
    return {"role": role, "content": content, **more}


def call(*ids: str, content: str | None = None, name: str = "caller") -> Message:
    functions = [{"id": one, "type": "function", "function": {"name": "look", "arguments": "{}"}} for one in ids]
    return {"role": "assistant", "content": content, "tool_calls": functions, "name": name}


def answer(one: str, content: str = "found") -> Message:
    return {"role": "tool", "content": content, "tool_call_id": one}


def answers(*ids: str, content: str = "found") -> Message:
    responses = [answer(one, content) for one in ids]
    return {"role": "tool", "content": "\n\n".join(content for _ in ids), "tool_responses": responses}


def contents(messages: list[Message]) -> list[Any]:
    return [message["content"] for message in messages]


CHAT = [
    said("hello"),
    said("there", "assistant"),
    said("how"),
    said("are you doing?", "assistant"),
    said("working very hard"),
]  # 1, 1, 1, 4 and 3 tokens
TOOLS = [said("go"), call("1", "2"), answer("1"), answer("2"), said("done", "assistant")]

# --- the number of messages ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("limit", "kept"), [(None, 5), (1, 1), (2, 2), (4, 4), (5, 5), (9, 5), (2.7, 2)])
def test_the_newest_messages_stay(limit: Any, kept: int) -> None:
    assert MessageHistoryLimiter(limit).apply_transform(CHAT) == CHAT[-kept:]


@pytest.mark.parametrize(("limit", "kept"), [(1, [0]), (2, [0, 4]), (3, [0, 3, 4]), (5, [0, 1, 2, 3, 4])])
def test_the_first_message_stays_if_it_is_asked_for(limit: int, kept: list[int]) -> None:
    limiter = MessageHistoryLimiter(limit, keep_first_message=True)
    assert limiter.apply_transform(CHAT) == [CHAT[place] for place in kept]


@pytest.mark.parametrize("limiter", [MessageHistoryLimiter(1), MessageHistoryLimiter(2, True), MessageTokenLimiter(1)])
def test_an_empty_history_stays_empty(limiter: Any) -> None:
    assert limiter.apply_transform([]) == []


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_answers_go_together_with_their_call(limit: int) -> None:
    assert contents(MessageHistoryLimiter(limit).apply_transform(TOOLS)) == ["done"]
    assert MessageHistoryLimiter(4).apply_transform(TOOLS) == TOOLS[1:]


@pytest.mark.parametrize("keep_first", [False, True])
def test_the_newest_call_and_its_answers_stay_where_they_are_more_than_the_limit(keep_first: bool) -> None:
    history = [said("go"), call("1", "2"), answer("1"), answer("2")]
    kept = MessageHistoryLimiter(2, keep_first).apply_transform(history)
    assert kept == (history if keep_first else history[1:])


def test_an_answer_that_comes_late_holds_its_call_and_all_between() -> None:
    history = [said("go"), call("1", "2"), answer("1"), said("one moment"), answer("2"), said("done")]
    assert MessageHistoryLimiter(4).apply_transform(history) == history[-1:]
    assert MessageHistoryLimiter(5).apply_transform(history) == history[1:]


def test_ids_that_are_used_again_do_not_tie_old_messages_to_new_ones() -> None:
    history = [call("1"), answer("1"), said("so"), call("1"), answer("1"), answer("1")]
    assert MessageHistoryLimiter(3).apply_transform(history) == history[3:]


@pytest.mark.parametrize("limiter", [MessageHistoryLimiter(2), MessageTokenLimiter(max_tokens=2)])
def test_a_history_does_not_begin_with_an_answer_whose_call_is_missing(limiter: Any) -> None:
    assert contents(limiter.apply_transform([answer("1"), said("so"), said("go")])) == ["so", "go"]
    assert contents(limiter.apply_transform([answer("1"), said("go")])) == ["go"]


def test_the_messages_of_some_are_left_out_with_all_that_belongs_to_them() -> None:
    history = [said("a", name="ann"), said("b", name="bob"), call("1", name="bob"), answer("1"), said("c", name="ann")]
    assert contents(MessageHistoryLimiter(None, exclude_names=["bob"]).apply_transform(history)) == ["a", "c"]
    assert contents(MessageHistoryLimiter(1, exclude_names=["bob"]).apply_transform(history)) == ["c"]


def test_what_was_removed_is_said_in_one_line() -> None:
    limiter = MessageHistoryLimiter(3)
    removed = "Removed 2 messages. Number of messages reduced from 5 to 3."
    assert limiter.get_logs(CHAT, limiter.apply_transform(CHAT)) == (removed, True)
    assert limiter.get_logs(CHAT, CHAT) == ("No messages were removed.", False)


# --- the number of tokens --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("limit", "kept"), [(3, 1), (6, 1), (7, 2), (8, 3), (10, 5), (4000, 5), (7.9, 2)])
def test_as_many_of_the_newest_messages_stay_as_fit(limit: Any, kept: int) -> None:
    assert MessageTokenLimiter(max_tokens=limit).apply_transform(CHAT) == CHAT[-kept:]


def test_without_limits_everything_stays() -> None:
    assert MessageTokenLimiter().apply_transform(CHAT * 2000) == CHAT * 2000


@pytest.mark.parametrize(("limit", "newest"), [(2, "working very"), (1, "working"), (0, "")])
def test_the_newest_message_is_shortened_if_it_does_not_fit(limit: int, newest: str) -> None:
    assert contents(MessageTokenLimiter(max_tokens=limit).apply_transform(CHAT)) == [newest]


def test_each_message_is_shortened_to_its_own_limit() -> None:
    kept = MessageTokenLimiter(max_tokens_per_message=2).apply_transform(CHAT)
    assert contents(kept) == ["hello", "there", "how", "are you", "working very"]


def test_where_messages_may_be_shortened_the_last_that_does_not_fit_takes_what_is_left() -> None:
    limiter = MessageTokenLimiter(max_tokens_per_message=3, max_tokens=5)
    assert contents(limiter.apply_transform(CHAT)) == ["are you", "working very hard"]
    limiter = MessageTokenLimiter(max_tokens_per_message=1, max_tokens=3)
    assert contents(limiter.apply_transform(CHAT)) == ["how", "are", "working"]


def test_short_histories_are_left_alone() -> None:
    assert MessageTokenLimiter(max_tokens_per_message=1, min_tokens=11).apply_transform(CHAT) == CHAT
    assert MessageTokenLimiter(max_tokens_per_message=1, min_tokens=10).apply_transform(CHAT) != CHAT


def test_texts_in_parts_are_shortened_one_after_the_other_and_pictures_stay() -> None:
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
    message = said([{"type": "text", "text": "hello there"}, picture, {"type": "text", "text": "my friend"}])
    kept = MessageTokenLimiter(max_tokens_per_message=1).apply_transform([message])
    assert contents(kept) == [[{"type": "text", "text": "hello"}, picture]]


def test_pictures_and_calls_count() -> None:
    picture = said([{"type": "image_url", "image_url": {"url": "https://host/a.png", "detail": "low"}}])
    assert len(MessageTokenLimiter(max_tokens=85).apply_transform([picture, said("hello")])) == 1
    assert len(MessageTokenLimiter(max_tokens=86).apply_transform([picture, said("hello")])) == 2
    long_call = call("1")
    long_call["tool_calls"][0]["function"]["arguments"] = '{"text": "' + "word " * 100 + '"}'
    history = [said("go"), long_call, answer("1"), said("done")]
    assert contents(MessageTokenLimiter(max_tokens=50).apply_transform(history)) == ["done"]
    assert MessageTokenLimiter(max_tokens=200).apply_transform(history) == history


def test_answers_are_shortened_in_the_form_in_which_they_are_sent() -> None:
    history = [call("1", "2"), answers("1", "2", content="one two three")]
    kept = MessageTokenLimiter(max_tokens_per_message=1).apply_transform(history)
    assert contents(kept[1]["tool_responses"]) == ["one", "one"]


def test_a_long_answer_to_the_newest_call_is_shortened_and_the_call_stays() -> None:
    history = [said("go"), call("1"), answers("1", content="word " * 500)]
    kept = MessageTokenLimiter(max_tokens=50).apply_transform(history)
    assert kept[0] == history[1]
    assert 30 < len(kept[1]["tool_responses"][0]["content"].split()) < 50


def test_no_letter_is_cut_in_two() -> None:
    kept = MessageTokenLimiter(max_tokens_per_message=1).apply_transform([said("😀😀")])
    assert "\ufffd" not in kept[0]["content"]


EXEMPT = [said("s1", "system"), said("a b c"), said("s2", "system"), said("d e")]


def test_exempt_messages_are_neither_shortened_nor_removed() -> None:
    limiter = MessageTokenLimiter(max_tokens_per_message=1, max_tokens=1, filter_dict={"role": "system"})
    assert contents(limiter.apply_transform(EXEMPT)) == ["s1", "s2", "d"]
    limiter = MessageTokenLimiter(max_tokens_per_message=1, filter_dict={"role": ["user"]}, exclude_filter=False)
    assert contents(limiter.apply_transform(EXEMPT)) == ["s1", "a", "s2", "d"]


def test_exempt_answers_hold_their_call() -> None:
    limiter = MessageTokenLimiter(max_tokens=1, filter_dict={"role": "tool"})
    assert contents(limiter.apply_transform(TOOLS)) == [None, "found", "found", "done"]


def test_the_number_of_removed_tokens_is_said_in_one_line() -> None:
    limiter = MessageTokenLimiter(max_tokens_per_message=2)
    truncated = "Truncated 3 tokens. Number of tokens reduced from 10 to 7"
    assert limiter.get_logs(CHAT, limiter.apply_transform(CHAT)) == (truncated, True)
    assert limiter.get_logs(CHAT, CHAT) == ("No tokens were truncated.", False)


def test_a_limit_above_what_the_model_takes_is_lowered_and_said(capsys: pytest.CaptureFixture[str]) -> None:
    limiter = MessageTokenLimiter(max_tokens=5000)
    assert capsys.readouterr().out == (
        "Max token was set to 5000, but gpt-3.5-turbo-0613 can only accept 4096 tokens. Capping it to 4096.\n"
    )
    history = [said("word " * 999) for _ in range(5)]
    assert len(limiter.apply_transform(history)) == 4


def test_a_model_that_is_not_known_is_counted_like_another() -> None:
    assert contents(MessageTokenLimiter(max_tokens=3, model="my-own").apply_transform(CHAT)) == ["working very hard"]


@pytest.mark.parametrize(
    ("limiter", "settings", "error", "words"),
    [
        (MessageHistoryLimiter, {"max_messages": 0}, ValueError, "max_messages must be None or at least 1"),
        (MessageHistoryLimiter, {"max_messages": "3"}, TypeError, "max_messages must be a number or None"),
        (MessageHistoryLimiter, {"exclude_names": "bob"}, TypeError, "list of names"),
        (MessageTokenLimiter, {"max_tokens": -1}, ValueError, "max_tokens must be None or at least 0"),
        (MessageTokenLimiter, {"max_tokens_per_message": -1}, ValueError, "max_tokens_per_message must be"),
        (MessageTokenLimiter, {"min_tokens": -1}, ValueError, "min_tokens must be"),
        (MessageTokenLimiter, {"max_tokens": float("nan")}, ValueError, "but it is nan"),
        (MessageTokenLimiter, {"max_tokens": 3, "min_tokens": 5}, ValueError, "min_tokens must not be more"),
        (MessageTokenLimiter, {"max_tokens": [3]}, TypeError, "max_tokens must be a number"),
    ],
)
def test_limits_that_make_no_sense_are_refused(
    limiter: Any, settings: dict[str, Any], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        limiter(**settings)


# --- whatever the history --------------------------------------------------------------------------------------------

plain_messages = st.builds(said, st.text("ab \n", max_size=20) | st.none(), st.sampled_from(["user", "assistant"]))
turns_with_calls = st.lists(st.sampled_from("123456"), min_size=1, max_size=3, unique=True).flatmap(
    lambda ids: st.sampled_from([[call(*ids), *map(answer, ids)], [call(*ids), answers(*ids)]])
)
histories = st.lists(plain_messages.map(lambda message: [message]) | turns_with_calls, max_size=8).map(
    lambda turns: [message for turn in turns for message in turn]
)
limiters = st.one_of(
    st.builds(MessageHistoryLimiter, st.integers(1, 9), st.booleans()),
    st.builds(MessageTokenLimiter, st.none() | st.integers(0, 5), st.none() | st.integers(0, 30)),
)


@given(histories, limiters)
def test_no_limiter_edits_a_history_or_tears_calls_from_answers(history: list[Message], limiter: Any) -> None:
    before = copy.deepcopy(history)
    kept = limiter.apply_transform(history)
    assert history == before
    assert bool(kept) == bool(history)
    open_calls: set[str] = set()
    for message in kept:
        if message["role"] == "tool":
            answered = {one["tool_call_id"] for one in message.get("tool_responses", [message])}
            assert answered <= open_calls
            open_calls -= answered
        else:
            assert not open_calls
            open_calls = {one["id"] for one in message.get("tool_calls", [])}
    assert not open_calls
