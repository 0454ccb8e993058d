"""Run a command in a running container, with a time limit that reaches everything the command has started."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from time import time
from typing import TYPE_CHECKING

import docker.errors

from ..kept_output import KeptOutput
from ..outcome import Outcome, trouble_in_a_shell
from ..process.command import COMMAND_NOT_FOUND
from .engine import is_missing_program, release, restart_at_once
from .exec_output import STANDARD_ERROR, exec_frames

if TYPE_CHECKING:
    from docker.models.containers import Container

__all__ = ("MARK_OF_THE_CONTAINER", "ContainerCommand", "kill_marked_in")

_SECONDS_TO_DIE = 10.0
_SECONDS_UNTIL_NOTED = 0.3
_CANNOT_START = (126, COMMAND_NOT_FOUND)

# Children inherit it, wherever they hide: in a group, a session, or below another parent.
_MARK = "AUTOGEN_CLASSIC_RUN"
MARK_OF_THE_CONTAINER = {_MARK: "container"}
"""The environment of the container itself, which tells its own processes from those of a command."""

# Kills what has the mark $1, and what has dropped its mark. Everything is done by the shell itself: code that has
# used up the processes of its container leaves none for other programs. Processes that have ended (Z) and those of
# the engine (runc) do not count; neither does one whose empty environment shows that it is ending.
_KILL = f"""
round=0
while [ $round -lt 50 ]; do
  found=
  for place in /proc/[0-9]*; do
    pid=${{place#/proc/}}
    if [ $pid -eq 1 ] || [ $pid -eq $$ ]; then continue; fi
    stat=
    read -r stat < $place/stat || continue
    case $stat in *"(runc:"* | *") Z "* | *") X "*) continue ;; esac
    mark=none
    while IFS= read -r line || [ -n "$line" ]; do
      case $line in
        *"{_MARK}=$1"*) mark=mine; break ;;
        *"{_MARK}="*) mark=other ;;
      esac
      line=
    done < $place/environ
    [ $mark = other ] || found="$found $pid"
  done
  [ -n "$found" ] || exit 0
  kill -STOP $found
  kill -KILL $found
  round=$((round + 1))
