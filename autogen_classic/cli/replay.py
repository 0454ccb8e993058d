"""``autogen-classic replay``: the conversations of a saved notebook, held again."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from ._files import check_outputs

__all__ = ("main",)

_EXAMPLES = """\
examples:
  autogen-classic replay lesson.ipynb                        show the conversations again, and say what differs
  autogen-classic replay lesson.ipynb --code                 do not run the code of the model; show its recorded output
  autogen-classic replay lesson.ipynb --cassette run.json    also write a recording that can be edited and shared
  autogen-classic replay lesson.ipynb --write again.ipynb    also write a copy of the notebook with the new outputs
"""


def main(arguments: Sequence[str]) -> int:
    """Replay a notebook from its own saved outputs.

    Args:
        arguments: the command line after ``replay``.

    Returns:
        0 if the run agrees with the record, 1 if it departs from it.

    Raises:
        NotebookError: the notebook cannot be replayed.
        OSError: a file cannot be read, or would be written over another.
    """
    parser = argparse.ArgumentParser(
        prog="autogen-classic replay",
        description="Run the cells of a notebook again. Its saved outputs play the model and the person, so that no "
        "key and no network are needed.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("notebook", metavar="NOTEBOOK", type=Path, help="an .ipynb file with saved outputs")
    parser.add_argument("--code", action="store_true", help="take results of code from the outputs, and run none")
    parser.add_argument("--tools", action="store_true", help="take results of tools from the outputs, and run none")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the report to FILE as JSON")
    parser.add_argument("--cassette", metavar="FILE", type=Path, help="write a recording of the run to FILE")
    parser.add_argument("--write", metavar="FILE", type=Path, help="write a copy of the notebook with the new outputs")
    options = parser.parse_args(arguments)

    check_outputs([options.notebook], options.json, options.cassette, options.write)

    from ..replay.notebooks import run_replay

    json_file = None if options.json is None else options.json.resolve()
    report = run_replay(
        options.notebook, code=options.code, tools=options.tools, cassette=options.cassette, write=options.write
    )
    if json_file is not None:
        json_file.write_text(report.to_json(), encoding="utf-8")
    print(report, file=sys.stderr)
    return 0 if report.departure is None else 1
