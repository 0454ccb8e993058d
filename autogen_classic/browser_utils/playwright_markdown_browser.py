"""A browser that renders pages with Playwright."""

from __future__ import annotations

import importlib
import queue
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as Late
from contextlib import suppress
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, TypeVar

from .._packages import missing_package
from .._secrets import place_of
from .._web.proxy import FenceProxy
from ..errors import FetchError, FetchTimeoutError
from ._chromium import ChromiumBrowser, Rendered, arguments, chromium_path, is_root

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, Playwright

__all__ = ("IS_PLAYWRIGHT_ENABLED", "PlaywrightMarkdownBrowser")

IS_PLAYWRIGHT_ENABLED = find_spec("playwright") is not None
"""Whether the package playwright is installed."""

_SECONDS_TO_SETTLE = 3.0
_SECONDS_TO_GIVE_UP = 30.0
_DOCUMENT = "node => node.outerHTML"

ResultT = TypeVar("ResultT")


class _Worker:
    """A thread that runs one function after the other, and does not keep a program from ending."""

    def __init__(self) -> None:
        self._calls: queue.SimpleQueue[tuple[Future[Any], Callable[[], object]] | None] = queue.SimpleQueue()
        threading.Thread(target=self._work, daemon=True, name="playwright").start()

    def run(self, seconds: float, function: Callable[..., ResultT], *args: object) -> ResultT:
        """Run a function, and wait for it no longer than this."""
        result: Future[ResultT] = Future()
        self._calls.put((result, partial(function, *args)))
        return result.result(seconds)

    def end(self) -> None:
        """Run nothing more."""
        self._calls.put(None)

    def _work(self) -> None:
        while call := self._calls.get():
            result, function = call
            try:
                result.set_result(function())
            except BaseException as error:  # belongs to the one who waits
                result.set_exception(error)


class PlaywrightMarkdownBrowser(ChromiumBrowser):
    """Shows pages as Chromium renders them, driven by Playwright.

    All that a page asks for goes through a proxy on this machine, which keeps the fence of ``allow_private_addresses``.
    The browser works in asynchronous programs too, for it has a thread of its own.

    Args:
        launch_args: what Playwright's ``chromium.launch`` takes. Without ``executable_path`` or ``channel``, the
            Chromium of this machine is started, or Playwright's own where there is none. Its sandbox is on, except for
            root, with whom it does not work.
        **kwargs: parameters of `RequestsMarkdownBrowser`.

    Raises:
        ImportError: playwright is not installed.
        ValueError: ``launch_args`` names a proxy.
    """

    def __init__(self, launch_args: Mapping[str, Any] = {}, **kwargs: Any) -> None:
        if not IS_PLAYWRIGHT_ENABLED:
            raise missing_package("PlaywrightMarkdownBrowser", "playwright", "websurfer-browsers")
        if "proxy" in launch_args:
            raise ValueError(
                "launch_args cannot name a proxy, because pages would get past the fence on addresses. Name it in the "
                "environment (HTTPS_PROXY); the connections go through it behind the fence."
            )
        self._launch_args = dict(launch_args)
        self._thread: _Worker | None = None
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None
        self._context: BrowserContext | None = None
        super().__init__(**kwargs)

    def close(self) -> None:
        """End the browser; the next page starts it again."""
        if self._thread is not None:
            self._in_thread(self._end)
            self._abandon()
        super().close()

    def _in_thread(self, function: Callable[..., ResultT], *args: object) -> ResultT:
        """Run a function in the one thread that may use Playwright."""
        self._thread = self._thread or _Worker()
        return self._thread.run(self._limits.seconds + _SECONDS_TO_GIVE_UP, function, *args)

    def _abandon(self) -> None:
        """Let go of the thread and of the browser that it drives."""
        if self._thread is not None:
            self._thread.end()
        self._thread = self._playwright = self._browser = self._context = None

    def _render(self, url: str, proxy: FenceProxy) -> Rendered | None:
        try:
            return self._in_thread(self._open_in_browser, url, proxy)
        except Late:
            self._abandon()
            raise FetchTimeoutError(f"The page at {place_of(url)} keeps the browser from answering.") from None

    # --- in the thread -----------------------------------------------------------------------------------------------

    def _open_in_browser(self, url: str, proxy: FenceProxy) -> Rendered | None:
        """Open a page in the thread of the browser; None if the address holds something else."""
        from playwright.sync_api import Error

        try:
            context = self._started(proxy)
            # Each page is fresh, so that one whose scripts never end does not keep the next from opening.
            page = context.new_page()
        except Error as error:
            raise FetchError(f"Chromium does not start: {error.message}") from None
        try:
            return self._visited(page, url)
        except Error as error:
            if "Download is starting" in error.message:
                return None
            reason = proxy.refusals[-1] if proxy.refusals else error.message.partition("\n")[0]
            raise FetchError(f"The page cannot be opened: {reason}") from None
        finally:
            for opened in context.pages:
                with suppress(Error):
                    opened.close()

    def _visited(self, page: Page, url: str) -> Rendered | None:
        """Go to a page, and read it once it is at rest or its time is up."""
        from playwright.sync_api import TimeoutError as NotInTime

        end = time.monotonic() + self._limits.seconds

        def milliseconds_left(most: float = self._limits.seconds) -> float:
            return max(1.0, 1000 * min(most, end - time.monotonic()))

        response = page.goto(url, wait_until="commit", timeout=milliseconds_left())
        kind = response.headers.get("content-type", "text/html") if response else "text/html"
        with suppress(NotInTime):  # what has come by then is shown
            page.wait_for_load_state("load", timeout=milliseconds_left())
            if "html" not in kind:
                return None
            page.wait_for_load_state("networkidle", timeout=milliseconds_left(_SECONDS_TO_SETTLE))
        end = max(end, time.monotonic() + _SECONDS_TO_SETTLE)
        html = page.locator("html").evaluate(_DOCUMENT, timeout=milliseconds_left())
        return Rendered(page.url, response.status if response else 200, str(html))

    def _started(self, proxy: FenceProxy) -> BrowserContext:
        if self._context is None or self._browser is None or not self._browser.is_connected():
            self._end()
            api = importlib.import_module("playwright.sync_api")
            self._playwright = playwright = api.sync_playwright().start()
            options = {"chromium_sandbox": not is_root(), **self._launch_args}
            options["args"] = [*options.get("args", []), *arguments(proxy)]  # the last ones count
            if not options.keys() & {"executable_path", "channel"}:
                options["executable_path"] = chromium_path()
            self._browser = playwright.chromium.launch(**options)
            self._context = self._browser.new_context(accept_downloads=False, service_workers="block")
        return self._context

    def _end(self) -> None:
        from playwright.sync_api import Error

        with suppress(Error):
            if self._browser is not None:
                self._browser.close()
        if self._playwright is not None:
            self._playwright.stop()
        self._playwright = self._browser = self._context = None
