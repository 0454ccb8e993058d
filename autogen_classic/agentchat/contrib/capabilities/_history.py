"""Histories as limiters see them: blocks that must not be torn apart, and what each message costs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

from ...._core.messages import Message, called
from ....token_count_utils import count_token, truncate_text

__all__ = (
    "Block",
    "blocks_of",
    "cut_block",
    "cut_message",
    "is_answer",
    "tokens_of",
    "transcript",
    "without_lost_answers",
)

# What a picture costs, as OpenAI gives it: one of low detail, and one of 1024 by 1024 pixels in high detail.
_TOKENS_OF_A_ROUGH_IMAGE = 85
_TOKENS_OF_AN_IMAGE = 765

Block = list[Message]
"""A message; or one with calls, and everything up to the last of its answers."""


def blocks_of(messages: Sequence[Message]) -> list[Block]:
    """Divide a history so that no call is in another block than its answers.

    Args:
        messages: a history.

    Returns:
        The blocks in order. An answer whose call is missing belongs to the message before it.
    """
    blocks: list[Block] = []
    block_of_call: dict[str, int] = {}  # the calls that wait for an answer
    for message in messages:
        if is_answer(message) and blocks:
            called_in = [block_of_call.pop(one) for one in _answered_ids(message) if one in block_of_call]
            first = min(called_in, default=len(blocks) - 1)
            blocks[first:] = [[*chain.from_iterable(blocks[first:]), message]]
            block_of_call = {one: min(place, first) for one, place in block_of_call.items()}
        else:
            blocks.append([message])
        block_of_call.update(dict.fromkeys(_called_ids(message), len(blocks) - 1))
    return blocks


def without_lost_answers(blocks: list[Block]) -> list[Block]:
    """Leave out a first block that begins with an answer, unless it is all there is."""
    return blocks[1:] if len(blocks) > 1 and is_answer(blocks[0][0]) else blocks


def is_answer(message: Message) -> bool:
    """Tell whether a message answers calls."""
    return message.get("role") in ("tool", "function") or bool(message.get("tool_responses"))


def tokens_of(message: Message, model: str) -> int:
    """Count what of a message costs tokens: its texts and pictures, its calls, and its answers to calls.

    Args:
        message: the message.
        model: the name of a model.
    """
    contents = [response.get("content") for response in _responses(message)]
    if not contents or message.get("role") != "tool":  # the content of a tool message only repeats the answers
        contents.append(message.get("content"))
    asked = [function.get(key) for function in _functions(message) for key in ("name", "arguments", "input")]
    return sum(_tokens_of_content(content, model) for content in contents) + sum(
        count_token(text if isinstance(text, str) else json.dumps(text, default=str), model) for text in asked if text
    )


def cut_message(message: Message, max_tokens: int, model: str) -> Message:
    """Shorten the texts of a message, from the last one on.

    Args:
        message: the message, which stays as it is.
        max_tokens: how many tokens its texts may take, and those of each of its answers to calls.
        model: the name of a model.

    Returns:
        A new message.
    """
    cut = dict(message)
    if "content" in message:
        cut["content"] = _cut_content(message["content"], max_tokens, model)
    if _responses(message):
        cut["tool_responses"] = [
            {**response, "content": _cut_content(response.get("content"), max_tokens, model)}
            for response in _responses(message)
        ]
    return cut


def cut_block(block: Block, max_tokens: int, model: str) -> Block:
    """Shorten the texts of a block as far as it takes; calls and pictures stay whole.

    Args:
        block: the messages, which stay as they are.
        max_tokens: how many tokens the block may take.
        model: the name of a model.

    Returns:
        New messages; more tokens than allowed if the calls alone take more.
    """
    cannot_be_cut = [tokens_of(cut_message(message, 0, model), model) for message in block]
    left = max(max_tokens - sum(cannot_be_cut), 0)
    cut: Block = []
    for message, whole in zip(block, cannot_be_cut, strict=True):
        cut.append(cut_message(message, left // max(len(_responses(message)), 1), model))
        left -= tokens_of(cut[-1], model) - whole
    return cut


def transcript(messages: Sequence[Message]) -> str:
    """Write a history down as one text, for a model that is to read it and not to go on with it.

    Args:
        messages: the history; pictures leave a mark.
    """
    return "\n".join(line for message in messages for line in _lines_of(message))


def _lines_of(message: Message) -> Iterator[str]:
    author = message.get("name") or message.get("role") or "somebody"
    for response in _responses(message):
        yield f"{author} answers: {_words(response.get('content'))}"
    if message.get("content") and not _responses(message):
        yield f"{author}: {_words(message['content'])}"
    for function in _functions(message):
        yield f"{author} calls {function.get('name')} with {function.get('arguments')}"


def _words(content: object) -> str:
    if not isinstance(content, list):
        return str(content or "")
    parts = [part.get("text", f"<{part.get('type')}>") if isinstance(part, dict) else part for part in content]
    return "".join(str(part) for part in parts)


def _cut_content(content: object, max_tokens: int, model: str) -> object:
    if isinstance(content, str):
        return truncate_text(content, max_tokens, model)
    if not isinstance(content, list):
        return content
    left, cut = max_tokens, []
    for part in content:
        text = part.get("text") if isinstance(part, dict) else part
        if not isinstance(text, str):
            cut.append(part)
            continue
        shorter = truncate_text(text, left, model)
        left -= count_token(shorter, model)
        if shorter:
            cut.append({**part, "text": shorter} if isinstance(part, dict) else shorter)
    return cut or ""


def _tokens_of_content(content: object, model: str) -> int:
    if isinstance(content, str):
        return count_token(content, model)
    if not isinstance(content, list):
        return 0
    texts = [part.get("text") if isinstance(part, dict) else part for part in content]
    images = [part["image_url"] for part in content if isinstance(part, dict) and "image_url" in part]
    return sum(count_token(text, model) for text in texts if isinstance(text, str)) + sum(map(_tokens_of_image, images))


def _tokens_of_image(image: object) -> int:
    is_rough = isinstance(image, dict) and image.get("detail") == "low"
    return _TOKENS_OF_A_ROUGH_IMAGE if is_rough else _TOKENS_OF_AN_IMAGE


def _responses(message: Message) -> list[Message]:
    return message.get("tool_responses") or []


def _functions(message: Message) -> Iterator[dict[str, Any]]:
    """The functions and custom tools that a message calls."""
    for call in message.get("tool_calls") or []:
        yield called(call)
    if message.get("function_call"):
        yield message["function_call"]


def _called_ids(message: Message) -> list[str]:
    return [call["id"] for call in message.get("tool_calls") or [] if call.get("id")]


def _answered_ids(message: Message) -> list[str]:
    ids = [response.get("tool_call_id") for response in [message, *_responses(message)]]
    return [one for one in ids if one]
