"""A captain over HTTP: groups are built, work, and come together again; and whatever can go wrong on the way."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from agent_kit import agent, both_ways, chat

from autogen_classic import AssistantAgent, Cache, GroupChat, GroupChatManager, UserProxyAgent
from autogen_classic.agentchat.contrib.captainagent import AgentBuilder, CaptainAgent
from autogen_classic.errors import TeamFileError
from autogen_classic.events import ChatStarted, ToolCalled, listening
from autogen_classic.replay import record, replay
from autogen_classic.state import journal
from autogen_classic.testing import MockOpenAIServer, ModelRequest, error, tool_call
from autogen_classic.tools import tool

LIBRARY = [
    {"name": "Chemist", "system_message": "You know molecules.", "description": "chemistry of molecules and reactions"},
    {"name": "Lawyer", "system_message": "You know laws.", "description": "law, contracts and courts"},
]
IN_DOCKER = {"autobuild_build_config": {"code_execution_config": {"use_docker": True}}}
ROUND_ROBIN = {"group_chat_config": {"speaker_selection_method": "round_robin"}}


@tool(description="Doubles.")
def double(number: int) -> int:
    return 2 * number


def seek(group: str = "adders", task: str = "Add 40 and 2.", **more: str) -> Any:
    return tool_call("seek_experts_help", group_name=group, execution_task=task, **more)


def new(group: str = "adders", task: str = "Add 40 and 2.") -> Any:
    return seek(group, task, building_task="Somebody who adds.\nSomebody who checks.")


class Crew:
    """A model that plays everybody: it plans, builds groups, speaks for experts, reports and answers."""

    def __init__(self, plan: Iterable[Any], talk: Iterable[Any] = (), **others: Any) -> None:
        self._answers = {
            "Put together a team": "Adder, Checker",
            "Write the profile": "You know numbers.",
            "Say in one sentence": "Knows numbers.",
            "A group of experts has worked": "REPORT",
            "Write the answer to the request": "ANSWER",
            **others,
        }
        self._plan, self._talk = iter(plan), iter(talk)
        self.asked: list[str] = []

    def __call__(self, request: ModelRequest) -> Any:
        last = str(request["messages"][-1]["content"])
        for beginning, answer in self._answers.items():
            if last.startswith(beginning):
                self.asked.append(beginning)
                return answer
        if request.get("tools"):
            self.asked.append("plan")
            return next(self._plan)
        self.asked.append("talk")
        return next(self._talk)


@pytest.fixture(autouse=True)
def _in_an_empty_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("OAI_CONFIG_LIST", raising=False)


def captain(server: MockOpenAIServer, **settings: Any) -> CaptainAgent:
    config = {"cache_seed": None, **server.llm_config()}
    nested = {**ROUND_ROBIN, **settings.pop("nested_config", {})}
    return CaptainAgent("captain", **{"llm_config": config, "nested_config": nested, **settings})


def ask(way: str, asked: CaptainAgent, message: str = "What is the sum?", **settings: Any) -> Any:
    return chat(way, agent("user"), asked, message=message, max_turns=1, **settings)


def told(server: MockOpenAIServer, text: str) -> list[str]:
    """The requests whose last message begins with a text."""
    lasts = [str(request["messages"][-1]["content"]) for request in server.requests]
    return [last for last in lasts if last.startswith(text)]


def tool_answers(asked: CaptainAgent) -> list[str]:
    """What the captain's model read as answers to its calls."""
    [said] = asked.assistant._oai_messages.values()
    return [answer["content"] for message in said for answer in message.get("tool_responses", ())]


# --- the way of a request --------------------------------------------------------------------------------------------


@both_ways
def test_a_group_is_built_works_and_is_reported(way: str) -> None:
    crew = Crew([new(), "It is 42. TERMINATE"], ["```python\nprint(40 + 2)\n```", "It is 42. TERMINATE"])
    with MockOpenAIServer(crew) as server:
        asked = captain(server, nested_config={"group_chat_config": {"speaker_selection_method": "round_robin"}})
        result = ask(way, asked)
        assert result.summary == "ANSWER"
        assert tool_answers(asked) == ["# Response from seek_agent_help: \nREPORT"]
        [review] = told(server, "A group of experts has worked")
        assert "What is the sum?" in review
        assert "Add 40 and 2." in review
        assert "Computer_terminal:\nexitcode: 0 (execution succeeded)\nCode output: \n42" in review
        assert "cut off" not in review
        tokens = sum(entry["total_tokens"] for entry in asked.get_total_usage().values() if isinstance(entry, dict))
        assert result.spent.requests == len(server.requests)
        assert tokens == result.spent.tokens > 0


