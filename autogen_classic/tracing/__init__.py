"""OpenTelemetry: chats, turns, requests to models, tools, code and questions to people as spans and metrics.

For example:

```python
from autogen_classic.tracing import trace

with trace():
    user_proxy.initiate_chat(assistant, message="Hello")
```

Tracing is a subscriber of `autogen_classic.events`: what it shows is what the events say. It needs the extra
``tracing``; spans and metrics go wherever the program sends them with the SDK of OpenTelemetry.
"""

from __future__ import annotations

from .._packages import missing_package

try:
    from ._subscriber import Tracing, trace
except ImportError as error:
    raise missing_package("Tracing", error, "tracing") from error

__all__ = ("Tracing", "trace")
