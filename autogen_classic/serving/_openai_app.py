"""OpenAI's API over agents, as an ASGI application."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from typing import TypeAlias

from ._bearer import Bearer, checked_token
from ._conversations import AnswerShape, Conversation, ConversationFailed, ConversationPool
from ._offers import Offered
from ._openai_answers import Completion, error_body, error_of, model_card, model_list
from ._openai_requests import ChatRequest, read_request
from ._packages import (
    ClientDisconnect,
    HTTPException,
    JSONResponse,
    Middleware,
    Receive,
    Request,
    Response,
    Route,
    Scope,
    Send,
    Starlette,
    StreamingResponse,
)
from ._refused import RequestRefused
from ._responses_answers import Response as ResponseForm
from ._responses_requests import read_responses_request

__all__ = ("LARGEST_BODY", "app_of", "openai_app")

LARGEST_BODY = 16 * 1024 * 1024
"""How many bytes a request may have."""

_READ_ON = 8  # so many times that much is read, and dropped, so that the client gets to the answer
_SECONDS_BETWEEN_SIGNS = 15.0
_CLIENT_HAS_LEFT = 499  # as nginx has it; nobody reads it
_ADDRESSES = "/v1/models, /v1/chat/completions, /v1/responses"
_NOT_AGAIN = {"x-should-retry": "false"}  # what the agents did has been paid for, and is not to be done three times

_Form: TypeAlias = Completion | ResponseForm


def openai_app(
    offers: Mapping[str, Offered],
    *,
    token: str,
    conversations: int = 100,
    answer: AnswerShape = "all",
) -> Starlette:
    """Make an application that offers agents and groups as models, for a server of your own.

    It has ``/v1/models``, ``/v1/chat/completions`` and ``/v1/responses``.

    Args:
        offers: what is offered, by the names of the models; see `Offer`.
        token: what clients send as their API key.
        conversations: how many may be open at once; further requests get status 429.
        answer: what a client gets: "all" that the agents say, or the "last" message that says something.

    Returns:
        An ASGI application.

    Raises:
        ServingError: something of it cannot be served, or the token is too short.
        ImportError: the extra ``serve`` is missing.
        ValueError: ``conversations`` is less than 1, or ``answer`` is neither "all" nor "last".
    """
    return app_of(ConversationPool(offers, conversations, answer), checked_token(token))


def app_of(pool: ConversationPool, token: str) -> Starlette:
    """Make the application.

    Args:
        pool: where conversations are held.
        token: what clients send as their API key.
    """
    endpoints = _Endpoints(pool)
    return Starlette(
        routes=[
            Route("/v1/models", endpoints.models),
            Route("/v1/models/{name:path}", endpoints.model),
            Route("/v1/chat/completions", endpoints.complete, methods=["POST"]),
            Route("/v1/responses", endpoints.respond, methods=["POST"]),
        ],
        middleware=[Middleware(Bearer, token=token)],
        exception_handlers={
            RequestRefused: _refuse,
            ConversationFailed: _fail,
            HTTPException: _refuse_address,
            ClientDisconnect: _leave,
        },
    )


class _Endpoints:
    def __init__(self, pool: ConversationPool) -> None:
        self._pool = pool
        created = int(time.time())
        self._cards = {offer.name: model_card(offer.name, offer.description, created) for offer in pool.offers.values()}

    async def models(self, request: Request) -> Response:
        """List what is offered."""
        return JSONResponse(model_list(self._cards.values()))

    async def model(self, request: Request) -> Response:
        """Tell of one of them."""
        return JSONResponse(self._cards[self._pool.offer(request.path_params["name"]).name])

    async def complete(self, request: Request) -> Response:
        """Answer a chat."""
        asked = read_request(await _body_of(request))
        return await self._answer(request, asked, Completion(asked.model, asked.include_usage))

    async def respond(self, request: Request) -> Response:
        """Answer a chat in the form of the Responses API."""
        asked = read_responses_request(await _body_of(request))
        return await self._answer(request, asked, ResponseForm(asked.model))

    async def _answer(self, request: Request, asked: ChatRequest, form: _Form) -> Response:
        offer = self._pool.offer(asked.model)
        if not offer.takes_tools and (asked.tools or any("tool_calls" in one for one in asked.said)):
            raise RequestRefused(
                f"{asked.model} takes no tools of a client: only a single agent with a model does. Leave 'tools' out.",
                "tools",
            )
        conversation = self._pool.open(asked.model, asked.said, asked.tools)
        if asked.stream:
            return _Stream(conversation, form)
        return await _whole(request, conversation, form)


async def _body_of(request: Request) -> bytes:
    body = bytearray()
    size = 0
    async for part in request.stream():
        size += len(part)
        if size <= LARGEST_BODY:
            body += part
        elif size > _READ_ON * LARGEST_BODY:
            break
    if size > LARGEST_BODY:
        text = f"The body is larger than {LARGEST_BODY // 1024**2} MB, which is the most that this server takes."
        raise RequestRefused(text, status=413, code="request_too_large")
    return bytes(body)


async def _whole(request: Request, conversation: Conversation, form: _Form) -> Response:
    """The whole answer; a client that leaves ends the conversation."""
    answer = asyncio.ensure_future(conversation.answer())
    leaving = asyncio.ensure_future(_has_left(request))
    try:
        await asyncio.wait({answer, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not answer.done():
            return Response(status_code=_CLIENT_HAS_LEFT)
        return JSONResponse(form.whole(answer.result()))
    finally:
        conversation.stop()
        for task in (answer, leaving):
            task.cancel()
        with suppress(asyncio.CancelledError):
            await leaving


async def _has_left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


class _Stream(StreamingResponse):
    """The events of a stream; a client that leaves ends the conversation, even before the first event."""

    def __init__(self, conversation: Conversation, form: _Form) -> None:
        super().__init__(_events(conversation, form), media_type="text/event-stream")
        self._conversation = conversation

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._conversation.stop()


async def _events(conversation: Conversation, form: _Form) -> AsyncIterator[str]:
    try:
        for event in form.begin():
            yield event
        async for text in _with_signs_of_life(conversation):
            for event in form.piece(text) if text else (": the agents are at work\n\n",):
                yield event
        for event in form.end(await conversation.answer()):
            yield event
    except RequestRefused as refusal:
        yield form.fail(error_of(refusal))
    except ConversationFailed as failure:
        yield form.fail(error_body(500, str(failure)))


async def _with_signs_of_life(conversation: Conversation) -> AsyncIterator[str]:
    """The pieces of a conversation, and an empty text whenever nothing was said for a while."""
    while True:
        try:
            piece = await asyncio.wait_for(conversation.next_piece(), _SECONDS_BETWEEN_SIGNS)
        except asyncio.TimeoutError:  # the builtin one from Python 3.11 on
            yield ""
            continue
        if piece is None:
            return
        if piece.text:
            yield piece.text


# --- errors ----------------------------------------------------------------------------------------------------------


async def _refuse(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestRefused)
    return JSONResponse(error_of(error), error.status, {"retry-after": "1"} if error.status == 429 else None)


async def _fail(request: Request, error: Exception) -> Response:
    return JSONResponse(error_body(500, str(error)), 500, _NOT_AGAIN)


async def _leave(request: Request, error: Exception) -> Response:
    return Response(status_code=_CLIENT_HAS_LEFT)


async def _refuse_address(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    message = f"{request.method} {request.url.path} is not served here. There are: {_ADDRESSES}."
    return JSONResponse(error_body(error.status_code, message, code="unknown_url"), error.status_code, error.headers)
