"""In a real browser nothing runs and nothing is loaded of what was said, and the page can be used."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from autogen_classic import ChatResult, cli
from autogen_classic.browser_utils._chromium import chromium_path, is_root

sync_api = pytest.importorskip("playwright.sync_api")

RUN = "window.ran = true"
SVG = f"<svg xmlns='http://www.w3.org/2000/svg' onload='{RUN}'><script>{RUN}</script></svg>"
HOSTILE = (
    f"<script>{RUN}</script>",
    f"</script><script>{RUN}</script>",
    f"</style><script>{RUN}</script>",
    f"</title></textarea></pre></details></article><img src=x onerror='{RUN}'>",
    SVG,
    "<iframe src='http://x.invalid'></iframe><object data='http://x.invalid'></object><embed src='http://x.invalid'>",
    f'<iframe srcdoc="<script>parent.{RUN}</script>"></iframe>',
    "<link rel=stylesheet href='http://x.invalid/a.css'><style>@import 'http://x.invalid/b.css';</style>",
    "<meta http-equiv=refresh content='0;url=http://x.invalid'><base href='http://x.invalid'>",
    "![picture](http://x.invalid/a.png) [link](javascript:window.ran=true)",
    f"```html\n<body onload='{RUN}'><script>{RUN}</script>\n```",
    f'```"><script>{RUN}</script>\nx\n```',
    f"exitcode: 0 (execution succeeded)\nCode output: <script>{RUN}</script>",
    f"<details open ontoggle='{RUN}'><summary>x</summary></details><input autofocus onfocus='{RUN}'>",
    f"<form action='http://x.invalid'><button autofocus>x</button></form><video src=http://x.invalid onerror='{RUN}'>",
)
ADDRESSES = (
    "http://x.invalid/a.png",
    "//x.invalid/a.png",
    "data:image/svg+xml;base64," + base64.b64encode(SVG.encode()).decode(),
    "data:image/png;base64," + base64.b64encode(SVG.encode()).decode(),
    f"data:text/html,<script>{RUN}</script>",
    f'data:image/png;base64,x" onerror="{RUN}',
    "javascript:window.ran=true",
)


def hostile_history() -> list[dict[str, Any]]:
    """Each hostile text wherever a message has a text, and each hostile address as a picture."""
    said = [
        {
            "role": "user",
            "name": text,
            "content": text,
            "tool_calls": [{"id": text, "function": {"name": text, "arguments": json.dumps({"x": text})}}],
        }
        for text in HOSTILE
    ]
    answered = [
        {"role": "tool", "name": "ann", "tool_responses": [{"tool_call_id": text, "content": text}]} for text in HOSTILE
    ]
    shown = [
        {"role": "user", "name": "bob", "content": [{"type": "image_url", "image_url": {"url": address}}]}
        for address in ADDRESSES
    ]
    return [*said, *answered, *shown]


class Watched:
    """A page in Chromium, with a list of what it asks for."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.asked: list[str] = []
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("dialog", lambda dialog: dialog.dismiss())

    def nothing_ran_or_left(self, file: Path) -> bool:
        """Open a page, unfold it, print it, press its keys, and tell whether it kept still."""
        self.page.goto(file.as_uri())
        self.page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true; })")
        self.page.pdf()
        for _ in range(20):
            self.page.keyboard.press("Tab")
        outside = [url for url in self.asked if url != file.as_uri() and not url.startswith("data:image/png;base64,")]
        return not outside and self.page.evaluate("window.ran") is None and self.page.url == file.as_uri()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    path = chromium_path()
    if path is None:
        pytest.skip("Chromium is not installed; scripts/test-services installs it")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, chromium_sandbox=not is_root())
        yield browser
        browser.close()


@pytest.fixture
def watched(browser: Any) -> Iterator[Watched]:
    context = browser.new_context(viewport={"width": 360, "height": 700})
    yield Watched(context.new_page())
    context.close()


