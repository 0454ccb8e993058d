"""Quick research: searches of Tavily, the pages that they find, and a summary of each, over HTTP."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from search_kit import TROUBLES, read_by_model, unmarked
from service_double import Answer, Asked, Services
from web_pages import Page, WebPages, redirect

from autogen_classic import AssistantAgent, UserProxyAgent
from autogen_classic.errors import ToolServiceError
from autogen_classic.testing import MockOpenAIServer, Reply, error, tool_call
from autogen_classic.tools.experimental import QuickResearchTool
from autogen_classic.tools.experimental.quick_research import _summaries
from test.helpers.agent_kit import both_ways, chat

pytest.importorskip("tavily")

TAVILY = "api.tavily.com"
LONG = "<title>Heron</title>" + "".join(f"<p>Part {number} of a long story.</p>" for number in range(20))


@pytest.fixture
def model() -> Iterator[MockOpenAIServer]:
    with MockOpenAIServer() as server:
        yield server


@pytest.fixture
def pages() -> Iterator[WebPages]:
    with WebPages({"/heron": "<title>Heron</title><p>It is 90 cm tall.</p>"}) as server:
        yield server


def finding(*urls: str) -> Callable[[Asked], Answer]:
    """Tavily, which finds these pages whatever it is asked."""
    results = [{"title": f"Page {n}", "url": url, "content": f"snippet {n}"} for n, url in enumerate(urls, 1)]
    return lambda asked: Answer({"query": asked.json["query"], "answer": None, "results": results})


def tool_with(model: MockOpenAIServer, **settings: Any) -> QuickResearchTool:
    config = model.llm_config(max_retries=0)
    here = {"tavily_api_key": "tvly-test", "allow_private_addresses": ["127.0.0.1"]}
    return QuickResearchTool(**{"llm_config": config, **here, **settings})


def researched(tool: QuickResearchTool, *queries: str, **prompts: str) -> Any:
    return json.loads(asyncio.run(tool(queries=list(queries), **prompts)))


@both_ways
def test_pages_that_are_found_are_summed_up_on_the_account_of_the_agent(
    model: MockOpenAIServer, services: Services, pages: WebPages, way: str
) -> None:
    services.answer(TAVILY, finding(f"{pages.url}/heron"))
    assistant = AssistantAgent("assistant", llm_config=model.llm_config())
    user = UserProxyAgent("user", human_input_mode="NEVER", code_execution_config=False)
    tool = tool_with(model)
    tool.register_for_llm(assistant)
    tool.register_for_execution(user)
    call = tool_call("quick_research", queries=["height of a heron"], full_prompt="How tall?")
    model.add(Reply(tool_calls=(call,), usage=(1, 0)), Reply("90 cm", usage=(1, 0)), Reply("So 90 cm.", usage=(1, 0)))
    result = chat(way, user, assistant, message="How tall?", max_turns=2)
    assert result.summary == "So 90 cm."
    source = {"title": "Page 1", "url": f"{pages.url}/heron", "summary": "90 cm"}
    read = json.loads(unmarked(model.requests[2].last_text))
    assert read == [{"query": "height of a heron", "sources": [source]}]
    assert model.requests[1].messages[0]["content"].startswith("How tall?\n")
    assert model.requests[1].last_text == "# Heron\n\nIt is 90 cm tall."
    assert result.cost["usage_including_cached_inference"]["mock-model"]["prompt_tokens"] == 3
    (asked,) = services.asked(TAVILY)
    assert (asked.json["query"], asked.json["max_results"]) == ("height of a heron", 3)


def test_only_the_first_five_queries_count(model: MockOpenAIServer, services: Services) -> None:
    services.answer(TAVILY, finding())
    found = researched(tool_with(model), *"abcdefg")
    assert found == [{"query": query, "sources": []} for query in "abcde"]
    assert len(services.asked(TAVILY)) == 5
    assert model.requests == []


def test_a_page_that_cannot_be_read_is_summed_up_from_its_snippet(
    model: MockOpenAIServer, services: Services, pages: WebPages
) -> None:
    pages.pages |= {
        "/meta": redirect("http://169.254.169.254/latest/meta-data/"),
        "/inside": redirect(f"http://127.0.0.2:{pages.port}/heron"),
        "/huge": Page(b"<p>heron" * 7_000_000),
        "/blob": Page(b"\x00\x01", kind="application/x-blob"),
        "/broken": Page("<h1>Later</h1>", status=500),
        "/deep": "<div>" * 5_000,
    }
    paths = [*pages.pages, "/picture.PNG", "/film.mp4", "/none"][1:]
    services.answer(TAVILY, finding(*(pages.url + path for path in paths)))
    model.add(*["a summary"] * len(paths))
    (found,) = researched(tool_with(model), "herons")
    assert [source["summary"] for source in found["sources"]] == ["a summary"] * len(paths)
    texts = sorted(request.last_text for request in model.requests)
    assert texts == sorted(f"snippet {number}" for number in range(1, len(paths) + 1))
    assert not {"/picture.PNG", "/film.mp4"} & set(pages.paths)


def test_a_long_page_is_summed_up_part_by_part(
    model: MockOpenAIServer, services: Services, pages: WebPages, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"MAX_INPUT_TOKENS": 50, "MAX_CHUNK_TOKENS": 50, "OVERLAP_TOKENS": 5}.items():
        monkeypatch.setattr(_summaries, name, value)
    pages.pages["/long"] = LONG
    services.answer(TAVILY, finding(f"{pages.url}/long"))
    model.add(*["part"] * 3, "the whole")
    (found,) = researched(tool_with(model), "herons", chunk_prompt="Shorten.", merger_prompt="Unite.")
    assert found["sources"][0]["summary"] == "the whole"
    *parts, last = model.requests
    read = [request.last_text for request in parts]
    assert all(any(f"Part {number} of" in text for text in read) for number in range(20))
    assert max(map(len, read)) == 200
    assert last.last_text == "\n\n".join(["part"] * len(parts))
    assert last.messages[0]["content"].startswith("Unite.")


def test_a_huge_page_costs_ten_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(_summaries._chunks_of("heron " * 1_000_000)) == 10


def test_what_has_failed_stands_in_its_place_and_the_rest_is_kept(
    model: MockOpenAIServer, services: Services, pages: WebPages, monkeypatch: pytest.MonkeyPatch
) -> None:
    services.answer(TAVILY, finding(f"{pages.url}/heron", f"{pages.url}/heron"))
    model.add("90 cm", error(500))
    (found,) = researched(tool_with(model), "herons")
    outcomes = [set(source) - {"title", "url"} for source in found["sources"]]
    assert sorted(outcomes, key=sorted) == [{"error"}, {"summary"}]
    monkeypatch.setattr(_summaries, "SUMMARIZE_TIMEOUT", 0.05)
    model.add(*[Reply("late", delay=1)] * 2)
    with pytest.raises(TimeoutError, match=r"longer than 0\.05 seconds"):
        researched(tool_with(model), "herons")


@pytest.mark.parametrize("trouble", [name for name in TROUBLES if name != "half an answer"])
def test_a_search_that_fails_is_told_to_the_model_and_the_chat_goes_on(
    model: MockOpenAIServer, services: Services, trouble: str
) -> None:
    answer, meaning = TROUBLES[trouble]
    services.answer(TAVILY, answer)
    assert meaning in read_by_model("sync", tool_with(model), queries=["herons"])


def test_one_search_that_fails_does_not_take_the_others_along(model: MockOpenAIServer, services: Services) -> None:
    services.answer(TAVILY, Answer("trouble", 500, "text/plain"), finding())
    found = researched(tool_with(model), "herons", "storks")
    assert sorted("error" in answer for answer in found) == [False, True]
    services.answer(TAVILY, Answer("trouble", 500, "text/plain"))
    with pytest.raises(ToolServiceError, match="Tavily failed"):
        researched(tool_with(model), "herons")


def test_what_is_missing_is_told_at_once(model: MockOpenAIServer, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="needs a model"):
        tool_with(model, llm_config=False)
    monkeypatch.delenv("TAVILY_API_KEY", raising=False)
    with pytest.raises(ValueError, match="Tavily needs a key"):
        tool_with(model, tavily_api_key=None)
    monkeypatch.setitem(sys.modules, "markdownify", None)
    with pytest.raises(ImportError, match=r"autogen-classic\[quick-research\]"):
        tool_with(model)
