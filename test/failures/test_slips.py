"""Slips of the pen and of thought: each is reported where the value is given, with what to write instead."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import pytest
from agent_kit import agent

from autogen_classic import AssistantAgent, ConversableAgent, GroupChat, GroupChatManager, register_function
from autogen_classic.agentchat import initiate_group_chat
from autogen_classic.agentchat.group.patterns import DefaultPattern, RoundRobinPattern
from autogen_classic.events import subscribe
from autogen_classic.io import IOStream
from autogen_classic.replay import record, replay
from autogen_classic.replay.notebooks import replay_notebook
from autogen_classic.state import StateError, journal, load_state, save_state
from autogen_classic.testing import ScriptedClient


class Calculator:
    def add(self, a: int) -> int:
        return a


def pattern(**settings: Any) -> RoundRobinPattern:
    ann = agent("ann")
    return RoundRobinPattern(**{"initial_agent": ann, "agents": [ann], **settings})


def manager_of_itself() -> GroupChatManager:
    group = GroupChat([agent("ann"), agent("bob")], [], speaker_selection_method="round_robin", max_round=3)
    manager = GroupChatManager(group, llm_config=False)
    group.agents.append(manager)
    return manager


def register_method() -> None:
    caller = AssistantAgent("caller", llm_config=ScriptedClient([]).llm_config())
    register_function(Calculator.add, caller=caller, executor=agent("bob"), description="Adds.")


def without_chat_id() -> None:
    queue = [
        {"chat_id": 1, "recipient": agent("bob"), "message": "m"},
        {"recipient": agent("cleo"), "message": "m"},
    ]
    asyncio.run(agent("ann").a_initiate_chats(queue))


def open_journal(*args: Any, **settings: Any) -> None:
    with journal(*args, **settings):
        pass


def open_replay(opened: Any) -> None:
    with opened:
        pass


def without_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    AssistantAgent("q", llm_config={"temperature": 0})


def hear(_: object) -> None:
    """A subscriber that is never called."""


SLIPS: dict[str, tuple[type[BaseException], list[str], Callable[[], Any]]] = {
    # groups
    "a name for the model of a manager": (
        AssertionError,
        ["llm_config must be a dict or False", "str"],
        lambda: GroupChatManager(GroupChat([], []), llm_config="gpt-4o"),
    ),
    "a text for a group": (
        ValueError,
        ["agents of a GroupChat must be a list of agents, but it is the text 'ab'", "into a list"],
        lambda: GroupChat("ab", []),
    ),
    "a manager in its own group": (
        ValueError,
        ["chat_manager leads this GroupChat", "Take it out of agents"],
        lambda: agent("cleo").initiate_chat(manager_of_itself(), message="hi", silent=True),
    ),
    "a manager in its own group in an event loop": (
        ValueError,
        ["chat_manager leads this GroupChat", "Take it out of agents"],
        lambda: asyncio.run(agent("cleo").a_initiate_chat(manager_of_itself(), message="hi", silent=True)),
    ),
    "a name for the first speaker": (
        TypeError,
        ["initial_agent of RoundRobinPattern must be an agent, but it is 'ann'", "agent itself"],
        lambda: pattern(initial_agent="ann"),
    ),
    "names for agents": (
        TypeError,
        ["agents of RoundRobinPattern must be agents, but one of them is 'ann'", "themselves"],
        lambda: pattern(agents=["ann"]),
    ),
    "a text for agents": (TypeError, ["must be a list of agents, but it is 'ann'"], lambda: pattern(agents="ann")),
    "a name for the user": (
        TypeError,
        ["user_agent of RoundRobinPattern must be an agent, but it is 'u'"],
        lambda: pattern(user_agent="u"),
    ),
    "a list for the manager's arguments": (
        TypeError,
        ["group_manager_args of RoundRobinPattern must be a dict", "type list", '{"llm_config": ...}'],
        lambda: pattern(group_manager_args=[1]),
    ),
    "digits for the rounds": (
        TypeError,
        ["max_rounds of a group chat must be a whole number, but it is '3'"],
        lambda: initiate_group_chat(pattern=pattern(), messages="x", max_rounds="3"),
    ),
    # agents
    "texts for messages": (
        AttributeError,
        ["ann replies to a list of messages, not to a list whose item 0 is of type str", '"role": "user"'],
        lambda: agent("ann").generate_reply(["hello"]),
    ),
    "a text behind a message in an event loop": (
        AttributeError,
        ["a list whose item 1 is of type str", '"role": "user"'],
        lambda: asyncio.run(agent("ann").a_generate_reply([{"content": "hello"}, "hello"])),
    ),
    "a number for messages": (
        TypeError,
        ["ann replies to a list of messages, not to something of type int"],
        lambda: agent("ann").generate_reply(5),
    ),
    "a list of functions": (
        AttributeError,
        ["functions of ann must be given by name", '{"name": function}'],
        lambda: ConversableAgent("ann", llm_config=False, function_map=[len]),
    ),
    "a name for a function": (
        TypeError,
        ["The function 'f' of ann cannot be called: it is 'f'", "function itself"],
        lambda: ConversableAgent("ann", llm_config=False, function_map={"f": "f"}),
    ),
    "a name for one more function": (
        TypeError,
        ["The function 'f' of ann cannot be called: it is 'g'"],
        lambda: agent("ann").register_function({"f": "g"}),
    ),
    "a name for a partner": (
        AttributeError,
        ["last_message of ann", "'bob'", "agent itself"],
        lambda: agent("ann").last_message("bob"),
    ),
    "a number among triggers": (
        ValueError,
        ["a list of these, but it holds 3"],
        lambda: agent("ann").register_reply([None, ["bob", 3]], hear),
    ),
    "a method of a class": (
        TypeError,
        ["method of the class Calculator", "give the method of an object, Calculator().add"],
        register_method,
    ),
    "a chat without an id": (KeyError, ["Chat 1 (counted from 0)", "no chat_id", '"chat_id": 1'], without_chat_id),
    # states, journals, recordings, subscribers
    "an agent to load": (
        StateError,
        ["Pass a list of agents"],
        lambda: load_state(save_state([agent("ann")]), agent("ann")),
    ),
    "a name to save": (StateError, ["they are 'ann'", "Pass a list of agents"], lambda: save_state("ann")),
    "a partner without a list": (
        StateError,
        ["Pass a list of agents"],
        lambda: agent("ann").load_state(save_state([agent("ann")]), agent("bob")),
    ),
    "no file for a journal": (TypeError, ["path of a journal", "None", "'run.jsonl'"], lambda: open_journal(None)),
    "no file to record": (TypeError, ["path of a recording", "None"], lambda: open_replay(record(None))),
    "no file to replay": (TypeError, ["path of a recording", "None"], lambda: open_replay(replay(None))),
    "no notebook": (TypeError, ["path of a notebook", "None", "'lesson.ipynb'"], lambda: replay_notebook(None)),
    "a name for a function of texts": (
        ValueError,
        ["normalise takes functions of a text", "'times'"],
        lambda: open_journal("x.jsonl", normalise="times"),
    ),
    "a number for functions of texts": (
        ValueError,
        ["normalise takes functions of a text", "not 3"],
        lambda: open_journal("x.jsonl", normalise=3),
    ),
    "a name for a class of events": (
        TypeError,
        ["kinds takes classes of events", "'MessageSent'"],
        lambda: subscribe(hear, kinds="MessageSent"),
    ),
    "no class of events": (TypeError, ["kinds takes classes of events", "None"], lambda: subscribe(hear, kinds=None)),
    "digits for a queue": (
        TypeError,
        ["queue of a subscriber must be a whole number", "'10'", "1000"],
        lambda: subscribe(hear, queue="10"),
    ),
    # streams
    "a text for a stream": (
        TypeError,
        ["A stream must have print(self, *objects,", "input(self, prompt=", "'x'"],
        lambda: IOStream.set_default("x").__enter__(),
    ),
    "the class of a stream": (
        TypeError,
        ["Make an object of a class"],
        lambda: IOStream.set_global_default(type("Mine", (), {"print": print})),
    ),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_explained(slip: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    kind, says, call = SLIPS[slip]
    with pytest.raises(kind) as caught:
        call()
    text = str(caught.value)
    assert [part for part in says if part not in text] == [], text


def test_a_model_that_is_missing_is_named_beside_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Exception, match="needs a key.* No model is named either. Give its name as model"):
        without_model(monkeypatch)


def test_triggers_of_every_kind_may_stand_in_a_list() -> None:
    ann = agent("ann")
    ann.register_reply([None, "bob", ann, ConversableAgent, bool, [None]], lambda *_, **__: (True, "heard"))
    assert ann.generate_reply(messages=[{"role": "user", "content": "hi"}], sender=agent("bob")) == "heard"


def test_a_pattern_takes_agents_in_a_tuple() -> None:
    ann = agent("ann")
    assert DefaultPattern(ann, (ann,)).agents == (ann,)  # type: ignore[arg-type]


def test_messages_that_are_not_dicts_are_reported_when_the_group_is_made(caplog: pytest.LogCaptureFixture) -> None:
    GroupChat([agent("ann"), agent("bob")], ["hello"])  # type: ignore[list-item]
    assert "messages of a GroupChat must be a list of dicts, usually an empty one, but it holds 'hello'" in caplog.text


@pytest.mark.parametrize(
    ("settings", "hint"),
    [
        ({"max_turn": 3}, "A chat has no setting 'max_turn'"),
        ({"summary_metod": "last_msg"}, "Did you mean 'summary_method'?"),
        ({"Max_Turns": 3}, "Did you mean 'max_turns'?"),
        ({"carry_over": "x"}, "Did you mean 'carryover'?"),
    ],
)
@pytest.mark.usefixtures("_nothing_said")
def test_a_misspelt_setting_of_a_chat_is_reported_once(
    settings: dict[str, Any], hint: str, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(2):
        agent("ann").initiate_chat(agent("bob"), message="hi", max_turns=1, silent=True, **settings)
    assert caplog.text.count(hint) == 1
    caplog.clear()
    list(agent("ann").iterate(agent("bob"), message="hi", max_turns=1, silent=True, max_secondss=1, problem="p"))
    assert caplog.text.count("Did you mean") == 1
    assert "Did you mean 'max_seconds'?" in caplog.text


@pytest.mark.usefixtures("_nothing_said")
def test_a_misspelt_setting_in_a_queue_is_reported_and_other_context_is_not(caplog: pytest.LogCaptureFixture) -> None:
    chat = {"recipient": agent("bob"), "message": "hi", "max_turns": 1, "silent": True, "chat_id": 1}
    entry = {**chat, "finished_chat_indexes_to_exclude_from_carryover": [], "problem": "p", "sumary_args": {}}
    agent("ann").initiate_chats([entry])
    assert caplog.text.count("A chat has no setting") == 1
    assert "Did you mean 'summary_args'?" in caplog.text


@pytest.fixture
def _nothing_said() -> None:
    from autogen_classic._warn import forget_warnings

    forget_warnings()


class PrintsOneText:
    def print(self, text: str) -> None:
        raise AssertionError("nothing is printed in a silent chat")

    def input(self) -> str:
        return ""


class OnlyPrints:
    def __init__(self) -> None:
        self.printed: list[Any] = []

    def print(self, *objects: Any, **_: Any) -> None:
        self.printed += objects


def test_a_stream_whose_methods_take_too_little_is_reported_and_serves_a_silent_chat(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.WARNING), IOStream.set_default(PrintsOneText()):  # type: ignore[arg-type]
        agent("ann").initiate_chat(agent("bob"), message="hi", max_turns=1, silent=True)
    assert "A method of the stream PrintsOneText does not take what the library passes" in caplog.text
    assert "Write it as print(self, *objects," in caplog.text
    assert "Write it as input(self, prompt=" in caplog.text


def test_a_stream_that_only_prints_goes_on_working(caplog: pytest.LogCaptureFixture) -> None:
    stream = OnlyPrints()
    with IOStream.set_default(stream):  # type: ignore[arg-type]
        agent("ann").initiate_chat(agent("bob"), message="hi", max_turns=1)
    assert stream.printed
    assert "Write it as" not in caplog.text
