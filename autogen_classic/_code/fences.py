"""The regular expressions that find code in a message."""

from __future__ import annotations

__all__ = ("CODE_BLOCK_PATTERN", "SINGLE_LINE_PATTERN", "UNKNOWN")

UNKNOWN = "unknown"

# Group 1 is the language, which may hold signs (c++, c#, objective-c) where it touches the fence; group 2 is the code.
# Signs after a blank would turn the end of inline code ("```pip``` first.") into the start of a block.
_OPENING = r"```[ \t]*((?:(?<=`)\w[\w+#.-]*|\w+)?)[ \t]*\r?\n"
_CLOSING = r"\r?\n[ \t]*```"
CODE_BLOCK_PATTERN = _OPENING + r"(.*?)" + _CLOSING
SINGLE_LINE_PATTERN = CODE_BLOCK_PATTERN + r"|`(?P<line>[^`]+)`"
