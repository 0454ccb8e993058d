"""Tools of LangChain, pydantic-ai and CrewAI as tools of ours: what models are told, and how they are called."""

from __future__ import annotations

import asyncio
import sys
from types import ModuleType
from typing import Any

import pytest
from langchain_core.tools import StructuredTool
from langchain_core.tools import tool as langchain_tool
from pydantic import BaseModel, Field
from pydantic_ai import RunContext
from pydantic_ai import Tool as PydanticAITool

from autogen_classic import AssistantAgent, UserProxyAgent
from autogen_classic.interop import Interoperability, Interoperable, register_interoperable_class
from autogen_classic.interop.registry import InteroperableRegistry
from autogen_classic.testing import MockOpenAIServer, tool_call
from autogen_classic.tools import Tool
from test.helpers.agent_kit import both_ways, chat


@langchain_tool
def add(first: int, second: int = 2) -> int:
    """Add two numbers."""
    return first + second


@langchain_tool
async def wait(seconds: int) -> str:
    """Wait for a while."""
    return f"waited {seconds} s"


class Account(BaseModel):
    """What the tools below depend on."""

    owner: str


def greeting(ctx: RunContext[Account], word: str) -> str:
    """Greet the owner.

    Args:
        ctx: the context.
        word: how to greet.
    """
    return f"{word}, {ctx.deps.owner}"


def offered(tool: Tool) -> dict[str, Any]:
    parameters: dict[str, Any] = tool.shown_schema["function"]["parameters"]
    return parameters


def converted(tool: object, kind: str, **kwargs: Any) -> Tool:
    return Interoperability.convert_tool(tool=tool, type=kind, **kwargs)


@both_ways
@pytest.mark.parametrize(
    ("tool", "kind", "kwargs", "arguments", "answer"),
    [
        (add, "langchain", {}, {"tool_input": {"first": 1}}, "3"),
        (PydanticAITool(greeting), "pydanticai", {"deps": Account(owner="Ada")}, {"word": "Hello"}, "Hello, Ada"),
    ],
)
def test_a_model_calls_a_foreign_tool(
    way: str, tool: Any, kind: str, kwargs: dict[str, Any], arguments: dict[str, Any], answer: str
) -> None:
    ours = converted(tool, kind, **kwargs)
    with MockOpenAIServer([tool_call(ours.name, **arguments), "done"]) as server:
        assistant = AssistantAgent("assistant", llm_config=server.llm_config())
        user = UserProxyAgent("user", human_input_mode="NEVER", code_execution_config=False)
        ours.register_for_llm(assistant)
        ours.register_for_execution(user)
        result = chat(way, user, assistant, max_turns=2)
    assert result.chat_history[2]["content"] == answer


def test_the_fields_of_a_langchain_tool_stand_within_one_parameter() -> None:
    tool = converted(add, "langchain")
    assert (tool.name, tool.description) == ("add", "Add two numbers.")
    assert offered(tool)["required"] == ["tool_input"]
    assert set(offered(tool)["properties"]["tool_input"]["properties"]) == {"first", "second"}
    assert tool(tool_input={"first": 1, "second": 5}) == 6


def test_a_langchain_tool_with_a_coroutine_alone_is_asynchronous() -> None:
    tool = converted(wait, "langchain")
    assert asyncio.run(tool(tool_input={"seconds": 3})) == "waited 3 s"


def test_a_langchain_tool_may_tell_its_parameters_as_json_schema() -> None:
    schema = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
    foreign = StructuredTool.from_function(
        func=lambda city: f"sun in {city}", name="weather", description="The weather.", args_schema=schema
    )
    tool = converted(foreign, "langchain")
    assert offered(tool)["properties"]["tool_input"] == schema
    assert tool(tool_input={"city": "Rome"}) == "sun in Rome"


def test_the_context_of_a_pydantic_ai_tool_is_not_shown_to_the_model() -> None:
    tool = converted(PydanticAITool(greeting), "pydanticai", deps=Account(owner="Ada"))
    assert set(offered(tool)["properties"]) == {"word"}
    assert offered(tool)["properties"]["word"]["description"] == "how to greet."
    assert tool(word="Hi") == "Hi, Ada"


