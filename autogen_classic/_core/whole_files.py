"""Files that are written in one step: whoever reads one finds it as it was, or as it is, and never half of it."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

__all__ = ("is_special", "write_whole")


def is_special(path: Path) -> bool:
    """Whether a device, a pipe or a socket has this name, which a file would take away from it.

    Args:
        path: any path; a symbolic link stands for what it leads to.
    """
    return path.exists() and not path.is_file() and not path.is_dir()


def write_whole(path: Path, data: bytes, private: bool = False) -> None:
    """Write a file in one step.

    Args:
        path: the file, in a folder that exists. It keeps the mode that it had, and a symbolic link leads to it still.
        data: all that is to be in it.
        private: whether nobody but its owner may read it, whatever mode it had.

    Raises:
        OSError: it cannot be written, as when it is a device or a pipe; then it is as it was.
    """
    path = Path(os.path.realpath(path))
    if is_special(path):
        raise FileExistsError(f"{path} is a device or a pipe. Name a file.")
    handle, name = tempfile.mkstemp(prefix=f".{path.name[:100]}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())  # else a machine that loses power may keep the new name without the new content
        if not private:  # as a temporary file is
            os.chmod(name, _usual_mode(path))
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


def _usual_mode(path: Path) -> int:
    """The mode of the file before this one, or of any new file; a temporary file is for its owner alone."""
    if path.exists():
        return path.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
