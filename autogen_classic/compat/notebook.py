"""Run the code cells of a notebook in order, in one namespace, printing what they print.

IPython is used when it is installed. Without it, the cells run as plain Python: magics that change nothing
are left out, and all others are an error that says so. Lines that install packages are left out in both cases: old
notebooks begin with ``%pip install pyautogen``, which would put a real ``autogen`` in the way of the alias.
"""

from __future__ import annotations

import ast
import asyncio
import inspect
import json
import linecache
import os
import re
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

from ..errors import JournalError, NotebookError

__all__ = ("PIP", "Cell", "NotebookError", "Shell", "open_shell", "read_cells", "run_notebook")

PIP = r"(?:\S+[ \t]+-m[ \t]+)?(?:uv[ \t]+)?pip3?"
"""How a command begins that calls pip, as itself or as a module of any Python."""

_INSTALL_LINE = re.compile(rf"(?P<indent>\s*)[%!]{{1,2}}\s*{PIP}\s")
_MAGIC_LINE = re.compile(r"^(?P<indent>\s*)(?P<magic>%%?[A-Za-z_]\w*|!|\?\w)")
_WITHOUT_EFFECT = ("%load_ext", "%reload_ext", "%autoreload", "%matplotlib", "%config", "%%capture", "%%time", "%time")


@dataclass(frozen=True)
class Cell:
    """A code cell.

    Args:
        number: its place among all cells of the notebook, counted from 1.
        source: its text.
        outputs: what it has shown when it was saved, in the form of the file.
    """

    number: int
    source: str
    outputs: tuple[dict[str, Any], ...] = ()


def read_cells(path: Path) -> list[Cell]:
    """Read the code cells of a notebook, with the lines that install packages blanked out.

    Args:
        path: an ``.ipynb`` file of format 4.

    Returns:
        The code cells that are not empty.

    Raises:
        NotebookError: the file is not such a notebook.
    """
    try:
        notebook = json.loads(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        raise NotebookError(
            f"{path} is not a notebook: its text is not UTF-8 ({error.reason} at byte {error.start}). Save it as "
            "UTF-8, or fetch it again."
        ) from error
    except (ValueError, RecursionError) as error:
        raise NotebookError(
            f"{path} is not a notebook: its text is not JSON ({error}). If it was one, its end may be missing: "
            "fetch it again."
        ) from error
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(cells, list):
        raise NotebookError(
            f"{path} is not a notebook of format 4: it has no list of cells. Open it in Jupyter and save it again."
        )
    language = _language_of(notebook)
    if language not in ("python", "ipython"):
        raise NotebookError(f"{path} is written in {language}, but only notebooks in Python can be run.")
    found = []
    for number, cell in enumerate(cells, start=1):
        if isinstance(cell, dict) and cell.get("cell_type") == "code":
            source = cell.get("source", "")
            try:
                text = source if isinstance(source, str) else "".join(source)
            except TypeError as error:
                raise NotebookError(f"{path} is damaged: the source of its cell {number} is not text.") from error
            if text.strip():
                outputs = tuple(output for output in cell.get("outputs") or () if isinstance(output, dict))
                found.append(Cell(number, _without_installs(text, number), outputs))
    return found


def _language_of(notebook: dict[str, Any]) -> str:
    """The language of a notebook in lower case; Python if it does not say."""
    metadata = notebook.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    for part, key in (("language_info", "name"), ("kernelspec", "language")):
        named = metadata.get(part)
        if isinstance(named, dict) and isinstance(named.get(key), str):
            return str(named[key]).lower()
    return "python"


def run_notebook(path: Path) -> int:
    """Run a notebook in its own folder, which is where Jupyter runs it.

    Args:
        path: the notebook.

    Returns:
        0, or 1 if a cell failed; the traceback and the number of the cell have been printed.

    Raises:
        JournalError: the journal of the run has ended it.
        NotebookError: it cannot be read, or a cell needs IPython, which is not installed.
        SystemExit: a cell asked for it.
    """
    cells = read_cells(path)
    name = path.name
    os.chdir(path.resolve().parent)
    with open_shell(name, untold=(JournalError,)) as shell:
        for cell in cells:
            error = shell.run(cell)
            if isinstance(error, JournalError):
                raise error
            if error is not None:
                print(f"{name}: cell {cell.number} failed; the cells after it were not run.", file=sys.stderr)
                return 1
    return 0


class Shell(Protocol):
    """Where the cells of one notebook run, one after the other."""

    def run(self, cell: Cell) -> Exception | None:
        """Run a cell.

        Args:
            cell: the cell.

        Returns:
            None, or the error with which it failed. Its traceback has been printed, unless it is one of those that
            `open_shell` was to leave to the caller.

        Raises:
            NotebookError: it needs IPython, which is not installed.
            SystemExit: it asked for it.
        """


@contextmanager
def open_shell(name: str, untold: tuple[type[Exception], ...] = ()) -> Iterator[Shell]:
    """Make a new ``__main__`` for the cells of a notebook.

    Args:
        name: the name of the notebook, for tracebacks.
        untold: errors of which the caller tells, so that no traceback is printed.

    Yields:
        A shell of IPython if that is installed, else one of our own for plain Python.
    """
    main = ModuleType("__main__")
    sys.modules["__main__"] = main
    shell_class = _ipython_shell_class()
    if shell_class is not None:
        yield _IPythonShell(main, shell_class, untold)
        return
    plain = _PlainShell(main, name, untold)
    try:
        yield plain
    finally:
        plain.close()


def _ipython_shell_class() -> Any:
    try:
        from IPython.core.interactiveshell import InteractiveShell
    except ImportError:
        return None
    return InteractiveShell


class _IPythonShell:
    def __init__(self, main: ModuleType, shell_class: Any, untold: tuple[type[Exception], ...]) -> None:
        from traitlets.config import Config

        quiet = Config()
        quiet.HistoryManager.enabled = False
        quiet.InteractiveShell.colors = "nocolor" if not sys.stdout.isatty() else "neutral"
        self._shell = shell_class.instance(config=quiet, user_module=main)
        self._shell.enable_gui = lambda gui=None: None  # there are no windows, but `%matplotlib` may ask for some
        if untold:
            self._shell.set_custom_exc(untold, lambda *_, **__: None)

    def run(self, cell: Cell) -> Exception | None:
        result = self._shell.run_cell(cell.source, store_history=True)
        error: Exception | None = result.error_before_exec or result.error_in_exec
        if isinstance(error, SystemExit):
            raise error
        return error


class _PlainShell:
    def __init__(self, main: ModuleType, name: str, untold: tuple[type[Exception], ...]) -> None:
        main.__dict__.setdefault("display", print)
        self._main = main
        self._name = name
        self._untold = untold
        self._loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self._loop)

    def run(self, cell: Cell) -> Exception | None:
        source = _without_magics(cell, self._name)
        label = f"<{self._name}, cell {cell.number}>"
        linecache.cache[label] = (len(source), None, source.splitlines(keepends=True), label)
        try:
            _execute(source, label, self._main.__dict__, self._loop)
        except Exception as error:
            if not isinstance(error, self._untold):
                _print_from_cell(error, label)
            return error
        return None

    def close(self) -> None:
        asyncio.set_event_loop(None)
        self._loop.close()


