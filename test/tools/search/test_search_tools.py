"""Tools that search the web: what they ask, what a program and a model get, and what happens when a service fails."""

from __future__ import annotations

import json
import re
import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest
from agent_kit import agent, both_ways, chat
from search_kit import KEY, TROUBLES, read_by_model, unmarked
from service_double import Answer, Asked, Services

from autogen_classic import ConversableAgent
from autogen_classic.agentchat import initiate_group_chat
from autogen_classic.agentchat.group.patterns import DefaultPattern
from autogen_classic.errors import ToolServiceError
from autogen_classic.testing import MockOpenAIServer, tool_call, tool_calls
from autogen_classic.tools import Tool
from autogen_classic.tools.experimental import (
    DuckDuckGoSearchTool,
    PerplexitySearchTool,
    TavilySearchTool,
    TinyFishSearchTool,
    YoutubeSearchTool,
)

FOUND = {"title": "Herons", "link": "https://birds.example/", "snippet": "A heron waits."}
TAVILY = "api.tavily.com"
PERPLEXITY = "api.perplexity.ai"
DUCKDUCKGO = "html.duckduckgo.com"


def tavily() -> Tool:
    pytest.importorskip("tavily")
    return TavilySearchTool(tavily_api_key=KEY)


def perplexity(**settings: Any) -> PerplexitySearchTool:
    return PerplexitySearchTool(api_key=KEY, **settings)


@pytest.fixture
def duckduckgo(services: Services, monkeypatch: pytest.MonkeyPatch) -> Tool:
    """Its client trusts no authority of a test, so it asks without encryption."""
    engines = pytest.importorskip("ddgs.engines")
    monkeypatch.setattr(engines.ENGINES["text"]["duckduckgo"], "search_url", f"http://{DUCKDUCKGO}/html/")
    return DuckDuckGoSearchTool()


def answer_of_tavily(**fields: Any) -> Answer:
    result = {"title": FOUND["title"], "url": FOUND["link"], "content": FOUND["snippet"], "score": 0.9}
    return Answer({"query": "herons", "answer": None, "results": [result], **fields})


def answer_of_perplexity(**fields: Any) -> Answer:
    message = {"role": "assistant", "content": "It waits [1]."}
    choices = [{"index": 0, "finish_reason": "stop", "message": message}]
    return Answer({"id": "1", "model": "sonar", "choices": choices, "citations": [FOUND["link"]], **fields})


def page_of_duckduckgo(*results: dict[str, str]) -> Answer:
    shown = "".join(
        f'<div class="links_main result__body"><h2><a href="{one["link"]}">{one["title"]}</a></h2>'
        f'<a class="result__snippet" href="{one["link"]}">{one["snippet"]}</a></div>'
        for one in results
    )
    return Answer(f"<html><body>{shown}</body></html>", kind="text/html")


# --- what is asked and found -----------------------------------------------------------------------------------------


@both_ways
def test_tavily_is_asked_with_the_key_and_the_model_reads_marked_results(services: Services, way: str) -> None:
    services.answer(TAVILY, answer_of_tavily(answer="It waits."))
    text = read_by_model(way, tavily(), query="herons", num_results=3)
    answer, results = unmarked(text).split("\n")
    assert answer == "Answer: It waits."
    assert json.loads(results) == [FOUND]
    (asked,) = services.asked(TAVILY)
    assert (asked.method, asked.path) == ("POST", "/search")
    assert asked.headers["authorization"] == f"Bearer {KEY}"
    expected = {
        "query": "herons",
        "search_depth": "basic",
        "topic": "general",
        "include_answer": "basic",
        "include_raw_content": False,
        "include_domains": [],
        "max_results": 3,
    }
    assert expected.items() <= asked.json.items()


def test_a_program_gets_a_plain_list_with_the_answer_beside_it(services: Services) -> None:
    services.answer(TAVILY, answer_of_tavily(answer="It waits."))
    found = tavily()(query="herons")
    assert found == [FOUND]
    assert isinstance(found, list)
    assert found.answer == "It waits."


def test_tavily_gives_the_whole_text_of_pages_to_who_asks_for_it(services: Services) -> None:
    result = {"title": "Herons", "url": "https://birds.example/", "content": "A heron.", "raw_content": "All of it."}
    services.answer(TAVILY, answer_of_tavily(results=[result]))
    assert tavily()(query="herons", include_raw_content=True)[0]["raw_content"] == "All of it."
    assert services.asked(TAVILY)[0].json["include_raw_content"] is True


def test_tavily_may_leave_fields_out(services: Services) -> None:
    services.answer(TAVILY, Answer({"results": [{}, {"url": "https://birds.example/", "title": None}]}))
    assert tavily()(query="herons") == [
        {"title": "", "link": "", "snippet": ""},
        {"title": "", "link": "https://birds.example/", "snippet": ""},
    ]


