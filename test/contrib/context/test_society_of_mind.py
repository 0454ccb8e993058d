"""A society of mind: the group within talks, one answer comes out."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest
from agent_kit import agent, both_ways, chat

from autogen_classic import ConversableAgent, GroupChat, GroupChatManager
from autogen_classic.agentchat.contrib.society_of_mind_agent import SocietyOfMindAgent
from autogen_classic.errors import ModelRequestForbiddenError, ScriptExhaustedError
from autogen_classic.testing import MockOpenAIServer, ScriptedClient


def society(*members: ConversableAgent, rounds: int = 3, **settings: Any) -> SocietyOfMindAgent:
    """A society whose members speak in turn."""
    group = GroupChat(
        list(members) or [agent("in1"), agent("in2")], [], max_round=rounds, speaker_selection_method="round_robin"
    )
    manager = GroupChatManager(group, llm_config=False, silent=True)
    return SocietyOfMindAgent("society", manager, **{"human_input_mode": "NEVER", **settings})


def said(messages: list[dict[str, Any]]) -> list[Any]:
    return [message["content"] for message in messages]


@both_ways
def test_the_model_makes_a_reply_of_what_the_group_said(way: str) -> None:
    with MockOpenAIServer(["inner one", "outer one", "inner two", "outer two"]) as server:
        member = agent("in1", llm_config=server.llm_config(), system_message="Be in1.")
        inner = society(member, agent("in2"), rounds=3, llm_config=server.llm_config(), response_preparer="Sum up.")
        result = chat(way, agent("user"), inner, message="task", max_turns=2)
        requests = [said(request["messages"]) for request in server.requests]
    assert said(result.chat_history) == ["task", "outer one", "I am user", "outer two"]
    assert requests[0] == ["Be in1.", "task"]
    assert requests[1][1:] == ["task", "inner one", "I am in2", "Sum up."]
    assert requests[2] == ["Be in1.", "task", "outer one", "I am user"]
    assert requests[3][1:] == ["I am user", "inner two", "I am in2", "Sum up."]
    used = [
        sum(one["total_tokens"] for model, one in party.get_total_usage().items() if model != "total_cost")
        for party in (member, inner)
    ]
    assert min(used) > 0
    assert result.spent.tokens == sum(used)


@both_ways
def test_a_function_makes_the_reply(way: str) -> None:
    seen: list[Any] = []

    def prepare(agent: Any, messages: list[dict[str, Any]]) -> str:
        seen.append((agent.name, said(messages)))
        messages[0]["content"] = "edited"
        return "prepared"

    inner = society(response_preparer=prepare)
    result = chat(way, agent("user"), inner, message="task", max_turns=1)
    assert result.summary == "prepared"
    assert seen == [("society", ["task", "I am in1", "I am in2"])]
    assert inner.chat_manager is not None
    assert said(inner.chat_manager.groupchat.messages) == ["task", "I am in1", "I am in2"]


def test_asynchronous_chats_await_an_asynchronous_function() -> None:
    async def prepare(agent: Any, messages: list[dict[str, Any]]) -> str:
        await asyncio.sleep(0)
        return "awaited"

    assert chat("async", agent("user"), society(response_preparer=prepare), max_turns=1).summary == "awaited"


@both_ways
def test_without_a_model_the_last_words_of_the_group_are_the_reply(way: str) -> None:
    inner = society(agent("in1"), agent("in2", default_auto_reply="All is done.\nTERMINATE "))
    assert chat(way, agent("user"), inner, max_turns=1).summary == "All is done."


def test_a_default_question_asks_for_a_reply_that_stands_on_its_own() -> None:
    with MockOpenAIServer(["the reply"]) as server:
        assert (
            society(llm_config=server.llm_config()).generate_reply([{"role": "user", "content": "hi"}]) == "the reply"
        )
        first, *heard, last = server.requests[0]["messages"]
    assert said(heard) == ["hi", "I am in1", "I am in2"]
    assert "must stand on its own" in last["content"]
    assert first["role"] == "system"


@both_ways
def test_an_error_within_is_logged_and_the_reply_made_of_what_was_said(
    way: str, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(recipient: Any, messages: Any, sender: Any, config: Any) -> Any:
        raise ValueError("no such file")

    broken = agent("in2")
    broken.register_reply([ConversableAgent], fail)
    with caplog.at_level(logging.ERROR, "autogen.agentchat.contrib.society_of_mind_agent"):
        result = chat(way, agent("user"), society(agent("in1"), broken, rounds=4), max_turns=1)
    assert result.summary == "I am in1"
    assert "The inner talk of society ended with an error" in caplog.text
    assert "no such file" in caplog.text


def test_errors_of_tests_and_switches_are_not_swallowed() -> None:
    scripted = ScriptedClient([])
    inner = society(agent("in1", llm_config=scripted.llm_config()), agent("in2"))
    with pytest.raises(ScriptExhaustedError):
        inner.generate_reply([{"role": "user", "content": "hi"}])

    def refuse(recipient: Any, messages: Any, sender: Any, config: Any) -> Any:
        raise ModelRequestForbiddenError("no requests")

    member = agent("in1")
    member.register_reply([ConversableAgent], refuse)
    with pytest.raises(ModelRequestForbiddenError):
        society(member, agent("in2")).generate_reply([{"role": "user", "content": "hi"}])


def test_a_society_takes_part_in_a_group() -> None:
    outer = GroupChat(
        [agent("a"), society(response_preparer=lambda agent, messages: "we think so"), agent("b")],
        [],
        max_round=3,
        speaker_selection_method="round_robin",
    )
    chat("sync", outer.agents[0], GroupChatManager(outer, llm_config=False), message="what do you think?")  # type: ignore[arg-type]
    assert said(outer.messages) == ["what do you think?", "we think so", "I am b"]


def test_content_parts_and_a_context_reach_the_group() -> None:
    parts = [{"type": "text", "text": "look"}, {"type": "image_url", "image_url": {"url": "https://host/a.png"}}]
    messages = [{"role": "user", "content": "first"}, {"role": "user", "content": parts, "context": {"topic": "tea"}}]
    inner = society(response_preparer=lambda agent, messages: messages[0]["content"])
    assert inner.generate_reply(messages) == "look<image>"
    assert inner.chat_manager is not None
    member = inner.chat_manager.groupchat.agents[0]
    assert said(member.chat_messages[inner.chat_manager])[:1] == ["first"]


def test_another_group_or_none_can_be_put_within() -> None:
    inner, other = society(), society(agent("else1"), agent("else2"))
    inner.update_chat_manager(other.chat_manager)
    assert inner.generate_reply([{"role": "user", "content": "hi"}]) == "I am else2"
    inner.update_chat_manager(None)
    assert inner.generate_reply([{"role": "user", "content": "hi"}]) == ""


def test_what_cannot_work_is_refused() -> None:
    with pytest.raises(AttributeError, match="must be a GroupChatManager, but x leads no group"):
        society().update_chat_manager(agent("x"))  # type: ignore[arg-type]
    with pytest.raises(AttributeError, match="but 3 leads no group"):
        SocietyOfMindAgent("society", 3)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="response_preparer must be"):
        society(response_preparer=3)
    with pytest.raises(ValueError, match="no model to answer its response_preparer"):
        society(response_preparer="Sum up.").generate_reply([{"role": "user", "content": "hi"}])


def test_the_replies_are_those_of_0_2_in_their_order() -> None:
    assert [entry["reply_func"].__name__ for entry in society()._reply_func_list] == [
        "check_termination_and_human_reply",
        "generate_function_call_reply",
        "generate_code_execution_reply",
        "generate_inner_monologue_reply",
    ]
