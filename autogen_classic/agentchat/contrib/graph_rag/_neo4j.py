"""Facts in Neo4j."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from ...._packages import missing_package
from .._retrieval.ask import Model
from .._retrieval.embed import EmbeddingFunction
from .._retrieval.failures import plain_errors
from ._cypher import CypherFactsQueryEngine
from ._facts import Guide

if TYPE_CHECKING:
    from neo4j import Driver

__all__ = ("Neo4jFactsQueryEngine",)


class Neo4jFactsQueryEngine(CypherFactsQueryEngine):
    """Keeps facts in Neo4j.

    Args:
        address: where the server listens, such as ``bolt://localhost:7687``.
        username: who connects.
        password: the password.
        database: the database; None for the one that the server chooses.
        llm: the model that reads the documents.
        query_llm: the model that answers; None for the same.
        embedding: compares questions with facts.
        guide: which facts are wanted.

    Raises:
        ImportError: neo4j is missing.
    """

    def __init__(
        self,
        address: str,
        username: str,
        password: str,
        database: str | None,
        llm: Model,
        query_llm: Model,
        embedding: EmbeddingFunction | str | None,
        guide: Guide,
    ) -> None:
        try:
            import neo4j  # noqa: F401 - missing packages are reported now
        except ImportError as error:
            raise missing_package(type(self).__name__, error, "neo4j") from error
        super().__init__(llm, embedding, guide, query_llm)
        self._address = address
        self._login = username, password
        self._database = database
        self._driver: Driver | None = None

    def connect_db(self) -> None:
        """Connect to the server; `init_db`, `add_records` and `query` do it by themselves.

        Raises:
            VectorStoreError: it cannot be reached, or does not let the program in.
        """
        from neo4j import GraphDatabase

        if self._driver is None:
            with self._plain_errors_of_driver():
                driver = GraphDatabase.driver(self._address, auth=self._login)
                try:
                    driver.verify_connectivity()
                except Exception:
                    driver.close()
                    raise
            self._driver = driver

    def _run(self, query: str, **parameters: str) -> Sequence[Sequence[object]]:
        self.connect_db()
        assert self._driver is not None
        with self._plain_errors_of_driver():
            result = self._driver.execute_query(query, parameters, database_=self._database)
        return [record.values() for record in result.records]

    def _plain_errors_of_driver(self) -> AbstractContextManager[None]:
        from neo4j.exceptions import DriverError, Neo4jError

        return plain_errors(f"Neo4j at {self._address}", DriverError, Neo4jError, ValueError, secrets=[self._login[1]])

    def close(self) -> None:
        """Close the connection."""
        if self._driver is not None:
            self._driver.close()
            self._driver = None
