"""Transforms that leave out the older part of a history."""

from __future__ import annotations

from typing import Any

from ...._core.messages import Message
from ....formatting_utils import colored
from ....io.base import IOStream
from ....token_count_utils import get_max_token_limit
from .._settings import check_history, checked_filter, limit
from . import transforms_util
from ._history import Block, blocks_of, cut_block, cut_message, tokens_of, without_lost_answers

__all__ = ("MessageHistoryLimiter", "MessageTokenLimiter")


class MessageHistoryLimiter:
    """Keeps the newest messages of a history.

    A message with calls stays together with its answers. The newest message, or the newest calls with their answers,
    always stays, even where these are more messages than allowed.

    Args:
        max_messages: how many messages to keep, at least 1; None keeps all.
        keep_first_message: whether the first message, which often states the task, is one of those that are kept.
        exclude_names: whose messages are left out, whatever the number; a call goes together with its answers.

    Raises:
        TypeError: for a limit that is not a number.
        ValueError: for a limit below 1.
    """

    def __init__(
        self,
        max_messages: int | None = None,
        keep_first_message: bool = False,
        exclude_names: list[str] | None = None,
    ) -> None:
        self._max_messages = limit("max_messages", max_messages, least=1)
        self._keep_first_message = keep_first_message
        if isinstance(exclude_names, str):
            raise TypeError(f"exclude_names must be a list of names, but it is the text {exclude_names!r}.")
        self._exclude_names = frozenset(exclude_names or ())

    def apply_transform(self, messages: list[Message]) -> list[Message]:
        """Return the newest messages.

        Args:
            messages: the history, which stays as it is.

        Returns:
            A new list.
        """
        check_history(messages)
        blocks = blocks_of(messages)
        if self._exclude_names:
            blocks = [block for block in blocks if not any(one.get("name") in self._exclude_names for one in block)]
        if self._max_messages is not None and sum(map(len, blocks)) > self._max_messages:
            blocks = self._newest(blocks, self._max_messages)
        return [message for block in without_lost_answers(blocks) for message in block]

    def _newest(self, blocks: list[Block], room: int) -> list[Block]:
        first = blocks[:1] if self._keep_first_message else []
        rest = blocks[len(first) :]
        room -= sum(map(len, first))
        start = len(rest)
        while start and len(rest[start - 1]) <= room:
            start -= 1
            room -= len(rest[start])
        if start == len(rest) and (not first or self._max_messages != 1):
            start -= 1
        return first + rest[start:]

    def get_logs(
        self, pre_transform_messages: list[Message], post_transform_messages: list[Message]
    ) -> tuple[str, bool]:
        """Say how many messages were removed.

        Args:
            pre_transform_messages: the history before.
            post_transform_messages: the history after.

        Returns:
            A line for the reader, and whether any were removed.
        """
        before, after = len(pre_transform_messages), len(post_transform_messages)
        if after >= before:
            return "No messages were removed.", False
        return f"Removed {before - after} messages. Number of messages reduced from {before} to {after}.", True


