"""Groq: OpenAI's shape below ``/openai/v1``; the usage of a stream stands in a field of its own.

Its rules for structured output are those of https://console.groq.com/docs/structured-outputs: schemas for some models
only, and no form of the answer together with tools or a stream.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, ClassVar

from case_openai import OpenAIServer, chunks_of, completion_of, usage_of
from groq.types.chat import ChatCompletion, ChatCompletionChunk
from groq.types.chat.completion_create_params import CompletionCreateParams
from kit import KEY, Call, Case, Say, Seen, WireError
from pydantic import BaseModel, TypeAdapter

from autogen_classic.testing.http_server import HttpRequest

MODEL = "llama-3.1-8b-instant"


class GroqServer(OpenAIServer):
    """Speaks ``/openai/v1/chat/completions``."""

    path = "/openai/v1/chat/completions"
    whole = streamed = TypeAdapter(CompletionCreateParams)
    answer: ClassVar[type[BaseModel]] = ChatCompletion
    chunk: ClassVar[type[BaseModel]] = ChatCompletionChunk

    def read(self, http: HttpRequest) -> Seen:
        seen = super().read(http)
        kind = (seen.body.get("response_format") or {"type": "text"})["type"]
        if kind != "text" and (seen.stream or seen.tools):
            raise WireError(f"the response_format {kind} goes neither with tools nor with a stream")
        if kind == "json_schema" and not seen.model.startswith("openai/gpt-oss"):
            raise WireError(f"the model {seen.model} does not support the response_format json_schema")
        if kind == "json_object":
            if "json" not in http.body.decode().lower():
                raise WireError("a request for JSON has to say so in its messages")
            seen.schema = json.loads(seen.body["messages"][0]["content"].partition("\n")[2])
        return seen

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
