"""Check the built documentation: nothing is loaded from elsewhere, no link is dead, nothing private is shown.

    python scripts/check_site.py            # after the build; `scripts/dev.py docs` does both

Classrooms are offline and readers are nobody's business, so a page must not fetch a script, style, font or picture from
another host. Links that a reader may follow to other hosts are left alone.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / "website" / "site"

# What a browser fetches as soon as it reads the tag; <a href> is a link that a reader may follow.
LOADING = {"src", "srcset", "poster", "data", "background"}
LOADING_RELATIONS = {
    "stylesheet",
    "icon",
    "preload",
    "prefetch",
    "modulepreload",
    "preconnect",
    "dns-prefetch",
    "manifest",
}
# Elements for which the theme's script fetches a renderer from a public host.
RENDERED_FROM_OUTSIDE = {"mermaid"}


@dataclass
class Page:
    """What a page loads, links to, and can be linked at."""

    loads: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)
    classes: set[str] = field(default_factory=set)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page = Page()
        self._in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        page = self.page
        page.anchors.update(found[name] for name in ("id", "name") if name in found)
        page.classes.update(found.get("class", "").split())
        page.loads += [value for name, value in found.items() if name in LOADING]
        page.loads += addresses_in_style(found.get("style", ""))
        if tag == "link" and LOADING_RELATIONS & set(found.get("rel", "").split()):
            page.loads.append(found.get("href", ""))
        if tag == "a" and "href" in found:
            page.links.append(found["href"])
        if tag in ("use", "image"):
            page.loads += [found[name] for name in ("href", "xlink:href") if name in found]
        self._in_style = tag == "style"

    def handle_endtag(self, tag: str) -> None:
        self._in_style = False

    def handle_data(self, data: str) -> None:
        if self._in_style:
            self.page.loads += addresses_in_style(data)


def addresses_in_style(style: str) -> list[str]:
    """The addresses that a style sheet loads."""
    return re.findall(r"url\(\s*[\"']?([^\"')]+)", style) + re.findall(r"@import\s+[\"']([^\"']+)", style)


def read_page(text: str) -> Page:
    """Read one page.

    Args:
        text: its HTML.

    Returns:
        What it loads, where it links to, and its anchors.
    """
    reader = _Reader()
    reader.feed(text)
    return reader.page


def faults(site: Path) -> list[str]:
    """Find what is wrong with a built site.

    Args:
        site: its folder.

    Returns:
        One line for each fault; an empty list for a site without faults.
    """
    pages = {file: read_page(file.read_text(encoding="utf-8")) for file in sorted(site.rglob("*.html"))}
    found = []
    for file, page in pages.items():
        name = file.relative_to(site)
        found += [f"{name} loads {address}" for address in page.loads if is_outside(address)]
        found += [f"{name} has an element of the class {name_}" for name_ in page.classes & RENDERED_FROM_OUTSIDE]
        found += [f"{name} shows {anchor}, which is private" for anchor in sorted(page.anchors) if is_private(anchor)]
        root = "/" if file.name == "404.html" else ""  # its links begin at the root of the server
        dead = [link for link in page.links if is_dead(link.removeprefix(root), file, pages)]
        found += [f"{name} links to {link}, which is missing" for link in dead]
    for sheet in sorted(site.rglob("*.css")):
        addresses = addresses_in_style(sheet.read_text(encoding="utf-8"))
        found += [f"{sheet.relative_to(site)} loads {address}" for address in addresses if is_outside(address)]
    return found


def is_outside(address: str) -> bool:
    """Whether an address names another host."""
    parts = urlsplit(address.strip())
    return bool(parts.netloc) or parts.scheme in ("http", "https", "ftp")


def is_private(anchor: str) -> bool:
    """Whether an anchor of the reference is that of a name with an underscore in front."""
    return anchor.startswith("autogen_classic.") and "._" in anchor


def is_dead(link: str, file: Path, pages: dict[Path, Page]) -> bool:
    """Whether a link within the site leads to no file, or to no anchor of a page."""
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return False
    target = (file.parent / unquote(parts.path)).resolve() if parts.path else file
    target = target / "index.html" if target.is_dir() else target
    if target not in pages:
        return not target.is_file()
    fragment = unquote(parts.fragment)
    return bool(fragment) and fragment not in pages[target].anchors


def main() -> int:
    """Check the site that stands in website/site.

    Returns:
        The exit code: 0 for a site without faults.
    """
    found = faults(SITE.resolve())
    for line in found:
        print(line, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