@both_ways
def test_a_group_that_exists_comes_together_again_without_being_built(way: str) -> None:
    crew = Crew([new(), seek(task="Check it."), "42 TERMINATE"], ["TERMINATE", "TERMINATE"])
    with MockOpenAIServer(crew) as server:
        asked = captain(server)
        ask(way, asked)
        assert crew.asked.count("Put together a team") == 1
        assert crew.asked.count("A group of experts has worked") == 2
        assert list(asked.executor.build_history) == ["adders"]
        assert asked.executor.build_times == 2


def test_groups_are_remembered_from_request_to_request() -> None:
    crew = Crew([new(), "TERMINATE", seek(), "TERMINATE"], ["TERMINATE", "TERMINATE"])
    with MockOpenAIServer(crew) as server:
        asked = captain(server)
        ask("sync", asked)
        ask("sync", asked)
        assert crew.asked.count("Put together a team") == 1


@both_ways
def test_experts_come_from_a_library(way: str) -> None:
    crew = Crew([new(), "TERMINATE"], ["TERMINATE"], **{"Find out which skills": '{"reactions": "Chemist"}'})
    with MockOpenAIServer(crew) as server:
        Path("library.json").write_text(json.dumps(LIBRARY), encoding="utf-8")
        build = {"autobuild_build_config": {"embedding_model": "local", "top_k": 2}}
        asked = captain(server, agent_lib="library.json", nested_config=build)
        ask(way, asked)
        [team] = asked.executor.build_history.values()
        assert [profile["name"] for profile in team["agent_configs"]] == ["Chemist"]
        assert tool_answers(asked) == ["# Response from seek_agent_help: \nREPORT"]


@both_ways
def test_a_captain_is_a_member_of_a_group(way: str) -> None:
    crew = Crew([new(), "TERMINATE"], ["TERMINATE"])
    with MockOpenAIServer(crew) as server:
        asked, ann = captain(server), agent("Ann", default_auto_reply="Take 40 and 2.")
        group = GroupChat([ann, asked], [], max_round=3, speaker_selection_method="round_robin")
        chat(way, ann, GroupChatManager(group), message="What is the sum?")
        assert [message["content"] for message in group.messages] == ["What is the sum?", "ANSWER", "Take 40 and 2."]
        chat(way, agent("user"), GroupChatManager(GroupChat([ann, asked], [], max_round=1)), message="Hello.")


def test_a_captain_in_a_group_knows_what_was_said_before() -> None:
    crew = Crew(["42 TERMINATE"])
    with MockOpenAIServer(crew) as server:
        asked, ann = captain(server), agent("Ann", default_auto_reply="Take 40 and 2.")
        group = GroupChat([ann, asked], [], max_round=3, speaker_selection_method="round_robin")
        chat("sync", asked, GroupChatManager(group), message="Numbers, please.")
        request = str(server.requests[0]["messages"][-1]["content"])
        assert request.index("captain: Numbers, please.") < request.index("Take 40 and 2.")


def test_an_assistant_may_ask_a_captain() -> None:
    with MockOpenAIServer(Crew(["42 TERMINATE"])) as server:
        asker = AssistantAgent("asker", llm_config=False)
        result = chat("sync", asker, captain(server), message="What is the sum?", max_turns=1)
        assert result.summary == "ANSWER"


# --- what the model gets wrong ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "answer"),
    [
        (seek(), "There is no group 'adders' yet. Say in building_task which experts it needs."),
        (seek(task=" ", building_task="Adders."), "execution_task is empty."),
        (tool_call("seek_experts_help", execution_task="Add."), "missing 1 required positional argument: 'group_name'"),
        (tool_call("seek_experts_help", group_name=[], execution_task="Add."), "group_name must be a text"),
        (tool_call("seek_experts_help", group_name="a", execution_task="b", building_task=None), "no group 'a' yet"),
        (tool_call("seek_experts_help", "{broken"), "must be in JSON format"),
    ],
)
def test_a_wrong_call_is_answered_with_what_to_do(call: Any, answer: str) -> None:
    crew = Crew([call, "TERMINATE"])
    with MockOpenAIServer(crew) as server:
        asked = captain(server)
        assert ask("sync", asked).summary == "ANSWER"
        [said] = tool_answers(asked)
        assert said.startswith("Error:")
        assert answer in said
        assert asked.executor.build_history == {}


