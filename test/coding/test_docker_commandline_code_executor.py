"""The Docker executor against a real engine."""

from __future__ import annotations

import gc
import http.client
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import docker
import docker.errors
import pytest
from executors import block, no_docker, processes_with

from autogen_classic._code.docker import engine as docker_engine
from autogen_classic._code.docker import foreign_files
from autogen_classic.coding import CodeExecutor, DockerCommandLineCodeExecutor
from autogen_classic.coding import docker_commandline_code_executor as module
from autogen_classic.exception_utils import AutogenClassicError

needs_docker = pytest.mark.skipif(bool(no_docker()), reason=no_docker() or "-")
pytestmark = needs_docker
Run = Callable[..., Any]


@contextmanager
def engine() -> Iterator[Any]:
    client = docker.from_env()
    try:
        yield client
    finally:
        client.close()


def exists(name: str) -> bool:
    with engine() as client:
        return bool(client.containers.list(all=True, filters={"name": f"^/{name}$"}))


def gone(name: str) -> bool:
    """Whether a container is gone, or goes soon: the engine removes it after it has answered."""
    return comes_true(lambda: not exists(name))


def comes_true(condition: Callable[[], bool]) -> bool:
    for _ in range(1200):
        if condition():
            return True
        threading.Event().wait(0.05)
    return False


def name_of(executor: DockerCommandLineCodeExecutor) -> str:
    return str(executor._name)


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Callable[..., DockerCommandLineCodeExecutor]]:
    """Open an executor in the directory of the test; it is stopped afterwards."""
    with ExitStack() as stack:
        yield lambda **settings: stack.enter_context(
            DockerCommandLineCodeExecutor(**{"work_dir": tmp_path, "timeout": 30, **settings})
        )


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DockerCommandLineCodeExecutor]:
    """One executor for the tests that leave no trace in it."""
    with DockerCommandLineCodeExecutor(work_dir=tmp_path_factory.mktemp("shared"), timeout=30) as executor:
        yield executor
    assert gone(name_of(executor))


# --- output ----------------------------------------------------------------------------------------------------------


