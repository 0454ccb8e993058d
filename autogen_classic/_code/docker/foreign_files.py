"""Files in a directory that belong to another user, such as those that code has written as root in a container."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

__all__ = ("hand_over_command", "left_by_others")

_MOST_AT_ONCE = 1000


def left_by_others(directory: Path) -> Iterator[Path]:
    """Find what is not yours below a directory, without looking into directories that are not yours.

    Args:
        directory: where to look. Symbolic links are not followed. What disappears meanwhile is passed over, because
            code may still be running there; so is what you have made unreadable to yourself.
    """
    mine = os.getuid()
    open_directories = [str(directory)]
    while open_directories:
        entries: list[os.DirEntry[str]] = []
        with suppress(OSError), os.scandir(open_directories.pop()) as found:
            entries = list(found)
        for entry in entries:
            try:
                is_mine = entry.stat(follow_symlinks=False).st_uid == mine
            except OSError:
                continue
            if not is_mine:
                yield Path(entry.path)
            elif entry.is_dir(follow_symlinks=False):
                open_directories.append(entry.path)


def hand_over_command(directory: Path, inside: str) -> list[str]:
    """Write the command that makes you the owner of what others left in a directory, for a container that shares it.

    Args:
        directory: the directory.
        inside: its path in the container.

    Returns:
        The command; empty if everything is yours.
    """
    found = [path for path, _ in zip(left_by_others(directory), range(_MOST_AT_ONCE), strict=False)]
    if not found:
        return []
    places = [f"{inside}/{path.relative_to(directory).as_posix()}" for path in found]
    return ["chown", "-hR", f"{os.getuid()}:{os.getgid()}", "--", *places]
