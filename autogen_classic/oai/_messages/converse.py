"""The wire format of Bedrock's ``converse``: turns become messages and blocks, and blocks become an answer."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from typing import Any

from .._claude import may_be_forced
from .._request.reading import Answer
from .images import ImagePart, with_bytes
from .kept import EXTRA_CONTENT, extra_content
from .schemas import answer_as_text, schema_of
from .translation import (
    Part,
    Text,
    Tool,
    ToolAnswer,
    ToolCall,
    Turn,
    alternating,
    arguments_of,
    told_calls,
    with_plain_ids,
)

__all__ = (
    "StreamedBlocks",
    "answer_of",
    "block_of",
    "calls_of",
    "choice_of",
    "finish_reason_of",
    "forced_choice",
    "messages_of",
    "tool_of",
)

_FINISH_REASONS = {
    "content_filtered": "content_filter",
    "guardrail_intervened": "content_filter",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool_calls",
}


def messages_of(turns: Iterable[Turn], has_tools: bool) -> list[dict[str, Any]]:
    """Write messages in which user and assistant take turns, the user first and last.

    Args:
        turns: the turns without system messages.
        has_tools: whether the request offers tools; without them, calls and their answers become texts.
    """
    turns = with_plain_ids(turns) if has_tools else told_calls(turns)
    return [
        {"role": turn.role, "content": [*map(_thought, turn.kept), *_blocks(turn)]}
        for turn in alternating(turns, user_last=True)
    ]


def _blocks(turn: Turn) -> list[dict[str, Any]]:
    return [block_of(part, own=turn.role == "assistant") for part in turn.parts]


def _thought(kept: Mapping[str, Any]) -> dict[str, Any]:
    """A thought, unchanged. The bytes of a hidden one are kept in base 64, because a message is JSON."""
    if "redactedContent" in kept:
        return {"reasoningContent": {"redactedContent": base64.b64decode(kept["redactedContent"])}}
    return {"reasoningContent": dict(kept)}


def _thoughts_of(content: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Read the thoughts from the blocks of an answer, in a form that JSON can hold.

    Args:
        content: the blocks.
    """
    thoughts = [dict(block["reasoningContent"]) for block in content if "reasoningContent" in block]
    for thought in thoughts:
        if "redactedContent" in thought:
            thought["redactedContent"] = base64.b64encode(thought["redactedContent"]).decode("ascii")
    return thoughts


def block_of(part: Part, own: bool) -> dict[str, Any]:
    """Write a part of a turn.

    Args:
        part: the part.
        own: whether the model itself said it.
    """
    if isinstance(part, Text):
        return {"text": part.text}
    if isinstance(part, ToolCall):
        return {"toolUse": {"toolUseId": part.id, "name": part.name, "input": part.arguments}}
    if isinstance(part, ToolAnswer):  # a blank answer is refused
        text = part.text if part.text.strip() else "(nothing)"
        return {"toolResult": {"toolUseId": part.call_id, "content": [{"text": text}]}}
    if own:  # only the user may send pictures
        return {"text": "(a picture)"}
    return _picture(with_bytes(part))


def _picture(image: ImagePart) -> dict[str, Any]:
    kind = (image.media_type or "").rpartition("/")[2]
    return {"image": {"format": "jpeg" if kind == "jpg" else kind, "source": {"bytes": image.data}}}


def tool_of(tool: Tool) -> dict[str, Any]:
    """Write a tool that is offered."""
    described = {"description": tool.description} if tool.description else {}
    schema = {"type": "object", **tool.parameters}
    return {"toolSpec": {"name": tool.name, **described, "inputSchema": {"json": schema}}}


def choice_of(wanted: Any) -> dict[str, Any] | None:
    """Write ``tool_choice`` of the OpenAI form in that of Bedrock."""
    if isinstance(wanted, Mapping) and wanted.get("type") == "function":
        return {"tool": {"name": wanted["function"]["name"]}}
    return {"any": {}} if wanted in ("required", "any") else None


