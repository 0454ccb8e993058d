"""How long `print(1)` takes with each executor, beside the bare tool that it runs code with."""

from __future__ import annotations

import contextlib
import importlib.util
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any

from common import IMPLEMENTATION, OURS, QUICK, load_autogen, report

CODE, PYTHON_IMAGE = "print(1)", "python:3-slim"
REPEATS = 3 if QUICK else 40
load_autogen()
coding = importlib.import_module("autogen.coding")
BLOCKS = [coding.CodeBlock(language="python", code=CODE)]

Action = Callable[[], Any]


@contextmanager
def local(folder: Path, file: Path) -> Iterator[tuple[Action, Action]]:
    executor = coding.LocalCommandLineCodeExecutor(timeout=60, work_dir=folder)
    command = [sys.executable, str(file)]
    yield (
        lambda: executor.execute_code_blocks(BLOCKS),
        lambda: subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60),
    )


@contextmanager
def bubblewrap(folder: Path, file: Path) -> Iterator[tuple[Action, Action]]:
    executor = coding.LocalCommandLineCodeExecutor(timeout=60, work_dir=folder, sandbox="bubblewrap")
    fence = executor._sandbox_command()  # the same fence, so that only what we add is compared
    command = [*fence, sys.executable, str(file)]
    yield (
        lambda: executor.execute_code_blocks(BLOCKS),
        lambda: subprocess.run(command, capture_output=True, text=True, timeout=60),
    )


@contextmanager
def docker(folder: Path, file: Path) -> Iterator[tuple[Action, Action]]:
    executor = coding.DockerCommandLineCodeExecutor(image=PYTHON_IMAGE, timeout=60, work_dir=folder)
    import docker as sdk

    mount = {str(folder): {"bind": "/workspace", "mode": "rw"}}
    container = sdk.from_env().containers.run(
        PYTHON_IMAGE, ["sleep", "600"], detach=True, remove=True, volumes=mount, working_dir="/workspace"
    )
    try:
        yield (
            lambda: executor.execute_code_blocks(BLOCKS),
            lambda: container.exec_run(["python", file.name]),
        )
    finally:
        executor.stop()
        container.kill()


@contextmanager
def kernel(folder: Path, file: Path) -> Iterator[tuple[Action, Action]]:
    from jupyter_client.manager import start_new_kernel

    executor = importlib.import_module("autogen.coding.jupyter").EmbeddedIPythonCodeExecutor(output_dir=str(folder))
    manager, client = start_new_kernel()
    try:
        yield (
            lambda: executor.execute_code_blocks(BLOCKS),
            lambda: client.execute_interactive(CODE, timeout=60, output_hook=lambda message: None),
        )
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
        with contextlib.suppress(AttributeError):  # that of 0.2.40 ends with its process
            executor.stop()


def docker_runs() -> bool:
    if shutil.which("docker") is None or importlib.util.find_spec("docker") is None:
        return False
    return subprocess.run(["docker", "image", "inspect", PYTHON_IMAGE], capture_output=True).returncode == 0


def elapsed(action: Action) -> float:
    start = perf_counter()
    action()
    return perf_counter() - start


KINDS: dict[str, tuple[Any, bool]] = {
    "local": (local, True),
    "bubblewrap": (bubblewrap, IMPLEMENTATION == OURS and shutil.which("bwrap") is not None),
    "docker": (docker, docker_runs()),
    "kernel": (kernel, importlib.util.find_spec("ipykernel") is not None),
}
measurements: dict[str, float] = {}
for name, (open_kind, can_run) in KINDS.items():
    if not can_run:
        continue
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "bare.py"
        file.write_text(CODE, encoding="utf-8")
        with open_kind(Path(place), file) as (ours, bare):
            ours()
            bare()
            # by turns, so that both meet the same weather on the machine
            pairs = [(elapsed(ours), elapsed(bare)) for _ in range(REPEATS)]
    taken, alone = (statistics.median(times) for times in zip(*pairs, strict=True))
    measurements |= {f"code_{name}": taken, f"code_{name}_bare": alone, f"code_{name}_ratio": taken / alone}
report(**measurements)
