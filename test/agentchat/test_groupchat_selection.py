"""Who speaks next: the candidates, the ways to choose, and the names in a model's answer."""

from __future__ import annotations

import asyncio
import logging
import random
from contextlib import contextmanager

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from autogen_classic.agentchat._groupchat.names import name_meant
from autogen_classic.agentchat._speakers import SELECTORS
from autogen_classic.agentchat.chat import ChatResult
from autogen_classic.agentchat.conversable_agent import ConversableAgent
from autogen_classic.agentchat.groupchat import GroupChat, GroupChatManager
from autogen_classic.exception_utils import NoEligibleSpeaker
from autogen_classic.io.base import IOStream
from autogen_classic.testing import ScriptedClient

LOGGER = "autogen.agentchat.groupchat"
OPENING = {"content": "go", "role": "user", "name": "a"}
TEMPLATES = {
    "select_speaker_message_template": "SYSTEM {agentlist}",
    "select_speaker_prompt_template": "PROMPT {agentlist}",
    "select_speaker_auto_multiple_template": "SEVERAL {agentlist}",
    "select_speaker_auto_none_template": "NONE {agentlist}",
}
BOTH_WAYS = pytest.mark.parametrize("asynchronous", [False, True], ids=["sync", "async"])


def agent(name: str, *functions: str) -> ConversableAgent:
    return ConversableAgent(
        name,
        llm_config=False,
        human_input_mode="NEVER",
        function_map={function: lambda: "done" for function in functions},
    )


def group(names="abc", messages=(OPENING,), **settings) -> GroupChat:
    agents = [name if isinstance(name, ConversableAgent) else agent(name) for name in names]
    return GroupChat(agents, [dict(message) for message in messages], **{**TEMPLATES, **settings})


def with_transitions(names: str, graph: dict[str, str], agents=None, **settings) -> GroupChat:
    agents = agents or {name: agent(name) for name in names}
    transitions = {agents[name]: [agents[follower] for follower in graph[name]] for name in graph}
    return group(
        agents.values(),
        allowed_or_disallowed_speaker_transitions=transitions,
        speaker_transitions_type="allowed",
        **settings,
    )


def call(*functions: str) -> dict:
    calls = [
        {"id": f"id-{name}", "type": "function", "function": {"name": name, "arguments": "{}"}} for name in functions
    ]
    return {"content": "", "role": "assistant", "name": "a", "tool_calls": calls}


def selector(*answers, **settings) -> tuple[ConversableAgent, ScriptedClient]:
    model = ScriptedClient(list(answers))
    return ConversableAgent("selector", llm_config=model.llm_config(**settings), human_input_mode="NEVER"), model


def select(chat: GroupChat, last_speaker, chooser, asynchronous: bool = False):
    if asynchronous:
        return asyncio.run(chat.a_select_speaker(last_speaker, chooser))
    return chat.select_speaker(last_speaker, chooser)


def said_to(model: ScriptedClient, number: int = -1) -> list[tuple]:
    messages = model.requests[number]["messages"]
    return [(message["role"], message.get("name"), message["content"]) for message in messages]


