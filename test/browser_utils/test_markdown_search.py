"""Bing, against a server of our own."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
import requests
from web_pages import Page, WebPages

from autogen_classic.browser_utils import AbstractMarkdownSearch, BingMarkdownSearch

ANSWER: dict[str, Any] = {
    "webPages": {
        "id": "pages",
        "value": [
            {
                "id": "w0",
                "name": "Heron",
                "url": "http://a/1",
                "snippet": "A bird.",
                "deepLinks": [{"name": "Food", "url": "http://a/food", "snippet": "Fish."}],
            },
            {"id": "w1", "name": "Egret", "url": "http://a/2", "snippet": "White."},
            {"id": "w2", "name": "Stork", "url": "http://a/3", "snippet": "Tall."},
        ],
    },
    "news": {
        "id": "news",
        "value": [
            {"name": "Seen", "url": "http://n/1", "description": "At a pond.", "datePublished": "2026-02-03T10:00:00Z"}
        ],
    },
    "relatedSearches": {"value": [{"text": "grey heron"}]},
    "rankingResponse": {
        "mainline": {"items": [{"value": {"id": "news"}}, {"value": {"id": "w1"}}, {"value": {"id": "w0"}}]}
    },
}


def engine(pages: WebPages, answer: object = ANSWER, status: int = 200, **options: Any) -> BingMarkdownSearch:
    pages.pages["/v7"] = Page(json.dumps(answer), kind="application/json", status=status)
    return BingMarkdownSearch("sesame", base_url=f"{pages.url}/v7", **options)


def test_results_come_in_the_order_of_their_rank(pages: WebPages):
    assert engine(pages).search("cats & herons") == (
        "## A Bing search for 'cats & herons' found 4 results:\n\n"
        "1. [Seen](http://n/1)\nAt a pond.\nDate published: 2026-02-03\n\n"
        "2. [Egret](http://a/2)\nWhite.\n\n"
        "3. [Heron](http://a/1)\nA bird.\n\n"
        "4. [Food](http://a/food)\nFish.\n\n"
        "## Related Searches:\n- grey heron"
    )
    path, headers = pages.requests[0]
    assert path == "/v7?q=cats+%26+herons&textDecorations=False&textFormat=raw"
    assert headers["ocp-apim-subscription-key"] == "sesame"


def test_results_may_be_grouped_by_kind(pages: WebPages):
    text = engine(pages, interleave_results=False).search("heron")
    assert text.startswith("## A Bing search for 'heron' found 5 results:\n\n## Web Results\n\n1. [Heron](http://a/1)")
    assert "4. [Stork](http://a/3)\nTall.\n\n## News Results\n\n5. [Seen](http://n/1)" in text


@pytest.mark.parametrize("interleave", [True, False])
def test_an_answer_without_results_or_rank_is_no_failure(pages: WebPages, interleave: bool):
    assert (
        engine(pages, {}, interleave_results=interleave).search("x") == "## A Bing search for 'x' found 0 results:\n\n"
    )
    unranked = {"webPages": {"value": [{"name": "Heron", "url": "http://a/1"}]}}
    assert "1. [Heron](http://a/1)" in engine(pages, unranked, interleave_results=interleave).search("x")


def test_a_refused_key_is_an_error_that_does_not_show_it(pages: WebPages):
    with pytest.raises(requests.HTTPError, match="401") as caught:
        engine(pages, {"error": {}}, status=401).search("x")
    assert "sesame" not in str(caught.value)


def test_the_key_may_stand_in_the_environment(pages: WebPages, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("BING_API_KEY", "from-outside")
    pages.pages["/v7"] = Page("{}", kind="application/json")
    BingMarkdownSearch(base_url=f"{pages.url}/v7").search("x")
    assert pages.requests[0][1]["ocp-apim-subscription-key"] == "from-outside"


def test_without_a_key_the_page_of_results_is_read_and_its_links_made_plain(
    pages: WebPages, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.delenv("BING_API_KEY", raising=False)
    tracked = "https://www.bing.com/ck/a?!&&p=1&u=a1aHR0cHM6Ly9leGFtcGxlLmNvbS94&ntb=1"
    pages.pages["/search"] = (
        f'<ol><li class="b_algo"><h2><a href="{tracked}">One</a></h2><p>First.</p></li>'
        '<li class="b_algo"><h2><a href="http://plain/2">Two</a></h2><p>Second.</p></li></ol>'
    )
    with caplog.at_level(logging.WARNING, "autogen"):
        text = BingMarkdownSearch(base_url=f"{pages.url}/search").search("cats & herons")
    assert text.startswith("## A Bing search for 'cats & herons' found the following results:")
    assert "[One](https://example.com/x)" in text
    assert "[Two](http://plain/2)" in text
    assert pages.paths == ["/search?q=cats+%26+herons&FORM=QBLH"]
    assert "no key for Bing" in caplog.text


def test_an_engine_of_a_program_needs_one_method():
    class Fixed(AbstractMarkdownSearch):
        def search(self, query: str) -> str:
            return query.upper()

    assert Fixed().search("x") == "X"
