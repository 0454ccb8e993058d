"""Where versions of AutoGen contradict each other: 0.2.40 wins, the AG2 form is taken where it can be told apart."""

from __future__ import annotations

import inspect
from typing import Any

import pytest
from behaviour_helpers import agent, asks_model, chat

from autogen_classic import ConversableAgent, gather_usage_summary

item = pytest.mark.item


@item("conflict: gather_usage_summary returns a dict (0.2.40), a pair before")
def test_the_usage_of_agents_is_a_dict(model: Any) -> None:
    ann, bob = agent("ann"), asks_model("bob")
    chat(ann, bob)
    usage = gather_usage_summary([ann, bob])
    assert list(usage) == ["usage_including_cached_inference", "usage_excluding_cached_inference"]
    expected = {"cost": pytest.approx(0.09), "prompt_tokens": 1000, "completion_tokens": 1000, "total_tokens": 2000}
    for one in usage.values():
        assert one == {"total_cost": pytest.approx(0.09), "gpt-4": expected}


@item("conflict: execute_function(func_call, verbose) has verbose second (0.2.40)")
def test_verbose_is_the_second_argument(terminal: Any) -> None:
    bob = agent("bob", function_map={"add": lambda a: a + 1})
    bob.execute_function({"name": "add", "arguments": '{"a": 1}'}, True)
    assert terminal.text == ("\n>>>>>>>> EXECUTING FUNCTION add...\n\nInput arguments: {'a': 1}\nOutput:\n2\n")


@item("conflict: execute_function takes the AG2 form (func_call, call_id, verbose), too")
def test_a_call_id_may_be_the_second_argument(terminal: Any) -> None:
    bob = agent("bob", function_map={"add": lambda a: a + 1})
    call = {"name": "add", "arguments": '{"a": 1}'}
    assert bob.execute_function(call, "call_1")[1]["content"] == "2"
    assert bob.execute_function(call, call_id="call_1")[1]["content"] == "2"
    assert terminal.text.count(">>>>>>>> EXECUTED FUNCTION add...\nCall ID: call_1\n") == 2


@item("conflict: execute_function takes the AG2 form (func_call, call_id, verbose), too")
def test_verbose_may_be_the_third_argument(terminal: Any) -> None:
    bob = agent("bob", function_map={"add": lambda a: a + 1})
    bob.execute_function({"name": "add", "arguments": '{"a": 1}'}, "call_1", True)
    assert "Input arguments" in terminal.text


@item("conflict: get_human_input takes only prompt")
@pytest.mark.parametrize("name", ["get_human_input", "a_get_human_input"])
def test_the_person_is_asked_by_prompt_only(name: str) -> None:
    first, prompt, *others = inspect.signature(getattr(ConversableAgent, name)).parameters.values()
    assert (first.name, prompt.name) == ("self", "prompt")
    assert all(one.kind is one.KEYWORD_ONLY and one.default is None for one in others)
