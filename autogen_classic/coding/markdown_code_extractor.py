"""Find fenced code blocks in Markdown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..code_utils import CODE_BLOCK_PATTERN, UNKNOWN, content_str, infer_lang
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
            The blocks, in order. Where a fence names no language it is guessed; it is empty if that fails.
        """
        blocks = []
        for language, code in re.findall(CODE_BLOCK_PATTERN, content_str(message), flags=re.DOTALL):
            known = language or infer_lang(code)
            blocks.append(CodeBlock(code=code, language="" if known == UNKNOWN else known))
        return blocks
