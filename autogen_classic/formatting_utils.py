"""Colours for text that is printed to a terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import Any, Union

__all__ = ("colored",)

Color = Union[str, "tuple[int, int, int]"]

# Every printed message asks whether it may be coloured. The answer is kept for as long as sys.stdout is the same
# object, so that the environment and the terminal are looked at once.
_asked_stdout: Any = object()
_stdout_takes_color = False


def colored(
    text: object,
    color: Color | None = None,
    on_color: Color | None = None,
    attrs: Iterable[str] | None = None,
    *,
    no_color: bool | None = None,
    force_color: bool | None = None,
) -> str:
    """Colour a text if its reader can see colours.

    Text stays plain when standard output is not a terminal, when the terminal is a dumb one, when ``NO_COLOR`` or
    ``ANSI_COLORS_DISABLED`` is set to anything but an empty text, or when termcolor is not installed.
    ``FORCE_COLOR`` colours it even without a terminal. The environment is read when the first text goes to
    a given ``sys.stdout``.

    Args:
        text: what to colour; turned into text by ``str``.
        color: a colour name of termcolor such as ``"yellow"``, or red, green and blue from 0 to 255.
        on_color: the background, such as ``"on_blue"``, or red, green and blue.
        attrs: attributes such as ``["bold", "underline"]``.
        no_color: if true, the text stays plain whatever else is set.
        force_color: if true, the text is coloured whatever the environment says.

    Returns:
        The text, framed by ANSI escape sequences if it is coloured.

    Raises:
        KeyError: a colour or attribute is unknown; raised only if the text is coloured.
    """
    if no_color or not (force_color or _stdout_can_show_color()):
        return str(text)
    try:
        import termcolor
    except ImportError:
        return str(text)
    return str(termcolor.colored(text, color, on_color, attrs, force_color=True))


def _stdout_can_show_color() -> bool:
    global _asked_stdout, _stdout_takes_color
    if sys.stdout is not _asked_stdout:
        _stdout_takes_color = _decide()
        _asked_stdout = sys.stdout
    return _stdout_takes_color


def _decide() -> bool:
    """Whether sys.stdout shows colours; the environment is weighed in the order of termcolor."""
    if os.environ.get("ANSI_COLORS_DISABLED") or os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    if os.environ.get("TERM") == "dumb" or not hasattr(sys.stdout, "fileno"):
        return False
    try:
        return os.isatty(sys.stdout.fileno())
    except OSError:  # a stream in memory has no file behind it
        return sys.stdout.isatty()
