"""One client of an SDK for all agents with the same settings.

Some SDKs read all certificates of the machine whenever a client is made, which takes up to 0.15 s, in which an event
loop stands still; and agents that share a client share its connections.
"""

from __future__ import annotations

import atexit
import os
import re
import threading
from collections.abc import Callable, Mapping
from typing import Any

__all__ = ("shared_client",)

_READ_BY_SDKS = re.compile(r"GOOGLE_|GEMINI_|OLLAMA_|MISTRAL_|SSL_CERT|.*_proxy$", re.IGNORECASE)

_lock = threading.Lock()
_clients: dict[Any, Any] = {}


def shared_client(make: Callable[..., Any], **settings: Any) -> Any:
    """Make a client, or take the one that was made with the same settings.

    Args:
        make: the class of the SDK. Its clients must be safe to use from several threads.
        **settings: what it is called with. Settings that cannot be compared get a separate client.
    """
    environment = {name: os.environ[name] for name in os.environ if _READ_BY_SDKS.match(name)}
    key = (make, _comparable(settings), _comparable(environment))
    try:
        hash(key)
    except TypeError:
        return make(**settings)
    with _lock:
        if key not in _clients:
            if not _clients:
                atexit.register(_close)
            _clients[key] = make(**settings)
        return _clients[key]


def _close() -> None:
    for client in _clients.values():
        if callable(getattr(client, "close", None)):
            client.close()


def _comparable(value: Any) -> Any:
    if isinstance(value, Mapping):
        return tuple(sorted((str(name), _comparable(part)) for name, part in value.items()))
    return value