def test_no_names_of_experts_are_an_error_that_the_captain_can_react_to() -> None:
    crew = Crew([new(), new(), "TERMINATE"], ["TERMINATE"], **{"Put together a team": "!!!"})
    with MockOpenAIServer(crew) as server:
        asked = captain(server)
        ask("sync", asked)
        assert all("holds none" in said for said in tool_answers(asked))


def test_names_of_experts_are_made_usable() -> None:
    crew = Crew([new(), "TERMINATE"], ["TERMINATE"], **{"Put together a team": "Dr. Adder!, ../../etc"})
    with MockOpenAIServer(crew) as server:
        asked = captain(server)
        ask("sync", asked)
        [team] = asked.executor.build_history.values()
        assert [profile["name"] for profile in team["agent_configs"]] == ["Dr_Adder", "etc"]


def test_a_talk_that_nobody_ends_is_cut_off_and_reported_as_such() -> None:
    crew = Crew([new(), "TERMINATE"], ["one", "two", "three", "four"])
    with MockOpenAIServer(crew) as server:
        nested = {"group_chat_config": {"speaker_selection_method": "round_robin", "max_round": 4}}
        ask("sync", captain(server, nested_config=nested))
        [review] = told(server, "A group of experts has worked")
        assert "(The talk was cut off here: nobody had ended it.)" in review


@both_ways
def test_what_experts_said_before_an_error_is_reported(way: str, caplog: pytest.LogCaptureFixture) -> None:
    crew = Crew([new(), "TERMINATE"], ["Ann was here.", error(400, "no more")])
    with MockOpenAIServer(crew) as server, caplog.at_level(logging.ERROR):
        ask(way, captain(server))
        [review] = told(server, "A group of experts has worked")
        assert "Ann was here." in review
        assert "cut off here by an error" in review
        assert "no more" in review
    assert "ended with an error" in caplog.text


def test_a_talk_that_cannot_be_summed_up_is_reported_as_it_was() -> None:
    crew = Crew(
        [new(), "TERMINATE"], ["It is 42. TERMINATE"], **{"A group of experts has worked": error(400, "too long")}
    )
    with MockOpenAIServer(crew) as server:
        asked = captain(server)
        ask("sync", asked)
        [said] = tool_answers(asked)
        assert "Checker:\nIt is 42. TERMINATE" in said
        assert "could not be summed up" in said


def test_the_computer_does_not_end_the_talk_by_what_it_advises() -> None:
    crew = Crew([new(), "TERMINATE"], ["No code.", "TERMINATE"])
    with MockOpenAIServer(crew) as server:
        ask("sync", captain(server))
        assert crew.asked.count("talk") == 2


# --- settings --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "kind", "says"),
    [
        ({"nested_config": {"group_chat_config": 5}}, TypeError, "group_chat_config of nested_config must be a dict"),
        ({"nested_config": {"group_chat_config": {"max_rounds": 5}}}, TypeError, "Did you mean 'max_round'"),
        ({"nested_config": {"autobuild_init_config": {"model": "x"}}}, TypeError, "'model', which nothing takes"),
        ({"nested_config": {"autobuild_int_config": {}}}, TypeError, "Did you mean 'autobuild_init_config'"),
        ({"nested_config": {"x": 1}}, TypeError, "'x', which nothing takes. It may hold autobuild_build_config, "),
        ({"nested_config": {"autobuild_tool_config": {"topk": 1}}}, TypeError, "Did you mean 'top_k'"),
        ({"nested_config": {"autobuild_tool_config": {"top_k": "1"}}}, TypeError, "top_k in autobuild_tool_config"),
        ({"nested_config": {"max_turns": "5"}}, TypeError, "max_turns of nested_config must be a number"),
        ({"nested_config": {"max_turns": 0}}, ValueError, "max_turns of nested_config must be None or at least 1"),
        ({"nested_config": {"group_chat_llm_config": "gpt"}}, TypeError, "must be an llm_config, but it is 'gpt'"),
        ({"nested_config": {"group_chat_config": {"max_round": "x"}}}, TypeError, "must be a whole number"),
        ({"agent_lib": "nowhere.json"}, FileNotFoundError, "nowhere.json"),
        ({"agent_lib": []}, TeamFileError, "holds no agents"),
        ({"agent_lib": "broken.json"}, TeamFileError, "broken.json is not JSON"),
        ({"tool_lib": "nowhere"}, FileNotFoundError, "There is no folder 'nowhere'"),
        ({"tool_lib": []}, ValueError, "holds none"),
        ({"tool_lib": [len]}, TypeError, "<built-in function len> is not one. Make one of a function: Tool"),
        ({"tool_lib": 5}, TypeError, "A library of tools must be"),
        ({"tool_lib": [double], "nested_config": IN_DOCKER}, ValueError, "do not reach them"),
        ({"llm_config": False}, AssertionError, "must have an llm_config"),
    ],
)
def test_what_cannot_work_is_refused_before_a_model_is_paid(
    settings: dict[str, Any], kind: type[Exception], says: str
) -> None:
    Path("broken.json").write_text("{", encoding="utf-8")
    with MockOpenAIServer([]) as server:
        with pytest.raises(kind, match=says):
            captain(server, **settings)
        assert server.requests == []


