"""A model over HTTP makes up teams, or chooses them from a library; teams are saved, loaded and put to work."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import openai
import pytest
from agent_kit import both_ways, chat

from autogen_classic import AssistantAgent, GroupChat, GroupChatManager, UserProxyAgent, gather_usage_summary
from autogen_classic.agentchat.contrib.agent_builder import AgentBuilder
from autogen_classic.agentchat.contrib.gpt_assistant_agent import GPTAssistantAgent
from autogen_classic.coding import LocalCommandLineCodeExecutor
from autogen_classic.errors import EmbeddingUnavailableError, TeamFileError, UnusableProposalError
from autogen_classic.testing import MockOpenAIServer, error, tool_call

TEAM = ["Chemist, Statistician", "You know molecules.", "You know numbers.", "Knows molecules.", "Knows numbers."]
LIBRARY = [
    {"name": "Chemist", "system_message": "You know molecules.", "description": "chemistry of molecules and reactions"},
    {"name": "Lawyer", "system_message": "You know laws.", "description": "law, contracts and courts"},
    {"name": "Cook", "system_message": "You know food.", "description": "recipes for cooking food in a kitchen"},
]
SETTINGS = {"temperature": 0, "cache_seed": None}


class Bench:
    """A builder whose model gives scripted answers, and a model for the agents that it creates."""

    def __init__(self, builder_says: Iterable[Any], agents_say: Iterable[Any] = (), **settings: Any) -> None:
        self.builder_server = MockOpenAIServer(builder_says)
        self.agent_server = MockOpenAIServer(agents_say)
        self._settings = settings

    def __enter__(self) -> Bench:
        entries = []
        for server, model in ((self.builder_server, "planner"), (self.agent_server, "worker")):
            server.start()
            entry = server.llm_config()["config_list"][0]
            entries.append({**entry, "model": model, "tags": [f"{model}s"], "api_key": f"sk-secret-{model}"})
        Path("OAI_CONFIG_LIST").write_text(json.dumps(entries), encoding="utf-8")
        self.builder = AgentBuilder(**{"builder_model": "planner", "agent_model": "worker", **self._settings})
        return self

    def __exit__(self, *reason: object) -> None:
        self.builder_server.stop()
        self.agent_server.stop()

    def build(self, way: str, task: str = "Find a medicine.", **settings: Any) -> Any:
        settings = {"coding": False, **settings}
        if way == "sync":
            return self.builder.build(task, SETTINGS, **settings)
        return asyncio.run(self.builder.a_build(task, SETTINGS, **settings))

    def choose(self, way: str, task: str = "Which reaction makes this molecule?", **settings: Any) -> Any:
        settings = {"coding": False, "embedding_model": "local", "library_path_or_json": LIBRARY, **settings}
        if way == "sync":
            return self.builder.build_from_library(task, default_llm_config=SETTINGS, **settings)
        return asyncio.run(self.builder.a_build_from_library(task, default_llm_config=SETTINGS, **settings))

    @property
    def questions(self) -> list[str]:
        return [request.last_text for request in self.builder_server.requests]


@pytest.fixture(autouse=True)
def _in_an_empty_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("OAI_CONFIG_LIST", raising=False)


def names(agents: Iterable[Any]) -> list[str]:
    return [agent.name for agent in agents]


# --- build -----------------------------------------------------------------------------------------------------------


@both_ways
def test_a_team_is_made_up_for_a_task(way: str) -> None:
    with Bench(TEAM) as bench:
        agents, team = bench.build(way)
    assert names(agents) == ["Chemist", "Statistician"]
    assert [agent.description for agent in agents] == ["Knows molecules.", "Knows numbers."]
    chemist = agents[0]
    assert isinstance(chemist, AssistantAgent)
    for text in ("You are Chemist.", "Chemist, Statistician", "You know molecules."):
        assert text in chemist.system_message
    assert chemist.llm_config["temperature"] == 0
    assert [entry["model"] for entry in chemist.llm_config["config_list"]] == ["worker"]
    assert team["building_task"] == "Find a medicine."
    assert team["agent_configs"][1] == {
        "name": "Statistician",
        "model": ["worker"],
        "tags": [],
        "system_message": "You know numbers.",
        "description": "Knows numbers.",
    }
    assert all("Find a medicine." in question for question in bench.questions[:3])
    assert "5 at most" in bench.questions[0]
    assert bench.builder.builder_model.actual_usage_summary is not None


@both_ways
def test_the_team_works_in_a_group_and_runs_code(way: str) -> None:
    said = ["```python\nprint(6 * 7)\n```", "It is 42.", "TERMINATE"]
    with Bench([*TEAM, "Yes, it would."], said) as bench:
        code = {"work_dir": "code", "use_docker": False}
        agents, team = bench.build(way, coding=None, code_execution_config=code)
        assert names(agents) == ["Chemist", "Statistician", "Computer_terminal"]
        assert team["coding"] is True
        order = [agents[0], agents[2], agents[1]]
        group = GroupChat(order, [], max_round=6, speaker_selection_method="round_robin")
        chat(way, agents[2], GroupChatManager(group), message="What is six times seven?")
    assert any("42" in message["content"] and message["name"] == "Computer_terminal" for message in group.messages)
    assert agents[0].get_total_usage() is not None


@pytest.mark.parametrize(
    ("answer", "coding"),
    [("YES", True), ("**Yes**, because ...", True), ("NO", False), ("no idea", False), ("", False)],
)
def test_the_model_decides_whether_code_is_run(answer: str, coding: bool) -> None:
    with Bench([*TEAM, answer]) as bench:
        agents, team = bench.build("sync", coding=None)
    assert team["coding"] is coding
    assert ("Computer_terminal" in names(agents)) is coding
    assert ("## Working with code" in agents[0].system_message) is coding


def test_an_agent_of_the_program_may_run_the_code() -> None:
    user = UserProxyAgent("me", human_input_mode="NEVER", code_execution_config=False)
    with Bench(TEAM) as bench:
        agents, _ = bench.build("sync", coding=True, user_proxy=user)
    assert agents[-1] is user
    assert "me runs the code" in agents[0].system_message


@both_ways
def test_functions_go_to_the_expert_whom_the_model_names(way: str) -> None:
    def weigh(molecule: str) -> str:
        return f"{molecule} weighs 18"

    functions = [{"name": "weigh", "description": "The weight of a molecule.", "function": weigh}]
    with Bench([*TEAM, "The Chemist should."], [tool_call("weigh", molecule="water"), "18 TERMINATE"]) as bench:
        agents, _ = bench.build(way, list_of_functions=functions)
        chemist, statistician, terminal = agents
        assert "The weight of a molecule." in chemist.system_message
        assert "You are Chemist." in chemist.system_message
        assert "tools" not in statistician.llm_config
        result = chat(way, terminal, chemist, message="How heavy is water?", max_turns=2)
    assert [message["content"] for message in result.chat_history][-2:] == ["water weighs 18", "18 TERMINATE"]
    assert '"Knows molecules."' in bench.questions[-1]


def test_an_answer_that_names_nobody_gives_the_function_to_all(caplog: pytest.LogCaptureFixture) -> None:
    def weigh(molecule: str) -> str:
        return molecule

    functions = [{"name": "weigh", "description": "Weighs.", "function": weigh}]
    with Bench([*TEAM, "The Astronaut."]) as bench:
        agents, _ = bench.build("sync", list_of_functions=functions)
    assert all("weigh" in agent.system_message for agent in agents[:2])
    assert "The Astronaut." in caplog.text


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("1. Organic Chemist\n2. *Lawyer*\n", ["Organic_Chemist", "Lawyer"]),
        ("'Chemist!', Chemist, , Chemist", ["Chemist"]),
        ("A, B, C, D", ["A", "B"]),
        ("Computer_terminal, Chemist.", ["Chemist"]),
        ("x" * 80, ["x" * 64]),
    ],
)
def test_names_are_read_for_what_they_mean(answer: str, expected: list[str]) -> None:
    with Bench([answer, *["text"] * 6]) as bench:
        agents, _ = bench.build("sync", max_agents=2)
    assert names(agents) == expected


@both_ways
@pytest.mark.parametrize("answer", ["", " , ", "!!!"])
def test_an_answer_without_names_is_an_error(way: str, answer: str) -> None:
    with Bench([answer]) as bench, pytest.raises(UnusableProposalError, match="holds none"):
        bench.build(way)


@both_ways
@pytest.mark.parametrize("task", ["", " \n"])
def test_an_empty_task_is_refused_before_anything_is_asked(way: str, task: str) -> None:
    with Bench([]) as bench:
        with pytest.raises(ValueError, match="building_task is empty"):
            bench.build(way, task)
        with pytest.raises(ValueError, match="building_task is empty"):
            bench.choose(way, task)
    assert bench.questions == []


def test_a_function_without_its_parts_is_refused_before_anything_is_asked() -> None:
    with (
        Bench([]) as bench,
        pytest.raises(ValueError, match="Entry 1 of list_of_functions lacks description, function"),
    ):
        bench.build("sync", list_of_functions=[{"name": "f"}])
    with Bench([]) as bench, pytest.raises(TypeError, match="annotated"):
        bench.build("sync", list_of_functions=[{"name": "f", "description": "d", "function": lambda x: x}])
    assert bench.questions == []


@both_ways
def test_a_failed_request_leaves_the_team_before_in_place(way: str) -> None:
    with Bench([*TEAM, "Cook", error(400, "too long")]) as bench:
        _, team = bench.build(way)
        with pytest.raises(Exception, match="too long"):
            bench.build(way, "Another task.")
    assert bench.builder.cached_configs == team


def test_models_are_chosen_by_names_and_tags() -> None:
    with Bench(
        TEAM, builder_model=[], agent_model=[], builder_model_tags=["planners"], agent_model_tags=["workers"]
    ) as b:
        agents, team = b.build("sync")
    assert [entry["model"] for entry in agents[0].llm_config["config_list"]] == ["worker"]
    assert team["agent_configs"][0]["tags"] == ["workers"]


def test_an_agent_that_was_saved_with_tags_alone_is_found_by_them() -> None:
    saved = {"agent_configs": [{"name": "A", "tags": ["planners"], "system_message": "s", "description": "d"}]}
    with Bench([], agent_model="worker") as bench:
        agents, _ = bench.builder.load(config_json=saved)
    assert [entry["model"] for entry in agents[0].llm_config["config_list"]] == ["planner"]


def test_a_model_that_is_not_on_the_list_is_named() -> None:
    with (
        pytest.raises(RuntimeError, match=r"Fail to initialize build manager: \['none'\]\[\] does not exist"),
        Bench([], builder_model="none"),
    ):
        pass
    with Bench(TEAM, agent_model="none") as bench, pytest.raises(RuntimeError, match="initialize agent Chemist"):
        bench.build("sync")


def test_models_can_be_changed_later() -> None:
    with Bench(TEAM) as bench:
        bench.builder.set_agent_model("planner")
        bench.builder.set_builder_model(["planner"])
        agents, _ = bench.build("sync")
        with pytest.raises(RuntimeError, match="does not exist"):
            bench.builder.set_builder_model("none")
    assert [entry["model"] for entry in agents[0].llm_config["config_list"]] == ["planner"]


def test_the_texts_of_a_builder_can_be_replaced() -> None:
    with Bench(TEAM) as bench:
        bench.builder.AGENT_NAME_PROMPT = "Names for {task}, {max_agents}."  # type: ignore[misc,unused-ignore]
        bench.build("sync")
    assert bench.questions[0] == "Names for Find a medicine., 5."


# --- save, load, clear -----------------------------------------------------------------------------------------------


def test_a_saved_team_is_created_again_without_asking_the_model() -> None:
    with Bench(TEAM) as bench:
        agents, team = bench.build("sync", coding=True)
        path = bench.builder.save("team.json")
        again, loaded = bench.builder.load(path)
        assert len(bench.questions) == len(TEAM)
    assert names(again) == names(agents)
    assert [agent.system_message for agent in again] == [agent.system_message for agent in agents]
    assert loaded == team


def test_a_team_is_saved_under_a_name_made_from_its_task() -> None:
    with Bench([*TEAM, *TEAM]) as bench:
        bench.build("sync")
        first = bench.builder.save()
        bench.build("sync", "Another task.")
        assert first != bench.builder.save()
        assert json.loads(Path(first).read_text(encoding="utf-8"))["building_task"] == "Find a medicine."


def test_keys_stay_out_of_saved_teams() -> None:
    with Bench(TEAM) as bench:
        settings = {**SETTINGS, "api_key": "sk-one", "config_list": [{"model": "m", "api_key": "sk-two"}]}
        bench.builder.build("Find a medicine.", settings, coding=False)
        text = Path(bench.builder.save("team.json")).read_text(encoding="utf-8")
    assert "sk-" not in text
    assert '"temperature": 0' in text


def test_a_team_may_be_given_as_text_or_dict() -> None:
    with Bench(TEAM) as bench:
        _, team = bench.build("sync")
        for config in (team, json.dumps(team)):
            assert names(bench.builder.load(config_json=config)[0]) == ["Chemist", "Statistician"]


def test_a_team_of_an_older_version_is_read() -> None:
    old = {"agent_configs": [{"name": "Chemist", "model": "worker", "system_message": "You know molecules."}]}
    with Bench([]) as bench:
        agents, team = bench.builder.load(config_json=old)
    assert names(agents) == ["Chemist"]
    assert team["agent_configs"][0]["model"] == ["worker"]
    assert "You know molecules." in agents[0].description


@pytest.mark.parametrize(
    ("config", "says"),
    [
        ("{", "config_json is not JSON"),
        ("[]", "does not hold a team, but list"),
        ({"building_task": "t"}, "config_json lacks agent_configs"),
        ({"agent_configs": {}}, "must hold a list of agents"),
        ({"agent_configs": ["Chemist"]}, "must hold a list of agents"),
        ({"agent_configs": [{"name": "Chemist"}]}, "Agent 1 of config_json lacks system_message"),
    ],
)
def test_a_team_that_cannot_be_used_says_why(config: Any, says: str) -> None:
    with Bench([]) as bench, pytest.raises(TeamFileError, match=says):
        bench.builder.load(config_json=config)


def test_loading_nothing_or_a_missing_file_is_an_error() -> None:
    with Bench([]) as bench:
        with pytest.raises(TeamFileError, match="no team to load"):
            bench.builder.load()
        with pytest.raises(FileNotFoundError):
            bench.builder.load("missing.json")
        with pytest.raises(ValueError, match="no team to save"):
            bench.builder.save()


def test_a_team_with_an_executor_cannot_be_saved_but_loaded_with_one(tmp_path: Path) -> None:
    executor = LocalCommandLineCodeExecutor(work_dir=tmp_path)
    with Bench(TEAM) as bench:
        _, team = bench.build("sync", coding=True, code_execution_config={"executor": executor})
        with pytest.raises(TeamFileError, match="cannot be saved"):
            bench.builder.save()
        plain = {**team, "code_execution_config": None}
        agents, _ = bench.builder.load(config_json=plain, code_execution_config={"executor": executor})
    assert agents[-1].code_executor is executor


def test_agents_are_cleared_one_by_one_or_together(capsys: pytest.CaptureFixture[str]) -> None:
    with Bench(TEAM) as bench:
        bench.build("sync")
        bench.builder.clear_agent("Chemist")
        with pytest.raises(KeyError, match="no agent 'Chemist' to clear .created were: Statistician."):
            bench.builder.clear_agent("Chemist")
        bench.builder.clear_all_agents(recycle_endpoint=False)
    assert bench.builder.agent_procs_assign == {}
    assert "All agents have been cleared." in capsys.readouterr().out


@pytest.mark.skipif(not hasattr(openai.OpenAI, "conversations"), reason="this openai package is older than that")
@both_ways
def test_the_agents_may_be_assistants_of_openai(way: str) -> None:
    with Bench([*TEAM, "NO"], ["Water."]) as bench:
        agents, team = bench.build(way, use_oai_assistant=True, coding=None)
        assert all(isinstance(agent, GPTAssistantAgent) for agent in agents)
        result = chat(way, UserProxyAgent("me", code_execution_config=False), agents[0], message="H2O?", max_turns=1)
        again, _ = bench.builder.load(config_json=team, use_oai_assistant=True)
    assert result.summary == "Water."
    assert "You know molecules." in bench.agent_server.requests[0]["instructions"]
    assert isinstance(again[0], GPTAssistantAgent)


def test_further_parameters_reach_the_agents() -> None:
    with Bench(TEAM) as bench:
        agents, team = bench.build("sync", max_consecutive_auto_reply=3)
        again, _ = bench.builder.load(config_json=team, max_consecutive_auto_reply=4)
    assert agents[0].max_consecutive_auto_reply() == 3
    assert again[0].max_consecutive_auto_reply() == 4


# --- build_from_library ----------------------------------------------------------------------------------------------


@both_ways
def test_a_team_is_chosen_from_the_nearest_agents_of_a_library(way: str) -> None:
    with Bench(['{"make molecules": "Chemist"}']) as bench:
        agents, team = bench.choose(way, top_k=1)
    assert names(agents) == ["Chemist"]
    assert [entry["model"] for entry in agents[0].llm_config["config_list"]] == ["worker"]
    assert "Chemist" in bench.questions[0]
    assert "Cook" not in bench.questions[0]
    assert team["code_execution_config"]["timeout"] == 120


@both_ways
def test_for_a_skill_that_nobody_has_an_agent_is_made_up(way: str) -> None:
    choice = '{"make molecules": "Chemist: knows them", "count them": "None", "sing": "Nobody_Known"}'
    with Bench([f"Here:\n{choice}\nDone.", "Counter, Singer", "s", "s", "d", "d", "YES"]) as bench:
        agents, _ = bench.choose(way, coding=None)
    assert names(agents) == ["Chemist", "Counter", "Singer", "Computer_terminal"]
    assert "count them\nsing" in bench.questions[1]
    assert "2 at most" in bench.questions[1]


@both_ways
def test_names_may_stand_in_lists(way: str) -> None:
    with Bench(['{"make molecules": ["Chemist"], "count them": ["Cook: counts", "Nobody_Known"]}']) as bench:
        agents, _ = bench.choose(way)
    assert names(agents) == ["Chemist", "Cook"]


@both_ways
def test_an_answer_that_is_not_json_is_asked_for_again(way: str) -> None:
    with Bench(["Chemist, I think", "[]", '{"make": "Chemist"}']) as bench:
        agents, _ = bench.choose(way)
    assert names(agents) == ["Chemist"]
    with Bench(["Chemist!"] * 3) as bench, pytest.raises(UnusableProposalError, match="'Chemist!'"):
        bench.choose(way, "Another task.")


@pytest.mark.parametrize("form", ["list", "text", "file"])
def test_a_library_may_be_a_list_a_text_or_a_file(form: str) -> None:
    text = json.dumps(LIBRARY)
    Path("library.json").write_text(text, encoding="utf-8")
    library = {"list": LIBRARY, "text": text, "file": "library.json"}[form]
    with Bench(['{"make": "Chemist"}']) as bench:
        assert names(bench.choose("sync", library_path_or_json=library)[0]) == ["Chemist"]


@pytest.mark.parametrize(
    ("library", "says"),
    [
        ([], "holds no agents"),
        ("[", "is not JSON"),
        ([{"name": "A"}], "Agent 1 of The library lacks system_message"),
        ("missing.json", "missing.json"),
    ],
)
def test_a_library_that_cannot_be_used_says_why(library: Any, says: str) -> None:
    with Bench([]) as bench, pytest.raises((TeamFileError, FileNotFoundError), match=says):
        bench.choose("sync", library_path_or_json=library)
    assert bench.questions == []


def test_an_embedding_function_of_the_program_is_used() -> None:
    def embed(texts: list[str]) -> list[list[float]]:
        return [[float("law" in text or "judge" in text), 1.0] for text in texts]

    with Bench(['{"judge": "Lawyer"}']) as bench:
        bench.choose("sync", "Who is the judge?", embedding_model=embed, top_k=1)
    assert "Lawyer" in bench.questions[0]
    assert "Cook" not in bench.questions[0]


def test_without_an_embedding_the_model_searches_the_library(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def missing(*arguments: Any) -> Any:
        raise EmbeddingUnavailableError("no embedding here.")

    monkeypatch.setattr("autogen_classic.agentchat.contrib._builder.asking.embedding_named", missing)
    with Bench(["Cook, Chemist", '{"cook": "Cook"}']) as bench, caplog.at_level(logging.WARNING):
        agents, _ = bench.choose("sync", top_k=2)
    assert names(agents) == ["Cook"]
    assert "Lawyer: law, contracts and courts" in bench.questions[0]
    assert "Lawyer" not in bench.questions[1]
    assert "no embedding here." in caplog.text


def test_what_building_costs_is_gathered_with_the_agents_also_after_another_model_was_chosen() -> None:
    with Bench(TEAM) as bench:
        bench.build("sync")
        before = gather_usage_summary([bench.builder])["usage_excluding_cached_inference"]
        bench.builder.set_builder_model("worker")
        assert gather_usage_summary([bench.builder])["usage_excluding_cached_inference"] == before
    assert before["planner"]["prompt_tokens"] > 0
