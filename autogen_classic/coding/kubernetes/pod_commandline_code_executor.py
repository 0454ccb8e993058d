"""Run code blocks in a pod of a Kubernetes cluster."""

from __future__ import annotations

import uuid
import weakref
from contextlib import suppress
from functools import partial
from pathlib import Path, PurePath, PurePosixPath
from typing import Any, ClassVar

from ..._code.commands import PROGRAMS, temporary_name
from ..._code.outcome import STOPPED_EXIT_CODE, TIMEOUT_MSG, Outcome, end_in_a_shell
from ..._code.process.owner import InThisProcess
from ...errors import FileNameError, PodError
from .._executor import MAX_OUTPUT, CommandLineExecutor
from ..base import CodeBlock
from ..utils import _get_file_name_from_content
from ._exec import Execution
from ._pods import Pod, load_cluster, pod_for_code

__all__ = ("TIMEOUT_MSG", "PodCommandLineCodeExecutor")

_SECONDS_FOR_HOUSEKEEPING = 60.0
_SECONDS_FOR_LAST_OUTPUT = 2.0
# Processes inherit it, wherever they hide: in a group, a session, or below another parent.
_MARK = "AUTOGEN_CLASSIC_RUN"

# Arguments: directory, name of the file in it, number of bytes. The file comes on standard input.
_NOT_INSIDE = 77
_SAVE = f"""
mkdir -p -- "$1" && cd -P -- "$1" || exit 1
root=$(pwd -P); root=${{root%/}}; name=$2
while [ "$name" != "${{name#*/}}" ]; do
  part=${{name%%/*}}; name=${{name#*/}}
  [ -d "$part" ] || mkdir -- "$part" || exit 1
  cd -P -- "$part" || exit 1
  case "$(pwd -P)/" in "$root"/*) ;; *) exit {_NOT_INSIDE} ;; esac
done
if [ -L "$name" ]; then
  case "$(readlink -f -- "$name")" in "$root"/*) ;; *) exit {_NOT_INSIDE} ;; esac
fi
head -c "$3" > "$name"
"""
# Arguments: directory, name of the file in it, command.
_RUN = """
cd -P -- "$1" || exit 1
directory=$(pwd -P); file=${directory%/}/$2
shift 2
exec "$@" "$file" </dev/null
"""
# Argument: the mark. All are stopped before one is killed, so that none can start another meanwhile.
_KILL = """
round=0
while [ $round -lt 50 ]; do
  marked=$(grep -lse "$1" /proc/[0-9]*/environ | cut -d / -f 3)
  [ -n "$marked" ] || exit 0
  kill -STOP $marked 2>/dev/null
  kill -KILL $marked 2>/dev/null
  round=$((round + 1))
done
"""


