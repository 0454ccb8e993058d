"""The rounds of a group: who hears what, in which calls, and why it ends."""

from __future__ import annotations

import asyncio
import json
import logging
import sys

import pytest

from autogen_classic._core.events import ChatEnded, ChatStarted, SpeakerSelected, listening
from autogen_classic._core.running_chats import StopReason
from autogen_classic.agentchat.agent import Agent
from autogen_classic.agentchat.conversable_agent import ConversableAgent
from autogen_classic.agentchat.groupchat import GroupChat, GroupChatManager
from autogen_classic.errors import ResumeError
from autogen_classic.exception_utils import NoEligibleSpeaker

LOGGER = "autogen.agentchat.groupchat"
BOTH_WAYS = pytest.mark.parametrize("asynchronous", [False, True], ids=["sync", "async"])


def agent(name: str, reply="", cls=ConversableAgent, **settings) -> ConversableAgent:
    settings.setdefault("default_auto_reply", reply or f"hi from {name}")
    return cls(name, llm_config=False, human_input_mode="NEVER", **settings)


def team(
    *agents, group_class=GroupChat, silent=False, is_termination_msg=None, manager_class=GroupChatManager, **settings
):
    """A manager and its agents; letters stand for agents that greet."""
    members = [agent(one) if isinstance(one, str) else one for one in agents]
    settings = {"max_round": 4, "speaker_selection_method": "round_robin", **settings}
    chat = group_class(members, [], **settings)
    manager = manager_class(chat, silent=silent, is_termination_msg=is_termination_msg)
    return manager, members


def guarded_group(typed, human_input_mode="ALWAYS", max_consecutive_auto_reply=None, **settings):
    """A group whose second member calls two tools: ``f`` of the third, and ``delete`` of the fourth and its person."""
    done = []

    def note(word, answer):
        done.append(word)
        return answer

    calls = [
        {"id": name, "type": "function", "function": {"name": name, "arguments": "{}"}} for name in ("f", "delete")
    ]
    owner = ConversableAgent(
        "owner",
        llm_config=False,
        human_input_mode=human_input_mode,
        max_consecutive_auto_reply=max_consecutive_auto_reply,
        function_map={"delete": lambda: note("delete", "gone")},
    )
    owner.get_human_input = lambda prompt: note("asked", typed)
    owner.a_get_human_input = make_async(owner.get_human_input)
    caller = agent("caller", {"content": None, "tool_calls": calls})
    manager, _ = team(
        "a", caller, agent("one", function_map={"f": lambda: note("f", "4")}), owner, max_round=3, **settings
    )
    return manager, done


def make_async(function):
    async def asynchronous(*args):
        return function(*args)

    return asynchronous


def start(opener, manager, asynchronous=False, message="go", **settings):
    if asynchronous:
        return asyncio.run(opener.a_initiate_chat(manager, message=message, **settings))
    return opener.initiate_chat(manager, message=message, **settings)


def contents(messages) -> list:
    return [message["content"] for message in messages]


class Recorder(ConversableAgent):
    """An agent that writes down the calls that reach it."""

    calls: list

    def __init__(self, *args, **kwargs):
        self.calls = []
        super().__init__(*args, **kwargs)

    def _note(self, method, *args, **kwargs):
        self.calls.append((method, args, kwargs))

    def send(self, *args, **kwargs):
        self._note("send", *args, **kwargs)
        return super().send(*args, **kwargs)

    async def a_send(self, *args, **kwargs):
        self._note("send", *args, **kwargs)
        return await super().a_send(*args, **kwargs)

    def receive(self, *args, **kwargs):
        self._note("receive", *args, **kwargs)
        return super().receive(*args, **kwargs)

    async def a_receive(self, *args, **kwargs):
        self._note("receive", *args, **kwargs)
        return await super().a_receive(*args, **kwargs)

    def generate_reply(self, *args, **kwargs):
        self._note("generate_reply", *args, **kwargs)
        return super().generate_reply(*args, **kwargs)

    async def a_generate_reply(self, *args, **kwargs):
        self._note("generate_reply", *args, **kwargs)
        return await super().a_generate_reply(*args, **kwargs)


