"""AG2's WebSurferAgent: an agent with one tool for the web, which is chosen by its name."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pytest
from service_double import Answer, Services, services_played

from autogen_classic import UserProxyAgent
from autogen_classic.agents.experimental import DeepResearchAgent, WebSurferAgent
from autogen_classic.llm_config import LLMConfig
from autogen_classic.testing import MockOpenAIServer, tool_call
from test.helpers.agent_kit import both_ways, chat

TAVILY = "api.tavily.com"
WITH_KEYS = {"tavily": {"tavily_api_key": "tvly-test"}, "perplexity": {"api_key": "pplx-test"}, "duckduckgo": {}}


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    with services_played(monkeypatch) as played:
        yield played


@pytest.fixture
def model() -> Iterator[MockOpenAIServer]:
    with MockOpenAIServer() as server:
        yield server


def found(**result: str) -> Answer:
    return Answer({"query": "herons", "answer": None, "results": [result]})


def surfer_with(tool: str, model: MockOpenAIServer) -> WebSurferAgent:
    pytest.importorskip({"tavily": "tavily", "duckduckgo": "ddgs"}.get(tool, "openai"))
    return WebSurferAgent(name="surfer", llm_config=model.llm_config(), web_tool=tool, web_tool_kwargs=WITH_KEYS[tool])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("tool", "name"),
    [("tavily", "tavily_search"), ("perplexity", "perplexity-search"), ("duckduckgo", "duckduckgo_search")],
)
def test_the_model_is_offered_the_tool_that_was_chosen(model: MockOpenAIServer, tool: str, name: str) -> None:
    surfer = surfer_with(tool, model)
    assert [one["function"]["name"] for one in surfer.llm_config["tools"]] == [name]  # type: ignore[index]
    assert surfer.tool.name == name
    assert surfer.function_map == {}


@both_ways
def test_a_surfer_searches_and_answers(model: MockOpenAIServer, services: Services, way: str) -> None:
    surfer = surfer_with("tavily", model)
    user = UserProxyAgent("user", human_input_mode="NEVER", code_execution_config=False)
    surfer.tool.register_for_execution(user)
    services.answer(TAVILY, found(title="Herons", url="https://birds.example/", content="A heron waits."))
    model.add(tool_call("tavily_search", query="herons"), "It waits.")
    result = chat(way, user, surfer, message="What do herons do?", max_turns=2)
    assert result.summary == "It waits."
    assert "A heron waits." in result.chat_history[2]["content"]


@both_ways
def test_deep_research_searches_with_the_tool_that_was_chosen(
    model: MockOpenAIServer, services: Services, way: str
) -> None:
    pytest.importorskip("tavily")
    researcher = DeepResearchAgent(
        "researcher", llm_config=model.llm_config(), web_tool="tavily", web_tool_kwargs=WITH_KEYS["tavily"]
    )
    user = UserProxyAgent("user", human_input_mode="NEVER", code_execution_config=False)
    researcher.tool.register_for_execution(user)
    services.answer(TAVILY, Answer("<h1>Later</h1>", 500, "text/html"))
    services.answer(TAVILY, found(title="Herons", url="https://birds.example/", content="90 cm."))
    part = {"question": "How tall is a heron?"}
    model.add(
        tool_call("delegate_research_task", task="How tall?"),
        tool_call("split_question_and_answer_subquestions", question="How tall?"),
        "1. How tall is a heron?",
        tool_call("generate_subquestions", task={"question": "How tall?", "subquestions": [part]}),
        tool_call("tavily_search", query="heron"),
        tool_call("tavily_search", query="height of a heron"),
        "90 cm, says birds.example.",
        tool_call("confirm_answer", answer="90 cm (birds.example)."),
        "A heron is 90 cm tall.",
        tool_call("confirm_summary", answer="90 cm.", reasoning="birds.example says so."),
        "It is 90 cm tall.",
    )
    result = chat(way, user, researcher, message="How tall?", max_turns=2)
    assert result.summary == "It is 90 cm tall."
    assert result.chat_history[2]["content"] == "Answer confirmed:90 cm.\nReasoning: birds.example says so."
    assert "Tavily failed: try again later (HTTP 500)" in model.requests[5].last_text
    assert "90 cm." in model.requests[6].last_text


def test_a_block_with_a_configuration_gives_the_model(model: MockOpenAIServer) -> None:
    pytest.importorskip("tavily")
    with LLMConfig(**model.llm_config()["config_list"][0]):
        surfer = WebSurferAgent(name="surfer", web_tool="tavily", web_tool_kwargs=WITH_KEYS["tavily"])
        researcher = DeepResearchAgent("researcher", web_tool="tavily", web_tool_kwargs=WITH_KEYS["tavily"])
    assert surfer.client is not None
    assert researcher.client is not None


def test_what_is_unknown_or_missing_is_told_at_once(model: MockOpenAIServer, monkeypatch: pytest.MonkeyPatch) -> None:
    settings: dict[str, Any] = {"name": "surfer", "llm_config": model.llm_config()}
    with pytest.raises(
        ValueError,
        match="Unsupported web_tool='bing'. It must be one of: browser_use, crawl4ai, duckduckgo, perplexity, tavily.",
    ):
        WebSurferAgent(**settings, web_tool="bing")  # type: ignore[arg-type]
    monkeypatch.delenv("TAVILY_API_KEY", raising=False)
    with pytest.raises(ValueError, match="Tavily needs a key"):
        WebSurferAgent(**settings, web_tool="tavily")
    with pytest.raises(ValueError, match="llm_config is required"):
        WebSurferAgent(name="surfer", llm_config=False)
    monkeypatch.setitem(sys.modules, "browser_use", None)
    with pytest.raises(ImportError, match=r"autogen-classic\[browser-use\]"):
        WebSurferAgent(**settings)
