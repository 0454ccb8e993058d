"""`execute_code` with use_docker, against a real engine."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docker
import docker.errors
import pytest
from executors import no_docker

from autogen_classic import UserProxyAgent, code_utils
from autogen_classic._code.docker import containers
from autogen_classic.code_utils import execute_code, is_docker_running

pytestmark = pytest.mark.skipif(bool(no_docker()), reason=no_docker() or "-")
IMAGE = "python:3-slim"


@pytest.fixture(autouse=True)
def outside_a_container(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine that runs these tests may itself be a container, where code is run as a process."""
    monkeypatch.setattr(code_utils, "in_docker_container", lambda: False)


@pytest.fixture(autouse=True)
def no_images_left(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    yield
    monkeypatch.undo()  # a test may have pointed DOCKER_HOST to nowhere
    names = list(containers._images_of_this_process)
    containers._remove_images()
    client = docker.from_env()
    for name in names:
        with pytest.raises(docker.errors.ImageNotFound):
            client.images.get(name)
    client.close()


def run(work_dir: Path, code: str | None, **settings: Any) -> tuple[int, str, str | None]:
    return execute_code(code, work_dir=str(work_dir), **{"use_docker": IMAGE, **settings})


def containers_of_this_process() -> list[str]:
    client = docker.from_env()
    labels = {"label": ["autogen-classic.container=legacy", f"autogen-classic.container.pid={os.getpid()}"]}
    names = [container.name for container in client.containers.list(all=True, filters=labels)]
    client.close()
    return names


def test_an_engine_that_answers_is_seen() -> None:
    assert is_docker_running() is True


def test_an_engine_that_does_not_answer_is_an_error_with_three_ways_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:9")
    assert is_docker_running() is False
    with pytest.raises(RuntimeError, match="docker is not running") as error:
        run(tmp_path, "print(1)", use_docker=True)
    for way in ("Make sure docker is running", '"use_docker": False', "AUTOGEN_USE_DOCKER"):
        assert way in str(error.value)


def test_an_agent_is_not_made_without_an_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AUTOGEN_USE_DOCKER", raising=False)
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:9")
    with pytest.raises(RuntimeError, match="docker is not running"):
        UserProxyAgent("user", code_execution_config={})


@pytest.mark.parametrize("use_docker", [True, IMAGE, ["localhost:1/nosuch", IMAGE]])
def test_code_runs_in_the_first_image_that_is_here(tmp_path: Path, use_docker: Any) -> None:
    assert run(tmp_path, "import os\nprint(os.getcwd())", use_docker=use_docker) == (0, "/workspace\n", IMAGE)


def test_what_the_code_changed_is_in_the_image_for_the_next_code(tmp_path: Path) -> None:
    _, _, image = run(tmp_path, "open('/installed', 'w').write('kept')")
    assert image is not None
    assert image.startswith("autogen-classic-code:")
    assert run(tmp_path, "print(open('/installed').read())", use_docker=image) == (0, "kept\n", image)


def test_files_stay_in_the_working_directory_but_that_of_unnamed_code(tmp_path: Path) -> None:
    run(tmp_path, "open('made', 'w').write('x')")
    run(tmp_path, "print(1)", filename="sub/named.py")
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["made", "named.py", "sub"]


def test_a_failure_has_both_outputs_and_names_the_file_as_the_model_knows_it(tmp_path: Path) -> None:
    exit_code, output, _ = run(tmp_path, "print('out', flush=True)\n1 / 0", filename="code.py")
    assert exit_code == 1
    assert 'File "code.py", line 2' in output
    assert "out\n" in output
    assert 'File "", line 1' in run(tmp_path, "1 / 0")[1]


def test_a_file_that_is_there_can_be_run(tmp_path: Path) -> None:
    (tmp_path / "there.sh").write_text("echo $0; exit 7", encoding="utf-8")
    assert run(tmp_path, None, filename="there.sh", lang="sh")[:2] == (7, "there.sh\n")


def test_output_is_unicode_and_keeps_its_line_ends(tmp_path: Path) -> None:
    assert run(tmp_path, "print('Grüße\\r\\n世界')")[1] == "Grüße\r\n世界\n"


def test_a_timeout_has_exit_code_1_and_the_same_image(tmp_path: Path) -> None:
    begin = time.monotonic()
    assert run(tmp_path, "import time\ntime.sleep(600)", timeout=1) == (1, "Timeout", IMAGE)
    assert time.monotonic() - begin < 30


def test_a_program_that_is_not_in_the_image_is_a_failure(tmp_path: Path) -> None:
    exit_code, output, image = run(tmp_path, "1", lang="javascript")
    assert (exit_code, image) == (127, IMAGE)
    assert output.startswith("node: command not found")


def test_images_that_cannot_be_had_are_named(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match=r"(?s)None of the docker images.*docker pull localhost:1/nosuch"):
        run(tmp_path, "1", use_docker="localhost:1/nosuch")


def test_no_variable_of_this_program_is_in_the_container(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "planted-secret")
    assert "planted-secret" not in run(tmp_path, "env", lang="sh")[1]


def test_files_that_code_writes_are_handed_to_you(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    monkeypatch.setattr(os, "getgid", lambda: 12345)
    run(tmp_path, "import os\nos.makedirs('deep/er')")
    assert (tmp_path / "deep" / "er").stat().st_uid == 12345


def test_no_container_is_left() -> None:
    assert containers_of_this_process() == []


def test_the_images_go_with_the_program(tmp_path: Path) -> None:
    program = (
        "from autogen_classic import code_utils\n"
        "code_utils.in_docker_container = lambda: False\n"
        f"code = \"open('/made', 'w')\"\n"
        f"print(code_utils.execute_code(code, work_dir={str(tmp_path)!r}, use_docker={IMAGE!r})[2])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    name = done.stdout.strip()
    client = docker.from_env()
    assert name.startswith("autogen-classic-code:")
    with pytest.raises(docker.errors.ImageNotFound):
        client.images.get(name)
    client.close()
