"""Packages that only the teacher has: files and folders, which the handout carries along."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from ...errors import ClassroomError
from .check import ARCHIVES
from .wheels import PACKAGES, pip

__all__ = ("carry_along", "local_package")

_PARTS = re.compile(
    r"\s*(?:(?:-e|--editable)[ =]?\s*)?(?:[\w.-]+\s*(?:\[(?P<more>[^]]*)\]\s*)?@\s*)?"
    r"(?P<place>[^\s\[].*?)(?:\[(?P<extras>[^]]*)\])?\s*"
)
_PATH = re.compile(r"\.|~?[\\/]|[\w.-]+[\\/]|[A-Za-z]:\\")
_OF_FILES = re.compile(r"\s*(?:-r|-c|--requirement|--constraint)")


def carry_along(also: Iterable[str], folder: Path) -> list[str]:
    """Put the packages that lie on this machine into a handout.

    Args:
        also: what the class installs besides, in any form that pip takes.
        folder: the handout.

    Returns:
        The same, with a name and a version in place of each of these packages.

    Raises:
        ClassroomError: one of them names a file with further requirements, or a wheel with no right name.
        InstallError: a wheel cannot be built.
        OSError: there is no such file or folder.
    """
    found = [(word, local_package(word)) for word in also]
    return [word if local is None else _carried(*local, folder / PACKAGES) for word, local in found]


def local_package(word: str) -> tuple[Path, str] | None:
    """Where a package lies on this machine, and its extras in brackets.

    Args:
        word: what pip takes.

    Returns:
        None for what lies elsewhere, or in no file.

    Raises:
        ClassroomError: it names a file with further requirements.
        FileNotFoundError: there is no such file or folder.
    """
    if _OF_FILES.match(word):
        raise ClassroomError(
            f"--also takes a package, but {word!r} names a file of requirements. Give each package its own --also."
        )
    parts = _PARTS.fullmatch(word)
    if parts is None:
        return None
    place = parts["place"]
    if place.startswith("file:"):
        path = Path(url2pathname(urlsplit(place).path))
    elif "://" not in place and (_PATH.match(place) or place.endswith(ARCHIVES)):
        path = Path(place).expanduser()
    else:
        return None
    if not path.exists():
        raise FileNotFoundError(f"There is no file or folder {path}.")
    extras = parts["extras"] or parts["more"]
    return path, f"[{extras}]" if extras else ""


def _carried(path: Path, extras: str, packages: Path) -> str:
    """Put a package into a folder as a wheel; return its name, extras and version."""
    packages.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".whl" and path.name.count("-") < 4:
        raise ClassroomError(f"{path} does not have the name of a wheel, such as name-1.0-py3-none-any.whl.")
    if path.suffix == ".whl":
        wheel = Path(shutil.copy(path, packages))
    else:
        with tempfile.TemporaryDirectory(dir=packages) as made:
            told = f"{path} cannot be made into a wheel for the class."
            pip("wheel", "--no-deps", "--wheel-dir", made, str(path.absolute()), told=told)
            wheel = Path(shutil.copy(next(Path(made).glob("*.whl")), packages))
    name, version = wheel.name.split("-")[:2]
    return f"{name}{extras}=={version}"
