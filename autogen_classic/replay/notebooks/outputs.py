"""What the cells of a notebook have shown: as text for the transcript, and written anew into a copy."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ...compat.notebook import Cell

__all__ = ("error_of", "shown_text", "write_outputs")

_SHOWN_STREAMS = ("stdout", "stdin")  # JupyterLab keeps questions to a person with their answers as "stdin"
_TAG = re.compile(r"<[^<>]*>")
_LINE_TAG = re.compile(r"(?i)<br\s*/?>|</(?:p|div|pre|tr|h\d)>")
_SAYS_NOTHING = re.compile(r"<IPython\.core\.display\.\w+ object>|<rich\..*>|\s*")


def shown_text(cell: Cell) -> str:
    """Return what a cell has printed and displayed, as one text; what it wrote to standard error is left out.

    Args:
        cell: a cell with its saved outputs.
    """
    parts = []
    for output in cell.outputs:
        if output.get("output_type") == "stream" and output.get("name", "stdout") in _SHOWN_STREAMS:
            parts.append(_joined(output.get("text")))
        elif output.get("output_type") in ("display_data", "execute_result"):
            parts.append(_displayed(output.get("data")))
    return "".join(parts)


def error_of(cell: Cell) -> str | None:
    """Return the name of the error with which a cell ended, or None."""
    failed = (output for output in cell.outputs if output.get("output_type") == "error")
    return next((str(output.get("ename")) for output in failed), None)


def _displayed(data: object) -> str:
    if not isinstance(data, Mapping):
        return ""
    plain = _joined(data.get("text/plain"))
    if not _SAYS_NOTHING.fullmatch(plain):
        return plain + "\n"
    return html.unescape(_TAG.sub("", _LINE_TAG.sub("\n", _joined(data.get("text/html"))))) + "\n"


def _joined(text: object) -> str:
    """A text of a notebook, which may be stored as a list of lines."""
    return "".join(map(str, text)) if isinstance(text, list) else "" if text is None else str(text)


def write_outputs(source: Path, target: Path, outputs: Mapping[int, Sequence[dict[str, Any]]]) -> None:
    """Copy a notebook, with new outputs in the cells that have run.

    Args:
        source: the notebook.
        target: the copy.
        outputs: the outputs by the number of the cell.
    """
    notebook = json.loads(source.read_text(encoding="utf-8-sig"))
    for count, (number, shown) in enumerate(sorted(outputs.items()), start=1):
        cell = notebook["cells"][number - 1]
        cell["outputs"] = list(shown)
        cell["execution_count"] = count
    target.write_text(json.dumps(notebook, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
