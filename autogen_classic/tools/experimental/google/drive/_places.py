"""Where a download is put: below one folder, whatever a stranger or a model has named it."""

from __future__ import annotations

import re
from itertools import count
from pathlib import Path

__all__ = ("folder_below", "new_file")

_NOT_IN_NAMES = re.compile(r'[\x00-\x1f\x7f\ud800-\udfff<>:"/\\|?*]')
_NAMES_OF_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
_LONGEST_NAME = 200  # bytes; file systems have room for 255
_LONGEST_ENDING = 20


def folder_below(root: Path, subfolder: str | None) -> Path:
    """Make a folder below another one.

    Args:
        root: the other one, which is made as well if need be.
        subfolder: its path below that one; None for that one itself.

    Returns:
        Its path, with symbolic links resolved.

    Raises:
        ValueError: the path leads outside.
    """
    root = root.resolve()
    root.mkdir(parents=True, exist_ok=True)
    names = [name for name in re.split(r"[/\\]", subfolder or "") if name not in ("", ".")]
    is_plain = not (subfolder or "").startswith(("/", "\\")) and all(name == _safe(name) for name in names)
    folder = root.joinpath(*names) if is_plain else root
    if not is_plain or not folder.resolve().is_relative_to(root):  # a symbolic link may lead out
        raise ValueError(f"subfolder_path must name a folder below the download folder, but it is {subfolder!r}.")
    folder.mkdir(parents=True, exist_ok=True)
    return folder.resolve()


def new_file(folder: Path, name: str) -> Path:
    """Make an empty file under a name that is not in use yet.

    Args:
        folder: where it is made.
        name: what it is called, if that is in no use; otherwise a number is added, as in ``"report (2).pdf"``.

    Returns:
        Its path.
    """
    first = folder / _safe(name)
    for number in count(1):
        place = first if number == 1 else first.with_name(f"{first.stem} ({number}){first.suffix}")
        try:
            place.touch(exist_ok=False)
        except FileExistsError:
            continue
        return place
    raise AssertionError("There is always a next number.")


def _safe(name: str) -> str:
    """The name, as far as every file system can have it, and none takes it for a path or a device."""
    safe = _NOT_IN_NAMES.sub("_", name).rstrip(". ")
    if not safe or _NAMES_OF_DEVICES.match(safe):
        safe = f"_{safe}"
    ending = Path(safe).suffix if len(Path(safe).suffix) <= _LONGEST_ENDING else ""
    stem = safe.removesuffix(ending).encode()
    return stem[: _LONGEST_NAME - len(ending.encode())].decode(errors="ignore") + ending
