"""The executors that can run on this machine, each with what it can do, for the tests that all of them have to pass."""

from __future__ import annotations

import atexit
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from autogen_classic.coding import YepCodeCodeExecutor, YepCodeCodeResult
from autogen_classic.coding.base import CodeBlock, CodeExecutor

MEMORY = 256 * 1024 * 1024


@dataclass(frozen=True)
class Kind:
    """One kind of executor.

    Attributes:
        name: in the ids of tests.
        make: opens one in a directory: ``make(work_dir, timeout, **settings)``.
        missing: says why it cannot run here, or "".
        keeps_state: whether a block finds the variables of the one before.
        shells: whether it runs ``sh`` blocks.
        keeps_files: whether a block finds the files of the one before.
        shares_files: whether its files are those of the directory on this machine.
        tells_before_timeout: whether what was printed before a timeout is told.
        ends_all: whether it is this machine on which all that a block has started has to end.
        is_sandbox: whether code cannot reach the files, secrets and processes of this machine.
        no_network: settings that cut off the network; None where it cannot.
        memory: settings that limit memory to `MEMORY`; None where it cannot.
        processes: settings that limit the number of processes; None where it cannot.
    """

    name: str
    make: Callable[..., AbstractContextManager[CodeExecutor]]
    missing: Callable[[], str] = lambda: ""
    keeps_state: bool = False
    shells: bool = True
    keeps_files: bool = True
    shares_files: bool = True
    tells_before_timeout: bool = True
    ends_all: bool = True
    is_sandbox: bool = False
    no_network: dict[str, Any] | None = None
    memory: dict[str, Any] | None = None
    processes: dict[str, Any] | None = None


def block(code: str, language: str = "python") -> CodeBlock:
    return CodeBlock(code=code, language=language)


@contextmanager
def _local(work_dir: Path, timeout: float = 30, **settings: Any) -> Any:
    from autogen_classic.coding import LocalCommandLineCodeExecutor

    with LocalCommandLineCodeExecutor(work_dir=work_dir, timeout=timeout, **settings) as executor:
        yield executor


def _bubblewrap(work_dir: Path, timeout: float = 30, **settings: Any) -> Any:
    return _local(work_dir, timeout, sandbox="bubblewrap", **settings)


@cache
def _no_bubblewrap() -> str:
    from autogen_classic._code.process.bubblewrap import SandboxUnavailableError, check_bubblewrap

    try:
        check_bubblewrap()
    except SandboxUnavailableError as error:
        return str(error)
    return ""


@cache
def no_docker() -> str:
    """Why Docker tests cannot run here, or ""."""
    if shutil.which("docker") is None:
        return "the program docker is missing"
    found = subprocess.run(["docker", "image", "inspect", "python:3-slim"], capture_output=True, check=False)
    return "" if found.returncode == 0 else "no engine with the image python:3-slim; start it: scripts/docker-engine"


@contextmanager
def _docker(work_dir: Path, timeout: float = 30, **settings: Any) -> Any:
    from autogen_classic.coding import DockerCommandLineCodeExecutor

    with DockerCommandLineCodeExecutor(work_dir=work_dir, timeout=timeout, **settings) as executor:
        yield executor


def _no_jupyter() -> str:
    missing = [name for name in ("ipykernel", "jupyter_client", "kernel_gateway") if find_spec(name) is None]
    return f"needs {', '.join(missing)}: pip install 'autogen-classic[jupyter-executor]'" if missing else ""


@contextmanager
def _embedded(work_dir: Path, timeout: float = 30, **settings: Any) -> Any:
    from autogen_classic.coding.jupyter import EmbeddedIPythonCodeExecutor

    places = {"output_dir": str(work_dir), "work_dir": str(work_dir)}
    with EmbeddedIPythonCodeExecutor(**places, timeout=timeout, **settings) as executor:
        yield executor


@cache
def _local_server() -> Any:
    """One for all tests, each of which has a kernel of its own."""
    from autogen_classic.coding.jupyter import LocalJupyterServer

    directory = tempfile.mkdtemp(prefix="autogen-classic-test-")
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    return LocalJupyterServer(log_file=None, work_dir=directory)


@cache
def _container_server() -> Any:
    """Likewise in a container."""
    from autogen_classic.coding.jupyter import DockerJupyterServer

    return DockerJupyterServer(custom_image_name="autogen-classic/jupyter:latest")


_opening_a_server = threading.Lock()


def stop_servers() -> None:
    """Stop the servers that tests have shared."""
    for shared in (_local_server, _container_server):
        if shared.cache_info().currsize:
            shared().stop()
            shared.cache_clear()


@contextmanager
def _jupyter(work_dir: Path, timeout: float = 30) -> Any:
    from autogen_classic.coding.jupyter import JupyterCodeExecutor

    with _opening_a_server:
        server = _local_server()
    with JupyterCodeExecutor(server, output_dir=work_dir, timeout=timeout) as executor:
        yield executor


