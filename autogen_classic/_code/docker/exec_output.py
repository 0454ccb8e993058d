"""What a command in a container prints, from its first byte on."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import requests
    from docker.api.client import APIClient
    from docker.models.containers import Container

__all__ = ("STANDARD_ERROR", "exec_frames", "exec_output")

STANDARD_ERROR = 2

_HEAD = struct.Struct(">BxxxL")  # which of the outputs, and how many bytes follow


def exec_frames(api: APIClient, created: str) -> Iterator[tuple[int, bytes]]:
    """Start a command that was created, and read its outputs until it has closed them.

    The package docker reads past the buffer into which the head of the engine's answer was read. What a quick command
    has printed by then stands in that buffer, and is lost there; so the buffer is read here.

    Args:
        api: the client of the engine.
        created: the ID that ``exec_create`` gave.

    Returns:
        Pieces of an output: its number, which is `STANDARD_ERROR` or that of the standard output, and the bytes.

    Raises:
        docker.errors.APIError: the command cannot be started.
    """
    return _frames_of(api, api.exec_start(created, stream=True)._response)  # type: ignore[attr-defined]


def _frames_of(api: APIClient, response: requests.Response) -> Iterator[tuple[int, bytes]]:
    try:
        answer = response.raw._fp.fp  # type: ignore[union-attr]  # the reader that has read the head
        api._disable_socket_timeout(answer.raw)  # type: ignore[attr-defined]  # a command may be silent for long
        while len(head := answer.read(_HEAD.size)) == _HEAD.size:
            number, size = _HEAD.unpack(head)
            yield number, answer.read(size)
    finally:
        response.close()


def exec_output(container: Container, command: list[str]) -> tuple[int, bytes]:
    """Run a command in a container to its end.

    Args:
        container: a running container, of the docker package.
        command: the program and its arguments.

    Returns:
        The exit code and all that it printed.

    Raises:
        docker.errors.APIError: the command cannot be started.
    """
    assert container.client is not None  # it was made by one
    api = container.client.api
    created = api.exec_create(container.id, command)["Id"]
    printed = b"".join(data for _, data in exec_frames(api, created))
    return int(api.exec_inspect(created)["ExitCode"]), printed
