import os
import re
import shutil
import signal
import string
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autogen_classic import code_utils
from autogen_classic._code import commands, execution
from autogen_classic._code.process import command as process
from autogen_classic._legacy import completions
from autogen_classic.code_utils import (
    CODE_BLOCK_PATTERN,
    PassAssertionFilter,
    check_can_use_docker_or_throw,
    content_str,
    create_virtual_env,
    decide_use_docker,
    eval_function_completions,
    execute_code,
    extract_code,
    generate_assertions,
    generate_code,
    get_powershell_command,
    implement,
    improve_code,
    improve_function,
    infer_lang,
    timeout_handler,
)

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="uses sh")
TEXT = {"type": "text", "text": "a"}
IMAGE = {"type": "image_url", "image_url": {"url": "x"}}


# --- content_str -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "text"), [(None, ""), ("a", "a"), ([], ""), ([TEXT, TEXT], "aa"), ([TEXT, IMAGE, TEXT], "a<image>a")]
)
def test_content_becomes_text(content: Any, text: str) -> None:
    assert content_str(content) == text


@pytest.mark.parametrize(
    ("content", "error", "message"),
    [
        (5, TypeError, "content must be None, str, or list, but got <class 'int'>"),
        ({"a": 1}, TypeError, "content must be None, str, or list, but got <class 'dict'>"),
        (["a"], TypeError, "Wrong content format: every element should be dict if the content is a list."),
        ([{"x": 1}], AssertionError, "Wrong content format. Missing 'type' key in content's dict."),
        ([{"type": "video"}], ValueError, "Wrong content format: unknown type video within the content"),
    ],
)
def test_wrong_content_is_refused(content: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=re.escape(message)):
        content_str(content)


# --- infer_lang ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "language"),
    [
        ("python x.py", "sh"),
        ("python3 -c 1", "sh"),
        ("pip install x", "sh"),
        ("pip --version", "sh"),
        ("pip3 install x", "sh"),
        ("print(1)", "python"),
        ("import os", "python"),
        ("", "python"),
        ("pipeline = 1", "python"),
        ("x is 1", "python"),
        ("echo hi", "unknown"),
        ("def f(:", "unknown"),
        ("return 1", "unknown"),
        ("a\0b", "unknown"),
    ],
)
def test_the_language_is_guessed(code: str, language: str) -> None:
    assert infer_lang(code) == language


# --- extract_code ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("```python\nprint(1)\n```", [("python", "print(1)")]),
        ("```\nls -la\n```", [("", "ls -la")]),
        ("no code", [("unknown", "no code")]),
        ("", [("unknown", "")]),
        (None, [("unknown", "")]),
        ("```python\nunclosed", [("unknown", "```python\nunclosed")]),
        ("```python\r\nprint(1)\r\n```", [("python", "print(1)")]),
        ("``` python \nprint(1)\n```", [("python", "print(1)")]),
        ("  ```python\n  print(1)\n  ```", [("python", "print(1)")]),
        ("a ```python\n  1\n```", [("python", "  1")]),
        ("1. Run:\n\n   ```python\n   if x:\n       f()\n   ```", [("python", "if x:\n    f()")]),
        ("- a\n  - ```python\n    if x:\n      f()\n    ```", [("python", "if x:\n  f()")]),
        ("10) ```python\n    1\n    ```", [("python", "1")]),
        ("\t```python\n\tif x:\n\t\tf()\n\t```", [("python", "if x:\n\tf()")]),
        ("   ```python\n\tf()\n   ```", [("python", " f()")]),  # three of the four columns of the tab
        ("  ```python\nx = 1\n\n  y = 2\n  ```", [("python", "x = 1\n\ny = 2")]),
        ("  ```python\r\n  1\r\n  2\r\n  ```", [("python", "1\r\n2")]),
        ("```python\n  1\n```", [("python", "  1")]),
        ("```py\n1\n```trailing", [("py", "1")]),
        ("```python\n```", [("unknown", "```python\n```")]),
        ([{"type": "text", "text": "```python\n1\n```"}], [("python", "1")]),
        ("```c++\nint x;\n```\ntext\n```python\n1\n```", [("c++", "int x;"), ("python", "1")]),
        ("Use ```pip``` first.\nThen\n```sh\nls\n```", [("sh", "ls")]),
    ],
)
def test_code_is_extracted(text: Any, found: list[tuple[str, str]]) -> None:
    assert extract_code(text) == found


