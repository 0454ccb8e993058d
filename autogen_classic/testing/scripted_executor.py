"""A code executor that runs nothing and answers from a script."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ..coding.base import CodeBlock, CodeExtractor, CodeResult
from ..coding.markdown_code_extractor import MarkdownCodeExtractor
from .script import Script

__all__ = ("ScriptedExecutor",)


class ScriptedExecutor:
    """A code executor (of the ``CodeExecutor`` protocol) whose results are scripted; no code runs.

    For example:

    ```python
    executor = ScriptedExecutor([(1, "NameError: x"), (0, "42")])
    user = UserProxyAgent("user", code_execution_config={"executor": executor})
    ```

    Args:
        results: the results in order, one for each message with code: pairs of exit code and output, texts (an
            output with exit code 0), CodeResult objects, exceptions to raise, or functions of the list of code
            blocks. One function in place of the list gives every result.
        default: the result when the list is used up; None raises an error.

    Attributes:
        executed: the code blocks of each call, in order.
        restarts: how often the executor was restarted.
    """

    def __init__(
        self, results: Iterable[Any] | Callable[[list[CodeBlock]], Any] | None = None, *, default: Any = None
    ) -> None:
        self._script = Script(results, default=default, owner="ScriptedExecutor")
        self.executed: list[list[CodeBlock]] = []
        self.restarts = 0

    @property
    def code_extractor(self) -> CodeExtractor:
        """What finds the code in a message: the extractor for Markdown."""
        return MarkdownCodeExtractor()

    def add(self, *results: Any) -> None:
        """Append results to the script.

        Args:
            *results: as in the constructor.
        """
        self._script.add(*results)

    @property
    def remaining(self) -> int:
        """How many scripted results have not been asked for yet."""
        return self._script.remaining

    def assert_finished(self) -> None:
        """Check that every scripted result was asked for.

        Raises:
            AssertionError: results are left.
        """
        self._script.assert_finished()

    def execute_code_blocks(self, code_blocks: list[CodeBlock]) -> CodeResult:
        """Record code and give the next result.

        Args:
            code_blocks: the code that a real executor would run.

        Returns:
            The scripted result.

        Raises:
            ScriptExhaustedError: the script is used up.
            Exception: what the script says.
            TypeError: the scripted result does not have one of the forms that the constructor takes.
        """
        self.executed.append(list(code_blocks))
        shown = code_blocks[-1].code[:200] if code_blocks else ""
        result = self._script.take(f"The last block of the code was: {shown!r}.")
        if isinstance(result, BaseException) or (isinstance(result, type) and issubclass(result, BaseException)):
            raise result
        return _read_result(result(code_blocks) if callable(result) else result)

    def restart(self) -> None:
        """Count a restart."""
        self.restarts += 1


def _read_result(result: object) -> CodeResult:
    if isinstance(result, CodeResult):
        return result
    if isinstance(result, str):
        return CodeResult(exit_code=0, output=result)
    if isinstance(result, (tuple, list)) and len(result) == 2:
        return CodeResult(exit_code=result[0], output=result[1])
    raise TypeError(f"A scripted result is a pair (exit code, output), a text or a CodeResult, not {result!r}.")
