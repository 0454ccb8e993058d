"""Hooks: one order in both kinds of chats, and a history that keeps what was said."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from agent_kit import agent, chat

from autogen_classic import ConversableAgent
from autogen_classic._core.drive import twin_name
from autogen_classic.agentchat.group.safeguards import apply_safeguard_policy
from autogen_classic.testing import ScriptedClient


def add_hook(way: str, agent: ConversableAgent, hookable: str, hook: Any) -> None:
    if way == "sync":
        agent.register_hook(hookable, hook)
        return

    async def a_hook(*args: Any, **kwargs: Any) -> Any:
        return hook(*args, **kwargs)

    agent.register_hook("a_" + hookable, a_hook)


both_ways = pytest.mark.parametrize("way", ["sync", "async"])


@both_ways
def test_the_last_message_is_processed_before_all_messages_are(way: str) -> None:
    bob, order = agent("bob"), []
    add_hook(way, bob, "process_all_messages_before_reply", lambda messages: order.append("all") or messages)
    add_hook(way, bob, "process_last_received_message", lambda content: order.append("last") or content)
    chat(way, agent("ann"), bob, message="hi", max_turns=1)
    assert order == ["last", "all"]


@both_ways
def test_a_processed_message_reaches_the_model_again_and_the_store_keeps_the_original(way: str) -> None:
    client = ScriptedClient(["one", "two"])
    bob = agent("bob", llm_config=client.llm_config())
    add_hook(way, bob, "process_last_received_message", lambda content: content.upper())
    ann = agent("ann", default_auto_reply="more")
    chat(way, ann, bob, message="hi", max_turns=2)
    sent = [[message["content"] for message in request["messages"][1:]] for request in client.requests]
    assert sent == [["HI"], ["HI", "one", "MORE"]]
    assert [message["content"] for message in bob.chat_messages[ann]] == ["hi", "one", "more", "two"]


@both_ways
def test_a_hook_before_sending_changes_what_is_said(way: str) -> None:
    ann, seen = agent("ann"), []

    def hook(sender: Any, message: Any, recipient: Any, silent: bool) -> Any:
        seen.append((sender.name, recipient.name, silent))
        return message + "!"

    add_hook(way, ann, "process_message_before_send", hook)
    result = chat(way, ann, agent("bob"), message="hi", max_turns=1)
    assert result.chat_history[0]["content"] == "hi!"
    assert seen == [("ann", "bob", True)]


@pytest.mark.parametrize("hook_point", ["process_last_received_message", "process_all_messages_before_reply"])
def test_synchronous_hooks_run_before_the_asynchronous_ones_in_asynchronous_chats(hook_point: str) -> None:
    bob, ran = agent("bob"), []

    async def a_hook(value: Any) -> Any:
        ran.append("async")
        return value

    bob.register_hook("a_" + hook_point, a_hook)
    bob.register_hook(hook_point, lambda value: ran.append("sync") or value)
    chat("async", agent("ann"), bob, message="hi", max_turns=1)
    assert ran == ["sync", "async"]


@both_ways
def test_of_two_hooks_that_are_named_like_twins_one_runs(way: str) -> None:
    bob, ran = agent("bob"), []

    def note(content: Any) -> Any:
        ran.append("sync")
        return content

    async def a_note(content: Any) -> Any:
        ran.append("async")
        return content

    bob.register_hook("process_last_received_message", note)
    bob.register_hook("a_process_last_received_message", a_note)
    chat(way, agent("ann"), bob, max_turns=1)
    assert ran == [way]


def test_hooks_of_two_objects_are_no_twins() -> None:
    bob, ran = agent("bob"), []

    class Notes:
        def note(self, content: Any) -> Any:
            ran.append(self)
            return content

        async def a_note(self, content: Any) -> Any:
            return self.note(content)

    one, two = Notes(), Notes()
    bob.register_hook("process_last_received_message", one.note)
    bob.register_hook("a_process_last_received_message", two.a_note)
    chat("async", agent("ann"), bob, max_turns=1)
    assert ran == [one, two]


def test_a_hook_of_a_program_takes_the_place_of_none_in_the_library() -> None:
    policy = {
        "agent_environment_safeguards": {
            "llm_interaction": [
                {
                    "message_source": "bob",
                    "message_destination": "llm",
                    "check_method": "regex",
                    "pattern": "secret",
                    "action": "mask",
                }
            ]
        }
    }
    client = ScriptedClient(["done"])
    bob = agent("bob", llm_config=client.llm_config())
    apply_safeguard_policy(agents=[bob], policy=policy)

    async def a_before_reply(messages: Any) -> Any:
        return messages

    bob.register_hook("a_process_all_messages_before_reply", a_before_reply)
    chat("async", agent("ann"), bob, message="a secret", max_turns=1)
    assert client.requests[0]["messages"][-1]["content"] == "a [SENSITIVE_INFO]"


@pytest.mark.filterwarnings("ignore:Hook 'hook' is asynchronous")
@pytest.mark.parametrize(
    "hook_point",
    ["process_last_received_message", "process_all_messages_before_reply", "process_message_before_send"],
)
def test_a_synchronous_chat_passes_over_an_asynchronous_hook_as_in_0_2(hook_point: str) -> None:
    bob = agent("bob")

    async def hook(*args: Any, **kwargs: Any) -> Any:
        return "never"

    bob.register_hook(hook_point, hook)
    assert chat("sync", agent("ann"), bob, max_turns=1).summary == "I am bob"


def test_a_synchronous_hook_sees_what_is_sent_in_an_asynchronous_chat() -> None:
    ann, bob = agent("ann"), agent("bob")
    ann.register_hook("process_message_before_send", lambda sender, message, recipient, silent: message.upper())
    chat("async", ann, bob, message="hi", max_turns=1)
    assert bob.chat_messages[ann][0]["content"] == "HI"


def test_a_hook_on_both_lists_runs_once() -> None:
    bob, ran = agent("bob"), []

    def hook(content: Any) -> Any:
        ran.append(content)
        return content

    bob.register_hook("process_last_received_message", hook)
    with pytest.warns(UserWarning, match="is synchronous"):
        bob.register_hook("a_process_last_received_message", hook)
    chat("async", agent("ann"), bob, message="hi", max_turns=1)
    assert ran == ["hi"]


def test_a_hook_of_the_other_kind_is_a_warning() -> None:
    async def a_hook(content: Any) -> Any:
        return content

    with pytest.warns(UserWarning, match="Hook 'a_hook' is asynchronous, but it's being registered in a synchronous"):
        agent("bob").register_hook("process_last_received_message", a_hook)


def test_an_unknown_hook_point_is_refused_with_the_known_ones() -> None:
    with pytest.raises(AssertionError, match="process_last_received_message"):
        agent("bob").register_hook("process_everything", print)


def test_a_hook_is_registered_once() -> None:
    bob = agent("bob")
    bob.register_hook("process_last_received_message", str)
    with pytest.raises(AssertionError, match="already registered"):
        bob.register_hook("process_last_received_message", str)


@both_ways
@pytest.mark.parametrize("place", ["subclass", "patched class", "instance", "another agent"])
@pytest.mark.parametrize(
    "method", ["process_last_received_message", "process_all_messages_before_reply", "_process_message_before_send"]
)
def test_an_own_method_in_place_of_one_that_runs_hooks_is_called_without_any_hooks(
    way: str, place: str, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, bob, calls = agent("ann"), agent("bob", default_auto_reply="well"), []
    name = twin_name(method) if way == "async" else method

    def own(self: ConversableAgent, message: Any, *args: Any) -> Any:
        calls.append(self.name)
        return message

    if place == "subclass":
        monkeypatch.setattr(bob, "__class__", type("Own", (ConversableAgent,), {name: own}))
    elif place == "patched class":
        monkeypatch.setattr(ConversableAgent, name, own)
    elif place == "instance":
        monkeypatch.setattr(bob, name, lambda *args: own(bob, *args))
    else:
        carl = agent("carl")
        add_hook(
            way, carl, method.strip("_"), lambda told=None, message=None, **_: calls.append("bob") or message or told
        )
        monkeypatch.setattr(bob, name, getattr(carl, name))
    chat(way, ann, bob, message="hi", max_turns=1)
    assert "bob" in calls
    assert [message["content"] for message in bob.chat_messages[ann]] == ["hi", "well"]


@both_ways
def test_a_second_reply_to_the_same_message_begins_with_its_original(way: str) -> None:
    bob = agent("bob")
    heard: list[str] = []
    bob.register_reply(
        ConversableAgent, lambda _, messages, sender, config: heard.append(messages[-1]["content"]) or (False, None)
    )
    add_hook(way, bob, "process_last_received_message", lambda content: f"<{content}>")
    ann = agent("ann")
    ann.send("hi", bob, request_reply=False, silent=True)
    for _ in range(2):
        bob.generate_reply(sender=ann) if way == "sync" else asyncio.run(bob.a_generate_reply(sender=ann))
    assert heard == ["<hi>", "<hi>"]


def test_clearing_one_conversation_leaves_what_was_sent_in_another() -> None:
    bob, ann, cleo = agent("bob"), agent("ann"), agent("cleo")
    bob.register_hook("process_last_received_message", lambda content: f"<{content}>")
    for partner in (ann, cleo):
        partner.send("hi", bob, request_reply=False, silent=True)
        bob.generate_reply(sender=partner)
    bob.clear_history(ann)
    heard: list[list[str]] = []
    bob.register_reply(
        ConversableAgent,
        lambda _, messages, sender, config: heard.append([message["content"] for message in messages]) or (False, None),
    )
    cleo.send("again", bob, request_reply=False, silent=True)
    bob.generate_reply(sender=cleo)
    assert heard == [["<hi>", "<again>"]]


def test_an_agent_does_not_collect_processed_messages_that_it_does_not_store() -> None:
    bob = agent("bob")
    bob.register_hook("process_last_received_message", lambda content: f"<{content}>")
    for number in range(10):
        bob.generate_reply(messages=[{"role": "user", "content": str(number)}])
    assert not bob._classic_processed_messages


def test_an_agent_forgets_processed_messages_that_a_program_cuts_from_its_history() -> None:
    bob, ann = agent("bob"), agent("ann")
    bob.register_hook("process_last_received_message", lambda content: f"<{content}>")
    for number in range(10):
        ann.send(str(number), bob, request_reply=False, silent=True)
        del bob.chat_messages[ann][:-2]
        bob.generate_reply(sender=ann)
    assert len(bob._classic_processed_messages) <= 2