def test_single_lines_of_code_are_found_beside_an_indented_block() -> None:
    text = "Call `f()`:\n\n- ```python\n  def f():\n      return 1\n  ```"

    assert extract_code(text, detect_single_line_code=True) == [("", "f()"), ("python", "def f():\n    return 1")]


def test_a_pattern_of_the_programs_own_finds_code_as_it_stands() -> None:
    assert extract_code("  <<py>>\n  1\n  <<>>", pattern=r"<<(\w+)>>\n(.*?)\n\s*<<>>") == [("py", "  1")]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a `x=1` b", [("", "x=1")]),
        ("run `ls ` and ```python\n1\n``` ok", [("", "ls"), ("python", "1")]),
        ("``x``", [("", "x")]),
        ("```x```", [("", "x")]),
        ("```python\nprint(`1`)\n```", [("python", "print(`1`)")]),
        ("nothing", []),
        ("", []),
    ],
)
def test_single_line_code_is_extracted_on_request(text: str, found: list[tuple[str, str]]) -> None:
    assert extract_code(text, detect_single_line_code=True) == found


def test_a_pattern_of_ones_own_is_used() -> None:
    assert extract_code("<c>py x</c>", r"<c>(\w+) (.*?)</c>") == [("py", "x")]


@given(
    st.lists(
        st.tuples(
            st.text(string.ascii_letters + string.digits + "_", max_size=8),
            st.text(string.ascii_letters + " \n\t'\"=()", max_size=60),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_no_fenced_code_is_ever_lost(written: list[tuple[str, str]]) -> None:
    message = "\nsome text\n".join(f"```{language}\n{code}\n```" for language, code in written)

    assert extract_code(message) == written
    assert extract_code(message, detect_single_line_code=True) == written


@given(st.text(st.characters(exclude_characters="`", exclude_categories=["Cs"])))
def test_a_text_without_fences_is_handed_back_whole(text: str) -> None:
    assert extract_code(text) == [("unknown", text)]


def test_the_public_pattern_has_two_groups() -> None:
    assert re.compile(CODE_BLOCK_PATTERN).groups == 2


# --- execute_code ----------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def no_docker_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AUTOGEN_USE_DOCKER", raising=False)


def run(code: str | None, work_dir: Path, **settings: Any) -> tuple[int, str, str | None]:
    return execute_code(code, work_dir=str(work_dir), use_docker=False, **settings)


def test_characters_that_utf_8_does_not_know_are_replaced_in_executed_code(tmp_path: Path) -> None:
    assert run("print('\ud83d')", tmp_path) == (0, "?\n", None)


@posix_only
def test_executed_shell_code_may_have_the_line_ends_of_windows(tmp_path: Path) -> None:
    assert run("if true; then\r\necho yes\r\nfi\r\n", tmp_path, lang="sh") == (0, "yes\n", None)


def test_executed_code_gives_its_output_and_leaves_no_file(tmp_path: Path) -> None:
    assert run("print(1)", tmp_path) == (0, "1\n", None)
    assert list(tmp_path.iterdir()) == []


def test_a_failure_gives_the_error_output_without_the_temporary_path(tmp_path: Path) -> None:
    exit_code, log, image = run("print(1)\nraise ValueError('x')", tmp_path)

    assert (exit_code, image) == (1, None)
    assert log.startswith('Traceback (most recent call last):\n  File "", line 2, in <module>\n')
    assert log.endswith("ValueError: x\n")


@pytest.mark.parametrize("language", ["sh", "bash"])
def test_a_failure_of_a_shell_gives_the_error_output_without_the_temporary_name(tmp_path: Path, language: str) -> None:
    exit_code, log, _ = execute_code("no_such_command_x", work_dir=str(tmp_path), use_docker=False, lang=language)

    assert exit_code == 127
    assert re.fullmatch(r": (line )?1: no_such_command_x: (command )?not found\n", log)


def test_a_named_file_stays_and_stands_in_the_traceback_by_its_name(tmp_path: Path) -> None:
    _, log, _ = run("1/0", tmp_path, filename="a.py")

    assert 'File "a.py", line 1' in log
    assert [path.name for path in tmp_path.iterdir()] == ["a.py"]


def test_a_named_file_can_stand_in_a_new_subdirectory(tmp_path: Path) -> None:
    assert run("print(2)", tmp_path, filename="sub/dir/b.py") == (0, "2\n", None)


def test_a_file_that_is_already_there_runs_without_code(tmp_path: Path) -> None:
    (tmp_path / "there.py").write_text("print('here')")

    assert run(None, tmp_path, filename="there.py") == (0, "here\n", None)


def test_neither_code_nor_file_is_an_error() -> None:
    with pytest.raises(AssertionError, match=r"Either code=None or filename=None must be provided\."):
        execute_code(use_docker=False)


@posix_only
def test_a_legacy_timeout_has_exit_code_1_and_the_text_timeout(tmp_path: Path) -> None:
    assert run("print('x'); import threading; threading.Event().wait()", tmp_path, timeout=0.5) == (1, "Timeout", None)
    assert list(tmp_path.iterdir()) == []


@posix_only
@pytest.mark.parametrize("language", ["sh", "bash", "shell"])
def test_shell_code_keeps_its_exit_code(tmp_path: Path, language: str) -> None:
    assert run("echo hi; echo err >&2; exit 3", tmp_path, lang=language) == (3, "err\n", None)
    assert run("echo hi; echo err >&2", tmp_path, lang=language) == (0, "hi\n", None)


@posix_only
@pytest.mark.parametrize("name", ["SIGKILL", "SIGSEGV", "SIGTERM"])
def test_a_killed_run_says_which_signal_ended_it(tmp_path: Path, name: str) -> None:
    code = (
        f"import os, signal, sys\nprint('last words', file=sys.stderr, flush=True)\nos.kill(os.getpid(), signal.{name})"
    )

    exit_code, log, _ = run(code, tmp_path)

    assert exit_code == -getattr(signal, name)
    assert log.startswith(f"last words\nThe code was ended by {name}")


@pytest.mark.parametrize("language", ["py", "Python", "python3"])
def test_python_is_known_by_other_spellings(tmp_path: Path, language: str) -> None:
    assert run("print(1)", tmp_path, lang=language) == (0, "1\n", None)


@pytest.mark.parametrize("language", ["java", "PYTHON", "", None])
def test_an_unknown_language_is_an_error_and_leaves_no_file(tmp_path: Path, language: str | None) -> None:
    with pytest.raises(NotImplementedError, match=f"^{language} not recognized in code execution$"):
        run("print(1)", tmp_path, lang=language)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_program_has_exit_code_127(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")

    exit_code, log, _ = run("1", tmp_path, lang="javascript")

    assert (exit_code, "node: command not found" in log) == (127, True)


def test_a_working_directory_with_spaces_works(tmp_path: Path) -> None:
    assert run("print('é')", tmp_path / "a b") == (0, "é\n", None)


@posix_only
def test_an_interrupted_run_kills_the_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []

    class Interrupted(subprocess.Popen):  # type: ignore[type-arg]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            started.append(self)
            threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()

    monkeypatch.setattr(process.subprocess, "Popen", Interrupted)

    with pytest.raises(KeyboardInterrupt):
        run("import threading; threading.Event().wait()", tmp_path)

    assert started[0].poll() is not None


def test_a_missing_working_directory_is_not_taken_for_a_missing_program(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        process.run_command([sys.executable, "-V"], cwd=tmp_path / "none", timeout=5)


@posix_only
def test_output_is_returned_even_if_an_escaped_process_holds_the_pipe(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "_SECONDS_TO_DIE", 0.1)
    code = (
        "import subprocess, threading\n"
        "child = subprocess.Popen(['sleep', '600'], start_new_session=True, env={'PATH': '/usr/bin:/bin'})\n"
        "print(child.pid)\nthreading.Event().wait()"
    )

    result = process.run_command([sys.executable, "-c", code], cwd=tmp_path, timeout=3)

    os.kill(int(result.stdout), signal.SIGKILL)
    assert result.timed_out


# --- docker ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wish", "decision"),
    [
        (None, True),
        *((word, True) for word in ("1", "true", "True", "yes", "t")),
        *((word, False) for word in ("0", "false", "FALSE", "no", "f")),
        ("None", None),
    ],
)
def test_the_environment_decides_about_docker(
    monkeypatch: pytest.MonkeyPatch, wish: str | None, decision: bool | None
) -> None:
    if wish is not None:
        monkeypatch.setenv("AUTOGEN_USE_DOCKER", wish)

    assert decide_use_docker(None) is decision


@pytest.mark.parametrize("wish", ["", "maybe", "2", "on", "y"])
def test_a_meaningless_wish_in_the_environment_is_refused(monkeypatch: pytest.MonkeyPatch, wish: str) -> None:
    monkeypatch.setenv("AUTOGEN_USE_DOCKER", wish)

    message = (
        f"Invalid value for AUTOGEN_USE_DOCKER: {wish}. Please set AUTOGEN_USE_DOCKER to "
        '"1/True/yes", "0/False/no", or "None".'
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        decide_use_docker(None)


@pytest.mark.parametrize("said", [True, False, "python:3", ["a"], 0])
def test_what_the_program_says_about_docker_goes_first(monkeypatch: pytest.MonkeyPatch, said: Any) -> None:
    monkeypatch.setenv("AUTOGEN_USE_DOCKER", "maybe")

    assert decide_use_docker(said) == said


@pytest.mark.parametrize("wanted", [True, "python:3", ["a"], 1])
def test_docker_that_is_wanted_and_not_running_is_an_error(monkeypatch: pytest.MonkeyPatch, wanted: Any) -> None:
    monkeypatch.setattr(code_utils, "in_docker_container", lambda: False)
    monkeypatch.setattr(code_utils, "is_docker_running", lambda: False)

    with pytest.raises(RuntimeError, match="docker is not running") as error:
        check_can_use_docker_or_throw(wanted)

    assert 'Set "use_docker": False in code_execution_config' in str(error.value)


@pytest.mark.parametrize("wanted", [False, None, 0])
def test_docker_that_is_not_wanted_is_not_looked_for(monkeypatch: pytest.MonkeyPatch, wanted: Any) -> None:
    monkeypatch.setattr(code_utils, "in_docker_container", lambda: pytest.fail("looked"))

    check_can_use_docker_or_throw(wanted)


def test_docker_is_the_default_but_none_asks_for_a_process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(code_utils, "in_docker_container", lambda: False)
    monkeypatch.setattr(code_utils, "is_docker_running", lambda: False)

    assert execute_code("print(1)", work_dir=str(tmp_path), use_docker=None) == (0, "1\n", None)
    with pytest.raises(RuntimeError, match="docker is not running"):
        execute_code("print(1)", work_dir=str(tmp_path))


def test_inside_a_container_code_runs_as_a_process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(code_utils, "in_docker_container", lambda: True)

    assert execute_code("print(1)", work_dir=str(tmp_path), use_docker=True) == (0, "1\n", None)


def test_docker_is_not_running_if_its_command_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")

    assert code_utils.is_docker_running() is False


def test_the_default_images_are_python() -> None:
    assert all(image.startswith("python:3") for image in execution._DEFAULT_IMAGES)


# --- small helpers ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "found"),
    [
        ({"powershell": 0, "pwsh": 0}, "powershell"),
        ({"pwsh": 0}, "pwsh"),
        ({"powershell": 1, "pwsh": 0}, "pwsh"),  # it is there and does not run
    ],
)
def test_powershell_is_found_by_asking_each(
    monkeypatch: pytest.MonkeyPatch, answers: dict[str, int], found: str
) -> None:
    monkeypatch.setattr(code_utils.subprocess, "run", answering(answers))

    assert get_powershell_command() == found


@pytest.mark.parametrize("answers", [{}, {"powershell": 1, "pwsh": 1}])
def test_a_missing_powershell_is_an_error(monkeypatch: pytest.MonkeyPatch, answers: dict[str, int]) -> None:
    monkeypatch.setattr(code_utils.subprocess, "run", answering(answers))

    with pytest.raises(FileNotFoundError, match="Install PowerShell"):
        get_powershell_command()


def test_a_powershell_that_may_not_be_run_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(command: list[str], **settings: Any) -> Any:
        raise PermissionError(command[0])

    monkeypatch.setattr(code_utils.subprocess, "run", refuse)

    with pytest.raises(PermissionError):
        get_powershell_command()


def answering(exit_codes: dict[str, int]) -> Any:
    """A subprocess.run that knows only some programs."""

    def run(command: list[str], **settings: Any) -> SimpleNamespace:
        if command[0] not in exit_codes:
            raise FileNotFoundError(command[0])
        return SimpleNamespace(returncode=exit_codes[command[0]])

    return run


def test_executors_of_published_programs_find_the_name_of_a_program() -> None:
    names = {lang: code_utils._cmd(lang) for lang in ("python", "Python", "py", "python3", "sh", "shell", "bash")}

    assert names == {
        **dict.fromkeys(("python", "Python", "py"), "python"),
        "python3": "python3",
        **dict.fromkeys(("sh", "shell"), "sh"),
        "bash": "bash",
    }
    with pytest.raises(NotImplementedError, match="cobol"):
        code_utils._cmd("cobol")


def test_on_windows_shell_code_goes_to_powershell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands.sys, "platform", "win32")
    monkeypatch.setattr(shutil, "which", lambda name: name)

    assert commands.command_for("sh") == ["powershell"]
    assert commands.temporary_name("x", "sh").endswith(".ps1")


def test_a_virtual_environment_is_created(tmp_path: Path) -> None:
    context = create_virtual_env(str(tmp_path / "env"), with_pip=False)

    assert Path(context.env_exe).exists()
    assert context.bin_path == os.path.dirname(context.env_exe)


def test_the_timeout_handler_raises() -> None:
    with pytest.raises(TimeoutError, match="Timed out!"):
        timeout_handler(1, None)


# --- code written by a model -----------------------------------------------------------------------------------

ADD = 'def add(a, b):\n    """Add."""\n'
RIGHT, WRONG = "    return a + b\n", "    return a - b\n"
ASSERTION = "assert add(1, 2) == 3"
TEST = "def check(function):\n    assert function(1, 2) == 3\n"


def evaluate(responses: list[str], **settings: Any) -> dict[str, Any]:
    return eval_function_completions(responses, ADD, use_docker=False, **settings)


@pytest.mark.parametrize(
    ("versions", "chance"), [([RIGHT], 1), ([RIGHT, WRONG], 0.75), ([RIGHT, WRONG, WRONG], 19 / 27), ([WRONG], 0)]
)
def test_a_test_tells_the_chance_of_a_right_version_as_0_2_40_does(versions: list[str], chance: float) -> None:
    assert evaluate(versions, test=TEST, entry_point="add") == {
        "expected_success": pytest.approx(chance),
        "success": RIGHT in versions,
    }


def test_assertions_choose_the_first_right_version() -> None:
    assert evaluate([WRONG, RIGHT], assertions=ASSERTION) == {
        "index_selected": 1,
        "succeed_assertions": True,
        "gen_cost": 0,
        "assertions": ASSERTION,
    }


def test_the_last_version_is_chosen_if_none_is_right() -> None:
    metrics = evaluate([WRONG, WRONG], assertions=lambda definition: (ASSERTION, 0.5))

    assert (metrics["index_selected"], metrics["succeed_assertions"], metrics["gen_cost"]) == (1, False, 0.5)


def test_a_test_besides_assertions_judges_the_chosen_version() -> None:
    assert evaluate([RIGHT], assertions=ASSERTION, test=TEST, entry_point="add")["success"] is True


def test_a_whole_function_in_a_fenced_block_is_a_version_too() -> None:
    assert evaluate([f"Here:\n```python\n{ADD}{RIGHT}```"], assertions=ASSERTION)["succeed_assertions"] is True


def test_without_test_and_assertions_nothing_succeeds() -> None:
    assert evaluate([RIGHT]) == {"expected_success": 0, "success": False}


def test_there_must_be_a_version_to_evaluate() -> None:
    with pytest.raises(ValueError, match="responses is empty"):
        evaluate([])


def test_the_assertion_filter_makes_its_assertions_once() -> None:
    made: list[str] = []

    def make(definition: str) -> tuple[str, float]:
        made.append(definition)
        return ASSERTION, 0.25

    checker = PassAssertionFilter(make)
    context = {"definition": ADD, "use_docker": False}

    assert [checker.pass_assertions(context, [WRONG]), checker.pass_assertions(context, [RIGHT])] == [False, True]
    assert (made, checker.cost, checker.responses) == ([ADD], 0.25, [RIGHT])


class FakeWrapper:
    """Stands in for OpenAIWrapper: answers from a list, and remembers what it was asked."""

    answers: list[str]
    asked: list[tuple[dict[str, Any], str]]

    def __init__(self, **settings: Any) -> None:
        self.settings = settings

    def create(self, messages: list[dict[str, str]]) -> Any:
        self.asked.append((self.settings, messages[0]["content"]))
        return SimpleNamespace(cost=0.5, text=self.answers.pop(0))

    @staticmethod
    def extract_text_or_completion_object(response: Any) -> list[str]:
        return [response.text]


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> type[FakeWrapper]:
    fake = type("FakeWrapper", (FakeWrapper,), {"answers": [], "asked": []})
    monkeypatch.setattr(completions, "OpenAIWrapper", fake)
    monkeypatch.setenv("AUTOGEN_USE_DOCKER", "0")
    return fake


def test_code_is_generated(model: type[FakeWrapper]) -> None:
    model.answers = ["Sure:\n```python\nprint(1)\n```"]

    assert generate_code(prompt="print one", config_list=[{"api_key": "k"}], temperature=0) == ("print(1)", 0.5)
    settings, prompt = model.asked[0]
    assert settings == {"config_list": [{"model": "gpt-3.5-turbo", "api_key": "k"}], "temperature": 0}
    assert prompt.startswith("print one")


def test_a_function_is_improved(model: type[FakeWrapper], tmp_path: Path) -> None:
    (tmp_path / "m.py").write_text(ADD + RIGHT)
    model.answers = ["```python\nnew\n```"]

    assert improve_function(str(tmp_path / "m.py"), "add", "be {fast}", model="mine") == ("new", 0.5)
    settings, prompt = model.asked[0]
    assert settings["config_list"] == [{"model": "mine"}]
    assert all(part in prompt for part in ('"add"', "be {fast}", ADD + RIGHT))


@pytest.mark.parametrize("suggest_only", [True, False])
def test_files_are_improved(model: type[FakeWrapper], tmp_path: Path, suggest_only: bool) -> None:
    (tmp_path / "m.py").write_text("x = {}")
    model.answers = ["do this"]

    assert improve_code([str(tmp_path / "m.py")], "shorter", suggest_only) == ("do this", 0.5)
    assert "x = {}" in model.asked[0][1]
    assert ("suggestion" in model.asked[0][1]) is suggest_only


def test_assertions_are_generated_without_the_prose_around_them(model: type[FakeWrapper]) -> None:
    model.answers = [f"Here:\n```python\n{ASSERTION}\n```\nDone."]

    assert generate_assertions(ADD) == (ASSERTION, 0.5)


def test_implement_asks_the_next_model_until_an_answer_passes(model: type[FakeWrapper]) -> None:
    model.answers = [WRONG, ASSERTION, f"```python\n{ADD}{RIGHT}```"]
    configs = [{"model": "cheap"}, {"model": "dear"}, {"model": "never"}]

    assert implement(ADD, configs) == (ADD + RIGHT.rstrip("\n"), 1.5)
    assert [settings["config_list"][0]["model"] for settings, _ in model.asked] == ["cheap", "gpt-3.5-turbo", "dear"]


def test_implement_without_assertions_takes_the_first_answer(model: type[FakeWrapper]) -> None:
    model.answers = [WRONG]

    assert implement(ADD, assertions=None) == (WRONG, 0.5)


def test_implement_needs_a_configuration() -> None:
    with pytest.raises(ValueError, match="configs is empty"):
        implement(ADD, [])


def test_an_answer_of_the_real_wrapper_is_read_by_its_texts(model: type[FakeWrapper]) -> None:
    assert completions._texts_of(SimpleNamespace(text="x")) == ["x"]


def test_what_is_loaded_when_it_is_needed_is_listed_with_the_rest() -> None:
    assert {"subprocess", "TIMEOUT_MSG", "create_virtual_env", "execute_code"} <= set(dir(code_utils))
