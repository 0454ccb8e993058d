"""What a wrapper keeps for itself: its configurations, and a client for each.

It is all kept in one attribute with an unusual name, because programs subclass `OpenAIWrapper` and name their own
methods and attributes ``_client``, ``_count`` or ``_lock``.
"""

from __future__ import annotations

import itertools
import logging
import threading
from collections.abc import Callable, Mapping
from typing import Any

from ..._core import tape
from ..._core.events import ClientConnected, Sealed, emit, is_heard
from ..._legacy.old_keys import with_todays_keys
from ...llm_config._checks import check_routing_method
from .._config_files import empty_list_explained
from ..providers import client_keys, connect, has_credentials
from ..rate_limiters import TimeRateLimiter
from .keys import hide_keys_in_logs

__all__ = ("PlaceHolderClient", "WrapperState")

logger = logging.getLogger("autogen.oai.client")


class PlaceHolderClient:
    """Stands for a program's own client until it is registered.

    Args:
        config: the configuration that names it in ``model_client_cls``.
    """

    def __init__(self, config: dict[str, Any]) -> None:
        self.config = config


class WrapperState:
    """The configurations of a wrapper, the client for each, and how fast each may be asked.

    Args:
        owner: the wrapper.
        config_list: one dict per model; None or an empty list stands for one configuration without own settings.
        base_config: settings for all configurations.

    Attributes:
        entries: the configurations with all their settings.
        clients: the client of each; None if it has not been needed yet.
        rate_limiters: the limiter of each; None if there is no limit.

    Raises:
        TypeError: config_list is not a list of dicts.
    """

    __slots__ = ("_lock", "_owner", "_turns", "clients", "entries", "rate_limiters")  # each agent has one

    def __init__(self, owner: object, config_list: list[dict[str, Any]] | None, base_config: dict[str, Any]) -> None:
        _check_config_list(config_list)
        self._owner = owner
        routing_method = base_config.pop("routing_method", None)
        check_routing_method(routing_method)
        self._turns = itertools.count() if routing_method == "round_robin" else None
        self.entries: list[dict[str, Any]] = [
            with_todays_keys({**base_config, **entry}) for entry in config_list or [{}]
        ]
        self.clients: list[Any] = [_client_without_connecting(entry) for entry in config_list or [base_config]]
        self.rate_limiters = [
            TimeRateLimiter(entry["api_rate_limit"]) if entry.get("api_rate_limit") else None for entry in self.entries
        ]
        self._lock = threading.Lock()
        for number, entry in enumerate(self.entries):
            if self.clients[number] is None and not has_credentials(entry) and not tape.current().replays:
                with empty_list_explained(config_list):
                    self.client(number)

    def order(self) -> list[int]:
        """Return the configurations in the order in which the next request tries them."""
        numbers = list(range(len(self.clients)))
        if self._turns is None or not numbers:
            return numbers
        first = next(self._turns) % len(numbers)
        return numbers[first:] + numbers[:first]

    def client(self, number: int) -> Any:
        """Return the client of one configuration, connected."""
        if self.clients[number] is None:
            with self._lock:
                if self.clients[number] is None:
                    hide_keys_in_logs()
                    self.clients[number] = connect(self.entries[number])
                    self._announce(number)
        return self.clients[number]

    def _announce(self, number: int) -> None:
        if is_heard(ClientConnected):
            entry = self.entries[number]
            settings = {key: entry[key] for key in entry if key in client_keys(entry)}
            client = self.clients[number]
            emit(ClientConnected(client, type(client).__name__, self._owner, Sealed(settings)))

    def connected_clients(self) -> list[Any]:
        """Return the list of all clients, connected."""
        for number in range(len(self.clients)):
            self.client(number)
        return self.clients

    def built_in_tools(self) -> dict[str, Callable[..., str]]:
        """Make the tools that the models know by themselves and that run here, by their names."""
        if not any(entry.get("built_in_tools") for entry in self.entries):
            return {}
        from .._built_in_tools import tools_that_run_here

        return tools_that_run_here(self.entries)

    def placeholders(self) -> list[PlaceHolderClient]:
        """Return the placeholders for clients that have not been registered yet."""
        return [client for client in self.clients if isinstance(client, PlaceHolderClient)]

    def place_waiting_for(self, name: str) -> int | None:
        """Return the number of the first configuration that waits for a client of a class.

        Args:
            name: the name of the class.

        Returns:
            The number; None if no configuration waits for it.
        """
        for number, client in enumerate(self.clients):
            if isinstance(client, PlaceHolderClient) and client.config.get("model_client_cls") == name:
                return number
        return None


def _client_without_connecting(entry: dict[str, Any]) -> Any:
    """A client that needs no connection, made for a configuration as the program gave it; or None."""
    if entry.get("model_client") is not None:
        return entry["model_client"]
    if entry.get("model_client_cls") is not None:
        logger.info(
            "Detected custom model client in config: %s, model client can not be used until register_model_client is "
            "called.",
            entry["model_client_cls"],
        )
        return PlaceHolderClient(dict(entry))
    return None


def _check_config_list(config_list: Any) -> None:
    if config_list is not None and (
        isinstance(config_list, (str, bytes, Mapping))
        or not hasattr(config_list, "__iter__")
        or not all(isinstance(entry, Mapping) for entry in config_list)
    ):
        raise TypeError(
            'config_list must be a list of dicts, such as [{"model": "gpt-4o", "api_key": "..."}], '
            f"not {type(config_list).__name__}"
            + (" with entries that are not dicts." if isinstance(config_list, (list, tuple)) else ".")
        )
