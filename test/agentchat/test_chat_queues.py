"""Queues of chats: what they refuse, so that no chat and nothing carried over is lost unseen."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from agent_kit import agent

from autogen_classic import initiate_chats
from autogen_classic.agentchat.chat import a_initiate_chats


def test_an_asynchronous_queue_warns_of_chats_that_share_an_id() -> None:
    ann = agent("ann")
    queue = [
        {"chat_id": 1, "sender": ann, "recipient": agent(name), "message": "m", "max_turns": 1, "silent": True}
        for name in ("bob", "cleo")
    ]
    with pytest.warns(UserWarning, match="has the chat_id 1. Only the last of them runs"):
        results = asyncio.run(a_initiate_chats(queue))
    assert results[1].summary == "I am cleo"


def queue_of_two(**settings: Any) -> list[dict[str, Any]]:
    """Two chats with ids, the second of them with these settings."""
    ann = agent("ann")
    chats = [{"chat_id": number, "sender": ann, "recipient": agent(name)} for number, name in ((1, "bob"), (2, "cleo"))]
    chats[1].update(settings)
    return [{"message": "m", "max_turns": 1, "silent": True, **one} for one in chats]


@pytest.mark.parametrize("indexes", ["0", b"0", 0, None, True])
def test_indexes_of_earlier_chats_that_are_not_a_list_are_refused_before_a_chat_runs(indexes: object) -> None:
    queue = queue_of_two(finished_chat_indexes_to_exclude_from_carryover=indexes)
    with pytest.raises(TypeError, match=f"in chat 1 .* must be a list of whole numbers .* but it is {indexes!r}"):
        initiate_chats(queue)
    assert queue[0]["recipient"].chat_messages == {}


@pytest.mark.parametrize("indexes", [[0], (0,), {0}, range(1)])
def test_indexes_of_earlier_chats_in_any_collection_keep_their_summaries_out(indexes: object) -> None:
    last = initiate_chats(queue_of_two(finished_chat_indexes_to_exclude_from_carryover=indexes))[1]
    assert last.chat_history[0]["content"] == "m"


def test_indexes_of_an_iterator_keep_their_summaries_out() -> None:
    last = initiate_chats(queue_of_two(finished_chat_indexes_to_exclude_from_carryover=iter([0])))[1]
    assert last.chat_history[0]["content"] == "m"


def test_indexes_are_not_read_where_there_is_no_earlier_chat() -> None:
    queue = queue_of_two()[:1]
    queue[0]["finished_chat_indexes_to_exclude_from_carryover"] = 0
    assert initiate_chats(queue)[0].summary == "I am bob"


def test_an_index_that_is_no_number_is_told(caplog: pytest.LogCaptureFixture) -> None:
    initiate_chats(queue_of_two(finished_chat_indexes_to_exclude_from_carryover=["0"]))
    assert "in chat 1 (counted from 0) must be a list of whole numbers" in caplog.text
    assert "it holds '0', which leaves no summary out" in caplog.text


@pytest.mark.parametrize(
    ("prerequisites", "error"),
    [(1, TypeError), (None, TypeError), ("1", ValueError), ([[1]], ValueError)],
)
def test_prerequisites_that_are_not_a_list_of_ids_are_refused(prerequisites: object, error: type[Exception]) -> None:
    with pytest.raises(error, match="prerequisites of the chat with the chat_id 2 must be a list of chat_ids"):
        asyncio.run(a_initiate_chats(queue_of_two(prerequisites=prerequisites)))


def test_an_empty_text_as_prerequisites_names_none() -> None:
    results = asyncio.run(a_initiate_chats(queue_of_two(prerequisites="")))
    assert [result.summary for result in results.values()] == ["I am bob", "I am cleo"]


def test_an_id_by_which_nothing_can_be_found_is_refused() -> None:
    with pytest.raises(TypeError, match=r"chat_id of chat 1 .* must be a number or a text, but it is \[2\]"):
        asyncio.run(a_initiate_chats(queue_of_two(chat_id=[2])))


def run_in_order(queue: list[dict[str, Any]]) -> None:
    initiate_chats(queue)


def run_at_once(queue: list[dict[str, Any]]) -> None:
    asyncio.run(a_initiate_chats(queue))


@pytest.mark.parametrize("run", [run_in_order, run_at_once])
@pytest.mark.parametrize("carryover", [b"x", 5, {"key": "value"}])
def test_what_cannot_be_carried_over_is_refused_before_a_chat_runs(
    run: Callable[[list[dict[str, Any]]], None], carryover: object
) -> None:
    queue = queue_of_two(carryover=carryover, prerequisites=[1])
    with pytest.raises(TypeError, match=f"in the chat with cleo must be a text or a list, but it is {carryover!r}"):
        run(queue)
    assert queue[0]["recipient"].chat_messages == {}


@pytest.mark.parametrize("carryover", [("one", "two"), None, []])
def test_what_may_be_carried_over_is(carryover: Any) -> None:
    last = initiate_chats(queue_of_two(carryover=carryover))[1]
    assert last.chat_history[0]["content"] == "\n".join(["m", "Context: ", *(carryover or ()), "I am bob"])


def test_names_in_the_place_of_recipients_are_refused_as_such() -> None:
    queue = [{**one, "recipient": "bob"} for one in queue_of_two()]
    with pytest.warns(UserWarning, match="'bob': recipient of more than one chat"):
        with pytest.raises(AttributeError, match="must be an agent, but it is 'bob'. Pass the agent itself"):
            initiate_chats(queue)
