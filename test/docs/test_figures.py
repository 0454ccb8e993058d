"""The diagrams of the documentation are drawn from their sources, follow the theme, and can be read aloud."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from scripts import figures

SOURCES = sorted(figures.FIGURES.glob("*.dot"))
DRAWINGS = sorted(figures.FIGURES.glob("*.svg"))
SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)
def test_a_drawing_is_as_new_as_its_source(source: Path) -> None:
    assert figures.is_current(source), "draw it again: python scripts/figures.py"


def test_a_changed_source_makes_its_drawing_outdated(tmp_path: Path) -> None:
    source = tmp_path / "road.dot"
    source.write_text("digraph { a }", encoding="utf-8")
    assert not figures.is_current(source)
    source.with_suffix(".svg").write_text(
        f'<svg data-source="{figures.digest_of("digraph { a }")}"/>', encoding="utf-8"
    )
    assert figures.is_current(source)
    source.write_text("digraph { a b }", encoding="utf-8")
    assert not figures.is_current(source)


@pytest.mark.parametrize("drawing", DRAWINGS, ids=lambda drawing: drawing.stem)
def test_a_drawing_has_a_title_and_a_description_for_those_who_cannot_see_it(drawing: Path) -> None:
    svg = ElementTree.parse(drawing).getroot()
    assert svg.get("role") == "img"
    assert svg.findtext(f"{SVG}title")
    assert len(svg.findtext(f"{SVG}desc") or "") > 80


@pytest.mark.parametrize("drawing", DRAWINGS, ids=lambda drawing: drawing.stem)
def test_a_drawing_leaves_its_colours_to_the_theme(drawing: Path) -> None:
    text = drawing.read_text(encoding="utf-8")
    assert not re.findall(r'(?:fill|stroke)(?:=|:)\s*"?(?:#|black|white|rgb)', text)


def test_every_drawing_stands_on_a_page() -> None:
    pages = "".join(page.read_text(encoding="utf-8") for page in (figures.FIGURES.parent / "docs").rglob("*.md"))
    for drawing in DRAWINGS:
        assert f'--8<-- "website/figures/{drawing.name}"' in pages
