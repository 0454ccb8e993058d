"""A model over HTTP adds, revises and removes functions; the functions run in processes."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from agent_kit import both_ways, chat

from autogen_classic import AssistantAgent, UserProxyAgent, gather_usage_summary
from autogen_classic.agentchat.contrib import agent_optimizer as room
from autogen_classic.agentchat.contrib.agent_optimizer import AgentOptimizer, execute_func
from autogen_classic.io import IOStream
from autogen_classic.replay import record, replay
from autogen_classic.testing import MockOpenAIServer, error, tool_call, tool_calls
from autogen_classic.testing.replies import ToolCall

DONE = "TERMINATE"
CONVERSATION = [{"role": "user", "content": "What is {2 + 2}?"}, {"role": "assistant", "content": "5"}]
DOUBLE = {
    "name": "double",
    "description": "Doubles a number.",
    "arguments": '{"name": {"type": "number"}}',
    "packages": "",
    "code": "def double(name):\n    return 2 * name",
}
HALVE = {**DOUBLE, "name": "halve", "code": "def halve(name):\n    return name / 2"}


def call(tool: str, arguments: dict[str, Any] | str | None = None, **keywords: Any) -> ToolCall:
    """A call of a tool, with its arguments as an object, as a text or as keywords."""
    return tool_call(tool, arguments if isinstance(arguments, str) else json.dumps(arguments or keywords))


@pytest.fixture(autouse=True)
def _in_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOGEN_USE_DOCKER", "False")


def optimizer(server: MockOpenAIServer, most: int = 3) -> AgentOptimizer:
    return AgentOptimizer(most, server.llm_config(), optimizer_model=None)


def step(way: str, one: AgentOptimizer, *verdicts: bool) -> Any:
    for verdict in verdicts:
        one.record_one_conversation(CONVERSATION, is_satisfied=verdict)
    return one.step() if way == "sync" else asyncio.run(one.a_step())


def names(for_llm: list[dict[str, Any]]) -> list[tuple[str, bool]]:
    return [(item["func_sig"]["name"], item["is_remove"]) for item in for_llm]


@both_ways
def test_an_assistant_uses_the_function_that_the_model_has_written(way: str) -> None:
    replies = [call("add_function", DOUBLE), DONE]
    with MockOpenAIServer(replies) as server:
        for_llm, for_executor = step(way, optimizer(server), False)
    doubling = {"content": "", "function_call": {"name": "double", "arguments": '{"name": 21}'}}
    with MockOpenAIServer([doubling, "It is 42. TERMINATE"]) as model:
        assistant = AssistantAgent("assistant", llm_config=model.llm_config())
        user = UserProxyAgent(
            "user", human_input_mode="NEVER", code_execution_config=False, max_consecutive_auto_reply=1
        )
        for item in for_llm:
            assistant.update_function_signature(**item)
        user.register_function(for_executor)
        chat(way, user, assistant, message="Double 21.")
    assert model.requests[0]["functions"][0]["parameters"]["properties"] == {"name": {"type": "number"}}
    assert model.requests[1].last_text.strip() == "Result of double function execution:\n42"


@both_ways
@pytest.mark.filterwarnings("ignore:Function 'double' is being overridden")
def test_a_function_is_revised_and_removed_again_by_both_agents(way: str) -> None:
    replies = [
        call("add_function", DOUBLE),
        DONE,
        call("revise_function", {**DOUBLE, "description": "Better."}),
        DONE,
        call("remove_function", name="double"),
        DONE,
    ]
    with MockOpenAIServer(replies) as server:
        one = optimizer(server)
        assistant = AssistantAgent("assistant", llm_config=server.llm_config())
        user = UserProxyAgent("user", code_execution_config=False)
        described = []
        for _ in range(3):
            for_llm, for_executor = step(way, one, True)
            for item in for_llm:
                assistant.update_function_signature(**item)
            user.register_function(for_executor)
            described.append([function["description"] for function in assistant.llm_config.get("functions", [])])
    assert described == [["Doubles a number."], ["Better."], []]
    assert "double" not in user.function_map


@both_ways
def test_functions_that_do_worse_give_way_to_the_best_so_far(way: str) -> None:
    replies = [call("add_function", DOUBLE), DONE, call("add_function", HALVE), DONE, DONE]
    with MockOpenAIServer(replies) as server:
        one = optimizer(server)
        step(way, one, True)
        assert names(step(way, one, True)[0]) == [("double", False), ("halve", False)]
        for_llm, for_executor = step(way, one, True, False)
    assert names(for_llm) == [("double", False), ("halve", True)]
    assert for_executor["halve"] is None
    prompt = server.requests[-1].last_text
    assert '"performance": 0.5' in prompt


def test_the_model_reads_the_conversations_and_how_they_went() -> None:
    with MockOpenAIServer([DONE]) as server:
        step("sync", optimizer(server, most=5), True, False)
    request = server.requests[0]
    assert "What is {2 + 2}?" in request.last_text
    assert "In 1 of 2" in request.last_text
    assert "You may make 5 more changes" in request.last_text
    assert [tool["function"]["name"] for tool in request["tools"]] == [
        "add_function",
        "revise_function",
        "remove_function",
    ]


def test_a_recorded_conversation_stays_as_it_was() -> None:
    conversation = [{"role": "user", "content": "What was said."}]
    with MockOpenAIServer([DONE]) as server:
        one = optimizer(server)
        one.record_one_conversation(conversation, is_satisfied=True)
        conversation[0]["content"] = "Something else."
        conversation.clear()
        one.step()
    assert "What was said." in server.requests[0].last_text


def test_no_more_changes_are_made_than_allowed() -> None:
    both = tool_calls(call("add_function", DOUBLE), call("add_function", HALVE))
    with MockOpenAIServer([both]) as server:
        assert names(step("sync", optimizer(server, most=1), True)[0]) == [("double", False)]
    with MockOpenAIServer([both]) as server:
        assert len(step("sync", optimizer(server, most=2), True)[0]) == 2


@both_ways
@pytest.mark.parametrize(
    ("proposal", "complaint"),
    [
        (call("add_function", '{"name": '), "cannot be read as JSON"),
        (call("add_function", "[1]"), "must be a JSON object"),
        (call("add_function", name="double"), "lacks description, arguments, packages, code"),
        (call("add_function", {**DOUBLE, "arguments": "a number"}), "cannot be read as JSON"),
        (call("add_function", {**DOUBLE, "code": "def double("}), "cannot be compiled"),
        (call("add_function", {**DOUBLE, "code": None}), "cannot be compiled"),
        (call("add_function", {**DOUBLE, "name": "x);import os;("}), "cannot be the name of a function"),
        (call("add_function", {**DOUBLE, "packages": "--index-url=http://evil"}), "not the name of a package"),
        (call("add_function", {**DOUBLE, "packages": "numpy, git+https://evil"}), "not the name of a package"),
        (call("remove_function", name="nobody"), "no function 'nobody'"),
        (call("paint", name="double"), "no tool 'paint'"),
    ],
)
def test_a_proposal_that_cannot_be_carried_out_is_explained_to_the_model(
    way: str, proposal: ToolCall, complaint: str
) -> None:
    with MockOpenAIServer([proposal, call("add_function", DOUBLE), DONE]) as server:
        assert names(step(way, optimizer(server), True)[0]) == [("double", False)]
    assert complaint in server.requests[1].last_text


def test_a_model_that_never_proposes_anything_usable_changes_nothing() -> None:
    with MockOpenAIServer([call("paint")] * 3) as server:
        assert step("sync", optimizer(server), True) == ([], {})
    assert len(server.requests) == 3


def test_arguments_may_be_an_object_or_a_whole_schema() -> None:
    properties = {"name": {"type": "number"}}
    whole = {"type": "object", "properties": properties, "required": ["name"]}
    for arguments in (properties, whole, json.dumps(whole)):
        with MockOpenAIServer([call("add_function", {**DOUBLE, "arguments": arguments}), DONE]) as server:
            for_llm, _ = step("sync", optimizer(server), True)
        assert for_llm[0]["func_sig"]["parameters"] == {"type": "object", "properties": properties}


@both_ways
def test_a_step_that_fails_can_be_made_again(way: str) -> None:
    replies = [call("add_function", DOUBLE), error(400, "no"), call("add_function", DOUBLE), DONE]
    with MockOpenAIServer(replies) as server:
        one = optimizer(server)
        with pytest.raises(Exception, match="no"):
            step(way, one, True)
        assert names(step(way, one)[0]) == [("double", False)]


@both_ways
def test_a_step_without_conversations_is_refused(way: str) -> None:
    with MockOpenAIServer([DONE]) as server:
        one = optimizer(server)
        step(way, one, True)
        with pytest.raises(ValueError, match="record_one_conversation"):
            step(way, one)


def test_a_reset_forgets_everything() -> None:
    with MockOpenAIServer([call("add_function", DOUBLE), DONE, DONE]) as server:
        one = optimizer(server)
        step("sync", one, True)
        one.reset_optimizer()
        assert step("sync", one, False) == ([], {})


class Person(IOStream):
    """A person who types one answer."""

    def __init__(self, answer: str) -> None:
        self.answer = answer

    def print(self, *objects: Any, sep: str = " ", end: str = "\n", flush: bool = False) -> None:
        """Show nothing: a replay shows the question and the recorded answer."""

    def input(self, prompt: str = "", *, password: bool = False) -> str:
        assert "1 represents satisfied" in prompt
        return self.answer


def test_the_person_is_asked_where_nobody_says_whether_the_user_is_satisfied() -> None:
    with MockOpenAIServer([DONE]) as server:
        one = optimizer(server)
        with IOStream.set_default(Person("1 ")):
            one.record_one_conversation(CONVERSATION)
        with IOStream.set_default(Person("0")):
            one.record_one_conversation(CONVERSATION)
        with IOStream.set_default(Person("well")), pytest.raises(AssertionError, match="Please input 1 or 0"):
            one.record_one_conversation(CONVERSATION)
        one.step()
    assert "In 1 of 2" in server.requests[0].last_text


def test_what_the_person_says_is_answered_from_a_recording(tmp_path: Path) -> None:
    def run(server: MockOpenAIServer, person: Person) -> str:
        one = optimizer(server)
        with IOStream.set_default(person):
            one.record_one_conversation(CONVERSATION)
        one.step()
        return str(one._best_performance)

    with MockOpenAIServer([DONE]) as server:
        with record(tmp_path / "said.json"):
            first = run(server, Person("1"))
        with replay(tmp_path / "said.json"):
            assert run(server, Person("never asked")) == first


def test_only_the_entries_of_the_named_model_are_asked() -> None:
    with MockOpenAIServer([DONE]) as server:
        entry = server.llm_config()["config_list"][0]
        entries = [{**entry, "model": "small"}, {**entry, "model": "large"}]
        config = {**server.llm_config(), "config_list": entries}
        step("sync", AgentOptimizer(1, config, optimizer_model="large"), True)
        assert server.requests[0].model == "large"
        with pytest.raises(ValueError, match="no model 'gpt-4-1106-preview' .its models: small, large"):
            AgentOptimizer(1, config)


def test_a_function_runs_with_what_json_holds() -> None:
    code = "def show(**things):\n    print(sorted(things))\n    return things['a']"
    text = execute_func("show", "", code, a=[1, None, "'\"\n\\ä"], b=True)
    assert text == "Result of show function execution:\n['a', 'b']\n[1, None, '\\'\"\\n\\\\ä']\n"


def test_a_function_that_fails_says_why() -> None:
    with pytest.raises(RuntimeError, match="(?s)Error in executing function:.*ZeroDivisionError"):
        execute_func("broken", "", "def broken():\n    1 / 0")


def test_packages_are_installed_before_the_function_runs() -> None:
    program = room.program_of("f", "sympy, numpy>=1.2", "def f(): pass", {})
    assert "'-m', 'pip', '-qq', 'install', 'sympy', 'numpy>=1.2'" in program
    assert program.index("pip") < program.index("def f()")


def test_what_it_spends_is_gathered_with_the_agents() -> None:
    with MockOpenAIServer([DONE]) as server:
        one = optimizer(server)
        step("sync", one, False)
    usage = gather_usage_summary([one])["usage_excluding_cached_inference"]
    assert usage["mock-model"]["prompt_tokens"] > 0
    assert one.get_total_usage() == one.get_actual_usage()
