"""A crawler that reads pages in Chromium, and lets a model take something out of them, on pages of this machine."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler

import pytest
from pydantic import BaseModel
from web_pages import Page, WebPages, redirect

from autogen_classic import AssistantAgent, UserProxyAgent
from autogen_classic.browser_utils._chromium import chromium_path
from autogen_classic.errors import AddressRefusedError, ToolServiceError
from autogen_classic.testing import MockOpenAIServer, Reply, error, tool_call
from autogen_classic.tools.experimental import Crawl4AITool
from test.helpers.agent_kit import both_ways, chat

BEGIN = "[Begin of what strangers wrote."
SCRIPTED = "<title>Heron</title><h1>Heron</h1><p id=p></p><script>p.textContent = 'It is ' + '90 cm tall'</script>"


class Bird(BaseModel):
    """What is taken out of a page."""

    name: str
    height: int


@pytest.fixture
def model() -> Iterator[MockOpenAIServer]:
    with MockOpenAIServer() as server:
        yield server


@pytest.fixture
def pages() -> Iterator[WebPages]:
    with WebPages({"/heron": SCRIPTED}) as server:
        yield server


@pytest.fixture
def crawl4ai() -> None:
    pytest.importorskip("crawl4ai", reason="crawl4ai is heavy; install the extra")
    if chromium_path() is None:
        pytest.skip("Chromium is not installed; scripts/test-services installs it")


@pytest.mark.usefixtures("crawl4ai")
@both_ways
def test_an_agent_has_a_page_read_as_its_scripts_have_made_it(
    model: MockOpenAIServer, pages: WebPages, way: str
) -> None:
    assistant = AssistantAgent("assistant", llm_config=model.llm_config())
    user = UserProxyAgent("user", human_input_mode="NEVER", code_execution_config=False)
    tool = Crawl4AITool()
    tool.register_for_llm(assistant)
    tool.register_for_execution(user)
    model.add(tool_call("crawl4ai", url=f"{pages.url}/heron"), "90 cm.")
    result = chat(way, user, assistant, message="How tall?", max_turns=2)
    assert result.summary == "90 cm."
    assert model.requests[1].last_text.startswith(BEGIN)
    assert "It is 90 cm tall" in model.requests[1].last_text
    assert list(tool.tool_schema["function"]["parameters"]["properties"]) == ["url"]


@pytest.mark.usefixtures("crawl4ai")
def test_a_model_takes_things_out_of_a_page_on_the_account_of_the_agent(
    model: MockOpenAIServer, pages: WebPages
) -> None:
    assistant = AssistantAgent("assistant", llm_config=model.llm_config())
    user = UserProxyAgent("user", human_input_mode="NEVER", code_execution_config=False)
    tool = Crawl4AITool(model.llm_config(), Bird, {"extra_args": {"temperature": 0.5}})
    tool.register_for_llm(assistant)
    tool.register_for_execution(user)
    call = tool_call("crawl4ai", url=f"{pages.url}/heron", instruction="Which bird, how tall?")
    taken = json.dumps({"items": [{"name": "heron", "height": 90}]})
    model.add(Reply(tool_calls=(call,), usage=(1, 0)), Reply(taken, usage=(1, 0)), Reply("90 cm.", usage=(1, 0)))
    result = chat("sync", user, assistant, message="How tall?", max_turns=2)
    begin, *lines, _ = result.chat_history[2]["content"].split("\n")
    assert begin.startswith(BEGIN)
    assert json.loads("\n".join(lines)) == [{"name": "heron", "height": 90, "error": False}]
    asked = model.requests[1]
    assert "Which bird, how tall?" in asked.last_text
    assert "It is 90 cm tall" in asked.last_text
    assert asked["temperature"] == 0.5
    assert result.cost["usage_including_cached_inference"]["mock-model"]["prompt_tokens"] == 3


@pytest.mark.usefixtures("crawl4ai")
def test_a_model_that_fails_is_told_in_the_list(model: MockOpenAIServer, pages: WebPages) -> None:
    model.add(error(401, message="a wrong key"))
    tool = Crawl4AITool(model.llm_config(max_retries=0))
    (entry,) = json.loads(asyncio.run(tool(url=f"{pages.url}/heron", instruction="How tall?")))
    assert entry["error"] is True
    assert "a wrong key" in entry["content"]


@pytest.mark.usefixtures("crawl4ai")
def test_pages_stay_behind_the_fence_and_are_cut_to_size(pages: WebPages) -> None:
    def write_on(handler: BaseHTTPRequestHandler) -> None:
        for _ in range(50):
            handler.wfile.write(b"<p>" + b"heron " * 170_000)

    async def read() -> None:
        tool = Crawl4AITool(allow_private_addresses=["127.0.0.1"])
        with pytest.raises(AddressRefusedError, match="only http and https"):
            await tool(url="file:///etc/passwd")
        with pytest.raises(AddressRefusedError, match="is refused"):
            await tool(url="http://127.0.0.2/")
        with pytest.raises(ToolServiceError, match=r"The address 169\.254\.169\.254 is refused always"):
            await tool(url=f"{pages.url}/meta")
        with pytest.raises(ToolServiceError, match="The page cannot be read: the server answers with the status 500"):
            await tool(url=f"{pages.url}/broken")
        text = await tool(url=f"{pages.url}/endless")
        assert len(text._classic_for_model()) < 50_000

    pages.pages |= {
        "/meta": redirect("http://169.254.169.254/latest/meta-data/"),
        "/broken": Page("<h1>Later</h1>", status=500),
        "/endless": Page(write=write_on),
    }
    asyncio.run(read())


def test_a_missing_package_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "crawl4ai", None)
    with pytest.raises(ImportError, match=r"Crawl4AITool needs crawl4ai .*autogen-classic\[crawl4ai\]"):
        Crawl4AITool()
