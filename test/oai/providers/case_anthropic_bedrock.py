"""Claude over Amazon Bedrock: Anthropic's messages under the addresses and the signatures of Amazon."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable
from typing import Any

from aws_wire import ACCESS_KEY, EVENT_STREAM, REGION, check_signature, frame
from case_anthropic import AnthropicServer
from kit import KEY, Call, Case, Fail, Say, Seen, WireError

from autogen_classic.testing.http_server import HttpRequest

MODEL = "claude-sonnet-4-6"
_PATH = re.compile(r"/model/us\.anthropic\.([^/]+)/(invoke|invoke-with-response-stream)")


class AnthropicBedrockServer(AnthropicServer):
    """Speaks ``/model/MODEL/invoke`` and ``/model/MODEL/invoke-with-response-stream``."""

    stream_type = EVENT_STREAM
    version_with_sampling = "bedrock-2023-05-31"

    def read(self, http: HttpRequest) -> Seen:
        path = _PATH.fullmatch(http.path)
        if path is None:
            raise WireError(f"the path is {http.path}")
        check_signature(http, "/:;")
        body = json.loads(http.body)
        version = body.pop("anthropic_version", None)
        if not version or "model" in body or "stream" in body:
            raise WireError("the body names no anthropic_version, or a model, or stream")
        return self.read_body({**body, "model": path[1], "stream": path[2] != "invoke"}, version)

    def parts(self, seen: Seen, reply: Say | Call) -> Iterable[bytes]:
        for data in self.events(seen, reply):
            yield frame("chunk", {"bytes": base64.b64encode(json.dumps(data).encode()).decode()})

    def failure(self, reply: Fail) -> dict[str, Any]:
        return {"message": reply.message}


CASE = Case(
    name="Anthropic (Bedrock)",
    server=AnthropicBedrockServer,
    entry=lambda server: {
        "api_type": "anthropic",
        "model": f"us.anthropic.{MODEL}",
        "aws_region": REGION,
        "aws_access_key": ACCESS_KEY,
        "aws_secret_key": KEY,
        "base_url": server.url,
    },
    price=(0.003, 0.015),
    package="anthropic",
)
