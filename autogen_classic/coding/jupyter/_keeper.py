"""One executor's kernel: started when it is first needed, replaced when it has died, ended from any thread."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from ...code_utils import PYTHON_VARIANTS
from ...errors import KernelLostError
from ..base import CodeBlock, IPythonCodeResult
from ..utils import silence_pip
from ._transcript import Transcript, save

__all__ = ("DIED", "STOPPED", "KernelKeeper", "RunningKernel", "execute")

DIED = "ERROR: The kernel died{why} The next block runs in a new kernel, without the variables of this one."
STOPPED = "ERROR: Stopped. The next block runs in a new kernel, without the variables of this one."

_PYTHON = {*PYTHON_VARIANTS, "python3", "ipython", "ipython3", ""}
_SHELLS = {"sh": "sh", "shell": "sh", "bash": "bash"}


class RunningKernel(Protocol):
    """A kernel that has been started."""

    def wait_until_ready(self) -> None:
        """Wait until it takes code; KernelLostError if it ends before."""

    def run(self, code: str, timeout: float) -> Transcript:
        """Run code for so many seconds."""

    def kill(self) -> None:
        """End it and what it has started, from any thread."""

    def close(self) -> None:
        """Give back what is held for it; by the thread that has run its code."""


class KernelKeeper:
    """Keeps a kernel for one executor.

    Args:
        start: starts a kernel.
    """

    def __init__(self, start: Callable[[], RunningKernel]) -> None:
        self._start = start
        self._kernel: RunningKernel | None = None
        self._stops = 0
        self._turn = threading.Lock()  # held by whoever runs code
        self._guard = threading.Lock()  # held for the moment in which the kernel is exchanged

    @contextmanager
    def turn(self) -> Iterator[Callable[[str, float], Transcript]]:
        """Have the kernel for some blocks; others wait meanwhile.

        Yields:
            A function that runs code for so many seconds.
        """
        with self._turn:
            stops = self._stops
            yield lambda code, timeout: self._run(code, timeout, stops)

    def stop(self) -> None:
        """End the kernel with all that it has started; what runs in it fails. It may be called from any thread."""
        with self._guard:
            self._stops += 1
            kernel = self._kernel
        if kernel is not None:
            kernel.kill()
        if self._turn.acquire(blocking=False):
            try:
                self._discard()
            finally:
                self._turn.release()

    def _run(self, code: str, timeout: float, stops: int) -> Transcript:
        try:
            transcript = self._ready_kernel(stops).run(code, timeout)
        except KernelLostError as error:
            self._discard()
            transcript = Transcript()
            transcript.fail(STOPPED if self._stops != stops else f"ERROR: {error}")
        except BaseException:
            # Ctrl-C: nobody waits for what the kernel does now.
            self._discard()
            raise
        if transcript.kernel_is_lost or self._stops != stops:
            self._discard()
        return transcript

    def _ready_kernel(self, stops: int) -> RunningKernel:
        with self._guard:
            if self._stops != stops:
                raise KernelLostError("stopped")
            if self._kernel is not None:
                return self._kernel
            kernel = self._kernel = self._start()
        kernel.wait_until_ready()
        return kernel

    def _discard(self) -> None:
        with self._guard:
            kernel, self._kernel = self._kernel, None
        if kernel is not None:
            kernel.kill()
            kernel.close()


def execute(
    keeper: KernelKeeper, code_blocks: Sequence[CodeBlock], *, language: str, timeout: float, output_dir: str | Path
) -> IPythonCodeResult:
    """Run blocks in a kernel, in order, until one fails.

    Args:
        keeper: has the kernel.
        code_blocks: the blocks.
        language: what the kernel speaks, as its specification names it.
        timeout: how long each may run, in seconds.
        output_dir: where files with displayed data go.

    Returns:
        Exit code 0 or 1, the output of all blocks that ran, and the files.
    """
    outputs: list[str] = []
    files: list[str] = []
    exit_code = 0
    with keeper.turn() as run:
        for block in code_blocks:
            code = _for_kernel(block, language.lower())
            if code is None:
                outputs.append(f"unknown language {block.language}; this kernel runs {language}")
                exit_code = 1
                break
            transcript = run(code, timeout)
            texts, new_files = save(transcript.parts(), output_dir)
            outputs += texts
            files += new_files
            if not transcript.is_ok:
                exit_code = 1
                break
    return IPythonCodeResult(exit_code=exit_code, output="\n".join(outputs), output_files=files)


def _for_kernel(block: CodeBlock, kernel_language: str) -> str | None:
    """Write a block as a kernel takes it; None for another language. Shell code runs where Python is spoken."""
    language = block.language.lower()
    if kernel_language not in _PYTHON:
        return block.code if language in (kernel_language, "") else None
    if language in _PYTHON:
        return silence_pip(block.code, "python")
    if language not in _SHELLS or sys.platform == "win32":
        return None
    code = silence_pip(block.code, "sh")
    # AutoGen 0.2 hands such blocks to IPython as they are, which lines like "!pip install" and "%cd" rely on.
    return silence_pip(code, "python") if code.lstrip().startswith(("!", "%")) else f"%%{_SHELLS[language]}\n{code}"
