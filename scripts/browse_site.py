"""Look at the built documentation as its readers do: in a browser, from the file system, with the network off.

    python scripts/browse_site.py              # after the build; `scripts/dev.py docs` does both
    python scripts/browse_site.py --all        # with axe-core on every page; takes many minutes

Pages are opened on a screen of 360 pixels. They must load without an error, without anything that is missing or on
another host, and without scrolling sideways. In one page of each kind, light and dark, axe-core must find nothing
serious; that takes it seconds for each. The search must find something. Without Chromium or Playwright, nothing is
looked at. Of the pages of errors, which are all alike, one is enough.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if __package__ in (None, ""):  # started by its path
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from autogen_classic.browser_utils._chromium import chromium_path, is_root

if TYPE_CHECKING:
    from playwright.sync_api import Page, Request

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / "website" / "site"

PHONE = {"width": 360, "height": 740}
SCHEMES = ("light", "dark")
ONE_OF_EACH_KIND = ("index.html", "groups.html", "speed.html", "errors/MissingKeyError.html", "reference/compat.html")
SERIOUS = ("serious", "critical")


def main(arguments: list[str] | None = None) -> int:
    """Open the pages and print what is wrong.

    Args:
        arguments: the words of the command line; those of this process where None.

    Returns:
        The exit code: 0 for a site without faults, or without a browser.
    """
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--all", action="store_true", help="let axe-core look at every page")
    options = parser.parse_args(arguments)
    browser = chromium_path()
    packages = ("playwright", "axe_playwright_python")
    missing = [name for name in packages if importlib.util.find_spec(name) is None]
    if browser is None or missing:
        print(f"The pages are not looked at: {' and '.join(missing) or 'Chromium'} is not installed.")
        return 0
    found = faults(SITE, browser, everything=options.all) + search_faults(SITE, browser)
    for line in found:
        print(line, file=sys.stderr)
    return 1 if found else 0


def faults(site: Path, browser: str, *, everything: bool = False) -> list[str]:
    """Open every page of a site.

    Args:
        site: its folder.
        browser: the path of Chromium.
        everything: whether axe-core looks at every page, not only at one of each kind.

    Returns:
        One line for each fault.
    """
    from playwright.sync_api import sync_playwright

    found: list[str] = []
    pages = [file for file in sorted(site.rglob("*.html")) if file.name != "404.html"]  # that one needs a server
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"] if is_root() else [])
        for scheme in SCHEMES:
            context = chromium.new_context(viewport=PHONE, color_scheme=scheme, offline=True)  # type: ignore[arg-type]
            page = context.new_page()
            troubles: list[str] = []
            page.on("pageerror", lambda error, troubles=troubles: troubles.append(f"fails: {error}"))
            page.on("requestfailed", lambda asked, troubles=troubles: troubles.extend(why_lacking(asked)))
            for file in pages:
                name = file.relative_to(site).as_posix()
                thoroughly = everything or name in ONE_OF_EACH_KIND
                is_like_another = file.parent.name == "errors"
                if thoroughly or (scheme == SCHEMES[0] and not is_like_another):
                    troubles.clear()
                    page.goto(file.as_uri())
                    troubles += look_at(page) + (let_axe_look_at(page) if thoroughly else [])
                    found += [f"{name} ({scheme}) {trouble}" for trouble in troubles]
            context.close()
        chromium.close()
    return found


def why_lacking(asked: Request) -> list[str]:
    """Say what a page lacks; nothing for what the browser gave up itself, because it went on to the next page."""
    return [] if asked.failure == "net::ERR_ABORTED" else [f"lacks {asked.url}"]


def look_at(page: Page) -> list[str]:
    """Whether the page that is open must be scrolled sideways."""
    width = page.evaluate("document.documentElement.scrollWidth")
    return [f"is {width} pixels wide on a screen of {PHONE['width']}"] if width > PHONE["width"] else []


def let_axe_look_at(page: Page) -> list[str]:
    """What keeps people from reading the page that is open: too little contrast, missing labels, and so on."""
    from axe_playwright_python.sync_playwright import Axe

    result = Axe().run(page, options={"resultTypes": ["violations"], "preload": False})
    serious = [one for one in result.response["violations"] if one["impact"] in SERIOUS]
    return [f"{one['help']}: {_places(one['nodes'])}" for one in serious]


def _places(nodes: list[dict[str, Any]]) -> str:
    shown = ", ".join(node["html"][:100] for node in nodes[:3])
    return f"{shown} and {len(nodes) - 3} more" if len(nodes) > 3 else shown


def search_faults(site: Path, browser: str) -> list[str]:
    """Search by keyboard, from the file system.

    Args:
        site: the folder of the site.
        browser: the path of Chromium.

    Returns:
        A fault if what is there is not found, else nothing.
    """
    from playwright.sync_api import TimeoutError as NotFound
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"] if is_root() else [])
        page = chromium.new_page()
        page.goto((site / "index.html").as_uri())
        page.keyboard.press("/")
        page.keyboard.type("budget", delay=20)
        try:
            page.get_by_text("A budget for a chat").first.wait_for(timeout=60_000)
        except NotFound:
            return ["The search for 'budget' does not find 'A budget for a chat'."]
        finally:
            chromium.close()
    return []


if __name__ == "__main__":
    sys.exit(main())
