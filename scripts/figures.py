"""Draw the diagrams of the documentation: website/figures/NAME.dot becomes NAME.svg beside it.

    python scripts/figures.py           # needs Graphviz (apt install graphviz); draws what has changed
    python scripts/figures.py --check   # needs nothing; fails when a drawing is older than its source

The drawings are committed, so that building the documentation needs Python only. Pages take them in as they are: an
``<svg>`` in the page gets its colours from ``stylesheets/figures.css`` and follows the theme from light to dark. The
comment at the top of a source is the text for readers who cannot see the drawing: its first line is the title.
"""

from __future__ import annotations

import argparse
import hashlib
import html
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FIGURES = ROOT / "website" / "figures"
STYLE = ROOT / "website" / "docs" / "stylesheets" / "figures.css"

# The drawings that the README shows as well, where no style sheet of the site reaches them.
ALONE = FIGURES / "alone"
SHOWN_BY_README = ("group-chat",)
COLOURS = """\
:root {
  --md-default-fg-color: #1f2933;
  --md-default-fg-color--light: #52606d;
  --md-default-fg-color--lightest: #e4e7eb;
  --md-default-bg-color: #fff;
  --figure-a: #00796b;
  background: #fff;
}
@media (prefers-color-scheme: dark) {
  :root {
    --md-default-fg-color: #e4e7eb;
    --md-default-fg-color--light: #9aa5b1;
    --md-default-fg-color--lightest: #323f4b;
    --md-default-bg-color: #1f2933;
    --figure-a: #4db6ac;
    background: #1f2933;
  }
}
"""


def main(arguments: list[str] | None = None) -> int:
    """Draw the diagrams whose source has changed, or name them.

    Args:
        arguments: the words of the command line; those of this process where None.

    Returns:
        The exit code: 0 when every drawing is current.
    """
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--check", action="store_true", help="draw nothing; fail where a drawing is older than its source"
    )
    options = parser.parse_args(arguments)
    outdated = [source for source in sorted(FIGURES.glob("*.dot")) if not is_current(source)]
    if options.check:
        if outdated:
            print(f"Older than their sources: {', '.join(source.name for source in outdated)}", file=sys.stderr)
        return 1 if outdated else 0
    if outdated and shutil.which("dot") is None:
        print("Graphviz is missing: apt install graphviz, or brew install graphviz", file=sys.stderr)
        return 1
    for source in outdated:
        drawing_of(source).write_text(draw(source.read_text(encoding="utf-8")), encoding="utf-8")
        print(f"Drawn: {drawing_of(source).relative_to(ROOT)}")
    for name in SHOWN_BY_README:
        drawing = FIGURES / f"{name}.svg"
        (ALONE / drawing.name).write_text(alone(drawing.read_text(encoding="utf-8")), encoding="utf-8")
    return 0


def drawing_of(source: Path) -> Path:
    """The file that holds the drawing of a source."""
    return source.with_suffix(".svg")


def is_current(source: Path) -> bool:
    """Whether a drawing exists that was made from the source as it is now."""
    drawing = drawing_of(source)
    digest = digest_of(source.read_text(encoding="utf-8"))
    return drawing.exists() and f'data-source="{digest}"' in drawing.read_text(encoding="utf-8")


def digest_of(source: str) -> str:
    """What tells one version of a source from another."""
    return hashlib.sha256(source.encode()).hexdigest()[:16]


def draw(source: str) -> str:
    """Draw a diagram.

    Args:
        source: the content of a .dot file that begins with its title and description as comments.

    Returns:
        An ``<svg>`` without colours, sizes and ids of its own, with the title and the description in it.
    """
    drawn = subprocess.run(["dot", "-Tsvg"], input=source, capture_output=True, text=True, check=True).stdout
    title, *description = re.findall(r"^// (.*)$", source, re.MULTILINE)
    body = drawn[drawn.index("<g ") :]
    body = re.sub(r"<title>.*?</title>\n|<!--.*?-->\n", "", body)
    body = re.sub(r'\n<polygon fill="white".*?/>', "", body)  # the background
    body = re.sub(r' (?:id|fill|stroke|font-family|font-size)="[^"]*"', "", body)
    (view_box,) = re.findall(r'viewBox="[^"]*"', drawn)
    width = view_box.split()[2]
    return (
        f'<svg class="diagram" xmlns="http://www.w3.org/2000/svg" {view_box} style="max-width: {width}pt" role="img" '
        f'data-source="{digest_of(source)}">\n'
        f"<title>{html.escape(title, quote=False)}</title>\n"
        f"<desc>{html.escape(' '.join(description), quote=False)}</desc>\n"
        f"{body}"
    )


def alone(drawing: str) -> str:
    """Give a drawing the colours that it has on the site, light or dark as its reader prefers.

    Args:
        drawing: what `draw` returns.

    Returns:
        An ``<svg>`` that can be shown as a picture, with a margin.
    """
    x, y, width, height = map(float, re.findall(r'viewBox="([^"]*)"', drawing)[0].split())
    view_box = f'viewBox="{x - 12:g} {y - 12:g} {width + 24:g} {height + 24:g}"'
    drawing = re.sub(r'viewBox="[^"]*" style="[^"]*"', f'{view_box} width="{width + 24:g}pt"', drawing, count=1)
    style = html.escape(COLOURS + STYLE.read_text(encoding="utf-8"), quote=False)
    return drawing.replace("\n<title>", f"\n<style>\n{style}</style>\n<title>", 1)


if __name__ == "__main__":
    sys.exit(main())
