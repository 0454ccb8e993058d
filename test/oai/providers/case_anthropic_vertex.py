"""Claude over Google's Vertex AI: Anthropic's messages under the addresses and the tokens of Google."""

from __future__ import annotations

import json
import re

from case_anthropic import AnthropicServer
from kit import KEY, Case, Seen, WireError

from autogen_classic.testing.http_server import HttpRequest

MODEL = "claude-sonnet-4-6"
_PATH = re.compile(
    r"/v1/projects/a-project/locations/us-east5/publishers/anthropic/models/([^/:]+):(rawPredict|streamRawPredict)"
)


class VertexServer(AnthropicServer):
    """Speaks ``:rawPredict`` and ``:streamRawPredict``."""

    version_with_sampling = "vertex-2023-10-16"

    def read(self, http: HttpRequest) -> Seen:
        path = _PATH.fullmatch(http.path)
        if path is None:
            raise WireError(f"the path is {http.path}")
        if http.headers.get("authorization") != f"Bearer {KEY}":
            raise WireError("the token does not stand in the authorization header")
        body = json.loads(http.body)
        version = body.pop("anthropic_version", None)
        if not version or "model" in body:
            raise WireError("the body names no anthropic_version, or a model")
        seen = self.read_body({**body, "model": path[1]}, version)
        if seen.stream != (path[2] == "streamRawPredict"):
            raise WireError(f"stream is {seen.stream} for {path[2]}")
        return seen


CASE = Case(
    name="Anthropic (Vertex AI)",
    server=VertexServer,
    entry=lambda server: {
        "api_type": "anthropic",
        "model": MODEL,
        "gcp_region": "us-east5",
        "gcp_project_id": "a-project",
        "gcp_auth_token": KEY,
        "base_url": f"{server.url}/v1",
    },
    price=(0.003, 0.015),
    package="anthropic",
)
