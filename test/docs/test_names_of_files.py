"""The documentation speaks of files and rooms that exist."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

from autogen_classic import StopReason

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "website" / "docs"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *DOCS.glob("*.md"), *DOCS.glob("architecture/*.md")]

# A path in backticks with a folder in it, and a file of the package in the table of the road.
PATH = re.compile(r"`((?:[\w.-]+/)+[\w.-]+\.(?:py|md|json|ipynb))`")
MADE_BY_READERS = ("sub/name.py", "replies.json", "library/main.py", "tests/test_agents.py", "runs/first.json")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_files_that_a_page_names_exist(page: Path) -> None:
    for name in PATH.findall(page.read_text(encoding="utf-8")):
        if name not in MADE_BY_READERS and not re.search(r"\bNAME\b|MODULE", name) and not name.isupper():
            assert (ROOT / name).exists() or (ROOT / "autogen_classic" / name).exists(), name


def test_the_road_of_a_message_names_the_files_along_it() -> None:
    found = PATH.findall((DOCS / "road-of-a-message.md").read_text(encoding="utf-8"))
    assert {"agentchat/chat.py", "_core/steps.py", "_core/drive.py", "_core/history.py", "_core/replies.py"} <= {*found}


def test_every_room_is_in_the_table_of_the_architecture() -> None:
    table = (DOCS / "architecture" / "index.md").read_text(encoding="utf-8")
    rooms = {path.parent.name for path in (ROOT / "autogen_classic").glob("*/__init__.py")}
    described = re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)
    assert rooms <= set(described)
    assert len(described) == len(set(described))


def test_the_drawing_of_the_rooms_has_the_floors_that_the_imports_obey() -> None:
    drawing = (ROOT / "website" / "figures" / "rooms.dot").read_text(encoding="utf-8")
    levels = runpy.run_path(str(ROOT / "test" / "test_imports.py"))["LEVELS"]
    level_of = {room.removeprefix("agentchat."): level for level, rooms in enumerate(levels) for room in rooms}
    floors = []
    for cluster in re.findall(r"subgraph cluster_\d \{(.*)\}$", drawing, re.MULTILINE):
        words = re.sub(r"\[.*?\]|margin=\d+|rank=same", "", cluster)
        floors.append({level_of[room] for room in re.findall(r"\w+", words)})
    assert all(len(floor) == 1 for floor in floors), "the rooms of a floor are on one level"
    assert floors == sorted(floors, key=min)


def test_the_road_of_a_message_knows_every_reason_to_stop() -> None:
    page = (ROOT / "website" / "docs" / "road-of-a-message.md").read_text(encoding="utf-8")
    assert [reason.value for reason in StopReason if f"| `{reason.value}` |" not in page] == []
