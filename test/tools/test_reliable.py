"""A reliable tool: who is asked, what they read, and what comes out."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest

from autogen_classic import AssistantAgent, UserProxyAgent
from autogen_classic.agentchat.group import ContextVariables
from autogen_classic.testing import MockOpenAIServer, Reply, tool_call
from autogen_classic.tools import Tool
from autogen_classic.tools.contrib import TimeTool
from autogen_classic.tools.experimental import ReliableTool, ReliableToolError

both_ways = pytest.mark.parametrize("way", ["sync", "async"])


def area(width: int, height: int = 2) -> int:
    """Compute an area."""
    if width < 0:
        raise ValueError("a width is positive")
    return width * height


async def a_area(width: int, height: int = 2) -> int:
    """Compute an area."""
    return area(width, height)


def call(**arguments: Any) -> Any:
    return tool_call("execute_area", hypothesis="it fits", **arguments)


def verdict(is_good: bool, justification: str = "so it is") -> str:
    return json.dumps({"validation_result": is_good, "justification": justification})


@pytest.fixture
def models() -> Iterator[tuple[MockOpenAIServer, MockOpenAIServer]]:
    with MockOpenAIServer() as runner, MockOpenAIServer() as validator:
        yield runner, validator


def tool_of(models: tuple[MockOpenAIServer, MockOpenAIServer], function: Any = area, **settings: Any) -> ReliableTool:
    runner, validator = models
    return ReliableTool(
        "Area",
        function,
        runner_llm_config=runner.llm_config(),
        validator_llm_config=validator.llm_config(),
        **settings,
    )


def details(way: str, tool: ReliableTool, *args: Any, **settings: Any) -> Any:
    if way == "sync":
        return tool.run_and_get_details("What is 3 x 2?", *args, **settings)
    return asyncio.run(tool.a_run_and_get_details("What is 3 x 2?", *args, **settings))


@both_ways
def test_a_result_that_is_accepted_is_returned(models: Any, way: str) -> None:
    runner, validator = models
    runner.add(call(width=3))
    validator.add(verdict(True))
    found = details(way, tool_of(models))
    assert found.is_overall_successful
    assert found.successful_parameters.attempt_kwargs == {"width": 3, "height": 2}
    (attempt,) = found.final_tool_context.attempts
    assert (attempt.hypothesis, attempt.result_data, attempt.result_str) == ("it fits", 6, "6")
    (function,) = (one["function"] for one in runner.requests[0]["tools"])
    assert function["name"] == "execute_area"
    assert function["parameters"]["required"] == ["width", "hypothesis"]
    assert set(function["parameters"]["properties"]) == {"width", "height", "hypothesis"}
    assert "tools" not in validator.requests[0]
    assert validator.requests[0]["response_format"]["json_schema"]["name"] == "ValidationResult"
    assert validator.requests[0].last_text.endswith("\n6")


@both_ways
def test_the_runner_hears_why_a_result_is_rejected(models: Any, way: str) -> None:
    runner, validator = models
    runner.add(call(width=4), call(width=3))
    validator.add(verdict(False, "too big"), verdict(True))
    found = details(way, tool_of(models))
    assert [attempt.result_data for attempt in found.final_tool_context.attempts] == [8, 6]
    assert runner.requests[1].last_text == verdict(False, "too big").replace(": ", ":").replace(", ", ",")
    assert validator.requests[1].last_text.endswith("\n6")


def test_an_error_goes_back_to_the_runner_without_asking_the_validator(models: Any) -> None:
    runner, validator = models
    runner.add(call(width=-1), call(width=3))
    validator.add(verdict(True))
    assert tool_of(models).run("What is 3 x 2?") == 6
    assert runner.requests[1].last_text == "Function execution failed with error: ValueError: a width is positive."
    assert len(validator.requests) == 1


@pytest.mark.parametrize(
    ("width", "verdicts", "reason"),
    [
        (4, [verdict(False, f"no {number}") for number in (1, 2)], r"failed validation \(Justification: no 2\)"),
        (-1, [], "Execution failed: ValueError: a width is positive"),
    ],
)
def test_after_the_last_attempt_it_is_an_error(models: Any, width: int, verdicts: list[str], reason: str) -> None:
    runner, validator = models
    runner.add(call(width=width), call(width=width))
    validator.add(*verdicts)
    with pytest.raises(ReliableToolError, match=f"ReliableTool 'Area' failed. Last failure: .*{reason}") as caught:
        tool_of(models, max_tool_invocations=2).run("What is 3 x 2?")
    assert caught.value.final_context.attempt_count == 2  # type: ignore[attr-defined]


def test_a_runner_that_only_talks_is_reminded_and_then_given_up(models: Any) -> None:
    runner, _ = models
    runner.add("Six.", "Really six.", "Six!")
    with pytest.raises(ReliableToolError, match="No execution attempts were made"):
        tool_of(models, max_tool_invocations=2).run("What is 3 x 2?")
    assert "Call the tool execute_area" in runner.requests[1].last_text
    assert len(runner.requests) == 3


def test_both_models_read_what_the_program_knows(models: Any) -> None:
    runner, validator = models
    runner.add(call(width=3))
    validator.add(verdict(True))
    tool = tool_of(
        models,
        messages=[{"role": "user", "content": "earlier"}],
        ground_truth=["A width is 3."],
        system_message_addition_for_tool_calling="Use metres.",
        system_message_addition_for_result_validation="Be strict.",
        enable_dynamic_validation=True,
    )
    assert set(tool.function_schema["parameters"]["properties"]) == {"task", "validation_prompt_addition"}
    assert tool("What is 3 x 2?", validation_prompt_addition="It is even.") == 6
    for server in models:
        texts = [message["content"] for message in server.requests[0].messages]
        assert texts[1] == "earlier"
        assert texts[2].endswith("A width is 3.")
        assert "What is 3 x 2?" in texts[0]
    assert "Use metres." in runner.requests[0].messages[0]["content"]
    assert "Be strict." in validator.requests[0].messages[0]["content"]
    assert "It is even." in validator.requests[0].messages[0]["content"]


@both_ways
def test_an_agent_uses_it_as_any_other_tool(models: Any, way: str) -> None:
    runner, validator = models
    function = area if way == "sync" else Tool(name="area", func_or_tool=a_area)
    runner.add(call(width=3))
    validator.add(verdict(True))
    tool = tool_of(models, function)
    with MockOpenAIServer([tool_call("Area", task="What is 3 x 2?"), "It is 6. TERMINATE"]) as server:
        assistant = AssistantAgent("assistant", llm_config=server.llm_config(), functions=[tool])
        user = UserProxyAgent("user", human_input_mode="NEVER", code_execution_config=False)
        tool.register_for_execution(user)
        if way == "sync":
            user.initiate_chat(assistant, message="go", max_turns=2, silent=True)
        else:
            asyncio.run(user.a_initiate_chat(assistant, message="go", max_turns=2, silent=True))
        assert server.requests[0]["tools"][0]["function"]["parameters"]["required"] == ["task"]
        assert server.requests[1].last_text == "6"


@both_ways
def test_what_its_models_cost_is_on_the_account_of_the_agent_that_asks(models: Any, way: str) -> None:
    runner, validator = models
    runner.add(Reply(tool_calls=(call(width=3),), usage=(100, 10)))
    validator.add(Reply(verdict(True), usage=(1000, 10)))
    tool = tool_of(models)
    with MockOpenAIServer(
        [Reply(tool_calls=(tool_call("Area", task="t"),), usage=(7, 1)), Reply("TERMINATE", usage=(9, 1))]
    ) as server:
        assistant = AssistantAgent("assistant", llm_config=server.llm_config(), functions=[tool])
        user = UserProxyAgent("user", human_input_mode="NEVER", code_execution_config=False)
        tool.register_for_execution(user)
        if way == "sync":
            result = user.initiate_chat(assistant, message="go", max_turns=2, silent=True)
        else:
            result = asyncio.run(user.a_initiate_chat(assistant, message="go", max_turns=2, silent=True))
    usage = result.cost["usage_including_cached_inference"]["mock-model"]
    assert usage["prompt_tokens"] == 7 + 100 + 1000 + 9


def test_the_function_may_ask_for_variables(models: Any) -> None:
    def scaled(width: int, context_variables: ContextVariables) -> int:
        """Scale it."""
        return width * context_variables["factor"]

    runner, validator = models
    runner.add(tool_call("execute_scaled", width=3, hypothesis="it fits"))
    validator.add(verdict(True))
    assert tool_of(models, scaled).run("Scale 3.", ContextVariables(data={"factor": 10})) == 30


@pytest.mark.parametrize(
    ("settings", "error", "complaint"),
    [
        ({"runner_llm_config": None}, ValueError, "Runner LLM config failed validation"),
        ({"validator_llm_config": False}, ValueError, "Validator LLM config failed validation"),
        (
            {"max_tool_invocations": 0},
            ValueError,
            "max_tool_invocations of ReliableTool should be greater",
        ),
        ({"func_or_tool": lambda x: x}, TypeError, "annotations are missing for the following parameters: 'x'"),
    ],
)
def test_what_cannot_work_is_refused_at_once(settings: Any, error: type[Exception], complaint: str) -> None:
    config = {"config_list": [{"model": "m", "api_key": "sk-test"}]}
    good = {"name": "A", "func_or_tool": area, "runner_llm_config": config, "validator_llm_config": config}
    with pytest.raises(error, match=complaint):
        ReliableTool(**{**good, **settings})


def test_the_time_is_told_in_a_format() -> None:
    tool = TimeTool(date_time_format="%d in %Y")
    assert tool.name == "date_time"
    assert tool.function_schema["parameters"]["properties"]["date_time_format"]["default"] == "%d in %Y"
    day, year = asyncio.run(tool()).split(" in ")
    assert (len(day), len(year)) == (2, 4)
    assert len(asyncio.run(tool(date_time_format="%Y"))) == 4
    with pytest.raises(TypeError, match="date_time_format of TimeTool should be a valid string"):
        TimeTool(date_time_format=3)  # type: ignore[arg-type]
