"""Azure OpenAI: a path with the deployment, the version of the API in the query, the key in a header of its own."""

from __future__ import annotations

from typing import ClassVar

from case_openai import MODEL, OpenAIServer
from kit import KEY, Case, WireError

from autogen_classic.testing.http_server import HttpRequest

VERSION = "2024-10-21"


class AzureServer(OpenAIServer):
    """Speaks ``/openai/deployments/.../chat/completions``."""

    path: ClassVar[str] = f"/openai/deployments/{MODEL}/chat/completions"

    def check_key(self, http: HttpRequest) -> None:
        if http.query != f"api-version={VERSION}":
            raise WireError(f"the query is {http.query!r}")
        if http.headers.get("api-key") != KEY:
            raise WireError("the key does not stand in the header api-key")


CASE = Case(
    name="Azure OpenAI",
    server=AzureServer,
    entry=lambda server: {
        "api_type": "azure",
        "model": MODEL,
        "api_key": KEY,
        "base_url": server.url,
        "api_version": VERSION,
    },
    price=(0.00015, 0.0006),
)
