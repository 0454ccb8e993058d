"""A Docker engine: reach it, find images in it, mark what belongs to this process, and remove what is left over."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from threading import Event
from typing import TYPE_CHECKING, Any

import docker
import docker.errors
import requests

from ...errors import AutogenClassicError
from ..process.owner import is_orphan, labels_of_this_process

if TYPE_CHECKING:
    from docker import DockerClient
    from docker.models.containers import Container

__all__ = (
    "SAFE_SETTINGS",
    "DockerUnavailableError",
    "ImageUnavailableError",
    "connect",
    "container_labels",
    "engine_answers",
    "find_image",
    "image_changes",
    "image_labels",
    "is_missing_program",
    "is_running",
    "limits_of_container",
    "release",
    "remove_container",
    "remove_leftovers",
    "restart_at_once",
)

_STARTS_TO_TRY = 50

CONTAINER_LABEL = "autogen-classic.container"
IMAGE_LABEL = "autogen-classic.image"  # containers inherit the labels of their image, so these have another name

_PROCESSES = 4096
_LOOKS_UNTIL_REMOVED = 100
_SECONDS_BETWEEN_LOOKS = 0.05

SAFE_SETTINGS: dict[str, Any] = {
    "init": True,  # something has to collect the processes that code leaves behind
    "pids_limit": _PROCESSES,
    "cap_drop": ["MKNOD", "NET_RAW"],
    "security_opt": ["no-new-privileges"],
    "oom_score_adj": 500,  # if memory runs out, the code is killed before the programs of this machine
}
"""Settings of every container in which code runs; installing packages as root works with them."""


class DockerUnavailableError(AutogenClassicError, docker.errors.DockerException, RuntimeError):
    """Docker is needed, but no engine answers."""


class ImageUnavailableError(AutogenClassicError, docker.errors.ImageNotFound, RuntimeError):
    """None of the named images is in the engine, and none can be pulled."""


def connect(from_env: Callable[[], DockerClient] | None = None) -> DockerClient:
    """Reach the engine that the environment names (DOCKER_HOST, or the usual place).

    Args:
        from_env: how to reach it; by default ``docker.from_env``.

    Returns:
        A client of the docker package.

    Raises:
        DockerUnavailableError: no engine answers.
    """
    try:
        return (from_env or docker.from_env)()
    except docker.errors.DockerException as error:
        raise DockerUnavailableError(
            f"Code should run in Docker, but no engine answers. {error}\n"
            "You can:\n"
            "- start Docker, or point DOCKER_HOST to an engine (advised: code in a container cannot hurt you)\n"
            '- run the code without a container: "use_docker": False in code_execution_config, or a '
            "LocalCommandLineCodeExecutor\n"
            '- set the environment variable AUTOGEN_USE_DOCKER to "0/False/no", which is "use_docker": False for '
            "every agent"
        ) from error


@contextmanager
def engine_answers() -> Iterator[None]:
    """Turn a lost connection into an error that says what to do, for an engine that answered before.

    Raises:
        DockerUnavailableError: the engine went away.
    """
    try:
        yield
    except requests.exceptions.ConnectionError as error:
        raise DockerUnavailableError(
            f"The Docker engine does not answer any more ({type(error).__name__}). Start it again; code that is run "
            "then has a new container."
        ) from error


def limits_of_container(
    *,
    network: str | None,
    memory: int | str | None,
    pids: int,
    cpus: float | None,
    read_only: bool,
    drop_capabilities: Sequence[str],
    no_new_privileges: bool,
    user: str | None,
) -> dict[str, Any]:
    """Give the restrictions on code the form that the docker package takes.

    Args:
        network, memory, pids, cpus, read_only, drop_capabilities, no_new_privileges, user: as in
            `DockerCommandLineCodeExecutor`.

    Returns:
        Arguments for ``containers.create``.

    Raises:
        ValueError: a limit is too small.
    """
    if pids < 1 or (cpus is not None and cpus <= 0):
        raise ValueError(f"pids and cpus must be above 0, but they are {pids!r} and {cpus!r}.")
    settings: dict[str, Any] = {
        **SAFE_SETTINGS,
        "pids_limit": pids,
        "cap_drop": list(drop_capabilities),
        "security_opt": ["no-new-privileges"] if no_new_privileges else [],
        "network_mode": network,
        "read_only": read_only,
        "user": f"{os.getuid()}:{os.getgid()}" if user == "host" else user,
        "tmpfs": {"/tmp": "rw,exec,mode=1777"} if read_only else {},
    }
    if memory is not None:
        settings.update(mem_limit=memory, memswap_limit=memory)
    if cpus is not None:
        settings["nano_cpus"] = int(cpus * 1e9)
    return settings


def find_image(client: DockerClient, names: Sequence[str]) -> str:
    """Choose an image: the first that the engine has, or else the first that can be pulled.

    Args:
        client: the engine.
        names: images to try, in order.

    Returns:
        One of the names.

    Raises:
        ImageUnavailableError: none is available.
    """
    for name in names:
        with suppress(docker.errors.ImageNotFound):
            client.images.get(name)
            return name
    reasons = []
    for name in names:
        try:
            client.images.pull(name)
            return name
        except docker.errors.DockerException as error:
            reasons.append(f"- {name}: {error}")
            release(error)
    pulls = " or ".join(f"`docker pull {name}`" for name in names)
    raise ImageUnavailableError(
        "None of the docker images for code execution is available: "
        f"{', '.join(names)}. Run {pulls} where there is a network, or name another image.\n" + "\n".join(reasons)
    )


def release(error: docker.errors.DockerException) -> None:
    """Return the connection of a refused request whose answer would have been a stream."""
    if (response := getattr(error, "response", None)) is not None:
        response.close()


def container_labels(kind: str, *, kept: bool = False) -> dict[str, str]:
    """Make the labels by which `remove_leftovers` recognizes a container.

    Args:
        kind: what the container is for.
        kept: whether it may outlive this process.
    """
    own = {CONTAINER_LABEL: kind, f"{CONTAINER_LABEL}.kept": "yes" if kept else "no"}
    return {**own, **labels_of_this_process(CONTAINER_LABEL)}


def image_changes(kind: str) -> list[str]:
    """Make the changes that give an image the labels that `container_labels` gives a container."""
    return [f'LABEL {name}="{value}"' for name, value in image_labels(kind).items()]


def image_labels(kind: str) -> dict[str, str]:
    """Make the labels by which `remove_leftovers` recognizes an image.

    Args:
        kind: what the image is for.
    """
    return {IMAGE_LABEL: kind, **labels_of_this_process(IMAGE_LABEL)}


def remove_container(container: Container) -> None:
    """Remove a container, whatever its state, and wait until its name is free again.

    The engine may be removing it by itself, and then refuses to do so, or may not have finished when it answers.

    Args:
        container: a container of the docker package.
    """
    with suppress(docker.errors.APIError):
        container.remove(force=True, v=True)
    with suppress(docker.errors.APIError):
        for _ in range(_LOOKS_UNTIL_REMOVED):
            container.reload()
            Event().wait(_SECONDS_BETWEEN_LOOKS)


def remove_leftovers(client: DockerClient, *, everything: bool = False) -> list[str]:
    """Remove the containers and images of processes that have ended without doing so.

    Args:
        client: the engine.
        everything: whether to include those of processes still running, of other machines, and those meant to stay.

    Returns:
        The names of what was removed.
    """
    removed = []
    for found in client.api.containers(all=True, filters={"label": CONTAINER_LABEL}):
        labels = found.get("Labels") or {}
        kept = labels.get(f"{CONTAINER_LABEL}.kept") == "yes"
        if everything or (not kept and is_orphan(labels, CONTAINER_LABEL)):
            # Another program may be removing it at the same time.
            with suppress(docker.errors.NotFound, docker.errors.APIError):
                client.api.remove_container(found["Id"], force=True, v=True)
                removed.append((found.get("Names") or [found["Id"]])[0].lstrip("/"))
    for found in client.api.images(filters={"label": IMAGE_LABEL}):
        if everything or is_orphan(found.get("Labels") or {}, IMAGE_LABEL):
            for name in [tag for tag in found.get("RepoTags") or () if tag != "<none>:<none>"] or [found["Id"]]:
                with suppress(docker.errors.NotFound, docker.errors.APIError):
                    client.api.remove_image(name)
                    removed.append(name)
    return removed


def is_missing_program(text: str) -> bool:
    """Tell whether the engine says that the program to start is not in the container."""
    return "executable file not found" in text or ("OCI runtime" in text and "no such file or directory" in text)


def is_running(container: Container) -> bool:
    """Ask the engine whether a container of the docker package is running; one that is gone is not."""
    try:
        container.reload()
    except docker.errors.NotFound:
        return False
    return bool(container.status == "running")


def restart_at_once(container: Container) -> None:
    """End everything in a container, start it again, and wait until a program can be started in it.

    Raises:
        docker.errors.APIError: the container cannot be started.
    """
    container.restart(timeout=0)
    started = 0
    for _ in range(_STARTS_TO_TRY):
        exit_code, _ = container.exec_run(["sh", "-c", ":"])
        started = started + 1 if exit_code == 0 else 0
        if started == 2:  # a busy engine may notice late that what ran before has ended, and refuse the next program
            return
        threading.Event().wait(0.1)
