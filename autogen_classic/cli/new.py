"""``autogen-classic new NAME``: a small project to begin with."""

from __future__ import annotations

import argparse
import keyword
import os
import re
import sys
import unicodedata
from collections.abc import Sequence
from importlib.machinery import PathFinder
from importlib.metadata import requires
from pathlib import Path

from ..errors import ProjectError

__all__ = ("main",)

_TEMPLATE = Path(__file__).with_name("_new")
_FILES = {
    "README.md": "README.md.txt",
    "pyproject.toml": "pyproject.toml.txt",
    ".gitignore": "gitignore.txt",
    "NAME/__init__.py": "init.py.txt",
    "NAME/__main__.py": "main.py.txt",
    "NAME/agents.py": "agents.py.txt",
    "tests/__init__.py": "tests_init.py.txt",
    "tests/test_agents.py": "test_agents.py.txt",
    "runs/first.json": "first.json.txt",
}
_PLACEHOLDER = "__NAME__"
_TAKEN = ("autogen", "autogen_classic", "runs", "test", "tests")
_OF_WINDOWS = re.compile(r"con|prn|aux|nul|com[0-9]|lpt[0-9]")


def main(arguments: Sequence[str]) -> int:
    """Make a project.

    Args:
        arguments: the command line after ``new``.

    Returns:
        0.

    Raises:
        ProjectError: the name cannot be the name of a package, or the folder exists.
        OSError: the folder cannot be written.
    """
    parser = argparse.ArgumentParser(
        prog="autogen-classic new",
        description="Make a small project: two agents with a tool, tests that need no model, a recorded run.",
    )
    parser.add_argument("name", metavar="NAME", help="the name of the project, its folder and its package")
    name: str = parser.parse_args(arguments).name
    check_name(name)
    folder = Path(name)
    try:
        folder.mkdir()
    except FileExistsError:
        raise ProjectError(f"{name} exists already, and is left as it is. Take another name.") from None
    for target, source in _FILES.items():
        file = folder / target.replace("NAME", name)
        file.parent.mkdir(exist_ok=True)
        text = (_TEMPLATE / source).read_text(encoding="utf-8")
        file.write_text(text.replace(_PLACEHOLDER, name), encoding="utf-8")
    print(
        f"The project is in {name}. Try it:\n"
        f"  cd {name}\n"
        f"{'  python -m unittest':<60}its tests; they need no model\n"
        f"{f'  autogen-classic run --replay runs/first.json -m {name}':<60}the recorded run\n"
        f"{f'  python -m {name}':<60}a real one, with your OPENAI_API_KEY"
    )
    return 0


def check_name(name: str) -> None:
    """Refuse what cannot be imported, or would stand in the way of something else.

    Args:
        name: the name of a project.

    Raises:
        ProjectError: it cannot be used; the text says why, and what could be.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        near = _near(name)
        hint = f" Take {f'my_{near}' if _is_taken(near) else near}, for instance." if near else ""
        raise ProjectError(
            f"{name!r} is not a name for a package. It must begin with a small letter, and go on with small letters, "
            f"digits and _.{hint}"
        )
    if keyword.iskeyword(name) or keyword.issoftkeyword(name):
        raise ProjectError(
            f"{name!r} is a keyword of Python, so no package can be called that. Take my_{name}, for instance."
        )
    owner = _owner_of(name)
    if owner is not None:
        raise ProjectError(f"{name!r} is the name of {owner}. Take my_{name}, for instance.")


def _near(name: str) -> str:
    """The nearest name that has the form of one; empty if nothing is left of it."""
    plain = unicodedata.normalize("NFKD", Path(name).name.lower()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_").lstrip("0123456789_")


def _is_taken(name: str) -> bool:
    """Whether no package can have this name, or it belongs to something else."""
    return keyword.iskeyword(name) or keyword.issoftkeyword(name) or _owner_of(name) is not None


def _owner_of(name: str) -> str | None:
    """What has this name already; None if it is free."""
    if name in sys.stdlib_module_names:
        return "a module of Python"
    if name in _TAKEN:
        return "this library, or of a folder in the project"
    if _OF_WINDOWS.fullmatch(name):
        return "a device on Windows"
    return "a package that is installed, or that this library may need" if _is_package(name) else None


def _is_package(name: str) -> bool:
    """Whether a project of this name would hide a package: one that is installed, or that this library may need."""
    elsewhere = [place for place in sys.path if place not in ("", os.getcwd())]
    if PathFinder.find_spec(name, elsewhere) is not None:
        return True
    needed = (re.split(r"[^\w.-]", line)[0] for line in requires("autogen-classic") or ())
    return name in {re.sub(r"[.-]", "_", package).lower() for package in needed}