class TestConstruction:
    def test_the_group_replies_before_the_built_in_replies(self):
        manager, _ = team("a", "b")
        assert [entry["reply_func"].__name__ for entry in manager._reply_func_list[:3]] == [
            "a_run_chat",
            "run_chat",
            "a_check_termination_and_human_reply",
        ]

    def test_the_entries_of_the_group_are_those_that_programs_read(self):
        manager, _ = team("a", "b")
        asynchronous, synchronous = manager._reply_func_list[:2]
        assert synchronous["trigger"] is Agent
        assert synchronous["reply_func"] is GroupChatManager.run_chat
        assert synchronous["init_config"] is manager.groupchat
        assert synchronous["config"] is not manager.groupchat
        assert synchronous["config"].messages is manager.groupchat.messages
        assert synchronous["reset_config"] is GroupChat.reset
        assert asynchronous["ignore_async_in_sync_chat"] is True

    def test_the_manager_has_the_defaults_of_v02(self):
        manager, _ = team("a", "b")
        assert (manager.name, manager.system_message) == ("chat_manager", "Group chat manager.")
        assert manager.max_consecutive_auto_reply() == sys.maxsize
        assert manager.last_speaker is None

    @pytest.mark.parametrize("key", ["functions", "tools"])
    def test_a_manager_with_functions_or_tools_is_refused(self, key):
        with pytest.raises(ValueError, match="GroupChatManager is not allowed to make function/tool calls"):
            GroupChatManager(
                GroupChat([agent("a"), agent("b")], []),
                llm_config={"config_list": [{"model": "m", "api_key": "k"}], key: [{}]},
            )

    def test_the_manager_is_summed_up_by_the_messages_of_the_group(self):
        manager, (a, _) = team("a", "b")
        assert manager.chat_messages_for_summary(a) is manager.groupchat.messages

    def test_reset_empties_the_group(self):
        manager, (a, _) = team("a", "b")
        start(a, manager)
        manager.reset()
        assert manager.groupchat.messages == []


