"""What holds executed code of the local executor: its environment, its limits, its sandbox, and its end."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import uuid
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autogen_classic._code.kept_output import KeptOutput
from autogen_classic._code.process import bubblewrap
from autogen_classic._code.process.command import Command, run_command
from autogen_classic._code.process.environment import environment_for_code
from autogen_classic._secrets import is_secret_variable
from autogen_classic.code_utils import execute_code
from autogen_classic.coding import CodeBlock, CodeExecutorFactory, LocalCommandLineCodeExecutor, ResourceLimits
from autogen_classic.coding import limits as limits_room
from autogen_classic.errors import LimitsUnavailableError, SandboxUnavailableError

linux_only = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux enforces it")
needs_prlimit = pytest.mark.skipif(shutil.which("prlimit") is None, reason="needs prlimit (util-linux)")
SECRET = "planted-secret-0123456789"


def run(work_dir: Path, code: str, language: str = "python", **settings: Any) -> Any:
    executor = LocalCommandLineCodeExecutor(work_dir=work_dir, **settings)
    return executor.execute_code_blocks([CodeBlock(code=code, language=language)])


# --- the environment -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        *("OPENAI_API_KEY", "AZURE_OPENAI_AD_TOKEN", "AWS_SECRET_ACCESS_KEY", "HF_TOKEN", "GITHUB_PAT", "DB_PASSWORD"),
        *("OAI_CONFIG_LIST", "GOOGLE_APPLICATION_CREDENTIALS", "my_secret", "PGPASSWD", "SSH_AUTH_SOCK", "SENTRY_DSN"),
    ],
)
def test_names_of_secrets_are_known(name: str) -> None:
    assert is_secret_variable(name)


@pytest.mark.parametrize(
    "name",
    ["PATH", "HOME", "PWD", "OLDPWD", "LANG", "KEYBOARD", "TOKENIZERS_PARALLELISM", "MONKEY", "AUTHOR", "EDITOR"],
)
def test_other_names_are_not_taken_for_secrets(name: str) -> None:
    assert not is_secret_variable(name, "some value")


@pytest.mark.parametrize(
    "value", ["sk-abcdefgh12345678", "ghp_abcdefgh12345678", "AKIAABCDEFGH12345", "postgres://user:password@host/db"]
)
def test_values_that_look_like_secrets_are_known_under_any_name(value: str) -> None:
    assert is_secret_variable("HARMLESS", value)


@given(st.text(max_size=40), st.text(max_size=80))
def test_any_name_and_value_can_be_judged(name: str, value: str) -> None:
    assert is_secret_variable(name, value) in (True, False)


def test_code_gets_the_secrets_that_are_named_and_no_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FIRST_TOKEN", "SECOND_TOKEN", "THIRD_TOKEN"):
        monkeypatch.setenv(name, SECRET)
    monkeypatch.setenv("AUTOGEN_CLASSIC_CODE_INHERITS", "SECOND_TOKEN, OTHER")
    code = "import os; print(sorted(name for name in os.environ if name.endswith('_TOKEN')))"
    assert run(tmp_path, code, inherit_environment=["FIRST_TOKEN"]).output == "['FIRST_TOKEN', 'SECOND_TOKEN']\n"
    assert "THIRD_TOKEN" in run(tmp_path, code, inherit_environment=["*"]).output


def test_the_older_way_hands_on_no_secrets_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_API_KEY", SECRET)
    code = "import os; print(os.environ.get('MY_API_KEY'))"
    assert execute_code(code, work_dir=str(tmp_path), use_docker=False)[1] == "None\n"


def test_what_is_no_secret_stays() -> None:
    environment = environment_for_code()
    assert environment["PYTHONUTF8"] == "1"
    assert set(environment) >= {name for name, value in os.environ.items() if not is_secret_variable(name, value)}


# --- limits ----------------------------------------------------------------------------------------------------------


@linux_only
@needs_prlimit
def test_the_processor_time_is_limited(tmp_path: Path) -> None:
    result = run(tmp_path, "while True: pass", limits=ResourceLimits(cpu_seconds=1), timeout=60)
    assert result.exit_code < 0
    assert (
        result.output.endswith("The code was ended by SIGXCPU: its CPU time was over.\n") or "SIGKILL" in result.output
    )


@linux_only
@needs_prlimit
def test_the_size_of_files_is_limited(tmp_path: Path) -> None:
    code = "open('large', 'wb').write(b'x' * 10_000_000)"
    result = run(tmp_path, code, limits={"file_size": 1_000_000})
    assert result.exit_code != 0
    assert "File too large" in result.output
    assert (tmp_path / "large").stat().st_size <= 1_000_000


@pytest.mark.parametrize("value", [0, -1, 1.5, "1GB", True])
def test_a_limit_that_is_no_number_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="The limit memory must be a whole number above 0"):
        ResourceLimits(memory=value)


def test_an_unknown_limit_is_named_beside_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no limit called ram. There are memory, processes, file_size, cpu_seconds"):
        LocalCommandLineCodeExecutor(work_dir=tmp_path, limits={"ram": 5})


def test_limits_without_prlimit_are_refused_when_the_executor_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits_room.shutil, "which", lambda name: None)
    LocalCommandLineCodeExecutor(work_dir=tmp_path)
    with pytest.raises(LimitsUnavailableError, match="need the program prlimit"):
        LocalCommandLineCodeExecutor(work_dir=tmp_path, limits={"memory": 10**9})


# --- the sandbox -----------------------------------------------------------------------------------------------------


def test_an_unknown_sandbox_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match='sandbox must be "bubblewrap" or None'):
        LocalCommandLineCodeExecutor(work_dir=tmp_path, sandbox="docker")  # type: ignore[arg-type]


@linux_only
def test_a_missing_bubblewrap_is_named_when_the_executor_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bubblewrap.shutil, "which", lambda name: None)
    with pytest.raises(SandboxUnavailableError, match="apt install bubblewrap"):
        LocalCommandLineCodeExecutor(work_dir=tmp_path, sandbox="bubblewrap")


@linux_only
def test_a_bubblewrap_that_is_not_permitted_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refusing = tmp_path / "bwrap"
    refusing.write_text("#!/bin/sh\necho 'No permissions to create new namespace' >&2\nexit 1\n", encoding="utf-8")
    refusing.chmod(0o755)
    monkeypatch.setattr(bubblewrap.shutil, "which", lambda name: str(refusing))
    with pytest.raises(SandboxUnavailableError, match=r"No permissions to create new namespace.*AppArmor"):
        LocalCommandLineCodeExecutor(work_dir=tmp_path, sandbox="bubblewrap")


def test_other_systems_are_told_to_use_docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bubblewrap.sys, "platform", "darwin")
    with pytest.raises(SandboxUnavailableError, match="works on Linux only. Use DockerCommandLineCodeExecutor"):
        LocalCommandLineCodeExecutor(work_dir=tmp_path, sandbox="bubblewrap")


@linux_only
@pytest.mark.skipif(shutil.which("bwrap") is None, reason="needs bwrap")
def test_a_key_that_the_code_may_have_does_not_stand_in_the_command_of_the_sandbox(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FIRST_TOKEN", "planted-1")
    code = "import os; print(os.environ['FIRST_TOKEN'], 'planted' in open('/proc/1/cmdline').read())"
    result = run(tmp_path, code, sandbox="bubblewrap", inherit_environment=["FIRST_TOKEN"])
    assert result.output == "planted-1 False\n"


@linux_only
@pytest.mark.skipif(shutil.which("bwrap") is None, reason="needs bwrap")
def test_the_sandbox_is_chosen_in_a_configuration_by_name(tmp_path: Path) -> None:
    executor = CodeExecutorFactory.create(
        {
            "executor": "commandline-local",
            "commandline-local": {"work_dir": str(tmp_path), "sandbox": "bubblewrap", "limits": {"memory": 10**9}},
        }
    )
    code = "import os; print(os.path.exists('/home'), os.path.exists('/root/.ssh'), os.environ['HOME'])"
    result = executor.execute_code_blocks([CodeBlock(language="python", code=code)])
    assert result.output == "False False /tmp/home\n"


# --- the end ---------------------------------------------------------------------------------------------------------


def test_of_a_long_output_the_beginning_and_the_end_are_kept(tmp_path: Path) -> None:
    result = run(tmp_path, "print('begin' + 'x' * 100_000 + 'end')", max_output=1000)
    assert result.output.startswith("begin")
    assert result.output.endswith("end\n")
    assert "bytes are cut out here" in result.output
    assert len(result.output) < 1100


@given(st.lists(st.binary(max_size=50), max_size=20), st.integers(1, 200))
def test_a_cut_output_keeps_its_ends_whatever_its_pieces(pieces: list[bytes], limit: int) -> None:
    kept = KeptOutput(limit)
    for piece in pieces:
        kept.add(piece)
    whole = b"".join(pieces)
    half = max(limit // 2, 1)
    if len(whole) <= 2 * half:
        assert kept.data() == whole
    else:
        cut = len(whole) - 2 * half
        note = f"\n[... {cut} bytes are cut out here ...]\n".encode()
        assert kept.data() == whole[:half] + note + whole[-half:]


def test_a_command_that_was_stopped_before_it_began_never_begins(tmp_path: Path) -> None:
    command = Command([sys.executable, "-c", "open('begun', 'w')"], cwd=tmp_path)
    command.stop()
    assert command.run(10).stopped
    assert not (tmp_path / "begun").exists()


def test_a_stopped_executor_runs_the_next_block(tmp_path: Path) -> None:
    with LocalCommandLineCodeExecutor(work_dir=tmp_path, timeout=60) as executor:
        results: list[Any] = []
        waiting = CodeBlock(
            language="python", code="open('begun', 'w').close()\nimport threading\nthreading.Event().wait()"
        )
        thread = threading.Thread(target=lambda: results.append(executor.execute_code_blocks([waiting])))
        thread.start()
        while not (tmp_path / "begun").exists():
            threading.Event().wait(0.01)
        executor.stop()
        thread.join(30)
        assert (results[0].exit_code, results[0].output) == (130, "\nStopped")
        assert executor.execute_code_blocks([CodeBlock(language="python", code="print(1)")]).output == "1\n"


@linux_only
def test_a_program_that_closes_its_outputs_is_still_waited_for(tmp_path: Path) -> None:
    code = "import os, time\nos.close(1)\nos.close(2)\ntime.sleep(0.3)\nopen('done', 'w').close()"
    result = run_command([sys.executable, "-c", code], cwd=tmp_path, timeout=30)
    assert (result.exit_code, (tmp_path / "done").exists()) == (0, True)


@linux_only
def test_a_signal_that_ends_code_is_named(tmp_path: Path) -> None:
    assert "ended by SIGTERM.\n" in run(tmp_path, "import os; os.kill(os.getpid(), 15)").output
    assert "ended by SIGKILL: it was killed" in run(tmp_path, "kill -9 $$", "sh").output


def test_ctrl_c_ends_what_was_started(tmp_path: Path) -> None:
    if sys.platform == "win32":
        pytest.skip("signals of POSIX")
    mark = f"mark-of-{uuid.uuid4().hex}"
    code = (
        "from autogen_classic._code.process.command import run_command\n"
        "import sys, pathlib\n"
        f"inner = 'import pathlib, time; pathlib.Path(\"begun\").touch(); time.sleep(600) #{mark}'\n"
        f"run_command([sys.executable, '-c', inner], cwd={str(tmp_path)!r}, timeout=600)"
    )
    root = str(Path(__file__).resolve().parents[2])
    outer = subprocess.Popen(
        [sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": root}, stderr=subprocess.PIPE
    )
    while not (tmp_path / "begun").exists():
        threading.Event().wait(0.01)
    outer.send_signal(2)
    _, errors = outer.communicate(timeout=30)
    assert b"KeyboardInterrupt" in errors
    left = [folder for folder in Path("/proc").glob("[0-9]*") if mark.encode() in _command_line(folder)]
    assert left == []


class InterruptedStart(subprocess.Popen[bytes]):
    """A start in the middle of which Ctrl+C is pressed: the program runs, and its caller does not know it yet."""

    def _execute_child(self, *arguments: Any) -> None:
        super()._execute_child(*arguments)  # type: ignore[misc]
        os.kill(os.getpid(), signal.SIGINT)


def interrupted_reader(*arguments: Any, **settings: Any) -> None:
    os.kill(os.getpid(), signal.SIGINT)


@linux_only
@pytest.mark.parametrize(
    ("module", "name", "replacement"),
    [(subprocess, "Popen", InterruptedStart), (threading, "Thread", interrupted_reader)],
    ids=["before the program is known", "before its outputs are read"],
)
def test_ctrl_c_during_the_start_leaves_nothing_running(
    tmp_path: Path, module: Any, name: str, replacement: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, name, replacement)
    mark = f"mark-of-{uuid.uuid4().hex}"
    with pytest.raises(KeyboardInterrupt):
        run_command([sys.executable, "-c", f"import time; time.sleep(600) #{mark}"], cwd=tmp_path, timeout=600)
    assert [folder for folder in Path("/proc").glob("[0-9]*") if mark.encode() in _command_line(folder)] == []


def _command_line(folder: Path) -> bytes:
    try:
        line = (folder / "cmdline").read_bytes()
    except OSError:
        return b""
    return b"" if str(os.getpid()) == folder.name else line
