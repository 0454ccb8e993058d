"""Groq: OpenAI's shape below ``/openai/v1``; the usage of a stream stands in a field of its own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from case_openai import OpenAIServer, chunks_of, completion_of, usage_of
from groq.types.chat import ChatCompletion, ChatCompletionChunk
from groq.types.chat.completion_create_params import CompletionCreateParams
from kit import KEY, Call, Case, Say, Seen
from pydantic import BaseModel, TypeAdapter

MODEL = "llama-3.1-8b-instant"


class GroqServer(OpenAIServer):
    """Speaks ``/openai/v1/chat/completions``."""

    path = "/openai/v1/chat/completions"
    whole = streamed = TypeAdapter(CompletionCreateParams)
    answer: ClassVar[type[BaseModel]] = ChatCompletion
    chunk: ClassVar[type[BaseModel]] = ChatCompletionChunk

    def completion(self, seen: Seen, reply: Say | Call) -> dict[str, Any]:
        return {**completion_of(seen, reply), "x_groq": {"id": "req_1"}}

    def chunks(self, seen: Seen, reply: Say | Call) -> Iterable[dict[str, Any]]:
        chunks = list(chunks_of(seen, reply))
        chunks[0]["x_groq"] = {"id": "req_1"}
        chunks[-1]["x_groq"] = {"id": "req_1", "usage": usage_of(reply)}
        return chunks


CASE = Case(
    name="Groq",
    server=GroqServer,
    entry=lambda server: {"api_type": "groq", "model": MODEL, "api_key": KEY, "base_url": server.url},
    price=(0.00005, 0.00008),
    package="groq",
)
