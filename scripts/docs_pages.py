"""Write the page of deviations from its data, so that tests and documentation never disagree.

python scripts/docs_pages.py            # write website/docs/deviations.md
python scripts/docs_pages.py --check    # only say whether it is up to date
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "test" / "compat" / "deviations.json"
PAGE = ROOT / "website" / "docs" / "deviations.md"

HEAD = """\
# Deviations from 0.2.40

This library does what AutoGen 0.2.40 does, but for the points below. Each has a name, by which the recorded runs of
`test/compat` allow it, and a reason. A difference that is not listed here is a defect: please report it.

<!-- Written by scripts/docs_pages.py from test/compat/deviations.json; change it there. -->

"""


def deviations_page(deviations: list[dict[str, str]]) -> str:
    """The page as Markdown: one row for each deviation."""
    rows = ["| Name | What differs | Reason |", "|---|---|---|"]
    rows += [
        f"| `{one['name']}` | {_cell(one.get('what', ''))} | {_cell(one.get('reason', ''))} |"
        for one in sorted(deviations, key=lambda one: one["name"])
    ]
    return HEAD + "\n".join(rows) + "\n"


def _cell(text: str) -> str:
    """A text that fits into one cell of a table."""
    return " ".join(text.split()).replace("|", "\\|")


def main(arguments: list[str]) -> int:
    """Write or check the page.

    Returns:
        0, or 1 when the page is out of date and only a check was asked for.
    """
    page = deviations_page(json.loads(SOURCE.read_text(encoding="utf-8"))["deviations"])
    if PAGE.exists() and PAGE.read_text(encoding="utf-8") == page:
        return 0
    if "--check" in arguments:
        print(f"{PAGE.relative_to(ROOT)} is out of date", file=sys.stderr)
        return 1
    PAGE.write_text(page, encoding="utf-8")
    print(f"wrote {PAGE.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
