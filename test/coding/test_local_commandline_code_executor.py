import os
import re
import sys
import threading
import time
import warnings
from pathlib import Path
from typing import Any

import pytest

from autogen_classic.code_utils import create_virtual_env
from autogen_classic.coding import local_commandline_code_executor as module
from autogen_classic.coding.base import CodeBlock, CodeExecutor, CommandLineCodeResult
from autogen_classic.coding.func_with_reqs import FunctionWithRequirements, with_requirements
from autogen_classic.coding.local_commandline_code_executor import LocalCommandLineCodeExecutor

PRINT_1_MD5 = "186bdbe41e79ea696410ba0a9e8d2762"
posix_only = pytest.mark.skipif(sys.platform == "win32", reason="uses sh and POSIX process groups")


def block(code: str, language: str = "python") -> CodeBlock:
    return CodeBlock(code=code, language=language)


def run(work_dir: Path, *blocks: CodeBlock, **settings: object) -> CommandLineCodeResult:
    return LocalCommandLineCodeExecutor(work_dir=work_dir, **settings).execute_code_blocks(list(blocks))  # type: ignore[arg-type]


def wait_until(condition, seconds: float = 10) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
    return False


# --- running ---------------------------------------------------------------------------------------------------


def test_python_code_runs_and_its_file_is_named_after_its_content(tmp_path: Path) -> None:
    result = run(tmp_path, block("print(1)"))

    assert result == CommandLineCodeResult(
        exit_code=0, output="1\n", code_file=str(tmp_path.resolve() / f"tmp_code_{PRINT_1_MD5}.py")
    )


def test_python_code_runs_under_the_python_that_runs_this_program(tmp_path: Path) -> None:
    result = run(tmp_path, block("import sys; print(sys.executable)"))

    assert os.path.samefile(result.output.strip(), sys.executable)


@posix_only
def test_the_directory_of_that_python_stands_first_on_the_path_of_shell_code(tmp_path: Path) -> None:
    result = run(tmp_path, block("echo $PATH", "sh"))

    assert result.output.startswith(os.path.dirname(sys.executable) + os.pathsep)


def test_code_runs_in_the_working_directory(tmp_path: Path) -> None:
    result = run(tmp_path, block("import os; print(os.getcwd())"))

    assert os.path.samefile(result.output.strip(), tmp_path)


@posix_only
def test_output_of_all_blocks_is_joined_and_the_first_file_is_reported(tmp_path: Path) -> None:
    result = run(tmp_path, block("print(1)"), block("echo hi", "sh"))

    assert (result.exit_code, result.output) == (0, "1\nhi\n")
    assert result.code_file is not None
    assert result.code_file.endswith(".py")


@posix_only
def test_a_failing_block_ends_the_run(tmp_path: Path) -> None:
    result = run(tmp_path, block("1/0"), block("echo never", "sh"))

    assert result.exit_code == 1
    assert "ZeroDivisionError: division by zero" in result.output
    assert "never" not in result.output


@posix_only
def test_standard_error_stands_before_standard_output_and_the_exit_code_is_kept(tmp_path: Path) -> None:
    result = run(tmp_path, block("echo out; echo err >&2; exit 3", "sh"))

    assert (result.exit_code, result.output) == (3, "err\nout\n")


@pytest.mark.parametrize("language", ["python", "Python", "PYTHON", "py"])
def test_python_is_known_by_every_spelling(tmp_path: Path, language: str) -> None:
    assert run(tmp_path, block("print(1)", language)).output == "1\n"


@posix_only
@pytest.mark.parametrize(("language", "extension"), [("sh", "sh"), ("bash", "bash"), ("shell", "shell")])
def test_shell_code_runs_from_a_file_named_after_its_language(tmp_path: Path, language: str, extension: str) -> None:
    result = run(tmp_path, block("echo $0", language))

    assert result.output.strip() == result.code_file
    assert result.output.strip().endswith(f".{extension}")


@pytest.mark.parametrize("language", ["java", "js", "python3", ""])
def test_an_unsupported_language_fails_with_a_message_and_writes_nothing(tmp_path: Path, language: str) -> None:
    result = run(tmp_path, block("print(1)", language))

    assert result == CommandLineCodeResult(exit_code=1, output=f"\nunknown language {language}", code_file=None)
    assert list(tmp_path.iterdir()) == []