def test_output_that_comes_with_the_head_of_the_engines_answer_is_kept(
    shared: DockerCommandLineCodeExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = Path(shared.work_dir) / "done"
    starting = threading.Event()
    exec_start, begin = docker.APIClient.exec_start, http.client.HTTPResponse.begin

    def told_of(*args: Any, **kwargs: Any) -> Any:
        starting.set()
        return exec_start(*args, **kwargs)

    def late(response: http.client.HTTPResponse) -> None:
        if starting.is_set():
            starting.clear()
            assert comes_true(done.exists)
        begin(response)

    monkeypatch.setattr(docker.APIClient, "exec_start", told_of)
    monkeypatch.setattr(http.client.HTTPResponse, "begin", late)
    for _ in range(3):  # the engine may take a moment longer to pass on what was printed
        done.unlink(missing_ok=True)
        result = shared.execute_code_blocks([block("print('early', flush=True)\nopen('done', 'w').close()")])
        assert (result.exit_code, result.output) == (0, "early\n")


# --- what the executor is --------------------------------------------------------------------------------------


def test_it_is_a_code_executor_with_its_settings(shared: DockerCommandLineCodeExecutor) -> None:
    assert isinstance(shared, CodeExecutor)
    assert (shared.timeout, shared.bind_dir) == (30, shared.work_dir)
    assert shared.code_extractor.extract_code_blocks("```python\n1\n```")[0].code == "1"
    assert name_of(shared).startswith("autogen-code-exec-")


def test_the_container_has_the_settings_of_0_2(shared: DockerCommandLineCodeExecutor) -> None:
    with engine() as client:
        found = client.containers.get(name_of(shared)).attrs
    assert found["Config"]["Image"] == "python:3-slim"
    assert found["Config"]["WorkingDir"] == "/workspace"
    assert found["HostConfig"]["Binds"] == [f"{shared.work_dir}:/workspace:rw"]
    assert found["HostConfig"]["AutoRemove"] is True


def test_a_program_adds_to_what_the_container_is_made_with(opened: Callable[..., Any], tmp_path: Path) -> None:
    further = {"extra_hosts": {"db": "10.0.0.2"}, "environment": {"COLOUR": "blue"}, "labels": {"own": "1"}}
    executor = opened(container_create_kwargs=further)
    with engine() as client:
        found = client.containers.get(name_of(executor)).attrs
    assert found["HostConfig"]["ExtraHosts"] == ["db:10.0.0.2"]
    assert found["HostConfig"]["Binds"] == [f"{tmp_path}:/workspace:rw"]
    assert found["Config"]["Labels"].items() > {"own": "1"}.items()
    result = executor.execute_code_blocks([block("import os; print(os.environ['COLOUR'], os.environ['PYTHONUTF8'])")])
    assert result.output == "blue 1\n"


def test_the_defaults_hold_code_back_without_breaking_programs(shared: DockerCommandLineCodeExecutor) -> None:
    with engine() as client:
        limits = client.containers.get(name_of(shared)).attrs["HostConfig"]
    assert limits["PidsLimit"] == 4096
    assert limits["SecurityOpt"] == ["no-new-privileges"]
    assert sorted(limits["CapDrop"]) == ["MKNOD", "NET_RAW"]
    assert limits["OomScoreAdj"] > 0
    assert limits["ReadonlyRootfs"] is False


@pytest.mark.parametrize(
    ("language", "code", "output"),
    [
        ("python", "print(1)", "1\n"),
        ("py", "print(1)", "1\n"),
        ("Python", "print(1)", "1\n"),
        ("sh", "echo 1", "1\n"),
        ("shell", "echo 1", "1\n"),
        ("bash", 'echo "${BASH_VERSION:+bash}"', "bash\n"),
        ("python", "import sys\nprint('a\\r\\nb\\rc', end='')", "a\r\nb\rc"),
        ("python", "import sys\nsys.stdout.buffer.write(b'\\xff')", "\ufffd"),
        ("python", "import os\nprint(os.getcwd())", "/workspace\n"),
    ],
)
def test_languages_and_output(shared: DockerCommandLineCodeExecutor, language: str, code: str, output: str) -> None:
    result = shared.execute_code_blocks([block(code, language)])
    assert (result.exit_code, result.output) == (0, output)


def test_both_outputs_come_in_the_order_in_which_they_were_written(shared: DockerCommandLineCodeExecutor) -> None:
    lines = "for i in 1 2 3; do echo out $i; sleep 0.3; echo err $i >&2; sleep 0.3; done"
    result = shared.execute_code_blocks([block(lines, "sh")])
    assert result.output == "out 1\nerr 1\nout 2\nerr 2\nout 3\nerr 3\n"


def test_the_file_of_the_first_block_is_told_and_named_after_the_language(
    shared: DockerCommandLineCodeExecutor,
) -> None:
    result = shared.execute_code_blocks([block("print(1)"), block("# filename: sub/two.py\nprint(__file__)")])
    file = Path(result.code_file)
    assert (file.parent, file.suffix) == (shared.work_dir, ".python")
    assert result.output == "1\nsub/two.py\n" or result.output == "1\n/workspace/sub/two.py\n"


def test_what_no_program_runs_is_saved(shared: DockerCommandLineCodeExecutor) -> None:
    result = shared.execute_code_blocks([block("// filename: page.js\nalert(1)", "js"), block("print(2)")])
    assert result.output == f"Code saved to {shared.work_dir / 'page.js'}\n2\n"


def test_a_language_that_is_not_supported_ends_the_run(shared: DockerCommandLineCodeExecutor) -> None:
    result = shared.execute_code_blocks([block("print(1)"), block("x", "basic"), block("print(2)")])
    assert (result.exit_code, result.output) == (1, "1\nUnsupported language basic\n")


def test_policies_say_what_runs(opened: Run) -> None:
    executor = opened(execution_policies={"python": False, "html": True, "javascript": True})
    assert executor.execution_policies["sh"] is True
    assert executor.execute_code_blocks([block("print(1)")]).output.startswith("Code saved to ")
    with pytest.raises(NotImplementedError, match="html not recognized in code execution"):
        executor.execute_code_blocks([block("<p>", "html")])
    result = executor.execute_code_blocks([block("1", "javascript")])
    assert result.exit_code == 127
    assert result.output == (
        "node: command not found. Install it in the container, or write the code in another language.\n"
    )


def test_a_shell_that_is_not_in_the_image_is_a_failure(shared: DockerCommandLineCodeExecutor) -> None:
    result = shared.execute_code_blocks([block("echo 1", "pwsh")])
    assert (result.exit_code, result.output.split(":")[0]) == (127, "pwsh")


def test_exit_codes_are_handed_through(shared: DockerCommandLineCodeExecutor) -> None:
    assert shared.execute_code_blocks([block("raise SystemExit(3)")]).exit_code == 3


def test_input_is_at_its_end(shared: DockerCommandLineCodeExecutor) -> None:
    assert "EOFError" in shared.execute_code_blocks([block("input()")]).output


def test_a_killed_program_is_reported_as_a_shell_does_and_explained(shared: DockerCommandLineCodeExecutor) -> None:
    result = shared.execute_code_blocks([block("import os\nos.kill(os.getpid(), 9)")])
    assert result.exit_code == 137
    assert "SIGKILL" in result.output


def test_long_output_is_cut_in_the_middle_with_a_note(opened: Run) -> None:
    result = opened(max_output=1000).execute_code_blocks([block("print('a' * 5000 + 'z' * 5000)")])
    assert result.output.startswith("a" * 500 + "\n[... 9001 bytes are cut out here ...]\n")
    assert result.output.endswith("z\n")


# --- time ------------------------------------------------------------------------------------------------------


def test_a_timeout_keeps_the_output_and_ends_with_the_word(opened: Run) -> None:
    executor = opened(timeout=5)
    result = executor.execute_code_blocks([block("print('a')\nimport time\ntime.sleep(60)"), block("print('never')")])
    assert (result.exit_code, result.output) == (124, "a\n\nTimeout")


def test_a_timeout_ends_what_hides_and_spares_what_an_earlier_block_has_started(opened: Run, tmp_path: Path) -> None:
    mark = f"mark-of-{tmp_path.name}-{os.getpid()}"
    executor = opened(timeout=8)
    server = f"import time; time.sleep(600) # {mark}-server"
    hidden = f"import time; time.sleep(600) # {mark}-hidden"
    start = f"import subprocess\nquiet = subprocess.DEVNULL\nsubprocess.Popen(['python', '-c', {server!r}], "
    executor.execute_code_blocks([block(f"{start}stdout=quiet, stderr=quiet)")])
    code = (
        "import subprocess, time\n"
        f"subprocess.Popen(['env', '-i', '/usr/bin/python3', '-c', {hidden!r}], start_new_session=True)\n"
        "time.sleep(600)"
    )
    assert executor.execute_code_blocks([block(code)]).exit_code == 124
    assert processes_with(f"{mark}-hidden") == []
    assert len(processes_with(f"{mark}-server")) == 1


def test_code_that_has_used_up_all_processes_is_ended_too(opened: Run) -> None:
    bomb = "import os, time\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        time.sleep(0.1)"
    executor = opened(timeout=5, pids=50)
    begin = time.monotonic()
    assert executor.execute_code_blocks([block(bomb)]).exit_code == 124
    assert time.monotonic() - begin < 60
    assert executor.execute_code_blocks([block("print('again')")]).output == "again\n"


def test_a_block_may_leave_a_server_running(shared: DockerCommandLineCodeExecutor) -> None:
    result = shared.execute_code_blocks([block("sleep 20 >/dev/null 2>&1 &\necho started", "sh")])
    assert (result.exit_code, result.output) == (0, "started\n")


@pytest.mark.parametrize("timeout", [0, 0.5, -1])
def test_a_timeout_below_a_second_is_refused(timeout: float) -> None:
    with pytest.raises(ValueError, match="Timeout must be greater than or equal to 1"):
        DockerCommandLineCodeExecutor(timeout=timeout)  # type: ignore[arg-type]


def test_a_timeout_that_is_no_number_is_refused() -> None:
    with pytest.raises(TypeError, match="timeout must be a number"):
        DockerCommandLineCodeExecutor(timeout="60")  # type: ignore[arg-type]


# --- the life of the container ---------------------------------------------------------------------------------


def test_restart_ends_what_runs_and_keeps_what_was_installed(opened: Run, tmp_path: Path) -> None:
    mark = f"mark-of-{tmp_path.name}-{os.getpid()}"
    executor = opened()
    sleeper = f"nohup python -c 'import time; time.sleep(600) # {mark}' >/dev/null 2>&1 &"
    executor.execute_code_blocks([block(f"echo kept > /installed\n{sleeper}", "sh")])
    executor.restart()
    assert processes_with(mark) == []
    assert executor.execute_code_blocks([block("cat /installed", "sh")]).output == "kept\n"


def test_a_stopped_executor_says_so_and_can_be_restarted(opened: Run) -> None:
    executor = opened()
    executor.stop()
    executor.stop()
    with pytest.raises(module.ContainerStoppedError, match=r"restart\(\) starts a new one") as error:
        executor.execute_code_blocks([block("print(1)")])
    assert isinstance(error.value, docker.errors.APIError)
    executor.restart()
    assert executor.execute_code_blocks([block("print(1)")]).output == "1\n"


def test_stop_from_another_thread_reports_the_code_as_stopped(opened: Run, tmp_path: Path) -> None:
    executor = opened()
    results: list[Any] = []
    code = block("open('begun', 'w')\nimport time\ntime.sleep(600)")
    thread = threading.Thread(target=lambda: results.append(executor.execute_code_blocks([code, code])))
    thread.start()
    assert comes_true((tmp_path / "begun").exists)
    executor.stop()
    thread.join(30)
    assert (results[0].exit_code, results[0].output) == (130, "\nStopped")


def test_stop_between_two_blocks_keeps_the_second_from_running(opened: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    executor = opened()
    save = module.save_code

    def save_and_stop(code: str, *places: Any) -> Path:
        if "second" in code:
            executor.stop()
        return save(code, *places)

    monkeypatch.setattr(module, "save_code", save_and_stop)
    result = executor.execute_code_blocks([block("print('first')"), block("print('second')")])
    assert (result.exit_code, result.output) == (130, "first\n\nStopped")


def test_a_forgotten_executor_takes_its_container_along(tmp_path: Path) -> None:
    executor = DockerCommandLineCodeExecutor(work_dir=tmp_path)
    name = name_of(executor)
    del executor
    gc.collect()
    assert gone(name)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_program_that_was_forked_off_leaves_the_container_to_its_parent(tmp_path: Path) -> None:
    fork = (
        "import os\nif os.fork() == 0:\n    sys.exit()\nos.wait()\n"
        "from autogen_classic.coding import CodeBlock\n"
        "print(executor.execute_code_blocks([CodeBlock(language='sh', code='echo alive')]).output)\n"
    )
    with program(tmp_path, end=fork) as running:
        output = running.communicate(timeout=100)[0]
    assert "alive" in output


def test_several_threads_whose_container_has_ended_get_one_new_container(opened: Run) -> None:
    executor = opened(timeout=60)
    with engine() as client:
        client.containers.get(name_of(executor)).kill()
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda n: executor.execute_code_blocks([block(f"print({n})")]), range(4)))
    assert [result.output for result in results] == ["0\n", "1\n", "2\n", "3\n"]