def test_an_asynchronous_pydantic_ai_tool_is_awaited() -> None:
    async def double(number: int) -> int:
        """Double."""
        return 2 * number

    assert asyncio.run(converted(PydanticAITool(double), "pydanticai")(number=4)) == 8


def test_a_pydantic_ai_tool_that_fails_again_and_again_is_left_out_once() -> None:
    seen = []

    def broken(ctx: RunContext[Account], word: str) -> str:
        """Fail."""
        seen.append(ctx.retry)
        raise RuntimeError(word)

    tool = converted(PydanticAITool(broken, max_retries=1), "pydanticai", deps=Account(owner="Ada"))
    for expected in (RuntimeError, RuntimeError, ValueError, RuntimeError):
        with pytest.raises(expected):
            tool(word="no")
    assert seen == [0, 1, 0]


def test_a_pydantic_ai_tool_gets_its_deps_or_says_that_they_are_missing() -> None:
    with pytest.raises(ValueError, match=r"'greeting' takes a context, so convert_tool needs its deps"):
        converted(PydanticAITool(greeting), "pydanticai")
    with pytest.warns(UserWarning, match="its deps are not used"):
        converted(PydanticAITool(lambda: "x", name="x"), "pydanticai", deps=Account(owner="Ada"))


def test_a_crewai_tool_takes_its_arguments_in_a_dict(monkeypatch: pytest.MonkeyPatch) -> None:
    class Arguments(BaseModel):
        query: str = Field(description="what to look for")

    class BaseTool:  # what the bridge uses of CrewAI's class of this name
        name = "Find a Thing"
        description = "Tool Name: Find a Thing\nTool Arguments: {}\nTool Description: Finds things."
        args_schema = Arguments

        def run(self, **arguments: str) -> str:
            return f"found {arguments['query']}"

    crewai, tools = ModuleType("crewai"), ModuleType("crewai.tools")
    tools.BaseTool = BaseTool  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "crewai", crewai)
    monkeypatch.setitem(sys.modules, "crewai.tools", tools)
    monkeypatch.setattr("autogen_classic.interop.crewai.crewai.why_missing", lambda *_: None)
    tool = converted(BaseTool(), "crewai")
    assert tool.name == "Find_a_Thing"
    assert tool.description.startswith("Finds things.")
    assert set(offered(tool)["properties"]["args"]["properties"]) == {"query"}
    assert tool(args={"query": "keys"}) == "found keys"


@pytest.mark.parametrize(
    ("tool", "kind", "kwargs", "words"),
    [
        (add, "nowhere", {}, "There is no bridge 'nowhere'. There are crewai, langchain"),
        (len, "langchain", {}, "langchain_core.tools.BaseTool, but this is of type builtin_function_or_method"),
        (add, "pydanticai", {}, "pydantic_ai.Tool, but this is of type StructuredTool"),
        (add, "langchain", {"deps": 1}, "takes no further arguments, but it got deps"),
        (
            add,
            "crewai",
            {},
            r'not installed. Install it with: pip install "autogen-classic\[interop-crewai\]"',
        ),
    ],
)
def test_what_cannot_be_converted_is_refused(tool: Any, kind: str, kwargs: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        converted(tool, kind, **kwargs)


def test_only_what_is_installed_is_supported() -> None:
    assert {"langchain", "pydanticai"} <= set(Interoperability.get_supported_types())
    assert "crewai" not in Interoperability.get_supported_types()
    assert Interoperability().registry is InteroperableRegistry.get_instance()


def test_a_program_adds_a_bridge_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Interoperability.registry, "_classes", dict(Interoperability.registry._classes))

    @register_interoperable_class("mine")
    class Mine:
        @classmethod
        def convert_tool(cls, tool: Any, **kwargs: Any) -> Tool:
            return Tool(name="mine", description="Mine.", func_or_tool=tool)

        @classmethod
        def get_unsupported_reason(cls) -> str | None:
            return None

    def shout(word: str) -> str:
        return word.upper()

    assert issubclass(Mine, Interoperable)
    assert "mine" in Interoperability.get_supported_types()
    assert converted(shout, "mine")(word="hey") == "HEY"
    with pytest.raises(ValueError, match="There is a bridge of the name 'mine' already: Mine"):
        register_interoperable_class("mine")(Mine)
