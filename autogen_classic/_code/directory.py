"""Folders that programs name, such as the working directory of code."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ("made_directory",)


def made_directory(path: str | os.PathLike[str], name: str = "work_dir") -> Path:
    """Make a folder that a program names if it does not exist.

    Args:
        path: where it is.
        name: the parameter that names it, for errors.

    Returns:
        The same path.

    Raises:
        FileExistsError: it is a file.
        NotADirectoryError: a part of its path is a file.
        OSError: it cannot be made.
    """
    directory = Path(path)
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        which = "this is" if isinstance(error, FileExistsError) else "a part of its path is"
        reason = f"{name} must be a directory, but {which} a file"
        raise type(error)(error.errno, reason, str(path)) from None
    return directory
