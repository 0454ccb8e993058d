"""Agents that are spoken to from elsewhere, one request at a time, whatever the protocol.

`AgentService` answers requests with an agent; ``a2a`` and ``ag_ui`` put it behind a protocol.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..._core.lazy import load

if TYPE_CHECKING:
    from ...errors import RemoteAgentError, RemoteAgentNotFoundError
    from .agent_service import AgentService
    from .protocol import RequestMessage, ResponseMessage, ServiceResponse

__all__ = (
    "AgentService",
    "RemoteAgentError",
    "RemoteAgentNotFoundError",
    "RequestMessage",
    "ResponseMessage",
    "ServiceResponse",
)

_HOMES = {
    "AgentService": ".agent_service",
    "RemoteAgentError": "...errors",
    "RemoteAgentNotFoundError": "...errors",
    "RequestMessage": ".protocol",
    "ResponseMessage": ".protocol",
    "ServiceResponse": ".protocol",
}

if not TYPE_CHECKING:  # so that type checkers report a misspelt name

    def __getattr__(name: str) -> object:
        return load(__name__, name, _HOMES)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
