"""The data classes, the factory, the Markdown extractor, functions with requirements, and the helpers."""

import string
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

import autogen_classic.coding as coding
from autogen_classic import ChatResult, ConversableAgent
from autogen_classic.coding import factory
from autogen_classic.coding.base import (
    CodeBlock,
    CodeExecutionConfig,
    CodeExecutor,
    CodeResult,
    CommandLineCodeResult,
    IPythonCodeResult,
)
from autogen_classic.coding.docker_commandline_code_executor import _wait_for_ready
from autogen_classic.coding.factory import CodeExecutorFactory
from autogen_classic.coding.func_with_reqs import (
    Alias,
    FunctionWithRequirements,
    FunctionWithRequirementsStr,
    ImportFromModule,
    _build_python_functions_file,
    to_stub,
    with_requirements,
)
from autogen_classic.coding.local_commandline_code_executor import LocalCommandLineCodeExecutor
from autogen_classic.coding.markdown_code_extractor import MarkdownCodeExtractor
from autogen_classic.coding.utils import _get_file_name_from_content, format_chat_result, silence_pip

CODE = st.text(alphabet=string.ascii_letters + string.digits + " \n\t=+()#'\"é", max_size=80)
LANGUAGE = st.from_regex(r"\A[A-Za-z][\w+#.-]{0,8}\Z", fullmatch=True).filter(str.isascii)


def blocks_in(message: object) -> list[tuple[str, str]]:
    return [(block.language, block.code) for block in MarkdownCodeExtractor().extract_code_blocks(message)]  # type: ignore[arg-type]


# --- base ------------------------------------------------------------------------------------------------------


def test_a_code_block_needs_code_and_language() -> None:
    with pytest.raises(ValidationError, match="language"):
        CodeBlock(code="x")  # type: ignore[call-arg]


def test_results_have_the_fields_of_version_0_2() -> None:
    assert CodeResult(exit_code=0, output="x").model_dump() == {"exit_code": 0, "output": "x"}
    assert IPythonCodeResult(exit_code=0, output="x").output_files == []
    assert CommandLineCodeResult(exit_code=0, output="x").code_file is None


def test_whatever_has_the_three_members_is_an_executor() -> None:
    class Whole:
        code_extractor = None

        def execute_code_blocks(self, code_blocks: object) -> None: ...

        def restart(self) -> None: ...

    class Half:
        code_extractor = None

        def execute_code_blocks(self, code_blocks: object) -> None: ...

    assert isinstance(Whole(), CodeExecutor)
    assert not isinstance(Half(), CodeExecutor)


def test_a_code_execution_config_is_a_plain_dict() -> None:
    assert CodeExecutionConfig(work_dir="x") == {"work_dir": "x"}


# --- package ---------------------------------------------------------------------------------------------------


def test_the_package_exports_its_names_on_first_use() -> None:
    assert all(getattr(coding, name).__name__ == name for name in coding.__all__)
    assert set(coding.__all__) <= set(dir(coding))


def test_the_modules_of_the_package_can_be_reached_through_it() -> None:
    assert coding.utils.silence_pip is silence_pip


def test_the_package_has_no_other_names() -> None:
    with pytest.raises(AttributeError, match="NoSuchExecutor"):
        coding.NoSuchExecutor  # type: ignore[attr-defined]  # noqa: B018


def test_importing_the_package_and_code_utils_loads_nothing_heavy() -> None:
    program = (
        "import sys, autogen_classic.coding, autogen_classic.code_utils; "
        "print([m for m in ('pydantic', 'docker', 'openai', 'httpx', 'requests') if m in sys.modules])"
    )
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert loaded.stdout == "[]\n"


# --- factory ---------------------------------------------------------------------------------------------------


def test_an_executor_is_handed_through(tmp_path: Path) -> None:
    executor = LocalCommandLineCodeExecutor(work_dir=tmp_path)

    assert CodeExecutorFactory.create({"executor": executor}) is executor


def test_an_executor_is_made_by_name_with_the_settings_under_that_name(tmp_path: Path) -> None:
    made = CodeExecutorFactory.create(
        {"executor": "commandline-local", "commandline-local": {"timeout": 3, "work_dir": tmp_path}}
    )

    assert isinstance(made, LocalCommandLineCodeExecutor)
    assert (made.timeout, made.work_dir) == (3, tmp_path)