def test_the_settings_of_one_captain_are_not_those_of_the_next() -> None:
    with MockOpenAIServer([]) as server:
        captain(server, agent_lib=LIBRARY, nested_config={"autobuild_build_config": {"coding": False}})
        settings = captain(server).executor._nested_config["autobuild_build_config"]
        assert settings["coding"] is True
        assert "library_path_or_json" not in settings
        assert CaptainAgent.DEFAULT_NESTED_CONFIG["group_chat_config"] == {"max_round": 10}


def test_models_may_come_from_a_configuration_list() -> None:
    crew = Crew([new(), "TERMINATE"], ["TERMINATE"])
    with MockOpenAIServer(crew) as server, MockOpenAIServer(default="Adder, Checker TERMINATE") as other:
        [entry] = other.llm_config()["config_list"]
        Path("LIST").write_text(json.dumps([{**entry, "model": "cheap"}]), encoding="utf-8")
        init = {"config_file_or_env": "LIST", "builder_model": "cheap", "agent_model": "cheap"}
        ask("sync", captain(server, nested_config={"autobuild_init_config": init}))
        assert {request["model"] for request in other.requests} == {"cheap"}
        assert crew.asked == ["plan", "plan", "Write the answer to the request"]


def test_groups_are_saved_without_keys() -> None:
    crew = Crew([new(), new("others"), "TERMINATE"], ["TERMINATE", "TERMINATE"])
    with MockOpenAIServer(crew) as server:
        ask("sync", captain(server, agent_config_save_path="saved/groups"))
    saved = [json.loads(file.read_text(encoding="utf-8")) for file in Path("saved/groups").iterdir()]
    assert sorted(len(groups) for groups in saved) == [1, 2]
    assert "api_key" not in json.dumps(saved)


def test_the_builder_may_be_given_its_models() -> None:
    with MockOpenAIServer(["Adder", "You add.", "Adds."]) as server:
        builder = AgentBuilder(llm_config=server.llm_config(), builder_model="gpt-4o", agent_model="gpt-4o")
        [adder], team = builder.build("Add.", {"temperature": 0}, False)
        assert adder.llm_config["config_list"] == server.llm_config()["config_list"]
        assert team["coding"] is False
    with pytest.raises(TypeError, match="llm_config must be a dict or an LLMConfig"):
        AgentBuilder(llm_config="gpt-4o")  # type: ignore[arg-type]


# --- what the hidden agents share with the captain -------------------------------------------------------------------


def test_a_cache_answers_the_whole_way(tmp_path: Path) -> None:
    crew = Crew([new(), "TERMINATE"], ["TERMINATE"])
    with MockOpenAIServer(crew) as server:
        with Cache.disk(7, str(tmp_path / "cache")) as cache:
            ask("sync", captain(server), cache=cache)
            paid = len(server.requests)
            assert ask("sync", captain(server), cache=cache).summary == "ANSWER"
        assert len(server.requests) == paid


def test_a_budget_covers_the_experts() -> None:
    crew = Crew([new(), "TERMINATE"], ["one", "two", "three"])
    with MockOpenAIServer(crew) as server:
        result = ask("sync", captain(server), max_tokens=1)
        assert "max_tokens=1" in result.stop_detail
        assert crew.asked.count("talk") == 0


