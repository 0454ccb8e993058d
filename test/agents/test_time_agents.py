"""Agents that tell the time."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import pytest
from agent_kit import agent, both_ways, chat

from autogen_classic.agents.contrib.time import TimeReplyAgent, TimeToolAgent
from autogen_classic.testing import MockOpenAIServer, tool_call


@both_ways
def test_an_agent_answers_everything_with_the_time(way: str) -> None:
    clock = TimeReplyAgent(name="clock", human_input_mode="NEVER")
    result = chat(way, agent("ann"), clock, max_turns=2)
    answers = [message["content"] for message in result.chat_history if message["name"] == "clock"]
    assert len(answers) == 2
    for answer in answers:
        assert re.fullmatch(r"Tick, tock, the current date/time is \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.", answer)


def test_the_time_is_written_as_the_program_wants() -> None:
    clock = TimeReplyAgent("%Y", "It is ", name="clock")
    assert clock.generate_reply(messages=[{"role": "user", "content": "?"}]) == {
        "content": f"It is {datetime.now():%Y}."
    }


@both_ways
def test_a_model_asks_for_the_time(way: str) -> None:
    with MockOpenAIServer() as model:
        model.add(tool_call("date_time"), "It is late.")
        clock = TimeToolAgent(
            name="clock", date_time_format="%Y", llm_config=model.llm_config(), human_input_mode="NEVER"
        )
        runner = agent("runner", default_auto_reply="")
        for tool in clock.tools:
            tool.register_for_execution(runner)
        assert chat(way, runner, clock, max_turns=2).summary == "It is late."
        assert model.requests[1]["messages"][-1]["content"] == f"{datetime.now():%Y}"
        assert model.requests[0]["messages"][0]["content"] == TimeToolAgent.DEFAULT_SYSTEM_MESSAGE


@pytest.mark.parametrize("settings", [{"date_time_format": 5}, {"output_prefix": None}])
def test_texts_are_texts(settings: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match=next(iter(settings))):
        TimeReplyAgent(name="clock", **settings)
