"""Gemini: ``models/NAME:generateContent`` of the Gemini API, and the same below a project for Vertex AI."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from google.genai import types
from kit import KEY, Call, Case, Fail, Say, Seen, WireError, WireServer, event, words_of

from autogen_classic.testing.http_server import HttpRequest

MODEL = "gemini-3-flash-preview"
SIGNATURE = "c2lnbmF0dXJlLW9mLXRob3VnaHRz"
_FIELDS = {"contents", "systemInstruction", "generationConfig", "tools", "toolConfig", "safetySettings"}
_STATUS = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 429: "RESOURCE_EXHAUSTED", 500: "INTERNAL"}
_SCHEMA_WORDS = {
    *("$defs", "$ref", "additionalProperties", "anyOf", "description", "enum", "format", "items", "maxItems"),
    *("maximum", "minItems", "minimum", "oneOf", "prefixItems", "properties", "required", "title", "type"),
}


class GeminiServer(WireServer):
    """Speaks the Gemini API; every call that it makes is signed, as Gemini 3 signs them."""

    path = re.compile(r"/v1(?:beta)?/models/([\w.-]+):(generateContent|streamGenerateContent)")
    authorization = ("x-goog-api-key", KEY)

    def read(self, http: HttpRequest) -> Seen:
        found = self.path.fullmatch(http.path.partition("?")[0])
        if found is None:
            raise WireError(f"the API has no {http.path}")
        header, value = self.authorization
        if http.headers.get(header) != value:
            raise WireError(f"the header {header} does not hold the key")
        body = json.loads(http.body)
        check_request(body)
        return read_request(found[1], found[2] == "streamGenerateContent", body)

    def body(self, seen: Seen, reply: Say | Call) -> dict[str, Any]:
        parts = [{"text": reply.text}] if isinstance(reply, Say) else calls_of(reply)
        return response_of(seen, parts, reply, "STOP")

    def parts(self, seen: Seen, reply: Say | Call) -> Iterable[bytes]:
        parts = [{"text": word} for word in words_of(reply.text)] if isinstance(reply, Say) else calls_of(reply)
        for part in parts:
            yield event(response_of(seen, [part], reply))
        yield event(response_of(seen, [{"text": ""}], reply, "STOP"))

    def failure(self, reply: Fail) -> dict[str, Any]:
        status = _STATUS.get(reply.status, "UNKNOWN")
        return {"error": {"code": reply.status, "message": reply.message, "status": status}}


def check_request(body: dict[str, Any]) -> None:
    """Hold a request against the SDK's models, all of which forbid fields that they do not know."""
    unknown = set(body) - _FIELDS
    if unknown:
        raise WireError(f"the API knows no {sorted(unknown)}")
    types.GenerationConfig.model_validate(body.get("generationConfig") or {})
    types.ToolConfig.model_validate(body.get("toolConfig") or {})
    for setting in body.get("safetySettings") or ():
        types.SafetySetting.model_validate(setting)
    for function in functions_of(body):
        check_schema(function.parameters_json_schema)
    check_schema((body.get("generationConfig") or {}).get("responseJsonSchema") or {})
    check_contents([types.Content.model_validate(content) for content in body["contents"]])


def functions_of(body: dict[str, Any]) -> list[types.FunctionDeclaration]:
    """The functions on offer."""
    tools = [types.Tool.model_validate(tool) for tool in body.get("tools") or ()]
    return [function for tool in tools for function in tool.function_declarations or ()]


def check_schema(schema: Any) -> None:
    """Hold a schema against the words that Google documents for its JSON schemas."""
    if "$ref" in schema and not all(word.startswith("$") for word in schema):
        raise WireError(f"a $ref stands beside other words: {schema}")
    unknown = set(schema) - _SCHEMA_WORDS
    if unknown:
        raise WireError(f"a schema has the unknown words {sorted(unknown)}")
    for holder in ("properties", "$defs"):
        for part in (schema.get(holder) or {}).values():
            check_schema(part)
    for part in (*(schema.get("anyOf") or ()), *([schema["items"]] if "items" in schema else ())):
        check_schema(part)


def check_contents(contents: list[types.Content]) -> None:
    """The rules of a conversation: sides take turns, calls are answered at once, and are signed."""
    sides = [content.role for content in contents]
    if sides[0] != "user" or sides[-1] != "user" or any(a == b for a, b in pairwise(sides)):
        raise WireError(f"user and model do not take turns: {sides}")
    for content, following in zip(contents, [*contents[1:], None], strict=True):
        calls = [part for part in content.parts or () if part.function_call]
        answers = [part.function_response for part in (following.parts or () if following else ())]
        answered = [answer.id for answer in answers if answer]
        if calls and [part.function_call.id for part in calls if part.function_call] != answered:
            raise WireError(f"the calls of a turn do not have their answers in the next: {answered}")
        if calls and not calls[0].thought_signature:
            raise WireError("Function call is missing a thought_signature in functionCall parts.")


def read_request(model: str, stream: bool, body: dict[str, Any]) -> Seen:
    """Read a request in neutral words."""
    seen = Seen(model, stream=stream, body=body)
    seen.system = "".join(part["text"] for part in (body.get("systemInstruction") or {}).get("parts") or ())
    seen.schema = (body.get("generationConfig") or {}).get("responseJsonSchema")
    seen.tools = [function.name or "" for function in functions_of(body)]
    for content in body["contents"]:
        parts = types.Content.model_validate(content).parts or []
        text = "\n".join(part.text for part in parts if part.text)
        if text:
            seen.said.append(("assistant" if content["role"] == "model" else "user", text))
        for part in parts:
            if part.function_call is not None:
                call = part.function_call
                seen.calls.append((call.id or "", call.name or "", call.args or {}))
            elif part.function_response is not None:
                answer = part.function_response
                seen.answers.append((answer.id or "", (answer.response or {})["result"]))
            elif part.inline_data is not None:
                seen.images.append(part.inline_data.data or b"")
    return seen


def calls_of(reply: Call) -> list[dict[str, Any]]:
    """Write calls; the first of those made at once is signed."""
    parts: list[dict[str, Any]] = [
        {"functionCall": {"id": f"call{number}", "name": name, "args": arguments}}
        for number, (name, arguments) in enumerate(reply.calls)
    ]
    parts[0]["thoughtSignature"] = SIGNATURE
    return parts


def response_of(
    seen: Seen, parts: list[dict[str, Any]], reply: Say | Call, finish_reason: str | None = None
) -> dict[str, Any]:
    """Write a response, or one chunk of a stream."""
    candidate: dict[str, Any] = {"content": {"role": "model", "parts": parts}, "index": 0}
    if finish_reason is not None:
        candidate["finishReason"] = finish_reason
    response = {
        "candidates": [candidate],
        "modelVersion": seen.model,
        "responseId": "response-1",
        "usageMetadata": {
            "promptTokenCount": reply.prompt_tokens,
            "candidatesTokenCount": reply.completion_tokens,
            "totalTokenCount": reply.prompt_tokens + reply.completion_tokens,
        },
    }
    types.GenerateContentResponse.model_validate(response)
    return response


CASE = Case(
    name="Gemini",
    server=GeminiServer,
    entry=lambda server: {"api_type": "google", "model": MODEL, "api_key": KEY, "base_url": server.url},
    price=(0.0005, 0.003),
    package="google.genai",
)
