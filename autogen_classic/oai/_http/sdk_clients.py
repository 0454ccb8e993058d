"""One client of an SDK for all agents with the same settings.

Some SDKs read all certificates of the machine whenever a client is made, which takes up to 0.15 s, in which an event
loop stands still; and agents that share a client share its connections.

Tokens may change every hour, in the environment or in a configuration. So of each configuration only the clients with
the last few of them are kept; a client that is not kept any more is left to those who use it.
"""

from __future__ import annotations

import atexit
import os
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

__all__ = ("shared_client",)

_READ_BY_SDKS = re.compile(r"AWS_|GOOGLE_|GEMINI_|OLLAMA_|MISTRAL_|SSL_CERT|.*_proxy$", re.IGNORECASE)

_MOST_OF_A_CONFIGURATION = 4


class _Kept:
    """A client, made by the first who asks for it, while others with the same settings wait."""

    def __init__(self) -> None:
        self.client: Any = None
        self._lock = threading.Lock()

    def get(self, make: Callable[..., Any], settings: Mapping[str, Any]) -> Any:
        """Return the client.

        Args:
            make: makes it. This may ask the network, as for the role of a machine.
            settings: what ``make`` is called with.
        """
        with self._lock:
            if self.client is None:
                self.client = make(**settings)
            return self.client


_lock = threading.Lock()  # held only to look, never while a client is made
_clients: dict[Any, OrderedDict[Any, _Kept]] = {}  # by configuration, and then by keys and environment


def shared_client(make: Callable[..., Any], keys: Mapping[str, Any] | None = None, **settings: Any) -> Any:
    """Make a client, or take the one that was made with the same settings.

    Args:
        make: the class of the SDK, or a function that makes its clients. They must be safe to use from several threads.
        keys: settings that may change every hour, such as tokens.
        **settings: the other settings that it is called with. Settings that cannot be compared get a separate client.
    """
    environment = _comparable({name: os.environ[name] for name in os.environ if _READ_BY_SDKS.match(name)})
    keys = keys or {}
    configuration, variant = (make, _comparable(settings)), (_comparable(keys), environment)
    try:
        hash((configuration, variant))
    except TypeError:
        return make(**keys, **settings)
    with _lock:
        if not _clients:
            atexit.register(_close)
        variants = _clients.setdefault(configuration, OrderedDict())
        kept = variants.setdefault(variant, _Kept())
        variants.move_to_end(variant)
        if len(variants) > _MOST_OF_A_CONFIGURATION:
            variants.popitem(last=False)
    return kept.get(make, {**keys, **settings})


def _close() -> None:
    for variants in _clients.values():
        for kept in variants.values():
            if callable(getattr(kept.client, "close", None)):
                kept.client.close()


def _comparable(value: Any) -> Any:
    if isinstance(value, Mapping):
        return tuple(sorted((str(name), _comparable(part)) for name, part in value.items()))
    return value
