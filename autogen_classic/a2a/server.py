"""An agent behind A2A."""

from __future__ import annotations

import inspect
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from a2a.compat.v0_3.conversions import to_compat_agent_card, to_core_agent_card
from a2a.compat.v0_3.types import AgentCapabilities, AgentCard, AgentSkill
from a2a.server.context import ServerCallContext
from a2a.server.request_handlers import DefaultRequestHandler
from a2a.server.request_handlers.request_handler import RequestHandler
from a2a.server.routes import create_agent_card_routes, create_jsonrpc_routes
from a2a.server.tasks import InMemoryTaskStore
from a2a.types import AgentCard as CoreCard
from a2a.types import ListTasksRequest, ListTasksResponse, Task
from pydantic import ConfigDict, Field
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .._argument_checks import WebAddress, arguments_checked, check_value
from .._warn import warn_once
from .._web.incoming import MOST_BYTES, refusal_of
from ..agentchat.conversable_agent import ConversableAgent
from ..agentchat.remote.makers import Maker
from ..agentchat.remote.protocol import description_told
from .agent_executor import AutogenAgentExecutor

__all__ = ("A2aAgentServer", "CardSettings")

_MOST_TASKS = 1000
_OLD_CARD_PATH = "/.well-known/agent.json"

logger = logging.getLogger("autogen.a2a")

CardModifier = Callable[[AgentCard], AgentCard]
ExtendedCardModifier = Callable[[AgentCard, ServerCallContext], AgentCard]


class CardSettings(AgentCard):
    """What the card of an agent says, as far as it is not left to the agent and the server.

    A setting that cards do not have is ignored, with a warning.
    """

    model_config = ConfigDict(extra="allow")  # for the warning; the card itself leaves it out

    name: str | None = None  # type: ignore[assignment]  # the agent's
    description: str | None = None  # type: ignore[assignment]  # the agent's
    url: str | None = None  # type: ignore[assignment]  # the server's
    version: str = "0.1.0"
    capabilities: AgentCapabilities = Field(default_factory=lambda: AgentCapabilities(streaming=True))
    default_input_modes: list[str] = Field(default_factory=lambda: ["text"])
    default_output_modes: list[str] = Field(default_factory=lambda: ["text"])
    skills: list[AgentSkill] = Field(default_factory=list)

    def model_post_init(self, context: object) -> None:
        """Warn of settings that cards do not have."""
        for name in self.model_extra or ():
            warn_once(logger, f"The card of an agent has no {name!r}, so CardSettings ignores it.")

    def card_of(self, agent: ConversableAgent, url: str) -> AgentCard:
        """Make the card.

        Args:
            agent: whose card it is.
            url: where it is asked.
        """
        name = self.name or agent.name
        description = self.description or description_told(agent)
        talking = AgentSkill(id="conversation", name=f"Talk to {name}", description=description, tags=["conversation"])
        said = {
            "name": name,
            "description": description,
            "url": self.url or url,
            "skills": self.skills or [talking],  # a card must have one
        }
        return AgentCard.model_validate({**self.model_dump(by_alias=True, exclude_none=True), **said})