def test_restart_after_stop_takes_the_place_of_a_container_that_stayed(opened: Run) -> None:
    executor = opened(auto_remove=False)
    executor.stop()
    executor.restart()
    assert executor.execute_code_blocks([block("print('again')")]).output == "again\n"
    executor.stop()
    with engine() as client:
        client.containers.get(name_of(executor)).remove()


class Road:
    """A TCP port that leads to the engine, until it is closed; later connections find nobody."""

    def __init__(self) -> None:
        self._ends: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"tcp://127.0.0.1:{self._listener.getsockname()[1]}"
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._threads[0].join()
        self._listener.close()
        for end in self._ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        for end in self._ends:
            end.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near = self._listener.accept()[0]
                far = socket.socket(socket.AF_UNIX)
                far.connect("/var/run/docker.sock")
                self._ends += [near, far]
                for pair in ((near, far), (far, near)):
                    self._threads.append(threading.Thread(target=self._carry, args=pair))
                    self._threads[-1].start()

    @staticmethod
    def _carry(source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)


@pytest.mark.skipif(not os.path.exists("/var/run/docker.sock"), reason="the engine is elsewhere")
@pytest.mark.filterwarnings("ignore::ResourceWarning")  # the docker package does not close a socket that fails
def test_an_engine_that_goes_away_is_an_error_that_says_so_and_stop_does_not_fail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    road = Road()
    monkeypatch.setenv("DOCKER_HOST", road.address)
    with DockerCommandLineCodeExecutor(work_dir=tmp_path) as executor:
        assert executor.execute_code_blocks([block("print(1)")]).output == "1\n"
        road.close()
        with pytest.raises(docker_engine.DockerUnavailableError, match="does not answer any more.*Start it again"):
            executor.execute_code_blocks([block("print(1)")])
    assert "cannot be stopped" in caplog.text
    monkeypatch.delenv("DOCKER_HOST")
    with engine() as client:
        client.containers.get(name_of(executor)).remove(force=True)
    gc.collect()


