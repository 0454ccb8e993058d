"""Cut a text into chunks of at most so many tokens, at empty lines where it can be done."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Literal, TypeAlias

from ...._warn import warn_once
from ....token_count_utils import count_token

__all__ = ("VALID_CHUNK_MODES", "ChunkMode", "chunks_of")

logger = logging.getLogger("autogen.retrieve_utils")

ChunkMode: TypeAlias = Literal["one_line", "multi_lines"]
VALID_CHUNK_MODES = frozenset(("one_line", "multi_lines"))


def chunks_of(text: str, max_tokens: int, mode: str, must_break_at_empty_line: bool, overlap: int) -> list[str]:
    """Cut a text into chunks, in its order; every word of it is in one of them.

    Args:
        text: the text.
        max_tokens: how many tokens a chunk may have, at least 1.
        mode: ``"multi_lines"`` puts as many lines into a chunk as fit, ``"one_line"`` one; in either, the last lines
            stay together as soon as they fit.
        must_break_at_empty_line: end chunks at empty lines only, except where so many tokens have none.
        overlap: how many lines of a chunk are repeated at the beginning of the next one.

    Returns:
        The chunks; none for a text of nothing but white space.
    """
    lines = _fitting_lines(text, max_tokens)
    return list(_cut(lines, max_tokens, mode, must_break_at_empty_line, overlap))


def _cut(
    lines: list[tuple[str, int]], max_tokens: int, mode: str, must_break_at_empty_line: bool, overlap: int
) -> Iterator[str]:
    """Cut lines, each with its number of tokens, into chunks."""
    start = 0
    rest = sum(tokens for _, tokens in lines)
    while start < len(lines):
        end = len(lines)
        if rest > max_tokens:
            end = start + 1 if mode == "one_line" else _end_of_chunk(lines, start, max_tokens, must_break_at_empty_line)
        chunk = "\n".join(line for line, _ in lines[start:end])
        if chunk.strip():
            yield chunk.strip("\n")
        if end == len(lines):
            return
        following = max(end - overlap, start + 1) if mode == "multi_lines" else end
        rest -= sum(tokens for _, tokens in lines[start:following])
        start = following


def _end_of_chunk(lines: list[tuple[str, int]], start: int, max_tokens: int, must_break_at_empty_line: bool) -> int:
    """Where the chunk that begins at `start` ends: as late as its tokens allow."""
    end, tokens = start, 0
    while end < len(lines) and (end == start or tokens + lines[end][1] <= max_tokens):
        tokens += lines[end][1]
        end += 1
    if not must_break_at_empty_line:
        return end
    for place in range(end, start + 1, -1):
        if place < len(lines) and not lines[place][0].strip():
            return place
    warn_once(logger, f"A chunk of {max_tokens} tokens has no empty line to end at; it ends at the end of a line.")
    return end


def _fitting_lines(text: str, max_tokens: int) -> list[tuple[str, int]]:
    """The lines with their tokens, line ends included; those that are too long for a chunk, in pieces."""
    lines = text.split("\n")
    found = []
    for number, line in enumerate(lines, 1):
        end = "\n" if number < len(lines) else ""
        tokens = count_token(line + end)
        if tokens <= max_tokens:
            found.append((line, tokens))
        else:
            found.extend(_pieces(line, tokens, max_tokens))
    return found


def _pieces(line: str, tokens: int, max_tokens: int) -> Iterator[tuple[str, int]]:
    """Cut a line, between words where a piece has more than one; a piece is a letter at least."""
    warn_once(logger, f"A line is longer than the {max_tokens} tokens of a chunk; it is cut between words.")
    width = max(1, len(line) * max_tokens // tokens)
    while line:
        size = min(width, len(line))
        while size > 1 and count_token(f"{line[:size]}\n") > max_tokens:
            size = size * 9 // 10
        space = line.rfind(" ", 1, size)
        if size < len(line) and space > 0:
            size = space
        piece, line = line[:size], line[size:].lstrip(" ")
        yield piece, count_token(f"{piece}\n")
