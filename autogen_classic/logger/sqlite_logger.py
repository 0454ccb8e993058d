"""A logger that writes to a SQLite database."""

from __future__ import annotations

import logging
import sqlite3
import uuid
import weakref
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from ._rows import NOT_LOGGED, Veil, agent_fields, answer_as_json, as_json, path_in, source_name, wrapper_id_of
from ._rows import as_json as safe_serialize
from ._store import Database
from .base_logger import BaseLogger
from .logger_utils import get_current_ts

if TYPE_CHECKING:
    from .._core.party import Agent

__all__ = ("SqliteLogger", "safe_serialize")

logger = logging.getLogger("autogen.logger.sqlite_logger")
F = TypeVar("F", bound=Callable[..., Any])

DEFAULT_DATABASE = "logs.db"
SCHEMA = (
    """CREATE TABLE IF NOT EXISTS chat_completions (
        id INTEGER PRIMARY KEY, invocation_id TEXT, client_id INTEGER, wrapper_id INTEGER, session_id TEXT,
        source_name TEXT, request TEXT, response TEXT, is_cached INTEGER, cost REAL,
        start_time DATETIME DEFAULT CURRENT_TIMESTAMP, end_time DATETIME DEFAULT CURRENT_TIMESTAMP)""",
    """CREATE TABLE IF NOT EXISTS agents (
        id INTEGER PRIMARY KEY, agent_id INTEGER, wrapper_id INTEGER, session_id TEXT, name TEXT, class TEXT,
        init_args TEXT, timestamp DATETIME DEFAULT CURRENT_TIMESTAMP, UNIQUE(agent_id, session_id))""",
    """CREATE TABLE IF NOT EXISTS oai_wrappers (
        id INTEGER PRIMARY KEY, wrapper_id INTEGER, session_id TEXT, init_args TEXT,
        timestamp DATETIME DEFAULT CURRENT_TIMESTAMP, UNIQUE(wrapper_id, session_id))""",
    """CREATE TABLE IF NOT EXISTS oai_clients (
        id INTEGER PRIMARY KEY, client_id INTEGER, wrapper_id INTEGER, session_id TEXT, class TEXT, init_args TEXT,
        timestamp DATETIME DEFAULT CURRENT_TIMESTAMP, UNIQUE(client_id, session_id))""",
    "CREATE TABLE IF NOT EXISTS version (id INTEGER PRIMARY KEY CHECK (id = 1), version_number INTEGER NOT NULL)",
    """CREATE TABLE IF NOT EXISTS events (
        event_name TEXT, source_id INTEGER, source_name TEXT, agent_module TEXT DEFAULT NULL,
        agent_class_name TEXT DEFAULT NULL, id INTEGER PRIMARY KEY, json_state TEXT,
        timestamp DATETIME DEFAULT CURRENT_TIMESTAMP)""",
    """CREATE TABLE IF NOT EXISTS function_calls (
        source_id INTEGER, source_name TEXT, function_name TEXT, args TEXT DEFAULT NULL, returns TEXT DEFAULT NULL,
        timestamp DATETIME DEFAULT CURRENT_TIMESTAMP)""",
)


