"""Agents behind AG-UI, the protocol of user interfaces for agents; needs the extra ``ag-ui``.

For example, with Starlette:

```python
from autogen_classic.ag_ui import AGUIStream
from starlette.applications import Starlette
from starlette.routing import Route

app = Starlette(routes=[Route("/chat", AGUIStream(agent).build_asgi())])
```
"""

from __future__ import annotations

from .._packages import missing_package

try:
    from .adapter import AGUIStream, RunAgentInput
except ImportError as error:
    raise missing_package("AG-UI", error, "ag-ui") from error

__all__ = ("AGUIStream", "RunAgentInput")