def forced_choice(model: str, tool: str, alone: bool) -> dict[str, Any] | None:
    """How to make a model call a tool; None for models that cannot be made to.

    Args:
        model: the model.
        tool: the tool by which it answers.
        alone: whether it has no other tools to choose from.
    """
    if "anthropic." in model or "amazon.nova" in model:
        choice = {"tool": {"name": tool}} if alone else {"any": {}}
        return choice if may_be_forced(model) else None
    return {"any": {}} if "mistral." in model else None


class StreamedBlocks:
    """The blocks of a streamed answer so far.

    Attributes:
        stop_reason: why the answer ended; None until it has.
        usage: the tokens that Bedrock counted.
    """

    def __init__(self) -> None:
        self.stop_reason: str | None = None
        self.usage: dict[str, Any] = {}
        self._blocks: dict[int, dict[str, Any]] = {}

    @property
    def content(self) -> list[dict[str, Any]]:
        """The blocks in order."""
        return [self._blocks[index] for index in sorted(self._blocks)]

    def add(self, event: Mapping[str, Any]) -> str:
        """Take the next event.

        Args:
            event: an event of ``converse_stream``.

        Returns:
            The text that it brings, or "".
        """
        if "messageStop" in event:
            self.stop_reason = event["messageStop"]["stopReason"]
        elif "metadata" in event:
            self.usage = event["metadata"]["usage"]
        elif "contentBlockStart" in event:
            use = event["contentBlockStart"]["start"].get("toolUse")
            if use is not None:
                self._blocks[event["contentBlockStart"]["contentBlockIndex"]] = {"toolUse": {**use, "input": ""}}
        elif "contentBlockDelta" in event:
            delta = event["contentBlockDelta"]["delta"]
            block = self._blocks.setdefault(event["contentBlockDelta"]["contentBlockIndex"], {})
            if "reasoningContent" in delta:
                _add_thought(block.setdefault("reasoningContent", {}), delta["reasoningContent"])
            if "toolUse" in delta:
                block["toolUse"]["input"] += delta["toolUse"]["input"]
            if "text" in delta:
                block["text"] = block.get("text", "") + delta["text"]
                return str(delta["text"])
        return ""


def _add_thought(thought: dict[str, Any], delta: Mapping[str, Any]) -> None:
    """Add a piece: of the text of a thought, of its signature, or of one that is hidden."""
    for name in ("text", "signature"):
        if name in delta:
            text = thought.setdefault("reasoningText", {"text": ""})
            text[name] = text.get(name, "") + delta[name]
    if "redactedContent" in delta:
        thought["redactedContent"] = thought.get("redactedContent", b"") + delta["redactedContent"]


def finish_reason_of(stop_reason: str) -> str:
    """Say in OpenAI's words why an answer ended; an unknown word counts as the usual end."""
    return _FINISH_REASONS.get(stop_reason, "stop")


def answer_of(
    content: list[dict[str, Any]],
    stop_reason: str,
    usage: Mapping[str, Any],
    params: Mapping[str, Any],
    request_id: str,
    origin: str,
) -> Answer:
    """Read an answer. Models want their thoughts back, unchanged, with the answers of tools."""
    read, written = usage.get("cacheReadInputTokens") or 0, usage.get("cacheWriteInputTokens") or 0
    answer = Answer(
        model=params["model"],
        text="".join(block["text"] for block in content if "text" in block),
        calls=calls_of(content),
        finish_reason=finish_reason_of(stop_reason),
        prompt_tokens=usage.get("inputTokens", 0) + read + written,
        completion_tokens=usage.get("outputTokens", 0),
        cached_tokens=read,
        id=request_id,
    )
    thoughts = _thoughts_of(content)
    if thoughts:
        answer.said_besides[EXTRA_CONTENT] = extra_content(origin, thoughts)
    schema = schema_of(params)
    return answer if schema is None else answer_as_text(answer, schema)


def calls_of(content: Iterable[Mapping[str, Any]]) -> list[ToolCall]:
    """Read the calls from the blocks of an answer."""
    used = [block["toolUse"] for block in content if "toolUse" in block]
    return [ToolCall(use["toolUseId"], use["name"], arguments_of(use["input"])) for use in used]
