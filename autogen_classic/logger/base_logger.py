"""What a logger has to offer. Any subclass of `BaseLogger` can be handed to `autogen_classic.runtime_logging.start`."""

from __future__ import annotations

import sqlite3
import uuid
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

if TYPE_CHECKING:
    from .._core.party import Agent

__all__ = ("BaseLogger", "LLMConfig")

F = TypeVar("F", bound=Callable[..., Any])
LLMConfig: TypeAlias = dict[str, Any]
"""The arguments of a wrapper, as loggers written for 0.2 name their type."""


class BaseLogger(ABC):
    """A logger for everything that agents do.

    Its methods are called in the thread of the chat, with positional arguments, and with the live objects. An error
    that one of them raises is reported, and the chat goes on.
    """

    @abstractmethod
    def start(self) -> str:
        """Begin to log.

        Returns:
            An id for this session.
        """

    @abstractmethod
    def log_chat_completion(
        self,
        invocation_id: uuid.UUID,
        client_id: int,
        wrapper_id: int,
        source: str | Agent,
        request: dict[str, Any],
        response: object,
        is_cached: int,
        cost: float,
        start_time: str,
    ) -> None:
        """Log the answer of a model, or of the cache in its place, or a failure.

        Args:
            invocation_id: the request; the attempts of several configurations have the same one.
            client_id: the ``id()`` of the client that was asked.
            wrapper_id: the ``id()`` of the `OpenAIWrapper`.
            source: the agent that asked, or a name.
            request: what was sent, without keys.
            response: the answer, or a text that says what failed.
            is_cached: 1 for an answer from the cache, else 0.
            cost: US dollars; 0 when unknown.
            start_time: when the request began, as ``2026-01-31 23:59:59.000000`` in UTC.
        """

    @abstractmethod
    def log_new_agent(self, agent: Agent, init_args: dict[str, Any]) -> None:
        """Log that an agent was made.

        It is called once for each of our classes that the agent is made of, the most general one first.

        Args:
            agent: the agent.
            init_args: what the constructor of that class was given.
        """

    @abstractmethod
    def log_event(self, source: str | Agent, name: str, **kwargs: Any) -> None:
        """Log anything else that happens.

        Args:
            source: the agent to which it happens, or a name.
            name: "received_message", "reply_func_executed", or a name of your own.
            **kwargs: what is to be known about it.
        """

    @abstractmethod
    def log_new_wrapper(self, wrapper: object, init_args: dict[str, Any]) -> None:
        """Log that an `OpenAIWrapper` was made.

        Args:
            wrapper: the wrapper.
            init_args: ``config_list`` and ``base_config``.
        """

    @abstractmethod
    def log_new_client(self, client: object, wrapper: object, init_args: dict[str, Any]) -> None:
        """Log that a client of a wrapper has connected.

        Args:
            client: the client: that of the openai package where there is one.
            wrapper: the wrapper.
            init_args: its settings.
        """

    @abstractmethod
    def log_function_use(
        self, source: str | Agent, function: Callable[..., Any], args: dict[str, Any], returns: object
    ) -> None:
        """Log that a registered function has run.

        Args:
            source: the agent that ran it.
            function: the function.
            args: its arguments.
            returns: what it returned.
        """

    @abstractmethod
    def stop(self) -> None:
        """End the session, and close what is open."""

    @abstractmethod
    def get_connection(self) -> sqlite3.Connection | None:
        """The connection to the database; None for a logger without one."""
