"""What the connections have in common: the settings that they are made with, and messages from an untrusted server."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from ....._packages import missing_package
from ....._secrets import hidden, keys_hidden, place_of, secrets_in
from .....errors import LLMConfigError, RealtimeConnectionError

__all__ = (
    "LARGEST_MESSAGE",
    "Entry",
    "check_websockets",
    "connected",
    "connecting",
    "messages_of",
    "read_message",
)

LARGEST_MESSAGE = 16 * 1024 * 1024
"""In bytes; a server that sends more is cut off."""

_DEFAULT_TEMPERATURE = 0.8
_ADVICE = {
    401: "Check the api_key.",
    403: "Check whether the api_key may use this model.",
    404: "Check the base_url and the model.",
    429: "Wait, or check the limits of the account.",
}


class Entry:
    """The first entry of a configuration.

    Args:
        llm_config: an `LLMConfig`, a dict with a ``config_list``, or a single entry.

    Raises:
        LLMConfigError: it names no model.
    """

    def __init__(self, llm_config: Mapping[str, Any]) -> None:
        self.settings: dict[str, Any] = dict((llm_config.get("config_list") or [llm_config])[0])
        if not self.settings.get("model"):
            raise LLMConfigError("The first configuration of an agent that speaks must name a model.")
        given = (self.settings.get("temperature"), llm_config.get("temperature"), _DEFAULT_TEMPERATURE)
        self.temperature = next(value for value in given if value is not None)

    @property
    def model(self) -> str:
        """The name of the model."""
        return str(self.settings["model"])

    def speaks_to(self, api_type: str) -> bool:
        """Tell whether the model belongs to a provider.

        Args:
            api_type: the provider.
        """
        return bool((self.settings.get("api_type") or "openai") == api_type)

    def without_keys(self, text: str) -> str:
        """Blank out the key in a text.

        Args:
            text: any text.
        """
        return hidden(text, secrets_in(self.settings))


def check_websockets(extra: str) -> None:
    """Refuse to go on without the package that speaks over web sockets.

    Args:
        extra: what installs it.

    Raises:
        ImportError: it is missing.
    """
    try:
        import_module("websockets.asyncio.client")
    except ImportError as error:
        raise missing_package("A conversation by voice", error, extra) from error


@contextmanager
def connecting(address: str, entry: Entry) -> Iterator[None]:
    """Say in words of ours, and without a key, why there is no connection.

    Args:
        address: where the server is.
        entry: the configuration.

    Raises:
        RealtimeConnectionError: the server cannot be reached, or refuses.
    """
    from websockets.exceptions import InvalidHandshake, InvalidStatus

    server = f"The realtime server at {place_of(address)}"
    with keys_hidden([entry.settings]):
        try:
            yield
        except InvalidStatus as error:
            status = error.response.status_code
            said = bytes(error.response.body or b"").decode("utf-8", "replace").strip()
            raise RealtimeConnectionError(
                f"{server} refuses the connection: HTTP {status}{f', {said:.200}' if said else ''}. "
                f"{_ADVICE.get(status, '')}".rstrip()
            ) from error
        except (InvalidHandshake, OSError, TimeoutError) as error:
            raise RealtimeConnectionError(f"{server} cannot be reached: {error}") from error


@contextmanager
def connected(address: str, entry: Entry) -> Iterator[None]:
    """Say in words of ours, and without a key, that a connection has broken.

    Args:
        address: where the server is.
        entry: the configuration.

    Raises:
        RealtimeConnectionError: the server has broken off.
    """
    from websockets.exceptions import ConnectionClosed

    with keys_hidden([entry.settings]):
        try:
            yield
        except ConnectionClosed as error:
            closed = error.rcvd
            said = f"{closed.code} {closed.reason}".strip() if closed else "the connection was lost"
            raise RealtimeConnectionError(
                f"The realtime server at {place_of(address)} has broken off the conversation ({said})."
            ) from error


async def messages_of(
    receive: Callable[[], Awaitable[str | bytes]], logger: logging.Logger
) -> AsyncIterator[dict[str, Any]]:
    """The messages of a server, until it ends the conversation properly.

    Args:
        receive: waits for the next one, and returns its bytes.
        logger: where it is noted that one cannot be read.
    """
    from websockets.exceptions import ConnectionClosedOK

    while True:
        try:
            data = await receive()
        except ConnectionClosedOK:
            return
        message = read_message(data, logger)
        if message is not None:
            yield message


def read_message(data: str | bytes, logger: logging.Logger) -> dict[str, Any] | None:
    """Read a message of a server.

    Args:
        data: what it has sent.
        logger: where it is noted that it cannot be read.

    Returns:
        The message; None if it is not a JSON object.
    """
    try:
        message = json.loads(data)
    except (ValueError, RecursionError):
        message = None
    if isinstance(message, dict):
        return message
    logger.warning("A message of the realtime server cannot be read, and is left out: %.80r", data)
    return None
