"""Run code blocks in a Jupyter kernel beside this program."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel
from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, ValidationInfo, field_validator

from ..limits import ResourceLimits
from ._executor import KernelExecutor
from ._keeper import KernelKeeper
from ._kernel import LocalKernel

__all__ = ("EmbeddedIPythonCodeExecutor",)


class EmbeddedIPythonCodeExecutor(KernelExecutor, BaseModel):
    """Runs code blocks in a Jupyter kernel, where variables, imports and functions last from block to block.

    The kernel starts with the first block. It is not a sandbox: the code runs with your rights and can read, change and
    send whatever you can. Keys in the environment are not handed on to it.

    Attributes:
        timeout: how long one block may run, in seconds, at least 1. Then it is interrupted, and keeps its variables.
        kernel_name: the name of an installed kernel; ``jupyter kernelspec list`` shows them.
        output_dir: the directory where displayed images and HTML pages are saved.
        work_dir: the directory that the kernel runs in; None for the one this program is in.
        limits: limits for each process, a `ResourceLimits` or a dict of its fields. A kernel itself needs about
            150 MB of memory and 12 threads.
        inherit_environment: names of environment variables with keys, tokens or passwords that the code may have;
            ``["*"]`` hands on all of them. By default such variables are left out.

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

    # as AutoGen 0.2 calls them
    _kernel_name = property(lambda self: self.kernel_name)
    _output_dir = property(lambda self: Path(self.output_dir))
    _timeout = property(lambda self: self.timeout)

    @field_validator("output_dir", "work_dir")
    @classmethod
    def _must_exist(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is not None and not os.path.isdir(value):
            kind = "Output" if info.field_name == "output_dir" else "Working"
            raise ValueError(f"{kind} directory {value} does not exist.")
        return value

    @field_validator("limits", mode="before")
    @classmethod
    def _or_nothing(cls, value: object) -> object:
        return ResourceLimits() if value is None else value

    def model_post_init(self, context: object, /) -> None:
        """Look for the kernel, and for what the limits need."""
        self._language = _language_of(self.kernel_name)
        start = partial(
            LocalKernel,
            self.kernel_name,
            command_before=self.limits.command(),
            inherit_environment=self.inherit_environment,
            work_dir=self.work_dir,
        )
        self._keep(start)


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
