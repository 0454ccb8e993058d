"""The README begins with the two commands, and shows what its program really prints."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from scripts import figures

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_readme_begins_with_the_two_commands() -> None:
    commands = re.match(r"# autogen-classic\n\n```console\n(.*)\n(.*)\n```\n", README)
    assert commands, "the title and a block of two lines"
    assert [line.partition("#")[0].strip() for line in commands.groups()] == ["make demo", "make test"]


def test_the_ten_lines_print_what_the_readme_shows(tmp_path: Path) -> None:
    shown = re.search(r"^```python\n(.*?)^```$\n+````text\n(.*?)^````$", README, re.MULTILINE | re.DOTALL)
    assert shown
    program, output = shown.groups()
    assert len(program.splitlines()) == 10
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True)
    printed = "".join(f"{line.rstrip()}\n" for line in done.stdout.splitlines())
    assert printed == output


def test_its_picture_is_the_drawing_of_the_site_with_colours_and_a_text_for_those_who_cannot_see_it() -> None:
    (picture,) = re.findall(r"!\[([^\]]{80,})\]\((website/figures/alone/[\w-]+\.svg)\)", README)
    file = ROOT / picture[1]
    drawing = (figures.FIGURES / file.name).read_text(encoding="utf-8")
    assert file.read_text(encoding="utf-8") == figures.alone(drawing), "draw it again: python scripts/figures.py"


def test_its_links_lead_to_files() -> None:
    for link in re.findall(r"\]\(([\w./-]+)\)", README):
        assert (ROOT / link).exists(), link


def test_its_figures_are_those_that_were_measured() -> None:
    row = re.search(r"^\| `import`, and a first agent \| (.*) \|$", README, re.MULTILINE)
    assert row
    told = [float(number) * {"ms": 0.001, "s": 1}[unit] for number, unit in re.findall(r"([\d.]+) (ms|s)\b", row[1])]
    medians = json.loads((ROOT / "benchmarks" / "results.json").read_text(encoding="utf-8"))["medians"].values()
    assert told == pytest.approx([figures_of_one["import_agent"] for figures_of_one in medians], rel=0.15)
