"""Every Python block of the documentation runs as it is printed, without a network and without a key."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from autogen_classic import AssistantAgent, UserProxyAgent
from autogen_classic.testing import MockOpenAIServer, forbid_model_requests

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "website" / "docs"
# The stand-ins for clusters and clouds, and what tells whether an engine is there.
sys.path[:0] = [str(ROOT / "test" / "coding"), str(ROOT / "test" / "coding" / "conformance")]

# On these pages each block is a program of its own; on the others a block goes on where the last one ended.
INDEPENDENT_BLOCKS = ("code-execution.md", "cookbook.md", "questions.md", "testing-your-agents.md")
PAGES_WITHOUT_A_KEY = ("cookbook.md", "questions.md", "testing-your-agents.md")  # not even one for a local server
# These pages must begin with a program that needs nothing but the library.
PAGES_THAT_BEGIN_WITH_A_PROGRAM = (
    "building-teams.md",
    "captain.md",
    "evaluation.md",
    "from-ag2.md",
    "from-autogen-0-1.md",
    "from-autogen-0-4.md",
    "getting-started.md",
    "google-drive.md",
    "groups.md",
    "hooks-and-replies.md",
    "human-input.md",
    "index.md",
    "long-context.md",
    "mathematics.md",
    "mcp.md",
    "memory.md",
    "realtime.md",
    "retrieval.md",
    "search-tools.md",
    "serving.md",
    "society-of-mind.md",
    "state.md",
    "swarms.md",
    "tools.md",
    "viewing.md",
    "web-agents.md",
)


@dataclass(frozen=True)
class Block:
    """A Python block of a page."""

    page: Path
    line: int
    code: str

    def run(self, names: dict[str, Any], code: str | None = None) -> None:
        """Run the block; a traceback shows the line of the page."""
        exec(compile("\n" * self.line + (code or self.code), str(self.page), "exec"), names)


def blocks_of(page: Path) -> list[Block]:
    text = page.read_text(encoding="utf-8")
    found = re.finditer(r"^( *)```python\n(.*?)^\1```$", text, re.MULTILINE | re.DOTALL)
    return [Block(page, text.count("\n", 0, match.start(2)), dedent(match[2])) for match in found]


# Pages that are made are not among them: those of notebooks are run in test/notebooks, those of errors by
# test_error_pages.py.
MADE = (DOCS / "errors", DOCS / "notebook")
WRITTEN = [page for page in sorted(DOCS.rglob("*.md")) if page.parent not in MADE]
PAGES = {page: blocks_of(page) for page in [ROOT / "README.md", *WRITTEN]}
CHAINED = [page for page, blocks in PAGES.items() if blocks and page.name not in INDEPENDENT_BLOCKS]
INDEPENDENT = [block for page, blocks in PAGES.items() if page.name in INDEPENDENT_BLOCKS for block in blocks]


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MockOpenAIServer]:
    """An empty directory with a configuration list, and a local server in the place of every model."""
    monkeypatch.chdir(tmp_path)
    with MockOpenAIServer(default="TERMINATE") as server, forbid_model_requests():
        monkeypatch.setenv("OPENAI_API_KEY", "sk-a-key-for-the-docs")
        monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
        entries = [
            {"model": "gpt-4o-mini", "tags": ["openai", "cheap"], "price": [0, 0]},
            {"model": "claude-haiku-4-5", "api_type": "anthropic", "api_key": "sk-ant-a-key-for-the-docs"},
        ]
        monkeypatch.setenv("OAI_CONFIG_LIST", json.dumps(entries))
        Path("OAI_CONFIG_LIST").write_text(json.dumps(entries), encoding="utf-8")
        Path("data.csv").write_text("a,b\n", encoding="utf-8")
        yield server


@pytest.mark.parametrize("page", CHAINED, ids=lambda page: page.name)
def test_the_blocks_of_a_page_run_one_after_the_other(page: Path, model: MockOpenAIServer) -> None:
    if page.name == "local-model.md":
        pytest.importorskip("xllamacpp")
    if page.name == "messages.md":
        pytest.importorskip("slack_sdk")
    names: dict[str, Any] = {"__name__": "page", **_agents(model)}
    try:
        for block in PAGES[page]:
            block.run(names)
    finally:
        if "install_as_autogen" in names:
            from autogen_classic.compat import uninstall_as_autogen

            uninstall_as_autogen()


@pytest.mark.parametrize("page", PAGES_THAT_BEGIN_WITH_A_PROGRAM)
def test_the_first_block_of_a_guide_runs_alone(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with forbid_model_requests():
        PAGES[DOCS / page][0].run({"__name__": "page"})


@pytest.mark.parametrize("block", INDEPENDENT, ids=lambda block: f"{block.page.stem}:{block.line}")
def test_a_block_runs_alone(
    block: Block, model: MockOpenAIServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _skip_without_what_it_needs(block.code)
    if block.page.name in PAGES_WITHOUT_A_KEY:
        monkeypatch.delenv("OPENAI_API_KEY")
    with ExitStack() as stack:
        block.run({"__name__": "page"}, _with_stand_ins(block.code, stack, tmp_path, monkeypatch))


def test_the_page_about_testing_has_a_block_for_each_double() -> None:
    page = "".join(block.code for block in PAGES[DOCS / "testing-your-agents.md"])
    for name in ("ScriptedClient", "MockOpenAIServer", "ScriptedPerson", "ScriptedExecutor", "forbid_model_requests"):
        assert f"import {name}" in page or f", {name}" in page


def test_the_pictures_of_the_page_about_viewing_are_drawn_by_its_programs() -> None:
    names: dict[str, Any] = {"__name__": "page"}
    for block in PAGES[DOCS / "viewing.md"]:
        block.run(names)
    for figure, drawn in (("sequence", names["result"]), ("transitions", names["group"])):
        assert (ROOT / "website" / "figures" / f"{figure}.svg").read_text(encoding="utf-8") == drawn.draw("svg")


def test_each_recipe_of_the_cookbook_has_one_program() -> None:
    recipes = (DOCS / "cookbook.md").read_text(encoding="utf-8").split("\n## ")[1:]
    assert len(recipes) >= 15
    assert [recipe.partition("\n")[0] for recipe in recipes if recipe.count("```python\n") != 1] == []


def test_a_traceback_shows_the_line_of_the_page(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Title\n\n```python\nfine = 1\nraise KeyError\n```\n", encoding="utf-8")
    (block,) = blocks_of(page)
    with pytest.raises(KeyError) as failure:
        block.run({})
    assert failure.traceback[-1].lineno == 4  # counted from 0


# --- What the pages take for granted ------------------------------------------------------------------------------


def _agents(model: MockOpenAIServer) -> dict[str, Any]:
    """The two agents that fragments speak of."""
    assistant = AssistantAgent("assistant", llm_config=model.llm_config())
    user = UserProxyAgent("user", human_input_mode="NEVER", code_execution_config=False)
    return {"assistant": assistant, "user": user, "user_proxy": user}


def _skip_without_what_it_needs(code: str) -> None:
    import executors

    needs = {
        "DockerCommandLine": executors.no_docker,
        "DockerJupyter": lambda: executors._no_jupyter() or executors.no_docker(),
        "EmbeddedIPython": executors._no_jupyter,
        "Pod": executors._no_kubernetes,
        "bubblewrap": executors._no_bubblewrap,
    }
    for word, missing in needs.items():
        if word in code and missing():
            pytest.skip(missing())


def _with_stand_ins(code: str, stack: ExitStack, folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Put servers of the tests in the place of a cluster, of Azure, and of an image that would have to be built."""
    if "Pod" in code:
        from fake_cluster import FakeCluster

        file = stack.enter_context(FakeCluster()).kube_config(folder)
        return _replaced(code, 'namespace="agents"', f'namespace="default", kube_config_file={file!r}')
    if "ACADynamicSessions" in code:
        pytest.importorskip("tenacity")
        from fake_session_pool import FakeSessionPool

        pool = stack.enter_context(FakeSessionPool())
        address = '"https://REGION.dynamicsessions.io/subscriptions/..."'
        return _replaced(code, address, f"{pool.endpoint!r}, credential=lambda: {pool.token!r}")
    if "DockerJupyterServer" in code:
        from autogen_classic.coding.jupyter import DockerJupyterServer

        dockerfile = f"FROM autogen-classic/jupyter:latest\n# for the examples of the page, in process {os.getpid()}\n"
        monkeypatch.setattr(DockerJupyterServer, "DEFAULT_DOCKERFILE", dockerfile)
        image = f"autogen-classic-jupyter:{hashlib.sha256(dockerfile.encode()).hexdigest()[:12]}"
        stack.callback(subprocess.run, ["docker", "rmi", "--force", image], capture_output=True, check=True)
    return code


def _replaced(code: str, words: str, others: str) -> str:
    assert words in code
    return code.replace(words, others)
