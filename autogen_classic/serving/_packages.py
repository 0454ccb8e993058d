"""The packages behind the servers."""

from __future__ import annotations

from .._packages import missing_package

try:
    from starlette.applications import Starlette
    from starlette.datastructures import Headers
    from starlette.exceptions import HTTPException
    from starlette.middleware import Middleware
    from starlette.requests import ClientDisconnect, Request
    from starlette.responses import JSONResponse, Response, StreamingResponse
    from starlette.routing import Route
    from starlette.types import ASGIApp, Receive, Scope, Send
    from uvicorn import Config, Server
except ImportError as error:
    raise missing_package("Serving agents", error, "serve") from error

__all__ = (
    "ASGIApp",
    "ClientDisconnect",
    "Config",
    "HTTPException",
    "Headers",
    "JSONResponse",
    "Middleware",
    "Receive",
    "Request",
    "Response",
    "Route",
    "Scope",
    "Send",
    "Server",
    "Starlette",
    "StreamingResponse",
)
