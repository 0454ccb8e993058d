"""What shortens a text: the protocol, and Microsoft's LLMLingua."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any, Protocol

from ...._packages import missing_package

__all__ = ("IMPORT_ERROR", "LLMLingua", "TextCompressor")

IMPORT_ERROR: ImportError | None = (
    None if find_spec("llmlingua") else missing_package("LLMLingua", "llmlingua", "long-context")
)
"""What `LLMLingua` would raise, or None where its package is installed."""


class TextCompressor(Protocol):
    """Anything that shortens a text."""

    def compress_text(self, text: str, **compression_params: Any) -> dict[str, Any]:
        """Shorten a text.

        Args:
            text: the text.
            **compression_params: whatever the compressor takes besides.

        Returns:
            A dict with the shorter text as ``compressed_prompt``, and if the compressor counts tokens, their numbers
            before and after as ``origin_tokens`` and ``compressed_tokens``.
        """
        ...


class LLMLingua:
    """Shortens texts with LLMLingua, a small model that drops what a reader can do without.

    Args:
        prompt_compressor_kwargs: what ``llmlingua.PromptCompressor`` is made with.
        structured_compression: whether the texts hold ``<llmlingua>`` tags that say what may be compressed how much.

    Raises:
        ImportError: the package llmlingua is not installed.
    """

    def __init__(
        self,
        prompt_compressor_kwargs: dict[str, Any] = {  # noqa: B006 - the signature of v0.2; nothing writes to it
            "model_name": "microsoft/llmlingua-2-bert-base-multilingual-cased-meetingbank",
            "use_llmlingua2": True,
            "device_map": "cpu",
        },
        structured_compression: bool = False,
    ) -> None:
        try:
            from llmlingua import PromptCompressor
        except ImportError as error:
            if error.name != "llmlingua":
                raise
            raise missing_package("LLMLingua", error, "long-context") from error
        compressor = PromptCompressor(**prompt_compressor_kwargs)
        self._compress = compressor.structured_compress_prompt if structured_compression else compressor.compress_prompt

    def compress_text(self, text: str, **compression_params: Any) -> dict[str, Any]:
        """Shorten a text.

        Args:
            text: the text.
            **compression_params: what LLMLingua takes besides, such as ``rate``.

        Returns:
            What LLMLingua returns: ``compressed_prompt``, ``origin_tokens``, ``compressed_tokens`` and more.
        """
        compressed: dict[str, Any] = self._compress([text], **compression_params)
        return compressed
