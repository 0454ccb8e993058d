"""``autogen-classic view RUN``: a run as one HTML page that needs no network."""

from __future__ import annotations

import argparse
import sys
import webbrowser
from collections.abc import Sequence
from pathlib import Path

from ._files import check_outputs, refuse_folders

__all__ = ("main",)

_EXAMPLES = """\
examples:
  autogen-classic view run.json                     write run.view.html beside it, and open it
  autogen-classic view lesson.ipynb -o lesson.html
  autogen-classic view printed.txt                  what `python chat.py > printed.txt` has written
  autogen-classic view monday.json tuesday.json     two runs side by side, with their first difference marked
"""


def main(arguments: Sequence[str]) -> int:
    """Write a run, or two of them, as a page.

    Args:
        arguments: the command line after ``view``.

    Returns:
        0.

    Raises:
        UnreadableLogError: a file is none of those that can be read.
        OSError: a file cannot be read or written, or the page would be written over a run.
    """
    parser = argparse.ArgumentParser(
        prog="autogen-classic view",
        description="Show a run as an HTML page: who spoke to whom, every message, tokens, costs and times. It reads a "
        "recording, a journal, a log, a history of messages as JSON, a notebook with saved outputs, or a text with "
        "what a chat has printed. The page holds everything it needs, loads nothing, and can be printed.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("run", metavar="RUN", type=Path, help="the file of the run")
    parser.add_argument("other", metavar="OTHER", type=Path, nargs="?", help="another run, shown beside it")
    parser.add_argument("-o", "--output", metavar="FILE", type=Path, help="the page (default: RUN with .view.html)")
    parser.add_argument("--no-open", action="store_true", help="do not open the page in a browser")
    options = parser.parse_args(arguments)

    sources: list[Path] = [path for path in (options.run, options.other) if path is not None]
    refuse_folders(sources)
    output: Path = options.output or options.run.with_suffix(".view.html")
    check_outputs(sources, output)

    from .._pictures.page import page
    from ._view_sources import run_of

    runs = [run_of(path) for path in sources]
    output.write_text(page(runs), encoding="utf-8")
    print(output)
    if not options.no_open and sys.stdout.isatty():
        webbrowser.open(output.resolve().as_uri())
    return 0