@both_ways
def test_perplexity_is_asked_as_the_program_says_and_the_model_reads_answer_and_sources(
    services: Services, way: str
) -> None:
    services.answer(PERPLEXITY, answer_of_perplexity())
    tool = perplexity(max_tokens=50, search_domain_filter=["birds.example"])
    text = read_by_model(way, tool, query="What does a heron do?")
    assert unmarked(text) == "It waits [1].\n[1] https://birds.example/"
    (asked,) = services.asked(PERPLEXITY)
    assert (asked.method, asked.path) == ("POST", "/chat/completions")
    assert asked.headers["authorization"] == f"Bearer {KEY}"
    assert asked.json["messages"][1] == {"role": "user", "content": "What does a heron do?"}
    assert (asked.json["model"], asked.json["max_tokens"]) == ("sonar", 50)
    assert asked.json["search_domain_filter"] == ["birds.example"]
    assert asked.json["web_search_options"] == {"search_context_size": "high"}


def test_perplexity_gives_a_program_content_citations_and_no_error(services: Services) -> None:
    services.answer(PERPLEXITY, answer_of_perplexity(), answer_of_perplexity(citations=None))
    found = perplexity().search("What does a heron do?")
    assert (found.content, found.citations, found.error) == ("It waits [1].", ["https://birds.example/"], None)
    assert perplexity().search("And without sources?").citations is None


@both_ways
def test_duckduckgo_reads_the_page_of_results(services: Services, duckduckgo: Tool, way: str) -> None:
    more = {"title": "More", "link": "https://more.example/", "snippet": "More about herons."}
    services.answer(DUCKDUCKGO, page_of_duckduckgo(FOUND, more))
    found = json.loads(unmarked(read_by_model(way, duckduckgo, query="herons")))
    assert found[0].keys() == {"title", "link", "snippet"}
    assert {one["link"] for one in found} == {"https://birds.example/", "https://more.example/"}
    assert "A heron waits." in found[0]["snippet"] + found[1]["snippet"]
    (asked,) = services.asked(DUCKDUCKGO)
    assert asked.form["q"] == "herons"


def test_duckduckgo_returns_no_more_than_was_asked_for(services: Services, duckduckgo: Tool) -> None:
    pages = [{"title": f"Herons {n}", "link": f"https://birds.example/{n}", "snippet": "Herons."} for n in range(8)]
    services.answer(DUCKDUCKGO, page_of_duckduckgo(*pages))
    assert len(duckduckgo(query="herons", num_results=2)) == 2


def test_in_a_group_with_handoffs_a_model_reads_the_marks_as_well(services: Services) -> None:
    services.answer(TAVILY, answer_of_tavily())
    with MockOpenAIServer() as model:
        model.add(tool_call("tavily_search", query="herons"), "That is all.")
        searcher = ConversableAgent("searcher", llm_config=model.llm_config(), functions=[tavily()])
        pattern = DefaultPattern(initial_agent=searcher, agents=[searcher])
        initiate_group_chat(pattern=pattern, messages="Find herons.", max_rounds=4)
        assert json.loads(unmarked(model.requests[1]["messages"][-1]["content"])) == [FOUND]


# --- nothing and trouble ---------------------------------------------------------------------------------------------


@both_ways
def test_a_model_reads_that_nothing_was_found(services: Services, way: str) -> None:
    services.answer(TAVILY, Answer({"results": []}))
    assert read_by_model(way, tavily(), query="herons") == "Nothing was found."


SERVICES: dict[str, tuple[str, Callable[[], Tool]]] = {
    "Tavily": (TAVILY, tavily),
    "Perplexity": (PERPLEXITY, perplexity),
}


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("service", SERVICES)
def test_a_failing_service_is_a_text_for_the_model_without_the_key(
    services: Services, service: str, trouble: str
) -> None:
    host, make = SERVICES[service]
    answer, told = TROUBLES[trouble]
    services.answer(host, answer)
    text = read_by_model("sync", make(), query="herons")
    assert text.startswith(f"Error: {service} {told}")
    assert KEY not in text
    assert len(services.asked(host)) == 1


@both_ways
def test_a_failing_service_does_not_end_an_asynchronous_chat_either(services: Services, way: str) -> None:
    services.answer(TAVILY, Answer({}, 429))
    assert "HTTP 429" in read_by_model(way, tavily(), query="herons")


@pytest.mark.parametrize(
    "answer", [page_of_duckduckgo(), Answer("no", 202, "text/html"), Answer("no", 403, "text/html")]
)
def test_a_model_reads_that_duckduckgo_gave_nothing_and_may_have_refused(
    services: Services, duckduckgo: Tool, answer: Answer
) -> None:
    services.answer(DUCKDUCKGO, answer)
    text = read_by_model("sync", duckduckgo, query="herons")
    assert text == "Error: DuckDuckGo gave no results: there are none, or it was asked too often."


