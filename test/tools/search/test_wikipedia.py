"""Wikipedia, as tools and as an agent."""

from __future__ import annotations

import json
from typing import Any

import pytest
from agent_kit import agent, both_ways, chat
from search_kit import TROUBLES, read_by_model, unmarked
from service_double import Answer, Services
from wikipedia_double import wikipedia_of

from autogen_classic.agents.experimental import WikipediaAgent
from autogen_classic.errors import ToolServiceError
from autogen_classic.testing import MockOpenAIServer, tool_call
from autogen_classic.tools.experimental import WikipediaPageLoadTool, WikipediaQueryRunTool
from autogen_classic.tools.experimental.wikipedia.wikipedia import Document, WikipediaClient

HOST = "en.wikipedia.org"
HERON = ("Heron", "A heron waits.\n\n\n== Food ==\nIt eats fish.\n\n\n=== At night ===\nAnd frogs.")
NOTHING = "No good Wikipedia Search Result was found"


@both_ways
def test_a_model_reads_titles_and_summaries(services: Services, way: str) -> None:
    services.answer(HOST, wikipedia_of(HERON, ("Gone", None), ("Stork", "A stork walks.")))
    read = json.loads(unmarked(read_by_model(way, WikipediaQueryRunTool(), query="birds")))
    assert read == ["Page: Heron\nSummary: A heron waits.", "Page: Stork\nSummary: A stork walks."]
    search = services.asked(HOST)[0]
    expected = {"action": "query", "list": "search", "srsearch": "birds", "srlimit": "3"}
    assert expected.items() <= search.query.items()
    assert search.headers["user-agent"].startswith("autogen-classic/")


@both_ways
def test_a_model_reads_pages(services: Services, way: str) -> None:
    services.answer(HOST, wikipedia_of(HERON))
    (read,) = json.loads(unmarked(read_by_model(way, WikipediaPageLoadTool(), query="birds")))
    assert read == {
        "page_content": "A heron waits.\n\nFood\nIt eats fish.\n\nAt night\nAnd frogs.",
        "metadata": {
            "source": "https://en.wikipedia.org/?curid=1",
            "title": "Heron",
            "pageid": "1",
            "timestamp": "2026-01-01",
            "wordcount": "3",
            "size": "10",
        },
    }


def test_a_program_gets_a_list_of_documents(services: Services) -> None:
    services.answer(HOST, wikipedia_of(HERON))
    (found,) = WikipediaPageLoadTool(truncate=7).content_search("birds")
    assert isinstance(found, Document)
    assert found.page_content == "A heron"


@pytest.mark.parametrize("tool", [WikipediaQueryRunTool, WikipediaPageLoadTool])
def test_long_queries_and_many_pages_are_limited(services: Services, tool: Any) -> None:
    services.answer(HOST, wikipedia_of(HERON))
    tool(top_k=500)(query="q" * 500)
    search = services.asked(HOST)[0].query
    assert (search["srlimit"], len(search["srsearch"])) == ("100", 300)


@pytest.mark.parametrize("tool", [WikipediaQueryRunTool, WikipediaPageLoadTool])
@pytest.mark.parametrize("pages", [[], [("Gone", None)], [("Empty", "")]])
def test_pages_that_say_nothing_are_nothing(services: Services, tool: Any, pages: list[tuple[str, str | None]]) -> None:
    services.answer(HOST, wikipedia_of(*pages))
    assert tool()(query="birds") == NOTHING


@pytest.mark.parametrize("trouble", TROUBLES)
def test_trouble_at_wikipedia_is_a_text_for_the_model(services: Services, trouble: str) -> None:
    answer, told = TROUBLES[trouble]
    services.answer(HOST, answer)
    text = read_by_model("sync", WikipediaQueryRunTool(), query="birds")
    assert text.startswith(f"wikipedia search failed: Wikipedia {told}")


def test_what_wikipedia_complains_about_is_told(services: Services) -> None:
    services.answer(HOST, Answer({"error": {"code": "missingparam", "info": "The parameter is missing."}}))
    with pytest.raises(ToolServiceError, match="The parameter is missing"):
        WikipediaClient().search("birds")


def test_an_answer_that_is_too_large_is_not_read(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    from autogen_classic._web.fetch import Limits

    monkeypatch.setattr("autogen_classic.tools.experimental.wikipedia.wikipedia._LIMITS", Limits(size=1_000))
    services.answer(HOST, Answer({"query": {"search": ["x" * 2_000]}}))
    assert "cannot be read" in str(WikipediaQueryRunTool()(query="birds"))


def test_each_language_has_its_wikipedia(services: Services) -> None:
    services.answer("zh-yue.wikipedia.org", wikipedia_of(HERON))
    (found,) = WikipediaPageLoadTool(language="zh-yue").content_search("birds")
    assert found.metadata["source"] == "https://zh-yue.wikipedia.org/?curid=1"


@pytest.mark.parametrize("language", ["", "en.evil.example/", "en#"])
def test_a_language_is_the_code_of_one(language: Any) -> None:
    with pytest.raises(ValueError, match="language"):
        WikipediaQueryRunTool(language=language)


def test_a_client_gives_pages(services: Services) -> None:
    services.answer(HOST, wikipedia_of(HERON, ("Gone", None)))
    client = WikipediaClient()
    assert [page["title"] for page in client.search("birds", limit=1)] == ["Heron"]
    page = client.get_page("Heron")
    assert page is not None
    assert (page.title, page.summary, page.pageid) == ("Heron", "A heron waits.", 1)
    assert page.fullurl == "https://en.wikipedia.org/wiki/Heron"
    assert client.get_page("Gone") is None


@both_ways
def test_an_agent_looks_things_up(services: Services, way: str) -> None:
    services.answer(HOST, wikipedia_of(HERON))
    with MockOpenAIServer() as model:
        model.add(tool_call("wikipedia-page-load", query="heron"), "It waits.")
        librarian = WikipediaAgent(name="librarian", llm_config=model.llm_config(), human_input_mode="NEVER")
        runner = agent("runner", default_auto_reply="")
        for tool in librarian.tools:
            tool.register_for_execution(runner)
        result = chat(way, runner, librarian, message="What does a heron do?", max_turns=2)
        assert result.summary == "It waits."
        offered = [tool["function"]["name"] for tool in model.requests[0]["tools"]]
        assert offered == ["wikipedia-query-run", "wikipedia-page-load"]
        assert "A heron waits." in model.requests[1]["messages"][-1]["content"]


def test_an_agent_is_told_in_which_form_to_answer() -> None:
    with MockOpenAIServer() as model:
        plain = WikipediaAgent(name="plain", llm_config=model.llm_config())
        formed = WikipediaAgent("Be brief.", "as a list", name="formed", llm_config=model.llm_config())
    assert plain.system_message == WikipediaAgent.DEFAULT_SYSTEM_MESSAGE
    assert formed.system_message.startswith("Be brief.")
    assert formed.system_message.endswith("as a list")
