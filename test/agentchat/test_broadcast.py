"""Members hear the same by the short way and by the long one, and nobody's own method is passed over."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import io
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autogen_classic import ConversableAgent, GroupChat, GroupChatManager, events
from autogen_classic._core.drive import twin_name
from autogen_classic.events import Event, MessageReceived, MessageSent, listening, to_dict

WAYS = pytest.mark.parametrize("way", ["sync", "async"])
CALL = {"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
WORDS: list[Any] = [
    "hello",
    "",
    {"content": "hi", "context": {"a": 1}},
    {"content": [{"type": "text", "text": "look"}]},
    {"content": "", "tool_calls": [CALL]},
    {"content": "as another", "name": "somebody"},
]


class Overriding(ConversableAgent):
    """An agent with a method of its own, which does what the library's does, and counts."""

    received = 0

    def receive(self, *args: Any, **kwargs: Any) -> None:
        self.received += 1
        super().receive(*args, **kwargs)

    async def a_receive(self, *args: Any, **kwargs: Any) -> None:
        self.received += 1
        await super().a_receive(*args, **kwargs)


def team(replies: list[Any], cls: type[ConversableAgent] = ConversableAgent, **settings: Any) -> GroupChatManager:
    members = [
        cls(f"a{number}", llm_config=False, human_input_mode="NEVER", default_auto_reply=reply)
        for number, reply in enumerate(replies)
    ]
    members[0].register_function({"f": lambda: "done"})
    chat = GroupChat(members, [], speaker_selection_method="round_robin", **{"max_round": 6, **settings})
    return GroupChatManager(chat, llm_config=False, silent=True)


def histories(manager: GroupChatManager) -> list[Any]:
    heard = [member.chat_messages[manager] for member in manager.groupchat.agents]
    return [*heard, *(manager.chat_messages[member] for member in manager.groupchat.agents)]


def talk(manager: GroupChatManager, way: str = "sync", message: Any = "go", silent: bool = True) -> list[Any]:
    opener = manager.groupchat.agents[0]
    if way == "sync":
        opener.initiate_chat(manager, message=message, silent=silent)
    else:
        asyncio.run(opener.a_initiate_chat(manager, message=message, silent=silent))
    return histories(manager)


@WAYS
@given(replies=st.lists(st.sampled_from(WORDS), min_size=2, max_size=5), introductions=st.booleans())
def test_the_short_way_leaves_the_histories_of_the_long_one(way: str, replies: list[Any], introductions: bool) -> None:
    short = talk(team(replies, send_introductions=introductions), way)
    with listening(lambda event: None):
        assert talk(team(replies, send_introductions=introductions), way) == short
    assert talk(team(replies, Overriding, send_introductions=introductions), way) == short


def test_an_edit_of_what_one_member_has_heard_is_its_own() -> None:
    manager = team(["x", "y", "z"], max_round=1)
    talk(manager)
    one, other = manager.groupchat.agents[1:]
    one.chat_messages[manager][0]["content"] = "edited"
    assert other.chat_messages[manager][0]["content"] == manager.chat_messages[other][0]["content"] == "go"