@pytest.mark.parametrize("make", [tavily, perplexity])
def test_a_service_that_cannot_be_reached_is_a_text_for_the_model(
    monkeypatch: pytest.MonkeyPatch, make: Callable[[], Tool]
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert "cannot be reached. Try again later." in read_by_model("sync", make(), query="herons")


def test_a_service_that_stays_silent_is_given_up(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("tavily")
    monkeypatch.setattr("autogen_classic.tools.experimental.tavily.tavily_search.SECONDS", 0.2)
    services.answer(TAVILY, Answer(silent=True))
    assert read_by_model("sync", tavily(), query="herons") == "Error: Tavily did not answer in time. Try again later."


def test_a_program_gets_an_error_that_has_no_key_in_its_causes(services: Services) -> None:
    services.answer(TAVILY, Answer({"detail": {"error": f"no access for {KEY}"}}, 401))
    with pytest.raises(ToolServiceError) as caught:
        tavily()(query="herons")
    assert str(caught.value) == (
        "Tavily refused access: the key or its rights are wrong (HTTP 401). It says: no access for ***"
    )
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


# --- asynchronous chats ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [tavily, perplexity])
def test_in_an_asynchronous_chat_searches_run_side_by_side(services: Services, make: Callable[[], Tool]) -> None:
    both = threading.Barrier(2, timeout=20)
    tool = make()
    host, answer = (TAVILY, answer_of_tavily) if tool.name == "tavily_search" else (PERPLEXITY, answer_of_perplexity)

    def answer_when_both_have_asked(asked: Asked) -> Answer:
        both.wait()
        return answer()

    services.answer(host, answer_when_both_have_asked)
    calls = [tool_call(tool.name, query=query) for query in ("herons", "storks")]
    with MockOpenAIServer() as model:
        model.add(tool_calls(*calls), "That is all.")
        searcher = ConversableAgent("searcher", llm_config=model.llm_config(), human_input_mode="NEVER")
        runner = agent("runner", default_auto_reply="")
        tool.register_for_llm(searcher)
        tool.register_for_execution(runner)
        assert chat("async", runner, searcher, max_turns=2).summary == "That is all."
        answers = [message["content"] for message in model.requests[1]["messages"] if message["role"] == "tool"]
        assert [unmarked(one) != "" for one in answers] == [True, True]


# --- how they are made -----------------------------------------------------------------------------------------------


def test_keys_come_from_the_environment(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("tavily")
    monkeypatch.setenv("TAVILY_API_KEY", "key-of-the-environment")
    monkeypatch.setenv("PERPLEXITY_API_KEY", "key-of-the-environment")
    services.answer(TAVILY, answer_of_tavily())
    services.answer(PERPLEXITY, answer_of_perplexity())
    TavilySearchTool()(query="herons")
    PerplexitySearchTool().search("herons")
    assert {one.headers["authorization"] for one in services.requests} == {"Bearer key-of-the-environment"}


@pytest.mark.parametrize(
    ("make", "variable"), [(TavilySearchTool, "TAVILY_API_KEY"), (PerplexitySearchTool, "PERPLEXITY_API_KEY")]
)
def test_without_a_key_a_tool_is_not_made(
    make: Callable[[], Tool], variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(variable, raising=False)
    with pytest.raises(ValueError, match=variable):
        make()


MADE = {
    "ddgs": (DuckDuckGoSearchTool, {}, "duckduckgo"),
    "tavily": (TavilySearchTool, {"tavily_api_key": KEY}, "tavily"),
    "tinyfish": (TinyFishSearchTool, {"tinyfish_api_key": KEY}, "tinyfish"),
    "googleapiclient.discovery": (YoutubeSearchTool, {"youtube_api_key": KEY}, "google-search"),
}


@pytest.mark.parametrize("package", MADE)
def test_without_its_package_a_tool_is_not_made_and_names_the_extra(
    monkeypatch: pytest.MonkeyPatch, package: str
) -> None:
    make, settings, extra = MADE[package]
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ImportError, match=re.escape(f'pip install "autogen-classic[{extra}]"')):
        make(**settings)


@pytest.mark.parametrize(("settings", "match"), [({"max_tokens": 0}, "max_tokens"), ({"model": ""}, "model")])
def test_perplexity_refuses_settings_that_cannot_be(settings: dict[str, Any], match: str) -> None:
    with pytest.raises(ValueError, match=match):
        perplexity(**settings)


@pytest.mark.parametrize("query", ["", "  "])
def test_perplexity_refuses_an_empty_question(query: str) -> None:
    with pytest.raises(ValueError, match="empty"):
        perplexity().search(query)


def test_tools_tell_models_the_parameters_that_ag2_tells() -> None:
    schema = tavily().tool_schema["function"]
    assert schema["name"] == "tavily_search"
    assert schema["parameters"]["required"] == ["query"]
    assert list(schema["parameters"]["properties"]) == [
        "query",
        "search_depth",
        "include_answer",
        "include_raw_content",
        "include_domains",
        "num_results",
    ]
    assert perplexity().name == "perplexity-search"
    assert list(perplexity().tool_schema["function"]["parameters"]["properties"]) == ["query"]
