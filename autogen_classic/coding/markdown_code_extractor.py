"""Find fenced code blocks in Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._code.fences import CODE_BLOCK_PATTERN, UNKNOWN, find_blocks, infer_lang
from .._core.content import content_str
from .base import CodeBlock, CodeExtractor

if TYPE_CHECKING:
    from ..types import UserMessageImageContentPart, UserMessageTextContentPart

__all__ = ("CODE_BLOCK_PATTERN", "UNKNOWN", "MarkdownCodeExtractor")


class MarkdownCodeExtractor(CodeExtractor):
    """Finds the blocks between lines of three backticks."""

    def extract_code_blocks(
        self, message: str | list[UserMessageTextContentPart | UserMessageImageContentPart] | None
    ) -> list[CodeBlock]:
        """Find the code blocks in a message.

        Args:
            message: a text, a list of content parts, or None.

        Returns:
            The blocks, in order. If a fence does not name a language, it is guessed; it is empty if that fails.
        """
        blocks = []
        for language, code in find_blocks(content_str(message)):
            known = language or infer_lang(code)
            blocks.append(CodeBlock(code=code, language="" if known == UNKNOWN else known))
        return blocks