@pytest.mark.parametrize("method", ["receive", "_process_received_message", "_append_oai_message"])
@pytest.mark.parametrize("place", ["instance", "class"])
def test_a_patched_method_is_called(method: str, place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    manager = team(["x", "y", "z"], max_round=1)
    listener, calls = manager.groupchat.agents[2], []
    original = getattr(ConversableAgent, method)

    def patched(self: ConversableAgent, *args: Any, **kwargs: Any) -> Any:
        calls.append(self)
        return original(self, *args, **kwargs)

    if place == "class":
        monkeypatch.setattr(ConversableAgent, method, patched)
    else:
        monkeypatch.setattr(listener, method, lambda *args, **kwargs: patched(listener, *args, **kwargs))
    talk(manager)
    assert listener in calls
    assert listener.chat_messages[manager][0]["content"] == "go"


@WAYS
@pytest.mark.parametrize(
    "method", ["receive", "_process_received_message", "_append_oai_message", "_message_to_dict", "_is_silent"]
)
def test_what_a_listener_itself_has_in_place_of_a_method_is_called(
    way: str, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    manager = team(["x", "y", "z"], max_round=1)
    listener, calls = manager.groupchat.agents[2], []
    name = f"a_{method}" if way == "async" and method == "receive" else method
    original = getattr(listener, name)
    monkeypatch.setattr(listener, name, lambda *args, **kwargs: calls.append(name) or original(*args, **kwargs))
    talk(manager, way)
    assert calls
    assert listener.chat_messages[manager][0]["content"] == "go"


class Stranger:
    """An agent that shares nothing with those of the library, not even a dict for its attributes."""

    __slots__ = ("heard", "name")
    description = "a stranger"

    def __init__(self) -> None:
        self.name = "stranger"
        self.heard: list[Any] = []

    def receive(self, message: Any, sender: Any, request_reply: Any = None, silent: Any = None) -> None:
        self.heard.append(message)


def test_an_agent_of_another_make_hears_through_its_own_method() -> None:
    stranger = Stranger()
    members = [ConversableAgent("a", llm_config=False), stranger, ConversableAgent("b", llm_config=False)]
    chat = GroupChat(members, [], max_round=1, speaker_selection_method="round_robin")
    manager = GroupChatManager(chat, llm_config=False, silent=True)
    manager.run_chat(messages=[{"content": "go"}], sender=members[0], config=chat)
    assert [message["content"] for message in stranger.heard] == ["go"]


class Loud(ConversableAgent):
    """An agent that works out whether it is silent."""

    @property
    def silent(self) -> Any:
        return False

    @silent.setter
    def silent(self, value: Any) -> None:
        pass


class Remote(ConversableAgent):
    """An agent that keeps nothing itself, and asks another one for whatever it is asked."""

    def __init__(self, original: ConversableAgent) -> None:
        self.original = original

    def __getattr__(self, name: str) -> Any:
        return getattr(vars(self)["original"], name)


def test_what_a_class_works_out_counts_as_much_as_what_an_agent_stores(capsys: pytest.CaptureFixture[str]) -> None:
    loud = Loud("b", llm_config=False, human_input_mode="NEVER", default_auto_reply="hey")
    members = [ConversableAgent("a", llm_config=False), loud]
    original = ConversableAgent("c", llm_config=False)
    chat = GroupChat([*members, Remote(original)], [], max_round=2, speaker_selection_method="round_robin")
    manager = GroupChatManager(chat, llm_config=False, silent=True)
    manager.run_chat(messages=[{"content": "go"}], sender=members[0], config=chat)
    assert "b (to chat_manager):" in capsys.readouterr().out
    assert [message["content"] for message in original.chat_messages[manager]] == ["go", "hey"]


@WAYS
def test_an_override_in_mid_chat_is_called_from_then_on(way: str) -> None:
    manager, calls = team(["x", "y", "z"], max_round=4), []
    listener = manager.groupchat.agents[0]

    def override_in_round_two(recipient: Any, messages: Any, sender: Any, config: Any) -> tuple[bool, Any]:
        with_own(listener, "receive", calls)
        return False, None

    manager.groupchat.agents[2].register_reply([ConversableAgent, None], override_in_round_two)
    talk(manager, way)
    assert len(calls) == 1
    assert [message["content"] for message in listener.chat_messages[manager]] == ["go", "y", "z", "x"]


def test_a_class_that_is_patched_in_mid_chat_is_called_from_then_on(monkeypatch: pytest.MonkeyPatch) -> None:
    manager, calls = team(["x", "y", "z"], max_round=4), []
    receive = ConversableAgent.receive

    def noted(self: ConversableAgent, *args: Any, **kwargs: Any) -> None:
        calls.append(self.name)
        receive(self, *args, **kwargs)

    def patch_in_round_two(recipient: Any, messages: Any, sender: Any, config: Any) -> tuple[bool, Any]:
        monkeypatch.setattr(ConversableAgent, "receive", noted)
        return False, None

    manager.groupchat.agents[2].register_reply([ConversableAgent, None], patch_in_round_two)
    heard = talk(manager)
    assert calls == ["chat_manager", "a0", "a1", "chat_manager", "a1", "a2"]
    monkeypatch.undo()
    assert heard == talk(team(["x", "y", "z"], max_round=4))


@WAYS
def test_who_joins_or_leaves_in_mid_chat_hears_from_or_until_then(way: str) -> None:
    manager = team(["x", "y", "z", "w"], max_round=4)
    group, leaver = manager.groupchat, manager.groupchat.agents[3]
    joiner = ConversableAgent("joiner", llm_config=False, human_input_mode="NEVER", default_auto_reply="hi")

    def change_in_round_two(recipient: Any, messages: Any, sender: Any, config: Any) -> tuple[bool, Any]:
        group.agents[3] = joiner
        return False, None

    group.agents[2].register_reply([ConversableAgent, None], change_in_round_two)
    talk(manager, way)
    assert [message["content"] for message in leaver.chat_messages[manager]] == ["go", "y"]
    assert [message["content"] for message in joiner.chat_messages[manager]] == ["z", "x"]


class OfOneName(ConversableAgent):
    """An agent that is equal to any other of its name."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, OfOneName) and self.name == other.name

    def __hash__(self) -> int:
        return hash(self.name)


@WAYS
def test_a_member_that_gives_way_to_its_equal_in_mid_chat_hears_until_then(way: str) -> None:
    manager = team(["x", "y", "z"], OfOneName, max_round=4)
    group, leaver = manager.groupchat, manager.groupchat.agents[2]
    successor = OfOneName("a2", llm_config=False, human_input_mode="NEVER", default_auto_reply="new")

    def give_way(recipient: Any, messages: Any, sender: Any, config: Any) -> tuple[bool, Any]:
        group.agents[2] = successor
        return False, None

    group.agents[1].register_reply([ConversableAgent, None], give_way)
    talk(manager, way)
    assert [message["content"] for message in leaver.chat_messages[manager]] == ["go"]
    assert [message["content"] for message in successor.chat_messages[manager]] == ["y", "new", "x"]


@WAYS
def test_whom_a_member_brings_in_when_it_hears_something_hears_it_too(way: str) -> None:
    manager = team(["x", "y", "z"], max_round=1)
    group = manager.groupchat
    guest = ConversableAgent("guest", llm_config=False)

    class Host(ConversableAgent):
        def _process_received_message(self, *args: Any, **kwargs: Any) -> None:
            group.agents.append(guest)
            super()._process_received_message(*args, **kwargs)

    group.agents[1].__class__ = Host
    talk(manager, way)
    assert [message["content"] for message in guest.chat_messages[manager]] == ["go"]


@WAYS
def test_a_member_that_gets_an_attribute_in_mid_chat_hears_as_before(way: str) -> None:
    manager = team(["x", "y", "z"], max_round=4)

    def number_the_reply(recipient: Any, messages: Any, sender: Any, config: Any) -> tuple[bool, Any]:
        setattr(recipient, f"reply_{len(messages)}", messages[-1])
        return False, None

    for member in manager.groupchat.agents:
        member.register_reply([ConversableAgent, None], number_the_reply)
    assert talk(manager, way) == talk(team(["x", "y", "z"], max_round=4), way)


OVERRIDES = [
    *(
        "nothing",
        "class",
        "receive",
        "send",
        "_append_oai_message",
        "_process_message_before_send",
        "insists on printing",
    ),
    *("hook before sending", "hook on the last message"),
]
EDITS = st.tuples(st.integers(0, 4), st.integers(0, 7), st.sampled_from(["content", "name", "a key of its own"]))
ON_ITS_WAY = {MessageSent, MessageReceived}
ALL_KINDS = {kind for kind in vars(events).values() if isinstance(kind, type) and issubclass(kind, Event)}
OTHER_KINDS = ALL_KINDS - ON_ITS_WAY - {Event}
NEVER_THE_SAME = ("at", "chat", "seconds")


def with_own(agent: ConversableAgent, method: str, calls: list[str]) -> None:
    """Give an agent a method of its own, which does what it did before, and notes each call."""
    for name in (method, twin_name(method)):
        original = getattr(agent, name, None)
        if original is not None:
            note = f"{name} of {agent.name}"
            setattr(
                agent, name, lambda *a, original=original, note=note, **kw: (calls.append(note), original(*a, **kw))[1]
            )


def note_and_return(calls: list[str], sender: Any, message: Any, recipient: Any, silent: bool) -> Any:
    calls.append(f"{sender.name} to {recipient.name}")
    return message


def edited_by_hand(manager: GroupChatManager, overrides: list[str], edits: list[tuple[int, int, str]]) -> list[str]:
    """Give everybody something of their own, which notes its calls, and let the members edit what was said."""
    rounds = iter(range(100))
    calls: list[str] = []

    def edit(recipient: Any, messages: Any, sender: Any, config: Any) -> tuple[bool, Any]:
        round_number = next(rounds)
        for member, position, key in edits:
            one = members[member % len(members)]
            for history in (one.chat_messages[manager], manager.chat_messages[one]):
                if round_number == position and history:
                    history[position % len(history)][key] = f"edited in round {round_number}"
        return False, None

    members = manager.groupchat.agents
    for agent, override in zip([manager, *members], overrides, strict=False):
        if agent is not manager:
            agent.register_reply([ConversableAgent, None], edit)
        if override == "class":
            if agent is not manager:
                agent.__class__ = Overriding
        elif override == "hook before sending":
            hook = functools.partial(note_and_return, calls)
            agent.register_hook("process_message_before_send", hook)
        elif override == "hook on the last message":
            agent.register_hook("process_last_received_message", lambda content: f"{content}!")
        elif override == "insists on printing":
            agent.silent = False
        elif override != "nothing":
            with_own(agent, override, calls)
    return calls


def outcome(manager: GroupChatManager, way: str, kinds: Any) -> tuple[Any, ...]:
    """What a chat leaves behind: the histories, what the group said, what was printed, and the events of some kinds."""
    heard: list[Event] = []
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), listening(heard.append, kinds=kinds):
        talk(manager, way, silent=False)
    told = [{key: value for key, value in to_dict(event).items() if key not in NEVER_THE_SAME} for event in heard]
    return histories(manager), manager.groupchat.messages, printed.getvalue(), told


@WAYS
@settings(max_examples=40)
@given(
    replies=st.lists(st.sampled_from(WORDS), min_size=2, max_size=4),
    overrides=st.lists(st.sampled_from(OVERRIDES), min_size=5, max_size=5),
    edits=st.lists(EDITS, max_size=4),
    silent=st.booleans(),
)
def test_overrides_and_edits_by_hand_change_nothing_between_the_two_ways(
    way: str, replies: list[Any], overrides: list[str], edits: list[tuple[int, int, str]], silent: bool
) -> None:
    def held(kinds: Any, by_the_long_way: bool) -> tuple[Any, ...]:
        manager = team(replies)
        manager._silent = silent
        calls = edited_by_hand(manager, overrides, edits)
        if by_the_long_way:
            for agent in (manager, *manager.groupchat.agents):
                with_own(agent, "send", [])
                with_own(agent, "receive", [])
        left_behind = outcome(manager, way, kinds)
        return *left_behind, calls, [vars(member).get("received") for member in manager.groupchat.agents]

    short, long = held(OTHER_KINDS, False), held(OTHER_KINDS, True)
    assert short == long
    every_event = held(OTHER_KINDS | ON_ITS_WAY, False)
    assert every_event == held(OTHER_KINDS | ON_ITS_WAY, True)
    assert every_event[:3] == short[:3]
    assert every_event[4:] == short[4:]


@WAYS
def test_a_hook_of_the_manager_sees_what_each_member_is_sent(way: str) -> None:
    manager, sent = team(["x", "y", "z"], max_round=1), []

    def hook(sender: Any, message: Any, recipient: Any, silent: bool) -> Any:
        sent.append(recipient.name)
        return message

    manager.register_hook("process_message_before_send", hook)
    talk(manager, way)
    assert sent == ["a1", "a2"]


def test_a_member_that_insists_on_printing_prints(capsys: pytest.CaptureFixture[str]) -> None:
    manager = team(["x", "y", "z"], max_round=3)
    manager.groupchat.agents[1].silent = False
    talk(manager)
    printed = capsys.readouterr().out
    assert "a1 (to chat_manager):" in printed
    assert "(to a1):" not in printed, "it counts for what a member says, not for what it hears"
