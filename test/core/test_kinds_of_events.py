"""Each kind of event is told when its time has come."""

from __future__ import annotations

from typing import Any

import pytest
from agent_kit import agent, both_ways, chat

from autogen_classic import AssistantAgent, GroupChat, GroupChatManager, events
from autogen_classic.events import Event
from autogen_classic.testing import MockOpenAIServer, ScriptedClient, error, pieces


def heard_in(work: Any, *kinds: type[Event]) -> list[Any]:
    heard: list[Event] = []
    with events.listening(heard.append, kinds=kinds):
        work()
    return heard


@both_ways
def test_streamed_text_comes_in_pieces_with_the_agent_that_speaks(way: str) -> None:
    with MockOpenAIServer([pieces("He", "llo")]) as server:
        assistant = AssistantAgent("assistant", llm_config={**server.llm_config(), "stream": True})
        told = heard_in(lambda: chat(way, agent("user"), assistant, max_turns=1), events.TextStreamed)
    assert [(event.agent, event.text) for event in told] == [(assistant, "He"), (assistant, "llo")]


@both_ways
def test_a_carryover_is_told_before_the_message_that_has_it(way: str) -> None:
    ann = agent("ann")
    told = heard_in(
        lambda: chat(way, ann, agent("bob"), max_turns=1, carryover=["before"]),
        events.CarryoverAdded,
        events.MessageSent,
    )
    assert told[0] == events.CarryoverAdded(ann, ["before"])
    assert "before" in told[1].message


def test_a_cleared_history_is_told_with_what_is_kept():
    ann, bob = agent("ann"), agent("bob")
    assert heard_in(lambda: ann.clear_history(bob, 2), events.HistoryCleared) == [events.HistoryCleared(ann, bob, 2)]
    assert heard_in(ann.clear_history, events.HistoryCleared) == [events.HistoryCleared(ann, None, 0)]


@both_ways
def test_an_error_that_ends_a_chat_is_told_before_its_end(way: str) -> None:
    def fail(recipient: Any, messages: Any, sender: Any, config: Any) -> Any:
        raise LookupError("nothing there")

    bob = agent("bob")
    bob.register_reply(lambda sender: True, fail)

    def work() -> None:
        with pytest.raises(LookupError):
            chat(way, agent("ann"), bob)

    failed, ended = heard_in(work, events.ChatFailed, events.ChatEnded)
    assert failed.text == "LookupError: nothing there"
    assert isinstance(failed.error, LookupError)
    assert ended.reason == "error"


def test_a_warning_is_told_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    told = heard_in(lambda: chat("sync", agent("ann"), agent("bob"), max_turns=6), events.WarningIssued)
    (warning,) = told
    assert "repeat themselves" in warning.text
    assert [record.getMessage() for record in caplog.records] == [warning.text]


def test_an_answer_in_the_wrong_form_is_told_before_the_model_is_asked_again():
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
    with MockOpenAIServer(["no", '{"n": 1}']) as server:
        assistant = AssistantAgent("assistant", llm_config={**server.llm_config(), "response_format": schema})
        told = heard_in(lambda: chat("sync", agent("user"), assistant, max_turns=1), events.ModelAskedAgain)
    (again,) = told
    assert again.agent is assistant
    assert again.reason.startswith("It is not JSON")


def test_each_attempt_to_select_a_speaker_is_told_with_the_names_in_it():
    ann, bob = agent("ann"), agent("bob")
    group = GroupChat([ann, bob], [], max_round=2)
    manager = GroupChatManager(group, llm_config=ScriptedClient(["nobody", "bob"]).llm_config(), silent=True)
    told = heard_in(lambda: chat("sync", ann, manager), events.SelectionTried)
    assert [(event.attempt, event.attempts, event.names) for event in told] == [(1, 3, []), (2, 3, ["bob"])]


@both_ways
def test_the_end_of_a_chat_says_what_it_took(way: str) -> None:
    with MockOpenAIServer(["one"]) as server:
        assistant = AssistantAgent("assistant", llm_config={**server.llm_config(), "price": [1, 2]})
        answered, ended = heard_in(
            lambda: chat(way, agent("user"), assistant, max_turns=1), events.ModelAnswered, events.ChatEnded
        )
    assert answered.usage["prompt_tokens"] > 0
    assert answered.cost == ended.cost > 0
    assert ended.tokens == answered.usage["total_tokens"]
    assert 0 < answered.seconds < ended.seconds < 60


def test_the_attempts_for_one_request_share_its_id():
    with MockOpenAIServer([error(400, "no"), "yes"]) as server:
        entries = [server.config(max_retries=0), server.config()]
        assistant = AssistantAgent("assistant", llm_config={"config_list": entries, "cache_seed": None})
        kinds = (events.ModelAsked, events.ModelFailed, events.ModelAnswered)
        told = heard_in(lambda: chat("sync", agent("user"), assistant, max_turns=1), *kinds)
    assert [type(event).__name__ for event in told] == ["ModelAsked", "ModelFailed", "ModelAsked", "ModelAnswered"]
    assert len({event.request_id for event in told}) == 1


def test_a_message_that_says_nothing_is_told_as_rejected():
    ann, bob = agent("ann"), agent("bob")

    def work() -> None:
        with pytest.raises(ValueError, match="ann"):
            bob.receive({"content": None}, ann)

    (rejected,) = heard_in(work, events.MessageRejected, events.MessageReceived)
    assert (rejected.sender, rejected.recipient, rejected.message) == (ann, bob, {"content": None})