def test_a_container_that_somebody_removed_is_replaced(opened: Run, caplog: pytest.LogCaptureFixture) -> None:
    executor = opened()
    with engine() as client:
        client.containers.get(name_of(executor)).remove(force=True)
    assert executor.execute_code_blocks([block("print('again')")]).output == "again\n"
    assert "A new one is started" in caplog.text


def test_the_container_goes_with_the_end_of_the_block(tmp_path: Path) -> None:
    with DockerCommandLineCodeExecutor(work_dir=tmp_path, stop_container=False) as executor:
        assert exists(name_of(executor))
    assert gone(name_of(executor))


def test_without_auto_remove_the_stopped_container_stays(tmp_path: Path) -> None:
    with DockerCommandLineCodeExecutor(work_dir=tmp_path, auto_remove=False) as executor:
        pass
    with engine() as client:
        container = client.containers.get(name_of(executor))
        assert container.status == "exited"
        container.remove()


def test_a_taken_container_name_is_an_error_of_the_engine(opened: Run, tmp_path: Path) -> None:
    name = f"autogen-classic-test-{os.getpid()}"
    opened(container_name=name)
    with pytest.raises(docker.errors.APIError, match="already in use"):
        DockerCommandLineCodeExecutor(work_dir=tmp_path, container_name=name)


