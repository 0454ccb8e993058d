"""What the rooms of agents cannot work with is told when it is given, before a model is asked and paid for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from autogen_classic.agentchat.contrib.agent_builder import AgentBuilder
from autogen_classic.agentchat.contrib.agent_eval.agent_eval import generate_criteria, quantify_criteria
from autogen_classic.agentchat.contrib.agent_eval.criterion import Criterion
from autogen_classic.agentchat.contrib.agent_eval.task import Task
from autogen_classic.agentchat.contrib.agent_optimizer import AgentOptimizer
from autogen_classic.agentchat.contrib.math_user_proxy_agent import MathUserProxyAgent
from autogen_classic.testing import MockOpenAIServer

TASK = {"name": "Sums", "description": "Add.", "successful_response": "2", "failed_response": "No."}
CRITERION: dict[str, Any] = {"name": "Right", "description": "Is it?", "accepted_values": ["no", "yes"]}


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MockOpenAIServer]:
    monkeypatch.chdir(tmp_path)
    with MockOpenAIServer(default=json.dumps([CRITERION])) as running:
        Path("LIST").write_text(json.dumps(running.llm_config()["config_list"]), encoding="utf-8")
        yield running


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"building_task": 5}, "building_task must be a text, but it is 5"),
        ({"default_llm_config": "gpt"}, "default_llm_config must be a dict such as .* but it is 'gpt'"),
        ({"code_execution_config": "docker"}, "code_execution_config must be a dict, but it is 'docker'"),
        ({"user_proxy": "user"}, "user_proxy must be an agent, but it is 'user'"),
        ({"max_agents": "3"}, "max_agents must be a whole number, but it is '3'"),
        ({"list_of_functions": "add"}, "list_of_functions must be a list of dicts, but it is 'add'"),
        ({"list_of_functions": [len]}, "Entry 1 of list_of_functions must be a dict with name, description"),
    ],
)
def test_a_builder_names_what_it_cannot_build_with(
    settings: dict[str, Any], says: str, server: MockOpenAIServer
) -> None:
    builder = AgentBuilder("LIST")
    with pytest.raises(TypeError, match=says):
        builder.build(**{"building_task": "A task.", "default_llm_config": {}, **settings})
    assert server.requests == []


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"llm_config": "gpt"}, "llm_config must be a dict such as .* but it is 'gpt'"),
        ({"llm_config": None}, "has no model None"),
        ({"max_actions_per_step": "3"}, "max_actions_per_step must be a whole number, but it is '3'"),
    ],
)
def test_an_optimizer_names_what_it_cannot_optimize_with(
    settings: dict[str, Any], says: str, server: MockOpenAIServer
) -> None:
    given = {"max_actions_per_step": 3, "llm_config": server.llm_config(), "optimizer_model": None, **settings}
    with pytest.raises((TypeError, ValueError), match=says):
        AgentOptimizer(**given)


def test_an_optimizer_takes_a_single_entry_and_only_real_histories(server: MockOpenAIServer) -> None:
    server.default = "TERMINATE"
    optimizer = AgentOptimizer(3, server.config(), optimizer_model=None)
    for wrong in (None, "hello", ["hello"]):
        with pytest.raises(TypeError, match="A history is a list of messages"):
            optimizer.record_one_conversation(wrong, is_satisfied=True)  # type: ignore[arg-type]
    optimizer.record_one_conversation([], is_satisfied=True)
    assert optimizer.step() == ([], {})


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"llm_config": None}, "The critic has no model. Give an llm_config, or an owner"),
        ({"task": "Sums"}, "task must be a Task, but it is 'Sums'"),
        ({"task": {"name": "Sums"}}, "3 validation errors for Task"),
        ({"max_round": 1}, "max_round must be 2 or more, because the critic speaks second, but it is 1"),
        ({"max_round": "2"}, "max_round must be a whole number, but it is '2'"),
    ],
)
def test_critics_are_not_asked_what_they_cannot_answer(
    settings: dict[str, Any], says: str, server: MockOpenAIServer
) -> None:
    with pytest.raises((TypeError, ValueError), match=says):
        generate_criteria(**{"llm_config": server.llm_config(), "task": Task(**TASK), **settings})
    assert server.requests == []


def test_a_subcritic_that_cannot_speak_is_told(server: MockOpenAIServer, caplog: pytest.LogCaptureFixture) -> None:
    task = Task(**TASK)
    assert [one.name for one in generate_criteria(server.llm_config(), task, use_subcritic=True)] == ["Right"]
    assert "A subcritic speaks third, but max_round is 2: it does not speak." in caplog.text


@pytest.mark.parametrize("criteria", ["Right", {"Right": "yes"}, 5])
def test_a_quantifier_wants_a_list_of_criteria(criteria: Any, server: MockOpenAIServer) -> None:
    with pytest.raises(TypeError, match="criteria must be a list of criteria as generate_criteria returns it"):
        quantify_criteria(server.llm_config(), criteria, Task(**TASK), "2")
    assert server.requests == []


def test_tasks_and_criteria_may_be_dicts(server: MockOpenAIServer) -> None:
    dicts: Any = {"criteria": [CRITERION], "task": TASK}
    quantify_criteria(server.llm_config(), **dicts, test_case="2")
    asked = server.requests[0].last_text
    assert Task(**TASK).get_sys_message() in asked
    assert Criterion.write_json([Criterion(**CRITERION)]) in asked


@pytest.mark.parametrize("text", ["5", "null", '"Right"'])
def test_json_that_holds_no_criteria_is_told(text: str) -> None:
    with pytest.raises(ValueError, match="Criteria are a JSON list or object, but this is"):
        Criterion.parse_json_str(text)


def test_a_mathematician_counts_in_whole_numbers() -> None:
    with pytest.raises(TypeError, match="max_invalid_q_per_step must be a whole number, but it is '3'"):
        MathUserProxyAgent(max_invalid_q_per_step="3", code_execution_config=False)  # type: ignore[arg-type]
