"""`autogen-classic run` runs a program as Python would, with the alias in place."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from autogen_classic.compat.notebook import NotebookError, read_cells

ROOT = Path(__file__).resolve().parents[2]
WITHOUT_IPYTHON = "import sys; sys.modules['IPython'] = None; from autogen_classic.cli import main; sys.exit(main())"


def run(folder: Path, *arguments: str, ipython: bool = True) -> subprocess.CompletedProcess[str]:
    command = ["-m", "autogen_classic"] if ipython else ["-c", WITHOUT_IPYTHON]
    return subprocess.run(
        [sys.executable, *command, "run", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "IPYTHONDIR": str(folder / "ipython")},
        capture_output=True,
        text=True,
        timeout=60,
    )


def script(folder: Path, text: str, name: str = "program.py") -> str:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return name


def notebook(folder: Path, *cells: str, name: str = "lesson.ipynb") -> str:
    made = [{"cell_type": "code", "source": cell.splitlines(keepends=True)} for cell in cells]
    content = {"nbformat": 4, "cells": [{"cell_type": "markdown", "source": "# A lesson"}, *made]}
    return script(folder, json.dumps(content), name)


# --- a journal


@pytest.mark.parametrize("kind", ["script", "notebook", "notebook without IPython"])
def test_an_error_of_the_journal_is_told_without_a_traceback(tmp_path: Path, kind: str) -> None:
    make = script if kind == "script" else notebook
    name = make(tmp_path, "print('Hello')\nfrom autogen_classic.state import JournalError\nraise JournalError('Full.')")
    done = run(tmp_path, "--journal", "run.jsonl", name, ipython=kind != "notebook without IPython")
    assert (done.returncode, done.stdout) == (1, "Hello\n")
    assert done.stderr == "autogen-classic run: Full.\nMore about it: autogen-classic explain JournalError\n"


# --- scripts


def test_a_recording_is_never_written_over_its_program(tmp_path: Path) -> None:
    name = script(tmp_path, "print(1)")
    done = run(tmp_path, "--record", name, name)
    assert (done.returncode, done.stdout) == (1, "")
    assert "program.py has another part in this command, and would be written over." in done.stderr
    assert (tmp_path / name).read_text(encoding="utf-8") == "print(1)"


@pytest.mark.skipif(sys.platform == "win32", reason="there are no named pipes in folders")
@pytest.mark.parametrize("option", ["--record", "--journal"])
@pytest.mark.parametrize("name", ["pipe", "link"])
def test_no_file_takes_the_place_of_a_pipe(option: str, name: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("pipe")
    done = run(tmp_path, option, name, script(tmp_path, "print('not run')"))
    assert (done.returncode, done.stdout) == (1, "")
    assert re.search(rf"{name}: it is a device or a pipe\.|{name} must be a file on a disk\.", done.stderr)
    assert (tmp_path / "pipe").is_fifo()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["link", "pipe", "program.py"]


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
@pytest.mark.parametrize("option", ["--record", "--journal"])
def test_a_link_that_leads_to_itself_is_refused_before_the_program_runs(option: str, tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    done = run(tmp_path, option, "loop", script(tmp_path, "print('not run')"))
    assert (done.returncode, done.stdout) == (1, "")
    assert "loop" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("option", ["--record", "--replay", "--journal"])
def test_an_empty_name_is_refused(option: str, tmp_path: Path) -> None:
    done = run(tmp_path, option, "", script(tmp_path, "print('not run')"))
    assert (done.returncode, done.stdout) == (2, "")
    assert f"argument {option}: the name of the file is empty" in done.stderr


def test_an_old_script_finds_autogen(tmp_path):
    name = script(tmp_path, "import autogen, autogen_classic\nprint(autogen is autogen_classic)")
    done = run(tmp_path, name)
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "True", "")


def test_a_script_sees_what_python_shows_it(tmp_path):
    text = "import json, sys\nprint(json.dumps([__name__, __file__, __package__, __spec__, sys.argv, sys.path[0]]))"
    (tmp_path / "plain").mkdir()
    name = script(tmp_path / "plain", text)
    arguments = [os.path.join("plain", name), "--help", "-m", "x"]
    expected = subprocess.run([sys.executable, *arguments], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert run(tmp_path, *arguments).stdout == expected.stdout


def test_a_script_imports_its_neighbours(tmp_path):
    script(tmp_path, "value = 5", "neighbour.py")
    name = script(tmp_path, "import neighbour; print(neighbour.value)")
    assert run(tmp_path, name).stdout.strip() == "5"


@pytest.mark.parametrize(("ending", "code"), [("sys.exit(7)", 7), ("sys.exit()", 0), ("sys.exit('no')", 1)])
def test_the_exit_code_of_the_script_is_the_exit_code(tmp_path, ending, code):
    assert run(tmp_path, script(tmp_path, f"import sys\n{ending}")).returncode == code


def test_a_traceback_begins_in_the_script(tmp_path):
    done = run(tmp_path, script(tmp_path, "def work():\n    return 1 / 0\nwork()\n"))
    lines = done.stderr.splitlines()
    assert done.returncode == 1
    assert "program.py" in lines[1]
    assert lines[-1] == "ZeroDivisionError: division by zero"


def test_a_syntax_error_shows_the_line_and_nothing_of_ours(tmp_path):
    done = run(tmp_path, script(tmp_path, "def work(:\n"))
    assert done.returncode == 1
    assert "program.py" in done.stderr
    assert "runpy" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["."], "autogen-classic run: . is a folder. Name a file in it.\n"),
        ([], "error: the following arguments are required: PROGRAM\n"),
        (["--record", "run.json"], "error: the following arguments are required: PROGRAM\n"),
        (["--record", "a.py"], "error: argument --record: its value is missing, or the program after a.py\n"),
        (["--record=a.py"], "error: the following arguments are required: PROGRAM\n"),
    ],
)
def test_a_missing_program_gets_a_word(tmp_path: Path, arguments: list[str], told: str) -> None:
    done = run(tmp_path, *arguments)
    assert done.returncode in (1, 2)
    assert done.stderr.endswith(told)


def test_a_missing_script_is_named_with_the_folder_of_the_search(tmp_path):
    done = run(tmp_path, "nothing.py")
    assert done.returncode == 1
    assert f"There is no file nothing.py (looked for it from {tmp_path.resolve()})" in done.stderr


def test_a_file_called_autogen_beside_the_script_is_reported(tmp_path):
    (tmp_path / "autogen.py").write_text("")
    done = run(tmp_path, script(tmp_path, "import autogen"))
    assert done.returncode == 1
    assert "autogen.py stands in the way" in done.stderr
    assert "Traceback" not in done.stderr


def test_main_is_still_there_when_python_ends(tmp_path):
    text = "import atexit, sys\nvalue = 3\natexit.register(lambda: print(sys.modules['__main__'].value))"
    assert run(tmp_path, script(tmp_path, text)).stdout.strip() == "3"


# --- modules


def test_a_module_runs_by_its_name(tmp_path):
    script(tmp_path, "", "pack/__init__.py")
    script(tmp_path, "import autogen, sys\nprint(__name__, sys.argv[1:])", "pack/__main__.py")
    assert run(tmp_path, "-m", "pack", "--seed", "1").stdout.strip() == "__main__ ['--seed', '1']"


def test_a_missing_module_is_named(tmp_path):
    done = run(tmp_path, "-m", "no_such_module")
    assert (done.returncode, "No module named 'no_such_module'" in done.stderr) == (1, True)


def test_an_import_error_inside_a_module_keeps_its_traceback(tmp_path):
    script(tmp_path, "import not_here", "experiment.py")
    done = run(tmp_path, "-m", "experiment")
    assert (done.returncode, "experiment.py" in done.stderr) == (1, True)


# --- notebooks


@pytest.fixture(params=["ipython", "plain"])
def with_ipython(request):
    if request.param == "ipython":
        pytest.importorskip("IPython")
    return request.param == "ipython"


def test_the_cells_share_a_namespace_and_print_in_order(tmp_path, with_ipython):
    name = notebook(tmp_path, "import autogen\nx = 20", "print('x is', x)", "x + 1")
    done = run(tmp_path, name, ipython=with_ipython)
    assert done.returncode == 0, done.stderr
    assert [line.rpartition(": ")[2] for line in done.stdout.split("\n") if line] == ["x is 20", "21"]


def test_a_semicolon_hides_the_last_value(tmp_path, with_ipython):
    assert run(tmp_path, notebook(tmp_path, "1 + 1;"), ipython=with_ipython).stdout == ""


def test_a_cell_may_await(tmp_path, with_ipython):
    name = notebook(tmp_path, "import asyncio\nasync def f():\n    return 'waited'", "print(await f())")
    assert run(tmp_path, name, ipython=with_ipython).stdout.strip() == "waited"


def test_lines_that_install_packages_are_left_out_with_a_notice(tmp_path, with_ipython):
    name = notebook(tmp_path, "%pip install --quiet \\\n    pyautogen\n! pip install x\nprint('on')")
    done = run(tmp_path, name, ipython=with_ipython)
    assert done.stdout.strip() == "on"
    assert done.stderr.count("left out") == 2


def test_a_failing_cell_is_named_and_ends_the_run(tmp_path, with_ipython):
    name = notebook(tmp_path, "print('first')", "1 / 0", "print('third')")
    done = run(tmp_path, name, ipython=with_ipython)
    assert done.returncode == 1
    assert "third" not in done.stdout
    assert "lesson.ipynb: cell 3 failed" in done.stderr  # the markdown cell counts
    assert "ZeroDivisionError" in done.stdout + done.stderr


def test_sys_exit_in_a_cell_is_the_exit_code(tmp_path, with_ipython):
    assert run(tmp_path, notebook(tmp_path, "import sys\nsys.exit(4)"), ipython=with_ipython).returncode == 4


def test_a_notebook_runs_in_its_own_folder(tmp_path, with_ipython):
    name = notebook(tmp_path, "print(open('data.txt').read())", name="course/lesson.ipynb")
    (tmp_path / "course" / "data.txt").write_text("found")
    assert run(tmp_path, name, ipython=with_ipython).stdout.strip() == "found"


def test_magics_without_effect_are_left_out_of_a_plain_run(tmp_path):
    done = run(tmp_path, notebook(tmp_path, "%load_ext autogen_classic\n%time print('timed')"), ipython=False)
    assert (done.returncode, done.stdout.strip()) == (0, "timed")


def test_a_magic_that_needs_ipython_is_named_with_its_cell_and_line(tmp_path):
    done = run(tmp_path, notebook(tmp_path, "x = 1\n!ls"), ipython=False)
    assert done.returncode == 1
    assert "lesson.ipynb, cell 2, line 2: `!ls` needs IPython" in done.stderr


def test_a_percent_sign_inside_a_text_is_no_magic(tmp_path):
    name = notebook(tmp_path, 'text = """\n%s of it\n!\n"""\nprint(len(text))')
    assert run(tmp_path, name, ipython=False).stdout.strip() == "12"


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"not json", "not JSON"),
        (b'{"worksheets": []}', "no list of cells"),
        ('{"cells": ["caf\u00e9"]}'.encode("latin-1"), r"not UTF-8 \(.* at byte 15\)"),
        (b'{"cells": [5, {"cell_type": "code", "source": 7}]}', "the source of its cell 2 is not text"),
        (b'{"cells": [{"cell_type": "code", "source": ["x = 1", null]}]}', "the source of its cell 1 is not text"),
    ],
)
def test_a_file_that_is_no_notebook_says_why(tmp_path, content, text):
    (tmp_path / "broken.ipynb").write_bytes(content)
    with pytest.raises(NotebookError, match=text):
        read_cells(tmp_path / "broken.ipynb")
