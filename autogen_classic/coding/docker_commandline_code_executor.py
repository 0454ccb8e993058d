"""Run code blocks in a Docker container."""

from __future__ import annotations

import logging
import os
import threading
import time
import uuid
import weakref
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

import docker
import docker.errors
import requests

from .._code.commands import PROGRAMS, temporary_name
from .._code.directory import made_directory
from .._code.docker.command import MARK_OF_THE_CONTAINER, ContainerCommand
from .._code.docker.engine import (
    SAFE_SETTINGS,
    connect,
    container_labels,
    engine_answers,
    find_image,
    is_running,
    limits_of_container,
    remove_container,
    remove_leftovers,
    restart_at_once,
)
from .._code.docker.shared_directory import WORKSPACE, SharedDirectory
from .._code.outcome import STOPPED_EXIT_CODE, TIMEOUT_MSG, Outcome
from .._code.process.owner import InThisProcess
from ..errors import AutogenClassicError, WorkDirNotSharedError
from ._blocks import save_code
from ._executor import MAX_OUTPUT, CommandLineExecutor

if TYPE_CHECKING:
    from docker import DockerClient
    from docker.models.containers import Container

__all__ = ("TIMEOUT_MSG", "ContainerStoppedError", "DockerCommandLineCodeExecutor", "WorkDirNotSharedError")

_HOME = "/tmp/home"  # for users without a home in the image, and when nothing else can be written

logger = logging.getLogger("autogen.coding.docker_commandline_code_executor")


def _wait_for_ready(container: Container, timeout: float = 60, stop_time: float = 0.1) -> None:
    """Wait until a container runs, for the executors of published programs.

    Args:
        container: the container of the docker package.
        timeout: how long to wait at most, in seconds.
        stop_time: how long to wait between two looks, in seconds.

    Raises:
        ValueError: it does not run yet.
    """
    end = time.monotonic() + timeout
    while not is_running(container):
        if time.monotonic() >= end:
            raise ValueError(f"The container does not run after {timeout} seconds; it is {container.status}.")
        threading.Event().wait(stop_time)


class ContainerStoppedError(AutogenClassicError, docker.errors.APIError):
    """Code should run in the container of an executor, but it was stopped."""


