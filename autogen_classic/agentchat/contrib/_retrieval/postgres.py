"""How PostgreSQL is spoken to: what it refuses becomes an error of this library, and vectors travel as text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, cast

from ...._packages import missing_package
from . import failures

if TYPE_CHECKING:
    import psycopg
    from psycopg.sql import Composed

__all__ = ("connect", "enable_vectors", "plain_errors", "run", "vector_from", "vector_text")

Row = tuple[Any, ...]


def connect(connection_string: str | None, settings: dict[str, Any]) -> psycopg.Connection[Row]:
    """Open a connection that commits each statement.

    Args:
        connection_string: a url or the words of libpq; a url of SQLAlchemy will do.
        settings: the words of libpq; those that are None are left to the string.

    Raises:
        ImportError: psycopg is missing.
        VectorStoreError: the server cannot be reached, or does not let the program in.
    """
    try:
        import psycopg
    except ImportError as error:
        raise missing_package("PostgreSQL", error, "retrievechat-pgvector") from error
    text = (connection_string or "").replace("postgresql+psycopg://", "postgresql://", 1)
    given = {name: value for name, value in settings.items() if value is not None}
    secrets = [*failures.secrets_of_connection(text), str(given.get("password", ""))]
    with plain_errors("The database", secrets):
        return psycopg.connect(text, autocommit=True, **given)


def enable_vectors(connection: psycopg.Connection[Row]) -> None:
    """Load the extension pgvector into the database.

    Raises:
        VectorStoreError: the server does not have it.
    """
    with plain_errors("The extension pgvector"):
        known = connection.execute("SELECT 1 FROM pg_extension WHERE extname = 'vector'").fetchone()
        if known is None:
            connection.execute("CREATE EXTENSION IF NOT EXISTS vector")


def run(
    connection: psycopg.Connection[Row], what: str, statement: Composed, values: Sequence[object] = ()
) -> list[Row]:
    """Run one statement.

    Args:
        connection: where.
        what: what it is about, as the beginning of a sentence.
        statement: the statement.
        values: what its places hold.

    Returns:
        The rows, none for a statement without any.

    Raises:
        EmbeddingSizeError: two vectors have different sizes.
        VectorStoreError: the server refuses it or is gone.
    """
    with plain_errors(what), connection.transaction():
        found = connection.execute(statement, values)
        return found.fetchall() if found.description else []


def plain_errors(what: str, secrets: Iterable[str] = ()) -> AbstractContextManager[None]:
    """Raise what psycopg raises as an error of this library.

    Args:
        what: what the work is about, as the beginning of a sentence.
        secrets: texts that the error may not show.
    """
    import psycopg

    return failures.plain_errors(what, psycopg.Error, of_sizes=psycopg.DataError, secrets=secrets)


def vector_text(vector: Sequence[float]) -> str:
    """A vector as PostgreSQL reads it."""
    return json.dumps([float(one) for one in vector])


def vector_from(text: str | None) -> list[float] | None:
    """A vector as PostgreSQL writes it."""
    return None if text is None else cast("list[float]", json.loads(text))
