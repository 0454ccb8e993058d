"""Offer agents and groups to other programs: as models of an OpenAI-compatible server, and as tools of an MCP server.

For example:

```python
from autogen_classic.serving import OpenAIServer

def make_joker():
    return AssistantAgent("joker", llm_config=...)

with OpenAIServer({"joker": make_joker}) as server:
    client = openai.OpenAI(base_url=server.base_url, api_key=server.token)
```

It needs the extra ``serve``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._core.lazy import load

if TYPE_CHECKING:
    from ..errors import ServingError
    from ._casts import Servable
    from ._mcp_server import McpServer, serve_over_stdio
    from ._offers import Offer
    from ._openai_app import openai_app
    from ._openai_server import OpenAIServer

__all__ = ("McpServer", "Offer", "OpenAIServer", "Servable", "ServingError", "openai_app", "serve_over_stdio")

_HOMES = {
    "McpServer": "._mcp_server",
    "Offer": "._offers",
    "OpenAIServer": "._openai_server",
    "Servable": "._casts",
    "ServingError": "..errors",
    "openai_app": "._openai_app",
    "serve_over_stdio": "._mcp_server",
}

if not TYPE_CHECKING:  # so that type checkers report a misspelt name

    def __getattr__(name: str) -> object:
        return load(__name__, name, _HOMES)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
