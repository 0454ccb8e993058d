"""Run code blocks in a pod of a Kubernetes cluster."""

from __future__ import annotations

import threading
import uuid
import weakref
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar

from ..._code.commands import temporary_name
from ..._code.process.command import ProcessResult
from ..._code.process.owner import InThisProcess
from ...code_utils import TIMEOUT_MSG
from ...errors import PodError
from ..base import CodeBlock, CodeExecutor, CodeExtractor, CommandLineCodeResult
from ..markdown_code_extractor import MarkdownCodeExtractor
from ..utils import _get_file_name_from_content, silence_pip
from ._exec import Execution
from ._pods import Pod, load_cluster, pod_for_code

__all__ = ("TIMEOUT_MSG", "PodCommandLineCodeExecutor")

_TIMEOUT_EXIT_CODE = 124  # as the shell's timeout command has it
_STOPPED_EXIT_CODE = 130  # as a shell has it for a command that was interrupted
_MAX_OUTPUT = 32 * 1024 * 1024
_SECONDS_FOR_HOUSEKEEPING = 60.0
_SECONDS_FOR_LAST_OUTPUT = 2.0
# Processes inherit it, wherever they hide: in a group, a session, or below another parent.
_MARK = "AUTOGEN_CLASSIC_RUN"

_PROGRAMS = {
    "python": "python",
    "bash": "bash",
    "shell": "sh",
    "sh": "sh",
    "pwsh": "pwsh",
    "powershell": "pwsh",
    "ps1": "pwsh",
    "javascript": "node",
}

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


