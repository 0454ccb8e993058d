"""Code in sandboxes of Daytona: its own client, against a double that speaks its REST API."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("daytona")

from agent_kit import agent, both_ways, chat
from daytona import DaytonaAuthenticationError, DaytonaError
from daytona_double import KEY, DaytonaDouble

from autogen_classic import UserProxyAgent
from autogen_classic.coding import CodeBlock, CodeExecutor, DaytonaCodeExecutor, DaytonaSandboxResources

pytestmark = pytest.mark.filterwarnings("ignore")  # what its client and the packages of that warn about


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[DaytonaDouble]:
    for name in ("API_KEY", "API_URL", "TARGET"):
        monkeypatch.delenv(f"DAYTONA_{name}", raising=False)
    with DaytonaDouble() as double:
        yield double


def make(service: DaytonaDouble, **settings: Any) -> DaytonaCodeExecutor:
    return DaytonaCodeExecutor(KEY, service.url, **settings)


def run(executor: DaytonaCodeExecutor, *codes: str, language: str = "python") -> Any:
    return executor.execute_code_blocks([CodeBlock(code=code, language=language) for code in codes])


def test_blocks_run_in_one_sandbox_that_keeps_files(service: DaytonaDouble) -> None:
    executor = make(service)
    result = run(executor, "open('kept', 'w').write('yes')", "print(open('kept').read())")
    assert (result.exit_code, result.output) == (0, "yes\n")
    assert list(service.sandboxes) == [result.sandbox_id]
    assert isinstance(executor, CodeExecutor)


def test_a_failure_ends_the_run(service: DaytonaDouble) -> None:
    result = run(make(service), "1 / 0", "print('never')")
    assert result.exit_code == 1
    assert "ZeroDivisionError" in result.output
    assert "never" not in result.output


@pytest.mark.parametrize("language", ["sh", "bash", "shell"])
def test_shells_run_files_that_do_not_stay(service: DaytonaDouble, language: str) -> None:
    executor = make(service)
    result = run(executor, "echo 'a \"b\"'\nls", language=language)
    assert result.output.startswith('a "b"\n')
    assert run(executor, "import os\nprint(os.listdir())").output == "[]\n"


def test_other_languages_are_told_to_be_unsupported(service: DaytonaDouble) -> None:
    result = run(make(service), "x", language="html")
    known = "python, bash, sh, javascript, typescript"
    assert (result.exit_code, result.output) == (1, f"Unsupported language: 'html'. Supported languages: {known}")


def test_a_sandbox_has_what_it_was_asked_to_have(service: DaytonaDouble) -> None:
    resources = DaytonaSandboxResources(cpu=1, memory=2)
    make(service, image="python:3.12", name="mine", env_vars={"A": "b"}, target="us", resources=resources)
    [created] = [body for path, body in service.requests if path == "POST /api/sandbox"]
    assert (created["name"], created["env"], created["target"]) == ("mine", {"A": "b"}, "us")
    assert (created["cpu"], created["memory"]) == (1, 2)
    make(service, snapshot="prepared")
    assert [body["snapshot"] for _, body in service.requests if "snapshot" in body] == ["prepared"]


def test_sandboxes_end_with_their_executors(service: DaytonaDouble) -> None:
    executor = make(service)
    before = run(executor).sandbox_id
    executor.restart()
    assert list(service.sandboxes) != [before]
    executor.delete()
    assert service.sandboxes == {}
    assert run(executor, "print(1)").output == "1\n"
    del executor
    gc.collect()
    assert service.sandboxes == {}
    with make(service):
        assert len(service.sandboxes) == 1
    assert service.sandboxes == {}


def test_code_that_takes_too_long_is_ended(service: DaytonaDouble) -> None:
    result = run(make(service, timeout=1), "while True: pass", "print('never')")
    assert (result.exit_code, result.output) == (124, "The code was ended after 1 seconds.")


def test_code_is_stopped_from_another_thread(service: DaytonaDouble) -> None:
    executor = make(service)
    results: list[Any] = []
    code = "import pathlib\nbegun = pathlib.Path('begun')\nbegun.touch()\nwhile begun.exists(): pass"
    [folder] = service.sandboxes.values()
    thread = threading.Thread(target=lambda: results.append(run(executor, code, "print('never')")))
    thread.start()
    while not (folder / "begun").exists():
        thread.join(0.02)
    executor.stop()
    (folder / "begun").unlink()
    thread.join(30)
    assert results[0].exit_code == 130 or "never" not in results[0].output
    assert run(executor, "print('later')").output == "later\n"


@pytest.mark.parametrize(
    "fault",
    [
        (401, "{}"),
        (429, '{"message": "slow"}'),
        (500, "<html>oops</html>"),
        (200, "<html>"),
        (200, '{"half'),
        (200, ""),
    ],
)
def test_a_service_that_fails_is_a_failure_of_the_code(service: DaytonaDouble, fault: Any) -> None:
    executor = make(service)
    service.faults = [fault] * 20
    result = run(executor, "print(1)")
    service.faults = []
    assert result.exit_code == 1
    assert result.output.startswith("Error executing code block: ")
    assert KEY not in result.output


def test_what_cannot_work_is_refused(service: DaytonaDouble) -> None:
    with pytest.raises(ValueError, match="Cannot specify both"):
        make(service, snapshot="a", image="b")
    with pytest.raises(ValueError, match="greater than or equal to 1"):
        make(service, timeout=0)
    with pytest.raises(DaytonaError):
        DaytonaCodeExecutor("wrong", service.url)
    with pytest.raises(DaytonaAuthenticationError):
        DaytonaCodeExecutor(api_url=service.url)


@both_ways
def test_an_agent_runs_the_code_that_it_reads(service: DaytonaDouble, way: str) -> None:
    proxy = UserProxyAgent("proxy", human_input_mode="NEVER", code_execution_config={"executor": make(service)})
    writer = agent("writer", default_auto_reply="```python\nprint(6 * 7)\n```")
    result = chat(way, proxy, writer, message="How much?", max_turns=2)
    assert "Code output: 42" in result.chat_history[2]["content"]
