"""Shows a conversation by its events."""

from __future__ import annotations

import logging
from collections.abc import Collection

from ..._core.content import content_str
from ...events import CodeExecuted, Event, MessageSent, ModelAnswered, ModelAsked, ModelFailed, TextStreamed
from .spent import Spent
from .terminal import Terminal

__all__ = ("KINDS", "Shown", "Warnings")

KINDS = (CodeExecuted, MessageSent, ModelAnswered, ModelAsked, ModelFailed, TextStreamed)


class Shown:
    """A subscriber that shows what the members of a team say.

    Args:
        terminal: where.
        names: whose words are shown. Others, such as whoever chooses the next speaker, work in silence.
        spent: where tokens and costs are counted.

    Attributes:
        answers: how many answers of models have come.
        speaker: who speaks now, or None.
        said: what the speaker has said so far, as far as it came in pieces.
    """

    def __init__(self, terminal: Terminal, names: Collection[str], spent: Spent) -> None:
        self._terminal = terminal
        self._names = names
        self._spent = spent
        self.answers = 0
        self.speaker: str | None = None
        self.said = ""

    def __call__(self, event: Event) -> None:
        """Show an event, if there is something to show."""
        if isinstance(event, ModelAsked):
            self._begin(_name(event.agent))
        elif isinstance(event, TextStreamed) and _name(event.agent) == self.speaker:
            self.said += event.text
            self._terminal.piece(event.text)
        elif isinstance(event, ModelAnswered):
            self.answers += 1
            self._spent.add(event)
        elif isinstance(event, ModelFailed) and event.next_number is not None:
            self._terminal.note(f"{event.model or 'A model'} could not answer ({event.reason}); the next one is asked.")
        elif isinstance(event, MessageSent) and event.sender.name in self._names:
            self._say(event)
        elif isinstance(event, CodeExecuted):
            self._terminal.block(f"{event.output.rstrip()}\n(exit code {event.exit_code})".lstrip())

    def leave(self) -> None:
        """End the line of whoever was speaking."""
        if self.speaker is not None:
            self._terminal.end()
        self.speaker, self.said = None, ""

    def _begin(self, name: str) -> None:
        if name in self._names and name != self.speaker:
            self.leave()
            self._terminal.begin(name)
            self.speaker = name

    def _say(self, event: MessageSent) -> None:
        """Show a whole message, unless its pieces were shown as they came."""
        self._begin(event.sender.name)
        if not self.said:
            message = event.message
            content = message if isinstance(message, str) else message.get("content")
            self._terminal.piece(content_str(content) or "(an empty answer)")
        self.leave()


class Warnings(logging.Handler):
    """Shows the warnings of the library as notes, each of them once.

    Args:
        terminal: where.
    """

    def __init__(self, terminal: Terminal) -> None:
        super().__init__(logging.WARNING)
        self._terminal = terminal
        self._shown: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        """Show a warning."""
        text = record.getMessage()
        if text not in self._shown:
            self._shown.add(text)
            self._terminal.note(f"Note: {text}")


def _name(agent: object) -> str:
    return agent if isinstance(agent, str) else str(getattr(agent, "name", ""))
