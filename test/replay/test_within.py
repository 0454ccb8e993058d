"""What happens within a tool belongs to it, and what a person typed to the agent."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from typing import Any

import pytest
from agent_kit import agent, both_ways, chat

from autogen_classic.oai.client import OpenAIWrapper
from autogen_classic.replay import record, replay
from autogen_classic.testing import MockOpenAIServer

Serve = Callable[..., MockOpenAIServer]
Config = Callable[..., dict[str, Any]]


@both_ways
def test_an_answer_that_a_tool_got_is_not_given_to_somebody_else(serve: Serve, config: Config, way: str) -> None:
    """The tool asks its model the same as the program does after it, and gets another answer."""

    def talk(llm_config: dict[str, Any]) -> tuple[Any, str]:
        def ask() -> str:
            response = OpenAIWrapper(**llm_config).create(messages=[{"role": "user", "content": "x"}])
            return str(response.choices[0].message.content)

        call = {"id": "1", "type": "function", "function": {"name": "ask", "arguments": "{}"}}
        bob = agent("bob", function_map={"ask": ask})
        message = {"role": "assistant", "content": None, "tool_calls": [call]}
        result = chat(way, agent("ann"), bob, message=message, max_turns=1)
        return result.chat_history[-1]["content"], ask()

    with record("run.json", tools=True):
        assert talk(config(serve("within", "after"))) == ("within", "after")
    with replay("run.json"):
        assert talk(config(None)) == ("within", "after")


@both_ways
def test_what_a_person_typed_is_in_the_result_of_a_replay(monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    def talk() -> list[str]:
        return list(chat(way, agent("ann", human_input_mode="ALWAYS"), agent("bob")).human_input)

    monkeypatch.setattr(sys, "stdin", io.StringIO("go on\nexit\n"))
    with record("run.json"):
        assert talk() == ["go on", "exit"]
    with replay("run.json"):
        assert talk() == ["go on", "exit"]
