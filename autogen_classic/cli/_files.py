"""The files that a command is to read and to write, looked at before it begins."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

__all__ = ("check_outputs", "refuse_folders")


def refuse_folders(files: Iterable[Path]) -> None:
    """Refuse a folder in place of a file.

    Args:
        files: the files that are to be read or written.

    Raises:
        IsADirectoryError: one of them is a folder.
    """
    for file in files:
        if file.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(file))


def check_outputs(sources: Iterable[Path], *outputs: Path | None) -> None:
    """Refuse to write a file over one that is read, over another that is written, or into a folder that is not there.

    Args:
        sources: the files that are read.
        *outputs: the files that are to be written; None stands for one that is not wanted.

    Raises:
        FileExistsError: one of them would be written over another file of the command.
        FileNotFoundError: the folder of one of them does not exist.
        IsADirectoryError: one of them is a folder.
        OSError: one of them is a link that leads to itself.
    """
    taken = list(sources)
    for output in (output for output in outputs if output is not None):
        if any(_are_same(output, other) for other in taken):
            raise FileExistsError(
                f"{output} has another part in this command, and would be written over. Name a new file."
            )
        refuse_folders([output])
        with suppress(FileNotFoundError):
            output.stat()
        if not output.parent.is_dir():
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(output))
        taken.append(output)


def _are_same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:  # one of them does not exist yet
        return os.path.realpath(one) == os.path.realpath(other)
