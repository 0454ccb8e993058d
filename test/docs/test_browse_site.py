"""The look at the built pages in a browser finds what a reader would stumble over."""

from __future__ import annotations

from pathlib import Path

import pytest

from autogen_classic.browser_utils._chromium import chromium_path
from scripts import browse_site

PAGE = '<!doctype html><html lang="en"><title>A page</title><main><h1>A page</h1>{}</main></html>'


@pytest.fixture
def browser() -> str:
    path = chromium_path()
    if path is None:
        pytest.skip("Chromium is not installed; scripts/test-services installs it")
    return path


def test_each_fault_of_a_page_is_named_and_a_good_page_has_none(tmp_path: Path, browser: str) -> None:
    bodies = {
        "good": "<p>Good.</p>",
        "pale": '<p style="color: #ccc">Pale.</p>',
        "wide": '<p style="width: 500px">Wide.</p>',
        "without_text": '<img src="dot.svg">',
        "lacking": '<script src="missing.js"></script>',
        "failing": "<script>throw Error('broken')</script>",
    }
    (tmp_path / "dot.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>', encoding="utf-8")
    for name, body in bodies.items():
        (tmp_path / f"{name}.html").write_text(PAGE.format(body), encoding="utf-8")
    found = browse_site.faults(tmp_path, browser, everything=True)
    light = {line.partition(" ")[0]: line for line in found if "(light)" in line}
    assert light.keys() == {f"{name}.html" for name in bodies} - {"good.html"}
    assert "contrast" in light["pale.html"]
    assert "is 50" in light["wide.html"]
    assert "alternative text" in light["without_text.html"]
    assert "missing.js" in light["lacking.html"]
    assert "broken" in light["failing.html"]
