"""What stands in for executors that would start a container or a server, when no code is to run."""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.machinery import ModuleSpec
from importlib.util import module_from_spec
from pathlib import Path

from ... import coding
from ...coding.base import CodeBlock, CodeExtractor, CodeResult
from ...coding.markdown_code_extractor import MarkdownCodeExtractor
from ...errors import NotebookDepartureError

__all__ = ("put_in_place",)

_JUPYTER = f"{coding.__name__}.jupyter"
_OF_JUPYTER = ("DockerJupyterServer", "EmbeddedIPythonCodeExecutor", "JupyterCodeExecutor", "LocalJupyterServer")


class IdleExecutor:
    """Takes the arguments of an executor or a Jupyter server, starts nothing, and runs nothing.

    Its agent takes the results of code from the transcript, and does not ask it.
    """

    def __init__(
        self,
        *_: object,
        timeout: int = 60,
        work_dir: Path | str = ".",
        bind_dir: Path | str | None = None,
        **__: object,
    ) -> None:
        self.timeout = timeout
        self.work_dir = Path(work_dir)
        self.bind_dir = Path(work_dir if bind_dir is None else bind_dir)

    @property
    def code_extractor(self) -> CodeExtractor:
        """What finds the code in a message."""
        return MarkdownCodeExtractor()

    def execute_code_blocks(self, code_blocks: list[CodeBlock]) -> CodeResult:
        """Refuse.

        Args:
            code_blocks: the code.

        Raises:
            NotebookDepartureError: always.
        """
        raise NotebookDepartureError("The cell runs code itself, without an agent. Replay it without --code.")

    def restart(self) -> None:
        """Forget nothing."""

    def stop(self) -> None:
        """Stop what never ran."""

    def __enter__(self) -> IdleExecutor:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def put_in_place() -> None:
    """Have `coding` and `coding.jupyter` offer it from now on; the packages of the real ones are not needed then."""
    vars(coding)["DockerCommandLineCodeExecutor"] = IdleExecutor
    try:
        jupyter = import_module(_JUPYTER)
    except ImportError:
        jupyter = sys.modules[_JUPYTER] = module_from_spec(ModuleSpec(_JUPYTER, None))
        vars(coding)["jupyter"] = jupyter
    vars(jupyter).update(dict.fromkeys(_OF_JUPYTER, IdleExecutor))
