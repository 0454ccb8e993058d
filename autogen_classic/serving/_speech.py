"""What is said in a conversation, as one text that grows."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..code_utils import content_str
from ..events import Event, MessageSent, ModelAsked, TextStreamed

__all__ = ("Piece", "Speech", "by_speakers")

_STOP_WORD = "TERMINATE"
_STOP = re.compile(rf"(?<!\s)\s*(?<!\w){_STOP_WORD}[\s.!*]*$")
_BEGUN = "|".join(_STOP_WORD[:length] for length in range(len(_STOP_WORD) - 1, 0, -1))
_MAY_STOP = re.compile(rf"(?<!\s)\s*(?:(?<!\w)(?:{_STOP_WORD}[\s.!*]*|{_BEGUN}))?$")
_PARAGRAPH = "\n\n"


@dataclass(frozen=True)
class Piece:
    """The next piece of what is said.

    Attributes:
        text: the piece; empty where a message ends.
        speaker: whose message ends here; None while it goes on.
    """

    text: str
    speaker: str | None = None


class Speech:
    """A subscriber that puts together what the members of a cast say.

    In a group each message begins with the name of who says it, ``**ann:** ``, which `by_speakers` reads again. The
    word TERMINATE at the end of a message is meant for the other agents, and left out.

    Args:
        names: the names of the members. What others say, such as whoever runs the tools, is left out.
        is_group: whether the words need names.
        deliver: is given each piece.

    Attributes:
        text: everything that was said.
        last: the last message that says something.
    """

    KINDS = (MessageSent, ModelAsked, TextStreamed)

    def __init__(self, names: Collection[str], is_group: bool, deliver: Callable[[Piece], object]) -> None:
        self._names = names
        self._is_group = is_group
        self._deliver = deliver
        self.text = ""
        self.last = ""
        self._speaker: str | None = None
        self._said = ""  # of the message that is under way, as far as it was delivered
        self._held = ""  # what may become the stop word

    def __call__(self, event: Event) -> None:
        """Hear an event."""
        if isinstance(event, TextStreamed):
            self._stream(_name_of(event.agent), event.text)
        elif isinstance(event, MessageSent):
            self._finish(event.sender.name, event.message)
        elif isinstance(event, ModelAsked) and self._speaker == _name_of(event.agent):
            self._leave()  # its answer broke off, and is asked for again

    def _stream(self, name: str, text: str) -> None:
        if name not in self._names:
            return
        if self._speaker != name:
            self._leave()
            self._speaker = name
        text = self._held + text
        end = _MAY_STOP.search(text)
        assert end is not None, "it finds an empty text, if nothing else"
        self._held = text[end.start() :]
        self._say(name, text[: end.start()])

    def _finish(self, name: str, message: str | Mapping[str, Any]) -> None:
        if name not in self._names:
            return
        if self._speaker != name:
            self._leave()
        is_answer_of_tool = not isinstance(message, str) and message.get("role") in ("tool", "function")
        text = "" if is_answer_of_tool else content_str(message if isinstance(message, str) else message.get("content"))
        text = _STOP.sub("", text)
        if not text.startswith(self._said):  # something has changed it after it was streamed
            self._leave()
        self._say(name, text[len(self._said) :])
        self._deliver(Piece("", name))
        self.last = text or self.last
        self._leave()

    def _say(self, name: str, text: str) -> None:
        if not text:
            return
        if not self._said:
            gap = _PARAGRAPH if self.text else ""
            self._say_as_it_is(f"{gap}**{name}:** " if self._is_group else gap)
        self._said += text
        self._say_as_it_is(text)

    def _say_as_it_is(self, text: str) -> None:
        if text:
            self.text += text
            self._deliver(Piece(text))

    def _leave(self) -> None:
        self._speaker, self._said, self._held = None, "", ""


def by_speakers(content: object, names: Collection[str], otherwise: str) -> list[tuple[str, Any]]:
    """Take the answer of a group apart again.

    Args:
        content: what a client gives back of the conversation: a text, or anything else a message may hold.
        names: the members of the group.
        otherwise: who has said what stands under no name.

    Returns:
        The names with what each has said, in order.
    """
    if not isinstance(content, str):
        return [(otherwise, content)]
    return [(name or otherwise, words) for name, words in _parts(content, names) if words]


def _parts(text: str, names: Collection[str]) -> Iterator[tuple[str | None, str]]:
    heading = re.compile(rf"(?:^|\n\n)\*\*({'|'.join(map(re.escape, names))}):\*\* ")
    before, *rest = heading.split(text)
    yield None, before.strip()
    for name, words in zip(rest[::2], rest[1::2], strict=True):
        yield name, words.strip()


def _name_of(agent: object) -> str:
    return agent if isinstance(agent, str) else str(getattr(agent, "name", ""))
