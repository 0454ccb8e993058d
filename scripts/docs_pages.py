"""Write the pages of the documentation that are made from something else, so that the two never disagree.

    python scripts/docs_pages.py

The page of deviations comes from the data that the replayed runs use, the pages of the reference from the modules of
the package, those of errors from what `autogen-classic explain` tells, those of the notebooks from `notebook/`. Git
ignores what is written: website/docs/deviations.md, and website/docs/reference, errors and notebook.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path
from typing import Any

if __package__ in (None, ""):  # started by its path
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from scripts.error_pages import error_pages
from scripts.notebook_pages import notebook_pages
from scripts.reference_pages import reference_pages

ROOT = Path(__file__).resolve().parent.parent
COMPAT = ROOT / "test" / "compat"
PAGE = ROOT / "website" / "docs" / "deviations.md"
REFERENCE = ROOT / "website" / "docs" / "reference"
ERRORS = ROOT / "website" / "docs" / "errors"
NOTEBOOKS = ROOT / "notebook"
PAGES_OF_NOTEBOOKS = ROOT / "website" / "docs" / "notebook"

HEAD = """\
# Deviations

This library does what AutoGen 0.2.40, AG2 0.14.1 and the swarms of AG2 0.7.6 do, but for the points below. Each has a
name, by which the recorded runs of `test/compat` allow it, and a reason. A difference that is not listed here is a
defect: please report it.

## Where AutoGen 0.2 and AG2 mean different things

Both kinds of programs run in one process, on one engine. Where a call means one thing in 0.2.40 and another in AG2,
0.2.40 wins, unless the program has shown that it is written for AG2:

- A group chat that a pattern makes (`initiate_group_chat`, `run_group_chat`), or a swarm, follows AG2: what is
  printed, how tools answer, when it ends. `GroupChat` with `GroupChatManager` follows 0.2.40.
- `agent.run` and its relatives give the events of AG2; `initiate_chat` prints what 0.2.40 prints.
- `functions=`, `Tool` and `@tool` follow AG2. The decorators `register_for_llm` and `register_for_execution` serve
  both: what they return is the function of a 0.2 program, and a `Tool` as well.
- `LLMConfig` takes every form that 0.3 to 0.14 have had. Answers are cached as in 0.2.40, by `cache_seed`.

## From AutoGen 0.2.40

"""

AG2_HEAD = """
## From AG2 0.14.1

"""

SWARM_HEAD = """
## From the swarms of AG2 0.7.6

"""

BOTH_WAYS = """
## Where the two kinds of chats differ

Every recorded run that makes sense both ways is replayed in a synchronous and in an asynchronous chat, with equal
histories, requests and prompts to the person. The exceptions lie in the interface of the originals themselves:

"""


def deviations_page(v02: dict[str, Any], ag2: dict[str, Any], swarms: dict[str, Any]) -> str:
    """Write the page.

    Args:
        v02: the content of deviations.json for 0.2.40: ``deviations``, a list of dicts with ``name``, ``reason`` and
            ``scenarios``, and ``modes_differ``, a dict of scenarios with a ``reason``.
        ag2: that for AG2, with a list ``everywhere`` of those that are seen in every run.
        swarms: that for the swarms of AG2.

    Returns:
        The page as Markdown: one row for each deviation.
    """
    page = HEAD + _rows(v02) + AG2_HEAD + _rows(ag2) + SWARM_HEAD + _rows(swarms)
    exceptions = {name: one for data in (v02, ag2, swarms) for name, one in data["modes_differ"].items()}
    rows = [f"| `{name}` | {_cell(one['reason'])} |" for name, one in sorted(exceptions.items())]
    return page + (BOTH_WAYS + _table("Run | Reason", rows) if rows else "")


def _rows(data: dict[str, Any]) -> str:
    everywhere = [f"| `{one['name']}` | {_cell(one['reason'])} | every run |" for one in data.get("everywhere", ())]
    rows = [f"| `{one['name']}` | {_cell(one['reason'])} | {_runs(one['scenarios'])} |" for one in data["deviations"]]
    return _table("Name | What differs, and why | Seen in", everywhere + rows)


def _runs(scenarios: dict[str, Any]) -> str:
    """The recorded runs in which a deviation is seen; tests of its own hold one that no run meets."""
    return ", ".join(f"`{name}`" for name in sorted(scenarios)) or "tests of its own"


def _table(columns: str, rows: list[str]) -> str:
    """A table in Markdown."""
    rule = "---|" * (columns.count("|") + 1)
    return "\n".join([f"| {columns} |", f"|{rule}", *rows]) + "\n"


def _cell(text: str) -> str:
    """A text that fits into one cell of a table, and in which a ``<`` begins no tag."""
    plain = re.sub(r"`[^`]*`|<", lambda match: "&lt;" if match[0] == "<" else match[0], " ".join(text.split()))
    return plain.replace("|", "\\|")


def main() -> None:
    """Write all pages."""
    folders = (COMPAT, COMPAT / "ag2", COMPAT / "swarm")
    data = [json.loads((folder / "deviations.json").read_text(encoding="utf-8")) for folder in folders]
    PAGE.write_text(deviations_page(*data), encoding="utf-8")
    write_folder(REFERENCE, reference_pages(ROOT / "autogen_classic"))
    write_folder(ERRORS, error_pages())
    write_folder(PAGES_OF_NOTEBOOKS, notebook_pages(NOTEBOOKS))
    for notebook in NOTEBOOKS.glob("[0-9]*.ipynb"):
        shutil.copy(notebook, PAGES_OF_NOTEBOOKS)


def write_folder(folder: Path, pages: dict[str, str]) -> None:
    """Have a folder hold these pages, and nothing that an earlier run has left.

    Args:
        folder: where they go.
        pages: their Markdown by file name.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, text in pages.items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
