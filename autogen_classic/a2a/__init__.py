"""Agents that talk to each other over the A2A protocol; needs the extra ``a2a``.

`A2aAgentServer` puts an agent behind the protocol; an `A2aRemoteAgent` stands in a program for one that is elsewhere.
"""

from __future__ import annotations

from .._packages import missing_package

try:
    from a2a.compat.v0_3.types import AgentCard

    from .agent_executor import AutogenAgentExecutor
    from .client import A2aRemoteAgent
    from .client_factory import HttpxClientFactory, MockClient
    from .server import A2aAgentServer, CardSettings
except ImportError as error:
    raise missing_package("A2A", error, "a2a") from error

__all__ = (
    "A2aAgentServer",
    "A2aRemoteAgent",
    "AgentCard",
    "AutogenAgentExecutor",
    "CardSettings",
    "HttpxClientFactory",
    "MockClient",
)