class PodCommandLineCodeExecutor(CommandLineExecutor):
    """Runs Python and shell code in a pod that it creates, in one working directory there, with a time limit.

    The account that it uses needs the rights to create and delete ``pods``, to get ``pods/status``, and to create and
    get ``pods/exec``. The image needs ``sh``, ``head``, ``grep`` and ``cut``, which all but the barest images have.

    Args:
        image: the image of the pod.
        pod_name: its name; None for a new one.
        namespace: where to create it, unless ``pod_spec`` says so; None for the namespace that the configuration
            names, else ``default``.
        pod_spec: a `kubernetes.client.V1Pod` to create instead; ``image`` and ``pod_name`` are then ignored.
        container_name: the container in which code runs. None stands for the first, as does the default in a
            ``pod_spec`` with only one.
        timeout: how long one block may run, in seconds, at least 1.
        work_dir: the directory in the pod to run in; it is created if need be. No code file is written outside it.
        kube_config_file: how to reach the cluster; None for the usual places, as kubectl knows them, and the service
            account of the pod that this program itself runs in.
        stop_container: whether the pod is deleted when this program ends. `stop` and the end of a ``with`` block
            delete it in any case.
        execution_policies: says for languages whether their code is run (True) or only saved to a file (False);
            what it does not name stays as in ``DEFAULT_EXECUTION_POLICY``.
        start_timeout: how long the pod may take until it runs, in seconds.
        max_output: how many bytes of each of the two outputs of a block are kept; the middle of a longer one is cut
            out, with a note. None keeps everything.

    Raises:
        ValueError: the timeout is below 1, or ``pod_spec`` has no name or no such container.
        PodError: (a ValueError) the pod cannot be created or does not run.
        ImportError: the package ``kubernetes`` is not installed.
    """

    DEFAULT_EXECUTION_POLICY: ClassVar[dict[str, bool]] = {
        **CommandLineExecutor.DEFAULT_EXECUTION_POLICY,
        **dict.fromkeys(("pwsh", "powershell", "ps1"), False),
    }
    LANGUAGE_FILE_EXTENSION: ClassVar[dict[str, str]] = {
        "python": "py",
        "javascript": "js",
        "bash": "sh",
        "shell": "sh",
        "sh": "sh",
    }

    def __init__(
        self,
        image: str = "python:3-slim",
        pod_name: str | None = None,
        namespace: str | None = None,
        pod_spec: Any = None,
        container_name: str | None = "autogen-code-exec",
        timeout: int = 60,
        work_dir: Path | str = Path("/workspace"),
        kube_config_file: str | None = None,
        stop_container: bool = True,
        execution_policies: dict[str, bool] | None = None,
        *,
        start_timeout: float = 300,
        max_output: int | None = MAX_OUTPUT,
    ) -> None:
        super().__init__(timeout, work_dir, execution_policies, max_output)
        self._start_timeout = start_timeout
        self._mark = uuid.uuid4().hex
        self._running: set[Execution] = set()
        self._at_the_end: weakref.finalize[Any, Any] | None = None
        configuration, its_namespace = load_cluster(kube_config_file)
        if pod_spec is None:
            namespace = namespace or its_namespace or "default"
            container_name = container_name or "autogen-code-exec"
            pod_spec = pod_for_code(pod_name or f"autogen-code-exec-{uuid.uuid4()}", namespace, image, container_name)
        else:
            if pod_spec.metadata is None or not pod_spec.metadata.name:
                raise ValueError("The pod_spec has no name. Set its metadata.name.")
            namespace = pod_spec.metadata.namespace or namespace or its_namespace or "default"
            container_name = _container_of(pod_spec, container_name)
        self._pod = Pod(configuration, pod_spec, namespace, container_name)
        self._stop_container = stop_container
        self._create()

    def restart(self) -> None:
        """End all that executed code has left running in the pod; its files stay. A pod that is gone is created anew.

        Raises:
            PodError: the pod cannot be created.
        """
        if self._pod.why_not():
            self._pod.delete()
            self._create()
        else:
            self._kill(self._mark)

    def stop(self) -> None:
        """End the code that is running, from any thread, and delete the pod."""
        with self._lock:
            self._stops += 1
            running = list(self._running)
        self._pod.delete()
        for execution in running:
            execution.give_up()
        if self._at_the_end is not None:
            self._at_the_end.detach()

    def _create(self) -> None:
        self._pod.create(self._start_timeout)
        if self._stop_container and (self._at_the_end is None or not self._at_the_end.alive):
            # At the end of the program, and when an executor is simply dropped.
            self._at_the_end = weakref.finalize(self, InThisProcess(partial(_delete_at_the_end, self._pod)))

    def _run_block(self, block: CodeBlock, stops: int, files: list[str]) -> Outcome:
        try:
            return super()._run_block(block, stops, files)
        except PodError:
            if stops == self._stops:
                raise
            return Outcome(STOPPED_EXIT_CODE, "", stopped=True)

    def _save(self, code: str, language: str) -> PurePosixPath:
        """Save code in the pod, under the name that its first line gives or a new one."""
        name = _get_file_name_from_content(code, self._work_dir, language)
        if name is None:
            stem = temporary_name(code, language).rsplit(".", 1)[0]
            name = f"{stem}.{self.LANGUAGE_FILE_EXTENSION.get(language, language)}"
        name = Path(name).as_posix()
        data = code.encode("utf-8", errors="replace")
        saving = self._shell(_SAVE, str(self._work_dir.as_posix()), name, str(len(data)), stdin=data)
        try:
            in_time = saving.wait(_SECONDS_FOR_HOUSEKEEPING)
        finally:
            saving.close()
        if saving.exit_code == _NOT_INSIDE:
            raise FileNameError("Filename is not in the workspace")
        if not in_time or saving.exit_code != 0:
            reason = saving.stderr.strip() or saving.problem or self._pod.why_not() or "the connection was lost"
            raise PodError(
                f"The code cannot be saved to {name} in {self._work_dir} of the pod {self._pod.name}: {reason}"
            )
        return PurePosixPath(self._work_dir.as_posix(), name)

    def _run_file(self, file: PurePath, language: str, stops: int) -> Outcome:
        """Run a saved file in the pod; when its time is up, its processes are killed by their mark."""
        if language not in PROGRAMS:
            return self._only_saved(file)
        name = file.relative_to(self._work_dir.as_posix()).as_posix()
        mark = f"{self._mark}-{uuid.uuid4().hex}"
        environment = (f"{_MARK}={mark}", "PYTHONUTF8=1", "PYTHONUNBUFFERED=1")
        running = self._shell(_RUN, self._work_dir.as_posix(), name, "env", *environment, PROGRAMS[language])
        with self._lock:
            self._running.add(running)
            if self._stops != stops:
                running.give_up()
        try:
            in_time = running.wait(self._timeout)
            if not in_time:
                self._kill(mark)
                running.wait(_SECONDS_FOR_LAST_OUTPUT)
        except BaseException:
            self._kill(mark)
            raise
        finally:
            running.close()
            with self._lock:
                self._running.discard(running)
        output = running.stdout + running.stderr
        if stops != self._stops or not in_time:
            return Outcome(1, output, timed_out=not in_time, stopped=stops != self._stops)
        if running.exit_code is None:
            reason = running.problem or self._pod.why_not() or "the connection to it was lost"
            return Outcome(1, f"{output}\nThe pod {self._pod.name} did not end the code: {reason}.\n")
        return Outcome(running.exit_code, output + end_in_a_shell(running.exit_code))

    def _kill(self, mark: str) -> None:
        """End every process in the pod that carries a mark."""
        with suppress(PodError):  # a pod that does not take commands does not run anything either
            killing = self._shell(_KILL, f"{_MARK}={mark}")
            killing.wait(_SECONDS_FOR_HOUSEKEEPING)
            killing.close()

    def _shell(self, script: str, *arguments: str, stdin: bytes = b"") -> Execution:
        return Execution(self._pod, ["/bin/sh", "-c", script, "sh", *arguments], stdin, self._max_output)


def _container_of(pod_spec: Any, wanted: str | None) -> str:
    """Choose the container in which code runs; ValueError if the pod does not have the one that is wanted."""
    names = [str(container.name) for container in pod_spec.spec.containers]
    if wanted in names:
        return str(wanted)
    if wanted is None or (wanted == "autogen-code-exec" and len(names) == 1):
        return names[0]
    raise ValueError(
        f"The pod has no container {wanted!r}. Set container_name to the one in which code runs: {', '.join(names)}."
    )


def _delete_at_the_end(pod: Pod) -> None:
    with suppress(PodError):  # a cluster out of reach must not keep the program from ending
        pod.delete()
