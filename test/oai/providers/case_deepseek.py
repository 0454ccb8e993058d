"""DeepSeek: the API of OpenAI, without schemas and without pictures."""

from __future__ import annotations

import json
from typing import Any

from case_openai import OpenAIServer
from kit import KEY, Case, Seen, WireError

from autogen_classic.testing.http_server import HttpRequest

MODEL = "deepseek-chat"


class DeepSeekServer(OpenAIServer):
    """Speaks ``/v1/chat/completions``."""

    def read(self, http: HttpRequest) -> Seen:
        seen = super().read(http)
        form: dict[str, Any] = seen.body.get("response_format") or {"type": "text"}
        if form["type"] not in ("text", "json_object"):
            raise WireError(f"the API has no response_format of the type {form['type']!r}")
        if form["type"] == "json_object":
            if "json" not in http.body.decode().lower():
                raise WireError("a request for JSON has to say so in its messages")
            seen.schema = json.loads(seen.body["messages"][0]["content"].partition("\n")[2])
        return seen


CASE = Case(
    name="DeepSeek",
    server=DeepSeekServer,
    entry=lambda server: {"api_type": "deepseek", "model": MODEL, "api_key": KEY, "base_url": f"{server.url}/v1"},
    has_none={"images": "its models read text only."},
    price=(0.00028, 0.00042),
)
