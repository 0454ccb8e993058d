"""A browser that fetches pages with ``requests``; no script of a page runs."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests

from .._web.fence import AddressFence
from .._web.fetch import Limits, fetch
from .._web.files import LocalFiles
from ..errors import FileConversionException, UnsupportedFormatException
from ._local_files import folder_as_markdown, name_of_download, path_of, save
from ._viewports import has_words, split
from .abstract_markdown_browser import AbstractMarkdownBrowser
from .markdown_search import AbstractMarkdownSearch, BingMarkdownSearch
from .mdconvert import MarkdownConverter

__all__ = ("RequestsMarkdownBrowser",)

_BLANK = "about:blank"
_SEARCH = "search:"


class RequestsMarkdownBrowser(AbstractMarkdownBrowser):
    """Shows pages, files and search results as Markdown, a part at a time.

    Pages that need their scripts are empty here; `PlaywrightMarkdownBrowser` and `SeleniumMarkdownBrowser` run them in
    a real browser. What cannot be opened is shown as a page that says why.

    Args:
        start_page: opened at once; the default is an empty page.
        viewport_size: how many characters of a page are shown at once, at least; a part ends after a word.
        downloads_folder: where files that are not text are saved. Without it, they are shown where they can be
            converted to Markdown, and not kept.
        search_engine: answers addresses such as ``search: best cheese``; Bing by default.
        markdown_converter: converts what is fetched.
        requests_session: gives cookies, headers and the like.
        requests_get_kwargs: what ``requests.get`` takes, such as ``headers`` or ``timeout``.
        allow_private_addresses: whether pages of this machine and of private networks may be opened, or a list of
            hosts and networks that may. Link-local addresses, where clouds keep credentials, are refused always.
        allow_local_files: which files of this machine may be shown: True for all, False for none, or a list of
            folders. By default ``open_local_file`` opens any, because a program calls it, and ``file:`` addresses,
            which a page or a model may choose, lead to downloads only.
        max_size: the most bytes that are fetched for one page.
        max_seconds: the longest time for one page.

    Raises:
        TypeError: ``viewport_size`` is not a whole number.
    """

    def __init__(
        self,
        start_page: str | None = None,
        viewport_size: int | None = 1024 * 8,
        downloads_folder: str | None = None,
        search_engine: AbstractMarkdownSearch | None = None,
        markdown_converter: MarkdownConverter | None = None,
        requests_session: requests.Session | None = None,
        requests_get_kwargs: Mapping[str, Any] | None = None,
        allow_private_addresses: bool | Iterable[str] = True,
        allow_local_files: bool | Iterable[str | os.PathLike[str]] | None = None,
        max_size: int = 50_000_000,
        max_seconds: float = 60.0,
    ) -> None:
        self.start_page = start_page or _BLANK
        if viewport_size is not None and not isinstance(viewport_size, int):
            raise TypeError(f"viewport_size must be a number of characters, but it is {viewport_size!r}.")
        self.viewport_size = viewport_size or 1024 * 8
        self.downloads_folder = downloads_folder
        self.history: list[tuple[str, float]] = []
        self.page_title: str | None = None
        self.viewport_current_page = 0
        self.viewport_pages: list[tuple[int, int]] = []
        self.find_on_page_query: str | None = None
        self.find_on_page_viewport: int | None = None
        self._search_engine = search_engine or BingMarkdownSearch()
        self._markdown_converter = markdown_converter or MarkdownConverter()
        self._requests_session = requests_session or requests.Session()
        self._requests_get_kwargs = dict(requests_get_kwargs or {})
        self._fence = AddressFence(allow_private_addresses)
        self._limits = Limits(size=max_size, seconds=max_seconds)
        self._local_files = LocalFiles(allow_local_files, downloads_folder)
        self._page_content = ""
        self.set_address(self.start_page)

    # --- what is shown -----------------------------------------------------------------------------------------------

    @property
    def address(self) -> str:
        """The address of the page that is open."""
        return self.history[-1][0]

    @property
    def page_content(self) -> str:
        """The whole page as Markdown."""
        return self._page_content

    @property
    def viewport(self) -> str:
        """The part of the page that is shown."""
        start, end = self.viewport_pages[self.viewport_current_page]
        return self._page_content[start:end]

    def page_down(self) -> None:
        """Show the next part; the last one stays."""
        self.viewport_current_page = min(self.viewport_current_page + 1, len(self.viewport_pages) - 1)

    def page_up(self) -> None:
        """Show the part before; the first one stays."""
        self.viewport_current_page = max(self.viewport_current_page - 1, 0)

    def find_on_page(self, query: str) -> str | None:
        """Show the first part, from the one shown on, that holds some words; asked again, the next.

        Args:
            query: whole words, one after the other. Case and punctuation do not count; ``*`` stands for any text.

        Returns:
            The part, or None if no part holds them.
        """
        if query == self.find_on_page_query and self.viewport_current_page == self.find_on_page_viewport:
            return self.find_next()
        self.find_on_page_query = query
        return self._show_part_with(query, self.viewport_current_page)

    def find_next(self) -> str | None:
        """Show the next part that holds the words last looked for; after the last part comes the first.

        Returns:
            The part, or None if no part holds them, or nothing has been looked for.
        """
        if self.find_on_page_query is None:
            return None
        found_before = self.find_on_page_viewport
        start = 0 if found_before is None else (found_before + 1) % len(self.viewport_pages)
        return self._show_part_with(self.find_on_page_query, start)

    def _show_part_with(self, query: str, start: int) -> str | None:
        count = len(self.viewport_pages)
        for number in (at % count for at in range(start, start + count)):
            begin, end = self.viewport_pages[number]
            if has_words(self._page_content[begin:end], query):
                self.find_on_page_viewport = self.viewport_current_page = number
                return self.viewport
        self.find_on_page_viewport = None
        return None

    # --- opening -----------------------------------------------------------------------------------------------------

    def set_address(self, uri_or_path: str) -> None:
        """Open a page, a file or the results of a search.

        Args:
            uri_or_path: an http(s) or ``file:`` address, one relative to the page that is open, ``about:blank``, or
                ``search:`` and what to look for.
        """
        self._open(uri_or_path.strip(), by_program=False)

    def visit_page(self, path_or_uri: str) -> str:
        """Open a page as `set_address` does.

        Args:
            path_or_uri: its address.

        Returns:
            The first part of it.
        """
        self.set_address(path_or_uri)
        return self.viewport

    def open_local_file(self, local_path: str) -> str:
        """Open a file, or list a folder, of this machine.

        Args:
            local_path: where it is.

        Returns:
            The first part of it.
        """
        self._open(Path(os.path.abspath(os.path.expanduser(local_path))).as_uri(), by_program=True)
        return self.viewport

    def _open(self, address: str, by_program: bool) -> None:
        self.find_on_page_query = self.find_on_page_viewport = None
        with suppress(ValueError):  # a text that is not an address is shown as one that cannot be opened
            if self.history and not urlsplit(address).scheme:
                address = urljoin(self.address, address)
        self.history.append((address, time.time()))
        try:
            self._show_address(address, by_program)
        except (OSError, ValueError, FileConversionException) as error:  # those of requests are OSErrors
            self._show("Request Exception", f"## Unhandled Request Exception:\n\n{error}")

    def _show_address(self, address: str, by_program: bool) -> None:
        if address == _BLANK:
            self._show(None, "")
        elif address.startswith(_SEARCH):
            query = address.removeprefix(_SEARCH).strip()
            self._show(f"{query} - Search", self._search_engine.search(query))
        elif urlsplit(address).scheme == "file":
            self._open_file(path_of(address), by_program)
        else:
            self._fetch_page(address)

    def _show(self, title: str | None, content: str) -> None:
        self.page_title = title
        self._page_content = content
        self.viewport_pages = split(content, self.viewport_size)
        self.viewport_current_page = 0

    def _move_to(self, address: str) -> None:
        """Say that the page which is being opened has another address."""
        self.history[-1] = (address, self.history[-1][1])

    def _open_file(self, path: Path, by_program: bool) -> None:
        self._local_files.check(path, by_program)
        self._show_file(path)

    def _show_file(self, path: Path) -> None:
        if path.is_dir():
            self._show(f"Index of {path}", folder_as_markdown(path))
        elif not path.exists():
            self._show("File not found", f"# File not found\n\nThere is no file {str(path)!r}.")
        elif not path.is_file():
            self._show("Not a file", f"# Not a file\n\n{str(path)!r} is neither a file nor a folder.")
        else:
            try:
                converted = self._markdown_converter.convert_local(path)
            except UnsupportedFormatException:
                self._show("Download complete.", f"# Download complete\n\nSaved file to '{path}'")
            else:
                self._show(converted.title, converted.text_content)

    def _fetch_page(self, url: str) -> None:
        """Fetch an address and show what it holds. Subclasses fetch in another way."""
        response = fetch(
            url,
            fence=self._fence,
            limits=self._limits,
            session=self._requests_session,
            options=self._requests_get_kwargs,
        )
        if response.history:
            self._move_to(response.url)
        self._show_response(response)

    def _show_response(self, response: requests.Response) -> None:
        is_text = response.headers.get("Content-Type", "").lower().startswith("text/")
        if not response.ok:
            content = self._markdown_converter.convert_response(response).text_content if is_text else ""
            self._show(f"Error {response.status_code}", f"## Error {response.status_code}\n\n{content}")
        elif is_text or not self.downloads_folder:
            self._show_converted(response)
        else:
            name = name_of_download(response.url, response.headers.get("Content-Disposition"))
            path = save(response.content, self.downloads_folder, name)
            self._move_to(path.as_uri())
            self._show_file(path)

    def _show_converted(self, response: requests.Response) -> None:
        try:
            converted = self._markdown_converter.convert_response(response)
        except UnsupportedFormatException:
            kind = response.headers.get("Content-Type", "an unknown kind")
            self._show(
                "Not shown",
                f"# Not shown\n\nThis address holds {len(response.content)} bytes of {kind}, which are not text. They "
                "are saved only where the browser has a downloads_folder.",
            )
        else:
            self._show(converted.title, converted.text_content)
