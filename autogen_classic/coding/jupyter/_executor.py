"""What the two executors with a kernel have in common: how blocks run in it, and how it ends."""

from __future__ import annotations

import sys
import weakref
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from typing_extensions import Self

from ..._code.commands import PYTHON_VARIANTS
from ..._code.process.owner import InThisProcess
from ..base import CodeBlock, CodeExtractor, IPythonCodeResult
from ..markdown_code_extractor import MarkdownCodeExtractor
from ..utils import silence_pip
from ._keeper import KernelKeeper, RunningKernel
from ._transcript import save

__all__ = ("KernelExecutor",)

_PYTHON = {*PYTHON_VARIANTS, "python3", "ipython", "ipython3", ""}
_SHELLS = {"sh": "sh", "shell": "sh", "bash": "bash"}


class KernelExecutor:
    """Runs code blocks in a kernel that starts with the first of them.

    A class of executors has a ``timeout`` and an ``output_dir``, sets ``_language`` (what the kernel speaks, as its
    specification names it), and calls `_keep`.
    """

    if TYPE_CHECKING:  # at run time they would become fields of a model
        _keeper: KernelKeeper
        _language: str

        @property
        def timeout(self) -> int: ...
        @property
        def output_dir(self) -> str | Path: ...

    def _keep(self, start: Callable[[], RunningKernel]) -> None:
        """Use a kernel from here on, which this function starts when it is needed."""
        self._keeper = KernelKeeper(start)
        # Also at the end of the program, and when an executor is simply dropped.
        weakref.finalize(self, InThisProcess(self._keeper.stop))

    @property
    def code_extractor(self) -> CodeExtractor:
        """The extractor for fenced blocks in Markdown."""
        return MarkdownCodeExtractor()

    def execute_code_blocks(self, code_blocks: Sequence[CodeBlock]) -> IPythonCodeResult:
        """Run code blocks in the kernel, in order, until one fails.

        Lines that begin with ``!`` or ``%`` have their meaning in IPython; ``sh`` and ``bash`` blocks run too.

        Args:
            code_blocks: the blocks.

        Returns:
            Exit code 0, or 1 after an exception, a timeout, the death of the kernel, `stop`, or for another language;
            the output of all blocks that ran, and the files with what they displayed.
        """
        outputs: list[str] = []
        files: list[str] = []
        exit_code = 0
        with self._keeper.turn() as run:
            for block in code_blocks:
                code = _for_kernel(block, self._language.lower())
                if code is None:
                    outputs.append(f"unknown language {block.language}; this kernel runs {self._language}")
                    exit_code = 1
                    break
                transcript = run(code, self.timeout)
                texts, new_files = save(transcript.parts(), self.output_dir)
                outputs += texts
                files += new_files
                if not transcript.is_ok:
                    exit_code = 1
                    break
        return IPythonCodeResult(exit_code=exit_code, output="\n".join(outputs), output_files=files)

    def restart(self) -> None:
        """Forget all variables: end the kernel and all that its code has started. The next block gets a new one."""
        self._keeper.stop()

    def stop(self) -> None:
        """End the kernel and all that its code has started, from any thread. A later block gets a new one."""
        self._keeper.stop()

    def __enter__(self) -> Self:
        """The kernel starts with the first block; the end of the ``with`` block ends it."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()


def _for_kernel(block: CodeBlock, kernel_language: str) -> str | None:
    """Write a block as a kernel takes it; None for another language. Shell code runs in kernels for Python."""
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
