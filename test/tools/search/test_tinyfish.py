"""TinyFish: searches, pages as text, and errands in a browser."""

from __future__ import annotations

import json
from typing import Any

import pytest
from agent_kit import both_ways
from search_kit import KEY, TROUBLES, read_by_model, unmarked
from service_double import Answer, Services

from autogen_classic.tools.experimental import TinyFishFetchTool, TinyFishSearchTool, TinyFishTool

pytest.importorskip("tinyfish")

SEARCH, FETCH, ERRANDS = "api.search.tinyfish.ai", "api.fetch.tinyfish.ai", "agent.tinyfish.ai"
RESULT = {
    "position": 1,
    "site_name": "birds.example",
    "title": "Herons",
    "snippet": "They wait.",
    "url": "https://b.example",
}
PAGE = {
    "url": "https://b.example",
    "title": "Herons",
    "text": "A heron waits.",
    "format": "markdown",
    "links": ["https://c.example"],
}


def read_dict(way: str, tool: Any, **arguments: Any) -> Any:
    return json.loads(unmarked(read_by_model(way, tool, **arguments)))


@both_ways
def test_searches(services: Services, way: str) -> None:
    services.answer(SEARCH, Answer({"query": "herons", "results": [RESULT], "total_results": 1, "page": 0}))
    found = read_dict(way, TinyFishSearchTool(tinyfish_api_key=KEY), query="herons", location="US")
    assert found == {"query": "herons", "total_results": 1, "results": [RESULT]}
    (asked,) = services.asked(SEARCH)
    assert asked.query == {"query": "herons", "location": "US"}
    assert asked.headers["x-api-key"] == KEY


@both_ways
def test_fetches_pages(services: Services, way: str) -> None:
    failed = {"url": "https://d.example", "error": "timeout"}
    services.answer(FETCH, Answer({"results": [PAGE], "errors": [failed]}))
    urls = ["https://b.example", "https://d.example"]
    found = read_dict(way, TinyFishFetchTool(tinyfish_api_key=KEY), urls=urls, format="markdown", links=True)
    assert found["errors"] == [failed]
    assert PAGE.items() <= found["results"][0].items()
    assert services.asked(FETCH)[0].json == {"urls": urls, "format": "markdown", "links": True}


@both_ways
def test_runs_errands(services: Services, way: str) -> None:
    services.answer(ERRANDS, Answer(errand(result={"price": 5})))
    found = read_dict(way, TinyFishTool(tinyfish_api_key=KEY), url="https://b.example", goal="Find the price.")
    assert found == {"url": "https://b.example", "goal": "Find the price.", "data": {"price": 5}}


def errand(**fields: Any) -> dict[str, Any]:
    told = {"run_id": "r", "status": "COMPLETED", "started_at": "2026-01-01T00:00:00Z", "num_of_steps": 3}
    return {**told, "finished_at": "2026-01-01T00:00:09Z", "result": None, "error": None, **fields}


def test_an_errand_that_fails_or_brings_nothing_says_so(services: Services) -> None:
    error = {"message": "blocked", "code": "X", "category": "AGENT_FAILURE"}
    services.answer(ERRANDS, Answer(errand(status="FAILED", error=error)), Answer(errand(status="CANCELLED")))
    tool = TinyFishTool(tinyfish_api_key=KEY)
    assert tool(url="https://b.example", goal="x")["data"] == {"status": "error", "error": "blocked"}
    assert tool(url="https://b.example", goal="x")["data"] == {"status": "no_result", "error": "No result returned."}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_trouble_is_told_in_each_form(services: Services, trouble: str) -> None:
    answer, told = TROUBLES[trouble]
    for host in (SEARCH, FETCH, ERRANDS):
        services.answer(host, answer)
    found = TinyFishSearchTool(tinyfish_api_key=KEY)(query="herons")
    pages = TinyFishFetchTool(tinyfish_api_key=KEY)(urls=["https://b.example"])
    done = TinyFishTool(tinyfish_api_key=KEY)(url="https://b.example", goal="x")
    assert (found["results"], found["total_results"], pages["results"], done["data"]) == ([], 0, [], {})
    for error in (found["error"], pages["errors"][0]["error"], done["error"]):
        assert error.startswith(f"TinyFish {told}")
        assert KEY not in error
    assert len(services.requests) == 3


def test_no_pages_are_fetched_without_a_request(services: Services) -> None:
    assert TinyFishFetchTool(tinyfish_api_key=KEY)(urls=[]) == {"results": [], "errors": []}
    assert services.requests == []


@pytest.mark.parametrize("tool", [TinyFishTool, TinyFishFetchTool, TinyFishSearchTool])
def test_each_needs_a_key(tool: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TINYFISH_API_KEY", raising=False)
    with pytest.raises(ValueError, match="TINYFISH_API_KEY"):
        tool()