def test_listeners_hear_of_the_inner_chats() -> None:
    crew = Crew([new(), "TERMINATE"], ["TERMINATE"])
    heard: list[Any] = []
    with MockOpenAIServer(crew) as server, listening(heard.append):
        ask("sync", captain(server))
    started = [(event.sender.name, event.recipient.name) for event in heard if isinstance(event, ChatStarted)]
    assert started == [("user", "captain"), ("Expert_summoner", "CaptainAgent"), ("Adder", "chat_manager")]
    assert [event.name for event in heard if isinstance(event, ToolCalled)] == ["seek_experts_help"]


def test_a_recording_answers_the_whole_way() -> None:
    crew = Crew([new(), "TERMINATE"], ["TERMINATE"])
    with MockOpenAIServer(crew) as server:
        with record("said.json"):
            first = ask("sync", captain(server))
        paid = len(server.requests)
        with replay("said.json"):
            assert ask("sync", captain(server)).chat_history == first.chat_history
        assert len(server.requests) == paid


def test_a_journal_answers_the_whole_way_of_a_run_that_was_finished() -> None:
    crew = Crew([new(), "TERMINATE"], ["TERMINATE"])
    with MockOpenAIServer(crew) as server:
        with journal("run.jsonl", program="captain"):
            first = ask("sync", captain(server))
        paid = len(server.requests)
        with journal("run.jsonl", program="captain"):
            assert ask("sync", captain(server)).chat_history == first.chat_history
        assert len(server.requests) == paid


def test_a_journal_goes_on_in_the_middle_of_a_group(monkeypatch: pytest.MonkeyPatch) -> None:
    crew = Crew([new(), "TERMINATE"], ["one", "TERMINATE"])

    def killed(*arguments: object) -> None:
        raise KeyboardInterrupt

    with MockOpenAIServer(crew) as server:
        with monkeypatch.context() as patched, journal("run.jsonl", program="captain"):
            patched.setattr("autogen_classic.agentchat.contrib.captainagent._group._report", killed)
            with pytest.raises(KeyboardInterrupt):
                ask("sync", captain(server))
        paid = len(server.requests)
        with journal("run.jsonl", program="captain"):
            assert ask("sync", captain(server)).summary == "ANSWER"
        assert crew.asked[paid:] == ["A group of experts has worked", "plan", "Write the answer to the request"]


# --- tools -----------------------------------------------------------------------------------------------------------


@both_ways
def test_experts_call_tools_of_the_default_library(way: str) -> None:
    code = "```python\nfrom functions import prime_factors\nprint(prime_factors(84))\n```"
    crew = Crew([new(task="Factor 84."), "TERMINATE"], [code, "TERMINATE"])
    with MockOpenAIServer(crew) as server:
        tools = {"autobuild_tool_config": {"retriever": "local", "top_k": 20}}
        asked = captain(server, tool_lib="default", nested_config=tools)
        ask(way, asked)
        [review] = told(server, "A group of experts has worked")
        assert "[2, 2, 3, 7]" in review
        assert any("def prime_factors(number: int)" in found for found in asked.executor.tool_history["adders"])


def test_experts_call_tools_of_the_program() -> None:
    calls: list[str] = []

    @tool(description="Look a price up.")
    def price_of(article: str) -> float:
        calls.append(article)
        return 2.5

    crew = Crew([new(), "TERMINATE"], ["```python\nprint(price_of('tea') * 2)\n```", "TERMINATE"])
    with MockOpenAIServer(crew) as server:
        ask("sync", captain(server, tool_lib=[price_of]))
        [review] = told(server, "A group of experts has worked")
        assert "Code output: 5.0" in review
        assert calls == ["tea"]
        assert any(
            "def price_of(article: str)" in str(request["messages"][0]["content"]) for request in server.requests
        )


def test_a_captain_without_programs_offers_no_tools() -> None:
    crew = Crew([new(), "TERMINATE"], ["TERMINATE"])
    with MockOpenAIServer(crew) as server:
        asked = captain(server, tool_lib="default", nested_config={"autobuild_build_config": {"coding": False}})
        ask("sync", asked)
        assert asked.executor.tool_history == {}


def test_a_person_may_ask_through_a_user_proxy() -> None:
    with MockOpenAIServer(Crew(["42 TERMINATE"])) as server:
        user = UserProxyAgent("user", human_input_mode="NEVER", code_execution_config=False)
        assert chat("sync", user, captain(server), message="What?", max_turns=1).summary == "ANSWER"
