"""The terminal of a conversation, or the pipe in its place: what is shown, and what the person types."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

from ..._packages import missing_package
from ...io import IOStream
from .._clean import Cleaner, clean
from .reading import EditedInput, PersonInput, PlainInput

try:
    from prompt_toolkit.output.color_depth import ColorDepth  # noqa: F401 - to say at once that it is missing
    from rich.console import Console
    from rich.text import Text
except ImportError as error:
    raise missing_package("autogen-classic chat", error, "chat") from error

__all__ = ("Terminal",)

_SIMPLE_FORMS = str.maketrans(
    {
        "\u2018": "'",
        "\u2019": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u2013": "-",
        "\u2014": "-",
        "\u2026": "...",
        "\xa0": " ",
    }
)
"""What a terminal with few characters shows in place of the marks that models like."""


_TAKEN_BACK = "\r\x1b[K"  # back to the beginning of the line, and clear it


class Terminal(IOStream):
    """Shows a conversation, and asks the person.

    Whatever it shows is made harmless first, and fits the characters that standard output can take. It is the stream of
    the chats as well, but prints nothing of what they print: the conversation is shown by its events.

    Args:
        status: the status line as it is now.
        history_file: where what is typed is kept; None for nowhere.
        plain: whether to show plain lines even in a terminal.

    Attributes:
        has_person: whether somebody sits there who can answer a question.
    """

    def __init__(self, status: Callable[[], str], history_file: Path | None, plain: bool = False) -> None:
        self.has_person = sys.stdin.isatty()
        self._is_plain = plain or not (self.has_person and sys.stdout.isatty()) or os.environ.get("TERM") == "dumb"
        self._status = status
        self._console = Console(highlight=False, markup=False, emoji=False, no_color=True if plain else None)
        self._notes = Console(highlight=False, markup=False, emoji=False, stderr=not sys.stdout.isatty())
        self._cleaner = Cleaner()
        self._speaker: str | None = None
        self._is_named = False  # whether the line that is open now begins with the speaker
        self._has_said = False
        self._input: PersonInput = (
            PlainInput(self.has_person, self._prompt) if self._is_plain else EditedInput(history_file, status)
        )

    # --- the person

    def read(self) -> str:
        """Wait for the person's next message.

        Raises:
            EOFError: there will be no more.
            KeyboardInterrupt: Ctrl-C was pressed.
        """
        if self._is_plain and self.has_person:
            self.note(self._status())
        return self._input.read()

    def input(self, prompt: str = "", *, password: bool = False) -> str:
        """Ask the person something in the middle of a conversation.

        Args:
            prompt: the question.
            password: not used: nobody asks for one here.

        Raises:
            EOFError: nobody is there to answer.
        """
        if not self.has_person:
            raise EOFError
        return self._input.read(self._fitting(clean(prompt)))

    # --- the conversation

    def print(self, *objects: object, sep: str = " ", end: str = "\n", flush: bool = False) -> None:
        """Show nothing of what a chat prints.

        Args:
            *objects: what it prints.
            sep: the text between two objects.
            end: the text after the last object.
            flush: not used.
        """

    def begin(self, name: str) -> None:
        """Say who speaks now; where a line cannot be taken back, not before the first piece.

        Args:
            name: the name of an agent.
        """
        self._speaker = name
        if not self._is_plain:
            self._name()

    def _name(self) -> None:
        self._console.print(Text(self._fitting(f"{self._speaker}: ")), style="bold cyan", end="")
        self._is_named = True

    def piece(self, text: str) -> None:
        """Show a piece of what is said.

        Args:
            text: the next piece.
        """
        if self._speaker is not None and not self._is_named:
            self._name()
        self._has_said = True
        self._write(self._cleaner.feed(text))

    def end(self) -> None:
        """End what is said; a name after which nothing came is taken back."""
        self._leave_line()
        self._speaker = None

    def _leave_line(self) -> None:
        """End the line of whoever speaks. With the next piece, the speaker is named again."""
        if self._has_said:
            self._write(f"{self._cleaner.rest()}\n")
        elif self._is_named:
            self._write(_TAKEN_BACK)
        self._has_said = self._is_named = False

    def block(self, text: str) -> None:
        """Show a text that is not said by anybody, such as the output of code.

        Args:
            text: the text.
        """
        self._write("".join(f"  | {line}\n" for line in clean(text).splitlines()))

    def note(self, text: str) -> None:
        """Show a note about the conversation; on standard error where the conversation goes to a pipe.

        Args:
            text: the note.
        """
        self._tell(text, "dim")

    def complain(self, text: str) -> None:
        """Show what went wrong.

        Args:
            text: what it was.
        """
        self._tell(text, "red")

    def _tell(self, text: str, style: str) -> None:
        if sys.stdout.isatty():
            self._leave_line()
        self._notes.print(Text(self._fitting(clean(text))), style=style, soft_wrap=not self._notes.file.isatty())

    def _prompt(self, text: str) -> None:
        stream = sys.stdout if sys.stdout.isatty() else sys.stderr
        stream.write(self._fitting(text))
        stream.flush()

    def _write(self, text: str) -> None:
        """Write what may be interrupted at any moment: rich would write it again with what comes next."""
        sys.stdout.write(self._fitting(text))
        sys.stdout.flush()

    def _fitting(self, text: str) -> str:
        """The text with nothing in it that the encoding of standard output does not have."""
        encoding = sys.stdout.encoding or "ascii"
        try:
            text.encode(encoding)
        except UnicodeEncodeError:
            return text.translate(_SIMPLE_FORMS).encode(encoding, "replace").decode(encoding)
        return text
