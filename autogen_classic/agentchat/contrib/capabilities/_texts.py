"""Transforms that change the texts of messages: shorter ones, and ones that name their author."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from ...._core.messages import Message
from ....cache.abstract_cache_base import AbstractCache
from .._settings import check_history, check_methods, checked_filter, limit
from . import transforms_util
from .text_compressors import LLMLingua, TextCompressor

__all__ = ("TextMessageCompressor", "TextMessageContentName")


class TextMessageCompressor:
    """Shortens the texts of messages, those in content parts and in answers to tool calls included.

    Args:
        text_compressor: what shortens a text; None means `LLMLingua`.
        min_tokens: how many tokens the texts of a history must have for it to be compressed, at least 1; None for any
            number.
        compression_params: what the compressor is given with each text.
        cache: where compressed texts are kept; None keeps none.
        filter_dict: for some keys of messages, such as role or name, the value that fits, or a list of them.
        exclude_filter: True leaves alone the messages of which a key fits; False leaves all others alone.

    Raises:
        ImportError: no compressor is given, and the package llmlingua is not installed.
        TypeError: for a compressor without ``compress_text``, or params that are not a dict.
        ValueError: for min_tokens below 1.
    """

    def __init__(
        self,
        text_compressor: TextCompressor | None = None,
        min_tokens: int | None = None,
        compression_params: dict[str, Any] = {},  # noqa: B006 - the signature of v0.2; nothing writes to it
        cache: AbstractCache | None = None,
        filter_dict: dict[str, Any] | None = None,
        exclude_filter: bool = True,
    ) -> None:
        self._min_tokens = limit("min_tokens", min_tokens, least=1)
        if not isinstance(compression_params, Mapping):
            raise TypeError(f"compression_params must be a dict, but it is {compression_params!r}.")
        if text_compressor is not None:
            check_methods("text_compressor", text_compressor, "compress_text")
        self._text_compressor = LLMLingua() if text_compressor is None else text_compressor
        self._compression_args = compression_params
        self._cache = cache
        self._filter_dict = checked_filter(filter_dict)
        self._exclude_filter = exclude_filter
        self._tokens_saved = 0

    def apply_transform(self, messages: list[Message]) -> list[Message]:
        """Shorten the texts of messages.

        Args:
            messages: the history, which stays as it is.

        Returns:
            A new list, with new dicts for messages that are shortened.
        """
        check_history(messages)
        self._tokens_saved = 0
        if not transforms_util.min_tokens_reached(messages, self._min_tokens):
            return list(messages)
        return [
            self._compressed_message(message)
            if transforms_util.should_transform_message(message, self._filter_dict, self._exclude_filter)
            else message
            for message in messages
        ]

    def _compressed_message(self, message: Message) -> Message:
        compressed = dict(message)
        if "content" in message:
            compressed["content"] = self._compressed_content(message["content"])
        if message.get("tool_responses"):
            compressed["tool_responses"] = [self._compressed_message(one) for one in message["tool_responses"]]
        return compressed

    def _compressed_content(self, content: object) -> object:
        if isinstance(content, str):
            return self._compressed_text(content) if content else content
        if not isinstance(content, list):
            return content
        return [
            {**part, "text": self._compressed_text(part["text"])}
            if isinstance(part, dict) and isinstance(part.get("text"), str) and part["text"]
            else part
            for part in content
        ]

    def _compressed_text(self, text: str) -> str:
        settings = [self._min_tokens, *sorted(self._compression_args.items())]
        key = transforms_util.cache_key(text, *settings)
        kept = transforms_util.cache_content_get(self._cache, key)
        if kept is not None:
            compressed, saved = kept
        else:
            compressed, saved = self._ask(text)
            transforms_util.cache_content_set(self._cache, key, compressed, saved)
        self._tokens_saved += saved
        return str(compressed)

    def _ask(self, text: str) -> tuple[str, int]:
        """Have a text compressed; return what came of it, and the tokens that it saves."""
        answer = self._text_compressor.compress_text(text, **self._compression_args)
        if not isinstance(answer, Mapping) or not isinstance(answer.get("compressed_prompt"), str):
            raise TypeError(
                f"{type(self._text_compressor).__name__}.compress_text must return a dict with a text as "
                f"'compressed_prompt', but it returned {answer!r}."
            )
        compressed: str = answer["compressed_prompt"]
        counted = [answer.get(key) for key in ("origin_tokens", "compressed_tokens")]
        before, after = (
            count if isinstance(count, int) else transforms_util.count_text_tokens(text)
            for count, text in zip(counted, (text, compressed), strict=True)
        )
        return compressed, before - after

    def get_logs(
        self, pre_transform_messages: list[Message], post_transform_messages: list[Message]
    ) -> tuple[str, bool]:
        """Say how many tokens the last transform saved, as the compressor counts them.

        Args:
            pre_transform_messages: the history before.
            post_transform_messages: the history after.

        Returns:
            A line for the reader, and whether any were saved.
        """
        if self._tokens_saved <= 0:
            return "No tokens saved with text compression.", False
        return f"{self._tokens_saved} tokens saved with text compression.", True


class TextMessageContentName:
    """Writes the name of its author into the content of each message, for models that do not see the key ``name``.

    Args:
        position: "start" or "end".
        format_string: how the name is written, with ``{name}`` in it.
        deduplicate: whether contents that carry the name already are left alone.
        filter_dict: for some keys of messages, such as role or name, the value that fits, or a list of them.
        exclude_filter: True leaves alone the messages of which a key fits; False leaves all others alone.

    Raises:
        AssertionError: ``position`` is neither "start" nor "end", or ``format_string`` lacks ``{name}``.
    """

    def __init__(
        self,
        position: Literal["start", "end"] = "start",
        format_string: str = "{name}:\n",
        deduplicate: bool = True,
        filter_dict: dict[str, Any] | None = None,
        exclude_filter: bool = True,
    ) -> None:
        if position not in ("start", "end"):
            raise AssertionError(f'position must be "start" or "end", but it is {position!r}.')
        if not _names(format_string):
            raise AssertionError(
                f"format_string must be a text with {{name}} and no other field in it, but it is {format_string!r}."
            )
        self._at_start = position == "start"
        self._format_string = format_string
        self._deduplicate = deduplicate
        self._filter_dict = checked_filter(filter_dict)
        self._exclude_filter = exclude_filter

    def apply_transform(self, messages: list[Message]) -> list[Message]:
        """Write names into contents.

        Args:
            messages: the history, which stays as it is.

        Returns:
            A new list, with new dicts for messages that are changed.
        """
        check_history(messages)
        return [
            {**message, "content": self._named(message["content"], message["name"])}
            if message.get("name")
            and message.get("content")
            and transforms_util.is_content_right_type(message["content"])
            and transforms_util.should_transform_message(message, self._filter_dict, self._exclude_filter)
            else message
            for message in messages
        ]

    def _named(self, content: str | list[Any], name: str) -> str | list[Any]:
        line = self._format_string.format(name=name)
        if isinstance(content, str):
            if self._deduplicate and (content.startswith(line) if self._at_start else content.endswith(line)):
                return content
            return line + content if self._at_start else content + line
        outermost = content[0 if self._at_start else -1]
        part = {"type": "text", "text": line}
        if self._deduplicate and outermost == part:
            return content
        return [part, *content] if self._at_start else [*content, part]

    def get_logs(
        self, pre_transform_messages: list[Message], post_transform_messages: list[Message]
    ) -> tuple[str, bool]:
        """Say how many messages were changed.

        Args:
            pre_transform_messages: the history before.
            post_transform_messages: the history after.

        Returns:
            A line for the reader, and whether any were changed.
        """
        pairs = zip(pre_transform_messages, post_transform_messages, strict=False)
        changed = sum(before.get("content") != after.get("content") for before, after in pairs)
        if not changed:
            return "No messages changed to incorporate name.", False
        return f"{changed} message(s) changed to incorporate name.", True


def _names(format_string: object) -> bool:
    """Tell whether a format writes a name."""
    try:
        return isinstance(format_string, str) and "ann" in format_string.format(name="ann")
    except (LookupError, ValueError):
        return False
