"""`autogen-classic docker-clean`: what killed programs have left goes, what is in use stays."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from autogen_classic._code.docker import engine as docker_engine
from autogen_classic._code.process import owner as process_owner
from autogen_classic._code.process.owner import is_orphan, labels_of_this_process
from autogen_classic.cli import main


def _engine_is_missing() -> bool:
    command = ["docker", "image", "inspect", "python:3-slim"]
    return shutil.which("docker") is None or subprocess.run(command, capture_output=True, check=False).returncode != 0


needs_docker = pytest.mark.skipif(_engine_is_missing(), reason="no engine with the image python:3-slim")
A_DEAD_PROCESS = {"started": "1"}


@pytest.fixture
def engine() -> Iterator[Any]:
    import docker

    client = docker.from_env()
    yield client
    client.close()


def make(client: Any, name: str, *, kept: bool = False, **changed: str) -> Any:
    labels = docker_engine.container_labels("test", kept=kept)
    labels |= {f"{docker_engine.CONTAINER_LABEL}.{key}": value for key, value in changed.items()}
    return client.containers.create(
        "python:3-slim", command="true", name=f"autogen-classic-{name}-{os.getpid()}", labels=labels
    )


def names(client: Any) -> set[str]:
    # not by containers.list(), which asks for each one again, and some belong to other tests that remove them
    return {name.lstrip("/") for found in client.api.containers(all=True) for name in found["Names"]}


@needs_docker
def test_containers_of_dead_processes_go_and_the_others_stay(engine: Any, capsys: pytest.CaptureFixture[str]) -> None:
    others = [
        make(engine, "alive"),
        make(engine, "kept", kept=True, **A_DEAD_PROCESS),
        make(engine, "elsewhere", host="another machine", **A_DEAD_PROCESS),
    ]
    try:
        for _ in range(20):  # executors of other tests remove what the dead have left, too, and may be faster
            dead = make(engine, "dead", **A_DEAD_PROCESS)
            assert main(["docker-clean"]) == 0
            assert dead.name not in names(engine)
            if f"removed {dead.name}\n" in capsys.readouterr().out:
                break
        else:
            pytest.fail("docker-clean never told that it removed the container of the dead process")
        assert names(engine) >= {container.name for container in others}
    finally:
        for container in others:
            container.remove(force=True)


@needs_docker
def test_images_of_dead_processes_go(engine: Any) -> None:
    container = make(engine, "source")
    name = f"autogen-classic-code:test-{os.getpid()}"
    changes = [
        change.replace(process_owner._start_time(os.getpid()), "1") for change in docker_engine.image_changes("x")
    ]
    container.commit(*name.split(":"), changes=changes)
    container.remove()
    assert name in docker_engine.remove_leftovers(engine)
    assert engine.images.list(name) == []


def test_all_means_all(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    engine = FakeEngine({"a": "no", "b": "yes"})
    monkeypatch.setattr(docker_engine, "connect", lambda: engine)
    assert main(["docker-clean"]) == 0
    assert capsys.readouterr().out == "Nothing was left behind.\n"
    assert main(["docker-clean", "--all"]) == 0
    assert capsys.readouterr().out == "removed a\nremoved b\n"


class FakeEngine:
    """Stands in for an engine with containers of this process; the values say whether they are kept."""

    def __init__(self, containers: dict[str, str]) -> None:
        self.api = self
        self._containers = containers

    def containers(self, **_: Any) -> list[dict[str, Any]]:
        mine = docker_engine.container_labels("test")
        kept = f"{docker_engine.CONTAINER_LABEL}.kept"
        return [{"Id": n, "Names": [f"/{n}"], "Labels": {**mine, kept: v}} for n, v in self._containers.items()]

    def images(self, **_: Any) -> list[dict[str, Any]]:
        return []

    def remove_container(self, name: str, **_: Any) -> None:
        assert name in self._containers

    def close(self) -> None:
        pass


def test_without_an_engine_the_command_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:9")
    assert main(["docker-clean"]) == 1
    assert "no engine answers" in capsys.readouterr().err


# --- which process a thing belongs to --------------------------------------------------------------------------


def test_a_thing_of_a_living_process_is_no_orphan() -> None:
    assert not is_orphan(labels_of_this_process("x"), "x")


@pytest.mark.parametrize("changed", [{"x.started": "1"}, {"x.pid": "4194304999"}, {"x.boot": "another"}])
def test_a_thing_of_a_dead_process_is_an_orphan(changed: dict[str, str]) -> None:
    assert is_orphan({**labels_of_this_process("x"), **changed}, "x")


@pytest.mark.parametrize("changed", [{"x.host": "another"}, {"x.pid": ""}, {"x.pid": "many"}])
def test_what_cannot_be_known_is_no_orphan(changed: dict[str, str]) -> None:
    assert not is_orphan({**labels_of_this_process("x"), **changed, "x.started": "1"}, "x")
    assert not is_orphan({}, "x")
