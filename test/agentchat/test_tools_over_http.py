"""Tools in whole chats: a model behind HTTP calls several at once, and reads the answer to each."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Annotated, Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import BaseModel, Field

from autogen_classic import ConversableAgent, register_function
from autogen_classic.testing import MockOpenAIServer, tool_call, tool_calls

WAYS = ["sync", "async"]


class Money(BaseModel):
    amount: float
    currency: str = "EUR"


def add(a: Annotated[int, "the first number"], b: int = 1) -> int:
    return a + b


def double(money: Money) -> Money:
    return Money(amount=money.amount * 2, currency=money.currency)


def fail(reason: str) -> str:
    raise ValueError(reason)


async def greet(name: str) -> dict[str, str]:
    await asyncio.sleep(0)
    return {"hello": name}


@pytest.fixture
def server() -> Iterator[MockOpenAIServer]:
    with MockOpenAIServer() as running:
        yield running


def pair_with_tools(server: MockOpenAIServer, *tools: Any, **llm_config: Any) -> list[ConversableAgent]:
    """An agent with a model and one without, who share the tools."""
    caller = ConversableAgent("caller", llm_config=server.llm_config(**llm_config), human_input_mode="NEVER")
    executor = ConversableAgent(
        "executor",
        llm_config=False,
        human_input_mode="NEVER",
        is_termination_msg=lambda said: said["content"] == "DONE",
    )
    for tool in tools:
        register_function(tool, caller=caller, executor=executor, description=f"Tool {tool.__name__}.")
    return [caller, executor]


def chat(way: str, caller: ConversableAgent, executor: ConversableAgent) -> None:
    if way == "sync":
        executor.initiate_chat(caller, message="go", silent=True)
    else:
        asyncio.run(executor.a_initiate_chat(caller, message="go", silent=True))


def calls_and_answers(messages: list[dict[str, Any]]) -> list[tuple[str, dict[str, Any], str]]:
    """Of each tool call in a request: the name, the arguments, and the answer that goes by the id of the call."""
    answers = {message["tool_call_id"]: message["content"] for message in messages if message["role"] == "tool"}
    return [
        (call["function"]["name"], json.loads(call["function"]["arguments"]), answers.pop(call["id"]))
        for message in messages
        for call in message.get("tool_calls", [])
    ]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("stream", [False, True])
def test_each_of_several_calls_at_once_gets_its_own_answer(server: MockOpenAIServer, way: str, stream: bool) -> None:
    server.add(
        tool_calls(
            tool_call("add", a=1, b=2),
            tool_call("double", money={"amount": 1.5}),
            tool_call("greet", name="Zoë"),
            tool_call("add", a=10),
        ),
        "DONE",
    )
    chat(way, *pair_with_tools(server, add, double, greet, stream=stream))
    assert calls_and_answers(server.requests[1].messages) == [
        ("add", {"a": 1, "b": 2}, "3"),
        ("double", {"money": {"amount": 1.5}}, '{"amount":3.0,"currency":"EUR"}'),
        ("greet", {"name": "Zoë"}, '{"hello": "Zoë"}'),
        ("add", {"a": 10}, "11"),
    ]


@pytest.mark.parametrize("way", WAYS)
def test_every_request_shows_the_tools(server: MockOpenAIServer, way: str) -> None:
    server.add(tool_call("add", a=1), "DONE")
    chat(way, *pair_with_tools(server, add, greet))
    shown = [[tool["function"]["name"] for tool in request["tools"]] for request in server.requests]
    assert shown == [["add", "greet"], ["add", "greet"]]


class Branch(BaseModel):
    name: str
    branches: list[Branch] = []


def plant(trees: list[Branch], best: Branch | None = None, where: str = Field(default="here", description="d")) -> str:
    return f"{len(trees)} {where}"


@pytest.mark.parametrize("way", WAYS)
def test_the_schema_that_goes_out_describes_models_within_models(server: MockOpenAIServer, way: str) -> None:
    server.add(tool_call("plant", trees=[{"name": "oak"}]), "DONE")
    chat(way, *pair_with_tools(server, plant))
    shown = server.requests[0]["tools"][0]["function"]["parameters"]
    validator = Draft202012Validator(shown)
    assert validator.is_valid({"trees": [{"name": "a", "branches": [{"name": "b"}]}], "best": None})
    assert not validator.is_valid({"trees": [{"name": "a", "branches": [{"name": 5}]}]})
    assert not validator.is_valid({"trees": [], "best": {}})
    assert shown["properties"]["where"] == {"type": "string", "default": "here", "description": "d"}
    assert calls_and_answers(server.requests[1].messages) == [("plant", {"trees": [{"name": "oak"}]}, "1 here")]


def test_a_default_beyond_json_is_refused_when_the_tool_is_registered(server: MockOpenAIServer) -> None:
    def wait(seconds: float = float("inf")) -> str: ...

    with pytest.raises(ValueError, match="Parameter 'seconds' of the function 'wait'"):
        pair_with_tools(server, wait)


@pytest.mark.parametrize("way", WAYS)
def test_a_call_that_fails_leaves_the_answers_to_the_others(server: MockOpenAIServer, way: str) -> None:
    server.add(
        tool_calls(
            tool_call("fail", reason="no luck"),
            tool_call("add", "{broken"),
            tool_call("unknown"),
            tool_call("add", a=1),
        ),
        "DONE",
    )
    chat(way, *pair_with_tools(server, add, fail))
    answers = [message["content"] for message in server.requests[1].messages if message["role"] == "tool"]
    assert [answer.partition(":")[0] for answer in answers[:2]] == ["Error", "Error"]
    assert "no luck" in answers[0]
    assert answers[2:] == ["Error: Function unknown not found.", "2"]


def test_asynchronous_tools_of_one_message_run_side_by_side(server: MockOpenAIServer) -> None:
    given = asyncio.Event()

    async def take() -> str:
        await asyncio.wait_for(given.wait(), timeout=10)
        return "taken"

    async def give() -> str:
        given.set()
        return "given"

    server.add(tool_calls(tool_call("take"), tool_call("give")), "DONE")
    chat("async", *pair_with_tools(server, take, give))
    assert [answer for _, _, answer in calls_and_answers(server.requests[1].messages)] == ["taken", "given"]
