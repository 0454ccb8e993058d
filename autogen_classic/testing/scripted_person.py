"""A person who answers from a script, and a stream that keeps what is printed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, TypeVar

from ..io.base import IOStream
from .script import Script

__all__ = ("CapturedIO", "ScriptedPerson")

_StreamT = TypeVar("_StreamT", bound="CapturedIO")


class CapturedIO(IOStream):
    """A stream that keeps everything printed; within ``with`` it is the default stream.

    For example:

    ```python
    with CapturedIO() as printed:
        user.initiate_chat(assistant, message="Hello")
    assert "Hello" in printed.text
    ```

    It is the default for the thread and the tasks of the ``with`` block, as ``IOStream.set_default`` makes it.

    Args:
        show: True also prints on the stream that was the default before.
    """

    def __init__(self, *, show: bool = False) -> None:
        self._show = show
        self._shown_on: IOStream | None = None
        self._parts: list[str] = []
        self._scopes: list[AbstractContextManager[Any]] = []

    @property
    def text(self) -> str:
        """Everything printed so far."""
        return "".join(self._parts)

    def print(self, *objects: Any, sep: str = " ", end: str = "\n", flush: bool = False) -> None:
        """Keep what is printed.

        Args:
            *objects: what to print.
            sep: stands between two objects.
            end: stands at the end.
            flush: handed on if the stream also shows what it keeps.
        """
        self._parts.append(sep.join(map(str, objects)) + end)
        if self._shown_on is not None:
            self._shown_on.print(*objects, sep=sep, end=end, flush=flush)

    def input(self, prompt: str = "", *, password: bool = False) -> str:
        """Refuse to answer: nobody sits behind this stream.

        Args:
            prompt: what the person is asked.
            password: not used.

        Raises:
            EOFError: always.
        """
        raise EOFError(f"A person was asked {prompt!r}, but CapturedIO has nobody to answer; use ScriptedPerson.")

    def __enter__(self: _StreamT) -> _StreamT:
        if self._show:
            self._shown_on = IOStream.get_default()
        scope = IOStream.set_default(self)
        scope.__enter__()
        self._scopes.append(scope)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._scopes.pop().__exit__(kind, error, traceback)
        self._shown_on = None


class ScriptedPerson(CapturedIO):
    """A person whose answers are scripted.

    In ``with`` it answers whatever is asked through the default stream and keeps what is printed. It is also a
    function of a prompt, so that it can take the place of one agent's person. For example:

    ```python
    with ScriptedPerson(["go on", "exit"]) as person:
        user.initiate_chat(assistant, message="Hello")
    assert len(person.prompts) == 2

    user.get_human_input = ScriptedPerson(["", "exit"])
    ```

    Args:
        answers: the answers in order: texts, exceptions to raise (such as KeyboardInterrupt), or functions of
            the prompt. One function in place of the list gives every answer.
        default: the answer when the list is used up; None raises an error.
        show: True also prints on the stream that was the default before.

    Attributes:
        prompts: what the person was asked, in order.
    """

    def __init__(
        self,
        answers: Iterable[Any] | Callable[[str], str] | None = None,
        *,
        default: Any = None,
        show: bool = False,
    ) -> None:
        super().__init__(show=show)
        self._script = Script(answers, default=default, owner="ScriptedPerson")
        self.prompts: list[str] = []

    def add(self, *answers: Any) -> None:
        """Append answers to the script.

        Args:
            *answers: as in the constructor.
        """
        self._script.add(*answers)

    @property
    def remaining(self) -> int:
        """How many scripted answers have not been asked for yet."""
        return self._script.remaining

    def assert_finished(self) -> None:
        """Check that every scripted answer was asked for.

        Raises:
            AssertionError: answers are left.
        """
        self._script.assert_finished()

    def __call__(self, prompt: str) -> str:
        """Answer a prompt; ``agent.get_human_input`` is called in the same way.

        Args:
            prompt: what the person is asked.

        Returns:
            The next answer.

        Raises:
            ScriptExhaustedError: the script is used up.
            BaseException: what the script says.
        """
        self.prompts.append(prompt)
        answer = self._script.take(f"The person was asked: {prompt!r}.")
        if isinstance(answer, BaseException) or (isinstance(answer, type) and issubclass(answer, BaseException)):
            raise answer
        return str(answer(prompt) if callable(answer) else answer)

    def input(self, prompt: str = "", *, password: bool = False) -> str:
        """Answer a prompt that came through the stream.

        Args:
            prompt: what the person is asked.
            password: not used.

        Returns:
            The next answer.

        Raises:
            ScriptExhaustedError: the script is used up.
        """
        return self(prompt)