class MessageTokenLimiter:
    """Keeps as many of the newest messages as fit into a number of tokens, and shortens long ones.

    Texts, pictures, calls and answers to calls count. A message with calls stays together with its answers. The
    newest message, or the newest calls with their answers, always stays; its texts are shortened if it does not fit.

    Args:
        max_tokens_per_message: to how many tokens the texts of each message are shortened; None leaves them whole.
            With this limit, an older message that does not fit as a whole is shortened to the tokens that are left.
        max_tokens: how many tokens the messages may take together; None sets no limit.
        min_tokens: how many tokens the texts of a history must have for it to be limited at all.
        model: whose tokens are counted, and to whose context the two limits are capped if it is known.
        filter_dict: for some keys of messages, such as role or name, the value that fits, or a list of them.
        exclude_filter: True makes the messages exempt of which a key fits; False makes all others exempt. Exempt
            messages are neither shortened nor removed; what they take is not left for older messages.

    Raises:
        TypeError: for a limit that is not a number.
        ValueError: for a limit below 0, or min_tokens above max_tokens.
    """

    def __init__(
        self,
        max_tokens_per_message: int | None = None,
        max_tokens: int | None = None,
        min_tokens: int | None = None,
        model: str = "gpt-3.5-turbo-0613",
        filter_dict: dict[str, Any] | None = None,
        exclude_filter: bool = True,
    ) -> None:
        self._model = model
        self._max_tokens_per_message = self._capped("max_tokens_per_message", max_tokens_per_message)
        self._max_tokens = self._capped("max_tokens", max_tokens)
        self._min_tokens = limit("min_tokens", min_tokens, least=0)
        if self._max_tokens is not None and (self._min_tokens or 0) > self._max_tokens:
            raise ValueError(
                f"min_tokens must not be more than max_tokens, but they are {self._min_tokens} and {self._max_tokens}."
            )
        self._filter_dict = checked_filter(filter_dict)
        self._exclude_filter = exclude_filter

    def _capped(self, name: str, given: int | None) -> int | None:
        tokens = limit(name, given, least=0)
        try:
            most = get_max_token_limit(self._model)
        except KeyError:
            return tokens
        if tokens is None or tokens <= most:
            return tokens
        line = f"Max token was set to {tokens}, but {self._model} can only accept {most} tokens. Capping it to {most}."
        IOStream.get_default().print(colored(line, "yellow"))
        return most

    def apply_transform(self, messages: list[Message]) -> list[Message]:
        """Return what fits of a history.

        Args:
            messages: the history, which stays as it is.

        Returns:
            A new list, with new dicts for messages that are shortened.
        """
        check_history(messages)
        if not transforms_util.min_tokens_reached(messages, self._min_tokens):
            return list(messages)
        blocks = blocks_of(messages)
        kept = map(self._shortened, blocks) if self._max_tokens is None else self._newest(blocks, self._max_tokens)
        return [message for block in without_lost_answers(list(kept)) for message in block]

    def _newest(self, blocks: list[Block], max_tokens: int) -> list[Block]:
        """The newest blocks that fit, and the part of the next one that does; exempt messages are always kept."""
        exempt = sum(self._tokens(message) for block in blocks for message in block if self._is_exempt(message))
        kept: list[Block] = []
        room = max_tokens
        is_newest, is_full = True, False
        for block in reversed(blocks):
            has_exempt = any(map(self._is_exempt, block))
            if is_full and not has_exempt:
                continue
            block = self._shortened(block)
            limited = [message for message in block if not self._is_exempt(message)]
            tokens = sum(map(self._tokens, limited))
            if has_exempt:  # what is exempt in it holds the rest
                kept.append(block)
            else:
                is_full = tokens > room
                kept.append(self._rest_of(block, max(room, 0), is_newest) if is_full else block)
            if limited:
                room -= tokens + (exempt if is_newest else 0)
                is_newest = False
        return [block for block in reversed(kept) if block]

    def _rest_of(self, block: Block, room: int, must_stay: bool) -> Block:
        """What of a block that is too long still fits; nothing, unless it must stay or messages may be shortened."""
        cut = cut_block(block, room, self._model)
        fits = len(block) == 1 and 0 < self._tokens(cut[0]) <= room
        return cut if must_stay or (fits and self._max_tokens_per_message is not None) else []

    def _shortened(self, block: Block) -> Block:
        most = self._max_tokens_per_message
        if most is None:
            return block
        return [one if self._is_exempt(one) else cut_message(one, most, self._model) for one in block]

    def _is_exempt(self, message: Message) -> bool:
        return not transforms_util.should_transform_message(message, self._filter_dict, self._exclude_filter)

    def _tokens(self, message: Message) -> int:
        return tokens_of(message, self._model)

    def get_logs(
        self, pre_transform_messages: list[Message], post_transform_messages: list[Message]
    ) -> tuple[str, bool]:
        """Say how many tokens were removed.

        Args:
            pre_transform_messages: the history before.
            post_transform_messages: the history after.

        Returns:
            A line for the reader, and whether any were removed.
        """
        before, after = (sum(map(self._tokens, some)) for some in (pre_transform_messages, post_transform_messages))
        if after >= before:
            return "No tokens were truncated.", False
        return f"Truncated {before - after} tokens. Number of tokens reduced from {before} to {after}", True
