"""Run code blocks in a Jupyter kernel beside this program."""

from __future__ import annotations

import os
import weakref
from collections.abc import Sequence
from functools import partial
from types import TracebackType
from typing import Any

from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel
from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, ValidationInfo, field_validator

from ..._code.process.owner import InThisProcess
from ..base import CodeBlock, CodeExtractor, IPythonCodeResult
from ..limits import ResourceLimits
from ..markdown_code_extractor import MarkdownCodeExtractor
from ._keeper import KernelKeeper, execute
from ._kernel import LocalKernel

__all__ = ("EmbeddedIPythonCodeExecutor",)


class EmbeddedIPythonCodeExecutor(BaseModel):
    """Runs code blocks in a Jupyter kernel, in which variables, imports and functions last from block to block.

    The kernel starts with the first block. It is no sandbox: the code runs with your rights and can read, change and
    send whatever you can. Keys in the environment are not handed on to it.

    Attributes:
        timeout: how long one block may run, in seconds, at least 1. Then it is interrupted, and keeps its variables.
        kernel_name: the name of an installed kernel; ``jupyter kernelspec list`` shows them.
        output_dir: the directory where displayed images and HTML pages are saved.
        work_dir: the directory that the kernel runs in; None for the one this program is in.
        limits: limits for each process, a `ResourceLimits` or a dict of its fields. A kernel itself needs about
            150 MB of memory and 12 threads.
        inherit_environment: names of environment variables with keys, tokens or passwords that the code may have;
            ``["*"]`` hands on all. Without it such variables are left out.

    Raises:
        ValueError: the kernel is not installed, a directory does not exist, or a number is out of range.
        LimitsUnavailableError: this machine cannot enforce limits.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    timeout: int = Field(default=60, ge=1, description="The timeout for code execution, in seconds.")
    kernel_name: str = Field(default="python3", description="The name of an installed kernel.")
    output_dir: str = Field(default=".", description="The directory where displayed data is saved.")
    work_dir: str | None = Field(default=None, description="The directory the kernel runs in.", repr=False)
    limits: ResourceLimits = Field(default=ResourceLimits(), description="Limits for each process.", repr=False)
    inherit_environment: Sequence[str] = Field(
        default=(), description="Secret environment variables that the code may have.", repr=False
    )

    _keeper: KernelKeeper = PrivateAttr()
    _language: str = PrivateAttr()

    @field_validator("output_dir", "work_dir")
    @classmethod
    def _must_exist(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is not None and not os.path.isdir(value):
            kind = "Output" if info.field_name == "output_dir" else "Working"
            raise ValueError(f"{kind} directory {value} does not exist.")
        return value

    @field_validator("limits", mode="before")
    @classmethod
    def _or_nothing(cls, value: Any) -> Any:
        return ResourceLimits() if value is None else value

    def model_post_init(self, context: Any, /) -> None:
        """Look for the kernel, and for what the limits need."""
        self._language = _language_of(self.kernel_name)
        start = partial(
            LocalKernel,
            self.kernel_name,
            command_before=self.limits.command(),
            inherit_environment=self.inherit_environment,
            work_dir=self.work_dir,
        )
        self._keeper = KernelKeeper(start)
        # Also at the end of the program, and where an executor is simply forgotten.
        weakref.finalize(self, InThisProcess(self._keeper.stop))

    @property
    def code_extractor(self) -> CodeExtractor:
        """The extractor for fenced blocks in Markdown."""
        return MarkdownCodeExtractor()

    def execute_code_blocks(self, code_blocks: list[CodeBlock]) -> IPythonCodeResult:
        """Run code blocks in the kernel, in order, until one fails.

        Lines that begin with ``!`` or ``%`` have their meaning in IPython; ``sh`` and ``bash`` blocks run too.

        Args:
            code_blocks: the blocks.

        Returns:
            Exit code 0, or 1 after an exception, a timeout, the death of the kernel, `stop`, or for another language;
            the output of all blocks that ran, and the files with what they displayed.
        """
        return execute(
            self._keeper, code_blocks, language=self._language, timeout=self.timeout, output_dir=self.output_dir
        )

    def restart(self) -> None:
        """Forget all variables: end the kernel with all that its code has started. The next block has a new one."""
        self._keeper.stop()

    def stop(self) -> None:
        """End the kernel with all that its code has started, from any thread. A later block has a new one."""
        self._keeper.stop()

    def __enter__(self) -> EmbeddedIPythonCodeExecutor:
        """The kernel starts with the first block; the end of the ``with`` block ends it."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()


def _language_of(kernel_name: str) -> str:
    """The language of a kernel; ValueError if it is not installed."""
    specifications = KernelSpecManager()
    try:
        return specifications.get_kernel_spec(kernel_name).language or "python"
    except NoSuchKernel:
        installed = ", ".join(sorted(specifications.find_kernel_specs())) or "none"
        raise ValueError(
            f"Kernel {kernel_name} is not installed. Installed kernels: {installed}. To have this Python under that "
            f"name, run: python -m ipykernel install --user --name {kernel_name}"
        ) from None
