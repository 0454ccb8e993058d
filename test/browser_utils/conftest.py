"""A web server of our own, and real browsers that start once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from web_pages import WebPages

from autogen_classic.browser_utils import PlaywrightMarkdownBrowser, SeleniumMarkdownBrowser
from autogen_classic.browser_utils._chromium import ChromiumBrowser, chromium_path


@pytest.fixture
def pages() -> Iterator[WebPages]:
    """A web server on this machine."""
    with WebPages() as server:
        yield server


@pytest.fixture(scope="session", params=["playwright", "selenium"])
def chromium(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChromiumBrowser]:
    """A browser that may reach 127.0.0.1 and no other private address."""
    if chromium_path() is None:
        pytest.skip("Chromium is not installed; scripts/test-services installs it")
    if request.param == "selenium" and shutil.which("chromedriver") is None:
        pytest.skip("chromedriver is not installed; scripts/test-services installs it")
    kind = PlaywrightMarkdownBrowser if request.param == "playwright" else SeleniumMarkdownBrowser
    browser = kind(
        max_seconds=30,
        max_size=200_000,
        allow_private_addresses=["127.0.0.1"],
        downloads_folder=str(tmp_path_factory.mktemp("downloads")),
    )
    yield browser
    browser.close()