done 2>/dev/null
exit 1
"""


class ContainerCommand:
    """A command that can be run once in a container, and stopped meanwhile from another thread.

    Args:
        container: a running container, of the docker package.
        command: the program and its arguments.
        max_output: how many bytes of the output are kept; None keeps all.
        memory: how much memory the container has, for the message that it ran out; "" if it has no limit.
        errors: takes the standard error, and a line about an end that the command itself does not explain. Without it,
            both are part of the output, in the order in which they came.
    """

    def __init__(
        self,
        container: Container,
        command: Sequence[str],
        *,
        max_output: int | None,
        memory: str = "",
        errors: KeptOutput | None = None,
    ) -> None:
        assert container.client is not None  # it was made by one
        self._container = container
        self._api = container.client.api
        self._command = list(command)
        self._mark = os.urandom(16).hex()
        self._kept = KeptOutput(max_output)
        self._errors = self._kept if errors is None else errors
        self._memory = memory
        self._stopped = False

    def run(self, timeout: float) -> Outcome:
        """Run the command to its end.

        Args:
            timeout: how long it may take, in seconds.

        Returns:
            The outcome, even for a program that is not in the container. If a signal ended it, the exit code is 128 +
            the number of the signal.

        Raises:
            docker.errors.APIError: the container is not running.
        """
        begun = time()
        created = self._api.exec_create(self._container.id, self._command, environment={_MARK: self._mark})["Id"]
        if self._stopped:
            return Outcome(128 + signal.SIGTERM, "", stopped=True)
        try:
            frames = exec_frames(self._api, created)
        except docker.errors.APIError as error:
            if not is_missing_program(str(error)):
                raise
            release(error)
            return self._not_found()
        timed_out = not self._read_to_the_end(frames, timeout)
        exit_code = self._exit_code_of(created)
        if not self._stopped and not timed_out:
            if exit_code in _CANNOT_START and is_missing_program(self._output()):
                return self._not_found()
            self._errors.add(self._why(exit_code, begun).encode())
        return Outcome(exit_code, self._output(), timed_out and not self._stopped, self._stopped)

    def stop(self) -> None:
        """Kill the command and all that it has started, from any thread; one that has not begun will not begin."""
        self._stopped = True
        self._kill()

    def forget(self) -> None:
        """Note that the container is about to be stopped, and the command with it."""
        self._stopped = True

    def _output(self) -> str:
        return self._kept.data().decode("utf-8", errors="replace")

    def _read_to_the_end(self, frames: Iterator[tuple[int, bytes]], timeout: float) -> bool:
        """Read the output until the command has ended; tell whether it did so in time."""
        reader = threading.Thread(target=self._read, args=(frames,), daemon=True)
        reader.start()
        try:
            reader.join(timeout)
            in_time = not reader.is_alive()
        except BaseException:
            self._kill()
            raise
        if not in_time:
            self._kill()
            reader.join(_SECONDS_TO_DIE)
            if reader.is_alive():
                self._restart_the_container()
                reader.join(_SECONDS_TO_DIE)
        return in_time

    def _read(self, frames: Iterator[tuple[int, bytes]]) -> None:
        # The engine closes the stream in its own way when the container is removed.
        with suppress(OSError, ValueError, docker.errors.DockerException):
            for number, data in frames:
                (self._errors if number == STANDARD_ERROR else self._kept).add(data)

    def _kill(self) -> None:
        """Kill all that belongs to the command. If not even a shell can be started, the container is restarted."""
        if not kill_marked_in(self._container, self._mark):
            self._restart_the_container()

    def _restart_the_container(self) -> None:
        with suppress(docker.errors.APIError):
            restart_at_once(self._container)

    def _exit_code_of(self, created: str) -> int:
        for _ in range(100):
            try:
                found = self._api.exec_inspect(created)
            except docker.errors.APIError:
                break
            if found["ExitCode"] is not None:
                return int(found["ExitCode"])
            threading.Event().wait(0.02)  # the output can end a little before the process
        return 128 + 9

    def _not_found(self) -> Outcome:
        program = self._command[0]
        message = f"{program}: command not found. Install it in the container, or write the code in another language.\n"
        if self._errors is self._kept:
            return Outcome(COMMAND_NOT_FOUND, message)
        self._errors.add(message.encode())
        return Outcome(COMMAND_NOT_FOUND, "")

    def _why(self, exit_code: int, begun: float) -> str:
        """Explain a failure that the code itself could not explain; "" for any other."""
        trouble = trouble_in_a_shell(exit_code)
        if exit_code != 0 and (self._memory or trouble) and self._ran_out_of_memory(begun):
            limit = f" ({self._memory})" if self._memory else ""
            return f"A process was killed because the memory of the container{limit} ran out.\n"
        return trouble

    def _ran_out_of_memory(self, begun: float) -> bool:
        """Ask the engine whether it has noted that memory ran out since the command began."""
        only = {"container": self._container.id, "event": "oom"}
        until = f"{time() + _SECONDS_UNTIL_NOTED:.3f}"
        try:
            events = self._api.events(since=f"{begun:.3f}", until=until, filters=only, decode=True)  # type: ignore[call-overload]
        except docker.errors.APIError:
            return False
        noted = next(iter(events), None) is not None
        # close() of the stream itself would leave it to the garbage collector to give the connection back.
        events._response.close()
        return noted


def kill_marked_in(container: Container, mark: str) -> bool:
    """Kill the processes in a container that carry a mark, and those that have dropped their mark.

    Args:
        container: a container of the docker package.
        mark: the value under AUTOGEN_CLASSIC_RUN in their environment.

    Returns:
        Whether all are gone, as they are when the container is. It fails if not even a shell can be started.
    """
    try:
        exit_code, _ = container.exec_run(["sh", "-c", _KILL, "sh", mark])
    except docker.errors.NotFound:
        return True
    except docker.errors.APIError:
        return False
    return bool(exit_code == 0)
