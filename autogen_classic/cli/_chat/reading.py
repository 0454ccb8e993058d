"""What a person types, line by line or with an editor."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from prompt_toolkit import PromptSession
    from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

__all__ = ("EditedInput", "PersonInput", "PlainInput")

PROMPT = "> "
_FURTHER_LINE = ". "


class PersonInput(Protocol):
    """Where the person's messages come from."""

    def read(self, prompt: str = PROMPT) -> str:
        """Wait for the next message, which may have several lines.

        Args:
            prompt: what stands before it.

        Raises:
            EOFError: there will be no more.
            KeyboardInterrupt: Ctrl-C was pressed.
        """
        ...


class PlainInput:
    """Lines of standard input. One that ends with a backslash goes on in the next.

    Args:
        shows_prompt: whether somebody sits there who needs a prompt.
        write: shows it.
    """

    def __init__(self, shows_prompt: bool, write: Callable[[str], object]) -> None:
        self._write = write if shows_prompt else lambda text: None

    def read(self, prompt: str = PROMPT) -> str:
        """Read a message; see `PersonInput.read`."""
        lines: list[str] = []
        while True:
            self._write(_FURTHER_LINE if lines else prompt)
            line = sys.stdin.readline()
            if not line and not lines:
                raise EOFError
            text = _as_typed(line.rstrip("\r\n"))
            lines.append(text.removesuffix("\\"))
            if not line or not text.endswith("\\"):
                return "\n".join(lines).rstrip("\n")


class EditedInput:
    """A line editor with a history and a status line. Alt-Enter, or a backslash before Enter, begins a new line.

    Args:
        history_file: where what was typed is kept for the next time; None keeps it for this conversation only.
        status: the status line as it is now.
    """

    def __init__(self, history_file: Path | None, status: Callable[[], str]) -> None:
        from prompt_toolkit import PromptSession
        from prompt_toolkit.history import FileHistory, InMemoryHistory

        self._session: PromptSession[str] = PromptSession(
            history=InMemoryHistory() if history_file is None else FileHistory(str(history_file)),
            multiline=True,
            key_bindings=_bindings(),
            prompt_continuation=_FURTHER_LINE,
            bottom_toolbar=lambda: [("", status())],
        )

    def read(self, prompt: str = PROMPT) -> str:
        """Read a message; see `PersonInput.read`."""
        return _as_typed(self._session.prompt([("", prompt)]))


def _bindings() -> KeyBindings:
    """Enter sends, where an editor of several lines would begin a new one."""
    from prompt_toolkit.key_binding import KeyBindings

    bindings = KeyBindings()

    @bindings.add("enter")
    def _(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        if buffer.document.char_before_cursor == "\\":
            buffer.delete_before_cursor()
            buffer.newline(copy_margin=False)
        else:
            buffer.validate_and_handle()

    @bindings.add("escape", "enter")
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.newline(copy_margin=False)

    return bindings


def _as_typed(text: str) -> str:
    """Put right what a terminal without UTF-8 has made of other letters: bytes in the place of characters."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
