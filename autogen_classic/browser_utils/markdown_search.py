"""Search engines whose results are Markdown."""

from __future__ import annotations

import logging
import os
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from .._secrets import keys_hidden
from .._warn import warn_once
from .._web.fetch import fetch
from .mdconvert import MarkdownConverter

__all__ = ("AbstractMarkdownSearch", "BingMarkdownSearch")

_logger = logging.getLogger("autogen.browser_utils.markdown_search")

_API = "https://api.bing.microsoft.com/v7.0/search"
_PAGE = "https://www.bing.com/search"
# Bing sends its plain list of results only to what looks like a browser.
_AS_BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"
_HEADINGS = {"webPages": "Web Results", "news": "News Results", "videos": "Video Results"}


class AbstractMarkdownSearch(ABC):
    """A search engine: whatever answers a query with Markdown that links to what it found."""

    @abstractmethod
    def search(self, query: str) -> str:
        """Look for something.

        Args:
            query: the words to look for.

        Returns:
            The results as Markdown; an agent follows the links in it.
        """


class BingMarkdownSearch(AbstractMarkdownSearch):
    """Searches with Bing.

    Microsoft has shut its own search API down in August 2025. A key helps only with a service that answers in the same
    form, whose address is ``base_url``; without a key, the page of results is read.

    Args:
        bing_api_key: the key; by default the variable ``BING_API_KEY`` of the environment.
        interleave_results: whether results of different kinds are mixed in the order of their rank, or grouped.
        base_url: where to ask; by default the API where there is a key, else the page of results.
    """

    def __init__(
        self, bing_api_key: str | None = None, interleave_results: bool = True, base_url: str | None = None
    ) -> None:
        self._bing_api_key = bing_api_key or os.environ.get("BING_API_KEY")
        self._interleave_results = interleave_results
        self._base_url = base_url or (_API if self._bing_api_key else _PAGE)
        self._mdconvert = MarkdownConverter()

    def search(self, query: str) -> str:
        """Look for something with Bing.

        Args:
            query: the words to look for.

        Returns:
            The results, numbered, each with its link.

        Raises:
            FetchError: Bing cannot be reached.
            requests.HTTPError: Bing refuses the request, for instance because of the key.
        """
        with keys_hidden([{"api_key": self._bing_api_key, "base_url": self._base_url}]):
            return self._ask_api(query) if self._bing_api_key else self._read_page(query)

    def _ask_api(self, query: str) -> str:
        response = fetch(
            self._base_url,
            options={
                "headers": {"Ocp-Apim-Subscription-Key": self._bing_api_key},
                "params": {"q": query, "textDecorations": False, "textFormat": "raw"},
            },
        )
        response.raise_for_status()
        answer: Mapping[str, Any] = response.json()
        ranked = list(_ranked(answer)) if self._interleave_results else []
        sections = [("", ranked)] if ranked else list(_grouped(answer))
        related = [f"- {one.get('text') or one.get('displayText')}" for one in _values(answer, "relatedSearches")]
        return _as_markdown(query, sections, related)

    def _read_page(self, query: str) -> str:
        warn_once(
            _logger,
            "There is no key for Bing (bing_api_key, or the variable BING_API_KEY): its page of results is read, which "
            "Bing may answer with few results or none.",
        )
        address = f"{self._base_url}?{urlencode({'q': query, 'FORM': 'QBLH'})}"
        response = fetch(address, options={"headers": {"User-Agent": _AS_BROWSER}})
        response.raise_for_status()
        # The converter goes by the address, which is another where results come through a service.
        converted = self._mdconvert.convert_response(response, url=f"{_PAGE}?{urlencode({'q': query})}")
        return converted.text_content


def _values(answer: Mapping[str, Any], group: str) -> list[Mapping[str, Any]]:
    return list((answer.get(group) or {}).get("value") or [])


def _results(answer: Mapping[str, Any], group: str) -> list[Mapping[str, Any]]:
    """The results of one kind, each before the links that stand below it."""
    return [one for value in _values(answer, group) for one in (value, *(value.get("deepLinks") or []))]


def _grouped(answer: Mapping[str, Any]) -> Iterator[tuple[str, list[Mapping[str, Any]]]]:
    for group, heading in _HEADINGS.items():
        results = _results(answer, group)
        if results:
            yield heading, results


def _ranked(answer: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """All results in the order that the engine gives; nothing where it gives none."""
    by_id: dict[str, list[Mapping[str, Any]]] = {}
    for group in _HEADINGS:
        by_id[(answer.get(group) or {}).get("id", group)] = _results(answer, group)
        for value in _values(answer, group):
            by_id[value.get("id", value.get("url", ""))] = [value, *(value.get("deepLinks") or [])]
    ranking = ((answer.get("rankingResponse") or {}).get("mainline") or {}).get("items") or []
    seen: set[str] = set()
    for item in ranking:
        for result in by_id.get((item.get("value") or {}).get("id", ""), []):
            place = _address_of(result)
            if place not in seen:
                seen.add(place)
                yield result


def _address_of(result: Mapping[str, Any]) -> str:
    return str(result.get("url") or result.get("contentUrl") or result.get("hostPageUrl") or "")


def _as_markdown(query: str, sections: list[tuple[str, list[Mapping[str, Any]]]], related: list[str]) -> str:
    """Write results, numbered through all sections, and related searches as Markdown."""
    number = 0
    parts = []
    for heading, results in sections:
        if heading:
            parts.append(f"## {heading}")
        for result in results:
            number += 1
            lines = [
                f"{number}. [{result.get('name', '')}]({_address_of(result)})",
                str(result.get("snippet") or result.get("description") or ""),
            ]
            if "description" in result and result.get("datePublished"):
                lines.append(f"Date published: {str(result['datePublished']).partition('T')[0]}")
            parts.append("\n".join(line for line in lines if line))
    if related:
        parts.append("\n".join(["## Related Searches:", *related]))
    return f"## A Bing search for '{query}' found {number} results:\n\n" + "\n\n".join(parts)