PROGRAM = """
import sys
from autogen_classic.coding import DockerCommandLineCodeExecutor
executor = DockerCommandLineCodeExecutor(work_dir={directory!r}, stop_container={stop})
print(executor._name, flush=True)
{end}
"""


def program(directory: Path, stop: bool = True, end: str = "") -> subprocess.Popen[str]:
    source = PROGRAM.format(directory=str(directory), stop=stop, end=end)
    return subprocess.Popen([sys.executable, "-c", source], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_the_end_of_the_program_removes_the_container(tmp_path: Path) -> None:
    with program(tmp_path) as running:
        name = running.communicate(timeout=60)[0].strip()
    assert running.returncode == 0
    assert gone(name)


def test_a_container_that_is_not_to_be_stopped_outlives_the_program(tmp_path: Path, opened: Run) -> None:
    with program(tmp_path, stop=False) as running:
        name = running.communicate(timeout=60)[0].strip()
    opened()  # clears up after others
    assert exists(name)
    with engine() as client:
        client.containers.get(name).remove(force=True)


def test_the_next_executor_removes_what_a_killed_program_has_left(tmp_path: Path, opened: Run) -> None:
    with program(tmp_path, end="sys.stdin.read()") as running:
        assert running.stdout is not None
        name = running.stdout.readline().strip()
        assert exists(name)
        opened()
        assert exists(name)  # its program still lives
        running.kill()
    opened()
    assert gone(name)


# --- the working directory -------------------------------------------------------------------------------------


def test_the_working_directory_is_made(tmp_path: Path, opened: Run) -> None:
    executor = opened(work_dir=str(tmp_path / "a" / "b c"))
    assert executor.execute_code_blocks([block("open('x', 'w')")]).exit_code == 0
    assert (tmp_path / "a" / "b c" / "x").is_file()


def test_a_file_is_no_working_directory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(FileExistsError, match="work_dir must be a directory"):
        DockerCommandLineCodeExecutor(work_dir=tmp_path / "file")


def test_bind_dir_is_the_working_directory_as_the_engine_has_it(tmp_path: Path, opened: Run) -> None:
    real = tmp_path / "real"
    real.mkdir()
    (tmp_path / "seen").symlink_to(real)
    executor = opened(work_dir=tmp_path / "seen", bind_dir=real)
    assert executor.bind_dir == real
    assert executor.execute_code_blocks([block("print(1)")]).output == "1\n"


def test_a_working_directory_that_the_engine_does_not_see_is_an_error(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    name = f"autogen-classic-unseen-{os.getpid()}"
    with pytest.raises(module.WorkDirNotSharedError, match=r"does not see work_dir.*bind_dir") as error:
        DockerCommandLineCodeExecutor(work_dir=tmp_path, bind_dir=elsewhere, container_name=name)
    assert isinstance(error.value, AutogenClassicError)
    assert gone(name)
    assert list(tmp_path.iterdir()) == [elsewhere]


SUB_PROGRAM = "import os\nos.makedirs('deep/er', mode=0o700)\nopen('deep/er/file', 'w')\nos.symlink('/etc', 'link')"


def test_files_that_code_writes_are_handed_to_you(tmp_path: Path, opened: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    monkeypatch.setattr(os, "getgid", lambda: 12346)
    (tmp_path).chmod(0o777)
    opened().execute_code_blocks([block(SUB_PROGRAM)])
    for made in ("deep", "deep/er", "deep/er/file", "link"):
        described = os.lstat(tmp_path / made)
        assert (described.st_uid, described.st_gid) == (12345, 12346)


def test_code_can_run_as_you(tmp_path: Path, opened: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    monkeypatch.setattr(os, "getgid", lambda: 12345)
    for place in (tmp_path, *list(tmp_path.parents)[:2]):
        place.chmod(0o777)
    result = opened(user="host").execute_code_blocks([block("import os\nos.mkdir('d')\nprint(os.getuid())")])
    assert result.output == "12345\n"
    assert (tmp_path / "d").stat().st_uid == 12345


def test_what_goes_away_while_it_is_looked_for_is_passed_over(tmp_path: Path) -> None:
    found = foreign_files.left_by_others(tmp_path / "gone")
    assert list(found) == []


def test_windows_line_ends_are_no_part_of_shell_commands(shared: DockerCommandLineCodeExecutor) -> None:
    assert shared.execute_code_blocks([block("if true; then\r\necho yes\r\nfi\r\n", "sh")]).output == "yes\n"


def test_a_name_that_no_file_can_have_is_told_to_the_model(shared: DockerCommandLineCodeExecutor) -> None:
    blocks = [block("# filename: taken/one.py\n"), block("# filename: taken/one.py/two.py\n")]
    result = shared.execute_code_blocks(blocks)
    assert result.exit_code == 1
    assert "The file taken/one.py/two.py cannot be written" in result.output


def test_what_belongs_to_others_is_found_from_outside_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "file").write_text("", encoding="utf-8")
    assert foreign_files.hand_over_command(tmp_path, "/workspace") == []
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    assert list(foreign_files.left_by_others(tmp_path)) == [tmp_path / "mine"]


# --- no engine, no image ---------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # the docker package does not close a socket that fails
@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "unix:///nowhere/docker.sock"])
def test_without_an_engine_there_are_three_ways_out(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("DOCKER_HOST", address)
    with pytest.raises(docker_engine.DockerUnavailableError) as error:
        DockerCommandLineCodeExecutor()
    assert isinstance(error.value, (docker.errors.DockerException, RuntimeError, AutogenClassicError))
    for way in ("start Docker", '"use_docker": False', "AUTOGEN_USE_DOCKER"):
        assert way in str(error.value)
    del error
    gc.collect()


def test_an_image_that_cannot_be_had_is_named_with_the_command_to_pull_it() -> None:
    with pytest.raises(docker_engine.ImageUnavailableError, match="`docker pull localhost:1/nosuch:1`") as error:
        DockerCommandLineCodeExecutor(image="localhost:1/nosuch:1")
    assert isinstance(error.value, docker.errors.APIError)


class Images:
    """Stands in for the images of an engine: those it has and those it can pull."""

    def __init__(self, here: set[str], pullable: set[str]) -> None:
        self.images, self.here, self.pullable = self, here, pullable

    def get(self, name: str) -> None:
        if name not in self.here:
            raise docker.errors.ImageNotFound(name)

    def pull(self, name: str) -> None:
        if name not in self.pullable:
            raise docker.errors.APIError("no network")


@pytest.mark.parametrize(
    ("names", "here", "pullable", "used"),
    [
        (["a", "b"], {"b"}, {"a"}, "b"),
        (["a", "b"], {"a", "b"}, set(), "a"),
        (["a", "b"], set(), {"b"}, "b"),
    ],
)
def test_an_image_that_is_here_goes_before_one_to_pull(
    names: list[str], here: set[str], pullable: set[str], used: str
) -> None:
    assert docker_engine.find_image(Images(here, pullable), names) == used


def test_the_docker_package_can_be_replaced_in_the_module(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def from_env() -> Any:
        asked.append("asked")
        raise docker.errors.DockerException("an engine of the test")

    monkeypatch.setattr(module.docker, "from_env", from_env)
    with pytest.raises(docker_engine.DockerUnavailableError, match="an engine of the test"):
        module.DockerCommandLineCodeExecutor()
    assert asked == ["asked"]
