"""Log what agents do, to a SQLite database, a file, or a logger of your own.

```python
from autogen_classic import runtime_logging

session_id = runtime_logging.start(config={"dbname": "logs.db"})
...  # make agents, let them talk
runtime_logging.stop()
```

The logger is a subscriber of the events of this process: everything between `start` and `stop` is logged, in every
thread and task. The functions named ``log_...`` add something of your own.
"""

from __future__ import annotations

import logging
import sqlite3
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast

from ._core.events import subscribe, unsubscribe
from .logger._from_events import KINDS, Scribe
from .logger.base_logger import BaseLogger
from .logger.logger_factory import LoggerFactory

if TYPE_CHECKING:
    from ._core.party import Agent

__all__ = (
    "get_connection",
    "log_chat_completion",
    "log_event",
    "log_function_use",
    "log_new_agent",
    "log_new_client",
    "log_new_wrapper",
    "logging_enabled",
    "start",
    "stop",
)

logger = logging.getLogger("autogen.runtime_logging")
F = TypeVar("F", bound=Callable[..., Any])

autogen_logger: BaseLogger | None = None
is_logging = False
_scribe: Scribe | None = None


def start(
    logger: BaseLogger | None = None,
    logger_type: Literal["sqlite", "file"] = "sqlite",
    config: dict[str, Any] | None = None,
) -> str:
    """Begin to log. If something is being logged already, that ends.

    Args:
        logger: a logger of your own; None makes one by the next two arguments.
        logger_type: "sqlite" for a database, "file" for a text file.
        config: ``{"dbname": ...}`` for a database, ``{"filename": ...}`` for a file; None takes the defaults,
            ``logs.db`` and ``autogen_logs/runtime.log``.

    Returns:
        The id of the session.

    Raises:
        ValueError: there is no logger of that type.
        TypeError: the config cannot be understood.
        OSError: the database or the file cannot be opened.
    """
    global autogen_logger, is_logging, _scribe
    new = logger if logger is not None else LoggerFactory.get_logger(logger_type, config)
    session_id = new.start()
    if is_logging:
        stop()
    autogen_logger, is_logging = new, True
    _scribe = Scribe(new)
    subscribe(_scribe.write, KINDS)
    return session_id


def stop() -> None:
    """End the session. Nothing happens if nothing is being logged."""
    global is_logging, _scribe
    if _scribe is not None:
        unsubscribe(_scribe.write)
        _scribe = None
    was_logging, is_logging = is_logging, False
    if was_logging and autogen_logger is not None:
        _guarded("stop")


def logging_enabled() -> bool:
    """Tell whether something is being logged."""
    return is_logging


def get_connection() -> sqlite3.Connection | None:
    """The connection to the database of the current session.

    Returns:
        The connection; None if nothing has been logged yet, or not to a database.
    """
    return cast("sqlite3.Connection | None", _guarded("get_connection"))


def log_chat_completion(
    invocation_id: uuid.UUID,
    client_id: int,
    wrapper_id: int,
    agent: str | Agent,
    request: dict[str, Any],
    response: object,
    is_cached: int,
    cost: float,
    start_time: str,
) -> None:
    """Log the answer of a model; see `BaseLogger.log_chat_completion` for the arguments."""
    _guarded(
        "log_chat_completion",
        invocation_id,
        client_id,
        wrapper_id,
        agent,
        request,
        response,
        is_cached,
        cost,
        start_time,
    )


def log_new_agent(agent: Agent, init_args: dict[str, Any]) -> None:
    """Log that an agent was made; see `BaseLogger.log_new_agent`."""
    _guarded("log_new_agent", agent, init_args)


def log_event(source: str | Agent, name: str, **kwargs: Any) -> None:
    """Log an event of your own.

    Args:
        source: the agent to which it happens, or any name.
        name: what happens.
        **kwargs: what is to be known about it.
    """
    _guarded("log_event", source, name, **kwargs)


def log_new_wrapper(wrapper: object, init_args: dict[str, Any]) -> None:
    """Log that an `OpenAIWrapper` was made; see `BaseLogger.log_new_wrapper`."""
    _guarded("log_new_wrapper", wrapper, init_args)


def log_new_client(client: object, wrapper: object, init_args: dict[str, Any]) -> None:
    """Log that a client has connected; see `BaseLogger.log_new_client`."""
    _guarded("log_new_client", client, wrapper, init_args)


def log_function_use(agent: str | Agent, function: Callable[..., Any], args: dict[str, Any], returns: object) -> None:
    """Log that a function has run; see `BaseLogger.log_function_use`."""
    _guarded("log_function_use", agent, function, args, returns)


def _guarded(method: str, /, *args: Any, **kwargs: Any) -> object:
    """Call the logger, if there is one. What it raises is reported."""
    if autogen_logger is None:
        logger.error("[runtime logging] %s: autogen logger is None", method)
        return None
    try:
        return getattr(autogen_logger, method)(*args, **kwargs)
    except Exception:
        logger.exception("[runtime logging] %s: the logger raised an error", method)
        return None
