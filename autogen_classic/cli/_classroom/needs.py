"""What the notebooks of a class need: the packages that they name, and those that they import."""

from __future__ import annotations

import ast
import functools
import importlib.metadata
import json
import re
import shlex
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from ..._packages import distribution_of
from ...compat.notebook import read_cells

__all__ = ("OWN_NAME", "requirements_of")

OWN_NAME = "autogen-classic"
_OWN_MODULES = ("autogen", "autogen_classic")
_REPLACED = ("ag2", "autogen", "autogen-agentchat", "pyautogen")
"""What the packages are called whose programs run on this library."""
_FOR_NOTEBOOKS = ("ipykernel", "jupyterlab")

_INSTALLS = re.compile(
    r"(?:^[ \t]*[%!$]{1,2}[ \t]*|^```\w*[ \t]*\n|`)(?:\S*python\S*\s+-m\s+|\{sys\.executable\}\s+-m\s+)?(?:uv\s+)?"
    r"pip3?\s+install\s+(?P<words>[^`\n]+)",
    re.MULTILINE,
)
"""The command in a cell, at the start of a block of code, or within a sentence."""
_REQUIREMENT = re.compile(r"(?P<name>[A-Za-z][\w.-]*)(?:\[(?P<extras>[\w.,\s-]*)\])?(?P<version>[<>=!~].*)?")
_WITH_A_VALUE = re.compile(r"-[cefirt]|--(?:constraint|editable|find-links|(?:extra-)?index-url|requirement|target)")
_ENDS_A_COMMAND = ("&", "&&", ";", "|", "||")


def requirements_of(notebooks: Iterable[Path], also: Iterable[str] = ()) -> list[str]:
    """The packages that a class installs, in the words of pip.

    A notebook names them in its text (`pip install X`) or in a cell (``%pip install X``); what it imports besides is
    looked up among the installed packages.

    Args:
        notebooks: the notebooks.
        also: further packages.

    Returns:
        This library first, with all extras that are asked for.

    Raises:
        NotebookError: one of the files is not a notebook.
    """
    named: dict[str, str] = {}
    extras: set[str] = set()
    imported: set[str] = set()
    words = list(also)
    for notebook in notebooks:
        for cell in read_cells(notebook):
            imported.update(_imported(cell.source))
        words += _named_in(notebook)
    for word in words:
        match = _REQUIREMENT.fullmatch(word)
        if match is None:
            continue
        name = _canonical(match["name"])
        if name == OWN_NAME or name in _REPLACED:
            extras.update(extra.strip() for extra in (match["extras"] or "").split(",") if extra.strip())
        else:
            named.setdefault(name, word)
    for name in [*_FOR_NOTEBOOKS, *(found for module in imported for found in _distributions_of(module))]:
        named.setdefault(_canonical(name), name)
    own = f"{OWN_NAME}[{','.join(sorted(extras))}]" if extras else OWN_NAME
    return [own, *(named[name] for name in sorted(named))]


def _named_in(notebook: Path) -> Iterator[str]:
    """The words of a notebook that tell pip what to install."""
    for cell in json.loads(notebook.read_text(encoding="utf-8-sig"))["cells"]:
        source = cell.get("source", "")
        text = source if isinstance(source, str) else "".join(source)
        for match in _INSTALLS.finditer(text):
            yield from _requirements_in(match["words"])


def _requirements_in(words: str) -> Iterator[str]:
    try:
        parts = shlex.split(words, comments=True)
    except ValueError:  # a quotation that does not end
        parts = words.split()
    is_value = False
    for part in parts:
        if part in _ENDS_A_COMMAND:
            return
        if not is_value and not part.startswith("-"):
            yield part.rstrip(".,;:")
        is_value = _WITH_A_VALUE.fullmatch(part) is not None


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


# --- imports


def _imported(source: str) -> Iterator[str]:
    lines = [line for line in source.splitlines() if not line.lstrip().startswith(("%", "!"))]
    try:
        tree = ast.parse("\n".join(lines))
    except SyntaxError:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


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
    if len(candidates) <= 1:
        yield candidates[0] if candidates else distribution_of(module)
        return
    path = module.replace(".", "/")
    for name in candidates:
        files = {str(file) for file in importlib.metadata.files(name) or ()}
        if files & {f"{path}.py", f"{path}/__init__.py"}:
            yield name
