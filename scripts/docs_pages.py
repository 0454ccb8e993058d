"""Write the pages of the documentation that are made from something else, so that the two never disagree.

    python scripts/docs_pages.py

The page of deviations comes from the data that the replayed runs use, the pages of the reference from the modules of
the package. Git ignores what is written: website/docs/deviations.md and website/docs/reference.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

if __package__ in (None, ""):  # started by its path
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from scripts.reference_pages import reference_pages

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "test" / "compat" / "deviations.json"
PAGE = ROOT / "website" / "docs" / "deviations.md"
REFERENCE = ROOT / "website" / "docs" / "reference"

HEAD = """\
# Deviations from 0.2.40

This library does what AutoGen 0.2.40 does, but for the points below. Each has a name, by which the recorded runs of
`test/compat` allow it, and a reason. A difference that is not listed here is a defect: please report it.

"""

BOTH_WAYS = """
## Where the two kinds of chats differ

Every recorded run that makes sense both ways is replayed in a synchronous and in an asynchronous chat, with equal
histories, requests and prompts to the person. The exceptions lie in the interface of 0.2.40 itself:

"""


def deviations_page(data: dict[str, Any]) -> str:
    """Write the page.

    Args:
        data: the content of deviations.json: ``deviations``, a list of dicts with ``name``, ``reason`` and
            ``scenarios``, and ``modes_differ``, a dict of scenarios with a ``reason``.

    Returns:
        The page as Markdown: one row for each deviation.
    """
    rows = [f"| `{one['name']}` | {_cell(one['reason'])} | {_runs(one['scenarios'])} |" for one in data["deviations"]]
    page = HEAD + _table("Name | What differs, and why | Seen in", rows)
    if data["modes_differ"]:
        rows = [f"| `{name}` | {_cell(one['reason'])} |" for name, one in sorted(data["modes_differ"].items())]
        page += BOTH_WAYS + _table("Run | Reason", rows)
    return page


def _runs(scenarios: dict[str, Any]) -> str:
    """The recorded runs in which a deviation is seen; tests of its own hold one that no run meets."""
    return ", ".join(f"`{name}`" for name in sorted(scenarios)) or "tests of its own"


def _table(columns: str, rows: list[str]) -> str:
    """A table in Markdown."""
    rule = "---|" * (columns.count("|") + 1)
    return "\n".join([f"| {columns} |", f"|{rule}", *rows]) + "\n"


def _cell(text: str) -> str:
    """A text that fits into one cell of a table."""
    return " ".join(text.split()).replace("|", "\\|")


def main() -> None:
    """Write all pages."""
    PAGE.write_text(deviations_page(json.loads(SOURCE.read_text(encoding="utf-8"))), encoding="utf-8")
    REFERENCE.mkdir(exist_ok=True)
    pages = reference_pages(ROOT / "autogen_classic")
    for stale in {page.name for page in REFERENCE.glob("*.md")} - pages.keys():
        (REFERENCE / stale).unlink()
    for name, text in pages.items():
        (REFERENCE / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
