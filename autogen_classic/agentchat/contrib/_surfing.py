"""What a model can do with a browser, as tools."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

from ..._warn import warn_once
from ...token_count_utils import get_max_token_limit, truncate_text
from .._accounts import on_account_of

if TYPE_CHECKING:
    from ...browser_utils import AbstractMarkdownBrowser
    from ...oai.client import OpenAIWrapper
    from ..conversable_agent import ConversableAgent

__all__ = ("Reader", "tools_of_browser", "tools_of_reader")

_logger = logging.getLogger("autogen.agentchat.contrib.web_surfer")

_LINK = re.compile(r"\]\((https?://[^\s)]+)\)")
_RECOMMENDED_TOKENS = 16_000
_TOKENS_FOR_QUESTION_AND_ANSWER = 2_000
_READER_PROMPT = "You read long documents for others, and tell them briefly and exactly what matters in them."
_NOTHING = "Nothing to summarize."

Tool = Callable[..., str]


def state_of(browser: AbstractMarkdownBrowser) -> str:
    """Where a browser is, in the lines that stand above each part of a page."""
    title = getattr(browser, "page_title", None)
    shown = getattr(browser, "viewport_current_page", 0) + 1
    count = len(getattr(browser, "viewport_pages", [None]))
    lines = [
        f"Address: {browser.address}",
        *([f"Title: {title}"] if title else []),
        f"Viewport position: Showing page {shown} of {count}.",
        "=======================",
    ]
    return "\n".join(lines) + "\n"


def tools_of_browser(browser: AbstractMarkdownBrowser) -> list[tuple[Tool, str]]:
    """The tools that move a browser, each with the description that a model reads.

    Args:
        browser: what they move.
    """

    def informational_web_search(query: Annotated[str, "What to look for."]) -> str:
        return _opened(f"search: {query}")

    def navigational_web_search(query: Annotated[str, "What to look for."]) -> str:
        browser.visit_page(f"search: {query}")
        link = _LINK.search(browser.page_content)
        return _opened(link[1]) if link else _shown()

    def visit_page(url: Annotated[str, "The address, which may be relative to the page that is open."]) -> str:
        return _opened(url)

    def download_file(url: Annotated[str, "The address, which may be relative to the page that is open."]) -> str:
        return _opened(url)

    def page_up() -> str:
        browser.page_up()
        return _shown()

    def page_down() -> str:
        browser.page_down()
        return _shown()

    def find_on_page_ctrl_f(
        search_string: Annotated[str, "The words to find; a star (*) stands for any text between them."],
    ) -> str:
        found = browser.find_on_page(search_string)
        missing = f"The search string '{search_string}' was not found on this page."
        return state_of(browser) + (missing if found is None else found)

    def find_next() -> str:
        found = browser.find_next()
        return state_of(browser) + ("The search string was not found on this page." if found is None else found)

    def _opened(address: str) -> str:
        browser.visit_page(address)
        return _shown()

    def _shown() -> str:
        return state_of(browser) + browser.viewport

    return [
        (informational_web_search, "Search the web to learn about something; returns the list of results."),
        (navigational_web_search, "Search the web for one certain page and open the first result at once."),
        (visit_page, "Open the page at an address and show its text."),
        (download_file, "Download the file at an address; its text is shown where it has any."),
        (page_up, "Scroll up by one part of the open page and show that part."),
        (page_down, "Scroll down by one part of the open page and show that part."),
        (find_on_page_ctrl_f, "Scroll to the first part of the open page that has certain words, as Ctrl+F does."),
        (find_next, "Scroll to the next part that has the words of the last find_on_page_ctrl_f."),
    ]


class Reader:
    """A model that reads whole pages for an agent, on the account of that agent.

    Args:
        owner: the agent.
        client: the model.
    """

    def __init__(self, owner: ConversableAgent, client: OpenAIWrapper) -> None:
        self._owner = owner
        self._client = client

    def read(self, text: str, task: str) -> str:
        """Ask the model about a text.

        Args:
            text: as much of it is read as the model takes.
            task: what to do with it.

        Returns:
            What the model says.
        """
        if not text.strip():
            return _NOTHING
        asked = f"{task}\n\n{self._fitting(text)}"
        messages = [{"role": "system", "content": _READER_PROMPT}, {"role": "user", "content": asked}]
        with on_account_of(self._owner, self._client):
            answer = self._client.create(messages=messages, cache=self._owner.client_cache)
        return str(self._client.extract_text_or_completion_object(answer)[0])

    def _fitting(self, text: str) -> str:
        """The beginning of a text, as long as the smallest of the models takes it; all of it for unknown models."""
        fitting = text
        for entry in self._client._config_list:
            model = str(entry.get("model", ""))
            try:
                limit = get_max_token_limit(model)
            except KeyError:
                continue
            if limit < _RECOMMENDED_TOKENS:
                warn_once(
                    _logger,
                    f"The model {model}, which reads pages for a WebSurferAgent, takes only {limit} tokens; longer "
                    "pages are cut off. Give a summarizer_llm_config with a model that takes more.",
                )
            fitting = truncate_text(fitting, limit - _TOKENS_FOR_QUESTION_AND_ANSWER, model)
        return fitting


def tools_of_reader(browser: AbstractMarkdownBrowser, reader: Reader) -> list[tuple[Tool, str]]:
    """The tools with which a model has pages read, each with its description.

    Args:
        browser: has the pages.
        reader: reads them.
    """

    def read_page_and_answer(
        question: Annotated[str | None, "The question."],
        url: Annotated[str | None, "The address of the page; the open page if it is left out."] = None,
    ) -> str:
        return reader.read(_page(url), f"Sum up the following text in one or two paragraphs that answer '{question}':")

    def summarize_page(
        url: Annotated[str | None, "The address of the page; the open page if it is left out."] = None,
    ) -> str:
        return reader.read(_page(url), "Sum up the following text in one or two paragraphs:")

    def _page(url: str | None) -> str:
        if url and url != browser.address:
            browser.visit_page(url)
        return browser.page_content

    return [
        (read_page_and_answer, "Have a whole page read by a model, which answers a question with what it says."),
        (summarize_page, "Have a whole page read by a model, which sums it up."),
    ]
