"""Together: OpenAI's shape; calls are numbered, every chunk names its role, and the last one has the usage."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from case_openai import OpenAIServer, chunks_of, completion_of, usage_of
from kit import KEY, Call, Case, Say, Seen
from pydantic import BaseModel, TypeAdapter
from together.types.chat import ChatCompletion, ChatCompletionChunk
from together.types.chat.completion_create_params import (
    CompletionCreateParamsNonStreaming,
    CompletionCreateParamsStreaming,
)

MODEL = "meta-llama/Llama-3.3-70B-Instruct-Turbo"


class TogetherServer(OpenAIServer):
    """Speaks ``/v1/chat/completions``."""

    whole = TypeAdapter(CompletionCreateParamsNonStreaming)
    streamed = TypeAdapter(CompletionCreateParamsStreaming)
    answer: ClassVar[type[BaseModel]] = ChatCompletion
    chunk: ClassVar[type[BaseModel]] = ChatCompletionChunk

    def completion(self, seen: Seen, reply: Say | Call) -> dict[str, Any]:
        completion = {**completion_of(seen, reply), "prompt": []}
        (choice,) = completion["choices"]
        for index, call in enumerate(choice["message"].get("tool_calls", ())):
            call["index"] = float(index)
        choice["finish_reason"] = {"stop": "eos"}.get(choice["finish_reason"], choice["finish_reason"])
        return completion

    def chunks(self, seen: Seen, reply: Say | Call) -> Iterable[dict[str, Any]]:
        chunks = list(chunks_of(seen, reply))
        for chunk in chunks:
            chunk["choices"][0]["delta"]["role"] = "assistant"
        chunks[-1]["usage"] = usage_of(reply)
        return chunks


CASE = Case(
    name="Together",
    server=TogetherServer,
    entry=lambda server: {"api_type": "together", "model": MODEL, "api_key": KEY, "base_url": f"{server.url}/v1"},
    price=(0.00088, 0.00088),
    package="together",
)