class SqliteLogger(BaseLogger):
    """Writes what agents do to the tables of a SQLite database, which are those of 0.2.

    Several threads and processes may write to one file. While the file is locked, or the disk full, rows wait in
    memory; a file that was deleted is made anew.

    Args:
        config: ``dbname``, the file; without it, ``logs.db`` in the working directory.

    Attributes:
        schema_version: the version of the tables, as the table ``version`` says it.
        session_id: the id of this session, which stands in most tables.

    Raises:
        TypeError: the config is not a dict, or ``dbname`` not a path.
    """

    schema_version = 1

    def __init__(self, config: dict[str, Any]) -> None:
        self.config = config
        self.dbname = path_in(config, "dbname", DEFAULT_DATABASE, type(self).__name__)
        self.session_id = ""
        self._veil = Veil()
        self._seen: dict[tuple[str, int], weakref.ref[object]] = {}
        version = f"INSERT OR IGNORE INTO version (id, version_number) VALUES (1, {self.schema_version})"
        self._database = Database(self.dbname, (*SCHEMA, version), logger)

    def start(self) -> str:
        """Open the database, and create the tables that are missing.

        Returns:
            The id of the session.

        Raises:
            OSError: the database cannot be opened.
        """
        self._database.open()
        self.session_id = str(uuid.uuid4())
        return self.session_id

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
        """See `BaseLogger.log_chat_completion`."""
        self._insert(
            "chat_completions",
            invocation_id=str(invocation_id),
            client_id=client_id,
            wrapper_id=wrapper_id,
            session_id=self.session_id,
            source_name=source_name(source),
            request=self._veil.over(as_json(request)),
            response=self._veil.over(answer_as_json(response, indent=4)),
            is_cached=is_cached,
            cost=cost,
            start_time=start_time,
            end_time=get_current_ts(),
        )

    def log_new_agent(self, agent: Agent, init_args: dict[str, Any]) -> None:
        """See `BaseLogger.log_new_agent`. The row of an agent holds what was logged last."""
        self._make_room("agents", "agent_id", agent)
        self._insert(
            "agents",
            conflict="ON CONFLICT (agent_id, session_id) DO UPDATE SET wrapper_id = excluded.wrapper_id, "
            "name = excluded.name, class = excluded.class, init_args = excluded.init_args, "
            "timestamp = excluded.timestamp",
            agent_id=id(agent),
            wrapper_id=wrapper_id_of(agent),
            session_id=self.session_id,
            name=source_name(agent),
            **{"class": type(agent).__name__},
            init_args=self._settings(init_args),
            timestamp=get_current_ts(),
        )

    def log_event(self, source: str | Agent, name: str, **kwargs: Any) -> None:
        """See `BaseLogger.log_event`."""
        module, class_name = agent_fields(source)
        self._insert(
            "events",
            event_name=name,
            source_id=id(source),
            source_name=source_name(source),
            agent_module=module,
            agent_class_name=class_name,
            json_state=self._veil.over(as_json(kwargs)),
            timestamp=get_current_ts(),
        )

    def log_new_wrapper(self, wrapper: object, init_args: dict[str, Any]) -> None:
        """See `BaseLogger.log_new_wrapper`."""
        self._make_room("oai_wrappers", "wrapper_id", wrapper)
        self._insert(
            "oai_wrappers",
            conflict="ON CONFLICT DO NOTHING",
            wrapper_id=id(wrapper),
            session_id=self.session_id,
            init_args=self._settings(init_args),
            timestamp=get_current_ts(),
        )

    def log_new_client(self, client: object, wrapper: object, init_args: dict[str, Any]) -> None:
        """See `BaseLogger.log_new_client`."""
        self._make_room("oai_clients", "client_id", client)
        self._insert(
            "oai_clients",
            conflict="ON CONFLICT DO NOTHING",
            client_id=id(client),
            wrapper_id=id(wrapper),
            session_id=self.session_id,
            **{"class": type(client).__name__},
            init_args=self._settings(init_args),
            timestamp=get_current_ts(),
        )

    def log_function_use(
        self, source: str | Agent, function: Callable[..., Any], args: dict[str, Any], returns: object
    ) -> None:
        """See `BaseLogger.log_function_use`."""
        self._insert(
            "function_calls",
            source_id=id(source),
            source_name=source_name(source),
            function_name=getattr(function, "__name__", type(function).__name__),
            args=self._veil.over(as_json(args)),
            returns=self._veil.over(as_json(returns)),
            timestamp=get_current_ts(),
        )

    def stop(self) -> None:
        """Write what waits, and close the database."""
        self._database.close()

    def get_connection(self) -> sqlite3.Connection | None:
        """The connection to the database, for queries; None before `start`."""
        return self._database.connection

    def _settings(self, settings: dict[str, Any]) -> str:
        return self._veil.over(as_json(self._veil.settings(settings, exclude=NOT_LOGGED)))

    def _make_room(self, table: str, column: str, thing: object) -> None:
        """Keep the row of something that is gone, whose id has now come again: it gets the negative of its number."""
        known = self._seen.get((table, id(thing)))
        if known is not None and known() is not thing:
            statement = f"UPDATE {table} SET {column} = -id WHERE {column} = ? AND session_id = ?"
            self._database.add((statement, (id(thing), self.session_id)))
        with suppress(TypeError):  # of what takes no weak references
            self._seen[table, id(thing)] = weakref.ref(thing)

    def _insert(self, table: str, /, conflict: str = "", **values: Any) -> None:
        """Add a row. ``conflict`` says what to do if the table holds one of this session with the same id."""
        columns, places = ", ".join(values), ", ".join("?" * len(values))
        statement = f"INSERT INTO {table} ({columns}) VALUES ({places}) {conflict}"
        self._database.add((statement, tuple(values.values())))
