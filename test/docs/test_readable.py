"""The scripts of the site keep what is wide readable on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from autogen_classic.browser_utils._chromium import chromium_path, is_root
from scripts import browse_site

if TYPE_CHECKING:
    from playwright.sync_api import Page

DOCS = Path(__file__).resolve().parents[2] / "website" / "docs"
BODY = """\
<main class="md-typeset">
<svg class="diagram" viewBox="0 0 700 100" style="max-width: 700pt; width: 100%"><text x="10" y="50">A text</text></svg>
<p>Say <code>run --journal run.jsonl</code>, and <code>a_long_name</code>.</p>
<table><tr><td><code>tests.a_long_name=MissingKeyError</code></td></tr></table>
<pre><code>plain --journal</code></pre>
</main>
"""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    path = chromium_path()
    if path is None:
        pytest.skip("Chromium is not installed; scripts/test-services installs it")
    sync_api = pytest.importorskip("playwright.sync_api")
    sheets = [f'<link rel="stylesheet" href="{file.as_uri()}">' for file in (DOCS / "stylesheets").glob("*.css")]
    scripts = [
        f'<script src="{(DOCS / "javascripts" / name).as_uri()}"></script>' for name in ("readable.js", "scrollable.js")
    ]
    file = tmp_path_factory.mktemp("site") / "page.html"
    file.write_text("\n".join(["<!doctype html>", *sheets, BODY, *scripts]), encoding="utf-8")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"] if is_root() else [])
        opened = chromium.new_page(viewport=browse_site.PHONE)
        opened.goto(file.as_uri())
        yield opened
        chromium.close()


def test_a_wide_diagram_is_scrolled_before_its_letters_get_too_small(page: Page) -> None:
    assert page.evaluate(browse_site.WIDTH) <= browse_site.PHONE["width"]
    assert page.locator("svg").bounding_box()["width"] >= 0.8 * 700
    assert page.locator(".wide").evaluate("frame => [frame.scrollWidth > frame.clientWidth, frame.tabIndex]") == [
        True,
        0,
    ]


def test_a_name_in_a_table_breaks_at_its_joints_and_reads_the_same(page: Page) -> None:
    name = page.locator("td code")
    assert name.inner_html().split("<wbr>") == ["tests.", "a_", "long_", "name=", "Missing", "Key", "Error"]
    assert name.inner_text() == "tests.a_long_name=MissingKeyError"


def test_an_option_never_breaks_and_other_names_in_a_sentence_stay_whole(page: Page) -> None:
    in_sentence = page.locator("p code").evaluate_all("all => all.map(one => one.innerHTML)")
    assert in_sentence == ['run <span class="unbroken">--journal</span> run.jsonl', "a_long_name"]
    assert page.locator("pre code").inner_html() == "plain --journal"
