"""Code in containers of research papers, whose images a double of Remyx's catalog names."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from executors import block, no_docker

from autogen_classic.coding import RemyxCodeExecutor
from autogen_classic.testing import MockOpenAIServer

PAPER = {
    "arxiv_id": "2010.11929",
    "title": "A Paper",
    "docker_image": "python:3-slim",
    "github_url": "https://github.com/x/y",
    "working_directory": "/app",
    "environment_vars": ["REMYX_TEST_TOKEN"],
    "reasoning": "It is about pictures.",
    "quickstart_hint": None,
}
needs_docker = pytest.mark.skipif(bool(no_docker()), reason=no_docker() or "-")


class Catalog:
    """A catalog that gives one answer, whichever paper is asked for."""

    def __init__(self, status: int, text: str) -> None:
        catalog = self
        self.asked: list[tuple[str, str | None]] = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *arguments: object) -> None:
                """Say nothing."""

            def do_GET(self) -> None:
                catalog.asked.append((self.path, self.headers.get("authorization")))
                self.send_response(status)
                self.end_headers()
                self.wfile.write(text.encode())

        self._http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._http.server_port}"

    def __enter__(self) -> Catalog:
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *reason: object) -> None:
        self._http.shutdown()
        self._http.server_close()


@pytest.fixture
def executor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RemyxCodeExecutor]:
    monkeypatch.setenv("REMYX_TEST_TOKEN", "a secret")
    with Catalog(200, json.dumps(PAPER)) as catalog:
        monkeypatch.setenv("REMYXAI_API_URL", catalog.url)
        with RemyxCodeExecutor("2010.11929", api_key="remyx-key", work_dir=tmp_path) as executor:
            yield executor
    assert catalog.asked == [("/api/v1.0/search/assets/2010.11929", "Bearer remyx-key")]


@needs_docker
def test_code_runs_in_the_image_of_the_paper_and_without_keys(executor: RemyxCodeExecutor) -> None:
    result = executor.execute_code_blocks([block("import os\nprint(os.environ.get('REMYX_TEST_TOKEN'))")])
    assert (result.exit_code, result.output) == (0, "None\n")
    assert (result.arxiv_id, result.paper_title) == ("2010.11929", "A Paper")
    assert executor.paper_info == PAPER
    assert executor.get_paper_context() == (
        "Paper Information:\nTitle: A Paper\narXiv ID: 2010.11929\nGitHub: https://github.com/x/y\n"
        "Working Directory: /app\n\nContext:\nIt is about pictures."
    )


@needs_docker
def test_a_model_explores_the_paper(executor: RemyxCodeExecutor) -> None:
    with MockOpenAIServer(["```bash\necho found\n```", "It works. TERMINATE"]) as server:
        config = {"cache_seed": None, **server.llm_config()}
        result = executor.explore("Find it.", interactive=False, llm_config=config, verbose=False)
        system = str(server.requests[0]["messages"][0]["content"])
    assert [message["name"] for message in result.chat_history[:2]] == ["code_executor", "research_explorer"]
    assert "Code output: found" in result.chat_history[2]["content"]
    assert result.summary == "It works. "
    assert system.startswith("Paper Information:\nTitle: A Paper")
    assert system.endswith("The goal:\nFind it.")
    assert "Total messages: 4" in executor.format_chat_result(result)


@needs_docker
def test_agents_for_exploring_are_made_as_asked(executor: RemyxCodeExecutor) -> None:
    with MockOpenAIServer([]) as server:
        runner, explorer = executor.create_agents(llm_config=server.llm_config(), system_message="Be quick.")
    assert (runner.name, runner.code_executor, runner.human_input_mode) == ("code_executor", executor, "NEVER")
    assert explorer.human_input_mode == "ALWAYS"
    assert "Be quick." in explorer.system_message


@needs_docker
def test_an_image_needs_no_catalog(tmp_path: Path) -> None:
    with RemyxCodeExecutor(image="python:3-slim", work_dir=tmp_path) as executor:
        assert executor.paper_info is None
        assert executor.get_paper_context() == "Docker Image: python:3-slim"
        assert executor.execute_code_blocks([block("print(1)")]).output == "1\n"


@pytest.mark.parametrize(
    ("status", "text", "kind", "says"),
    [
        (404, "", ValueError, "Paper 2010.11929 not found in Remyx catalog"),
        (401, "{}", RuntimeError, "HTTP 401.*Check the API key"),
        (429, "", RuntimeError, "HTTP 429"),
        (500, "<html>", RuntimeError, "HTTP 500"),
        (302, "", RuntimeError, "HTTP 302"),
        (200, "<html>", RuntimeError, "not with a JSON object"),
        (200, '{"title": "ha', RuntimeError, "not with a JSON object"),
        (200, "[]", RuntimeError, "not with a JSON object"),
        (200, '{"title": "A Paper"}', ValueError, "has no image for the paper"),
    ],
)
def test_a_catalog_without_an_answer_is_a_clear_error(
    monkeypatch: pytest.MonkeyPatch, status: int, text: str, kind: type[Exception], says: str
) -> None:
    with Catalog(status, text) as catalog:
        monkeypatch.setenv("REMYXAI_API_URL", catalog.url)
        with pytest.raises(kind, match=says) as raised:
            RemyxCodeExecutor("2010.11929", api_key="remyx-key")
    assert "remyx-key" not in str(raised.value)


def test_a_catalog_that_cannot_be_reached_is_a_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    with Catalog(200, "") as gone:
        monkeypatch.setenv("REMYXAI_API_URL", gone.url)
    with pytest.raises(RuntimeError, match="cannot be reached"):
        RemyxCodeExecutor("2010.11929", api_key="remyx-key")


@pytest.mark.parametrize(
    ("settings", "url", "says"),
    [
        ({}, None, "Either arxiv_id or image must be provided"),
        ({"arxiv_id": "../../x?y"}, None, "must be the id of a paper"),
        ({"arxiv_id": "2010.11929"}, None, "needs an API key"),
        ({"arxiv_id": "2010.11929", "api_key": "k"}, "http://remyx.example", "must begin with https://"),
    ],
)
def test_what_cannot_work_is_refused(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, Any], url: str | None, says: str
) -> None:
    monkeypatch.delenv("REMYXAI_API_KEY", raising=False)
    if url is not None:
        monkeypatch.setenv("REMYXAI_API_URL", url)
    with pytest.raises(ValueError, match=says):
        RemyxCodeExecutor(**settings)
