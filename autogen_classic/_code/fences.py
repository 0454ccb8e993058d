"""Find the code in a message, and tell its language."""

from __future__ import annotations

import re
import warnings

from .._core.content import content_str

__all__ = ("CODE_BLOCK_PATTERN", "SINGLE_LINE_PATTERN", "UNKNOWN", "extract_code", "find_blocks", "infer_lang")

UNKNOWN = "unknown"

# Group 1 is the language, which may hold signs (c++, c#, objective-c) if it touches the fence; group 2 is the code.
# Signs after a blank would turn the end of inline code ("```pip``` first.") into the start of a block.
_OPENING = r"```[ \t]*(?:((?<=`)\w[\w+#.-]*|\w+)[ \t]*)?\r?\n"
_CLOSING = r"\r?\n[ \t]*```"
CODE_BLOCK_PATTERN = _OPENING + r"(.*?)" + _CLOSING
SINGLE_LINE_PATTERN = CODE_BLOCK_PATTERN + r"|`(?P<line>[^`]+)`"

_BEFORE_A_FENCE = r"[ \t]*(?:(?:[-+*]|\d{1,9}[.)])[ \t]+)*"  # blanks and the marks of lists
_TAB = 4  # columns, as CommonMark has it
_SHELL_START = r"python3? |pip[\d.]*(?:[\s-]|$)"


def find_blocks(text: str) -> list[tuple[str, str]]:
    """Find the fenced blocks of a text.

    Args:
        text: Markdown.

    Returns:
        Pairs of language (empty if a block does not name one) and code, in order. If the fence is indented, as within
        a list, the code loses as many spaces as precede the fence.
    """
    blocks = []
    opening = re.search(_OPENING, text)
    # Behind an opening fence without a closing one, no other is closed either: each is looked for once.
    while opening and (closing := re.compile(_CLOSING).search(text, opening.end())):
        blocks.append(_block(opening, text[opening.end() : closing.start()]))
        opening = re.compile(_OPENING).search(text, closing.end())
    return blocks


def extract_code(
    text: object, pattern: str = CODE_BLOCK_PATTERN, detect_single_line_code: bool = False
) -> list[tuple[str, str]]:
    """Find the code in a message.

    Args:
        text: a text, or message content as `content_str` takes it.
        pattern: a regular expression with two groups, language and code.
        detect_single_line_code: also take what is between single backticks; ``pattern`` is then not used.

    Returns:
        Pairs of language and code. The language is empty if the block does not name one. Without any block, it is
        ``[("unknown", text)]``, or an empty list if ``detect_single_line_code`` is set.
    """
    text = content_str(text)
    if detect_single_line_code:
        return [
            ("", found["line"].strip()) if found["line"] is not None else _block(found, found[2])
            for found in re.finditer(SINGLE_LINE_PATTERN, text, flags=re.DOTALL)
        ]
    if pattern == CODE_BLOCK_PATTERN:
        return find_blocks(text) or [(UNKNOWN, text)]
    return re.findall(pattern, text, flags=re.DOTALL) or [(UNKNOWN, text)]


def infer_lang(code: str) -> str:
    """Guess the language of code that does not name it.

    Args:
        code: the code.

    Returns:
        ``sh`` for a call of python or pip, ``python`` for anything that compiles as Python, else ``unknown``.
    """
    if re.match(_SHELL_START, code):
        return "sh"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the code is only looked at; warnings about it are of no interest here
            compile(code, "test", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return UNKNOWN
    return "python"


def _block(opening: re.Match[str], code: str) -> tuple[str, str]:
    """The language and the code of a block whose opening fence was found."""
    begin = opening.start()
    before = opening.string[opening.string.rfind("\n", 0, begin) + 1 : begin]
    columns = len(before.expandtabs(_TAB)) if re.fullmatch(_BEFORE_A_FENCE, before) else 0
    if columns:
        code = re.sub(r"^[ \t]+", lambda blanks: _shortened(blanks[0], columns), code, flags=re.MULTILINE)
    return opening[1] or "", code


def _shortened(blanks: str, columns: int) -> str:
    """Take so many columns off the indentation of a line; half a tab leaves spaces."""
    taken = position = 0
    while taken < columns and position < len(blanks):
        taken += 1 if blanks[position] == " " else _TAB - taken % _TAB
        position += 1
    return " " * max(taken - columns, 0) + blanks[position:]
