"""Test doubles for programs that use agents: a scripted model, person and code executor, and a local model server.

Nothing here needs a network, a key or a model. The names are loaded on first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._core.lazy import load

if TYPE_CHECKING:
    from .._core.model_requests import allow_model_requests, forbid_model_requests
    from ..errors import ModelRequestForbiddenError, ScriptExhaustedError
    from .messages import ToolCall, tools_message
    from .realtime_server import MockRealtimeServer
    from .replies import (
        ModelRequest,
        Reply,
        choices,
        disconnect,
        echo,
        error,
        function_call,
        hang,
        pieces,
        tool_call,
        tool_calls,
    )
    from .scripted_client import ScriptedClient
    from .scripted_executor import ScriptedExecutor
    from .scripted_person import CapturedIO, ScriptedPerson
    from .server import MockOpenAIServer, run_mock_server
    from .test_agent import TestAgent

_HOMES = {
    "CapturedIO": ".scripted_person",
    "MockOpenAIServer": ".server",
    "MockRealtimeServer": ".realtime_server",
    "ModelRequest": ".replies",
    "ModelRequestForbiddenError": "..errors",
    "Reply": ".replies",
    "ScriptExhaustedError": "..errors",
    "ScriptedClient": ".scripted_client",
    "ScriptedExecutor": ".scripted_executor",
    "ScriptedPerson": ".scripted_person",
    "TestAgent": ".test_agent",
    "ToolCall": ".messages",
    "allow_model_requests": ".._core.model_requests",
    "choices": ".replies",
    "disconnect": ".replies",
    "echo": ".replies",
    "error": ".replies",
    "forbid_model_requests": ".._core.model_requests",
    "function_call": ".replies",
    "hang": ".replies",
    "pieces": ".replies",
    "run_mock_server": ".server",
    "tool_call": ".replies",
    "tool_calls": ".replies",
    "tools_message": ".messages",
}

__all__ = (
    "CapturedIO",
    "MockOpenAIServer",
    "MockRealtimeServer",
    "ModelRequest",
    "ModelRequestForbiddenError",
    "Reply",
    "ScriptExhaustedError",
    "ScriptedClient",
    "ScriptedExecutor",
    "ScriptedPerson",
    "TestAgent",
    "ToolCall",
    "allow_model_requests",
    "choices",
    "disconnect",
    "echo",
    "error",
    "forbid_model_requests",
    "function_call",
    "hang",
    "pieces",
    "run_mock_server",
    "tool_call",
    "tool_calls",
    "tools_message",
)

if not TYPE_CHECKING:  # so that type checkers report a misspelt name

    def __getattr__(name: str) -> Any:
        return load(__name__, name, _HOMES)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