def view(run: Path, *more: Path) -> Path:
    assert cli.main(["view", str(run), *map(str, more), "--no-open"]) == 0
    return run.with_suffix(".view.html")


def history(file: Path, *texts: str) -> Path:
    messages = [{"role": "user", "name": f"agent{at % 2}", "content": text} for at, text in enumerate(texts)]
    file.write_text(json.dumps(messages), encoding="utf-8")
    return file


def test_the_watch_notices_a_page_that_runs_and_loads(watched: Watched, tmp_path: Path) -> None:
    (tmp_path / "bad.html").write_text(f"<script>{RUN}</script><img src='http://x.invalid/a.png'>", encoding="utf-8")
    assert not watched.nothing_ran_or_left(tmp_path / "bad.html")
    assert watched.page.evaluate("window.ran") is True
    assert "http://x.invalid/a.png" in watched.asked


def test_a_history_that_attacks_its_reader_does_nothing(watched: Watched, tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text(json.dumps(hostile_history()), encoding="utf-8")
    assert watched.nothing_ran_or_left(view(tmp_path / "run.json"))


def test_a_notebook_that_attacks_its_reader_does_nothing(watched: Watched, tmp_path: Path) -> None:
    said = "".join(f"ann (to bob):\n\n{text}\n\n{'-' * 80}\n" for text in HOSTILE)
    outputs = [
        {"output_type": "stream", "name": "stdout", "text": said},
        {"output_type": "display_data", "data": {"text/html": f"<script>{RUN}</script>", "image/svg+xml": SVG}},
        {"output_type": "display_data", "data": {"image/png": base64.b64encode(SVG.encode()).decode()}},
        {"output_type": "display_data", "data": {"image/png": f'x" onerror="{RUN}'}},
        {"output_type": "error", "ename": SVG, "evalue": SVG, "traceback": []},
    ]
    cell = {"cell_type": "code", "source": "ann.initiate_chat(bob)", "outputs": outputs}
    (tmp_path / "run.ipynb").write_text(json.dumps({"cells": [cell], "nbformat": 4}), encoding="utf-8")
    assert watched.nothing_ran_or_left(view(tmp_path / "run.ipynb"))


def test_what_a_notebook_displays_does_nothing_even_without_a_policy(watched: Watched, tmp_path: Path) -> None:
    result = ChatResult(chat_history=hostile_history(), summary=HOSTILE[0])
    (tmp_path / "displayed.html").write_text(f"<body>{result._repr_html_()}{result.draw().svg}", encoding="utf-8")
    assert watched.nothing_ran_or_left(tmp_path / "displayed.html")


def test_a_page_is_searched_by_keyboard(watched: Watched, tmp_path: Path) -> None:
    watched.page.goto(view(history(tmp_path / "run.json", "A heron waits.", "A crow sings.", "Bye.")).as_uri())
    watched.page.keyboard.press("/")
    watched.page.keyboard.type("HERON")
    assert watched.page.locator("article:visible").all_inner_texts()[0].endswith("A heron waits.")
    assert watched.page.locator("#found").inner_text() == "1 of 3 entries"
    watched.page.keyboard.press("Escape")
    assert watched.page.locator("article:visible").count() == 3


def test_a_page_fits_a_phone(watched: Watched, tmp_path: Path) -> None:
    run = history(tmp_path / "run.json", "x" * 500, "```python\n" + "y" * 500 + "\n```", "short")
    for page in (view(run), view(run, history(tmp_path / "other.json", "z" * 500))):
        watched.page.goto(page.as_uri())
        assert watched.page.evaluate("document.documentElement.scrollWidth") <= 360


def test_what_is_folded_is_printed_and_folded_again(watched: Watched, tmp_path: Path) -> None:
    long = history(tmp_path / "run.json", "Word " * 2000, "Yes.")
    watched.page.goto(view(long).as_uri())
    watched.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert watched.page.locator("details:not([open])").count() == 0
    watched.page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert watched.page.locator("details:not([open])").count() == 1