class DockerCommandLineCodeExecutor(CommandLineExecutor):
    """Runs Python and shell code in one container that lives as long as the executor, with a time limit.

    The container sees ``work_dir`` as ``/workspace``, and nothing else of this machine: no environment variable, no
    other file. What one block installs, the next one finds. The container is removed at `stop`, at the end of a
    ``with`` block and at the end of the program; what a killed program leaves behind is removed by the next
    executor, or by ``autogen-classic docker-clean``.

    Args:
        image: the image; it is pulled if the engine does not have it. It needs ``sh``, and ``python`` for Python.
        container_name: the name of the container; by default ``autogen-code-exec-`` and a unique text.
        timeout: how long one block may run, in seconds, at least 1.
        work_dir: the directory to share with the container; it is created if need be. Code is saved here.
        bind_dir: the same directory under the path that it has where the engine runs. Only needed if that is
            a different path: when this program itself runs in a container, or the engine on another machine.
        auto_remove: remove the container when it stops.
        stop_container: stop the container at the end of the program. `stop` and the end of ``with`` always do.
        execution_policies: says for languages whether their code is run (True) or only saved to a file (False);
            what it does not name stays as in ``DEFAULT_EXECUTION_POLICY``.
        container_create_kwargs: further arguments for ``containers.create`` of the docker package, which go before what
            is set here, such as ``{"extra_hosts": {"db": "10.0.0.2"}}``. ``volumes``, ``environment`` and ``labels``
            are added to those of the executor.
        network: ``"none"`` cuts the container off, a name connects it to that network of the engine; None leaves it
            on the engine's default network, which reaches the internet.
        memory: how much memory it may use, in bytes or as text such as ``"512m"``. None for no limit; if memory then
            runs out, the kernel ends the code before other programs.
        pids: how many processes and threads it may have.
        cpus: how many processors it may use, such as 1.5; None for all of them.
        read_only: whether its file system is read-only, except for ``/workspace`` and ``/tmp``.
        drop_capabilities: rights of root to take away; ``["ALL"]`` takes away all.
        no_new_privileges: whether programs such as sudo cannot give more rights.
        user: the user that the code runs as: ``"host"`` for you, otherwise as in ``docker run --user``. None for that
            of the image, often root: the code can then install system packages, and files that it writes are handed to
            you after each block.
        inherit_environment: names of environment variables of this program that the code may have.
        max_output: how many bytes of the output of a block are kept; the middle of a longer one is cut out, with a
            note. None keeps everything.

    Raises:
        ValueError: the timeout or a limit is too small.
        TypeError: the timeout is not a number.
        FileExistsError: work_dir is a file.
        DockerUnavailableError: no engine answers.
        ImageUnavailableError: the image is neither in the engine nor can it be pulled.
        WorkDirNotSharedError: the engine does not see work_dir.
        docker.errors.APIError: the engine refuses, for example because the container name is taken.
    """

    def __init__(
        self,
        image: str = "python:3-slim",
        container_name: str | None = None,
        timeout: int = 60,
        work_dir: Path | str = Path("."),
        bind_dir: Path | str | None = None,
        auto_remove: bool = True,
        stop_container: bool = True,
        execution_policies: dict[str, bool] | None = None,
        *,
        container_create_kwargs: Mapping[str, Any] | None = None,
        network: str | None = None,
        memory: int | str | None = None,
        pids: int = SAFE_SETTINGS["pids_limit"],
        cpus: float | None = None,
        read_only: bool = False,
        drop_capabilities: Sequence[str] = tuple(SAFE_SETTINGS["cap_drop"]),
        no_new_privileges: bool = True,
        user: str | None = None,
        inherit_environment: Sequence[str] = (),
        max_output: int | None = MAX_OUTPUT,
    ) -> None:
        super().__init__(timeout, work_dir, execution_policies, max_output)
        self._create_kwargs = dict(container_create_kwargs or {})
        self._settings = limits_of_container(
            network=network,
            memory=memory,
            pids=pids,
            cpus=cpus,
            read_only=read_only,
            drop_capabilities=drop_capabilities,
            no_new_privileges=no_new_privileges,
            user=user,
        )
        # A program that changes its directory later goes on using the same working directory.
        self._root = made_directory(self._work_dir).resolve()
        self._bind_dir = Path(bind_dir) if bind_dir is not None else self._root
        self._shared = SharedDirectory(self._root, self._bind_dir)
        self._auto_remove = auto_remove
        self._stops_at_exit = stop_container
        self._image = image
        self._name = container_name or f"autogen-code-exec-{uuid.uuid4()}"
        self._memory = str(memory) if memory is not None else ""
        self._inherited = {name: os.environ[name] for name in inherit_environment if name in os.environ}
        self._running: set[ContainerCommand] = set()
        self._replacing = threading.Lock()  # held by the one thread that makes a new container for all
        self._container: Container | None = None
        self._newest: Container | None = None  # the last one that was started, even if it has been stopped
        self._cleanup: Callable[[], object] = _nothing
        self._client = connect(docker.from_env)
        with ExitStack() as if_it_fails:
            if_it_fails.callback(self._client.close)
            self._start()
            if_it_fails.pop_all()

    @property
    def bind_dir(self) -> Path:
        """The same directory under the path that it has where the engine runs."""
        return self._bind_dir

    def restart(self) -> None:
        """End everything running in the container, and start it again; what was installed in it stays.

        After `stop` this starts a new container.

        Raises:
            DockerUnavailableError: the engine does not answer any more.
        """
        with self._lock:
            for command in self._running:
                command.forget()
            container = self._container
        with engine_answers(), self._replacing:
            if container is not None:
                try:
                    restart_at_once(container)
                    return
                except docker.errors.APIError:
                    if is_running(container):
                        raise
            self._start()

    def stop(self) -> None:
        """Stop the container and the code running in it, from any thread."""
        with self._lock:
            self._stops += 1
            for command in self._running:
                command.forget()
            self._container = None
            end, self._cleanup = self._cleanup, _nothing
        end()

    def _save(self, code: str, language: str) -> Path:
        # AutoGen 0.2 names the files after the language here, .python instead of .py.
        default_name = f"{Path(temporary_name(code, language)).stem}.{language}"
        return save_code(code, self._root, default_name, language)

    def _run_file(self, file: PurePath, language: str, stops: int) -> Outcome:
        if language not in PROGRAMS:
            raise NotImplementedError(f"{language} not recognized in code execution")
        return self._run([PROGRAMS[language], file.relative_to(self._root).as_posix()], stops)

    def _start(self, stops: int | None = None) -> None:
        """Make a container in place of the old one and start it, unless `stop` was called since ``stops``."""
        self._cleanup()
        if self._newest is not None:  # it may be stopped and still hold the name
            remove_container(self._newest)
        with suppress(docker.errors.DockerException):  # cleaning up after others is not a reason to fail
            remove_leftovers(self._client)
        image = find_image(self._client, [self._image])
        container = self._client.containers.create(image, **self._create_arguments(image))
        try:
            container.start()
            self._shared.check(container)
        except BaseException:
            remove_container(container)
            raise
        end = InThisProcess(partial(_end, self._client, container, self._shared, self._auto_remove))
        with self._lock:
            if stops is None or stops == self._stops:
                self._container = self._newest = container
                # Also at the end of the program, and when an executor is simply dropped.
                self._cleanup = weakref.finalize(self, end) if self._stops_at_exit else end
                return
        end()

    def _create_arguments(self, image: str) -> dict[str, Any]:
        """What the container is made with; mappings that the program gives are added to our own."""
        own: dict[str, Any] = {
            "name": self._name,
            "entrypoint": ["tail", "-f", "/dev/null"],
            "auto_remove": self._auto_remove,
            "volumes": self._shared.volumes(),
            "working_dir": WORKSPACE,
            "environment": self._environment(image),
            "labels": container_labels("code", kept=not (self._stops_at_exit and self._auto_remove)),
            **self._settings,
        }
        for name, given in self._create_kwargs.items():
            both = isinstance(own.get(name), Mapping) and isinstance(given, Mapping)
            own[name] = {**own[name], **given} if both else given
        return own

    def _environment(self, image: str) -> dict[str, str]:
        environment = {"PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1", **MARK_OF_THE_CONTAINER}
        if self._settings["read_only"] or self._settings["user"]:
            # pip then installs below the home directory, which has to exist and be writable.
            of_image = self._client.images.get(image).attrs["Config"].get("Env") or []
            path = dict(entry.partition("=")[::2] for entry in of_image).get("PATH")
            path = path or "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
            environment |= {"HOME": _HOME, "PATH": f"{_HOME}/.local/bin:{path}"}
        return environment | self._inherited

    def _run(self, command: list[str], stops: int) -> Outcome:
        """Run a command, in a new container if the old one has ended; see `_run_in`."""
        container = self._container
        if container is None:
            if stops != self._stops:
                return Outcome(STOPPED_EXIT_CODE, "", stopped=True)
            # it was so before the first block
            raise ContainerStoppedError(
                f"The container {self._name} of this executor was stopped. restart() starts a new one."
            )
        with engine_answers():
            try:
                return self._run_in(container, command, stops)
            except docker.errors.APIError:
                if stops == self._stops and is_running(container):
                    raise
            with self._replacing:
                if self._container is container and stops == self._stops:
                    logger.warning(
                        "The container %s has ended. A new one is started; what was installed is lost.", self._name
                    )
                    self._start(stops)
            return self._run_in(self._container or container, command, stops)

    def _run_in(self, container: Container, command: list[str], stops: int) -> Outcome:
        """Run a command, unless `stop` was called since ``stops`` was counted, such as between two blocks."""
        with self._lock:
            if self._stops != stops:
                return Outcome(STOPPED_EXIT_CODE, "", stopped=True)
            running = ContainerCommand(container, command, max_output=self._max_output, memory=self._memory)
            self._running.add(running)
        try:
            result = running.run(self._timeout)
        finally:
            with self._lock:
                self._running.discard(running)
        self._shared.hand_over(container)
        return result


def _end(client: DockerClient, container: Container, shared: SharedDirectory, remove: bool) -> None:
    """Stop a container, and remove it if it is not to stay."""
    try:
        shared.hand_over(container)
        if remove:
            remove_container(container)
        else:
            with suppress(docker.errors.NotFound):
                container.stop(timeout=1)
    except requests.RequestException as error:
        logger.warning(
            "The container %s cannot be stopped, for the engine does not answer (%s). The next program removes it.",
            container.name,
            type(error).__name__,
        )
    finally:
        client.close()  # it opens new connections if the executor is restarted


def _nothing() -> None:
    """The end of an executor without a container."""
