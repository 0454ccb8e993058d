"""The HTTP clients by which agents elsewhere are asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import httpx

from .._argument_checks import arguments_checked
from ..agentchat.conversable_agent import ConversableAgent
from .server import A2aAgentServer, CardSettings

__all__ = ("ClientFactory", "HttpxClientFactory", "MockClient")

_PATIENCE = httpx.Timeout(10, read=600)  # an agent may think, and run tools, before it says a word


class ClientFactory(Protocol):
    """Makes HTTP clients."""

    def __call__(self) -> httpx.AsyncClient:
        """Make an asynchronous client."""
        ...

    def make_sync(self) -> httpx.Client:
        """Make a synchronous client."""
        ...


class HttpxClientFactory(ClientFactory):
    """Makes clients of the package httpx.

    Args:
        **kwargs: what ``httpx.AsyncClient`` takes, such as ``headers``, ``auth`` or ``timeout``, which is ten seconds,
            and ten minutes for an answer, unless it is given.
    """

    def __init__(self, **kwargs: Any) -> None:
        self._settings = {"timeout": _PATIENCE, **kwargs}

    def __call__(self) -> httpx.AsyncClient:
        """Make an asynchronous client."""
        return httpx.AsyncClient(**self._settings)

    def make_sync(self) -> httpx.Client:
        """Make a synchronous client."""
        return httpx.Client(**self._settings)


@arguments_checked
def MockClient(  # a name of AG2
    response_message: str | Mapping[str, Any], *, extended_agent_card: CardSettings | None = None
) -> HttpxClientFactory:
    """Make clients that reach an agent which always says the same, for tests: no network, but the whole protocol.

    Args:
        response_message: what it says: a text, or a message in OpenAI's form.
        extended_agent_card: what its card says to clients that have shown who they are.
    """
    said = response_message if isinstance(response_message, str) else dict(response_message)
    agent = ConversableAgent("mock", llm_config=False, human_input_mode="NEVER", default_auto_reply=said)
    app = A2aAgentServer(agent, url="http://mock", extended_agent_card=extended_agent_card).build()
    return HttpxClientFactory(transport=httpx.ASGITransport(app), base_url="http://mock")
