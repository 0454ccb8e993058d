"""A browser that does a task by itself: Chromium for real, driven by browser-use, on pages of this machine."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from web_pages import Page, WebPages, redirect

from autogen_classic import AssistantAgent, UserProxyAgent
from autogen_classic.browser_utils._chromium import chromium_path
from autogen_classic.errors import ToolServiceError
from autogen_classic.testing import MockOpenAIServer, Reply, error, tool_call
from autogen_classic.tools.experimental import BrowserUseTool
from autogen_classic.tools.experimental.browser_use import BrowserUseResult, ExtractedContent
from test.helpers.agent_kit import both_ways, chat

BEGIN = "[Begin of what strangers wrote."


@pytest.fixture
def model() -> Iterator[MockOpenAIServer]:
    with MockOpenAIServer() as server:
        yield server


@pytest.fixture
def pages() -> Iterator[WebPages]:
    with WebPages() as server:
        yield server


@pytest.fixture
def browser_use() -> None:
    pytest.importorskip("browser_use", reason="browser-use is heavy, and pins its packages; install the extra")
    if chromium_path() is None:
        pytest.skip("Chromium is not installed; scripts/test-services installs it")


def step(**actions: dict[str, Any]) -> str:
    """What the model of a browser answers: one step, with these actions."""
    thoughts = dict.fromkeys(("thinking", "evaluation_previous_goal", "memory", "next_goal"), "so")
    plan = {"current_plan_item": 0, "plan_update": None}
    return json.dumps({**thoughts, **plan, "action": [{name: value} for name, value in actions.items()]})


def opening(url: str) -> str:
    return step(navigate={"url": url, "new_tab": False})


def done(text: str) -> str:
    return step(done={"text": text, "success": True, "files_to_display": []})


# --- with the real package -------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("browser_use")
@both_ways
def test_a_browser_does_a_task_on_the_account_of_the_agent(model: MockOpenAIServer, pages: WebPages, way: str) -> None:
    pages.pages["/heron"] = "<title>Heron</title><p id=p></p><script>p.textContent = 'It is ' + '90 cm tall'</script>"
    assistant = AssistantAgent("assistant", llm_config=model.llm_config())
    user = UserProxyAgent("user", human_input_mode="NEVER", code_execution_config=False)
    BrowserUseTool(llm_config=model.llm_config()).register_tool(assistant)
    tool = BrowserUseTool(llm_config=model.llm_config(), agent_kwargs={"use_vision": False, "max_steps": 3})
    tool.register_for_execution(user)
    replies = [opening(f"{pages.url}/heron"), done("90 cm"), "It is 90 cm tall."]
    model.add(Reply(tool_calls=(tool_call("browser_use", task="How tall is a heron?"),), usage=(1, 0)))
    model.add(*(Reply(text, usage=(1, 0)) for text in replies))
    result = chat(way, user, assistant, message="How tall is a heron?", max_turns=2)
    assert result.summary == "It is 90 cm tall."
    assert "How tall is a heron?" in str(model.requests[1].messages)
    assert "It is 90 cm tall" in model.requests[2].last_text
    read = result.chat_history[2]["content"]
    assert read.startswith(BEGIN)
    assert '"final_result": "90 cm"' in read or '"final_result":"90 cm"' in read
    assert result.cost["usage_including_cached_inference"]["mock-model"]["prompt_tokens"] == 4
    assert pages.paths[0] == "/heron"


@pytest.mark.usefixtures("browser_use")
def test_a_browser_stays_behind_the_fence_and_goes_on(model: MockOpenAIServer, pages: WebPages) -> None:
    def write_on(handler: BaseHTTPRequestHandler) -> None:
        for _ in range(60):
            handler.wfile.write(b"<p>" + b"heron " * 170_000)

    with WebPages({"/": "secret"}) as inside:
        pages.pages |= {
            "/meta": redirect("http://169.254.169.254/latest/meta-data/"),
            "/inside": redirect(f"http://127.0.0.2:{inside.port}/"),
            "/endless": Page(write=write_on),
        }
        places = [f"{pages.url}/meta", f"{pages.url}/inside", "file:///etc/passwd", "file://127.0.0.1/etc/passwd"]
        model.add(*map(opening, [*places, f"{pages.url}/endless"]), done("nothing"))
        tool = BrowserUseTool(
            llm_config=model.llm_config(),
            agent_kwargs={"use_vision": False, "max_steps": 8},
            allow_private_addresses=["127.0.0.1"],
        )
        result = asyncio.run(tool(task="Look around."))
        assert inside.requests == []
    assert result.final_result == "nothing"
    shown = str(model.requests)
    assert "is refused" in shown or "403" in shown
    assert "root:" not in shown
    assert max(len(request.last_text) for request in model.requests) < 100_000


@pytest.mark.usefixtures("browser_use")
def test_a_model_that_refuses_is_an_error_that_says_why(model: MockOpenAIServer) -> None:
    model.add(*[error(401, message="a wrong key")] * 20)
    tool = BrowserUseTool(
        llm_config=model.llm_config(max_retries=0),
        agent_kwargs={"max_failures": 1, "final_response_after_failure": False},
    )
    with pytest.raises(ToolServiceError, match="The browser could not do the task: .*a wrong key"):
        asyncio.run(tool(task="Look around."))


# --- without it ------------------------------------------------------------------------------------------------------


def test_a_missing_package_is_named_with_its_extra(model: MockOpenAIServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "browser_use", None)
    with pytest.raises(ImportError, match=r"BrowserUseTool needs browser_use .*autogen-classic\[browser-use\]"):
        BrowserUseTool(llm_config=model.llm_config())


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"llm_config": False}, "llm_config is required"),
        ({"browser": object(), "browser_config": {"headless": True}}, "Cannot provide both browser and browser_config"),
        ({"browser_config": {"proxy": {"server": "http://proxy:3128"}}}, "cannot name a proxy"),
    ],
)
def test_what_cannot_work_is_refused_at_once(model: MockOpenAIServer, settings: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        BrowserUseTool(**{"llm_config": model.llm_config(), **settings})


def test_an_empty_page_is_no_place() -> None:
    assert ExtractedContent(content="a", url="about:blank").url is None
    result = BrowserUseResult(extracted_content=[ExtractedContent(content="a", url="http://x/")], final_result=None)
    assert result.model_dump() == {"extracted_content": [{"content": "a", "url": "http://x/"}], "final_result": None}
