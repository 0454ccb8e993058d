"""A browser that renders pages with Selenium."""

from __future__ import annotations

import shutil
from contextlib import suppress
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from .._packages import missing_package
from .._web.proxy import FenceProxy
from ..errors import FetchError
from ._chromium import ChromiumBrowser, Rendered, arguments, chromium_path

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

__all__ = ("IS_SELENIUM_ENABLED", "SeleniumMarkdownBrowser")

IS_SELENIUM_ENABLED = find_spec("selenium") is not None
"""Whether the package selenium is installed."""

_BLANK = "about:blank"
_SECONDS_FOR_THE_DRIVER = 10.0
_NO_DOWNLOADS = 3  # of Chromium's setting "download_restrictions"
_TRIES = 3
# Runs before the scripts of each page: nobody answers questions, and requests under way are counted.
_BEFORE_SCRIPTS = """
window.alert = window.prompt = () => null;
window.confirm = () => false;
window.requestsUnderWay = 0;
const pageFetch = window.fetch, pageSend = XMLHttpRequest.prototype.send;
window.fetch = (...args) => {
    window.requestsUnderWay++;
    const over = () => { window.requestsUnderWay--; };
    const answer = pageFetch(...args);
    answer.then(one => one.clone().blob()).then(over, over);
    return answer;
};
XMLHttpRequest.prototype.send = function (...args) {
    window.requestsUnderWay++;
    this.addEventListener("loadend", () => { window.requestsUnderWay--; });
    return pageSend.apply(this, args);
};
"""
# The type, status and document of a page, once nothing in it has changed for half a second, or after three seconds.
_STATE = """
const done = arguments[0], started = Date.now();
let changed = started;
new MutationObserver(() => { changed = Date.now(); })
    .observe(document, {subtree: true, childList: true, characterData: true});
const look = () => {
    const now = Date.now();
    if (window.requestsUnderWay > 0) changed = now;
    if (now - changed < 500 && now - started < 3000) return setTimeout(look, 50);
    const entry = performance.getEntriesByType("navigation")[0];
    done([document.contentType, entry ? entry.responseStatus : 200, document.documentElement.outerHTML]);
};
look();
"""


class SeleniumMarkdownBrowser(ChromiumBrowser):
    """Shows pages as Chromium renders them, driven by Selenium and ``chromedriver``.

    All that a page asks for goes through a proxy on this machine, which keeps the fence of ``allow_private_addresses``.

    Args:
        **kwargs: parameters of `RequestsMarkdownBrowser`.

    Raises:
        ImportError: selenium is not installed.
    """

    def __init__(self, **kwargs: Any) -> None:
        if not IS_SELENIUM_ENABLED:
            raise missing_package("SeleniumMarkdownBrowser", "selenium", "websurfer-browsers")
        self._webdriver: Chrome | None = None
        super().__init__(**kwargs)

    def close(self) -> None:
        """End the browser; the next page starts it again."""
        driver, self._webdriver = self._webdriver, None
        if driver is not None:
            from selenium.common.exceptions import WebDriverException
            from urllib3.exceptions import HTTPError

            with suppress(WebDriverException, HTTPError, OSError):
                driver.quit()
            driver.service.stop()
        super().close()

    def _render(self, url: str, proxy: FenceProxy) -> Rendered | None:
        from selenium.common.exceptions import TimeoutException, WebDriverException
        from urllib3.exceptions import HTTPError

        try:
            self._webdriver = driver = self._webdriver or self._started(proxy)
            driver.get(_BLANK)
            with suppress(TimeoutException):  # what has come by then is shown
                driver.get(url)
            if driver.current_url == _BLANK:
                return None  # the browser takes it for a download
            kind, status, html = _state_of(driver)
        except (WebDriverException, HTTPError, OSError) as error:
            reason = proxy.refusals[-1] if proxy.refusals else _first_line(error)
            self.close()  # a page whose scripts never end blocks the browser
            raise FetchError(f"The page cannot be opened: {reason}") from None
        return Rendered(driver.current_url, status or 200, html) if "html" in kind else None

    def _started(self, proxy: FenceProxy) -> Chrome:
        from selenium.webdriver import Chrome, ChromeOptions, ChromeService

        options = ChromeOptions()
        options.binary_location = chromium_path() or ""
        for argument in ("--headless=new", *arguments(proxy)):
            options.add_argument(argument)
        options.add_experimental_option("prefs", {"download_restrictions": _NO_DOWNLOADS})
        driver = Chrome(options=options, service=ChromeService(executable_path=shutil.which("chromedriver")))
        driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": _BEFORE_SCRIPTS})
        driver.set_page_load_timeout(self._limits.seconds)
        driver.set_script_timeout(self._limits.seconds)
        connection: Any = driver.command_executor
        connection.client_config.timeout = int(self._limits.seconds + _SECONDS_FOR_THE_DRIVER)
        return driver


def _state_of(driver: Chrome, tries: int = _TRIES) -> tuple[str, int, str]:
    """The content type, the HTTP status and the document of the page that is open."""
    from selenium.common.exceptions import JavascriptException

    try:
        kind, status, html = driver.execute_async_script(_STATE)
    except JavascriptException:  # a script of the page may have led on to another one while it was read
        if tries == 1:
            raise
        return _state_of(driver, tries - 1)
    return str(kind), int(status), str(html)


def _first_line(error: Exception) -> str:
    """What an error says, without the stack of the driver, which Selenium writes below that."""
    return str(getattr(error, "msg", None) or error).partition("\n")[0]
