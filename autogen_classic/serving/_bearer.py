"""Nobody gets in without the token."""

from __future__ import annotations

import hmac
import secrets

from ..errors import ServingError
from ._openai_answers import error_body
from ._packages import ASGIApp, Headers, JSONResponse, Receive, Scope, Send

__all__ = ("Bearer", "checked_token")

_SHORTEST_TOKEN = 8


def checked_token(token: str | None) -> str:
    """The token that clients need.

    Args:
        token: what the program says; None makes one.

    Raises:
        ServingError: it is too short, or no header can carry it.
    """
    if token is None:
        return secrets.token_urlsafe(24)
    if len(token) < _SHORTEST_TOKEN or not token.isascii() or not token.isprintable() or " " in token:
        raise ServingError(
            f"A token has at least {_SHORTEST_TOKEN} characters: ASCII letters, digits and signs, without spaces."
        )
    return token


class Bearer:
    """An application behind a token, which each request carries as ``Authorization: Bearer TOKEN``.

    Args:
        app: the application.
        token: the token.
    """

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._expected = f"Bearer {token}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request on, or refuse it with status 401."""
        if scope["type"] == "lifespan" or self._is_known(scope):
            await self._app(scope, receive, send)
            return
        message = "The token is missing or wrong: send it as the API key, in the header 'Authorization: Bearer TOKEN'."
        body = error_body(401, message, code="invalid_api_key")
        await JSONResponse(body, 401, {"WWW-Authenticate": "Bearer"})(scope, receive, send)

    def _is_known(self, scope: Scope) -> bool:
        given = Headers(scope=scope).get("authorization", "").encode("latin-1", "replace")
        return hmac.compare_digest(given, self._expected)