@contextmanager
def _docker_jupyter(work_dir: Path, timeout: float = 30, **settings: Any) -> Any:
    from autogen_classic.coding.jupyter import DockerJupyterServer, JupyterCodeExecutor

    with ExitStack() as stack:
        if settings:
            image = "autogen-classic/jupyter:latest"
            server = stack.enter_context(DockerJupyterServer(custom_image_name=image, **settings))
        else:
            with _opening_a_server:
                server = _container_server()
        yield stack.enter_context(JupyterCodeExecutor(server, output_dir=work_dir, timeout=timeout))


@contextmanager
def _pod(work_dir: Path, timeout: float = 30, **settings: Any) -> Any:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    from fake_cluster import FakeCluster

    from autogen_classic.coding.kubernetes import PodCommandLineCodeExecutor

    with FakeCluster() as cluster, tempfile.TemporaryDirectory() as folder:
        settings = {"kube_config_file": cluster.kube_config(Path(folder)), **settings}
        with PodCommandLineCodeExecutor(work_dir=work_dir, timeout=timeout, **settings) as executor:
            yield executor


def _no_kubernetes() -> str:
    missing = [name for name in ("kubernetes", "websockets") if find_spec(name) is None]
    return f"needs {', '.join(missing)}: pip install 'autogen-classic[kubernetes,websockets]'" if missing else ""


@contextmanager
def _remyx(work_dir: Path, timeout: float = 30, **settings: Any) -> Any:
    from autogen_classic.coding import RemyxCodeExecutor

    with RemyxCodeExecutor(image="python:3-slim", work_dir=work_dir, timeout=int(timeout), **settings) as executor:
        yield executor


@contextmanager
def _daytona(work_dir: Path, timeout: float = 30) -> Any:
    from daytona_double import KEY, DaytonaDouble

    from autogen_classic.coding import DaytonaCodeExecutor

    with DaytonaDouble() as service, DaytonaCodeExecutor(KEY, service.url, timeout=int(timeout)) as executor:
        yield executor


class _WithoutTimes(YepCodeCodeExecutor):
    """Tells what code has printed without the times and levels of the logs, which the tests of YepCode look at."""

    def execute_code_blocks(self, code_blocks: Sequence[CodeBlock]) -> YepCodeCodeResult:
        result = super().execute_code_blocks(code_blocks)
        lines = [line for line in result.output.split("\n") if line not in ("", "Execution logs:", "===")]
        plain = "\n".join(re.sub(r"^\S+ - (INFO|ERROR): ", "", line) for line in lines)
        return result.model_copy(update={"output": plain})


@contextmanager
def _yepcode(work_dir: Path, timeout: float = 30) -> Any:
    from yepcode_double import TOKEN, YepCodeDouble

    with YepCodeDouble() as service:
        with _opening_a_server, pytest.MonkeyPatch.context() as patch:
            patch.setenv("YEPCODE_API_HOST", service.host)
            opened = _WithoutTimes(TOKEN, timeout=int(timeout))
        with opened as executor:
            yield executor


KINDS = (
    Kind("local", _local, memory={"limits": {"memory": MEMORY}}),
    Kind(
        "bubblewrap",
        _bubblewrap,
        _no_bubblewrap,
        is_sandbox=True,
        no_network={},
        memory={"limits": {"memory": MEMORY}},
    ),
    Kind(
        "docker",
        _docker,
        no_docker,
        is_sandbox=True,
        no_network={"network": "none"},
        memory={"memory": MEMORY},
        processes={"pids": 64},
    ),
    Kind("ipython", _embedded, _no_jupyter, keeps_state=True, memory={"limits": {"memory": 2 * MEMORY}}),
    Kind("jupyter", _jupyter, _no_jupyter, keeps_state=True),
    Kind(
        "docker-jupyter",
        _docker_jupyter,
        lambda: _no_jupyter() or no_docker(),
        keeps_state=True,
        is_sandbox=True,
        memory={"mem_limit": 2 * MEMORY},
        processes={"pids_limit": 128},
    ),
    Kind("pod", _pod, _no_kubernetes),
    Kind(
        "remyx",
        _remyx,
        no_docker,
        is_sandbox=True,
        no_network={"network": "none"},
        memory={"memory": MEMORY},
        processes={"pids": 64},
    ),
    Kind(
        "daytona",
        _daytona,
        lambda: "" if find_spec("daytona") else "needs daytona: pip install 'autogen-classic[daytona]'",
        shares_files=False,
        tells_before_timeout=False,
        ends_all=False,
    ),
    Kind("yepcode", _yepcode, shells=False, keeps_files=False, shares_files=False, ends_all=False),
)


def processes_with(mark: str) -> list[int]:
    """The processes of this machine, containers included, that have a text in their command line."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            line = (folder / "cmdline").read_bytes()
        except OSError:  # it has ended meanwhile
            continue
        if mark.encode() in line and int(folder.name) != os.getpid():
            found.append(int(folder.name))
    return found
