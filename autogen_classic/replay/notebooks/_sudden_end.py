"""Say which cell has ended the process, where it ends before anything else could say so."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

__all__ = ("telling_of_a_sudden_end",)


@contextmanager
def telling_of_a_sudden_end(path: Path, cell: int) -> Iterator[None]:
    """Let ``os._exit`` say that a cell of a notebook ends the process; children of the process end as ever.

    Args:
        path: the notebook.
        cell: the number of the cell that runs within the ``with`` block.
    """
    process, end = os.getpid(), os._exit

    def tell_and_end(status: int) -> NoReturn:
        if os.getpid() == process:
            sys.stdout.flush()
            complaint = f"{path} cannot be run: cell {cell} ended its process with {status}."
            print(f"autogen-classic replay: {complaint}", file=sys.stderr, flush=True)
        end(status)

    os._exit = tell_and_end
    try:
        yield
    finally:
        os._exit = end
