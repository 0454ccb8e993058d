"""AG2's entry points trace what AG2 traces: the agents, patterns and models that a program names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from agent_kit import agent, both_ways, chat

from autogen_classic.agentchat import initiate_group_chat
from autogen_classic.agentchat.group import AgentTarget, TerminateTarget
from autogen_classic.agentchat.group.patterns import DefaultPattern
from autogen_classic.opentelemetry import instrument_agent, instrument_llm_wrapper, instrument_pattern
from autogen_classic.opentelemetry._tracings import _tracings
from autogen_classic.testing import tool_call


@pytest.fixture(autouse=True)
def nothing_goes_on() -> Iterator[None]:
    """AG2 has no way to end what it has begun."""
    yield
    for _, tracing, _ in _tracings.values():
        tracing.stop()
    _tracings.clear()


@both_ways
def test_a_traced_agent_shows_its_own_chats_turns_and_tools_only(way: str, traced: Any, serve: Any) -> None:
    server = serve(tool_call("add", a=1, b=2), "Three.")
    ann = agent("ann", llm_config=server.llm_config(cache_seed=None))
    bob = agent("bob", function_map={"add": lambda a, b: a + b})
    assert instrument_agent(bob, tracer_provider=traced.tracer_provider) is bob
    chat(way, bob, ann, max_turns=2)
    chat(way, ann, agent("carl"), max_turns=1)
    assert traced.tree() == ["conversation bob", "  invoke_agent bob", "    execute_tool add"]
    conversation = traced.attributes("conversation bob")
    assert conversation["gen_ai.operation.name"] == conversation["ag2.span.type"] == "conversation"
    assert conversation["gen_ai.conversation.turns"] == 4
    tool = traced.attributes("execute_tool add")
    assert tool["gen_ai.tool.call.id"] == "call_1_0_0"
    assert (tool["gen_ai.tool.call.arguments"], tool["gen_ai.tool.call.result"]) == ('{"a": 1, "b": 2}', "3")


@both_ways
def test_two_traced_agents_and_the_models_make_one_tree(way: str, traced: Any, serve: Any) -> None:
    server = serve("Hello.")
    ann, bob = agent("ann", llm_config=server.llm_config(cache_seed=None)), agent("bob")
    for one in (ann, bob, ann):
        instrument_agent(one, tracer_provider=traced.tracer_provider)
    instrument_llm_wrapper(tracer_provider=traced.tracer_provider)
    chat(way, bob, ann, max_turns=1)
    assert traced.tree() == ["conversation bob", "  invoke_agent ann", "    chat mock-model"]
    assert "gen_ai.input.messages" in traced.attributes("invoke_agent ann")
    assert "gen_ai.input.messages" not in traced.attributes("chat mock-model")


def test_messages_of_models_are_captured_when_that_is_asked_for(traced: Any, serve: Any) -> None:
    server = serve("Hello.")
    instrument_llm_wrapper(tracer_provider=traced.tracer_provider)
    instrument_llm_wrapper(tracer_provider=traced.tracer_provider, capture_messages=True)
    chat("sync", agent("bob"), agent("ann", llm_config=server.llm_config(cache_seed=None)), max_turns=1)
    asked = traced.attributes("chat mock-model")
    assert '"hi"' in asked["gen_ai.input.messages"]
    assert '"Hello."' in asked["gen_ai.output.messages"]


def test_a_traced_pattern_shows_all_that_happens_in_its_group_and_nothing_else(traced: Any, serve: Any) -> None:
    def add(a: int, b: int) -> int:
        """Add."""
        return a + b

    server = serve(tool_call("add", a=1, b=2), "Three.")
    ann = agent("ann", llm_config=server.llm_config(cache_seed=None), functions=[add])
    bob = agent("bob")
    ann.handoffs.set_after_work(AgentTarget(bob))
    bob.handoffs.set_after_work(TerminateTarget())
    pattern = DefaultPattern(initial_agent=ann, agents=[ann, bob])
    assert instrument_pattern(pattern, tracer_provider=traced.tracer_provider) is pattern
    initiate_group_chat(pattern=pattern, messages="hi", max_rounds=6)
    chat("sync", agent("carl"), agent("dora"), max_turns=1)
    assert traced.tree() == [
        "conversation _User",
        "  invoke_agent chat_manager",
        "    invoke_agent ann",
        "    invoke_agent _Group_Tool_Executor",
        "      execute_tool add",
        "    invoke_agent ann",
        "    invoke_agent bob",
    ]
