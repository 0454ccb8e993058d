"""The check of the built pages finds what a page loads from elsewhere, and links that lead nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts import check_site

CONFIG = Path(__file__).resolve().parents[2] / "website" / "mkdocs.yml"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "guide").mkdir()
    (tmp_path / "style.css").write_text("body { background: url(picture.png) }", encoding="utf-8")
    (tmp_path / "index.html").write_text(
        '<link rel="stylesheet" href="style.css"><a href="guide/first.html#start">Start</a>'
        '<a href="https://example.org">Elsewhere</a><a href="guide/">Guide</a>',
        encoding="utf-8",
    )
    (tmp_path / "guide" / "first.html").write_text('<h1 id="start">Start</h1><a href="#start">Up</a>', encoding="utf-8")
    (tmp_path / "guide" / "index.html").write_text('<a href="../index.html">Home</a>', encoding="utf-8")
    return tmp_path


def test_a_site_that_keeps_to_itself_has_no_faults(site: Path) -> None:
    assert check_site.faults(site) == []


def test_the_links_of_the_page_of_a_missing_address_begin_at_the_root(site: Path) -> None:
    links = '<a href="/">Home</a><a href="/guide/first.html#start">Start</a><a href="/gone.html">Gone</a>'
    (site / "404.html").write_text(links, encoding="utf-8")
    (site / "guide" / "second.html").write_text('<a href="/guide/first.html">Not from a file</a>', encoding="utf-8")
    assert check_site.faults(site) == [
        "404.html links to /gone.html, which is missing",
        "guide/second.html links to /guide/first.html, which is missing",
    ]


@pytest.mark.parametrize(
    "element",
    [
        '<script src="https://cdn.example.org/a.js"></script>',
        '<script src="//cdn.example.org/a.js"></script>',
        '<link rel="stylesheet" href="https://fonts.example.org/a.css">',
        '<link rel="preconnect" href="https://fonts.example.org">',
        '<img src="https://example.org/a.png">',
        '<p style="background: url(https://example.org/a.png)">',
        "<style>@import 'https://example.org/a.css';</style>",
        '<svg><use href="https://example.org/a.svg#b"/></svg>',
        '<pre class="mermaid">flowchart</pre>',
    ],
)
def test_what_a_page_loads_from_elsewhere_is_found(site: Path, element: str) -> None:
    (site / "guide" / "first.html").write_text(f'<h1 id="start">Start</h1>{element}', encoding="utf-8")
    (fault,) = check_site.faults(site)
    assert fault.startswith("guide/first.html")


def test_a_font_that_a_style_sheet_loads_from_elsewhere_is_found(site: Path) -> None:
    (site / "style.css").write_text("@font-face { src: url('https://example.org/a.woff2') }", encoding="utf-8")
    assert check_site.faults(site) == ["style.css loads https://example.org/a.woff2"]


@pytest.mark.parametrize("link", ["missing.html", "first.html#missing", "#missing", "../missing/"])
def test_a_link_that_leads_nowhere_is_found(site: Path, link: str) -> None:
    (site / "guide" / "first.html").write_text(f'<h1 id="start">Start</h1><a href="{link}">x</a>', encoding="utf-8")
    assert check_site.faults(site) == [f"guide/first.html links to {link}, which is missing"]


def test_a_private_name_in_the_reference_is_found(site: Path) -> None:
    shown = (
        '<h1 id="start">Start</h1><h2 id="autogen_classic.oai.client">x</h2><h2 id="autogen_classic._core.steps">y</h2>'
    )
    (site / "guide" / "first.html").write_text(shown, encoding="utf-8")
    assert check_site.faults(site) == ["guide/first.html shows autogen_classic._core.steps, which is private"]


def test_the_theme_is_told_to_load_no_fonts_and_no_scripts_from_elsewhere() -> None:
    config = CONFIG.read_text(encoding="utf-8")
    assert "  font: false\n" in config
    assert "http" not in config
    assert "mermaid" not in config
    # Otherwise the plugin `offline` has every page load one from a public host.
    assert "    - javascripts/iframe-worker.js\n" in config