@pytest.mark.parametrize("wanted", [None, "nope", 5, object()])
def test_anything_else_is_an_unknown_executor(wanted: object) -> None:
    with pytest.raises(ValueError, match="Unknown code executor") as error:
        CodeExecutorFactory.create({"executor": wanted})

    assert f"Unknown code executor {wanted}" in str(error.value)
    assert "commandline-local" in str(error.value)


def test_a_config_without_an_executor_is_an_error() -> None:
    with pytest.raises(ValueError, match="Unknown code executor None"):
        CodeExecutorFactory.create({})


def test_a_missing_package_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("autogen_classic.coding.jupyter")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)

    with pytest.raises(ImportError, match=r'pip install "autogen-classic\[jupyter-executor\]"'):
        CodeExecutorFactory.create({"executor": "ipython-embedded"})


def test_a_program_can_register_an_executor_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(factory, "_makers", dict(factory._makers))
    CodeExecutorFactory.register("mine", lambda timeout: LocalCommandLineCodeExecutor(timeout, work_dir=tmp_path))

    made = CodeExecutorFactory.create({"executor": "mine", "mine": {"timeout": 7}})

    assert isinstance(made, LocalCommandLineCodeExecutor)
    assert made.timeout == 7


# --- Markdown --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("message", "found"),
    [
        ("```python\nprint(1)\n```", [("python", "print(1)")]),
        ("no code", []),
        (None, []),
        ("```\nprint(1)\n```", [("python", "print(1)")]),
        ("```\npip install x\n```", [("sh", "pip install x")]),
        ("```\necho hi\n```", [("", "echo hi")]),
        ("```python\na\n```\n```sh\nb\n```", [("python", "a"), ("sh", "b")]),
        ("``` python \r\nprint(1)\r\n```", [("python", "print(1)")]),
        ("  ```python\n  print(1)\n  ```", [("python", "print(1)")]),
        ("```python\nunclosed", []),
        ("```python\n\n\n1\n\n\n```", [("python", "\n\n1\n\n")]),
        ([{"type": "text", "text": "```python\n1\n```"}], [("python", "1")]),
        ("Use ```pip``` first.\n\n```python\n1\n```", [("python", "1")]),
        ("```c++\nint x;\n```\n\ntext\n```python\n1\n```", [("c++", "int x;"), ("python", "1")]),
    ],
)
def test_fenced_blocks_are_found(message: object, found: list[tuple[str, str]]) -> None:
    assert blocks_in(message) == found


@given(st.lists(st.tuples(LANGUAGE, CODE), max_size=5))
def test_no_fenced_code_is_ever_lost(written: list[tuple[str, str]]) -> None:
    message = "\n\nsome text\n\n".join(f"```{language}\n{code}\n```" for language, code in written)

    assert blocks_in(message) == written


# --- functions with requirements -------------------------------------------------------------------------------


@with_requirements(["numpy"], ["os", Alias("json", "js"), ImportFromModule("os", ["path", Alias("getcwd", "g")])])
def described(a: int, *, b: str = "x") -> int:
    """Describe.

    More.
    """
    return a


def test_a_decorated_function_can_still_be_called() -> None:
    assert described(4) == 4
    assert described.__name__ == "described"
    assert described.python_packages == ["numpy"]


def test_a_stub_has_head_and_docstring() -> None:
    indentation = "" if sys.version_info >= (3, 13) else "    "  # from 3.13 on the compiler cuts it off docstrings
    assert to_stub(described) == (
        "def described(a: int, *, b: str = 'x') -> int:\n"
        f'    """Describe.\n\n    {indentation}More.\n    """\n    ...'
    )


def test_a_docstring_in_a_stub_keeps_the_indentation_within_it() -> None:
    def helper(a):  # type: ignore[no-untyped-def]
        """
        Adds.

        Args:
            a: a number
        """

    assert to_stub(helper) == ('def helper(a):\n    """\n    Adds.\n\n    Args:\n        a: a number\n    """\n    ...')


def test_a_stub_without_docstring_is_two_lines_and_says_async() -> None:
    async def bare(q):  # type: ignore[no-untyped-def]
        return q

    assert to_stub(bare) == "async def bare(q):\n    ..."


def test_the_functions_file_has_each_import_once_and_no_requirements_decorator() -> None:
    text = FunctionWithRequirements.from_str("def f(): pass", global_imports=["os"])

    assert _build_python_functions_file([described, text]) == (
        "import os\nimport json as js\nfrom os import path, getcwd as g\n\n"
        'def described(a: int, *, b: str = "x") -> int:\n    """Describe.\n\n    More.\n    """\n    return a\n\n\n'
        "def f(): pass\n\n"
    )


