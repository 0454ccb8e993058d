"""What all of these rooms have in common: light imports, recordings, and no answer of a model that breaks them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autogen_classic import LLMConfig
from autogen_classic.agentchat.contrib._builder.asking import _names_in
from autogen_classic.agentchat.contrib._math.programs import showing, without_output
from autogen_classic.agentchat.contrib._optimizer.actions import apply
from autogen_classic.agentchat.contrib.agent_builder import AgentBuilder
from autogen_classic.agentchat.contrib.agent_eval.agent_eval import _criteria_in, generate_criteria
from autogen_classic.agentchat.contrib.agent_eval.task import Task
from autogen_classic.agentchat.contrib.agent_optimizer import AgentOptimizer
from autogen_classic.errors import UnusableProposalError
from autogen_classic.replay import record, replay
from autogen_classic.testing import MockOpenAIServer, tool_call

OPTIONAL = {"chromadb", "docker", "numpy", "openai", "sentence_transformers", "sympy", "tokenizers", "wolframalpha"}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
PARTS = st.fixed_dictionaries(
    {},
    optional={
        "name": st.sampled_from(["f", "class", "x y", ""]) | JSON,
        "description": JSON,
        "arguments": JSON | JSON.map(json.dumps),
        "packages": st.sampled_from(["", "numpy, sympy", "--pre"]) | JSON,
        "code": st.sampled_from(["def f(): pass", "def f(", "\0"]) | JSON,
    },
)
DEEP = "[" * 20_000 + "]" * 20_000


@pytest.mark.parametrize("room", ["agent_builder", "agent_eval.agent_eval", "agent_optimizer", "math_user_proxy_agent"])
def test_importing_a_room_loads_no_optional_package(room: str) -> None:
    program = f"import sys, json, autogen_classic.agentchat.contrib.{room}; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert OPTIONAL.isdisjoint(json.loads(done.stdout))


def build_a_team(config: dict[str, Any]) -> Any:
    Path("LIST").write_text(json.dumps(config["config_list"]), encoding="utf-8")
    agents, _ = AgentBuilder("LIST").build("A task.", {}, coding=False)
    return [(agent.name, agent.description) for agent in agents]


def find_criteria(config: dict[str, Any]) -> Any:
    task = Task(name="n", description="d", successful_response="s", failed_response="f")
    return generate_criteria(config, task)


def improve_functions(config: dict[str, Any]) -> Any:
    optimizer = AgentOptimizer(2, config, optimizer_model=None)
    optimizer.record_one_conversation([{"role": "user", "content": "Hi."}], is_satisfied=True)
    return optimizer.step()[0]


FUNCTION = {"name": "f", "description": "d", "arguments": "{}", "packages": "", "code": "def f(): pass"}
CRITERIA = '[{"name": "n", "description": "d", "accepted_values": ["no", "yes"]}]'


@pytest.mark.parametrize(
    ("work", "answers"),
    [
        (build_a_team, ["Chemist", "You know molecules.", "Knows molecules."]),
        (find_criteria, [CRITERIA]),
        (improve_functions, [tool_call("add_function", json.dumps(FUNCTION)), "TERMINATE"]),
    ],
)
def test_what_the_model_says_is_answered_from_a_recording(
    work: Callable[[dict[str, Any]], Any], answers: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with MockOpenAIServer(answers) as server:
        config = {"cache_seed": None, **server.llm_config()}
        with record("said.json"):
            first = work(config)
    with replay("said.json"):
        assert work(config) == first
    assert len(server.requests) == len(answers)


def test_an_optimizer_takes_a_configuration_object() -> None:
    with MockOpenAIServer(["TERMINATE"]) as server:
        entry = server.llm_config()["config_list"][0]
        optimizer = AgentOptimizer(1, LLMConfig(config_list=[entry]), optimizer_model=entry["model"])
        optimizer.record_one_conversation([], is_satisfied=False)
        assert optimizer.step() == ([], {})


@given(st.sampled_from(["add_function", "revise_function", "remove_function", "other"]), PARTS | JSON)
def test_no_call_of_a_model_breaks_the_optimizer(name: str, arguments: Any) -> None:
    call = {"name": name, "arguments": json.dumps(arguments)}
    try:
        functions = apply(call, [{**FUNCTION, "arguments": {}}])
    except UnusableProposalError:
        return
    for function in functions:
        assert function["name"].isidentifier()
        assert (
            all(isinstance(schema, dict) for schema in dict(function["arguments"] or {}).values())
            or function == FUNCTION
        )


def test_doubtful_code_of_a_model_gives_no_warning() -> None:
    code = "def f():\n    return '\\d' is 1"
    assert apply({"name": "add_function", "arguments": json.dumps({**FUNCTION, "code": code})}, [])[0]["code"] == code
    assert showing("'\\d'") == "print('\\d')"


@given(st.text() | JSON.map(json.dumps))
def test_no_answer_of_a_critic_is_worse_than_unusable(answer: str) -> None:
    try:
        criteria = _criteria_in({"content": answer})
    except UnusableProposalError:
        return
    assert all(one.name is not None for one in criteria)


def test_json_that_is_nested_without_end_is_unusable() -> None:
    with pytest.raises(UnusableProposalError):
        _criteria_in({"content": DEEP})
    with pytest.raises(UnusableProposalError):
        apply({"name": "add_function", "arguments": DEEP}, [])


@given(st.text())
def test_names_of_agents_suit_every_provider(answer: str) -> None:
    names = _names_in(answer)
    assert len(set(names)) == len(names)
    assert all(0 < len(name) <= 64 and name.replace("-", "_").isascii() for name in names)


@given(st.text() | st.sampled_from(["x\n", "print(1)", "(1,\n2)", "f'{1}' # ä", "ä = 1; ä"]))
def test_no_code_breaks_the_proxy_for_mathematics(code: str) -> None:
    assert isinstance(showing(code), str)
    assert isinstance(without_output(code), str)
