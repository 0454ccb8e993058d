"""Code in real interpreters and virtual environments. What AG2 0.14.1 returns for the same code stands here."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest

from autogen_classic.environments import SystemPythonEnvironment, VenvPythonEnvironment, WorkingDirectory
from autogen_classic.environments.python_environment import CodeResult, PythonEnvironment


def run(environment: PythonEnvironment, code: str, script: Path, timeout: int = 30) -> CodeResult:
    return asyncio.run(environment.execute_code(code, str(script), timeout=timeout))


@pytest.fixture
def directory() -> WorkingDirectory:
    return WorkingDirectory.create_tmp()


def test_a_time_that_is_not_a_number_is_named(directory: WorkingDirectory) -> None:
    script = Path(directory.path, "script.py")
    result = run(SystemPythonEnvironment(), "print(1)", script, timeout="3")  # type: ignore[arg-type]
    expected = "Execution error: timeout of execute_code should be a valid number, but it is '3'."
    assert result == {"success": False, "error": expected}
    assert not script.exists()
    assert run(SystemPythonEnvironment(), "print(1)", script, timeout=None)["success"]  # type: ignore[arg-type]


def test_code_runs_in_the_working_directory(directory: WorkingDirectory) -> None:
    before = Path.cwd()
    with SystemPythonEnvironment() as environment, directory:
        assert Path.cwd() == Path(directory.path)
        code = "import os; print(os.getcwd())"
        result = run(environment, code, Path(directory.path, "deep", "script.py"))
        assert result == {"success": True, "stdout": f"{Path.cwd()}\n", "stderr": "", "returncode": 0}
    assert Path.cwd() == before
    assert not Path(directory.path).exists()


def test_a_directory_that_was_named_stays(tmp_path: Path) -> None:
    with WorkingDirectory(str(tmp_path / "new")):
        assert Path.cwd() == tmp_path / "new"
    assert (tmp_path / "new").exists()


def test_a_file_is_not_a_working_directory(tmp_path: Path) -> None:
    before = Path.cwd()
    file = tmp_path / "file"
    file.write_text("", encoding="utf-8")
    for path, error in ((file, FileExistsError), (file / "below", NotADirectoryError)):
        with pytest.raises(error, match="path must be a directory"), WorkingDirectory(str(path)):
            pass
    assert Path.cwd() == before


def test_code_that_fails_says_so(tmp_path: Path) -> None:
    with SystemPythonEnvironment() as environment:
        result = run(environment, "import sys; print('o'); sys.exit(3)", tmp_path / "script.py")
    assert result == {"success": False, "stdout": "o\n", "stderr": "", "returncode": 3}


def test_code_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    with SystemPythonEnvironment() as environment:
        result = run(environment, "import time; time.sleep(60)", tmp_path / "script.py", timeout=1)
    assert result == {"success": False, "error": "Execution timed out after 1 seconds"}


def test_what_is_no_code_is_not_run(tmp_path: Path) -> None:
    with SystemPythonEnvironment() as environment:
        result = run(environment, 5, tmp_path / "script.py")  # type: ignore[arg-type]
    assert result["success"] is False
    assert "Execution error" in str(result["error"])


def test_code_does_not_see_the_keys_of_the_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    with SystemPythonEnvironment() as environment:
        result = run(environment, "import os; print(os.environ.get('OPENAI_API_KEY'))", tmp_path / "script.py")
    assert result["stdout"] == "None\n"


def test_the_innermost_block_is_the_current_one(directory: WorkingDirectory) -> None:
    current, here = PythonEnvironment.get_current_python_environment, WorkingDirectory.get_current_working_directory
    assert (current(), here()) == (None, None)
    with SystemPythonEnvironment() as outer, directory:
        with SystemPythonEnvironment() as inner:
            assert (current(), current(outer)) == (inner, outer)
        assert (current(), here()) == (outer, directory)
    assert (current(), here()) == (None, None)


def test_an_interpreter_that_is_not_there_is_named() -> None:
    with pytest.raises(RuntimeError, match="Python executable not found at: /nope/python"):
        SystemPythonEnvironment("/nope/python").__enter__()
    with pytest.raises(RuntimeError, match=r"Python executable not found at: python2\.1"):
        VenvPythonEnvironment(python_version="2.1").__enter__()


def test_a_virtual_environment_is_made_for_the_block(tmp_path: Path) -> None:
    with VenvPythonEnvironment() as environment:
        executable = environment.get_executable()
        result = run(environment, "import sys; print(sys.prefix != sys.base_prefix)", tmp_path / "script.py")
        assert result["stdout"] == "True\n"
    assert not Path(executable).exists()
    with pytest.raises(RuntimeError, match="when its with block begins"):
        environment.get_executable()


def test_a_virtual_environment_with_a_path_stays(tmp_path: Path) -> None:
    place = tmp_path / "venv"
    for _ in range(2):
        with VenvPythonEnvironment(python_path=sys.executable, venv_path=str(place)) as environment:
            assert Path(environment.get_executable()).exists()
            made = os.stat(environment.get_executable(), follow_symlinks=False).st_mtime_ns
        assert Path(place, "pyvenv.cfg").exists()
    assert os.lstat(place / "bin" / "python").st_mtime_ns == made


def test_a_directory_may_be_named_from_where_the_program_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with SystemPythonEnvironment() as environment, WorkingDirectory("work"):
        result = run(environment, "import os; print(os.getcwd())", Path("script.py"))
    assert result["stdout"] == f"{tmp_path / 'work'}\n"


def test_half_a_character_in_code_is_no_obstacle(tmp_path: Path) -> None:
    with SystemPythonEnvironment() as environment:
        result = run(environment, "print('a\ud800b')", tmp_path / "script.py")
    assert result == {"success": True, "stdout": "a?b\n", "stderr": "", "returncode": 0}


def test_an_interpreter_that_cannot_be_run_is_told(tmp_path: Path) -> None:
    no_program = tmp_path / "data"
    no_program.write_text("no program")
    with SystemPythonEnvironment(str(no_program)) as environment:
        result = run(environment, "print(1)", tmp_path / "script.py")
    assert result["success"] is False