class PodCommandLineCodeExecutor(CodeExecutor):
    """Runs Python and shell code in a pod that it creates, in one working directory there, with a time limit.

    The account that it uses needs the rights to create and delete ``pods``, to get ``pods/status``, and to create and
    get ``pods/exec``. The image needs ``sh``, ``head``, ``grep`` and ``cut``, which all but the barest have.

    Args:
        image: the image of the pod.
        pod_name: its name; None for a new one.
        namespace: where to create it, unless ``pod_spec`` says it; None for the namespace that the configuration
            names, else ``default``.
        pod_spec: a `kubernetes.client.V1Pod` to create instead; ``image`` and ``pod_name`` then count for nothing.
        container_name: the container in which code runs. None stands for the first, as does the default in a
            ``pod_spec`` with only one.
        timeout: how long one block may run, in seconds, at least 1.
        work_dir: the directory in the pod to run in; it is made if need be. No code file is written outside it.
        kube_config_file: how to reach the cluster; None for the usual places, as kubectl knows them, and the service
            account of the pod that this program itself runs in.
        stop_container: whether the pod is deleted when this program ends. `stop` and the end of a ``with`` block
            delete it in any case.
        execution_policies: says for languages whether their code is run (True) or only saved to a file (False);
            what it does not name stays as in ``DEFAULT_EXECUTION_POLICY``.
        start_timeout: how long the pod may take until it runs, in seconds.
        max_output: how many bytes of each of the two outputs of a block are kept; of a longer one the middle is cut
            out, with a note. None keeps everything.

    Raises:
        ValueError: the timeout is below 1, or ``pod_spec`` has no name or no such container.
        PodError: the pod cannot be created or does not run; a ValueError too.
        ImportError: the package ``kubernetes`` is not installed.
    """

    DEFAULT_EXECUTION_POLICY: ClassVar[dict[str, bool]] = {
        **dict.fromkeys(("bash", "shell", "sh"), True),
        **dict.fromkeys(("pwsh", "powershell", "ps1"), False),
        "python": True,
        **dict.fromkeys(("javascript", "html", "css"), False),
    }
    LANGUAGE_ALIASES: ClassVar[dict[str, str]] = {"py": "python", "js": "javascript"}
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
        max_output: int | None = _MAX_OUTPUT,
    ) -> None:
        if not isinstance(timeout, (int, float)):
            raise TypeError(f"timeout must be a number of seconds, but it is {timeout!r}.")
        if timeout < 1:
            raise ValueError("Timeout must be greater than or equal to 1.")
        self._timeout = timeout
        self._work_dir = Path(work_dir)
        self._start_timeout = start_timeout
        self._max_output = max_output
        self.execution_policies = {**self.DEFAULT_EXECUTION_POLICY, **(execution_policies or {})}
        self._mark = uuid.uuid4().hex
        self._running: set[Execution] = set()
        self._stops = 0
        self._at_the_end: weakref.finalize[Any, Any] | None = None
        self._lock = threading.Lock()
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

    @property
    def timeout(self) -> int:
        """How long one block may run, in seconds."""
        return self._timeout

    @property
    def work_dir(self) -> Path:
        """The directory in the pod in which the code runs."""
        return self._work_dir

    @property
    def code_extractor(self) -> CodeExtractor:
        """The extractor for fenced blocks in Markdown."""
        return MarkdownCodeExtractor()

    def execute_code_blocks(self, code_blocks: Sequence[CodeBlock]) -> CommandLineCodeResult:
        """Save code blocks to files in the pod and run them, in order, until one fails.

        Args:
            code_blocks: the blocks.

        Returns:
            The exit code of the last block that ran (124 after a timeout, 130 after `stop`), the output of all
            (standard output of a block before its standard error), and the file of the first, as the pod has it. A
            block in a language that is not supported, or whose name comment leads out of the working directory, fails
            with exit code 1.

        Raises:
            PodError: the pod is gone or does not take commands.
        """
        stops = self._stops
        exit_code, output = 0, ""
        first_file: str | None = None
        for block in code_blocks:
            language = self.LANGUAGE_ALIASES.get(block.language.lower(), block.language.lower())
            if language not in self.DEFAULT_EXECUTION_POLICY:
                exit_code, output = 1, f"{output}Unsupported language {language}\n"
                break
            try:
                name = self._save(silence_pip(block.code, language), language)
            except PodError:
                if stops == self._stops:
                    raise
                exit_code, output = _STOPPED_EXIT_CODE, f"{output}\nStopped"
                break
            except ValueError as not_inside:
                exit_code, output = 1, f"{output}{not_inside}"
                break
            file = (self._work_dir / name).as_posix()
            first_file = first_file or file
            if not self.execution_policies.get(language, False) or language not in _PROGRAMS:
                output += f"Code saved to {file}\n"
                continue
            exit_code, text = self._run(name, _PROGRAMS[language], stops)
            output += text
            if exit_code != 0:
                break
        return CommandLineCodeResult(exit_code=exit_code, output=output, code_file=first_file)

    def restart(self) -> None:
        """End all that executed code has left running in the pod; its files stay. A pod that is gone is made anew.

        Raises:
            PodError: the pod cannot be made.
        """
        if self._pod.why_not():
            self._pod.delete()
            self._create()
        else:
            self._kill(self._mark)

    def stop(self) -> None:
        """End the code that runs now, from any thread, and delete the pod."""
        with self._lock:
            self._stops += 1
            running = list(self._running)
        self._pod.delete()
        for execution in running:
            execution.give_up()
        if self._at_the_end is not None:
            self._at_the_end.detach()

    def __enter__(self) -> PodCommandLineCodeExecutor:
        """The pod runs already; the end of the block deletes it."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def _create(self) -> None:
        self._pod.create(self._start_timeout)
        if self._stop_container and (self._at_the_end is None or not self._at_the_end.alive):
            # At the end of the program, and where an executor is simply forgotten.
            self._at_the_end = weakref.finalize(self, InThisProcess(partial(_delete_at_the_end, self._pod)))

    def _save(self, code: str, language: str) -> str:
        """Write code to its file in the pod and give its name in the working directory.

        ValueError if it would be outside.
        """
        name = _get_file_name_from_content(code, self._work_dir)
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
            raise ValueError("Filename is not in the workspace")
        if not in_time or saving.exit_code != 0:
            reason = saving.stderr.strip() or saving.problem or self._pod.why_not() or "the connection was lost"
            raise PodError(
                f"The code cannot be saved to {name} in {self._work_dir} of the pod {self._pod.name}: {reason}"
            )
        return name

    def _run(self, name: str, program: str, stops: int) -> tuple[int, str]:
        """Run a file, unless `stop` was called since ``stops`` was counted; give its exit code and output."""
        mark = f"{self._mark}-{uuid.uuid4().hex}"
        environment = (f"{_MARK}={mark}", "PYTHONUTF8=1", "PYTHONUNBUFFERED=1")
        try:
            running = self._shell(_RUN, self._work_dir.as_posix(), name, "env", *environment, program)
        except PodError:
            if stops == self._stops:
                raise
            return _STOPPED_EXIT_CODE, "\nStopped"
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
        if stops != self._stops:
            return _STOPPED_EXIT_CODE, f"{output}\nStopped"
        if not in_time:
            return _TIMEOUT_EXIT_CODE, f"{output}\n{TIMEOUT_MSG}"
        if running.exit_code is None:
            reason = running.problem or self._pod.why_not() or "the connection to it was lost"
            return 1, f"{output}\nThe pod {self._pod.name} did not end the code: {reason}.\n"
        return running.exit_code, output + _end_by_signal(running.exit_code)

    def _kill(self, mark: str) -> None:
        """End every process in the pod that carries a mark."""
        with suppress(PodError):  # a pod that takes no commands runs nothing either
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


def _end_by_signal(exit_code: int) -> str:
    """A line that says which signal ended a program that a pod reports with 128 + signal; "" for any other."""
    if not 128 < exit_code < 128 + 65:
        return ""
    return ProcessResult(128 - exit_code, "", "", timed_out=False).end_by_signal
