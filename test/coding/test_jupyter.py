"""What is particular to Jupyter kernels; what all executors have in common stands in the folder conformance."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

# Not kernel_gateway itself, whose import builds grammars for seconds.
pytest.importorskip("autogen_classic.coding.jupyter", reason="needs the extra jupyter-executor", exc_type=ImportError)

from executors import block, processes_with

from autogen_classic import ConversableAgent
from autogen_classic.coding import CodeExecutorFactory
from autogen_classic.coding.base import CodeExecutor, IPythonCodeResult
from autogen_classic.coding.jupyter import (
    EmbeddedIPythonCodeExecutor,
    JupyterCodeExecutor,
    JupyterConnectable,
    JupyterConnectionInfo,
    LocalJupyterServer,
)
from autogen_classic.coding.jupyter._transcript import DataItem, Transcript, save

ROOT = Path(__file__).resolve().parents[2]
SECRET = "planted-secret-0123456789"


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedIPythonCodeExecutor]:
    """A kernel for the tests that do not mind what others have left in it."""
    with EmbeddedIPythonCodeExecutor(output_dir=str(tmp_path_factory.mktemp("out")), timeout=60) as executor:
        yield executor


@pytest.fixture(scope="module")
def server() -> Iterator[LocalJupyterServer]:
    with LocalJupyterServer(log_file=None) as running:
        yield running


def run(executor: Any, *codes: str, language: str = "python") -> IPythonCodeResult:
    result = executor.execute_code_blocks([block(code, language) for code in codes])
    assert isinstance(result, IPythonCodeResult)
    return result


def test_private_names_stand_where_programs_read_them(kernel: Any, server: LocalJupyterServer, tmp_path: Path) -> None:
    assert (kernel._timeout, kernel._kernel_name, kernel._output_dir) == (60, "python3", Path(kernel.output_dir))
    with JupyterCodeExecutor(server, timeout=7, output_dir=tmp_path) as remote:
        assert (remote._timeout, remote._kernel_name, remote._output_dir) == (7, "python3", tmp_path)
        assert remote._connection_info == server.connection_info
        assert "python3" in remote._jupyter_client.list_kernel_specs()["kernelspecs"]


# --- Output ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("codes", "output"),
    [
        (["print(1)"], "1\n"),
        (["print(1)", "print(2)"], "1\n\n2\n"),
        (["1 + 1"], "2"),
        (["print(1)\n1 + 1"], "1\n\n2"),
        (["print('a', end='')", "print('b', end='')"], "a\nb"),
        (["import sys\nprint('o')\nprint('e', file=sys.stderr)\nprint('o2')"], "o\no2\n\ne\n"),
        (["None", "# nothing", ""], ""),
        (["from IPython.display import JSON\nJSON({'a': 1})"], '<IPython.core.display.JSON object>\n{"a": 1}'),
        (["from IPython.display import Markdown\nMarkdown('*a*')"], '<IPython.core.display.Markdown object>\n"*a*"'),
    ],
)
def test_output_is_put_together_as_in_0_2(kernel: Any, codes: list[str], output: str) -> None:
    assert run(kernel, *codes).output == output


def test_slow_prints_are_not_cut_by_the_clock_of_the_kernel(kernel: Any) -> None:
    code = "import time\nfor n in range(3):\n    print(n, flush=True)\n    time.sleep(0.3)"
    assert run(kernel, code).output == "0\n1\n2\n"


def test_an_error_follows_the_output_and_has_a_traceback_without_colours(kernel: Any) -> None:
    output = run(kernel, "print('before')\nraise ValueError('wrong')").output
    assert output.startswith("before\n\nERROR: ValueError: wrong\n")
    assert "line 2" in output
    assert "\x1b" not in output


@pytest.mark.parametrize("code", ["import sys; sys.exit(0)", "import sys; sys.exit(3)"])
def test_an_exit_is_an_error_and_the_kernel_stays(kernel: Any, code: str) -> None:
    result = run(kernel, "kept = 'kept'", code)
    assert (result.exit_code, result.output.split("\n")[0][:17]) == (1, "ERROR: SystemExit")
    assert run(kernel, "print(kept)").output == "kept\n"


def test_quit_ends_the_kernel_after_a_block_that_ends_well(tmp_path: Path) -> None:
    with EmbeddedIPythonCodeExecutor(output_dir=str(tmp_path)) as executor:
        assert run(executor, "lost = 1\nprint('bye')\nquit()").model_dump() == {
            "exit_code": 0,
            "output": "bye\n",
            "output_files": [],
        }
        assert "NameError" in run(executor, "lost").output


def test_what_child_processes_print_is_output(kernel: Any) -> None:
    """ipykernel reads it in a thread of its own, which on a busy machine may be late for the block."""
    code = "import subprocess\nsubprocess.run(['echo', 'from a child']) and None"
    assert "from a child\n" in (run(kernel, code).output for _ in range(20))


def test_questions_are_refused_at_once(kernel: Any) -> None:
    assert "does not support input" in run(kernel, "input('Name?')").output


@pytest.mark.parametrize(
    ("code", "language", "output"),
    [
        ("!echo hi", "python", "hi"),
        ("%%bash\necho hi", "python", "hi"),
        ("echo one && echo two", "sh", "one\ntwo"),
        ("for n in 1 2; do echo $n; done", "bash", "1\n2"),
        ("!echo hi", "sh", "hi"),
        ("print(1)", "", "1"),
        ("print(1)", "py", "1"),
        ("print(1)", "IPython", "1"),
    ],
)
def test_languages_magics_and_shell_lines(kernel: Any, code: str, language: str, output: str) -> None:
    result = run(kernel, code, language=language)
    assert (result.exit_code, result.output.replace("\r", "").strip()) == (0, output)


def test_shell_code_that_fails_is_a_failure(kernel: Any) -> None:
    assert run(kernel, "exit 3", language="sh").exit_code == 1


def test_pip_reaches_the_python_of_the_kernel_and_is_quiet(kernel: Any) -> None:
    assert run(kernel, "!pip install pip").model_dump()["output"] == ""
    assert f"python {sys.version_info.major}.{sys.version_info.minor}" in run(kernel, "!pip --version").output


# --- Files -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bundle", "lines", "suffixes"),
    [
        ({"text/html": "<b>", "text/plain": "p"}, ["HTML data saved to {0}", "p"], ["html"]),
        ({"image/png": "AAAA"}, ["Image data saved to {0}"], ["png"]),
        ({"image/jpeg": "AAAA"}, ["Image data saved to {0}"], ["jpg"]),
        ({"image/svg+xml": "<svg/>"}, ["Image data saved to {0}"], ["svg"]),
        ({"application/pdf": "AAAA"}, ["PDF data saved to {0}"], ["pdf"]),
        ({"application/vnd.vegalite.v5+json": {"a": 1}}, ["JSON data saved to {0}"], ["json"]),
        (
            {"image/png": "AAAA", "text/html": "<b>", "application/json": {"x": 1}, "text/plain": "p"},
            ["Image data saved to {0}", "HTML data saved to {1}", '{{"x": 1}}', "p"],
            ["png", "html"],
        ),
    ],
)
def test_displayed_data_is_saved_and_the_output_says_where(
    tmp_path: Path, bundle: dict[str, Any], lines: list[str], suffixes: list[str]
) -> None:
    transcript = Transcript()
    transcript.add("display_data", {"data": bundle})
    texts, files = save(transcript.parts(), tmp_path)
    assert [Path(file).suffix[1:] for file in files] == suffixes
    assert sorted(texts) == sorted(line.format(*files) for line in lines)
    assert all(Path(file).stat().st_size for file in files)


def test_paths_of_files_are_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    _, (file,) = save([DataItem("text/html", "x")], ".")
    assert Path(file).parent == tmp_path


def test_data_that_is_no_base64_is_saved_as_it_is(tmp_path: Path) -> None:
    _, (file,) = save([DataItem("image/png", "A")], tmp_path)
    assert Path(file).read_bytes() == b"A"


def test_the_output_names_files_in_their_place(kernel: Any) -> None:
    result = run(kernel, "from IPython.display import HTML\ndisplay(HTML('1'))\nprint('then')")
    (file,) = result.output_files
    assert os.path.dirname(file) == kernel.output_dir
    assert result.output == f"<IPython.core.display.HTML object>\nHTML data saved to {file}\nthen\n"
    assert Path(file).read_text(encoding="utf-8") == "1"


# --- Settings --------------------------------------------------------------------------------------------------


def test_a_kernel_that_is_not_installed_is_an_error_that_names_the_others() -> None:
    with pytest.raises(ValueError, match=r"Kernel nope is not installed\. Installed kernels: .*python3"):
        EmbeddedIPythonCodeExecutor(kernel_name="nope")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"timeout": 0}, "greater than or equal to 1"),
        ({"output_dir": "/does/not/exist"}, "Output directory /does/not/exist does not exist."),
        ({"work_dir": "/does/not/exist"}, "Working directory /does/not/exist does not exist."),
        ({"limits": {"memory": -1}}, "above 0"),
    ],
)
def test_wrong_settings_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        EmbeddedIPythonCodeExecutor(**settings)


def test_the_printed_form_and_the_defaults_are_those_of_0_2() -> None:
    executor = EmbeddedIPythonCodeExecutor()
    assert repr(executor) == "EmbeddedIPythonCodeExecutor(timeout=60, kernel_name='python3', output_dir='.')"
    assert isinstance(executor, CodeExecutor)


def test_named_secrets_are_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_TOKEN", SECRET)
    with EmbeddedIPythonCodeExecutor(inherit_environment=["MY_TOKEN"]) as executor:
        assert SECRET in run(executor, "import os\nprint(os.environ['MY_TOKEN'])").output


# --- Life and death --------------------------------------------------------------------------------------------


def test_nothing_is_left_of_a_kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with EmbeddedIPythonCodeExecutor() as executor:
        pid = int(run(executor, "import os\nprint(os.getpid())").output)
        (folder,) = tmp_path.iterdir()
        assert folder.stat().st_mode & 0o077 == 0
        assert not list(folder.glob("*.json")), "the key to the kernel lies about"
    assert not list(tmp_path.iterdir())
    assert not Path(f"/proc/{pid}").exists()


def test_a_forgotten_executor_takes_its_kernel_along() -> None:
    executor = EmbeddedIPythonCodeExecutor()
    pid = int(run(executor, "import os\nprint(os.getpid())").output)
    del executor
    gc.collect()
    assert not Path(f"/proc/{pid}").exists()


@pytest.mark.skipif(not Path("/proc").exists(), reason="looks for processes in /proc")
@pytest.mark.parametrize("end", ["pass", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"])
@pytest.mark.parametrize(
    "opening", ["EmbeddedIPythonCodeExecutor()", "JupyterCodeExecutor(LocalJupyterServer(log_file=None))"]
)
def test_no_process_survives_the_program(opening: str, end: str, tmp_path: Path) -> None:
    program = (
        "import os, sys\n"
        "from autogen_classic.coding import CodeBlock\n"
        "from autogen_classic.coding.jupyter import *\n"
        f"executor = {opening}\n"
        "code = 'import os; print(os.getpid(), os.getppid())'\n"
        "print(executor.execute_code_blocks([CodeBlock(code=code, language='python')]).output, flush=True)\n"
        f"{end}"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], env=environment, capture_output=True, text=True, timeout=100
    )
    assert done.stderr == ""
    pids = {int(pid) for pid in done.stdout.split()} - {os.getpid()}
    assert len(pids) == 2
    limit = time.monotonic() + 30
    while any(is_alive(pid) for pid in pids) and time.monotonic() < limit:
        threading.Event().wait(0.05)
    assert not [pid for pid in pids if is_alive(pid)]


def is_alive(pid: int) -> bool:
    try:
        return ") Z" not in Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return False


def test_a_kernel_that_does_not_heed_an_interruption_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autogen_classic.coding.jupyter._kernel._SECONDS_TO_OBEY", 0.5)
    code = "import signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nprint('deaf')\ntime.sleep(600)"
    with EmbeddedIPythonCodeExecutor(timeout=1) as executor:
        executor.timeout = 30
        run(executor, "1")  # started, so that the seconds below are the code's
        executor.timeout = 3
        output = run(executor, code).output
        assert output.startswith("deaf\n")
        assert "does not end when it is interrupted" in output
        assert f"ERROR: Timeout waiting for output from code block: {code}" in output
        executor.timeout = 30
        assert run(executor, "print('again')").output == "again\n"


def test_the_time_limit_holds_for_a_block_that_goes_on_printing() -> None:
    with EmbeddedIPythonCodeExecutor(timeout=30) as executor:
        run(executor, "1")
        executor.timeout = 3
        begin = time.monotonic()
        result = run(executor, "import time\nwhile True:\n    print('on')\n    time.sleep(0.05)")
        assert (result.exit_code, "Timeout" in result.output) == (1, True)
        assert time.monotonic() - begin < 20


def test_a_timeout_keeps_the_variables() -> None:
    with EmbeddedIPythonCodeExecutor(timeout=30) as executor:
        run(executor, "kept = 1")
        executor.timeout = 3
        assert run(executor, "import time\nkept = 2\ntime.sleep(600)").exit_code == 1
        executor.timeout = 30
        assert run(executor, "print(kept)").output == "2\n"


def test_stop_ends_all_blocks_that_were_given_together() -> None:
    executor = EmbeddedIPythonCodeExecutor()
    results: list[Any] = []
    thread = threading.Thread(target=lambda: results.append(run(executor, "import time; time.sleep(600)", "print(2)")))
    with executor:
        thread.start()
        while executor._keeper._kernel is None and thread.is_alive():
            threading.Event().wait(0.01)
        executor.stop()  # while it starts or when it runs: both must end
        thread.join(30)
        assert results[0].exit_code == 1
        assert "Stopped" in results[0].output
        assert run(executor, "print('again')").output == "again\n"


# --- A server --------------------------------------------------------------------------------------------------


def test_a_server_says_where_it_is_and_keeps_its_token_to_itself(server: LocalJupyterServer) -> None:
    info = server.connection_info
    assert isinstance(server, JupyterConnectable)
    assert (info.host, info.use_https, info.port, info.token) == ("127.0.0.1", False, server.port, server.token)
    assert server.token not in repr(info)
    assert len(server.token) == 64
    assert not processes_with(server.token), "the token stands in a command line"


def test_a_wrong_token_is_refused(server: LocalJupyterServer) -> None:
    import requests

    info = JupyterConnectionInfo(host="127.0.0.1", use_https=False, port=server.port, token="wrong")
    with pytest.raises(requests.HTTPError, match="401|403"):
        JupyterCodeExecutor(info)


def test_the_client_starts_uses_restarts_and_deletes_kernels(server: LocalJupyterServer) -> None:
    client = server.get_client()
    assert "python3" in client.list_kernel_specs()["kernelspecs"]
    kernel_id = client.start_kernel("python3")
    with client.get_kernel_client(kernel_id) as kernel:
        assert kernel.wait_for_ready(60)
        assert kernel.execute("print(1)\n1 + 1").output == "1\n\n2"
        shown = kernel.execute("from IPython.display import HTML\ndisplay(HTML('x'))\n3", timeout_seconds=60)
        assert (shown.is_ok, shown.output) == (True, "<IPython.core.display.HTML object>\n3")
        assert [(item.mime_type, item.data) for item in shown.data_items] == [("text/html", "x")]
        late = kernel.execute("import time\ntime.sleep(600)", timeout_seconds=0.2)
        assert (late.is_ok, late.output) == (False, "ERROR: Timeout waiting for output from code block.")
    client.interrupt_kernel(kernel_id)
    client.restart_kernel(kernel_id)
    assert kernel_id in [kernel["id"] for kernel in client.list_kernels()]
    client.delete_kernel(kernel_id)
    assert kernel_id not in [kernel["id"] for kernel in client.list_kernels()]


def test_an_executor_ends_its_kernels(server: LocalJupyterServer) -> None:
    with JupyterCodeExecutor(server.connection_info) as executor:
        run(executor, "1")
        assert len(server.get_client().list_kernels()) == 1
    assert server.get_client().list_kernels() == []


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"kernel_name": "nope"}, "Kernel nope is not installed. The server has: .*python3"),
        ({"timeout": 0}, "Timeout must be greater than or equal to 1."),
        ({"output_dir": "/does/not/exist"}, "Output directory /does/not/exist does not exist."),
    ],
)
def test_wrong_settings_of_an_executor_are_refused(
    server: LocalJupyterServer, settings: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        JupyterCodeExecutor(server, **settings)


def test_anything_but_a_server_is_refused() -> None:
    with pytest.raises(ValueError, match="must be a JupyterConnectable or JupyterConnectionInfo"):
        JupyterCodeExecutor("127.0.0.1")  # type: ignore[arg-type]


def test_a_server_writes_its_log_and_hides_secrets_from_its_kernels(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    log = tmp_path / "gateway.log"
    with LocalJupyterServer(log_file=str(log), token="chosen-token", work_dir=tmp_path) as server:
        with JupyterCodeExecutor(server) as executor:
            output = run(executor, "import os\nprint(dict(os.environ), os.getcwd())").output
        assert output.rstrip().endswith(str(tmp_path))
        assert SECRET not in output
        assert "chosen-token" not in output
    text = log.read_text(encoding="utf-8")
    assert "Kernel started" in text
    assert "chosen-token" not in text


def test_a_server_that_stops_under_running_code_ends_the_block() -> None:
    server = LocalJupyterServer(log_file=None)
    executor = JupyterCodeExecutor(server)
    mark = f"mark{uuid.uuid4().hex}"
    code = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', 'import time; time.sleep(600) #{mark}'])"
    results: list[Any] = []
    thread = threading.Thread(target=lambda: results.append(run(executor, code)))
    thread.start()
    while not processes_with(mark) and thread.is_alive():
        threading.Event().wait(0.02)
    server.stop()
    thread.join(60)
    executor.stop()
    assert results[0].exit_code == 1
    assert "died" in results[0].output
    assert not processes_with(mark)


def test_a_server_that_is_gone_before_a_block_is_an_error() -> None:
    import requests

    with LocalJupyterServer(log_file=None) as server:
        executor = JupyterCodeExecutor(server)
        run(executor, "1")
    assert "died" in run(executor, "1").output
    with pytest.raises(requests.ConnectionError):
        run(executor, "1")
    executor.stop()


def test_a_port_in_use_is_refused_even_where_a_server_of_the_same_token_answers() -> None:
    with (
        LocalJupyterServer(token="chosen", log_file=None) as first,
        pytest.raises(RuntimeError, match="The port is in use"),
    ):
        LocalJupyterServer(port=first.port, token="chosen", log_file=None)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_program_that_was_forked_off_leaves_the_kernel_to_its_parent(tmp_path: Path) -> None:
    program = (
        "import os, sys\n"
        "from autogen_classic.coding import CodeBlock\n"
        "from autogen_classic.coding.jupyter import EmbeddedIPythonCodeExecutor\n"
        f"executor = EmbeddedIPythonCodeExecutor(output_dir={str(tmp_path)!r})\n"
        "run = lambda code: executor.execute_code_blocks([CodeBlock(language='python', code=code)]).output\n"
        "run('kept = 7')\n"
        "if os.fork() == 0:\n    sys.exit()\n"
        "os.wait()\n"
        "print(run('print(kept)'))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=100, check=True)
    assert done.stdout.strip() == "7"


def test_a_server_that_cannot_start_says_why() -> None:
    with pytest.raises(RuntimeError, match=r"did not start(.|\n)*(assign|address)"):
        LocalJupyterServer(ip="192.0.2.1", port=18888, log_file=None)


# --- In a conversation -----------------------------------------------------------------------------------------


def test_an_agent_keeps_the_variables_of_its_conversation(tmp_path: Path) -> None:
    settings = {"output_dir": str(tmp_path), "timeout": 60}
    runner = ConversableAgent(
        "runner",
        human_input_mode="NEVER",
        llm_config=False,
        code_execution_config={"executor": "ipython-embedded", "ipython-embedded": settings},
    )
    writer = ConversableAgent("writer", human_input_mode="NEVER", llm_config=False, code_execution_config=False)
    try:
        for code, answer in (("x = 20", ""), ("x += 1\nx * 2", "42")):
            writer.send(f"Run this:\n```python\n{code}\n```", runner, request_reply=False, silent=True)
            reply = runner.generate_reply(sender=writer)
            assert reply == f"exitcode: 0 (execution succeeded)\nCode output: {answer}"
    finally:
        runner.code_executor.stop()


def test_the_factory_makes_it_by_name(tmp_path: Path) -> None:
    made = CodeExecutorFactory.create(
        {"executor": "ipython-embedded", "ipython-embedded": {"output_dir": str(tmp_path)}}
    )
    assert isinstance(made, EmbeddedIPythonCodeExecutor)
    assert json.loads(made.model_dump_json(include={"output_dir"})) == {"output_dir": str(tmp_path)}
