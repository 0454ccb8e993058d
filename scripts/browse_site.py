"""Look at the built documentation as its readers do: in a browser, from the file system, with the network off.

    python scripts/browse_site.py              # after the build; `scripts/dev.py docs` does both
    python scripts/browse_site.py --all        # with axe-core on every page; takes some minutes

Pages are opened on a screen of 360 pixels. They must load without an error, without anything that is missing or on
another host, and without scrolling sideways. In one page of each kind, light and dark, axe-core must find nothing
serious. The search must find something. Without Chromium or Playwright, nothing is looked at. Of the pages of errors,
which are all alike, one is enough. As many pages as the machine has processors are open at a time, and one that takes
longer than ``--limit`` is a fault.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import os
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if __package__ in (None, ""):  # started by its path
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from autogen_classic.browser_utils._chromium import chromium_path, is_root

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page, Request, Route

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / "website" / "site"

PHONE = {"width": 360, "height": 740}
LIMIT = 120.0
ONE_OF_EACH_KIND = (
    "404.html",
    "index.html",
    "groups.html",
    "questions.html",
    "speed.html",
    "errors/MissingKeyError.html",
    "reference/compat.html",
)
# The links of this page begin at the root of a server, because nobody knows where it is shown.
SHOWN_BY_A_SERVER = "404.html"
SERVER = "http://localhost"

SERIOUS = ("serious", "critical")
WIDTH = "document.documentElement.scrollWidth"
# Contrast takes axe-core 90 % of its time, and only colours differ between light and dark. Texts that look alike have
# the same contrast, so it looks at a few of each look: colours, size and weight of the text, and what is behind it.
COLOUR_RULES = ("color-contrast", "link-in-text-block")
MARK_ONE_OF_EACH_LOOK = """() => {
    const behind = new Map(), seen = new Map();
    for (const element of document.querySelectorAll("body, body *")) {
        const style = getComputedStyle(element);
        const own = [style.backgroundColor, style.backgroundImage, style.opacity, style.filter, style.position].join();
        const below = behind.get(element.parentElement) ?? "";
        const background = below.endsWith(own) ? below : below + "/" + own;
        behind.set(element, background);
        const speaks = [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim());
        if (!speaks || !element.checkVisibility({visibilityProperty: true})) continue;
        const parts = [element.tagName, style.color, style.fontSize, style.fontWeight, style.textShadow, background];
        const look = parts.join();
        seen.set(look, (seen.get(look) ?? 0) + 1);
        if (seen.get(look) <= 3) element.setAttribute("data-look", "");
    }
}"""

Scheme = Literal["light", "dark"]


@dataclass
class Look:
    """One page in one colour scheme, and what was seen there.

    Attributes:
        file: the page.
        name: its path in the site.
        scheme: the colours.
        thoroughly: whether axe-core looks at it.
        faults: what is wrong with it, one line each.
        seconds: how long it took.
    """

    file: Path
    name: str
    scheme: Scheme
    thoroughly: bool
    faults: list[str] = field(default_factory=list)
    seconds: float = 0.0


def main(arguments: list[str] | None = None) -> int:
    """Open the pages and print what is wrong.

    Args:
        arguments: the words of the command line; those of this process where None.

    Returns:
        The exit code: 0 for a site without faults, or without a browser.
    """
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--all", action="store_true", help="let axe-core look at every page")
    parser.add_argument(
        "--limit", type=float, default=LIMIT, metavar="SECONDS", help="for one page (default: %(default)s)"
    )
    options = parser.parse_args(arguments)
    browser = chromium_path()
    packages = ("playwright", "axe_playwright_python")
    missing = [name for name in packages if importlib.util.find_spec(name) is None]
    if browser is None or missing:
        print(f"The pages are not looked at: {' and '.join(missing) or 'Chromium'} is not installed.")
        return 0
    start = time.monotonic()
    looks = browse(SITE, browser, everything=options.all, limit=options.limit, tell=print if options.all else None)
    found = faults(looks) + asyncio.run(search_faults(SITE, browser))
    for line in found:
        print(line, file=sys.stderr)
    print(summary(looks, time.monotonic() - start))
    return 1 if found else 0


def browse(
    site: Path,
    browser: str,
    *,
    everything: bool = False,
    limit: float = LIMIT,
    tell: Callable[[str], object] | None = None,
) -> list[Look]:
    """Open the pages of a site.

    Args:
        site: its folder.
        browser: the path of Chromium.
        everything: whether axe-core looks at every page, not only at one of each kind.
        limit: how many seconds one page may take.
        tell: gets a line for each page that is done, so that one sees how far it is.

    Returns:
        What was seen, in the order of the pages.
    """
    looks = [
        Look(file, name, scheme, thoroughly)
        for file in sorted(site.rglob("*.html"))
        for name in [file.relative_to(site).as_posix()]
        for thoroughly in [everything or name in ONE_OF_EACH_KIND]
        for scheme in ("light", "dark")
        if thoroughly or (scheme == "light" and file.parent.name != "errors")
    ]
    asyncio.run(_look_at_each(looks, site, browser, limit, tell or (lambda line: None)))
    return looks


def faults(looks: list[Look]) -> list[str]:
    """One line for each fault that was seen."""
    return [f"{look.name} ({look.scheme}) {fault}" for look in looks for fault in look.faults]


def summary(looks: list[Look], seconds: float) -> str:
    """Tell what was looked at, how long it took, and for which pages longest."""
    thorough = sum(look.thoroughly for look in looks)
    slowest = sorted(looks, key=lambda look: look.seconds, reverse=True)[:3]
    named = ", ".join(f"{look.name} ({look.scheme}, {look.seconds:.0f} s)" for look in slowest)
    return f"Looked at {len(looks)} pages, {thorough} of them with axe-core, in {seconds:.0f} s; the slowest: {named}."


async def _look_at_each(
    looks: list[Look], site: Path, browser: str, limit: float, tell: Callable[[str], object]
) -> None:
    """Look at pages in as many windows as there are processors."""
    waiting = iter(sorted(looks, key=lambda look: look.scheme, reverse=True))  # a change of colours takes a new window
    async with open_browser(browser) as chromium:
        turns = [_take_turns(waiting, site, chromium, limit, tell) for _ in range(os.cpu_count() or 1)]
        await asyncio.gather(*turns)


async def _take_turns(
    waiting: Iterator[Look], site: Path, chromium: Browser, limit: float, tell: Callable[[str], object]
) -> None:
    """Look at what waits, one page after the other, in the same window as long as that answers."""
    window: _Window | None = None
    for look in waiting:
        if window is None or window.scheme != look.scheme:
            window = await _Window.open(chromium, look.scheme, site)
        start = time.monotonic()
        try:
            await asyncio.wait_for(window.look_at(look), limit)
        except asyncio.TimeoutError:
            look.faults.append(f"is not done after {limit:g} s")
            window = None
        look.seconds = time.monotonic() - start
        tell(f"{look.name} ({look.scheme}): {look.seconds:.1f} s, {len(look.faults)} faults")


class _Window:
    """A window of the browser, in which one page is opened after the other."""

    def __init__(self, page: Page, scheme: Scheme, site: Path) -> None:
        self.page = page
        self.scheme = scheme
        self._site = site
        self._troubles: list[str] = []
        page.on("pageerror", lambda error: self._troubles.append(f"fails: {error}"))
        page.on("requestfailed", lambda asked: self._troubles.extend(why_lacking(asked)))

    @classmethod
    async def open(cls, chromium: Browser, scheme: Scheme, site: Path) -> _Window:
        """Open a window with the colours of a scheme."""
        context = await chromium.new_context(viewport=PHONE, color_scheme=scheme, offline=True)  # type: ignore[arg-type]
        window = cls(await context.new_page(), scheme, site)
        await context.route(f"{SERVER}/**", window._serve)
        return window

    async def look_at(self, look: Look) -> None:
        """Open a page and note its faults."""
        self._troubles = look.faults
        by_server = look.name == SHOWN_BY_A_SERVER
        await self.page.goto(
            f"{SERVER}/{look.name}" if by_server else look.file.as_uri(), timeout=0
        )  # wait_for ends it
        width = await self.page.evaluate(WIDTH)
        if width > PHONE["width"]:
            look.faults.append(f"is {width} pixels wide on a screen of {PHONE['width']}")
        if look.thoroughly:
            look.faults += await let_axe_look_at(self.page, only_colours=look.scheme == "dark")

    async def _serve(self, route: Route) -> None:
        """Answer as a server of the site would."""
        file = self._site / route.request.url.removeprefix(f"{SERVER}/")
        await (route.fulfill(path=file) if file.is_file() else route.abort("addressunreachable"))


@asynccontextmanager
async def open_browser(browser: str) -> AsyncIterator[Browser]:
    """Start Chromium, and end it."""
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"] if is_root() else [])
        try:
            yield chromium
        finally:
            await chromium.close()


def why_lacking(asked: Request) -> list[str]:
    """Say what a page lacks; nothing for what the browser gave up itself, because it went on to the next page."""
    return [] if asked.failure == "net::ERR_ABORTED" else [f"lacks {asked.url}"]


async def let_axe_look_at(page: Page, *, only_colours: bool) -> list[str]:
    """What keeps people from reading the page that is open: too little contrast, missing labels, and so on.

    Args:
        page: the page.
        only_colours: whether all but the colours has been looked at in the other colour scheme.

    Returns:
        One line for each rule that is broken seriously.
    """
    from axe_playwright_python.async_playwright import Axe

    axe = Axe()
    common = {"resultTypes": ["violations"], "preload": False, "selectors": False}
    await page.evaluate(MARK_ONE_OF_EACH_LOOK)
    results = [await axe.run(page, "[data-look]", {**common, "runOnly": COLOUR_RULES})]
    if not only_colours:
        rules = {name: {"enabled": False} for name in COLOUR_RULES}
        results.append(await axe.run(page, options={**common, "rules": rules}))
    violations = [one for result in results for one in result.response["violations"]]
    return [f"{one['help']}: {_places(one['nodes'])}" for one in violations if one["impact"] in SERIOUS]


def _places(nodes: list[dict[str, Any]]) -> str:
    shown = ", ".join(node["html"][:100] for node in nodes[:3])
    return f"{shown} and {len(nodes) - 3} more" if len(nodes) > 3 else shown


async def search_faults(site: Path, browser: str) -> list[str]:
    """Search by keyboard, from the file system.

    Args:
        site: the folder of the site.
        browser: the path of Chromium.

    Returns:
        A fault if what is there is not found, else nothing.
    """
    from playwright.async_api import TimeoutError as NotFound

    async with open_browser(browser) as chromium:
        page = await chromium.new_page()
        await page.goto((site / "index.html").as_uri())
        await page.keyboard.press("/")
        await page.keyboard.type("budget", delay=20)
        try:
            await page.get_by_text("A budget for a chat").first.wait_for(timeout=60_000)
        except NotFound:
            return ["The search for 'budget' does not find 'A budget for a chat'."]
    return []


if __name__ == "__main__":
    sys.exit(main())
