"""What the notebooks of a class need: the packages that they name, and those that they import."""

from __future__ import annotations

import ast
import functools
import importlib.metadata
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from ..._packages import distribution_of
from ...compat.notebook import read_cells
from .installs import REQUIREMENT, requirements_told_in

__all__ = ("OWN_NAME", "requirements_of")

OWN_NAME = "autogen-classic"
_OWN_MODULES = ("autogen", "autogen_classic")
_REPLACED = ("ag2", "autogen", "autogen-agentchat", "pyautogen")
"""What the packages are called whose programs run on this library."""
_FOR_NOTEBOOKS = ("ipykernel", "jupyterlab")


def requirements_of(notebooks: Iterable[Path], also: Iterable[str] = ()) -> list[str]:
    """The packages that a class installs, in the words of pip.

    A notebook names them in its text (`pip install X`) or in a cell (``%pip install X``); what it imports besides is
    looked up among the installed packages.

    Args:
        notebooks: the notebooks.
        also: what the class installs besides, in any form that pip takes: packages, addresses, files.

    Returns:
        This library first, with all extras that are asked for; last what `also` has that is not a package by its name.

    Raises:
        NotebookError: one of the files is not a notebook.
    """
    asked: list[re.Match[str]] = []
    others: list[str] = []
    for word in also:
        match = REQUIREMENT.fullmatch(word.strip())
        if match is not None:
            asked.append(match)
        else:
            others.append(word)
    imported: set[str] = set()
    for notebook in notebooks:
        for cell in read_cells(notebook):
            imported.update(_imported(cell.source))
        for text in _texts_of(notebook):
            asked += requirements_told_in(text)
    named: dict[str, str] = {}
    extras: set[str] = set()
    for match in asked:
        name = _canonical(match["name"])
        if name == OWN_NAME or name in _REPLACED:
            extras.update(extra.strip() for extra in (match["extras"] or "").split(",") if extra.strip())
        else:
            named.setdefault(name, match[0])
    for name in [*_FOR_NOTEBOOKS, *(found for module in imported for found in _distributions_of(module))]:
        named.setdefault(_canonical(name), name)
    own = f"{OWN_NAME}[{','.join(sorted(extras))}]" if extras else OWN_NAME
    return [own, *(named[name] for name in sorted(named)), *others]


def _texts_of(notebook: Path) -> Iterator[str]:
    """The cells of a notebook that can be read, text and code."""
    for cell in json.loads(notebook.read_text(encoding="utf-8-sig"))["cells"]:
        source = cell.get("source") if isinstance(cell, dict) else None
        if isinstance(source, list):
            yield "".join(part for part in source if isinstance(part, str))
        elif isinstance(source, str):
            yield source


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


# --- imports


def _imported(source: str) -> Iterator[str]:
    lines = [line for line in source.splitlines() if not line.lstrip().startswith(("%", "!"))]
    try:
        tree = ast.parse("\n".join(lines))
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # not Python, or too deep for it
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@functools.cache
def _installed() -> Mapping[str, list[str]]:
    """The packages by the first names of their modules; it takes long to find out."""
    return importlib.metadata.packages_distributions()


def _distributions_of(module: str) -> Iterator[str]:
    """The installed packages that a module comes from; what pip calls it if it is not installed."""
    top = module.partition(".")[0]
    if top in sys.stdlib_module_names or top in _OWN_MODULES:
        return
    candidates = sorted(set(_installed().get(top, [])))
    path = module.replace(".", "/")
    is_shared_folder = any(file.startswith(f"{path}/") for name in candidates for file in _files_of(name))
    while path:
        found = [name for name in candidates if {f"{path}.py", f"{path}/__init__.py"} & _files_of(name)]
        if found:
            yield from found
            return
        path = path.rpartition("/")[0]
    known = distribution_of(module)
    if len(candidates) == 1 and known == top:
        yield candidates[0]
    elif not is_shared_folder:
        yield known


@functools.cache
def _files_of(distribution: str) -> frozenset[str]:
    return frozenset(map(str, importlib.metadata.files(distribution) or ()))
