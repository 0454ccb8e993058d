"""Cerebras: OpenAI's shape, with a fingerprint and times in every answer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from case_openai import OpenAIServer, chunks_of, completion_of
from cerebras.cloud.sdk.types.chat.chat_completion import ChatChunkResponse, ChatCompletionResponse
from cerebras.cloud.sdk.types.chat.completion_create_params import CompletionCreateParams
from kit import KEY, Call, Case, Say, Seen
from pydantic import BaseModel, TypeAdapter

MODEL = "llama-3.3-70b"
_STAMP = {"system_fingerprint": "fp_1", "time_info": {"queue_time": 0.1, "total_time": 0.3}}


class CerebrasServer(OpenAIServer):
    """Speaks ``/v1/chat/completions``."""

    whole = streamed = TypeAdapter(CompletionCreateParams)
    answer: ClassVar[type[BaseModel]] = ChatCompletionResponse
    chunk: ClassVar[type[BaseModel]] = ChatChunkResponse

    def completion(self, seen: Seen, reply: Say | Call) -> dict[str, Any]:
        return {**completion_of(seen, reply), **_STAMP}

    def chunks(self, seen: Seen, reply: Say | Call) -> Iterable[dict[str, Any]]:
        return [{**chunk, **_STAMP} for chunk in chunks_of(seen, reply)]


CASE = Case(
    name="Cerebras",
    server=CerebrasServer,
    entry=lambda server: {"api_type": "cerebras", "model": MODEL, "api_key": KEY, "base_url": server.url},
    price=(0.00085, 0.0012),
    package="cerebras.cloud.sdk",
)
