"""Unfinished files that programs have left behind because they were killed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from ..._code.process.owner import is_running

__all__ = ("DRAFT_SUFFIX", "leftovers")

DRAFT_SUFFIX = ".partial"
"""How the name of a file ends that is being written, or whose program was killed; before it stands its process."""


def leftovers(file: Path) -> Iterator[Path]:
    """Find what programs have left of a file because they were killed, the oldest first.

    Args:
        file: the file that they were writing.

    Yields:
        Unfinished files whose process is gone.
    """
    found = [
        other
        for other in file.parent.iterdir()
        if other.name.startswith(f"{file.name}.") and other.suffix == DRAFT_SUFFIX and other.is_file()
    ]
    for other in sorted(found, key=lambda other: other.stat().st_mtime_ns):
        process = other.name[len(file.name) + 1 : -len(DRAFT_SUFFIX)]
        if process.isascii() and process.isdigit() and (int(process) == os.getpid() or not is_running(int(process))):
            yield other