class A2aAgentServer:
    """Puts an agent behind A2A, as an application for any ASGI server.

    ```python
    app = A2aAgentServer(agent, url="http://localhost:8000").build()  # then: uvicorn module:app
    ```

    Whoever reaches it may talk to the agent: serve it on the loopback address, or put a check in front of it by
    `add_middleware`.

    Args:
        agent: the agent, or a function without parameters that makes one for each request, so that requests are
            answered side by side; see `AgentService`.
        url: where clients reach it.
        agent_card: what its card says; a dict stands for `CardSettings`.
        card_modifier: changes the card each time that it is asked for.
        extended_agent_card: what its card says to clients that have shown who they are.
        extended_card_modifier: changes that card; it also gets the context of the call.

    Raises:
        TypeError: the agent leads a group, or an argument is of a wrong type.
        ValueError: the url does not begin with ``http://`` or ``https://``.
    """

    @arguments_checked
    def __init__(
        self,
        agent: ConversableAgent | Maker[ConversableAgent],
        *,
        url: str | None = "http://localhost:8000",
        agent_card: CardSettings | Mapping[str, Any] | None = None,
        card_modifier: CardModifier | None = None,
        extended_agent_card: CardSettings | Mapping[str, Any] | None = None,
        extended_card_modifier: ExtendedCardModifier | None = None,
    ) -> None:
        self._executor = AutogenAgentExecutor(agent)
        self.agent = self._executor.agent
        address = url or "http://localhost:8000"
        check_value("url of A2aAgentServer", address, WebAddress)
        self.card = CardSettings.model_validate(agent_card or {}).card_of(self.agent, address)
        extended = CardSettings.model_validate(extended_agent_card) if extended_agent_card else None
        self.extended_agent_card = None if extended is None else extended.card_of(self.agent, address)
        if self.extended_agent_card is not None:
            self.card.supports_authenticated_extended_card = True
        self._card_modifier = card_modifier
        self._extended_card_modifier = extended_card_modifier
        self._middleware: list[tuple[Callable[..., ASGIApp], dict[str, Any]]] = []

    @property
    def executor(self) -> AutogenAgentExecutor:
        """What lets the agent answer."""
        return self._executor

    def add_middleware(self, middleware: Callable[..., ASGIApp], **kwargs: Any) -> None:
        """Put something in front of the application, such as a check of who asks.

        Args:
            middleware: a class of ASGI middleware.
            **kwargs: what it is made with.
        """
        self._middleware.append((middleware, kwargs))

    def build_request_handler(self) -> RequestHandler:
        """Make what answers the calls of the protocol."""
        extended = self.extended_agent_card
        return DefaultRequestHandler(
            self._executor,
            _Tasks(),
            to_core_agent_card(self.card),
            extended_agent_card=None if extended is None else to_core_agent_card(extended),
            extended_card_modifier=_extended_modifier(self._extended_card_modifier),
        )

    def build_starlette_app(self, request_handler: RequestHandler | None = None) -> Starlette:
        """Make the application.

        Args:
            request_handler: what answers the calls; None makes one.
        """
        card, modifier = to_core_agent_card(self.card), _modifier(self._card_modifier)
        app = Starlette(
            routes=[
                *create_agent_card_routes(card, modifier),
                *create_agent_card_routes(card, modifier, card_url=_OLD_CARD_PATH),
                *create_jsonrpc_routes(request_handler or self.build_request_handler(), "/", enable_v0_3_compat=True),
            ]
        )
        app.add_middleware(_OnlyJSON)
        for middleware, settings in self._middleware:
            app.add_middleware(middleware, **settings)
        return app

    def build(self) -> Starlette:
        """Make the application; the same as `build_starlette_app`."""
        return self.build_starlette_app()


def _modifier(modify: CardModifier | None) -> Callable[[CoreCard], Awaitable[CoreCard]] | None:
    """A function of the program's, which knows the cards of A2A 0.3, as one for the cards of today."""
    if modify is None:
        return None

    async def modified(card: CoreCard) -> CoreCard:
        return to_core_agent_card(await _awaited(modify(to_compat_agent_card(card))))

    return modified


def _extended_modifier(
    modify: ExtendedCardModifier | None,
) -> Callable[[CoreCard, ServerCallContext], Awaitable[CoreCard]] | None:
    if modify is None:
        return None

    async def modified(card: CoreCard, context: ServerCallContext) -> CoreCard:
        return to_core_agent_card(await _awaited(modify(to_compat_agent_card(card), context)))

    return modified


async def _awaited(card: AgentCard | Awaitable[AgentCard]) -> AgentCard:
    return await card if inspect.isawaitable(card) else card


class _Tasks(InMemoryTaskStore):
    """The latest tasks, which only those can ask for who know their ids: each holds somebody's conversation."""

    def __init__(self) -> None:
        super().__init__()
        self._ids: deque[str] = deque()

    async def save(self, task: Task, context: ServerCallContext) -> None:
        """Keep a task, and forget the oldest."""
        if task.id not in self._ids:
            self._ids.append(task.id)
        await super().save(task, context)
        while len(self._ids) > _MOST_TASKS:
            await self.delete(self._ids.popleft(), context)

    async def list(self, params: ListTasksRequest, context: ServerCallContext) -> ListTasksResponse:
        """Tell nobody of the tasks of others."""
        return ListTasksResponse()


class _OnlyJSON:
    """Takes JSON only, and no more of it than an agent can be asked."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request on, or refuse it."""
        refusal = refusal_of(Headers(scope=scope)) if scope["type"] == "http" and scope["method"] == "POST" else None
        if refusal is not None:
            await JSONResponse({"error": refusal[1]}, refusal[0])(scope, receive, send)
            return
        left = MOST_BYTES

        async def receive_no_more() -> Message:
            nonlocal left
            message = await receive()
            left -= len(message.get("body", b""))
            return message if left >= 0 else {"type": "http.disconnect"}

        await self._app(scope, receive_no_more, send)
