"""Every notebook runs without a network and a key, shows what is stored, and keeps to what the README promises."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

from scripts import notebooks

FILES = notebooks.all_notebooks()
GUIDES = notebooks.ROOT / "website" / "docs"
each_notebook = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)

# What an output must not show: folders of the machine that made it, and keys.
PRIVATE = re.compile(r"/(?:home|root|work|tmp|Users|usr)/|\\Users\\|\bsk-[A-Za-z0-9]{8,}|\bAIza[A-Za-z0-9_-]{10,}")


@each_notebook
def test_a_run_shows_what_is_stored(path: Path) -> None:
    stored = notebooks.read(path)
    changes = notebooks.differences(stored, notebooks.execute(stored))
    assert not changes, f"look, then run: python scripts/notebooks.py {path.stem}"


@each_notebook
def test_a_notebook_says_what_it_teaches_how_to_use_a_real_model_and_what_to_try(path: Path) -> None:
    cells = notebooks.read(path).cells
    assert 8 <= len(cells) <= 20
    title, lesson = notebooks.heading(notebooks.read(path))
    assert cells[0].source.startswith("# ")
    assert "\n" not in title
    assert lesson.startswith("You learn ")
    texts = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    assert re.search(r"\b(scripted|recorded|local)\b", cells[0].source), "say in the first cell who plays the model"
    assert "## On a real model" in texts
    assert "## Exercise" in texts


@each_notebook
def test_the_outputs_show_no_folder_of_this_machine_and_no_key(path: Path) -> None:
    notebook = notebooks.read(path)
    shown = [str(output) for cell in notebook.cells for output in cell.get("outputs", ())]
    assert [text for text in shown if PRIVATE.search(text)] == []
    assert notebook.metadata == nbformat.from_dict(notebooks.METADATA)


@each_notebook
def test_the_links_of_a_notebook_lead_to_files(path: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)", "\n".join(cell.source for cell in notebooks.read(path).cells))
    local = [link for link in links if not link.startswith("https://")]
    assert [link for link in local if not (path.parent / link).exists()] == []


@each_notebook
def test_a_notebook_and_a_guide_lead_to_each_other(path: Path) -> None:
    text = "\n".join(cell.source for cell in notebooks.read(path).cells)
    guides = [GUIDES / name for name in re.findall(r"\]\(\.\./website/docs/([\w-]+\.md)", text)]
    assert [guide.name for guide in guides if f"(notebook/{path.stem}.md)" in guide.read_text(encoding="utf-8")]


def test_the_numbers_of_the_notebooks_are_unique() -> None:
    numbers = [path.name[:2] for path in FILES]
    assert len(set(numbers)) == len(numbers)


def test_the_table_in_the_readme_is_that_of_the_notebooks() -> None:
    text = notebooks.README.read_text(encoding="utf-8")
    assert notebooks.with_table(text) == text, "run: python scripts/notebooks.py"


def cell_that_shows(*texts: str) -> Any:
    outputs = [nbformat.v4.new_output("stream", name="stdout", text=text) for text in texts]
    return nbformat.v4.new_code_cell("...", outputs=outputs)


def notebook_of(*cells: Any) -> Any:
    return nbformat.v4.new_notebook(cells=list(cells))


@pytest.mark.parametrize(
    ("stored", "now"),
    [
        ("took 3.2 seconds", "took 4 seconds"),
        ("2026-01-02 12:30:01", "2027-02-03 01:00:00"),
        ("/tmp/nbabc/work/main.py", "/var/folders/x/main.py"),
        ("<function f at 0x7f12ab34cd56>", "<function f at 0x7f0000000000>"),
        ("id 123e4567-e89b-12d3-a456-426614174000", "id 00000000-e89b-12d3-a456-426614174000"),
        ("\x1b[33mann\x1b[0m (to bob):", "ann (to bob):"),
    ],
)
def test_what_differs_from_run_to_run_is_not_compared(stored: str, now: str) -> None:
    assert notebooks.differences(notebook_of(cell_that_shows(stored)), notebook_of(cell_that_shows(now))) == ""


def test_a_different_word_in_an_output_is_found_and_shown() -> None:
    stored = notebook_of(cell_that_shows("one\n"), cell_that_shows("two\n"))
    fresh = notebook_of(cell_that_shows("one\n"), cell_that_shows("too\n"))
    assert notebooks.differences(stored, fresh).splitlines()[-2:] == ["-stdout: two", "+stdout: too"]
    assert "cell 2" in notebooks.differences(stored, fresh)


def test_a_drawing_is_compared_by_what_it_says_about_itself() -> None:
    old, new, other = (
        notebook_of(
            nbformat.v4.new_code_cell(
                outputs=[
                    nbformat.v4.new_output("display_data", {"image/svg+xml": f"<svg{look}><desc>{text}</desc></svg>"})
                ]
            )
        )
        for look, text in (("", "ann -> bob"), (' width="9"', "ann -> bob"), ("", "ann -> eve"))
    )
    assert notebooks.differences(old, new) == ""
    assert "+image/svg+xml: ann -> eve" in notebooks.differences(old, other)


def test_a_notebook_that_leaves_files_beside_itself_is_refused() -> None:
    cell = nbformat.v4.new_code_cell("open('notes.txt', 'w').close()")
    with pytest.raises(notebooks.LitterError, match="leaves notes.txt"):
        notebooks.execute(notebook_of(cell))


def test_a_kernel_gets_no_keys_and_asks_no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-real")
    cell = nbformat.v4.new_code_cell(
        "import os, sys\nprint(os.environ.get('OPENAI_API_KEY'), os.environ['AUTOGEN_CLASSIC_FORBID_MODEL_REQUESTS'])\n"
        "print(sys.executable, os.listdir())"
    )
    fresh = notebooks.execute(notebook_of(cell))
    assert fresh.cells[0].outputs[0].text == f"None 1\n{sys.executable} []\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of notebooks with one that is short and one that fails."""
    cells = [
        nbformat.v4.new_markdown_cell("# Short\n\nYou learn\nlittle.\n\nMore."),
        nbformat.v4.new_code_cell("1 + 1"),
    ]
    nbformat.write(notebook_of(*cells), tmp_path / "01-short.ipynb")
    (tmp_path / "README.md").write_text(
        "Head\n<!-- table: scripts/notebooks.py -->\n<!-- end of table -->\nEnd\n", encoding="utf-8"
    )
    monkeypatch.setattr(notebooks, "NOTEBOOKS", tmp_path)
    monkeypatch.setattr(notebooks, "README", tmp_path / "README.md")
    return tmp_path


def test_the_command_stores_outputs_and_the_table_and_finds_what_is_not_fresh(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert notebooks.main(["--check"]) == 1
    assert "+text/plain: 2" in capsys.readouterr().err
    assert notebooks.main([]) == 0
    assert "| 1 | [Short](01-short.ipynb) | Little. |\n" in (folder / "README.md").read_text(encoding="utf-8")
    assert notebooks.main(["--check", "short"]) == 0
    assert notebooks.main(["long"]) == 1
    assert "No name of a notebook contains long" in capsys.readouterr().err


def test_a_cell_that_fails_leaves_the_file_as_it_was(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = folder / "01-short.ipynb"
    notebook = notebooks.read(file)
    notebook.cells[1].source = "1 / 0"
    nbformat.write(notebook, file)
    before = file.read_bytes()
    assert notebooks.main([]) == 1
    assert "ZeroDivisionError" in capsys.readouterr().err
    assert file.read_bytes() == before
