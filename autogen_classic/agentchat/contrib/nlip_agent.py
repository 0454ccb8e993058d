"""Agents that talk to each other over NLIP, a protocol of Ecma; needs the extra ``nlip``.

An `AG2NlipApplication` puts an agent behind the protocol; an `NlipRemoteAgent` stands in a program for one that is
elsewhere.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Annotated

from pydantic import Field, ValidationError

from ..._argument_checks import Number, Seconds, Text, WebAddress, arguments_checked
from ..._core.drive import Call, drive_async
from ..._core.tape import request_steps
from ..._packages import missing_package
from ..._secrets import place_of
from ..._web.certificates import trusted_authorities
from ..._web.incoming import refusal_of
from ...errors import NlipAgentNotFoundError, NlipClientError, NlipConnectionError, NlipTimeoutError
from ..conversable_agent import ConversableAgent
from ..remote import AgentService, RequestMessage, ResponseMessage
from ..remote.protocol import failure_told, fault_of
from ..remote.stand_in import StandIn, typed_answer

try:
    import httpx
    from fastapi import FastAPI, Request, Response
    from fastapi.responses import JSONResponse
    from nlip_sdk.nlip import NLIP_Message  # type: ignore[import-untyped]

    from ._nlip.wire import (
        error_in,
        error_message,
        request_message_from_nlip,
        request_message_to_nlip,
        response_message_from_nlip,
        response_message_to_nlip,
    )
except ImportError as error:
    raise missing_package("NLIP", error, "nlip") from error

if TYPE_CHECKING:
    from starlette.middleware.base import RequestResponseEndpoint

    from ..remote.makers import Maker

__all__ = (
    "AG2NlipApplication",
    "AG2NlipSession",
    "NlipAgentNotFoundError",
    "NlipClientError",
    "NlipConnectionError",
    "NlipRemoteAgent",
    "NlipTimeoutError",
    "request_message_from_nlip",
    "request_message_to_nlip",
    "response_message_from_nlip",
    "response_message_to_nlip",
)

_PATH = "/nlip/"
_SECONDS_BETWEEN_TRIES = 0.5
_LENGTH_REQUIRED = 411

logger = logging.getLogger("autogen.agentchat.contrib.nlip_agent")


class NlipRemoteAgent(StandIn):
    """Stands for an agent elsewhere: it takes part in chats, and asks that one for its replies.

    Each reply takes one request, with the conversation so far and the context variables, which come back changed. Where
    the agent elsewhere needs a person, the one here is asked.

    Args:
        url: where it is, such as ``http://localhost:8000``; it is asked at ``/nlip/`` there.
        name: its name here.
        silent: whether what it says is not printed.
        timeout: how many seconds a reply may take; None for any time.
        max_retries: how often a connection that is not made is tried again. A request that has arrived is not sent
            twice.
    """

    @arguments_checked
    def __init__(
        self,
        url: WebAddress,
        name: Text,
        *,
        silent: bool | None = None,
        timeout: Seconds | None = 60.0,
        max_retries: Annotated[Number, Field(ge=0)] = 3,
    ) -> None:
        super().__init__(name, silent)
        self.url = url
        self._timeout = timeout
        self._max_retries = max_retries

    async def _answer_to(self, request: RequestMessage, context_id: str) -> ResponseMessage:
        """Ask, unless the journal of a run that was stopped has the answer."""
        message = request_message_to_nlip(request)

        async def ask() -> str:
            answer = await self._sent(message)
            fault = error_in(answer)
            if fault is not None:  # which is not kept, so that the next run asks again
                raise NlipClientError(self._told(f"answers with an error: {fault}"))
            return str(answer.to_json())

        asked = {"messages": request.messages, "context": request.context}

        def typed(text: str) -> str:
            return str(response_message_to_nlip(typed_answer(text)).to_json())

        told = await drive_async(request_steps(self, "nlip", asked, Call(ask), typed))
        answer = response_message_from_nlip(NLIP_Message.model_validate_json(told))
        for said in answer.messages:
            said.pop("tool_calls", None)  # a stranger calls no tool here, where none is offered
        return answer

    async def _sent(self, message: NLIP_Message) -> NLIP_Message:
        """What the server answers to a message."""
        try:
            async with httpx.AsyncClient(timeout=self._timeout, verify=trusted_authorities()) as client:
                response = await self._response_to(client, message)
        except httpx.ConnectError as error:
            raise NlipConnectionError(self._told(f"cannot be reached: {error}")) from error
        except httpx.TimeoutException as error:
            limit = "" if self._timeout is None else f" within {self._timeout:g} seconds"
            raise NlipTimeoutError(self._told(f"has not answered{limit}")) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise NlipClientError(self._told(f"has not answered: {type(error).__name__}: {error}")) from error
        if response.status_code == httpx.codes.NOT_FOUND:
            raise NlipAgentNotFoundError(f"{self.name}: {place_of(self.url)}")
        if response.is_error:
            raise NlipClientError(self._told(f"answers with the status {response.status_code}: {response.text[:300]}"))
        try:
            return NLIP_Message.model_validate_json(response.content)
        except ValidationError:
            raise NlipClientError(self._told("answers with something that is not a message of NLIP")) from None

    async def _response_to(self, client: httpx.AsyncClient, message: NLIP_Message) -> httpx.Response:
        left = self._max_retries
        while True:
            try:
                return await client.post(self.url.rstrip("/") + _PATH, json=message.to_dict())
            except (httpx.ConnectError, httpx.ConnectTimeout):
                if not left:
                    raise
                left -= 1
                await asyncio.sleep(_SECONDS_BETWEEN_TRIES)

    def _told(self, what: str) -> str:
        return f"The agent {self.name} at {place_of(self.url)} {what.rstrip('.')}."


class AG2NlipSession:
    """One request to an agent.

    Args:
        agent: what answers.
    """

    def __init__(self, agent: AgentService) -> None:
        self._service = agent

    async def start(self) -> None:
        """Prepare nothing."""

    async def stop(self) -> None:
        """Leave nothing behind."""

    async def correlated_execute(self, msg: NLIP_Message) -> NLIP_Message:
        """Answer a message; the answer carries the token of its conversation, if it has one.

        Args:
            msg: the message, as for `execute`.
        """
        answer = await self.execute(msg)
        token = msg.extract_conversation_token()
        if token is not None:
            answer.add_conversation_token(token)
        return answer

    async def execute(self, msg: NLIP_Message) -> NLIP_Message:
        """Answer a message.

        Args:
            msg: the message, with the conversation beside it or alone.

        Returns:
            The answer; an error of NLIP if the message cannot be taken, or the agent has failed.
        """
        request = request_message_from_nlip(msg)
        if not request.messages:
            return error_message("The message has no text to answer.")
        fault = fault_of(request)
        if fault is not None:
            return error_message(fault)
        answer = ResponseMessage(context=request.context)
        try:
            async for part in self._service(request):
                if part.message is not None:
                    answer.messages.append(part.message)
                answer.context = part.context if part.context is not None else answer.context
                answer.input_required = part.input_required or answer.input_required
        except Exception as error:
            logger.exception("An agent behind NLIP has failed.")
            return error_message(failure_told(error))
        return response_message_to_nlip(answer)


class AG2NlipApplication:
    """An agent behind NLIP.

    ```python
    app = AG2NlipApplication(agent).asgi_app  # served by: uvicorn module:app
    ```

    Without a check in front of it, whoever reaches the server may talk to the agent: serve it on the loopback address.

    Args:
        agent: who answers, or a function that makes such an agent for each request; see `AgentService`.

    Raises:
        TypeError: it is not an agent, or leads a group.
        ValueError: it asks a person before each answer.
    """

    def __init__(self, agent: ConversableAgent | Maker[ConversableAgent]) -> None:
        self._service = AgentService(agent)

    @cached_property
    def asgi_app(self) -> FastAPI:
        """The application for an ASGI server; messages go to ``/nlip/``."""
        app = FastAPI(title="NLIP", lifespan=self._running)
        app.middleware("http")(_without_what_pages_send)
        app.post(_PATH)(self._answer)
        app.get("/health")(_health)
        return app

    @asynccontextmanager
    async def _running(self, app: FastAPI) -> AsyncIterator[None]:
        await self.startup()
        try:
            yield
        finally:
            await self.shutdown()

    async def _answer(self, message: NLIP_Message) -> NLIP_Message:
        session = self.create_session()
        await session.start()
        try:
            return await session.correlated_execute(message)
        finally:
            await session.stop()

    def create_session(self) -> AG2NlipSession:
        """Begin to answer one request."""
        return AG2NlipSession(self._service)

    async def startup(self) -> None:
        """Prepare nothing."""

    async def shutdown(self) -> None:
        """Leave nothing behind."""


async def _health() -> dict[str, str]:
    return {"status": "healthy"}


async def _without_what_pages_send(request: Request, call_next: RequestResponseEndpoint) -> Response:
    """Refuse what is too large, or could come from a page in somebody's browser."""
    if request.method == "POST":
        refusal = refusal_of(request.headers)
        if refusal is None and "content-length" not in request.headers:
            refusal = _LENGTH_REQUIRED, "Say how long the request is, with the header 'Content-Length'."
        if refusal is not None:
            return JSONResponse({"detail": refusal[1]}, refusal[0])
    return await call_next(request)