def _execute(source: str, label: str, namespace: dict[str, Any], loop: asyncio.AbstractEventLoop) -> None:
    """Execute a cell; an expression at its end is displayed, unless a semicolon follows it."""
    tree = ast.parse(source, label)
    shown: ast.expr | None = None
    last = tree.body[-1] if tree.body else None
    if isinstance(last, ast.Expr) and not source.rstrip().endswith(";"):
        tree.body.pop()
        shown = last.value
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    _evaluate(compile(tree, label, "exec", flags), namespace, loop)
    if shown is not None:
        value = _evaluate(compile(ast.Expression(shown), label, "eval", flags), namespace, loop)
        sys.displayhook(value)


def _evaluate(code: Any, namespace: dict[str, Any], loop: asyncio.AbstractEventLoop) -> Any:
    value = eval(code, namespace)
    if code.co_flags & inspect.CO_COROUTINE:
        return loop.run_until_complete(value)
    return value


def _without_installs(source: str, number: int) -> str:
    """Replace the lines that install packages by ``pass``, so that line numbers stay right."""
    lines = []
    continued = False
    for line in source.splitlines():
        match = _INSTALL_LINE.match(line)
        if match:
            print(f"[cell {number}: left out `{line.strip()}`; install packages yourself]", file=sys.stderr)
        lines.append(f"{match['indent']}pass" if match else "" if continued else line)
        continued = (match is not None or continued) and line.rstrip().endswith("\\")
    return "\n".join(lines)


def _without_magics(cell: Cell, name: str) -> str:
    """Leave out the magics that change nothing in a plain run; refuse the others."""
    lines = list(_lines_outside_texts(cell.source))
    for at, (line, is_code) in enumerate(lines):
        match = _MAGIC_LINE.match(line) if is_code else None
        if match is None:
            continue
        if match["magic"] not in _WITHOUT_EFFECT:
            raise NotebookError(
                f"{name}, cell {cell.number}, line {at + 1}: `{line.strip()}` needs IPython, which is not installed. "
                "Install it with: python -m pip install ipython"
            )
        rest = line.split(None, 1)[1] if match["magic"] == "%time" and " " in line.strip() else ""
        lines[at] = (match["indent"] + (rest or "pass"), True)
    return "\n".join(line for line, _ in lines)


def _lines_outside_texts(source: str) -> Iterator[tuple[str, bool]]:
    """Yield each line, and whether it begins outside a triple-quoted text."""
    quotes: str | None = None
    for line in source.splitlines():
        yield line, quotes is None
        for mark in re.findall(r'"""|\'\'\'', line):
            quotes = mark if quotes is None else None if quotes == mark else quotes


def _print_from_cell(error: Exception, label: str) -> None:
    start = error.__traceback__
    while start is not None and start.tb_frame.f_code.co_filename != label:
        start = start.tb_next
    traceback.print_exception(type(error), error, start)