def test_a_function_of_text_cannot_be_called() -> None:
    text = FunctionWithRequirements.from_str("def f(): pass")

    assert isinstance(text, FunctionWithRequirementsStr)
    with pytest.raises(NotImplementedError, match="not directly callable"):
        text()


@pytest.mark.parametrize("source", ["x = 1", "def a(): pass\ndef b(): pass", "class A: pass"])
def test_a_text_must_hold_exactly_one_function(source: str) -> None:
    with pytest.raises(ValueError, match="The string must contain exactly one function"):
        FunctionWithRequirements.from_str(source)


def test_a_text_that_does_not_compile_says_why() -> None:
    with pytest.raises(ValueError, match="Could not compile function: invalid syntax"):
        FunctionWithRequirements.from_str("def a(:")


# --- helpers ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "language", "silenced"),
    [
        ("pip install x", "sh", "pip install -qqq x"),
        ("pip install x\nls\npip install y", "bash", "pip install -qqq x\nls\npip install -qqq y"),
        ("pip install x && pip install y", "shell", "pip install -qqq x && pip install -qqq y"),
        ("pip install -qqq x", "ps1", "pip install -qqq x"),
        ("!pip install x", "python", "!pip install -qqq x"),
        ("! pip install x", "python", "! pip install -qqq x"),
        ("pip install x", "python", "pip install x"),
        ("!pip install x", "sh", "!pip install x"),
        ("x = 'pip install y'", "sh", "x = 'pip install y'"),
        ("# pip install", "sh", "# pip install"),
        ("pip install x", "javascript", "pip install x"),
    ],
)
def test_pip_is_silenced_where_it_is_a_command(code: str, language: str, silenced: str) -> None:
    assert silence_pip(code, language) == silenced


@given(st.text(), st.sampled_from(["sh", "python", "ps1"]))
def test_silencing_twice_changes_nothing_more(code: str, language: str) -> None:
    assert silence_pip(silence_pip(code, language), language) == silence_pip(code, language)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("# filename: foo.py", "foo.py"),
        ("# filename:foo.py", "foo.py"),
        ("# filename:   foo 3.py  ", "foo 3.py"),
        ("# foo.py", "foo.py"),
        ("// filename: a.js", "a.js"),
        ("/* filename: a.css */", "a.css"),
        ("<!-- filename: a.html -->", "a.html"),
        ("# Compute the sum", "Compute the sum"),
        ("# filename: a.py\r", "a.py"),
        ("# see https://example.org/a.py", None),
        ("# the a/b ratio", None),
        ("# filename: ", None),
        ("# filename: .", None),
        ("# filename: " + "x" * 300, None),
        ("#filename: foo.py", None),
        ("#!/usr/bin/env python", None),
        ("## foo.py", None),
        ("print(1)  # foo.py", None),
    ],
)
def test_the_first_line_may_name_the_file(tmp_path: Path, line: str, name: str | None) -> None:
    assert _get_file_name_from_content(f"{line}\nprint(1)", tmp_path) == name


def test_only_the_first_line_counts(tmp_path: Path) -> None:
    assert _get_file_name_from_content("\n# filename: foo.py", tmp_path) is None


@pytest.mark.parametrize(
    ("line", "language", "name"),
    [
        ("# data.csv", "python", None),
        ("# README.md", "sh", None),
        ("# main.py", "sh", None),
        ("# requirements.txt: what this needs", "python", None),
        ("# filename: data.csv", "python", "data.csv"),
        ("# main.py", "python", "main.py"),
        ("# Main.PY", "python", "Main.PY"),
        ("# pkg/main.py", "python", "pkg/main.py"),
        ("# run.sh", "bash", "run.sh"),
        ("# run.bash", "sh", "run.bash"),
        ("// app.js", "javascript", "app.js"),
        ("// app.py", "javascript", None),
        ("<!-- index.htm -->", "html", "index.htm"),
        ("/* style.css */", "css", "style.css"),
        ("# build.ps1", "pwsh", "build.ps1"),
    ],
)
def test_a_bare_name_needs_an_ending_of_the_language(
    line: str, language: str, name: str | None, tmp_path: Path
) -> None:
    assert _get_file_name_from_content(f"{line}\nx", tmp_path, language) == name


