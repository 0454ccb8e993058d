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
    looks = browse_site.browse(tmp_path, browser, everything=True)
    found = browse_site.faults(looks)
    light = {line.partition(" ")[0]: line for line in found if "(light)" in line}
    assert light.keys() == {f"{name}.html" for name in bodies} - {"good.html"}
    assert "contrast" in light["pale.html"]
    assert "is 50" in light["wide.html"]
    assert "alternative text" in light["without_text.html"]
    assert "missing.js" in light["lacking.html"]
    assert "broken" in light["failing.html"]
    dark = [line for line in found if "(dark)" in line]
    assert any(line.startswith("pale.html") for line in dark)
    assert "Looked at 12 pages, 12 of them with axe-core" in browse_site.summary(looks, 1.0)


def test_colours_are_checked_in_both_schemes_and_in_each_look_of_a_text(tmp_path: Path, browser: str) -> None:
    style = "<style>@media (prefers-color-scheme: dark) { body { background: #222; color: #ddd } }</style>"
    rows = "<p>Like the others.</p>" * 200
    night = f'{style}{rows}<div style="background: white">{"<p>Pale at night.</p>" * 5}</div>'
    (tmp_path / "night.html").write_text(PAGE.format(night), encoding="utf-8")
    [fault] = browse_site.faults(browse_site.browse(tmp_path, browser, everything=True))
    assert fault.startswith("night.html (dark) ")
    assert "Pale at night." in fault


def test_a_page_that_is_never_done_is_named_and_the_others_are_looked_at(tmp_path: Path, browser: str) -> None:
    bodies = {
        "endless": "<script>while (true) {}</script>",
        "good": "<p>Good.</p>",
        "wide": '<p style="width: 500px">Wide.</p>',
    }
    for name, body in bodies.items():
        (tmp_path / f"{name}.html").write_text(PAGE.format(body), encoding="utf-8")
    found = browse_site.faults(browse_site.browse(tmp_path, browser, limit=10))
    assert [line.partition(" is ")[0] for line in found] == ["endless.html (light)", "wide.html (light)"]
    assert "is not done after 10 s" in found[0]


def test_the_page_of_a_missing_address_is_looked_at_as_a_server_shows_it(tmp_path: Path, browser: str) -> None:
    (tmp_path / "dot.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>', encoding="utf-8")
    body = '<img src="/dot.svg"><script src="/gone.js"></script>'
    (tmp_path / "404.html").write_text(PAGE.format(body), encoding="utf-8")
    found = browse_site.faults(browse_site.browse(tmp_path, browser))
    assert any("(dark) lacks http://localhost/gone.js" in line for line in found)
    assert any("alternative text" in line for line in found)
    assert not any("dot.svg" in line and "lacks" in line for line in found)
