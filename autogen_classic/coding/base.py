"""What a code block, its result, a code extractor and a code executor are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypedDict, runtime_checkable

from pydantic import BaseModel, Field

if TYPE_CHECKING:
    from ..types import UserMessageImageContentPart, UserMessageTextContentPart

__all__ = (
    "CodeBlock",
    "CodeExecutionConfig",
    "CodeExecutor",
    "CodeExtractor",
    "CodeResult",
    "CommandLineCodeResult",
    "IPythonCodeResult",
)


class CodeBlock(BaseModel):
    """A piece of code in one language.

    Attributes:
        code: the code.
        language: its language as the message names it, such as ``python`` or ``sh``; empty if it is not known.
    """

    code: str = Field(description="The code to execute.")
    language: str = Field(description="The language of the code.")


class CodeResult(BaseModel):
    """The outcome of running code blocks.

    Attributes:
        exit_code: 0 on success.
        output: what all blocks that ran have printed.
    """

    exit_code: int = Field(description="The exit code of the code execution.")
    output: str = Field(description="The output of the code execution.")


class IPythonCodeResult(CodeResult):
    """A result of an IPython kernel.

    Attributes:
        output_files: the files that the blocks produced, such as images.
    """

    output_files: list[str] = Field(
        default_factory=list, description="The list of files that the executed code blocks generated."
    )


class CommandLineCodeResult(CodeResult):
    """A result of a command-line executor.

    Attributes:
        code_file: the file that the first code block was saved to.
    """

    code_file: str | None = Field(default=None, description="The file that the executed code block was saved to.")


class CodeExtractor(Protocol):
    """Finds the code blocks in a message."""

    def extract_code_blocks(
        self, message: str | list[UserMessageTextContentPart | UserMessageImageContentPart] | None
    ) -> list[CodeBlock]:
        """Find the code blocks in a message.

        Args:
            message: a text, a list of content parts, or None.

        Returns:
            The blocks, in order.
        """
        ...


@runtime_checkable
class CodeExecutor(Protocol):
    """Runs code blocks. Whatever has these three members is one."""

    @property
    def code_extractor(self) -> CodeExtractor:
        """The extractor that finds the code that this executor can run."""
        ...

    def execute_code_blocks(self, code_blocks: list[CodeBlock]) -> CodeResult:
        """Run code blocks, in order, until one fails.

        Args:
            code_blocks: the blocks.

        Returns:
            The exit code of the last block that ran and the output of all.
        """
        ...

    def restart(self) -> None:
        """Forget all state; called when the agent that owns this executor is reset."""
        ...


CodeExecutionConfig = TypedDict(
    "CodeExecutionConfig",
    {
        "executor": Literal["ipython-embedded", "commandline-local"] | CodeExecutor,
        "last_n_messages": int | Literal["auto"],
        "timeout": int,
        "use_docker": bool | str | list[str],
        "work_dir": str,
        "ipython-embedded": Mapping[str, Any],
        "commandline-local": Mapping[str, Any],
    },
    total=False,
)
"""The ``code_execution_config`` of an agent; the last two keys hold the arguments of the executor of that name."""