class Terminal(IOStream):
    """A person at a terminal who has prepared the answers."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.lines: list[str] = []

    def print(self, *objects, sep=" ", end="\n", flush=False):
        self.lines.append(sep.join(str(one) for one in objects))

    def input(self, prompt="", *, password=False):
        self.lines.append(prompt)
        return self.answers.pop(0)


@contextmanager
def at_terminal(*answers: str):
    terminal = Terminal(*answers)
    with IOStream.set_default(terminal):
        yield terminal


class TestCandidates:
    def test_round_robin_follows_the_order_of_the_group(self):
        chat = group(speaker_selection_method="Round_Robin")
        assert chat.select_speaker(chat.agents[2], agent("s")) is chat.agents[0]

    def test_random_draws_from_the_candidates_and_obeys_the_seed(self):
        chat = group(speaker_selection_method="random", allow_repeat_speaker=False)
        random.seed(5)
        drawn = [chat.select_speaker(chat.agents[0], agent("s")) for _ in range(20)]
        random.seed(5)
        assert drawn == [random.choice(chat.agents[1:]) for _ in range(20)]

    def test_a_single_candidate_is_selected_without_asking(self):
        chat = with_transitions("abc", {"a": "c", "b": "a", "c": "b"}, speaker_selection_method="manual")
        assert chat.select_speaker(chat.agents[0], agent("s")).name == "c"

    def test_nobody_is_eligible_after_an_agent_that_the_transitions_leave_out(self):
        chat = with_transitions("abc", {"a": "b", "c": "a"})
        with pytest.raises(NoEligibleSpeaker):
            chat.select_speaker(chat.agents[1], agent("s"))

    @pytest.mark.parametrize("kind", ["allowed", "disallowed"])
    @pytest.mark.parametrize("method", ["auto", "round_robin", "random"])
    def test_nobody_may_follow_a_final_state(self, kind, method):
        members = [agent("a"), agent("end")]
        transitions = {"allowed": {members[0]: members, members[1]: []}, "disallowed": {members[1]: members}}
        chat = GroupChat(
            members,
            [dict(OPENING)],
            speaker_selection_method=method,
            allowed_or_disallowed_speaker_transitions=transitions[kind],
            speaker_transitions_type=kind,
        )
        with pytest.raises(NoEligibleSpeaker, match="after end"):
            chat.select_speaker(members[1], agent("s"))

    def test_anybody_may_follow_an_outsider(self):
        chat = with_transitions("abc", {"a": "b", "b": "c", "c": "a"}, speaker_selection_method="round_robin")
        assert chat.select_speaker(agent("outsider"), agent("s")).name == "a"

    @pytest.mark.parametrize("method", ["auto", "round_robin", "random"])
    def test_a_group_of_one_is_refused(self, method):
        chat = group("a", speaker_selection_method=method)
        with pytest.raises(ValueError, match="GroupChat is underpopulated with 1 agents"):
            chat.select_speaker(chat.agents[0], agent("s"))

    @pytest.mark.parametrize(
        ("settings", "warns"),
        [({}, True), ({"allow_repeat_speaker": False}, False), ({"speaker_selection_method": "round_robin"}, False)],
    )
    def test_a_group_of_two_that_may_repeat_itself_is_a_warning(self, settings, warns, caplog):
        chat = group("ab", **settings)
        with caplog.at_level(logging.WARNING, logger=LOGGER):
            chat.select_speaker(chat.agents[0], agent("s"))
        assert ("GroupChat is underpopulated with 2 agents" in caplog.text) is warns


class TestCalls:
    def test_a_call_goes_to_the_agent_that_has_the_function(self):
        chat = group([agent("a"), agent("b"), agent("c", "f")], [call("f")], speaker_selection_method="round_robin")
        assert chat.select_speaker(chat.agents[0], agent("s")).name == "c"

    def test_a_call_of_a_legacy_function_does_too(self):
        message = {"content": "", "role": "assistant", "name": "a", "function_call": {"name": "f", "arguments": "{}"}}
        chat = group([agent("a"), agent("b"), agent("c", "f")], [message])
        assert chat.select_speaker(chat.agents[0], agent("s")).name == "c"

    def test_the_function_counts_more_than_the_transitions(self):
        agents = {"a": agent("a"), "b": agent("b"), "c": agent("c", "f")}
        chat = with_transitions("abc", {"a": "b", "b": "c", "c": "a"}, agents, messages=[call("f")])
        assert chat.select_speaker(chat.agents[0], agent("s")).name == "c"

    def test_the_transitions_decide_among_several_that_have_the_function(self):
        agents = {"a": agent("a", "f"), "b": agent("b"), "c": agent("c", "f")}
        chat = with_transitions("abc", {"a": "b", "b": "a", "c": "b"}, agents, messages=[call("f")])
        assert chat.select_speaker(chat.agents[1], agent("s")).name == "a"

    def test_who_knows_all_functions_is_preferred(self):
        chat = group([agent("a"), agent("b", "f"), agent("c", "f", "g")], [call("f", "g")])
        assert chat.select_speaker(chat.agents[0], agent("s")).name == "c"

    def test_who_knows_one_function_will_do(self):
        chat = group([agent("a"), agent("b"), agent("c", "g")], [call("f", "g")])
        assert chat.select_speaker(chat.agents[0], agent("s")).name == "c"

    def test_a_call_that_nobody_can_execute_goes_to_somebody_else(self):
        chat = group("ab", messages=[call("f", "g")])
        assert chat.select_speaker(chat.agents[0], agent("s")).name == "b"

    def test_the_call_of_a_custom_tool_goes_to_who_has_it(self):
        custom = {"content": None, "tool_calls": [{"id": "1", "type": "custom", "custom": {"name": "f", "input": ""}}]}
        chat = group([agent("a"), agent("b", "g"), agent("c", "f")], [custom])
        assert chat.select_speaker(chat.agents[0], agent("s")).name == "c"

    def test_calls_with_two_owners_go_to_one_of_them(self):
        chat = group([agent("a"), agent("b", "f"), agent("c", "x"), agent("d", "g")], [call("f", "g")])
        assert [owner.name for owner in chat._prepare_and_select_agents(chat.agents[0])[1]] == ["b", "d"]

    def test_without_the_filter_a_call_is_a_message_like_others(self):
        chat = group(
            [agent("a"), agent("b"), agent("c", "f")],
            [call("f")],
            speaker_selection_method="round_robin",
            func_call_filter=False,
        )
        assert chat.select_speaker(chat.agents[0], agent("s")).name == "b"

    def test_the_model_does_not_see_an_open_call(self):
        chat = group(messages=[call("f")], func_call_filter=False)
        chooser, model = selector("b")
        assert chat.select_speaker(chat.agents[0], chooser).name == "b"
        assert model.requests[0]["messages"][1]["tool_calls"] is None
        assert chat.messages[0]["tool_calls"]


class TestCustom:
    def test_the_function_gets_the_last_speaker_and_the_group(self):
        asked = []
        chat = group(speaker_selection_method=lambda *request: asked.append(request) or chat.agents[2])
        assert chat.select_speaker(chat.agents[0], agent("s")) is chat.agents[2]
        assert [(last.name, of is chat) for last, of in asked] == [("a", True)]

    def test_the_function_may_ignore_the_transitions(self):
        chat = with_transitions("abc", {"a": "b", "b": "c", "c": "a"})
        chat.speaker_selection_method = lambda last_speaker, chat: last_speaker
        assert chat.select_speaker(chat.agents[0], agent("s")).name == "a"

    def test_the_function_may_name_a_method(self):
        chat = group(speaker_selection_method=lambda last_speaker, chat: "Round_Robin")
        assert chat.select_speaker(chat.agents[0], agent("s")).name == "b"

    def test_none_means_that_nobody_is_eligible(self):
        chat = group(speaker_selection_method=lambda last_speaker, chat: None)
        with pytest.raises(NoEligibleSpeaker):
            chat.select_speaker(chat.agents[0], agent("s"))

    @pytest.mark.parametrize(
        ("returned", "complaint"),
        [
            (3, "an object of type <class 'int'> instead of Agent or str"),
            ("b", "speaker_selection_method is set to 'b'"),
            (agent("stranger"), "an agent stranger not in the group chat"),
        ],
    )
    def test_anything_else_is_an_error(self, returned, complaint):
        chat = group(speaker_selection_method=lambda last_speaker, chat: returned)
        with pytest.raises(ValueError, match=complaint):
            chat.select_speaker(chat.agents[0], agent("s"))

    def test_a_way_of_the_user_can_be_entered_into_the_table(self, monkeypatch):
        monkeypatch.setitem(SELECTORS, "last", lambda chat, last_speaker, candidates: candidates[-1])
        chat = group(speaker_selection_method="last")
        assert chat.select_speaker(chat.agents[0], agent("s")).name == "c"


class TestManual:
    def test_the_person_picks_a_number(self):
        chat = group(speaker_selection_method="manual")
        with at_terminal("2") as terminal:
            assert chat.select_speaker(chat.agents[0], agent("s")).name == "b"
        assert terminal.lines == [
            "Please select the next speaker from the following list:",
            "1: a",
            "2: b",
            "3: c",
            "Enter the number of the next speaker (enter nothing or `q` to use auto selection): ",
        ]

    def test_a_wrong_answer_is_asked_again_once(self):
        chat = group()
        with at_terminal("9", "zero") as terminal:
            assert chat.manual_select_speaker() is None
        assert terminal.lines[-3:] == [
            "Enter the number of the next speaker (enter nothing or `q` to use auto selection): ",
            "Invalid input. Please enter a number between 1 and 3.",
            "You have tried 3 times. The next speaker will be selected automatically.",
        ]

    @pytest.mark.parametrize(("reason", "shown"), [("", "answers. Give"), ("closed", "answers (closed). Give")])
    def test_a_person_who_leaves_ends_the_chat_with_what_to_do(self, reason, shown, monkeypatch):
        def leave(terminal, prompt="", *, password=False):
            raise EOFError(reason)

        chat = group(speaker_selection_method="manual")
        monkeypatch.setattr(Terminal, "input", leave)
        with at_terminal(), pytest.raises(EOFError) as caught:
            chat.select_speaker(chat.agents[0], agent("s"))
        assert f"but nobody {shown} the group" in str(caught.value)

    @pytest.mark.parametrize("answer", ["", "q"])
    def test_a_person_who_skips_the_question_takes_the_next_of_the_list(self, answer):
        chat = group(speaker_selection_method="manual")
        chooser, model = selector("c")
        with at_terminal(answer):
            assert chat.select_speaker(chat.agents[0], chooser).name == "b"
        assert model.requests == []


@BOTH_WAYS
class TestAuto:
    def test_the_model_gets_roles_conversation_and_question(self, asynchronous):
        chat = group()
        chooser, model = selector("b")
        assert select(chat, chat.agents[0], chooser, asynchronous).name == "b"
        names = "['a', 'b', 'c']"
        assert said_to(model) == [
            ("system", None, f"SYSTEM {names}"),
            ("user", "a", "go"),
            ("system", "checking_agent", f"PROMPT {names}"),
        ]

    def test_only_the_candidates_are_listed(self, asynchronous):
        chat = group(allow_repeat_speaker=False)
        chooser, model = selector("b")
        select(chat, chat.agents[0], chooser, asynchronous)
        assert said_to(model)[0][2] == "SYSTEM ['b', 'c']"

    def test_without_a_name_the_model_is_asked_again(self, asynchronous):
        chat = group(role_for_select_speaker_messages="user")
        chooser, model = selector("hm", "c")
        assert select(chat, chat.agents[0], chooser, asynchronous).name == "c"
        assert said_to(model)[2:] == [
            ("user", "checking_agent", "PROMPT ['a', 'b', 'c']"),
            ("assistant", "speaker_selection_agent", "hm"),
            ("user", "checking_agent", "NONE ['a', 'b', 'c']"),
        ]

    def test_with_several_names_the_model_is_asked_again(self, asynchronous):
        chat = group()
        chooser, model = selector("b or c", "c")
        assert select(chat, chat.agents[0], chooser, asynchronous).name == "c"
        assert said_to(model)[-1] == ("system", "checking_agent", "SEVERAL ['a', 'b', 'c']")

    @pytest.mark.parametrize("retries", [0, 2])
    def test_after_all_retries_the_next_agent_speaks(self, asynchronous, retries):
        chat = group(max_retries_for_selecting_speaker=retries)
        chooser, model = selector(*["nobody"] * 3)
        assert select(chat, chat.agents[1], chooser, asynchronous).name == "c"
        assert len(model.requests) == retries + 1

    def test_without_a_prompt_the_last_message_is_repeated(self, asynchronous):
        chat = group(select_speaker_prompt_template=None)
        chooser, model = selector("b")
        select(chat, chat.agents[0], chooser, asynchronous)
        assert said_to(model)[1:] == [("user", "a", "go"), ("user", "a", "go")]

    def test_without_a_model_the_next_agent_speaks(self, asynchronous):
        chat = group()
        assert select(chat, chat.agents[0], agent("s"), asynchronous).name == "b"

    def test_the_group_may_have_a_model_of_its_own(self, asynchronous):
        own = ScriptedClient(["b"])
        chat = group(select_speaker_auto_llm_config=own.llm_config())
        chooser, model = selector()
        assert select(chat, chat.agents[0], chooser, asynchronous).name == "b"
        assert (len(own.requests), len(model.requests)) == (1, 0)

    def test_selections_leave_the_messages_of_the_group_alone(self, asynchronous):
        chat = group()
        chooser, _ = selector("nobody", "b")
        select(chat, chat.agents[0], chooser, asynchronous)
        assert chat.messages == [OPENING]

    def test_transforms_change_what_the_model_sees(self, asynchronous):
        class OnlyTheLast:
            def add_to_agent(self, agent):
                agent.register_hook("process_all_messages_before_reply", lambda messages: messages[-1:])

        chat = group(select_speaker_transform_messages=OnlyTheLast())
        chooser, model = selector("b")
        select(chat, chat.agents[0], chooser, asynchronous)
        assert [content for _, _, content in said_to(model)] == ["SYSTEM ['a', 'b', 'c']", "PROMPT ['a', 'b', 'c']"]

    def test_a_single_transform_will_do(self, asynchronous):
        class Shout:
            def apply_transform(self, messages):
                return [{**message, "content": message["content"].upper()} for message in messages]

        chat = group(select_speaker_transform_messages=Shout())
        chooser, model = selector("b")
        select(chat, chat.agents[0], chooser, asynchronous)
        assert said_to(model)[1] == ("user", "a", "GO")

    def test_the_hidden_chat_is_printed_on_request(self, asynchronous):
        chat = group(select_speaker_auto_verbose=True)
        chooser, _ = selector("hm", "b or c", "b")
        with at_terminal() as terminal:
            select(chat, chat.agents[0], chooser, asynchronous)
        transcript = "\n".join(terminal.lines)
        for line in (
            "checking_agent (to speaker_selection_agent):",
            "speaker_selection_agent (to checking_agent):",
            ">>>>>>>> Select speaker attempt #1 failed as it did not include any agent names.",
            ">>>>>>>> Select speaker attempt 2 of 3 failed as it included multiple agent names.",
            ">>>>>>>> Select speaker attempt 3 of 3 successfully selected: b",
        ):
            assert line in transcript

    def test_the_hidden_chat_is_not_printed_otherwise(self, asynchronous):
        chat = group()
        chooser, _ = selector("hm", "b")
        with at_terminal() as terminal:
            select(chat, chat.agents[0], chooser, asynchronous)
        assert terminal.lines == []

    def test_an_override_of_the_texts_is_honoured(self, asynchronous):
        class OwnTexts(GroupChat):
            def select_speaker_msg(self, agents=None):
                return f"message for {len(agents)}"

            def select_speaker_prompt(self, agents=None):
                return f"prompt for {len(agents)}"

        chat = OwnTexts([agent(name) for name in "abc"], [dict(OPENING)])
        chooser, model = selector("b")
        select(chat, chat.agents[0], chooser, asynchronous)
        assert said_to(model)[0][2] == "message for 3"
        assert said_to(model)[-1][2] == "prompt for 3"

    def test_an_override_of_the_selection_by_model_is_honoured(self, asynchronous):
        class First(GroupChat):
            def _auto_select_speaker(self, last_speaker, selector, messages, agents):
                return agents[0]

            async def a_auto_select_speaker(self, last_speaker, selector, messages, agents):
                return agents[0]

        chat = First([agent(name) for name in "abc"], [dict(OPENING)])
        assert select(chat, chat.agents[0], agent("s"), asynchronous).name == "a"


class TestTheModelOfTheManager:
    def test_one_pair_of_hidden_agents_serves_every_selection(self, monkeypatch):
        chat = group()
        chooser, _ = selector(*"bcabc")
        built = []
        init = ConversableAgent.__init__

        def counting_init(self, *args, **kwargs):
            built.append(self)
            init(self, *args, **kwargs)

        monkeypatch.setattr(ConversableAgent, "__init__", counting_init)
        assert [chat.select_speaker(chat.agents[0], chooser).name for _ in range(5)] == list("bcabc")
        assert len(built) == 2

    def test_usage_is_counted_on_the_account_of_the_selector(self):
        chat = group()
        chooser, _ = selector("b", "c")
        chat.select_speaker(chat.agents[0], chooser)
        first = chooser.get_total_usage()["scripted"]["total_tokens"]
        chat.select_speaker(chat.agents[0], chooser)
        assert 0 < first < chooser.get_total_usage()["scripted"]["total_tokens"]

    def test_usage_of_the_groups_own_model_is_counted_there_too(self):
        chat = group(select_speaker_auto_llm_config=ScriptedClient(["b"]).llm_config())
        chooser, _ = selector()
        chat.select_speaker(chat.agents[0], chooser)
        assert chooser.get_total_usage()["scripted"]["total_tokens"] > 0

    def test_usage_is_counted_for_a_manager_without_a_model(self):
        chat = group(select_speaker_auto_llm_config=ScriptedClient(["b"]).llm_config())
        manager = GroupChatManager(chat)
        chat.select_speaker(chat.agents[0], manager)
        assert manager.get_total_usage()["scripted"]["total_tokens"] > 0
        assert manager.get_actual_usage()["scripted"]["total_tokens"] > 0

    def test_a_client_registered_with_the_selector_is_used(self):
        model = ScriptedClient(["c"])
        chooser = ConversableAgent(
            "s", llm_config={"config_list": [{"model": "m", "model_client_cls": "ScriptedClient"}], "cache_seed": None}
        )
        chooser.register_model_client(model)
        chat = group()
        assert chat.select_speaker(chat.agents[0], chooser).name == "c"

    def test_a_client_class_of_the_group_serves_the_model_of_the_group(self):
        model = ScriptedClient(["c"])
        chat = group(
            select_speaker_auto_llm_config={
                "config_list": [{"model": "m", "model_client_cls": "ScriptedClient"}],
                "cache_seed": None,
            },
            select_speaker_auto_model_client_cls=[model],
        )
        assert chat.select_speaker(chat.agents[0], agent("s")).name == "c"

    def test_selections_at_the_same_time_do_not_mix(self):
        chat = group()
        chooser, model = selector("b", "c")

        async def both():
            return await asyncio.gather(
                chat.a_auto_select_speaker(chat.agents[0], chooser, [{"content": "one", "role": "user"}], chat.agents),
                chat.a_auto_select_speaker(chat.agents[0], chooser, [{"content": "two", "role": "user"}], chat.agents),
            )

        assert sorted(one.name for one in asyncio.run(both())) == ["b", "c"]
        assert sorted(len(request["messages"]) for request in model.requests) == [3, 3]

    def test_a_failure_of_the_model_leaves_the_group_usable(self):
        chat = group()
        chooser, _ = selector(RuntimeError("gone"), "b")
        with pytest.raises(RuntimeError, match="gone"):
            chat.select_speaker(chat.agents[0], chooser)
        assert chat.select_speaker(chat.agents[0], chooser).name == "b"


class TestNames:
    @pytest.mark.parametrize(
        ("content", "counts"),
        [
            ("a", {"a": 1}),
            ("I think b.", {"b": 1}),
            ("b, a, a", {"a": 2, "b": 1}),
            ("A", {}),
            ("ab b_c", {}),
            ("**b** `c`", {"b": 1, "c": 1}),
            ("", {}),
            (None, {}),
            ([{"type": "text", "text": "b"}], {"b": 1}),
            ({"content": "c"}, {"c": 1}),
        ],
    )
    def test_mentions_are_whole_words_in_the_same_case(self, content, counts):
        chat = group()
        assert chat._mentioned_agents(content, chat.agents) == counts

    def test_a_change_of_the_names_is_seen_by_the_next_search(self):
        chat = group(["ann", "bob"])
        assert chat._mentioned_agents("ann, bob, carl", chat.agents) == {"ann": 1, "bob": 1}
        chat.agents[0]._name = "carl"
        assert chat._mentioned_agents("ann, bob, carl", chat.agents) == {"bob": 1, "carl": 1}
        assert name_meant("Carl", chat.agents) == "carl"

    @pytest.mark.parametrize("written", ["data_engineer", "data engineer", r"data\_engineer"])
    def test_an_underscore_may_be_written_as_a_space_or_escaped(self, written):
        chat = group(["data_engineer", "writer"])
        assert chat._mentioned_agents(f"Next: {written}.", chat.agents) == {"data_engineer": 1}

    def test_a_name_may_hold_any_sign(self):
        chat = group(["C++ dev", "a.b"])
        assert chat._mentioned_agents("C++ dev!", chat.agents) == {"C++ dev": 1}
        assert chat._mentioned_agents("aXb", chat.agents) == {}

    @pytest.mark.parametrize(
        "answer",
        [
            "Data_Engineer",
            "data_engineer",
            "DATA ENGINEER",
            " Data-Engineer\n",
            "**Data_Engineer**",
            "`Data_Engineer`.",
            '"Data Engineer"',
            "_Data_Engineer_",
            "Role: Data_Engineer",
            "**Role**: data engineer",
            "Next speaker: **Data Engineer**",
            "The next speaker is Data_Engineer.",
            r"Data\_Engineer",
        ],
    )
    def test_a_name_is_recognised_in_any_dress(self, answer):
        assert name_meant(answer, [agent("Data_Engineer"), agent("Engineer")]) == "Data_Engineer"

    @pytest.mark.parametrize("answer", ["Dr._Who", "Dr. Who", "I choose Dr._Who, who knows.", r"Next: Dr.\_Who!"])
    @pytest.mark.parametrize("name", ["Dr. | Who", "Dr. Who", "Dr./Who", "Dr. <Who"])
    def test_a_name_is_found_as_the_model_was_shown_it(self, name, answer):
        chat = group([name, "Writer", "Tester"])
        chooser, model = selector(answer)
        assert chat.select_speaker(chat.agents[1], chooser).name == name
        assert len(model.requests) == 1

    def test_names_that_are_shown_with_a_number_are_told_apart(self):
        agents = [agent("Dr. Who"), agent("Dr.|Who")]
        assert name_meant("Dr._Who_2", agents) == "Dr.|Who"

    @pytest.mark.parametrize("answer", ["", "Writer", "Data_Engineer and Engineer", "Engineers", None])
    def test_an_answer_that_is_not_one_name_is_no_name(self, answer):
        assert name_meant(answer, [agent("Data_Engineer"), agent("Engineer")]) is None

    def test_the_exact_spelling_wins_among_names_that_differ_in_case(self):
        agents = [agent("coder"), agent("Coder")]
        assert name_meant("Coder", agents) == "Coder"
        assert name_meant("CODER", agents) is None

    def test_the_model_is_not_asked_again_for_a_name_in_another_case(self):
        chat = group(["Coder", "Tester", "Writer"])
        chooser, model = selector("I would let the TESTER speak now.")
        assert chat.select_speaker(chat.agents[0], chooser).name == "Tester"
        assert len(model.requests) == 1


class TestNamesInAnswers:
    @pytest.mark.parametrize(
        ("answer", "names", "chosen"),
        [
            ("<think>Alice has spoken. Bob?</think>\nBob", ("Alice", "Bob"), "Bob"),
            ("Alice or Bob, hm.</think>Bob", ("Alice", "Bob"), "Bob"),
            ("Bob\n<think>although Alice", ("Alice", "Bob"), "Bob"),
            ("我选择Coder来回答。", ("Coder", "Critic"), "Coder"),
            ("次はCoderさんです", ("Coder", "Critic"), "Coder"),
            ("다음은 Coder가 합니다", ("Coder", "Critic"), "Coder"),
            ("请研究员发言", ("研究员", "编辑"), "研究员"),
            ("高级研究员来", ("研究员", "高级研究员"), "高级研究员"),
            ("I pick Coder-2.", ("Coder", "Coder-2"), "Coder-2"),
            ("I pick Senior Coder.", ("Coder", "Senior_Coder"), "Senior_Coder"),
            ("i pick senior coder.", ("Coder", "Senior_Coder"), "Senior_Coder"),
            ("I pick Product_Manager now.", ("Product Manager", "Critic"), "Product Manager"),
            ("I pick \x1b[1;32mCoder\x1b[0m.", ("Coder", "Critic"), "Coder"),
            ("\x1b[32mCoder\x1b[0m", ("Coder", "Critic"), "Coder"),
        ],
    )
    def test_the_one_that_is_meant_speaks(self, answer, names, chosen):
        chat = group([agent("first"), *map(agent, names)])
        chooser, model = selector(answer)
        assert chat.select_speaker(chat.agents[0], chooser).name == chosen
        assert len(model.requests) == 1

    def test_a_name_within_a_word_is_not_meant(self):
        chat = group([agent("first"), agent("Coder"), agent("Critic")])
        chooser, model = selector("Let the Encoder speak.", "Critic")
        assert chat.select_speaker(chat.agents[0], chooser).name == "Critic"
        assert len(model.requests) == 2


def test_an_empty_prompt_template_is_none():
    assert group(select_speaker_prompt_template="").select_speaker_prompt_template is None


class TestPrivateNames:
    """Names of 0.2.40 that tests and programs call."""

    def test_an_answer_is_validated(self):
        chat = group()

        def validated(answer, attempts_left=2):
            return chat._validate_speaker_name(
                recipient=None,
                messages=[{"content": answer}],
                sender=None,
                config=None,
                attempts_left=attempts_left,
                attempt=1,
                agents=chat.agents,
            )

        assert validated("b") == (True, None)
        assert validated("nobody", attempts_left=0) == (True, None)
        assert validated("b and c")[1]["content"].startswith("SEVERAL")
        assert validated("nobody")[1]["content"].startswith("NONE")

    @pytest.mark.parametrize(("name", "final", "chosen"), [("c", True, "c"), ("zz", True, "b"), ("c", False, "b")])
    def test_a_speaker_is_made_final(self, name, final, chosen):
        chat = group()
        assert chat._finalize_speaker(chat.agents[0], final, name, chat.agents).name == chosen

    def test_the_result_of_a_selection_is_read(self):
        chat = group()
        said = ChatResult(chat_history=[{"content": "c"}])
        assert chat._process_speaker_selection_result(said, chat.agents[0], chat.agents).name == "c"
        assert chat._process_speaker_selection_result(ChatResult(chat_history=[]), chat.agents[0], None) is None

    def test_the_agents_of_a_selection_can_be_made(self):
        chat = group()
        chooser, model = selector("b")
        checking, selecting = chat._create_internal_agents(
            chat.agents, 2, chat.messages, lambda *_, **__: (True, None), chooser
        )
        checking.initiate_chat(selecting, message="Who?", clear_history=False, max_turns=1)
        assert said_to(model)[0] == ("system", None, "SYSTEM ['a', 'b', 'c']")
        assert (checking.name, selecting.name) == ("checking_agent", "speaker_selection_agent")

    def test_messages_to_resume_are_checked(self):
        chat = group()
        manager = GroupChatManager(chat, llm_config=False)
        assert manager._valid_resume_messages([{"content": "x", "name": "a", "role": "user"}]) is None
        with pytest.raises(Exception, match="doesn't exist as agent in group chat: zz"):
            manager._valid_resume_messages([{"content": "x", "name": "zz", "role": "user"}])
        with pytest.raises(Exception, match="no messages were provided"):
            manager._valid_resume_messages([])


class Only:
    """A policy that lets some agents speak."""

    def __init__(self, names: str) -> None:
        self._names = names

    def is_eligible(self, agent, ctx) -> bool:
        return agent.name in self._names


MEMBERS = {name: agent(name) for name in "abcde"}
SOME_NAMES = st.lists(st.sampled_from("abcde"), unique=True, min_size=1).map("".join)


@given(
    last=st.sampled_from("abcde"),
    followers=st.none() | SOME_NAMES,
    eligible=st.just("abcde") | SOME_NAMES,
    may_repeat=st.booleans(),
)
def test_those_may_speak_whom_graph_and_policies_allow_in_the_order_of_the_group(last, followers, eligible, may_repeat):
    policies = [] if eligible == "abcde" else [Only(eligible)]
    chat = group(
        MEMBERS.values(),
        allow_repeat_speaker=may_repeat,
        speaker_selection_method="round_robin",
        eligibility_policies=policies,
    )
    if followers is None:
        followers = "abcde" if may_repeat else "abcde".replace(last, "")
    else:  # as programs do that edit the graph of a group
        chat.allowed_speaker_transitions_dict[MEMBERS[last]] = [MEMBERS[name] for name in followers]
    allowed = [name for name in "abcde" if name in followers and name in eligible]
    assume(allowed)
    selected, candidates, _ = chat._prepare_and_select_agents(MEMBERS[last])
    assert [one.name for one in candidates] == allowed
    order = "abcde".partition(last)
    assert selected.name == next(name for name in order[2] + order[0] + last if name in allowed)
