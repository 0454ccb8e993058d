"""Run one file of code in a fresh container. Only the legacy `execute_code` comes here."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from .commands import command_for

__all__ = ("DEFAULT_IMAGES", "run_in_container")

DEFAULT_IMAGES = ("python:3-slim", "python:3")
_WORKSPACE = "/workspace"
_RESULTS = "autogen-classic-code"


def run_in_container(
    language: str, filename: str, work_dir: Path, images: list[str], timeout: float
) -> tuple[int, str, str, bool]:
    """Run a file inside a container that sees ``work_dir`` and nothing else of this machine.

    What the code changed in the container, such as installed packages, is kept as a new image, so that the next
    block of a conversation finds it again.

    Args:
        language: the language of the file.
        filename: the file, relative to ``work_dir``.
        work_dir: the directory to share with the container, writable.
        images: images to try, in order: the first that is here is used, else the first that can be pulled.
        timeout: how long the code may run, in seconds.

    Returns:
        The exit code, the output (standard output and standard error as they came), the image to use for the next
        block, and whether the time was over.

    Raises:
        RuntimeError: none of the images can be had.
    """
    import docker  # type: ignore[import-untyped]
    import requests

    client = docker.from_env()
    image = _first_available(client, images)
    container = client.containers.run(
        image,
        command=[*command_for(language, python="python"), filename],
        working_dir=_WORKSPACE,
        volumes={str(work_dir.resolve()): {"bind": _WORKSPACE, "mode": "rw"}},
        environment={"PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"},
        detach=True,
    )
    timed_out = False
    try:
        try:
            exit_code = int(container.wait(timeout=timeout)["StatusCode"])
        except (requests.exceptions.ReadTimeout, requests.exceptions.ConnectionError):
            timed_out, exit_code = True, 1
            container.kill()
        output = container.logs().decode("utf-8", errors="replace").replace("\r\n", "\n")
        tag = os.urandom(16).hex()
        container.commit(repository=_RESULTS, tag=tag)
    finally:
        container.remove(force=True)
    return exit_code, output, f"{_RESULTS}:{tag}", timed_out


def _first_available(client: Any, images: list[str]) -> str:
    """Choose an image: one that is here before one that has to be fetched."""
    import docker.errors  # type: ignore[import-untyped]

    for image in images:
        try:
            client.images.get(image)
            return image
        except docker.errors.ImageNotFound:
            continue
    reasons = []
    for image in images:
        try:
            client.images.pull(image)
            return image
        except docker.errors.DockerException as error:
            reasons.append(f"{image}: {error}")
    raise RuntimeError(
        "None of the docker images for code execution can be had. Pull one by hand or name another in use_docker.\n"
        + "\n".join(reasons)
    )
