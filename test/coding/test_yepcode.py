"""Code in sandboxes of YepCode, against a double that speaks its REST API."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from agent_kit import agent, both_ways, chat
from yepcode_double import TOKEN, YepCodeDouble

from autogen_classic import UserProxyAgent
from autogen_classic.coding import CodeBlock, CodeExecutor, YepCodeCodeExecutor


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[YepCodeDouble]:
    monkeypatch.delenv("YEPCODE_API_TOKEN", raising=False)
    with YepCodeDouble() as double:
        monkeypatch.setenv("YEPCODE_API_HOST", double.host)
        yield double


def run(*codes: str, language: str = "python", **settings: Any) -> Any:
    executor = YepCodeCodeExecutor(TOKEN, **settings)
    return executor.execute_code_blocks([CodeBlock(code=code, language=language) for code in codes])


def said(result: Any) -> list[str]:
    """The lines of the output without the times of the logs."""
    return [line.partition(" - ")[2] or line for line in result.output.splitlines()]


def test_what_code_prints_is_its_output(service: YepCodeDouble) -> None:
    result = run("print(1)\nprint(2)", "print('three')")
    assert result.exit_code == 0
    assert said(result) == ["", "", "Execution logs:", "INFO: 1", "INFO: 2", "===", *["", ""], *said(result)[-2:]]
    assert said(result)[-1] == "INFO: three"
    assert result.execution_id == "run-2"
    assert service.sources.popitem()[1]["script"] == {"programmingLanguage": "PYTHON", "sourceCode": "print('three')"}


def test_what_code_returns_is_its_result(service: YepCodeDouble) -> None:
    service.returns = '{"a": 1}'
    assert run("pass").output == 'Execution result:\n{"a": 1}'


def test_a_failure_ends_the_run(service: YepCodeDouble) -> None:
    result = run("1 / 0", "print('never')")
    assert result.exit_code == 1
    assert result.output.startswith("Execution failed with error:\nZeroDivisionError: division by zero\n")
    assert "never" not in result.output


@pytest.mark.parametrize("language", ["sh", "", "html"])
def test_other_languages_are_told_to_be_unsupported(service: YepCodeDouble, language: str) -> None:
    result = run("echo hi", language=language)
    assert (result.exit_code, service.requests) == (1, [])
    assert result.output == f"Unsupported language: {language}. Supported languages: python, javascript"


def test_the_same_code_is_the_same_process_unless_it_is_removed(service: YepCodeDouble) -> None:
    run("print(1)")
    run("print(1)")
    assert service.requests.count("POST /processes") == 1
    run("print(1)", remove_on_done=True)
    assert service.sources == {}


def test_code_may_be_started_without_waiting(service: YepCodeDouble) -> None:
    result = run("print(1)", sync_execution=False)
    assert (result.output, result.execution_id) == ("Execution started with ID: run-1", "run-1")
    assert not any("executions" in request for request in service.requests)


def test_code_that_takes_too_long_is_ended(service: YepCodeDouble, monkeypatch: pytest.MonkeyPatch) -> None:
    service.polls = 1000
    clock = iter(range(0, 1000, 20))
    monkeypatch.setattr("autogen_classic.coding.yepcode_code_executor.time.monotonic", lambda: float(next(clock)))
    result = run("print('before')", timeout=30)
    assert result.exit_code == 124
    assert result.output.startswith("Execution timed out after 30 seconds.")
    assert said(result)[-1] == "INFO: before"
    assert "PUT /executions/run-1/kill" in service.requests


def test_code_is_stopped_from_another_thread(service: YepCodeDouble) -> None:
    service.polls = 1000
    executor = YepCodeCodeExecutor(TOKEN)
    results: list[Any] = []
    block = CodeBlock(code="pass", language="python")
    thread = threading.Thread(target=lambda: results.append(executor.execute_code_blocks([block])))
    thread.start()
    while "GET /executions/run-1" not in service.requests:
        thread.join(0.01)
    executor.stop()
    thread.join(30)
    assert results[0].exit_code == 130
    service.polls = 0
    assert executor.execute_code_blocks([block]).exit_code == 0


@pytest.mark.parametrize(
    ("faults", "says"),
    [
        ([(401, "{}")], r"refused the API token \(HTTP 401\)\. Check the API token\."),
        ([None, (500, "<html>oops</html>")], r"refused GET /processes/.* \(HTTP 500\)\. The service has a problem"),
        ([None, (429, '{"message": "slow down"}')], r"\(HTTP 429\): slow down\. Too many requests"),
        ([None, (200, "<html>hello</html>")], "but not with a JSON object"),
        ([None, (200, '{"id": "half')], "but not with a JSON object"),
        ([None, (200, '{"name": "x"}')], "answered without 'id'"),
        ([None, None, None, (200, "")], "answered without 'executionId'"),
        ([None, (302, "")], r"\(HTTP 302\)"),
    ],
)
def test_a_service_that_fails_is_a_failure_of_the_code(service: YepCodeDouble, faults: Any, says: str) -> None:
    service.faults = faults
    result = run("print(1)")
    assert result.exit_code == 1
    assert result.output.startswith("Error executing code: YepCode ")
    assert re.search(says, result.output)
    assert TOKEN not in result.output


def test_a_service_that_cannot_be_reached_is_a_failure_of_the_code(monkeypatch: pytest.MonkeyPatch) -> None:
    with YepCodeDouble() as gone:
        monkeypatch.setenv("YEPCODE_API_HOST", gone.host)
    result = run("print(1)")
    assert (result.exit_code, result.output) == (
        1,
        "Error executing code: YepCode cannot be reached (ConnectionError).",
    )


def test_an_access_token_that_has_expired_is_renewed(service: YepCodeDouble) -> None:
    executor = YepCodeCodeExecutor(TOKEN)
    executor.execute_code_blocks([CodeBlock(code="print(1)", language="python")])
    service.access_tokens += 1
    result = executor.execute_code_blocks([CodeBlock(code="print(2)", language="py")])
    assert (result.exit_code, service.access_tokens) == (0, 3)


def test_the_token_is_looked_at_before_anything_is_sent(
    service: YepCodeDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ValueError, match="YepCode API token is required"):
        YepCodeCodeExecutor()
    for wrong in ("sk-secret", "secret", "sk-" + "ä"):
        with pytest.raises(ValueError, match="has not the form") as raised:
            YepCodeCodeExecutor(wrong)
        assert "secret" not in str(raised.value)
    with pytest.raises(ValueError, match="greater than or equal to 1"):
        YepCodeCodeExecutor(TOKEN, timeout=0)
    monkeypatch.setenv("YEPCODE_API_HOST", "http://yepcode.example")
    with pytest.raises(ValueError, match="must begin with https://"):
        YepCodeCodeExecutor(TOKEN)
    monkeypatch.setenv("YEPCODE_API_HOST", service.host)
    monkeypatch.setenv("YEPCODE_API_TOKEN", TOKEN)
    executor = YepCodeCodeExecutor()
    assert isinstance(executor, CodeExecutor)
    executor.restart()
    assert executor.timeout == 60


@both_ways
def test_an_agent_runs_the_code_that_it_reads(service: YepCodeDouble, way: str) -> None:
    proxy = UserProxyAgent(
        "proxy", human_input_mode="NEVER", code_execution_config={"executor": YepCodeCodeExecutor(TOKEN)}
    )
    writer = agent("writer", default_auto_reply="```python\nprint(6 * 7)\n```")
    result = chat(way, proxy, writer, message="How much?", max_turns=2)
    assert "INFO: 42" in result.chat_history[2]["content"]