def test_an_unsupported_language_keeps_the_output_of_the_blocks_before_it(tmp_path: Path) -> None:
    result = run(tmp_path, block("print(1)"), block("x", "java"))

    assert (result.exit_code, result.output) == (1, "1\n\nunknown language java")


def test_no_blocks_give_an_empty_success(tmp_path: Path) -> None:
    assert run(tmp_path) == CommandLineCodeResult(exit_code=0, output="", code_file=None)


def test_code_and_output_are_utf_8_whatever_the_locale_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    monkeypatch.setenv("PYTHONCOERCECLOCALE", "0")
    code = "open('t.txt', 'w').write('ż'); print('日本 é')"

    result = run(tmp_path, block(code))

    assert (result.exit_code, result.output) == (0, "日本 é\n")
    assert (tmp_path / "t.txt").read_text(encoding="utf-8") == "ż"


def test_output_that_is_not_utf_8_does_not_break_the_run(tmp_path: Path) -> None:
    result = run(tmp_path, block(r"import sys; sys.stdout.buffer.write(b'a\xffb')"))

    assert (result.exit_code, result.output) == (0, "a\ufffdb")


def test_code_gets_no_standard_input(tmp_path: Path) -> None:
    result = run(tmp_path, block("input()"))

    assert result.exit_code == 1
    assert "EOFError" in result.output


@posix_only
def test_paths_with_spaces_work(tmp_path: Path) -> None:
    result = run(tmp_path / "a b", block("print(__file__)"), block("# filename: c d.sh\necho $0", "sh"))

    assert result.exit_code == 0
    assert result.output.splitlines()[1] == str(tmp_path.resolve() / "a b" / "c d.sh")


def test_a_relative_working_directory_survives_a_change_of_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    executor = LocalCommandLineCodeExecutor(work_dir="work")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")

    executor.execute_code_blocks([block("print(1)")])

    assert executor.work_dir == Path("work")
    assert (tmp_path / "work" / f"tmp_code_{PRINT_1_MD5}.py").exists()


def test_a_missing_program_is_a_failure_that_the_model_can_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(module, "python_command", lambda: "no-such-python")

    result = run(tmp_path, block("print(1)"))

    assert (result.exit_code, "no-such-python: command not found" in result.output) == (127, True)


# --- time limit ------------------------------------------------------------------------------------------------

WAIT_FOR_EVER = "import threading; print('so far'); threading.Event().wait()"


def test_a_timeout_has_exit_code_124_and_shows_the_output_so_far(tmp_path: Path) -> None:
    result = run(tmp_path, block("print('first')"), block(WAIT_FOR_EVER), block("print('never')"), timeout=3)

    assert (result.exit_code, result.output) == (124, "first\nso far\n\nTimeout")


@posix_only
def test_a_timeout_kills_the_children_too(tmp_path: Path) -> None:
    code = "import subprocess, threading\nchild = subprocess.Popen(['sleep', '600'])\nprint(child.pid)\nchild.wait()"

    result = run(tmp_path, block(code), timeout=3)

    pid = int(result.output.splitlines()[0])
    assert wait_until(lambda: not is_running(pid))


@posix_only
def test_a_background_process_that_holds_the_output_is_killed_at_the_time_limit(tmp_path: Path) -> None:
    result = run(tmp_path, block("sleep 600 & echo $!", "sh"), timeout=2)

    assert result.exit_code == 124
    assert wait_until(lambda: not is_running(int(result.output.splitlines()[0])))


