"""Tools that are added to an agent at once."""

from __future__ import annotations

from typing import Any

import pytest
from agent_kit import agent, both_ways, chat

from autogen_classic.agentchat.contrib.capabilities.tools_capability import ToolsCapability
from autogen_classic.testing import MockOpenAIServer, tool_call


def double(number: int) -> int:
    """Double a number."""
    return number * 2


class Clock:
    """A tool that registers itself."""

    def register_tool(self, agent: Any) -> None:
        agent.register_for_llm(name="clock", description="Tell the time.")(self.tell)
        agent.register_for_execution(name="clock")(self.tell)

    def tell(self) -> str:
        return "noon"


@both_ways
def test_the_model_calls_the_tools_and_the_agent_runs_them(way: str) -> None:
    with MockOpenAIServer([tool_call("double", number=4), "it is 8"]) as server:
        bob = agent("bob", llm_config=server.llm_config())
        ToolsCapability([double, Clock()]).add_to_agent(bob)
        chat(way, bob, bob, message="double 4", max_turns=2)
        tools = {tool["function"]["name"]: tool["function"]["description"] for tool in server.requests[0]["tools"]}
        assert tools == {"double": "Double a number.", "clock": "Tell the time."}
        assert any(message["content"] == "8" for message in server.requests[1]["messages"])


def test_what_is_not_a_tool_is_refused() -> None:
    with pytest.raises(TypeError, match="must be a function or have a method register_tool, but it is 3"):
        ToolsCapability([double, 3])  # type: ignore[list-item]
