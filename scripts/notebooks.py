"""Run the notebooks of `notebook/` and store them with their outputs, or check whether the stored outputs are fresh.

    python scripts/notebooks.py                  # runs all, stores their outputs and the table in the README
    python scripts/notebooks.py 03 tools         # those with one of these words in their names
    python scripts/notebooks.py --check          # changes nothing; fails where a run shows something else

Every notebook runs in a kernel of its own of this Python, in an empty folder, without any key: models are scripted,
recorded, or the local one. What differs from run to run (times, ids, temporary folders) is not compared.
"""

from __future__ import annotations

import argparse
import difflib
import os
import re
import sys
import tempfile
from pathlib import Path
from typing import Any, TypeAlias

import nbformat
from jupyter_client.kernelspec import KernelSpecManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError

from autogen_classic.replay import paths, times, uuids

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebook"
README = NOTEBOOKS / "README.md"

Notebook: TypeAlias = Any  # nbformat.NotebookNode, which is not typed

SECONDS_PER_CELL = 60
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
_TABLE = re.compile(r"(?<=<!-- table: scripts/notebooks.py -->\n).*?(?=<!-- end of table -->)", re.DOTALL)
_DESCRIPTION = re.compile(r"<desc\b[^>]*>(.*?)</desc>", re.DOTALL)
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_ADDRESS = re.compile(r"\b0x[0-9a-f]{6,}\b")
_KEY = re.compile(r"_API_KEY$|_TOKEN$|^OAI_CONFIG_LIST")


class LitterError(Exception):
    """A notebook has left files beside itself, where a reader finds them in the next run."""


def main(arguments: list[str] | None = None) -> int:
    """Run notebooks and store or compare their outputs.

    Args:
        arguments: the words of the command line; those of this process where None.

    Returns:
        The exit code: 0 when all ran and, with ``--check``, all stored outputs are fresh.
    """
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("words", nargs="*", help="parts of the names of notebooks (default: all notebooks)")
    parser.add_argument("--check", action="store_true", help="store nothing; fail where an output is not fresh")
    options = parser.parse_args(arguments)
    chosen = [path for path in all_notebooks() if not options.words or any(word in path.name for word in options.words)]
    if not chosen:
        print(f"No name of a notebook contains {' or '.join(options.words)}.", file=sys.stderr)
        return 1
    failed = False
    for path in chosen:
        stored = read(path)
        try:
            fresh = execute(stored)
        except (CellExecutionError, CellTimeoutError, LitterError) as error:
            print(f"{path.name}: {error}", file=sys.stderr)
            failed = True
            continue
        changes = differences(stored, fresh)
        if not options.check:
            text = nbformat.writes(fresh) + "\n"
            if without_chance(text) != without_chance(path.read_text(encoding="utf-8")):
                path.write_text(text, encoding="utf-8")
            print(f"{path.name}: {'new outputs' if changes else 'as before'}")
        elif changes:
            print(f"{path.name} is not fresh; run: python scripts/notebooks.py {path.stem}\n{changes}", file=sys.stderr)
            failed = True
    text = README.read_text(encoding="utf-8")
    if options.check and with_table(text) != text:
        print("The table in notebook/README.md is not fresh; run: python scripts/notebooks.py", file=sys.stderr)
        failed = True
    elif not options.check:
        README.write_text(with_table(text), encoding="utf-8")
    return int(failed)


def all_notebooks() -> list[Path]:
    """The notebooks in the order of their numbers."""
    return sorted(NOTEBOOKS.glob("[0-9]*.ipynb"))


def read(path: Path) -> Notebook:
    """Read a notebook.

    Args:
        path: its file.
    """
    return nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)


