"""The notebooks become pages of the documentation, and nothing that was shown becomes a part of the page itself."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from scripts.notebook_pages import notebook_page, notebook_pages

ROOT = Path(__file__).resolve().parents[2]


def page_of(folder: Path, *cells: dict[str, Any]) -> str:
    first = {"cell_type": "markdown", "source": ["# Title\n", "\n", "You learn a lot."]}
    file = folder / "01-title.ipynb"
    file.write_text(json.dumps({"nbformat": 4, "cells": [first, *cells]}), encoding="utf-8")
    return notebook_page(file)


def code(*outputs: dict[str, Any]) -> dict[str, Any]:
    return {"cell_type": "code", "source": "show()", "outputs": list(outputs)}


def stream(text: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": "stdout", "text": text}


def display(**data: str) -> dict[str, Any]:
    return {"output_type": "display_data", "data": {name.replace("_", "/"): value for name, value in data.items()}}


def test_texts_stand_as_they_are_and_code_with_its_output_in_blocks(tmp_path: Path) -> None:
    page = page_of(tmp_path, code(stream("one\n"), stream("\x1b[31mtwo\x1b[0m\n")))
    assert page.startswith("# Title\n\nYou learn a lot.\n\n[This page as a notebook, to run it](01-title.ipynb)\n")
    assert page.endswith('```python\nshow()\n```\n\n```text title="Output"\none\ntwo\n```\n')


def test_links_lead_to_pages_of_the_site(tmp_path: Path) -> None:
    text = "[a](02-stop.ipynb) [b](../website/docs/groups.md#more) [c](https://example.org/x.ipynb)"
    page = page_of(tmp_path, {"cell_type": "markdown", "source": text})
    assert "[a](02-stop.md) [b](../groups.md#more) [c](https://example.org/x.ipynb)" in page


@pytest.mark.parametrize(
    ("shown", "fence", "lines"),
    [
        ("<script>alert(1)</script>", "```", "<script>alert(1)</script>"),
        ("```\n# Heading\n```", "````", "```\n# Heading\n```"),
        ('--8<-- "pyproject.toml"', "```", ';--8<-- "pyproject.toml"'),
    ],
)
def test_an_output_stays_a_text_whatever_it_says(tmp_path: Path, shown: str, fence: str, lines: str) -> None:
    assert page_of(tmp_path, code(stream(shown))).endswith(f'\n\n{fence}text title="Output"\n{lines}\n{fence}\n')


def test_html_is_left_out_for_the_text_beside_it(tmp_path: Path) -> None:
    page = page_of(tmp_path, code(display(text_html="<b onclick='x()'>2</b>", text_plain="2")))
    assert page.endswith('```text title="Output"\n2\n```\n')


def test_a_picture_is_shown_in_a_frame_in_which_no_script_runs(tmp_path: Path) -> None:
    picture = {"image/svg+xml": "<svg onload='x()'/>", "text/plain": 'Ann "to" Bob'}
    page = page_of(tmp_path, code({"output_type": "display_data", "data": picture}))
    assert page.endswith(
        '<img src="data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9J3goKScvPg==" alt="Ann &quot;to&quot; Bob">\n'
    )


def test_a_drawing_keeps_its_description_as_the_alternative_text(tmp_path: Path) -> None:
    picture = {"image/svg+xml": '<svg><desc id="a">ann -&gt;\n"bob"</desc></svg>', "text/plain": "'<svg ...'"}
    page = page_of(tmp_path, code({"output_type": "display_data", "data": picture}))
    assert page.endswith('alt="ann -&gt; &quot;bob&quot;">\n')


def test_every_notebook_becomes_a_page_and_stands_in_the_table_of_the_first() -> None:
    folder = ROOT / "notebook"
    pages = notebook_pages(folder)
    names = [path.with_suffix(".md").name for path in sorted(folder.glob("[0-9]*.ipynb"))]
    assert list(pages) == ["index.md", *names]
    assert pages["01-introduction.md"].startswith("# ")
    assert [name for name in names if f"]({name})" not in pages["index.md"]] == []
    assert "Write a notebook" not in pages["index.md"]


def test_every_page_stands_in_the_menu_of_the_site_in_its_order() -> None:
    menu = (ROOT / "website" / "mkdocs.yml").read_text(encoding="utf-8")
    assert re.findall(r"- notebook/(\S+)", menu) == list(notebook_pages(ROOT / "notebook"))
