"""Scripted replies keep their meaning on the wire, whatever they are and however a network cuts them."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from openai._streaming import SSEDecoder
from openai.types.chat import ChatCompletion, ChatCompletionChunk

from autogen_classic.testing import ModelRequest, Reply, ToolCall
from autogen_classic.testing.wire import STREAM_END, chunks, completion, server_sent_event, split_text

REQUEST = ModelRequest(model="m", messages=[{"role": "user", "content": "hello"}])
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
CALLS = st.builds(ToolCall, st.text("abc_", min_size=1, max_size=8), TEXTS)
REPLIES = st.builds(Reply, st.none() | TEXTS, st.lists(CALLS, max_size=3).map(tuple))


@given(TEXTS)
def test_the_pieces_of_a_text_join_to_the_text(text: str) -> None:
    assert "".join(split_text(text)) == text


@given(REPLIES)
def test_every_completion_is_valid_for_the_sdk(reply: Reply) -> None:
    message = ChatCompletion.model_validate(completion(reply, REQUEST, 1)).choices[0].message
    assert message.content == reply.content
    assert len(message.tool_calls or []) == len(reply.tool_calls)


@given(REPLIES, st.lists(st.integers(1, 40), min_size=1, max_size=20))
def test_a_stream_cut_anywhere_adds_up_to_the_reply(reply: Reply, sizes: list[int]) -> None:
    sent = b"".join(server_sent_event(chunk) for chunk in chunks(reply, REQUEST, 1)) + STREAM_END
    events = [event.data for event in SSEDecoder().iter_bytes(iter(cut(sent, sizes)))]
    assert events.pop() == "[DONE]"

    text = ""
    calls: dict[int, list[str]] = {}
    for event in events:
        delta = ChatCompletionChunk.model_validate(json.loads(event)).choices[0].delta
        text += delta.content or ""
        for call in delta.tool_calls or []:
            known = calls.setdefault(call.index, ["", ""])
            assert call.function is not None
            known[0] += call.function.name or ""
            known[1] += call.function.arguments or ""
    assert text == (reply.content or "")
    assert list(calls.values()) == [[call.name, call.arguments] for call in reply.tool_calls]


def cut(data: bytes, sizes: list[int]) -> list[bytes]:
    parts, position, turn = [], 0, 0
    while position < len(data):
        size = sizes[turn % len(sizes)]
        parts.append(data[position : position + size])
        position, turn = position + size, turn + 1
    return parts


def test_a_text_of_parts_is_counted_and_read() -> None:
    parts: Any = [{"type": "text", "text": "one"}, {"type": "image_url", "image_url": {"url": "x"}}]
    assert ModelRequest(messages=[{"role": "user", "content": parts}]).last_text == "one"
