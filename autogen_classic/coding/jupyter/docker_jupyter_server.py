"""A Jupyter server in a container."""

from __future__ import annotations

import hashlib
import io
import secrets
import uuid
import weakref
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Any, ClassVar

import docker
import docker.errors
import requests

from ..._code.docker.command import MARK_OF_THE_CONTAINER, kill_marked_in
from ..._code.docker.engine import SAFE_SETTINGS, connect, container_labels, remove_container, remove_leftovers
from ..._code.process.owner import InThisProcess
from ...errors import JupyterServerError
from ._readiness import SETTINGS, find_problem
from .base import JupyterConnectable, JupyterConnectionInfo
from .jupyter_client import JupyterClient

if TYPE_CHECKING:
    from docker import DockerClient
    from docker.models.containers import Container
    from docker.models.images import Image

__all__ = ("DockerJupyterServer",)

_PORT = 8888
_TOKEN_VARIABLES = ("KG_AUTH_TOKEN", "TOKEN")  # what the gateway reads, and what images made for AutoGen 0.2 read
_COMMAND = [
    *("python3", "-m", "kernel_gateway", "--KernelGatewayApp.ip=0.0.0.0", f"--KernelGatewayApp.port={_PORT}"),
    *(f"--{owner}.{name}={value}" for owner, values in SETTINGS.items() for name, value in values.items()),
]


