"""Code in containers of a real engine."""

from __future__ import annotations

import asyncio
import os
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from executors import no_docker

from autogen_classic._code.docker.engine import IMAGE_LABEL
from autogen_classic.environments import DockerPythonEnvironment, WorkingDirectory
from autogen_classic.environments.python_environment import CodeResult

docker = pytest.importorskip("docker")
pytestmark = pytest.mark.skipif(bool(no_docker()), reason=no_docker() or "-")

IMAGE = "python:3-slim"
PREFIX = f"environment_of_a_test_{os.getpid()}_"


def run(environment: DockerPythonEnvironment, code: str, script: Path, timeout: int = 30) -> CodeResult:
    return asyncio.run(environment.execute_code(code, str(script), timeout=timeout))


def left() -> list[str]:
    with closing(docker.from_env()) as client:
        images = client.images.list(filters={"label": f"{IMAGE_LABEL}.pid={os.getpid()}"})
        containers = client.containers.list(all=True, filters={"name": PREFIX})
        return [tag for image in images for tag in image.tags] + [container.name for container in containers]


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    yield
    assert left() == []


def test_code_runs_in_a_container_that_sees_the_working_directory(tmp_path: Path) -> None:
    settings = {"environment": {"BIRD": "heron"}, "network": "none", "container_name_prefix": PREFIX}
    with DockerPythonEnvironment(IMAGE, **settings) as environment, WorkingDirectory(str(tmp_path)):
        code = "import os, sys; print(os.environ['BIRD'], os.getcwd()); open('made', 'w').write('x'); sys.exit('e')"
        result = run(environment, code, tmp_path / "deep" / "script.py")
        assert result == {"success": False, "stdout": "heron /workspace\n", "stderr": "e\n", "returncode": 1}
        assert run(environment, "print(open('made').read())", tmp_path / "next.py")["stdout"] == "x\n"
        late = run(environment, "import time; time.sleep(60)", tmp_path / "late.py", timeout=1)
        assert late == {"success": False, "error": "Execution timed out after 1 seconds"}
        assert len(left()) == 1
    assert (tmp_path / "made").read_text() == "x"


def test_what_ended_the_code_is_told_on_its_standard_error(tmp_path: Path) -> None:
    with DockerPythonEnvironment(IMAGE, network="none", container_name_prefix=PREFIX) as environment:
        code = "import os, signal; print('begun', flush=True); os.kill(os.getpid(), signal.SIGKILL)"
        killed = run(environment, code, tmp_path / "killed.py")
    said = "The code was ended by SIGKILL: it was killed, perhaps because memory ran out.\n"
    assert killed == {"success": False, "stdout": "begun\n", "stderr": said, "returncode": 137}


def test_packages_are_there_in_every_directory(tmp_path: Path) -> None:
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    about = "Metadata-Version: 2.1\nName: heron\nVersion: 1.0\n"
    with zipfile.ZipFile(wheels / "heron-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("heron.py", "says = 'waits'")
        wheel.writestr("heron-1.0.dist-info/METADATA", about)
        wheel.writestr("heron-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr("heron-1.0.dist-info/RECORD", "")
    (tmp_path / "requirements.txt").write_text("--no-index\n/wheels/heron-1.0-py3-none-any.whl; python_version > '3'\n")
    with DockerPythonEnvironment(
        IMAGE,
        PREFIX,
        volumes={str(wheels): "/wheels"},
        network="none",
        requirements_file=str(tmp_path / "requirements.txt"),
    ) as environment:
        for directory in ("one", "two"):
            result = run(environment, "import heron; print(heron.says)", tmp_path / directory / "script.py")
            assert result == {"success": True, "stdout": "waits\n", "stderr": "", "returncode": 0}


def test_packages_that_cannot_be_installed_are_named(tmp_path: Path) -> None:
    settings = {"environment": {"PIP_NO_INDEX": "1"}, "network": "none", "pip_packages": ["heron-4711"]}
    with pytest.raises(RuntimeError, match="pip has not installed heron-4711"):
        DockerPythonEnvironment(IMAGE, PREFIX, **settings).__enter__()


def test_a_file_of_packages_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"none\.txt"):
        DockerPythonEnvironment(IMAGE, PREFIX, requirements_file=str(tmp_path / "none.txt")).__enter__()


def test_an_image_is_built_from_a_dockerfile(tmp_path: Path) -> None:
    file = tmp_path / "Birdfile"
    file.write_text(f"FROM {IMAGE}\nARG BIRD\nENV BIRD=$BIRD\n")
    settings = {"dockerfile": str(file), "build_args": {"BIRD": "heron"}, "container_name_prefix": PREFIX}
    with DockerPythonEnvironment(**settings) as environment:
        assert run(environment, "import os; print(os.environ['BIRD'])", tmp_path / "script.py")["stdout"] == "heron\n"
    file.write_text("FROM")
    with pytest.raises(RuntimeError, match="Birdfile cannot be built"):
        DockerPythonEnvironment(**settings).__enter__()


@pytest.mark.parametrize(
    ("stays", "status"), [({"cleanup_container": False}, "exited"), ({"keep_container_running": True}, "running")]
)
def test_a_container_stays_where_it_is_wanted(tmp_path: Path, stays: dict[str, bool], status: str) -> None:
    with DockerPythonEnvironment(IMAGE, PREFIX, **stays) as environment:
        assert run(environment, "print(1)", tmp_path / "script.py")["success"] is True
    (name,) = left()
    with closing(docker.from_env()) as client:
        container = client.containers.get(name)
        assert container.status == status
        container.remove(force=True)
