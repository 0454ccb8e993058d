"""Run one file of code in a fresh container. Only the legacy `execute_code` comes here."""

from __future__ import annotations

import atexit
import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ..commands import command_for
from ..process.command import COMMAND_NOT_FOUND
from ..process.owner import InThisProcess

if TYPE_CHECKING:
    from docker import DockerClient
    from docker.models.containers import Container

__all__ = ("WORKSPACE", "ContainerRun", "run_in_container")

WORKSPACE = "/workspace"
_RESULTS = "autogen-classic-code"

_images_of_this_process: list[str] = []


class ContainerRun(NamedTuple):
    """What came of running a file in a container.

    Attributes:
        exit_code: the exit code of the code; 1 if the time ran out.
        output: standard output and standard error as they came.
        image: the image for the next block: the same one if nothing was changed, or the time ran out.
        timed_out: whether the time ran out.
    """

    exit_code: int
    output: str
    image: str
    timed_out: bool


def run_in_container(language: str, filename: str, work_dir: Path, images: list[str], timeout: float) -> ContainerRun:
    """Run a file inside a container that sees ``work_dir`` and nothing else of this machine.

    What the code changed in the container, such as installed packages, is kept as a new image until this program ends,
    so that the next block of a conversation finds it again.

    Args:
        language: the language of the file.
        filename: the file, relative to ``work_dir``.
        work_dir: the directory to share with the container, writable.
        images: images to try, in order: the first that the engine has is used, or else the first that can be pulled.
        timeout: how long the code may run, in seconds.

    Returns:
        The outcome, and the image for the next block.

    Raises:
        DockerUnavailableError: no engine answers.
        ImageUnavailableError: none of the images is available.
    """
    from .engine import connect, find_image

    client = connect()
    try:
        image = find_image(client, images)
        return _run(client, image, [*command_for(language, python="python"), filename], work_dir.resolve(), timeout)
    finally:
        client.close()


def _run(client: DockerClient, image: str, command: list[str], work_dir: Path, timeout: float) -> ContainerRun:
    """Run a command in a new container, which is removed afterwards."""
    import docker.errors

    from .engine import SAFE_SETTINGS, container_labels, is_missing_program, remove_container

    container = client.containers.create(
        image,
        command=command,
        working_dir=WORKSPACE,
        volumes={str(work_dir): {"bind": WORKSPACE, "mode": "rw"}},
        environment={"PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"},
        labels=container_labels("legacy"),
        **{**SAFE_SETTINGS, "init": False},  # it would count as a change of the container
    )
    try:
        container.start()
        exit_code = _wait(container, timeout)
        output = container.logs().decode("utf-8", errors="replace")
        if exit_code is None:
            return ContainerRun(1, output, image, timed_out=True)
        return ContainerRun(exit_code, output, _image_with_changes(container) or image, timed_out=False)
    except docker.errors.APIError as error:
        if not is_missing_program(str(error)):
            raise
        message = f"{command[0]}: command not found. It is not in the image {image}.\n"
        return ContainerRun(COMMAND_NOT_FOUND, message, image, timed_out=False)
    finally:
        remove_container(container)
        _hand_over(client, image, work_dir)


def _wait(container: Container, timeout: float) -> int | None:
    """Wait for the end of a container; if the time runs out, kill it and return None."""
    import docker.errors
    import requests

    try:
        return int(container.wait(timeout=timeout)["StatusCode"])
    except (requests.exceptions.ReadTimeout, requests.exceptions.ConnectionError):
        with suppress(docker.errors.APIError):  # it has ended in the meantime
            container.kill()
        return None


def _image_with_changes(container: Container) -> str | None:
    """Make an image of what the code has changed outside the working directory; None if it changed nothing there."""
    from .engine import image_changes

    if all(change["Path"] == WORKSPACE for change in container.diff() or []):
        return None
    tag = os.urandom(16).hex()
    container.commit(repository=_RESULTS, tag=tag, changes=image_changes("legacy"))
    name = f"{_RESULTS}:{tag}"
    if not _images_of_this_process:
        atexit.register(InThisProcess(_remove_images))
    _images_of_this_process.append(name)
    return name


def _remove_images() -> None:
    """Remove the images that this program has made, newest first, because it builds on the others."""
    import docker.errors

    from .engine import connect

    with suppress(docker.errors.DockerException):
        client = connect()
        while _images_of_this_process:
            with suppress(docker.errors.APIError):
                client.images.remove(_images_of_this_process.pop())
        client.close()


def _hand_over(client: DockerClient, image: str, work_dir: Path) -> None:
    """Make you the owner of files that the code wrote as root; otherwise you could not delete them."""
    import docker.errors

    from .foreign_files import hand_over_command

    if not hasattr(os, "getuid") or os.getuid() == 0:
        return
    if command := hand_over_command(work_dir, WORKSPACE):
        volumes = {str(work_dir): {"bind": WORKSPACE, "mode": "rw"}}
        with suppress(docker.errors.DockerException):
            client.containers.run(
                image, entrypoint=command, user="0", volumes=volumes, network_mode="none", remove=True
            )
