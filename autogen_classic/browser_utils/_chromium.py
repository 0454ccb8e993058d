"""A real browser behind the fence: where Chromium is, how it is started, and how its pages are shown."""

from __future__ import annotations

import atexit
import io
import os
import shutil
from abc import abstractmethod
from dataclasses import dataclass
from typing import Any

from .._web.proxy import FenceProxy, proxy_of_environment
from ..errors import ContentRefusedError
from .requests_markdown_browser import RequestsMarkdownBrowser

__all__ = ("ChromiumBrowser", "Rendered", "arguments", "chromium_path")

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium_path() -> str | None:
    """Where Chromium or Chrome is installed on this machine, or None."""
    return next((path for path in map(shutil.which, _NAMES) if path), None)


def arguments(proxy: FenceProxy) -> list[str]:
    """The arguments that keep Chromium behind the fence, and quiet.

    Args:
        proxy: through which everything goes, this machine and link-local addresses included.
    """
    return [
        f"--proxy-server={proxy.address}",
        "--proxy-bypass-list=<-loopback>",
        "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
        "--disable-quic",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        *(["--no-sandbox"] if is_root() else []),
    ]


def is_root() -> bool:
    """Whether this process has all rights; Chromium then refuses to start with its sandbox."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


@dataclass(frozen=True)
class Rendered:
    """A page as a browser shows it, after its scripts have run.

    Args:
        url: where it is, after redirects.
        status: the HTTP status.
        html: its document.
    """

    url: str
    status: int
    html: str


class ChromiumBrowser(RequestsMarkdownBrowser):
    """A browser whose pages are rendered by Chromium; it starts with the first page.

    Files are fetched without it, as `RequestsMarkdownBrowser` fetches them.

    Args:
        **kwargs: parameters of `RequestsMarkdownBrowser`.
    """

    def __init__(self, **kwargs: Any) -> None:
        self._proxy: FenceProxy | None = None
        super().__init__(**kwargs)

    @abstractmethod
    def _render(self, url: str, proxy: FenceProxy) -> Rendered | None:
        """Open a page; None if the address holds something else.

        Args:
            url: its address.
            proxy: through which the browser reaches it.
        """

    def close(self) -> None:
        """End the browser; the next page starts it again. A program that ends does it, too."""
        atexit.unregister(self.close)
        if self._proxy is not None:
            self._proxy.close()
            self._proxy = None

    def _fetch_page(self, url: str) -> None:
        """Show a page as Chromium renders it, or fetch it without the browser if it is not a page."""
        self._fence.check_url(url, through_proxy=bool(proxy_of_environment(url)))
        if self._proxy is None:
            self._proxy = FenceProxy(self._fence, self._limits)
            atexit.register(self.close)  # or Chromium outlives the program
        self._proxy.refusals.clear()
        rendered = self._render(url, self._proxy)
        if rendered is None:
            super()._fetch_page(url)
            return
        if len(rendered.html) > self._limits.size:
            raise ContentRefusedError(f"{url} holds more than {self._limits.size} bytes.")
        if rendered.url.rstrip("/") != url.rstrip("/"):
            self._move_to(rendered.url)
        page = self._markdown_converter.convert_stream(
            io.StringIO(rendered.html), file_extension=".html", url=rendered.url
        )
        if rendered.status >= 400:
            self._show(f"Error {rendered.status}", f"## Error {rendered.status}\n\n{page.text_content}")
        else:
            self._show(page.title, page.text_content)