def test_a_file_that_is_only_mentioned_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("1,2,3", encoding="utf-8")

    executor = LocalCommandLineCodeExecutor(work_dir=tmp_path)
    result = executor.execute_code_blocks(
        [CodeBlock(code="# data.csv\nprint(open('data.csv').read())", language="python")]
    )

    assert (result.exit_code, result.output) == (0, "1,2,3\n")


def test_private_names_of_the_local_executor_stand_where_programs_read_them(tmp_path: Path) -> None:
    def helper() -> int:
        return 1

    executor = LocalCommandLineCodeExecutor(timeout=7, work_dir=tmp_path, functions=[helper])

    assert (executor._timeout, executor._work_dir, executor._functions) == (7, tmp_path, [helper])
    assert (executor._functions_module, executor._virtual_env_context) == ("functions", None)
    assert executor._setup_functions_complete is False
    executor._setup_functions()
    assert executor._setup_functions_complete is True
    blocks = [CodeBlock(code="from functions import helper\nprint(helper())", language="python")]
    assert executor._execute_code_dont_check_setup(blocks).output == "1\n"


@given(st.text(alphabet=st.sampled_from("ab./\\~ :\0"), max_size=20), st.sampled_from(["# ", "# filename: "]))
def test_no_name_ever_leads_out_of_the_working_directory(name: str, mark: str) -> None:
    root = Path("/no/such/place")
    given_name = None
    with suppress(ValueError):
        given_name = _get_file_name_from_content(f"{mark}{name}\n", root)

    assert given_name is None or (root / given_name).resolve().is_relative_to(root)


# --- agents ----------------------------------------------------------------------------------------------------


def test_an_executor_that_a_subclass_sets_before_the_constructor_runs_stays(tmp_path: Path) -> None:
    executor = LocalCommandLineCodeExecutor(work_dir=tmp_path)

    class Own(ConversableAgent):
        def __init__(self, **settings: Any) -> None:
            self._code_executor = executor
            super().__init__("own", **settings)

    assert Own().code_executor is executor
    assert Own(code_execution_config={"use_docker": False}).code_executor is executor
    given = LocalCommandLineCodeExecutor(work_dir=tmp_path)
    assert Own(code_execution_config={"executor": given}).code_executor is given
    assert ConversableAgent("plain").code_executor is None


def test_what_came_out_of_a_chat_is_written_for_people() -> None:
    said = [
        {"role": "user", "name": "ann", "content": "not shown"},
        {"role": "user", "name": "ann", "content": [{"type": "text", "text": "hello"}]},
        {"role": "assistant", "content": None, "tool_calls": []},
        {"role": "tool", "content": "x" * 400},
    ]
    cost = {"usage_including_cached_inference": {"total_cost": 0.5}}
    text = format_chat_result(ChatResult(chat_id=5, chat_history=said, summary="y" * 400, cost=cost))
    for line in (
        "📊 Exploration Session Summary",
        "• Total messages: 4",
        "• Chat ID: 5",
        "• Cost: $0.5000",
        f"   {'y' * 300}...",
        "📝 Last 3 messages:",
        "   [ann]: hello",
        "   [assistant]: ",
        f"   [tool]: {'x' * 100}...",
    ):
        assert line in text.splitlines()
    assert "not shown" not in text


def test_a_chat_that_said_nothing_is_written_as_well() -> None:
    text = format_chat_result(ChatResult(chat_id=1))
    assert "• Total messages: 0" in text
    assert "• Cost: $0.0000" in text
    assert "Final Status" not in text


def test_functions_and_tests_say_that_they_need_the_gateway() -> None:
    pytest.importorskip("kernel_gateway")
    from autogen_classic.coding.jupyter.import_utils import require_jupyter_kernel_gateway_installed

    def function() -> int:
        return 1

    assert require_jupyter_kernel_gateway_installed()(function) is function


class StartingContainer:
    """A container as the docker package shows it, which runs after it was looked at a few times."""

    def __init__(self, looks: int) -> None:
        self.status = "created"
        self._looks = looks

    def reload(self) -> None:
        self._looks -= 1
        if self._looks == 0:
            self.status = "running"


def test_executors_of_published_programs_wait_until_a_container_runs() -> None:
    container = StartingContainer(looks=3)

    _wait_for_ready(container, stop_time=0)  # type: ignore[arg-type]

    assert container.status == "running"
    with pytest.raises(ValueError, match="does not run after 0 seconds; it is created"):
        _wait_for_ready(StartingContainer(looks=3), timeout=0)  # type: ignore[arg-type]
