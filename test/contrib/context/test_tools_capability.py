"""Tools that are added to an agent at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from agent_kit import agent, both_ways, chat

from autogen_classic.agentchat import ConversableAgent
from autogen_classic.agentchat.contrib.capabilities.generate_images import DalleImageGenerator, ImageGeneration
from autogen_classic.agentchat.contrib.capabilities.teachability import Teachability
from autogen_classic.agentchat.contrib.capabilities.tools_capability import ToolsCapability
from autogen_classic.agentchat.contrib.capabilities.transform_messages import TransformMessages
from autogen_classic.agentchat.contrib.capabilities.vision_capability import VisionCapability
from autogen_classic.agentchat.contrib.graph_rag.graph_rag_capability import GraphRagCapability
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
    with pytest.raises(TypeError, match="Put one into a list"):
        ToolsCapability(double)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"as in Clock\(\)"):
        ToolsCapability([Clock])


class EmptyGraph:
    """A graph that knows nothing."""

    def query(self, question: str, **kwargs: Any) -> Any:
        raise NotImplementedError


@pytest.mark.parametrize("other", ["x", 5, None, ConversableAgent])
def test_a_capability_can_be_added_to_an_agent_only(other: Any, tmp_path: Path) -> None:
    class Painter:
        generate_image = cache_key = print

    capabilities: list[Any] = [
        TransformMessages(),
        ToolsCapability([double]),
        ImageGeneration(Painter()),  # type: ignore[arg-type]
        VisionCapability(None, custom_caption_func=lambda *_: ""),
        GraphRagCapability(EmptyGraph()),  # type: ignore[arg-type]
        Teachability(path_to_db_dir=str(tmp_path), embedding_function="local", llm_config=False),
    ]
    for capability in capabilities:
        with pytest.raises(TypeError, match=f"{type(capability).__name__} can be added to an agent only, not to"):
            capability.add_to_agent(other)


def test_a_class_of_generators_does_not_draw() -> None:
    with pytest.raises(TypeError, match=r"as in DalleImageGenerator\(\)"):
        ImageGeneration(DalleImageGenerator)  # type: ignore[arg-type]