def is_running(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/status")
        if status.exists() and "State:\tZ" in status.read_text():
            return False
        os.kill(pid, 0)
    except (ProcessLookupError, FileNotFoundError):
        return False
    return True


@posix_only
def test_stop_ends_a_background_process_that_holds_the_output(tmp_path: Path) -> None:
    executor = LocalCommandLineCodeExecutor(work_dir=tmp_path, timeout=60)
    results: list[CommandLineCodeResult] = []
    code = "sleep 300 & echo $! > pid; mv pid started"
    running = threading.Thread(target=lambda: results.append(executor.execute_code_blocks([block(code, "sh")])))
    running.start()
    assert wait_until((tmp_path / "started").exists)
    executor.stop()
    running.join(10)

    assert [result.exit_code for result in results] == [130]


def test_stop_between_two_blocks_keeps_the_second_from_running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    executor = LocalCommandLineCodeExecutor(work_dir=tmp_path)
    save = module.save_code

    def save_and_stop(code: str, *places: Any) -> Path:
        if "second" in code:
            executor.stop()
        return save(code, *places)

    monkeypatch.setattr(module, "save_code", save_and_stop)
    result = executor.execute_code_blocks([block("print('first')"), block("print('second')")])

    assert (result.exit_code, result.output) == (130, "first\n\nStopped")
    assert executor.execute_code_blocks([block("print(3)")]).output == "3\n"


@pytest.mark.parametrize("timeout", [0, -1])
def test_a_time_limit_below_one_second_is_refused(timeout: int) -> None:
    with pytest.raises(ValueError, match=r"Timeout must be greater than or equal to 1\."):
        LocalCommandLineCodeExecutor(timeout=timeout)


# --- policies --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["javascript", "html", "css", "HTML"])
def test_languages_that_are_not_run_are_saved(tmp_path: Path, language: str) -> None:
    result = run(tmp_path, block("<p>", language))

    assert (result.exit_code, result.output) == (0, f"Code saved to {result.code_file}\n")
    assert result.code_file is not None
    assert Path(result.code_file).suffix == f".{language.lower()}"
    assert Path(result.code_file).read_text() == "<p>"


def test_a_policy_can_keep_python_from_running(tmp_path: Path) -> None:
    executor = LocalCommandLineCodeExecutor(work_dir=tmp_path, execution_policies={"python": False, "html": True})

    result = executor.execute_code_blocks([block("raise SystemExit(1)")])

    assert result.exit_code == 0
    assert executor.execution_policies["html"] is True
    assert executor.execution_policies["sh"] is True


def test_policies_of_one_executor_do_not_leak_into_the_defaults(tmp_path: Path) -> None:
    LocalCommandLineCodeExecutor(work_dir=tmp_path, execution_policies={"python": False})

    assert LocalCommandLineCodeExecutor.DEFAULT_EXECUTION_POLICY["python"] is True


def test_a_language_that_is_to_run_but_has_no_program_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(NotImplementedError, match="html not recognized in code execution"):
        run(tmp_path, block("<p>", "html"), execution_policies={"html": True})


# --- file names ------------------------------------------------------------------------------------------------


def test_the_first_line_can_name_the_file_even_in_a_new_subdirectory(tmp_path: Path) -> None:
    result = run(tmp_path, block("# filename: sub/foo.py\nprint(1)"))

    assert (result.exit_code, result.code_file) == (0, str(tmp_path.resolve() / "sub" / "foo.py"))


@pytest.mark.parametrize("name", ["../foo.py", "/tmp/../foo.py", "a/../../foo.py"])
def test_a_name_outside_the_working_directory_is_refused(tmp_path: Path, name: str) -> None:
    result = run(tmp_path / "work", block(f"# filename: {name}\nprint(1)"))

    assert result == CommandLineCodeResult(exit_code=1, output="Filename is not in the workspace", code_file=None)


def test_a_name_below_a_file_is_a_failure_that_the_model_can_read(tmp_path: Path) -> None:
    result = run(tmp_path, block("# filename: a.py"), block("# filename: a.py/b.py"))

    assert (result.exit_code, result.output) == (1, "The file a.py/b.py cannot be written: File exists")


def test_a_working_directory_that_cannot_be_written_to_is_an_error(tmp_path: Path) -> None:
    executor = LocalCommandLineCodeExecutor(work_dir=tmp_path / "work")
    (tmp_path / "work").rmdir()
    (tmp_path / "work").write_text("a file")

    with pytest.raises(FileExistsError):
        executor.execute_code_blocks([block("print(1)")])


@pytest.mark.parametrize("name", ["/".join(["a" * 200] * 30), "\ud800.py", "directory"])
def test_a_name_that_no_file_can_have_is_not_used(tmp_path: Path, name: str) -> None:
    (tmp_path / "directory").mkdir()
    result = run(tmp_path, block(f"# filename: {name}\nprint(1)"))

    assert (result.exit_code, result.output) == (0, "1\n")


@posix_only
def test_the_name_of_a_pipe_is_not_used(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")

    assert run(tmp_path, block("# filename: pipe.py\nprint(1)")).output == "1\n"


@posix_only
def test_shell_code_may_have_the_line_ends_of_windows(tmp_path: Path) -> None:
    assert run(tmp_path, block("if true; then\r\necho yes\r\nfi\r\n", "sh")).output == "yes\n"


@posix_only
def test_a_symbolic_link_does_not_lead_out_of_the_working_directory(tmp_path: Path) -> None:
    work, outside = tmp_path / "work", tmp_path / "outside"
    work.mkdir()
    outside.mkdir()
    (work / "link").symlink_to(outside)

    result = run(work, block("# filename: link/foo.py\nprint(1)"))

    assert (result.exit_code, result.output) == (1, "Filename is not in the workspace")
    assert list(outside.iterdir()) == []


@posix_only
def test_a_symbolic_link_in_place_of_the_temporary_file_is_not_followed(tmp_path: Path) -> None:
    work, precious = tmp_path / "work", tmp_path / "precious"
    work.mkdir()
    precious.write_text("keep me")
    (work / f"tmp_code_{PRINT_1_MD5}.py").symlink_to(precious)

    result = run(work, block("print(1)"))

    assert (result.exit_code, precious.read_text()) == (1, "keep me")


# --- refusals --------------------------------------------------------------------------------------------------

REFUSALS = [
    ("rm -rf /", "Use of 'rm -rf' command is not allowed."),
    ("sudo rm  -rf x", "Use of 'rm -rf' command is not allowed."),
    ("echo hi\nrm -rf /", "Use of 'rm -rf' command is not allowed."),
    ("mv a /dev/null", "Moving files to /dev/null is not allowed."),
    ("dd if=/dev/zero of=x", "Use of 'dd' command is not allowed."),
    ("echo a > /dev/sda", "Overwriting disk blocks directly is not allowed."),
    ("cat x >/dev/sdb1", "Overwriting disk blocks directly is not allowed."),
    (":(){ :|:& };:", "Fork bombs are not allowed."),
    (":(){:|:&};:", "Fork bombs are not allowed."),
    ("rm \\\n  -rf x", "Use of 'rm -rf' command is not allowed."),
    ("mv 'a\nb' /dev/null", "Moving files to /dev/null is not allowed."),
    ('mv "a\n\\"b" /dev/null', "Moving files to /dev/null is not allowed."),
    ("mv a \\\n  /dev/null", "Moving files to /dev/null is not allowed."),
    ("# don't\nmv 'a\nb' /dev/null", "Moving files to /dev/null is not allowed."),
]


@pytest.mark.parametrize("language", ["sh", "bash", "shell"])
@pytest.mark.parametrize(("code", "message"), REFUSALS)
def test_dangerous_shell_code_is_refused(language: str, code: str, message: str) -> None:
    with pytest.raises(ValueError, match=f"^Potentially dangerous command detected: {re.escape(message)}$"):
        LocalCommandLineCodeExecutor.sanitize_command(language, code)


@pytest.mark.parametrize(
    "code",
    [
        "rm -r x",
        "git add .",
        "ls > /dev/null",
        "mv a b",
        "shutdown",
        "mv a b\nls > /dev/null",
        "# don't\nmv a b\nls > /dev/null # don't",
    ],
)
def test_other_shell_code_passes(code: str) -> None:
    LocalCommandLineCodeExecutor.sanitize_command("sh", code)


@pytest.mark.parametrize("language", ["python", "ps1"])
def test_only_shell_code_is_looked_at(language: str) -> None:
    LocalCommandLineCodeExecutor.sanitize_command(language, "rm -rf /")


def test_a_refused_block_raises_before_it_is_saved(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="Potentially dangerous command detected"):
        run(tmp_path, block("rm -rf /tmp/x", "bash"))

    assert list(tmp_path.iterdir()) == []


# --- functions -------------------------------------------------------------------------------------------------


@with_requirements(python_packages=[], global_imports=["math"])
def root(x: float) -> float:
    """Take the root.

    Of a number.
    """
    return math.sqrt(x)  # type: ignore[name-defined]  # noqa: F821


def plain(a: int, b: int = 3) -> int:
    """Add."""
    return a + b


sub = FunctionWithRequirements.from_str('def sub(a: int, b: int) -> int:\n    """Take away."""\n    return a - b\n')


def test_functions_can_be_imported_by_the_code(tmp_path: Path) -> None:
    code = "from functions import root, plain, sub\nprint(root(16), plain(1), sub(3, 1))"

    result = run(tmp_path, block(code), functions=[root, plain, sub])

    assert (result.exit_code, result.output) == (0, "4.0 4 2\n")


def test_a_function_of_from_callable_can_be_imported_too(tmp_path: Path) -> None:
    wrapped = FunctionWithRequirements.from_callable(plain, global_imports=["os"])

    result = run(
        tmp_path, block("from mine import plain\nprint(plain(2))"), functions=[wrapped], functions_module="mine"
    )

    assert result.output == "5\n"


def test_functions_are_described_for_the_prompt_without_bodies(tmp_path: Path) -> None:
    executor = LocalCommandLineCodeExecutor(work_dir=tmp_path, functions=[plain, sub])

    assert executor.format_functions_for_prompt("<$module_name|$functions>") == (
        '<functions|def plain(a: int, b: int = 3) -> int:\n    """Add."""\n    ...\n\n'
        'def sub(a: int, b: int) -> int:\n    """Take away."""\n    ...>'
    )


def test_the_default_prompt_names_the_module_and_the_functions(tmp_path: Path) -> None:
    prompt = LocalCommandLineCodeExecutor(
        work_dir=tmp_path, functions=[plain], functions_module="helpers"
    ).format_functions_for_prompt()

    assert "from helpers import" in prompt
    assert "def plain(" in prompt


def test_functions_that_do_not_load_are_an_error_that_says_why(tmp_path: Path) -> None:
    broken = FunctionWithRequirements.from_str("def q(): return 1", global_imports=["no_such_module_here"])

    with pytest.raises(ValueError, match=r"(?s)Functions failed to load: .*No module named 'no_such_module_here'"):
        run(tmp_path, block("print(1)"), functions=[broken])


def test_packages_that_pip_cannot_install_are_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_DISABLE_PIP_VERSION_CHECK", "1")
    needy = FunctionWithRequirements.from_str("def q(): return 1", python_packages=["no-such-package-here"])

    with pytest.raises(ValueError, match=r"(?s)Pip install failed\. .*no-such-package-here"):
        run(tmp_path, block("print(1)"), functions=[needy])


@pytest.mark.parametrize("name", ["not valid", "a.b", "", "1a"])
def test_the_functions_module_must_be_a_python_name(name: str) -> None:
    with pytest.raises(ValueError, match="Module name must be a valid Python identifier"):
        LocalCommandLineCodeExecutor(functions_module=name)


# --- the rest --------------------------------------------------------------------------------------------------


@posix_only
def test_code_can_run_in_a_virtual_environment(tmp_path: Path) -> None:
    context = create_virtual_env(str(tmp_path / "venv"), with_pip=False)
    code = [block("import sys; print(sys.prefix)"), block("command -v python", "sh")]

    result = run(tmp_path, *code, virtual_env_context=context)

    assert result.output == f"{tmp_path / 'venv'}\n{tmp_path / 'venv' / 'bin' / 'python'}\n"


@posix_only
def test_pip_in_shell_code_is_silenced(tmp_path: Path) -> None:
    result = run(tmp_path, block("# filename: a.sh\npip() { echo $@; }\npip install x", "sh"))

    assert result.output == "install -qqq x\n"


def test_restart_warns_that_it_does_nothing(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="Restarting local command line code executor is not supported"):
        LocalCommandLineCodeExecutor(work_dir=tmp_path).restart()


def test_it_is_a_code_executor_with_the_documented_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    executor = LocalCommandLineCodeExecutor()

    assert isinstance(executor, CodeExecutor)
    assert (executor.timeout, executor.work_dir, executor.functions_module) == (60, Path("."), "functions")
    assert executor.functions == []


def test_a_missing_working_directory_is_made_with_its_parents(tmp_path: Path) -> None:
    LocalCommandLineCodeExecutor(work_dir=tmp_path / "a" / "b")

    assert (tmp_path / "a" / "b").is_dir()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("LocalCommandlineCodeExecutor", "LocalCommandLineCodeExecutor"),
        ("CommandlineCodeResult", "CommandLineCodeResult"),
    ],
)
def test_the_old_spellings_are_the_same_classes_with_a_warning(old: str, new: str) -> None:
    with pytest.warns(DeprecationWarning, match=f"{old} has been renamed to {new}"):
        assert getattr(module, old) is getattr(module, new)


def test_unknown_names_of_the_module_are_attribute_errors() -> None:
    with warnings.catch_warnings(), pytest.raises(AttributeError, match="no_such_name"):
        module.no_such_name  # noqa: B018
