"""Searches by Google: of the web, of YouTube, and those that its models do by themselves."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from agent_kit import both_ways
from search_kit import KEY, TROUBLES, read_by_model, unmarked
from service_double import Answer, Services

from autogen_classic import ConversableAgent
from autogen_classic.errors import ToolServiceError
from autogen_classic.tools import Tool
from autogen_classic.tools.experimental import GoogleSearchTool, YoutubeSearchTool

WEB = "customsearch.googleapis.com"
YOUTUBE = "youtube.googleapis.com"
GEMINI = "generativelanguage.googleapis.com"
FOUND = {"title": "Herons", "link": "https://birds.example/", "snippet": "A heron waits."}
VIDEO = {
    "title": "Herons",
    "description": "They wait.",
    "publishedAt": "2026-01-01T00:00:00Z",
    "channelTitle": "Birds",
    "videoId": "v1",
    "url": "https://www.youtube.com/watch?v=v1",
}
DETAILS = {"viewCount": "5", "likeCount": "2", "duration": "PT1M30S", "definition": "hd"}


def web() -> Tool:
    pytest.importorskip("googleapiclient")
    return GoogleSearchTool(search_api_key=KEY, search_engine_id="engine", use_internal_llm_tool_if_available=False)


def youtube() -> Tool:
    pytest.importorskip("googleapiclient")
    return YoutubeSearchTool(youtube_api_key=KEY)


def videos_found() -> Answer:
    snippet = {name: VIDEO[name] for name in ("title", "description", "publishedAt", "channelTitle")}
    channel = {"id": {"kind": "youtube#channel", "channelId": "c1"}, "snippet": snippet}
    return Answer({"items": [{"id": {"kind": "youtube#video", "videoId": "v1"}, "snippet": snippet}, channel]})


def details_found() -> Answer:
    statistics = {"viewCount": "5", "likeCount": "2"}
    return Answer(
        {
            "items": [
                {"id": "v1", "statistics": statistics, "contentDetails": {"duration": "PT1M30S", "definition": "hd"}}
            ]
        }
    )


@both_ways
def test_google_is_asked_with_the_key_and_the_engine(services: Services, way: str) -> None:
    services.answer(WEB, Answer({"items": [{**FOUND, "displayLink": "birds.example"}, {"title": "More"}]}))
    text = read_by_model(way, web(), query="herons", num_results=3)
    assert json.loads(unmarked(text)) == [FOUND, {"title": "More", "link": "", "snippet": ""}]
    (asked,) = services.asked(WEB)
    assert (asked.method, asked.path) == ("GET", "/customsearch/v1")
    assert {"q": "herons", "cx": "engine", "num": "3", "key": KEY}.items() <= asked.query.items()


@pytest.mark.parametrize(("wanted", "asked"), [(0, "1"), (15, "10")])
def test_google_is_asked_for_no_more_than_it_gives(services: Services, wanted: int, asked: str) -> None:
    services.answer(WEB, Answer({}))
    assert web()(query="herons", num_results=wanted) == []
    assert services.asked(WEB)[0].query["num"] == asked


@both_ways
def test_youtube_tells_videos_with_their_details(services: Services, way: str) -> None:
    services.answer(YOUTUBE, videos_found(), details_found())
    text = read_by_model(way, youtube(), query="herons", max_results=2)
    assert json.loads(unmarked(text)) == [{**VIDEO, **DETAILS}]
    search, details = services.asked(YOUTUBE)
    assert {"q": "herons", "maxResults": "2", "type": "video", "key": KEY}.items() <= search.query.items()
    assert details.query["id"] == "v1"


def test_youtube_leaves_details_out_where_they_are_not_wanted_or_not_told(services: Services) -> None:
    services.answer(YOUTUBE, videos_found(), videos_found(), Answer({"items": []}))
    assert youtube()(query="herons", include_video_details=False) == [VIDEO]
    assert youtube()(query="herons") == [VIDEO]
    assert len(services.asked(YOUTUBE)) == 3


def test_youtube_is_not_asked_for_details_of_nothing(services: Services) -> None:
    services.answer(YOUTUBE, Answer({}))
    assert youtube()(query="herons") == []
    assert len(services.asked(YOUTUBE)) == 1


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize(("host", "name", "make"), [(WEB, "Google", web), (YOUTUBE, "YouTube", youtube)])
def test_trouble_at_google_is_a_text_for_the_model_without_the_key(
    services: Services, host: str, name: str, make: Any, trouble: str
) -> None:
    answer, told = TROUBLES[trouble]
    services.answer(host, answer)
    text = read_by_model("sync", make(), query="herons")
    assert text.startswith(f"Error: {name} {told}")
    assert KEY not in text


def test_google_says_why_it_refuses(services: Services) -> None:
    services.answer(WEB, Answer({"error": {"code": 403, "message": "Enable the API first."}}, 403))
    with pytest.raises(ToolServiceError, match="HTTP 403.*Enable the API first"):
        web()(query="herons")


# --- a model that searches by itself ---------------------------------------------------------------------------------


def gemini() -> ConversableAgent:
    pytest.importorskip("google.genai")
    config = {"api_type": "google", "model": "gemini-3-pro", "api_key": KEY}
    return ConversableAgent(
        "searcher", llm_config={"config_list": [config], "cache_seed": None}, human_input_mode="NEVER"
    )


def test_a_model_of_googles_searches_by_itself(services: Services) -> None:
    # In one test, as all its clients share the connections that the first one has made.
    said = {"candidates": [{"content": {"role": "model", "parts": [{"text": "They wait."}]}, "finishReason": "STOP"}]}
    services.answer(GEMINI, Answer(said), Answer(said))
    searcher = gemini()
    GoogleSearchTool().register_for_llm(searcher)
    question = [{"role": "user", "content": "What do herons do?"}]
    assert searcher.generate_reply(messages=question) == "They wait."
    assert asyncio.run(searcher.a_generate_reply(messages=question)) == "They wait."
    assert len(services.asked(GEMINI)) == 2
    for asked in services.asked(GEMINI):
        assert asked.json["tools"] == [{"googleSearch": {}}]
        assert "toolConfig" not in asked.json


def test_a_model_of_googles_that_searches_cannot_have_other_tools() -> None:
    searcher = gemini()
    GoogleSearchTool().register_for_llm(searcher)
    searcher.register_for_llm(name="fly", description="Fly.")(lambda: "flown")
    with pytest.raises(ValueError, match="use_internal_llm_tool_if_available=False"):
        searcher.generate_reply(messages=[{"role": "user", "content": "What do herons do?"}])


def test_other_models_use_the_key_if_there_is_one(services: Services, caplog: pytest.LogCaptureFixture) -> None:
    pytest.importorskip("googleapiclient")
    services.answer(WEB, Answer({"items": [FOUND]}))
    tool = GoogleSearchTool(search_api_key=KEY, search_engine_id="engine")
    assert "searches by itself" in caplog.text
    assert tool.name == "prebuilt_google_search"
    assert json.loads(unmarked(read_by_model("sync", tool, query="herons"))) == [FOUND]


@pytest.mark.parametrize(
    ("given", "missing"), [("search_api_key", "search_engine_id"), ("search_engine_id", "search_api_key")]
)
def test_half_of_what_a_search_engine_needs_is_reported(
    given: str, missing: str, caplog: pytest.LogCaptureFixture
) -> None:
    GoogleSearchTool(**{given: KEY})  # type: ignore[arg-type]
    assert [record.getMessage() for record in caplog.records] == [
        f"GoogleSearchTool has no {missing}, so that only a model of Google's can search with it."
    ]


def test_other_models_are_told_what_is_missing_without_a_key() -> None:
    text = read_by_model("sync", GoogleSearchTool(), query="herons")
    assert text == (
        "Error: This model cannot search with Google by itself: GoogleSearchTool needs search_api_key and "
        "search_engine_id for it."
    )


@pytest.mark.parametrize("given", [{}, {"search_api_key": KEY}, {"search_engine_id": "engine"}])
def test_a_search_engine_needs_a_key_and_a_name(given: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="search_api_key and search_engine_id"):
        GoogleSearchTool(use_internal_llm_tool_if_available=False, **given)


def test_youtube_needs_a_key() -> None:
    with pytest.raises(ValueError, match="youtube_api_key"):
        YoutubeSearchTool()