class DockerJupyterServer(JupyterConnectable):
    """Starts a Jupyter Kernel Gateway in a container, and waits until it answers.

    Its port can be reached from this machine only. Code in its kernels sees the container, and of this machine only
    what you mount.

    Args:
        custom_image_name: an image that has the packages jupyter-kernel-gateway and ipykernel. If its own command
            starts a Jupyter server, on port 8888 with the token in the variable TOKEN or KG_AUTH_TOKEN, it is used.
            None builds an image from ``DEFAULT_DOCKERFILE``, once.
        container_name: the name of the container; by default a new one.
        auto_remove: whether the container is removed when it is stopped.
        stop_container: whether the container is stopped at the end of this program.
        docker_env: more variables for the container, and for the code.
        token: the key to the server; by default a new one. It is not printed, and code does not find it in its
            environment.
        docker_kwargs: more arguments for ``containers.run`` of the docker package, such as ``mem_limit="1g"``,
            ``volumes`` or ``network``. They replace ours: a limit of 4096 processes, no new privileges, fewer
            capabilities.

    Raises:
        DockerUnavailableError: no engine answers.
        ValueError: no image has that name.
        JupyterServerError: the server does not start; the text holds what it said.
    """

    DEFAULT_DOCKERFILE: ClassVar[str] = f"""\
FROM python:3-slim
RUN python3 -m pip install --no-cache-dir jupyter-kernel-gateway ipykernel && useradd --create-home jupyter
USER jupyter
WORKDIR /home/jupyter
EXPOSE {_PORT}
"""

    class GenerateToken:
        """Stands for a new token."""

    def __init__(
        self,
        *,
        custom_image_name: str | None = None,
        container_name: str | None = None,
        auto_remove: bool = True,
        stop_container: bool = True,
        docker_env: Mapping[str, str] = {},
        token: str | GenerateToken = GenerateToken(),  # noqa: B008  (it has no state)
        **docker_kwargs: Any,
    ) -> None:
        self._token = secrets.token_hex(32) if isinstance(token, DockerJupyterServer.GenerateToken) else token
        self._engine = connect(docker.from_env)
        with suppress(docker.errors.DockerException):  # cleaning up after others is not a reason to fail
            remove_leftovers(self._engine)
        try:
            image = self._image(custom_image_name)
            settings: dict[str, Any] = {
                **SAFE_SETTINGS,
                "ports": {f"{_PORT}/tcp": ("127.0.0.1", None)},
                "labels": container_labels("jupyter", kept=not (stop_container and auto_remove)),
                "command": None if _starts_jupyter(image) else _COMMAND,
                # A container that removes itself takes its log along, so those that we stop are removed by us.
                "auto_remove": auto_remove and not stop_container,
                "name": container_name or f"autogen-jupyterkernelgateway-{uuid.uuid4()}",
                "environment": self._environment(image, docker_env),
                **docker_kwargs,
            }
            self._container = _started(self._engine, image, settings)
        except BaseException:
            self._engine.close()
            raise
        end = InThisProcess(partial(_end, self._engine, self._container, auto_remove))
        # Also at the end of the program, and when a server is simply dropped.
        self._stop: Callable[[], object] = weakref.finalize(self, end) if stop_container else end
        try:
            self._port = self._published_port()
            problem = find_problem(self.get_client(), self._has_ended)
            if problem is not None:
                raise JupyterServerError(f"The Jupyter server in a container did not start. {problem}\n{self._log()}")
        except BaseException:
            self.stop()
            raise

    @property
    def connection_info(self) -> JupyterConnectionInfo:
        """Where the server is."""
        return JupyterConnectionInfo(host="127.0.0.1", use_https=False, port=self._port, token=self._token)

    def get_client(self) -> JupyterClient:
        """Give a client of the server."""
        return JupyterClient(self.connection_info)

    def stop(self) -> None:
        """Stop the container and all that runs in it, and remove it if auto_remove says so."""
        self._stop()

    def __enter__(self) -> DockerJupyterServer:
        """The server is already running; the end of the ``with`` block ends it."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def _image(self, custom_name: str | None) -> Image:
        """Find the image, or build the default one."""
        if custom_name is not None:
            try:
                return self._engine.images.get(custom_name)
            except docker.errors.ImageNotFound:
                raise ValueError(
                    f"Custom image {custom_name} does not exist. Pull or build it, or leave custom_image_name out "
                    "to have one built."
                ) from None
        dockerfile = self.DEFAULT_DOCKERFILE.encode()
        name = f"autogen-classic-jupyter:{hashlib.sha256(dockerfile).hexdigest()[:12]}"
        try:
            return self._engine.images.get(name)
        except docker.errors.ImageNotFound:
            pass
        try:
            return self._engine.images.build(fileobj=io.BytesIO(dockerfile), tag=name, rm=True, forcerm=True)[0]
        except (docker.errors.BuildError, docker.errors.APIError) as error:
            raise JupyterServerError(
                f"The image for the Jupyter server could not be built: {error}. Building it needs python:3-slim and a "
                "network; or name your own image with custom_image_name."
            ) from error

    def _environment(self, image: Image, docker_env: Mapping[str, str]) -> dict[str, str]:
        """The variables of the container; kernels get them too, except the token."""
        of_image = [variable.partition("=")[0] for variable in image.attrs["Config"].get("Env") or ()]
        for_kernels = {"HOME", "HOSTNAME", "LANG", *of_image, *docker_env} - {*_TOKEN_VARIABLES}
        return {
            **MARK_OF_THE_CONTAINER,
            **dict.fromkeys(_TOKEN_VARIABLES, self._token),
            "KG_ENV_PROCESS_WHITELIST": ",".join(sorted(for_kernels)),
            **docker_env,
        }

    def _published_port(self) -> int:
        """The port on this machine that leads to the server."""
        self._container.reload()
        published = (self._container.attrs["NetworkSettings"]["Ports"] or {}).get(f"{_PORT}/tcp")
        if not published:
            raise JupyterServerError(
                f"The container of the Jupyter server has no published port {_PORT}; it may have ended, or the "
                f"settings under docker_kwargs leave it out.\n{self._log()}"
            )
        return int(published[0]["HostPort"])

    def _has_ended(self) -> bool:
        try:
            self._container.reload()
        except docker.errors.NotFound:
            return True
        return self._container.status in ("exited", "dead", "removing")

    def _log(self) -> str:
        with suppress(docker.errors.APIError):
            said = self._container.logs(tail=30).decode("utf-8", errors="replace").strip()
            return str(said.replace(self._token, "[token]") if self._token else said)
        return ""

    def _mark_for_kernel(self) -> str:
        """A mark for the processes of one kernel."""
        return uuid.uuid4().hex

    def _end_marked(self, mark: str) -> None:
        """End what a kernel has left behind."""
        kill_marked_in(self._container, mark)


def _starts_jupyter(image: Image) -> bool:
    """Tell whether an image starts a Jupyter server by itself."""
    configuration = image.attrs["Config"]
    words = [*(configuration.get("Entrypoint") or ()), *(configuration.get("Cmd") or ())]
    return any("jupyter" in word or "kernel_gateway" in word for word in words)


def _started(engine: DockerClient, image: Image, settings: dict[str, Any]) -> Container:
    """Start a container; if starting it fails, nothing is left of it."""
    try:
        return engine.containers.run(image, detach=True, **settings)
    except docker.errors.APIError:
        for left in engine.containers.list(all=True, filters={"name": f"^/{settings['name']}$", "status": "created"}):
            # Another program may have taken the name.
            if left.image and left.labels == {**left.image.labels, **settings["labels"]}:
                remove_container(left)
        raise


def _end(engine: DockerClient, container: Container, remove: bool) -> None:
    # It may have been removed by somebody else, or the engine no longer answers.
    with suppress(docker.errors.APIError, requests.RequestException):
        if remove:
            remove_container(container)
        else:
            container.stop(timeout=2)
    engine.close()
