"""A Docker container."""

from __future__ import annotations

import tarfile
import time
import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from threading import Event, Lock
from typing import TYPE_CHECKING

import docker.errors

from .._code.docker.command import MARK_OF_THE_CONTAINER, ContainerCommand
from .._code.docker.engine import (
    SAFE_SETTINGS,
    connect,
    container_labels,
    find_image,
    image_changes,
    image_labels,
    is_running,
    remove_container,
    remove_leftovers,
)
from .._code.docker.exec_output import exec_output
from .._code.docker.shared_directory import WORKSPACE, SharedDirectory
from .._code.kept_output import KeptOutput
from .._code.process.command import ProcessResult
from .python_environment import MOST_OUTPUT, PythonEnvironment
from .working_directory import WorkingDirectory

if TYPE_CHECKING:
    from docker import DockerClient
    from docker.models.containers import Container

__all__ = ("DockerPythonEnvironment",)

_KIND = "environment"
_IMAGES = "autogen-classic-environment"
_REQUIREMENTS = "autogen-classic-requirements.txt"


class DockerPythonEnvironment(PythonEnvironment):
    """Runs code in a Docker container, which sees one directory of this machine, and none of its other files.

    That is the current `WorkingDirectory` if the script is in it, or else the script's own directory. Each directory
    has a container of its own, from the first code in it to the end of the ``with`` block.

    Args:
        image: the image; it is pulled if the engine does not have it.
        container_name_prefix: what the names of containers begin with.
        volumes: further directories, each with its path in the container, such as ``{"data": "/data"}``.
        environment: environment variables of the code.
        network: ``"none"`` cuts the code off, a name connects it to that network of the engine.
        pip_packages: packages to install at the beginning of the block.
        requirements_file: a file that names further ones.
        dockerfile: a file to build the image from, in place of ``image``; its directory is the context of the build.
        build_args: the arguments of the build.
        cleanup_container: whether the containers are removed at the end of the block; otherwise they are stopped.
        keep_container_running: whether they go on after the end of the block.
        container_startup_timeout: how many seconds a container may take to start.
    """

    def __init__(
        self,
        image: str = "python:3.11-slim",
        container_name_prefix: str = "ag2_docker_env_",
        volumes: Mapping[str, str] | None = None,
        environment: Mapping[str, str] | None = None,
        network: str | None = None,
        pip_packages: Sequence[str] | None = None,
        requirements_file: str | None = None,
        dockerfile: str | None = None,
        build_args: Mapping[str, str] | None = None,
        cleanup_container: bool = True,
        keep_container_running: bool = False,
        container_startup_timeout: int = 30,
    ) -> None:
        super().__init__()
        self._image = image
        self._prefix = container_name_prefix
        self._volumes = {str(Path(here).absolute()): {"bind": there} for here, there in (volumes or {}).items()}
        self._environment = {"PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1", **(environment or {}), **MARK_OF_THE_CONTAINER}
        self._network = network
        self._packages = list(pip_packages or ())
        self._requirements = None if requirements_file is None else Path(requirements_file)
        self._dockerfile = None if dockerfile is None else Path(dockerfile).absolute()
        self._build_args = dict(build_args or {})
        self._cleans_up = cleanup_container
        self._keeps_running = keep_container_running
        self._seconds_to_start = container_startup_timeout
        self._client: DockerClient | None = None
        self._ready_image = ""
        self._made_images: list[str] = []
        self._containers: dict[Path, tuple[Container, SharedDirectory]] = {}
        self._lock = Lock()

    def get_executable(self) -> str:
        """Return the interpreter in the container: ``"python"``."""
        return "python"

    def _run(self, script: Path, timeout: int) -> ProcessResult:
        script = script.resolve()
        current = WorkingDirectory.get_current_working_directory()
        directory = script.parent if current is None else Path(current.path).resolve()
        if not script.is_relative_to(directory):
            directory = script.parent
        with self._lock:
            if directory not in self._containers:
                self._containers[directory] = self._started(directory)
            container, shared = self._containers[directory]
        errors = KeptOutput(MOST_OUTPUT)
        command = [self.get_executable(), f"{WORKSPACE}/{script.relative_to(directory).as_posix()}"]
        outcome = ContainerCommand(container, command, max_output=MOST_OUTPUT, errors=errors).run(timeout)
        shared.hand_over(container)
        stderr = errors.data().decode("utf-8", errors="replace")
        return ProcessResult(outcome.exit_code, outcome.output, stderr, outcome.timed_out)

    def _started(self, directory: Path) -> tuple[Container, SharedDirectory]:
        shared = SharedDirectory(directory, directory)
        container = self._start({**self._volumes, **shared.volumes()})
        try:
            shared.check(container)
        except BaseException:
            remove_container(container)
            raise
        return container, shared

    def _start(self, volumes: Mapping[str, Mapping[str, str]]) -> Container:
        """Start a container that does nothing, and wait until it runs."""
        if self._client is None:
            raise RuntimeError("The container is made within the with block of the environment.")
        container = self._client.containers.create(
            self._ready_image,
            name=f"{self._prefix}{uuid.uuid4().hex}",
            entrypoint=["tail", "-f", "/dev/null"],
            volumes={place: dict(how) for place, how in volumes.items()},
            working_dir=WORKSPACE,
            environment=self._environment,
            network_mode=self._network,
            labels=container_labels(_KIND, kept=self._keeps_running or not self._cleans_up),
            **SAFE_SETTINGS,
        )
        try:
            container.start()
            deadline = time.monotonic() + self._seconds_to_start
            while not is_running(container):
                if time.monotonic() > deadline:
                    raise RuntimeError(f"The container has not started within {self._seconds_to_start} seconds.")
                Event().wait(0.05)
        except BaseException:
            remove_container(container)
            raise
        return container

    def _set_up(self) -> None:
        self._client = connect()
        try:
            with suppress(docker.errors.DockerException):  # cleaning up after others is not a reason to fail
                remove_leftovers(self._client)
            self._ready_image = (
                self._built(self._client) if self._dockerfile else find_image(self._client, [self._image])
            )
            if self._packages or self._requirements:
                self._ready_image = self._with_packages()
        except BaseException:
            self._clean_up()
            raise

    def _built(self, client: DockerClient) -> str:
        """Build the image of the Dockerfile."""
        assert self._dockerfile is not None
        name = f"{_IMAGES}:{uuid.uuid4().hex}"
        try:
            client.images.build(
                path=str(self._dockerfile.parent),
                dockerfile=self._dockerfile.name,
                buildargs=self._build_args,
                labels=image_labels(_KIND),
                tag=name,
                rm=True,
                forcerm=True,
            )
        except (docker.errors.DockerException, TypeError) as error:
            raise RuntimeError(f"{self._dockerfile} cannot be built: {error}") from error
        self._made_images.append(name)
        return name

    def _with_packages(self) -> str:
        """Make an image with the packages, so that the container of each directory has them."""
        wanted = list(self._packages)
        container = self._start(self._volumes)
        try:
            if self._requirements is not None:
                container.put_archive("/tmp", _archive_of(self._requirements))
                wanted += ["-r", f"/tmp/{_REQUIREMENTS}"]
            command = [self.get_executable(), "-m", "pip", "install", "--no-cache-dir", *wanted]
            exit_code, output = exec_output(container, command)
            if exit_code != 0:
                raise RuntimeError(
                    f"pip has not installed {', '.join(wanted)}: {output.decode(errors='replace').strip()}"
                )
            tag = uuid.uuid4().hex
            container.commit(repository=_IMAGES, tag=tag, changes=image_changes(_KIND))
        finally:
            remove_container(container)
        self._made_images.append(f"{_IMAGES}:{tag}")
        return self._made_images[-1]

    def _clean_up(self) -> None:
        client, self._client = self._client, None
        containers, self._containers = list(self._containers.values()), {}
        if client is None:
            return
        try:
            for container, shared in containers:
                self._end(container, shared)
            while self._made_images:
                with suppress(docker.errors.APIError):  # a container that stays may still need it
                    client.images.remove(self._made_images.pop())
        finally:
            client.close()

    def _end(self, container: Container, shared: SharedDirectory) -> None:
        if self._keeps_running:
            return
        shared.hand_over(container)
        if self._cleans_up:
            remove_container(container)
        else:
            with suppress(docker.errors.NotFound):
                container.stop(timeout=1)


def _archive_of(requirements: Path) -> bytes:
    """Pack the file for the engine; a volume would be declared in the image that is made."""
    packed = BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        archive.add(requirements.resolve(), arcname=_REQUIREMENTS)
    return packed.getvalue()
