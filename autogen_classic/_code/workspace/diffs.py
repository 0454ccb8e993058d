"""Diffs in the form V4A, which say by the lines around it where a change belongs, not by numbers of lines.

```text
    @@ class Shape
    @@     def area(self):
             width = self.width
    -        return width
    +        return width * self.height
```

A line after ``@@`` is sought first, to tell places apart that look alike; several of them lead inwards. ``@@`` alone
only starts the next change. ``*** End of File`` after a change says that it is at the end of the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from pydantic import StrictStr

from ..._argument_checks import check_value

__all__ = ("apply_diff",)

_END_OF_FILE = "*** End of File"
_NUMBERS = re.compile(r"-\d+(?:,\d+)? \+\d+(?:,\d+)? @@")  # of a unified diff: not needed, and often wrong

# How a line of the diff is compared with one of the file: what models get wrong first is white space.
_COMPARISONS: tuple[Callable[[str], str], ...] = (str, str.rstrip, str.strip)


@dataclass
class _Change:
    """One change: the lines that lead to it, and its own lines with their marks."""

    anchors: list[str] = field(default_factory=list)
    lines: list[tuple[str, str]] = field(default_factory=list)
    at_end: bool = False

    @property
    def old(self) -> list[str]:
        """The lines that must be in the file."""
        return [text for mark, text in self.lines if mark != "+"]


def apply_diff(current_content: str, diff: str, create: bool = False) -> str:
    """Apply a diff to a text.

    A text is its lines with line ends between them, so a file that ends with a line end has an empty last line. The
    lines around a change are taken from the text, not from the diff, where they differ in white space only.

    Args:
        current_content: the text as it is.
        diff: the diff in the form V4A.
        create: whether the diff is a whole new file: each line has a ``+`` before it, and ``current_content`` is not
            used.

    Returns:
        The new text, with the line ends of the old one.

    Raises:
        ValueError: the diff is not in this form, or does not fit the text; the error says which line is at fault.
        TypeError: one of them is not a text.
    """
    check_value("diff of apply_diff", diff, StrictStr)
    if create:
        return "\n".join(_new_lines(_split(diff)[0]))
    check_value("current_content of apply_diff", current_content, StrictStr)
    lines, line_end = _split(current_content)
    result: list[str] = []
    done = 0
    for change in _changes_in(_lines_of(diff)):
        start = _place_of(change, lines, done)
        result += lines[done:start]
        done = start
        for mark, text in change.lines:
            if mark == "+":
                result.append(text)
                continue
            if mark == " ":
                result.append(lines[done])
            done += 1
    return line_end.join([*result, *lines[done:]])


def _split(text: str) -> tuple[list[str], str]:
    """The lines of a text, and what stands between them."""
    line_end = "\r\n" if 0 < text.count("\n") == text.count("\r\n") else "\n"
    return text.split(line_end), line_end


def _lines_of(diff: str) -> list[str]:
    """The lines of a diff; the line end after the last one does not start another."""
    lines, _ = _split(diff)
    return lines[:-1] if lines[-1] == "" else lines


def _new_lines(lines: Sequence[str]) -> Iterator[str]:
    """The lines of a new file."""
    for number, line in enumerate(lines, 1):
        if not line and number == len(lines):
            return
        if not line.startswith("+"):
            raise ValueError(f"Line {number} of the diff is {line!r}, but each line of a new file must begin with '+'.")
        yield line[1:]


def _changes_in(lines: Sequence[str]) -> list[_Change]:
    """Read the changes of a diff."""
    changes = [_Change()]
    for number, line in enumerate(lines, 1):
        change = changes[-1]
        if line.startswith("@@"):
            if change.lines:
                changes.append(change := _Change())
            anchor = _NUMBERS.sub("", line[2:].removeprefix(" "))
            if anchor.strip():
                change.anchors.append(anchor)
        elif line == _END_OF_FILE and change.lines:
            change.at_end = True
            changes.append(_Change())
        elif not line or line[0] in " +-":
            change.lines.append((line[:1] or " ", line[1:]))
        else:
            raise ValueError(
                f"Line {number} of the diff is {line!r}, but each line must begin with '@@', '+', '-' or a space."
            )
    if changes[-1].anchors and not changes[-1].lines:
        raise ValueError(f"Nothing follows the line '@@ {changes[-1].anchors[-1]}' of the diff.")
    changes = [change for change in changes if change.lines]
    if not any(mark != " " for change in changes for mark, _ in change.lines):
        raise ValueError("The diff changes nothing: it has no line that begins with '+' or '-'.")
    return changes


def _place_of(change: _Change, lines: Sequence[str], done: int) -> int:
    """Find the line at which a change begins, after what is done already."""
    start = done
    for anchor in change.anchors:
        found = _find([anchor], lines, start)
        if found is None:
            raise ValueError(f"The line {anchor!r}, which follows '@@' in the diff, is not in the file{_after(done)}.")
        start = found + 1
    old = change.old
    last = len(lines) - len(old)
    if change.at_end:
        # A file that ends with a line end has an empty last line, which is not seen as a line.
        for place in (last - 1, last) if lines[-1] == "" else (last,):
            if place >= start and _find(old, lines[: place + len(old)], place) == place:
                return place
        raise ValueError(f"These lines of the diff are not at the end of the file:\n{_shown(old)}")
    if not old:
        if not change.anchors and lines != [""]:
            raise ValueError(
                "The diff adds lines and does not say where. Give the lines before or after them, each with a space "
                f"in front, or write '{_END_OF_FILE}' after them."
            )
        return start if change.anchors else 0
    found = _find(old, lines, start)
    if found is None and change.anchors:  # the line after '@@' may have been repeated
        found = _find(old, lines, start - 1)
    if found is None:
        raise ValueError(
            f"These lines of the diff are not in the file{_after(done)}:\n{_shown(old)}\n"
            "Read the file again, and give its lines as they are."
        )
    return found


def _find(wanted: Sequence[str], lines: Sequence[str], start: int) -> int | None:
    """Find lines that follow each other, from a line on; first as they are, then whatever their white space is."""
    for form in _COMPARISONS:
        sought, there = [form(line) for line in wanted], [form(line) for line in lines]
        for place in range(start, len(lines) - len(wanted) + 1):
            if there[place : place + len(wanted)] == sought:
                return place
    return None


def _after(done: int) -> str:
    """Say where a search began."""
    return f" after line {done}, where the change before it ends" if done else ""


def _shown(lines: Sequence[str]) -> str:
    """Lines as an error shows them."""
    return "\n".join(f"  {line}" for line in lines)