@BOTH_WAYS
class TestRounds:
    def test_everybody_hears_everything_once(self, asynchronous):
        manager, agents = team("a", "b", "c")
        result = start(agents[0], manager, asynchronous)
        said = ["go", "hi from b", "hi from c", "hi from a"]
        assert contents(manager.groupchat.messages) == said
        assert [contents(one.chat_messages[manager]) for one in agents] == [said] * 3
        assert [contents(manager.chat_messages[one]) for one in agents] == [said] * 3
        assert [message["name"] for message in manager.groupchat.messages] == ["a", "b", "c", "a"]
        assert contents(result.chat_history) == said

    def test_roles_are_those_of_who_stores_the_message(self, asynchronous):
        manager, (a, b, _) = team("a", "b", "c")
        start(a, manager, asynchronous)
        assert [message["role"] for message in b.chat_messages[manager]] == ["user", "assistant", "user", "user"]
        assert [message["role"] for message in manager.chat_messages[b]] == [
            "assistant",
            "user",
            "assistant",
            "assistant",
        ]
        assert {message["role"] for message in manager.groupchat.messages} == {"user"}

    def test_the_speaker_is_called_as_programs_expect(self, asynchronous):
        manager, (a, b) = team("a", agent("b", cls=Recorder), max_round=2)
        start(a, manager, asynchronous)
        heard = {"content": "go", "role": "user", "name": "a"}
        assert b.calls == [
            ("receive", (heard, manager, False, True), {}),
            ("generate_reply", (), {"sender": manager}),
            ("send", ("hi from b", manager), {"request_reply": False, "silent": False}),
        ]

    def test_the_manager_passes_messages_on_as_programs_expect(self, asynchronous):
        class RecordingManager(Recorder, GroupChatManager):
            pass

        manager, (a, b) = team("a", "b", max_round=1, manager_class=RecordingManager)
        start(a, manager, asynchronous)
        message = {"content": "go", "role": "user", "name": "a"}
        sent = [(args, kwargs) for method, args, kwargs in manager.calls if method == "send"]
        assert sent == [((message, b), {"request_reply": False, "silent": True})]

    def test_the_group_is_called_as_programs_expect(self, asynchronous):
        calls = []

        class Watched(GroupChat):
            def append(self, *args, **kwargs):
                calls.append(("append", [args[1].name], kwargs))
                super().append(*args, **kwargs)

            def select_speaker(self, *args, **kwargs):
                calls.append(("select_speaker", [one.name for one in args], kwargs))
                return super().select_speaker(*args, **kwargs)

            async def a_select_speaker(self, *args, **kwargs):
                calls.append(("select_speaker", [one.name for one in args], kwargs))
                return await super().a_select_speaker(*args, **kwargs)

        manager, (a, _) = team("a", "b", group_class=Watched, max_round=2)
        start(a, manager, asynchronous)
        assert calls == [
            ("append", ["a"], {}),
            ("select_speaker", ["a", "chat_manager"], {}),
            ("append", ["b"], {}),
        ]

    def test_introductions_come_first(self, asynchronous):
        manager, agents = team("a", "b", send_introductions=True, max_round=1)
        start(agents[0], manager, asynchronous)
        introduction = manager.groupchat.introductions_msg()
        assert contents(agents[1].chat_messages[manager]) == [introduction, "go"]
        assert contents(agents[0].chat_messages[manager]) == ["go", introduction]
        assert contents(manager.groupchat.messages) == ["go"]

    def test_the_last_speaker_is_known_while_the_next_one_replies(self, asynchronous):
        seen = []

        def watch(recipient, messages, sender, config):
            seen.append(sender.last_speaker.name)
            return False, None

        manager, agents = team("a", "b", "c")
        for one in agents:
            one.register_reply([Agent, None], watch, position=0)
        start(agents[0], manager, asynchronous)
        assert seen == ["a", "b", "c"]
        assert manager.last_speaker is agents[0]

    def test_an_outsider_may_open_the_chat(self, asynchronous):
        manager, _ = team("a", "b", "c", max_round=3)
        outsider = agent("outsider")
        start(outsider, manager, asynchronous)
        assert contents(manager.groupchat.messages) == ["go", "hi from a", "hi from b"]
        assert contents(outsider.chat_messages[manager]) == ["go"]

    def test_the_manager_may_talk_to_itself(self, asynchronous):
        manager, _ = team("a", "b", max_round=3)
        start(manager, manager, asynchronous)
        assert contents(manager.groupchat.messages) == ["go", "hi from a", "hi from b"]

    def test_a_second_chat_forgets_the_first_unless_told_otherwise(self, asynchronous):
        manager, (a, b) = team("a", "b", max_round=1)
        start(a, manager, asynchronous, message="one")
        start(b, manager, asynchronous, message="two", clear_history=False)
        assert contents(manager.groupchat.messages) == ["one", "two"]
        start(a, manager, asynchronous, message="three")
        assert contents(manager.groupchat.messages) == ["three"]

    def test_the_last_words_of_a_group_within_a_group_are_its_reply(self, asynchronous):
        inner, _ = team("i1", "i2", max_round=3)
        inner._name = "inner"
        outer, (a, *_) = team("a", inner, "b", max_round=3)
        start(a, outer, asynchronous)
        assert contents(inner.groupchat.messages) == ["go", "hi from i1", "hi from i2"]
        assert contents(outer.groupchat.messages) == ["go", "hi from i2", "hi from b"]
        assert [message["name"] for message in outer.groupchat.messages] == ["a", "inner", "b"]

    def test_a_group_within_a_group_holds_a_chat_of_its_own(self, asynchronous):
        inner, _ = team("i1", "i2", max_round=2)
        inner._name = "inner"
        outer, (a, *_) = team("a", inner, max_round=2)
        seen = []
        with listening(seen.append):
            start(a, outer, asynchronous)
        started = [event.chat for event in seen if isinstance(event, ChatStarted)]
        assert [chat.parent_id for chat in started] == [None, started[0].id]
        assert [event.reason for event in seen if isinstance(event, ChatEnded)] == ["max_round", "max_round"]

    def test_a_group_that_says_nothing_within_a_group_is_no_reply(self, asynchronous):
        inner, _ = team("i1", "i2", max_round=1)
        outer, (a, *_) = team("a", inner)
        assert start(a, outer, asynchronous).stop_reason == "no reply"
        assert contents(outer.groupchat.messages) == ["go"]

    def test_any_agent_may_lead_a_group(self, asynchronous):
        deputy = agent("deputy")
        groupchat = GroupChat([agent("a"), agent("b")], [], max_round=3, speaker_selection_method="round_robin")
        deputy.register_reply(ConversableAgent, GroupChatManager.run_chat, config=groupchat)
        if asynchronous:
            deputy.register_reply(ConversableAgent, GroupChatManager.a_run_chat, config=groupchat)
        start(agent("boss"), deputy, asynchronous)
        assert contents(groupchat.messages) == ["go", "hi from a", "hi from b"]

    def test_any_leader_obeys_clear_history(self, asynchronous):
        deputy = agent("deputy")
        members = [agent("a", {"content": "CLEAR HISTORY"}), agent("b")]
        groupchat = GroupChat(
            members, [], max_round=2, speaker_selection_method="round_robin", enable_clear_history=True
        )
        reply = GroupChatManager.a_run_chat if asynchronous else GroupChatManager.run_chat
        deputy.register_reply(ConversableAgent, reply, config=groupchat)
        start(agent("boss"), deputy, asynchronous)
        assert contents(groupchat.messages) == [""]

    def test_the_members_hear_the_parts_of_a_message_and_the_group_keeps_its_text(self, asynchronous):
        parts = [
            {"type": "text", "text": "Look:"},
            {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}},
        ]
        manager, (a, b, c) = team("a", "b", "c", max_round=2)
        start(a, manager, asynchronous, message={"content": parts})
        assert [member.chat_messages[manager][0]["content"] for member in (b, c)] == [parts, parts]
        assert contents(manager.groupchat.messages)[0] == "Look:<image>"
        assert a.chat_messages[manager][0]["content"] == parts

    @pytest.mark.parametrize("member", [True, False], ids=["member", "outsider"])
    def test_the_summary_is_the_last_word_of_the_group(self, asynchronous, member):
        manager, (a, *_) = team("a", "b", max_round=3)
        boss = a if member else agent("boss")
        result = start(boss, manager, asynchronous)
        assert result.summary == manager.groupchat.messages[-1]["content"] != "go"

    def test_each_of_two_parallel_calls_is_answered_by_its_owner(self, asynchronous):
        calls = [
            {"id": name, "type": "function", "function": {"name": name, "arguments": "{}"}} for name in ("f", "g", "h")
        ]
        caller = agent("caller", {"content": None, "tool_calls": calls})
        owners = [agent("one", function_map={"f": lambda: "4"}), agent("two", function_map={"g": lambda: "5"})]
        manager, (a, *_) = team("a", caller, *owners, max_round=3)
        start(a, manager, asynchronous)
        answers = manager.groupchat.messages[2]["tool_responses"]
        assert [answer["content"] for answer in answers] == ["4", "5", "Error: Function h not found."]

    @pytest.mark.parametrize("chosen", ["round_robin", lambda last, group: group.agents[group.agents.index(last) + 1]])
    @pytest.mark.parametrize(
        ("typed", "answers", "ran"),
        [
            ("", ["4", "gone"], ["delete", "f"]),
            ("keep it", ["4", "keep it"], ["f"]),
            ("exit", None, []),
        ],
    )
    def test_a_tool_of_another_member_runs_only_after_its_person_was_asked(
        self, asynchronous, chosen, typed, answers, ran
    ):
        guarded, done = guarded_group(typed, speaker_selection_method=chosen)
        result = start(guarded.groupchat.agents[0], guarded, asynchronous)
        assert done == ["asked", *ran]
        last = guarded.groupchat.messages[-1]
        if answers is None:
            assert "tool_responses" not in last
            assert result.stop_reason == StopReason.PERSON
        else:
            assert [answer["content"] for answer in last["tool_responses"]] == answers
            assert [answer["tool_call_id"] for answer in last["tool_responses"]] == ["f", "delete"]

    def test_a_member_that_guards_its_tools_by_a_reply_function_is_asked_for_them(self, asynchronous):
        guarded, done = guarded_group("")
        owner = guarded.groupchat.agents[-1]
        owner.register_reply(Agent, lambda recipient, messages, sender, config: (True, "Not today."))
        start(guarded.groupchat.agents[0], guarded, asynchronous)
        assert done == ["f"]
        assert guarded.groupchat.messages[-1]["tool_responses"][1]["content"] == "Not today."

    def test_a_member_at_its_limit_does_not_run_its_tool_for_another(self, asynchronous):
        guarded, done = guarded_group("", human_input_mode="NEVER", max_consecutive_auto_reply=0)
        result = start(guarded.groupchat.agents[0], guarded, asynchronous)
        assert done == []
        assert result.stop_reason == StopReason.AUTO_REPLY_LIMIT

    def test_a_call_that_nobody_owns_is_answered_and_the_group_goes_on(self, asynchronous):
        call = {"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
        manager, (a, *_) = team("a", agent("caller", {"content": None, "tool_calls": [call]}), "b", max_round=4)
        start(a, manager, asynchronous)
        assert contents(manager.groupchat.messages)[2] == "Error: Function f not found."
        assert len(manager.groupchat.messages) == 4

    def test_a_person_goes_on_talking_to_a_group(self, asynchronous):
        manager, _ = team("a", "b", max_round=2)
        boss = agent("boss", "more")
        result = start(boss, manager, asynchronous, max_turns=2)
        assert contents(result.chat_history) == ["go", "more"]

    def test_namesakes_take_turns(self, asynchronous):
        manager, (first, _) = team(agent("twin", "first"), agent("twin", "second"))
        start(first, manager, asynchronous)
        assert contents(manager.groupchat.messages) == ["go", "second", "first", "second"]

    def test_tool_calls_are_answered_within_the_group(self, asynchronous):
        tool_call = {"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
        caller = agent("caller", {"content": None, "tool_calls": [tool_call]})
        manager, (a, *_) = team("a", caller, agent("tool", function_map={"f": lambda: "4"}))
        start(a, manager, asynchronous, message="go")
        assert [message["role"] for message in manager.groupchat.messages] == ["user", "assistant", "tool", "user"]
        assert manager.groupchat.messages[2]["content"] == "4"

    def test_the_cache_of_the_manager_is_lent_and_taken_back(self, asynchronous):
        seen = []

        def watch(recipient, messages, sender, config):
            seen.append(recipient.client_cache)
            return False, None

        manager, (a, b) = team("a", "b", max_round=2)
        b.client_cache = own = object()
        b.register_reply([Agent, None], watch, position=0)
        lent = object()
        start(a, manager, asynchronous, cache=lent)
        assert seen == [lent]
        assert (a.client_cache, b.client_cache, b.previous_cache) == (None, own, None)

    def test_the_cache_is_taken_back_after_an_error(self, asynchronous):
        def fail(recipient, messages, sender, config):
            raise RuntimeError("broken")

        manager, (a, b) = team("a", "b")
        b.register_reply([Agent, None], fail, position=0)
        with pytest.raises(RuntimeError, match="broken"):
            start(a, manager, asynchronous, cache=object())
        assert b.client_cache is None
        assert contents(manager.groupchat.messages) == ["go"]


@BOTH_WAYS
class TestTheEnd:
    def test_after_max_round(self, asynchronous):
        manager, (a, *_) = team("a", "b", max_round=2)
        result = start(a, manager, asynchronous)
        assert result.stop_reason == StopReason.MAX_ROUND
        assert result.stop_message["content"] == "hi from b"

    def test_with_no_round_nothing_happens(self, asynchronous):
        manager, (a, *_) = team("a", "b", max_round=0)
        start(a, manager, asynchronous)
        assert manager.groupchat.messages == []

    def test_with_a_termination_message_that_all_have_heard(self, asynchronous):
        manager, (a, _, c) = team("a", agent("b", "TERMINATE"), "c")
        result = start(a, manager, asynchronous)
        assert result.stop_reason == StopReason.TERMINATION_MESSAGE
        assert result.stop_message["content"] == "TERMINATE"
        assert contents(c.chat_messages[manager]) == ["go", "TERMINATE"]

    def test_with_a_test_of_the_user(self, asynchronous):
        checked = []

        def is_last(message):
            checked.append(message["content"])
            return message["content"] == "hi from b"

        manager, (a, *_) = team("a", "b", "c", is_termination_msg=is_last)
        assert start(a, manager, asynchronous).stop_reason == StopReason.TERMINATION_MESSAGE
        assert checked == ["go", "hi from b"]

    def test_when_nobody_is_eligible(self, asynchronous, caplog):
        manager, (a, *_) = team("a", "b", speaker_selection_method=lambda last_speaker, chat: None)
        with caplog.at_level(logging.WARNING, logger=LOGGER):
            result = start(a, manager, asynchronous)
        assert result.stop_reason == StopReason.NO_ELIGIBLE_SPEAKER
        assert "No eligible speaker found. Terminating the conversation." in caplog.text

    def test_when_a_reply_finds_nobody_eligible(self, asynchronous):
        def give_up(recipient, messages, sender, config):
            raise NoEligibleSpeaker("nobody")

        manager, (a, b) = team("a", "b")
        b.register_reply([Agent, None], give_up, position=0)
        assert start(a, manager, asynchronous).stop_reason == StopReason.NO_ELIGIBLE_SPEAKER

    def test_without_a_reply(self, asynchronous):
        manager, (a, b) = team("a", "b")
        b._default_auto_reply = None
        assert start(a, manager, asynchronous).stop_reason == StopReason.NO_REPLY

    def test_an_empty_reply_does_not_end_it(self, asynchronous):
        manager, (a, b, _) = team("a", "b", "c", max_round=3)
        b._default_auto_reply = ""
        start(a, manager, asynchronous)
        assert contents(manager.groupchat.messages) == ["go", "", "hi from c"]

    def test_at_the_limit_of_a_speaker(self, asynchronous):
        manager, (a, *_) = team("a", agent("b", max_consecutive_auto_reply=1), max_round=9)
        result = start(a, manager, asynchronous)
        assert result.stop_reason == StopReason.AUTO_REPLY_LIMIT
        assert contents(manager.groupchat.messages) == ["go", "hi from b", "hi from a"]

    def test_when_a_member_stops_it_no_message_is_lost(self, asynchronous):
        def stop(recipient, messages, sender, config):
            recipient.stop_chat()
            return True, "the end"

        manager, (a, b, c) = team("a", "b", "c", max_round=9)
        b.register_reply([Agent, None], stop, position=0)
        result = start(a, manager, asynchronous)
        assert result.stop_reason == StopReason.EXTERNAL_STOP
        assert contents(manager.groupchat.messages) == ["go", "the end"]
        assert contents(c.chat_messages[manager]) == ["go", "the end"]

    def test_an_interrupted_speaker_is_replaced_by_the_admin(self, asynchronous):
        def interrupt(recipient, messages, sender, config):
            raise KeyboardInterrupt

        manager, (a, b, _) = team("a", "b", "Admin", max_round=2)
        b.register_reply([Agent, None], interrupt, position=0)
        start(a, manager, asynchronous)
        assert manager.groupchat.messages[-1] == {"content": "hi from Admin", "role": "user", "name": "Admin"}

    def test_without_an_admin_the_interrupt_ends_it(self, asynchronous):
        def interrupt(last_speaker, chat):
            raise KeyboardInterrupt

        manager, (a, *_) = team("a", "b", speaker_selection_method=interrupt)
        with pytest.raises(KeyboardInterrupt):
            start(a, manager, asynchronous)
        assert contents(manager.groupchat.messages) == ["go"]


class TestTranscript:
    def test_the_next_speaker_is_announced(self, capsys):
        manager, (a, *_) = team("a", "b", max_round=2)
        start(a, manager)
        assert capsys.readouterr().out == (
            f"a (to chat_manager):\n\ngo\n\n{'-' * 80}\n\nNext speaker: b\n\n"
            f"b (to chat_manager):\n\nhi from b\n\n{'-' * 80}\n"
        )

    def test_an_asynchronous_group_does_not_announce_the_next_speaker(self, capsys):
        manager, (a, *_) = team("a", "b", max_round=2)
        start(a, manager, asynchronous=True)
        assert "Next speaker" not in capsys.readouterr().out

    def test_a_silent_manager_shows_the_opening_only(self, capsys):
        manager, (a, *_) = team("a", "b", silent=True)
        start(a, manager)
        assert capsys.readouterr().out == f"a (to chat_manager):\n\ngo\n\n{'-' * 80}\n"

    @BOTH_WAYS
    def test_every_selection_is_an_event(self, asynchronous):
        selected = []
        manager, (a, *_) = team("a", "b", "c")
        with listening(lambda event: selected.append(event) if isinstance(event, SpeakerSelected) else None):
            start(a, manager, asynchronous)
        assert [event.speaker.name for event in selected] == ["b", "c", "a"]
        assert {event.announce for event in selected} == {not asynchronous}


@BOTH_WAYS
class TestLongChats:
    def test_rounds_do_not_deepen_the_stack(self, asynchronous):
        depths = []

        def measure(recipient, messages, sender, config):
            frame, depth = sys._getframe(), 0
            while frame is not None:
                frame, depth = frame.f_back, depth + 1
            depths.append(depth)
            return True, str(len(depths))

        manager, agents = team("a", "b", max_round=3000, silent=True)
        for one in agents:
            one.register_reply([Agent, None], measure, position=0)
        start(agents[0], manager, asynchronous, silent=True)
        assert len(manager.groupchat.messages) == 3000
        assert len(set(depths)) == 1


class TestClearing:
    def history_after(self, command, *, enabled=True):
        manager, agents = team("a", "b", "c", max_round=4, enable_clear_history=enabled)
        agents[2]._default_auto_reply = command if isinstance(command, dict) else {"content": command}
        start(agents[0], manager)
        return manager, agents

    def test_everybody_and_the_group_forget(self, capsys):
        manager, agents = self.history_after("CLEAR HISTORY")
        assert contents(manager.groupchat.messages) == ["", "hi from a"]
        assert [contents(one.chat_messages[manager]) for one in agents] == [["", "hi from a"]] * 3
        assert "Clearing history for all agents.\n" in capsys.readouterr().out

    def test_a_number_of_messages_is_kept(self, capsys):
        manager, agents = self.history_after("clear history 1")
        assert contents(manager.groupchat.messages) == ["hi from b", "", "hi from a"]
        assert contents(agents[0].chat_messages[manager]) == ["hi from b", "", "hi from a"]
        assert "Clearing history for all agents except last 1 messages.\n" in capsys.readouterr().out

    def test_more_messages_than_there_are_are_all_kept(self):
        manager, _ = self.history_after("CLEAR HISTORY 99")
        assert contents(manager.groupchat.messages) == ["go", "hi from b", "", "hi from a"]

    def test_one_agent_forgets(self, capsys):
        manager, (a, b, _) = self.history_after("Hello. CLEAR HISTORY b 1, then go on")
        assert contents(b.chat_messages[manager]) == ["hi from b", "Hello. then go on", "hi from a"]
        assert contents(a.chat_messages[manager]) == ["go", "hi from b", "Hello. then go on", "hi from a"]
        assert len(manager.groupchat.messages) == 4
        assert "Clearing history for b except last 1 messages.\n" in capsys.readouterr().out

    def test_a_number_behind_an_unknown_name_counts(self):
        manager, _ = self.history_after("CLEAR HISTORY zz 1")
        assert contents(manager.groupchat.messages) == ["hi from b", "zz 1", "hi from a"]

    def test_the_reply_itself_is_left_alone(self):
        command = {"content": "CLEAR HISTORY"}
        self.history_after(command)
        assert command == {"content": "CLEAR HISTORY"}

    def test_other_words_clear_nothing(self):
        manager, _ = self.history_after("UNCLEAR HISTORY")
        assert len(manager.groupchat.messages) == 4

    def test_a_plain_text_clears_nothing(self):
        manager, (a, *_) = team("a", agent("b", "CLEAR HISTORY"), max_round=2, enable_clear_history=True)
        start(a, manager)
        assert contents(manager.groupchat.messages) == ["go", "CLEAR HISTORY"]

    def test_it_has_to_be_enabled(self):
        manager, _ = self.history_after("CLEAR HISTORY", enabled=False)
        assert contents(manager.groupchat.messages)[2] == "CLEAR HISTORY"

    def test_an_answer_keeps_the_call_that_it_answers(self):
        manager, _ = team("a", "b")
        chat = manager.groupchat
        chat.messages += [
            {"role": "user", "content": "go", "name": "a"},
            {"role": "assistant", "content": "", "name": "a", "tool_calls": [{"id": "1"}]},
            {"role": "tool", "content": "4", "name": "b", "tool_responses": [{"tool_call_id": "1"}]},
        ]
        manager.clear_agents_history({"role": "user", "content": "CLEAR HISTORY 1"}, chat)
        assert [message["role"] for message in chat.messages] == ["assistant", "tool"]

    def test_a_clearing_answer_keeps_the_call_that_it_answers(self):
        manager, _ = team("a", "b")
        chat = manager.groupchat
        chat.messages += [
            {"role": "user", "content": "go", "name": "a"},
            {"role": "assistant", "content": "", "name": "a", "tool_calls": [{"id": "1"}]},
        ]
        answer = {"role": "tool", "content": "CLEAR HISTORY", "tool_responses": [{"tool_call_id": "1"}]}
        manager.clear_agents_history(answer, chat)
        assert [message["role"] for message in chat.messages] == ["assistant"]


EARLIER = [
    {"content": "go", "role": "user", "name": "a"},
    {"content": "hi from b", "role": "user", "name": "b"},
]


@BOTH_WAYS
class TestResume:
    def resume(self, manager, asynchronous, *args, **kwargs):
        if asynchronous:
            return asyncio.run(manager.a_resume(*args, **kwargs))
        return manager.resume(*args, **kwargs)

    def test_the_group_is_as_it_was_but_for_the_last_message(self, asynchronous):
        manager, agents = team("a", "b", "c")
        speaker, message = self.resume(manager, asynchronous, EARLIER)
        assert (speaker, message) == (agents[1], EARLIER[1])
        assert manager.groupchat.messages == EARLIER[:1]
        assert [contents(one.chat_messages[manager]) for one in agents] == [["go"]] * 3

    def test_the_chat_goes_on_with_the_last_message(self, asynchronous):
        manager, _ = team("a", "b", "c", max_round=3)
        speaker, message = self.resume(manager, asynchronous, EARLIER, silent=True)
        start(speaker, manager, asynchronous, message=message, clear_history=False)
        assert contents(manager.groupchat.messages) == ["go", "hi from b", "hi from c", "hi from a"]

    def test_an_earlier_chat_is_forgotten(self, asynchronous):
        manager, (a, *_) = team("a", "b", "c")
        start(a, manager, asynchronous, message="old")
        self.resume(manager, asynchronous, EARLIER)
        assert contents(manager.groupchat.messages) == ["go"]

    def test_messages_may_come_as_json(self, asynchronous):
        manager, agents = team("a", "b", "c")
        speaker, message = self.resume(manager, asynchronous, manager.messages_to_string(EARLIER))
        assert (speaker, message) == (agents[1], EARLIER[1])

    def test_it_is_told_unless_silent(self, asynchronous, capsys):
        manager, _ = team("a", "b")
        self.resume(manager, asynchronous, EARLIER)
        self.resume(manager, asynchronous, EARLIER, silent=True)
        assert capsys.readouterr().out == "Prepared group chat with 2 messages, the last speaker is b\n"

    def test_the_live_list_is_counted_before_it_is_refilled(self, asynchronous, capsys):
        manager, (a, *_) = team("a", "b", max_round=3)
        start(a, manager, asynchronous, silent=True)
        capsys.readouterr()
        if asynchronous:
            asyncio.run(manager.a_resume(messages=manager.groupchat.messages))
        else:
            manager.resume(messages=manager.groupchat.messages)
        assert "with 3 messages" in capsys.readouterr().out

    @pytest.mark.parametrize("remove", ["TERMINATE", lambda content: content.removesuffix("TERMINATE")])
    def test_the_termination_text_is_cut_from_the_last_message(self, asynchronous, remove):
        manager, _ = team("a", "b")
        messages = [{"content": "bye TERMINATE", "role": "user", "name": "b"}]
        _, message = self.resume(manager, asynchronous, messages, remove_termination_string=remove)
        assert message["content"] == "bye "
        assert messages[0]["content"] == "bye TERMINATE"

    def test_a_last_message_that_would_end_the_chat_is_a_warning(self, asynchronous, caplog):
        manager, _ = team("a", "b")
        with caplog.at_level(logging.WARNING, logger=LOGGER):
            self.resume(manager, asynchronous, [{"content": "TERMINATE", "role": "user", "name": "b"}])
        assert "WARNING: Last message meets termination criteria and this may terminate the chat." in caplog.text

    def test_a_message_without_a_name_is_the_managers(self, asynchronous):
        manager, _ = team("a", "b")
        speaker, message = self.resume(manager, asynchronous, [{"content": "go", "role": "user"}])
        assert speaker is manager
        assert message == {"content": "go", "role": "user", "name": "chat_manager"}

    def test_the_answer_of_a_function_does_not_count_as_a_stranger(self, asynchronous):
        manager, _ = team("a", "b")
        answer = {"content": "4", "role": "function", "name": "add"}
        self.resume(manager, asynchronous, [answer, EARLIER[1]])
        assert manager.groupchat.messages == [answer]

    @pytest.mark.parametrize(
        ("messages", "complaint"),
        [
            (None, "Messages is not of type str or List"),
            (3, "Messages is not of type str or List"),
            ([1], "Messages is not of type str or List"),
            ([], "Cannot resume group chat as no messages were provided"),
            ("{", "Messages string is not a valid JSON string"),
            ([{"content": "go", "name": "zz"}], "Agent name in message doesn't exist as agent in group chat: zz"),
        ],
    )
    def test_what_is_no_chat_is_refused(self, asynchronous, messages, complaint):
        manager, _ = team("a", "b")
        with pytest.raises(ResumeError, match=complaint):
            self.resume(manager, asynchronous, messages)


def test_messages_survive_the_way_through_a_string():
    manager, _ = team("a", "b")
    text = manager.messages_to_string(EARLIER)
    assert json.loads(text) == EARLIER
    assert manager.messages_from_string(text) == EARLIER