def execute(stored: Notebook) -> Notebook:
    """Run all cells in a new kernel.

    Args:
        stored: the notebook, which stays as it is.

    Returns:
        A notebook with the same cells and new outputs, without anything that tells who ran it, when, or on what.

    Raises:
        CellExecutionError: a cell failed.
        CellTimeoutError: a cell took longer than a minute.
        LitterError: there are files in its folder after the run.
    """
    cells = [
        nbformat.v4.new_code_cell(cell.source)
        if cell.cell_type == "code"
        else nbformat.v4.new_markdown_cell(cell.source)
        for cell in stored.cells
    ]
    for cell in cells:
        del cell["id"]
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=METADATA, nbformat_minor=4)
    with tempfile.TemporaryDirectory(prefix="nb") as folder:
        work = Path(folder, "work")
        work.mkdir()
        client = NotebookClient(
            notebook, timeout=SECONDS_PER_CELL, record_timing=False, coalesce_streams=True, kernel_name="python3"
        )
        client.create_kernel_manager()
        # Without folders of kernels, "python3" can only be the Python of this process.
        client.km.kernel_spec_manager = KernelSpecManager(kernel_dirs=[])
        client.km.connection_file = str(Path(folder, "kernel.json"))
        if os.name == "posix":
            client.km.transport = "ipc"
        client.execute(cwd=str(work), env=environment(folder))
        if left := sorted(file.name for file in work.iterdir()):
            raise LitterError(f"It leaves {', '.join(left)} in its folder. Let it write to a temporary one: mkdtemp().")
    notebook.metadata = nbformat.from_dict(METADATA)
    return notebook


def environment(folder: str) -> dict[str, str]:
    """The variables that a kernel gets: those of this process without its keys and its settings of IPython.

    Args:
        folder: where IPython may keep its files.
    """
    own = {name: value for name, value in os.environ.items() if not _KEY.search(name)}
    return own | {
        "AUTOGEN_CLASSIC_FORBID_MODEL_REQUESTS": "1",
        "IPYTHONDIR": folder,
        "PYTHONHASHSEED": "0",
        "PYTHONPATH": str(ROOT),
    }


def differences(stored: Notebook, fresh: Notebook) -> str:
    """Compare what the cells of two notebooks show.

    Args:
        stored: the notebook as it is in its file.
        fresh: the same after a run.

    Returns:
        The lines that differ, each with a sign in front; an empty text where nothing differs.
    """
    return "\n".join(
        line
        for number, (old, new) in enumerate(zip(stored.cells, fresh.cells, strict=True), start=1)
        for line in difflib.unified_diff(
            shown(old).splitlines(), shown(new).splitlines(), f"cell {number}, stored", "now", n=1, lineterm=""
        )
    )


def shown(cell: Notebook) -> str:
    """What a cell shows, without what differs from run to run.

    Args:
        cell: a cell of a notebook; one of text shows nothing.
    """
    lines = []
    for output in cell.get("outputs", ()):
        if output.output_type == "stream":
            lines.append(f"{output.name}: {output.text}")
        elif output.output_type == "error":
            lines.append(f"error: {output.ename}: {output.evalue}")
        else:
            lines += [f"{kind}: {described(output.data[kind])}" for kind in sorted(output.data)]
    return without_chance("\n".join(lines))


def described(content: str) -> str:
    """What a drawing says about itself, so that a new look does not make it stale; other content as it is.

    Args:
        content: of one kind, such as ``image/svg+xml``.
    """
    description = _DESCRIPTION.search(content)
    return description[1] if description else content


def without_chance(text: str) -> str:
    """Replace times, ids, folders and addresses, and remove colours.

    Args:
        text: what a cell has shown.
    """
    for replace in (paths, uuids, times):
        text = replace(text)
    return _ADDRESS.sub("<address>", _COLOUR.sub("", text))


def with_table(readme: str) -> str:
    """Put the table of the notebooks, which is made from their first cells, into the README.

    Args:
        readme: the text of the README.
    """
    rows = []
    for path in all_notebooks():
        title, lesson = heading(read(path))
        lesson = lesson.removeprefix("You learn ")
        rows.append(f"| {int(path.name[:2])} | [{title}]({path.name}) | {lesson[0].upper()}{lesson[1:]} |")
    table = "\n".join(["| | Notebook | What you learn |", "|---|---|---|", *rows, ""])
    return _TABLE.sub(lambda _: table, readme)


def heading(notebook: Notebook) -> tuple[str, str]:
    """The title of a notebook, and what it teaches: the first paragraph below the title.

    Args:
        notebook: a notebook whose first cell begins with ``# Title``.
    """
    title, lesson = notebook.cells[0].source.split("\n\n")[:2]
    return title.removeprefix("# "), " ".join(lesson.split())


if __name__ == "__main__":
    sys.exit(main())
