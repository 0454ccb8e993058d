"""A subscriber that raises an error ends no chat and changes nothing in it, whichever kind of event it hears."""

from __future__ import annotations

import asyncio
import functools
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from agent_kit import agent, both_ways, chat

from autogen_classic import AssistantAgent, GroupChat, GroupChatManager, events, initiate_chats, register_function
from autogen_classic.agentchat import a_initiate_group_chat, initiate_group_chat
from autogen_classic.agentchat.group import TerminateTarget
from autogen_classic.agentchat.group.patterns import DefaultPattern
from autogen_classic.agentchat.group.safeguards import apply_safeguard_policy
from autogen_classic.events import Event, EventsDropped
from autogen_classic.testing import (
    MockOpenAIServer,
    ScriptedClient,
    ScriptedExecutor,
    ScriptedPerson,
    error,
    pieces,
    tool_call,
)

# Only a subscriber with a queue hears that events were dropped, and only another thread pauses a chat.
ELSEWHERE = (EventsDropped, events.ChatPaused, events.ChatResumed)
KINDS = [kind for kind in events._json.event_classes() if kind not in ELSEWHERE]


@pytest.fixture
def server() -> Iterator[MockOpenAIServer]:
    with MockOpenAIServer() as server:
        yield server


def everything(way: str, server: MockOpenAIServer) -> str:
    """Chats in which every kind of event happens; returns what was said, without the ids of calls."""
    server.add(error(400, "no"), tool_call("add", a=1, b=2), pieces("Th", "ree"))
    said = [
        *_a_tool_and_a_stream(way, server),
        *_code_and_a_person(way),
        *_a_group(way),
        *_a_group_that_forgets_and_goes_on(way),
        *_an_answer_in_the_wrong_form(way, server),
        *_errors(way),
        *_a_queue(way),
        *_a_handoff(way),
        *_a_safeguard(way),
        agent("gus").save_state(),
    ]
    return re.sub(r"call_\w+", "call", json.dumps(said))


def _a_tool_and_a_stream(way: str, server: MockOpenAIServer) -> list[Any]:
    entries = [server.config(max_retries=0, stream=True), server.config(stream=True)]
    assistant = AssistantAgent("assistant", llm_config={"config_list": entries, "cache_seed": None})
    user = agent("user")

    def add(a: int, b: int) -> int:
        return a + b

    register_function(add, caller=assistant, executor=user, description="Add.")
    return chat(way, user, assistant, message="1 + 2?", carryover="Be brief.", max_turns=2).chat_history


def _code_and_a_person(way: str) -> list[Any]:
    executor = ScriptedExecutor([(0, "7")])
    coder = agent("coder", default_auto_reply="```python\nprint(7)\n```")
    runner = agent("runner", human_input_mode="ALWAYS", code_execution_config={"executor": executor})
    with ScriptedPerson(["", "exit"]):
        return chat(way, runner, coder).chat_history


def _a_group(way: str) -> list[Any]:
    ann, bob = agent("ann"), agent("bob")
    group = GroupChat([ann, bob], [], max_round=3)
    manager = GroupChatManager(group, llm_config=ScriptedClient(["nobody", "bob", "ann"]).llm_config(), silent=True)
    return chat(way, ann, manager).chat_history


def _a_group_that_forgets_and_goes_on(way: str) -> list[Any]:
    ann, bob = agent("ann"), agent("bob", default_auto_reply={"content": "CLEAR HISTORY", "role": "user"})
    group = GroupChat([ann, bob], [], max_round=3, speaker_selection_method="round_robin", enable_clear_history=True)
    manager = GroupChatManager(group, llm_config=False, silent=True)
    said = chat(way, ann, manager).chat_history
    manager.resume([{"role": "user", "name": "ann", "content": "hi"}])
    ann.clear_history(nr_messages_to_preserve=1)
    return said


def _an_answer_in_the_wrong_form(way: str, server: MockOpenAIServer) -> list[Any]:
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
    server.add("no", '{"n": 1}')
    assistant = AssistantAgent("assistant", llm_config={**server.llm_config(), "response_format": schema})
    return chat(way, agent("user"), assistant, max_turns=1).chat_history


def _errors(way: str) -> list[Any]:
    def fail(recipient: Any, messages: Any, sender: Any, config: Any) -> Any:
        raise LookupError("nothing there")

    ann, bob = agent("ann"), agent("bob")
    bob.register_reply(lambda sender: True, fail)
    with pytest.raises(LookupError):
        chat(way, ann, bob)
    with pytest.raises(ValueError, match="ann"):
        bob.receive({"content": None}, ann)
    return ann.chat_messages[bob] + chat(way, agent("carl"), agent("dora"), max_turns=6).chat_history


def _a_queue(way: str) -> list[Any]:
    queue = [{"sender": agent("eve"), "recipient": agent("fred"), "message": "hi", "max_turns": 1, "silent": True}]
    if way == "sync":
        (result,) = initiate_chats(queue)
        return result.chat_history
    sender = queue[0].pop("sender")
    results = asyncio.run(sender.a_initiate_chats([{"chat_id": 1, **queue[0]}]))
    return results[1].chat_history


def _a_handoff(way: str) -> list[Any]:
    gus = agent("gus")
    gus.handoffs.set_after_work(TerminateTarget())
    settings = {"pattern": DefaultPattern(initial_agent=gus, agents=[gus]), "messages": "hi", "max_rounds": 3}
    run = initiate_group_chat(**settings) if way == "sync" else asyncio.run(a_initiate_group_chat(**settings))
    return run[0].chat_history


def _a_safeguard(way: str) -> list[Any]:
    ida, joe = agent("ida"), agent("joe")
    rule = {
        "message_source": "ida",
        "message_destination": "joe",
        "check_method": "regex",
        "pattern": "secret",
        "action": "mask",
    }
    apply_safeguard_policy(agents=[ida, joe], policy={"inter_agent_safeguards": {"agent_transitions": [rule]}})
    return chat(way, ida, joe, message="a secret", max_turns=1).chat_history


@both_ways
def test_subscribers_that_raise_at_any_kind_of_event_change_nothing_in_a_chat(
    way: str, server: MockOpenAIServer, caplog: pytest.LogCaptureFixture
) -> None:
    heard: list[str] = []

    def fail(event: Event) -> None:
        heard.append(type(event).__name__)
        raise RuntimeError("broken")

    undisturbed = everything(way, server)
    subscribers = [events.subscribe(functools.partial(fail), [kind]) for kind in KINDS]
    try:
        said = everything(way, server)
    finally:
        for subscriber in subscribers:
            events.unsubscribe(subscriber)
    assert said == undisturbed
    assert sorted(heard) == sorted(kind.__name__ for kind in KINDS), "each kind once; a new kind goes into everything()"
    reports = [record.getMessage() for record in caplog.records if record.name == "autogen.events"]
    assert [report.partition(" raised ")[2] for report in reports] == [
        f"an error on the event {kind}, and hears no more events." for kind in heard
    ]
