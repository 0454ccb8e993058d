"""An agent that is elsewhere, behind A2A."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Annotated, Any
from urllib.parse import urlsplit

import httpx
from a2a.client import A2ACardResolver, A2AClientError, Client, ClientCallInterceptor, ClientConfig
from a2a.client import ClientFactory as SdkClientFactory
from a2a.compat.v0_3.conversions import to_core_agent_card
from a2a.compat.v0_3.types import AgentCard
from a2a.types import AgentCard as CoreCard
from a2a.types import GetTaskRequest, Message, SendMessageRequest
from pydantic import Field
from typing_extensions import Self

from .._argument_checks import Number, Text, arguments_checked
from .._core.drive import Call, drive_async
from .._core.events import TextStreamed, emit, is_heard
from .._core.tape import request_steps
from .._secrets import place_of
from .._warn import warn_once
from ..agentchat.remote import RequestMessage, ResponseMessage
from ..agentchat.remote.stand_in import StandIn, typed_answer
from ..errors import A2aAgentNotFoundError, A2aClientError
from ._answers import Answer
from ._wire import plain, request_to_message, structure
from .client_factory import ClientFactory, HttpxClientFactory

__all__ = ("A2aRemoteAgent",)


logger = logging.getLogger("autogen.a2a")

_UNREACHED = (A2AClientError, httpx.HTTPError, httpx.InvalidURL)
_PORTS = {"http": 80, "https": 443}


class A2aRemoteAgent(StandIn):
    """Stands for an agent elsewhere: it takes part in chats, and asks that one for its replies.

    Each reply takes one request, with the conversation so far, the context variables, and the tools that were
    registered for this agent's model; who runs them is registered as ever. Where the agent elsewhere needs a person,
    the one here is asked.

    Args:
        url: where it is, such as ``http://localhost:8000``.
        name: its name here.
        silent: whether what it says is not printed.
        client: makes the HTTP clients.
        client_config: further settings of the package a2a-sdk.
        interceptors: what the package calls around each request, to add credentials, say.
        max_reconnects: how often a broken connection is made again while the agent elsewhere is at work.
        polling_interval: how many seconds to wait before that.

    Raises:
        TypeError: ``client`` does not make HTTP clients, or another argument has the wrong type.
    """

    @arguments_checked
    def __init__(
        self,
        url: Text,
        name: Text,
        *,
        silent: bool | None = None,
        client: ClientFactory | None = None,
        client_config: ClientConfig | None = None,
        interceptors: Sequence[ClientCallInterceptor] = (),
        max_reconnects: Annotated[Number, Field(ge=0)] = 3,
        polling_interval: Annotated[float, Field(strict=True, ge=0)] = 0.5,
    ) -> None:
        if client is not None and not callable(client):
            raise TypeError(
                "client of A2aRemoteAgent must make HTTP clients, such as HttpxClientFactory(headers=...), but it is "
                f"of type {type(client).__name__}."
            )
        super().__init__(name, silent)
        self.url = url
        self._clients = client or HttpxClientFactory()
        self._settings = client_config or ClientConfig()
        self._interceptors = list(interceptors)
        self._max_reconnects = max_reconnects
        self._polling_interval = polling_interval
        self._card: CoreCard | None = None
        self._tools_here: dict[str, dict[str, Any]] = {}

    @classmethod
    def from_card(cls, card: AgentCard, **settings: Any) -> Self:
        """Make an agent whose card is known.

        Args:
            card: the card, which says where it is and its name.
            **settings: further parameters of the class.
        """
        agent = cls(**{"url": card.url, "name": card.name, **settings})
        agent._card = to_core_agent_card(card)
        return agent

    def _tools_offered(self) -> list[dict[str, Any]]:
        return list(self._tools_here.values())

    def _as_carried(self, variables: dict[str, Any]) -> dict[str, Any]:
        return plain(structure(variables))

    def update_tool_signature(
        self, tool_sig: str | dict[str, Any], is_remove: bool, silent_override: bool = False
    ) -> None:
        """Offer a tool to the agent elsewhere, or take it back.

        Args:
            tool_sig: the schema, or the name to remove.
            is_remove: True removes.
            silent_override: not used: a tool of the same name is replaced.

        Raises:
            ValueError: there is no such tool to remove.
        """
        name = tool_sig if isinstance(tool_sig, str) else tool_sig["function"]["name"]
        if not is_remove:
            assert isinstance(tool_sig, dict), "a tool is offered by its schema"
            self._tools_here[name] = tool_sig
        elif self._tools_here.pop(name, None) is None:
            raise ValueError(
                f"{self.name} has no tool {name!r} to remove. It has {', '.join(self._tools_here) or 'none'}."
            )

    # --- the connection

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[Client]:
        async with self._clients() as http:
            if self._card is None:
                try:
                    self._card = await A2ACardResolver(http, self.url).get_agent_card()
                except _UNREACHED as error:
                    raise self._no_card(error) from error
                self._warn_of_another_place(self._card)
            settings = {**vars(self._settings), "httpx_client": http}
            yield SdkClientFactory(ClientConfig(**settings)).create(self._card, self._interceptors)

    async def _answer_to(self, request: RequestMessage, context_id: str) -> ResponseMessage:
        """Ask, unless the journal of a run that was stopped has the answer."""

        async def ask() -> str:
            async with self._connected() as client:
                answer = await self._answer_from(client, request_to_message(request, context_id))
            return answer.model_dump_json()

        asked = {"messages": request.messages, "context": request.context}
        steps = request_steps(self, "a2a", asked, Call(ask), lambda text: typed_answer(text).model_dump_json())
        answer = await drive_async(steps)
        return ResponseMessage.model_validate_json(answer)

    async def _answer_from(self, client: Client, message: Message) -> ResponseMessage:
        """Ask, and read the answer to its end, over a new connection if one breaks."""
        answer = Answer()
        try:
            async for event in client.send_message(SendMessageRequest(message=message)):
                piece = answer.take(event)
                if piece and is_heard(TextStreamed):
                    emit(TextStreamed(self, piece))
        except _UNREACHED as error:
            if answer.task_id is None:
                raise self._failure(f"{type(error).__name__}: {error}") from error
            await self._follow(client, answer, error)
        if answer.fault is not None:
            raise self._failure(answer.fault)
        return answer.read()

    async def _follow(self, client: Client, answer: Answer, error: Exception) -> None:
        """Ask how a task stands, until it is over, after the connection has broken."""
        losses = 1
        while not answer.is_over:
            if losses > self._max_reconnects:
                raise self._failure(f"the connection was lost {losses} times ({error})") from error
            await asyncio.sleep(self._polling_interval)
            try:
                answer.take_task(await client.get_task(GetTaskRequest(id=answer.task_id)))
            except _UNREACHED as another:
                losses, error = losses + 1, another

    def _no_card(self, error: Exception) -> A2aClientError:
        if not self.url.lower().startswith(("http:", "https:")):
            return self._failure("its url must begin with http:// or https://")
        status = getattr(error, "status_code", None)
        if status in (None, 404):
            return A2aAgentNotFoundError(f"{self.name}: {place_of(self.url)}")
        return self._failure(f"its card is refused, with status {status}")

    def _warn_of_another_place(self, card: CoreCard) -> None:
        """Say that requests, with all that the client sends, go elsewhere than the program says."""
        for interface in card.supported_interfaces:
            if _origin(interface.url) != _origin(self.url):
                told = place_of(interface.url)
                warn_once(logger, f"The card of {self.name} at {place_of(self.url)} says that it is asked at {told}.")

    def _failure(self, reason: str) -> A2aClientError:
        return A2aClientError(f"The agent {self.name} at {place_of(self.url)} has not answered: {reason}")


def _origin(url: str) -> tuple[str, str, int | None] | None:
    """Scheme, host and port of an address; None for one that cannot be read, such as a stranger may write on a card."""
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname or "", parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return None
