"""What others wrote, made fit for a terminal: nothing in it moves the cursor, rings, or turns the reading direction."""

from __future__ import annotations

import io
import re
import sys

__all__ = ("Cleaner", "clean", "never_fail_on_a_character")

# Control characters but for tab and line feed, marks that turn the reading direction, separators that few terminals
# know, halves of characters, and letters that nobody sees.
_UNFIT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069\ud800-\udfff"
    "\U000e0000-\U000e007f]"
)


def clean(text: str) -> str:
    """Write out every character that would do something to a terminal, such as ``\\x1b``.

    Args:
        text: any text.
    """
    return _UNFIT.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text.replace("\r\n", "\n"))


def never_fail_on_a_character() -> None:
    """Let standard output and error show a question mark for what they cannot show, and standard input take all."""
    for stream, errors in ((sys.stdin, "surrogateescape"), (sys.stdout, "replace"), (sys.stderr, "replace")):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=errors)


class Cleaner:
    """The same for a text that comes in pieces: a line end may be cut in two."""

    def __init__(self) -> None:
        self._held = ""

    def feed(self, piece: str) -> str:
        """Clean the next piece.

        Args:
            piece: what has come.
        """
        text = self._held + piece
        self._held = "\r" if text.endswith("\r") else ""
        return clean(text.removesuffix("\r"))

    def rest(self) -> str:
        """What was held back, now that no more will come."""
        held, self._held = self._held, ""
        return clean(held)
