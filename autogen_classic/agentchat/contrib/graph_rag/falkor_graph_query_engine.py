"""A graph of knowledge in FalkorDB. The extra ``graph-rag-falkor-db`` installs the client."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from ...._argument_checks import Port, arguments_checked
from ...._packages import missing_package
from ....errors import RetrievalError
from .._retrieval.ask import Model
from .._retrieval.failures import plain_errors
from ._cypher import CypherFactsQueryEngine
from ._facts import Guide, names_in

if TYPE_CHECKING:
    from falkordb import FalkorDB

__all__ = ("FalkorGraphQueryEngine",)


class FalkorGraphQueryEngine(CypherFactsQueryEngine):
    """Keeps facts in FalkorDB, and answers questions from them; a `GraphQueryEngine`.

    Things are nodes ``(:Thing {name})``, facts relationships ``[:FACT {relation}]``.

    Args:
        name: the name of the graph.
        host: the server.
        port: where it listens.
        username: who connects, if the server asks for it.
        password: the password.
        model: the model that reads the documents and answers: an ``llm_config``, an agent with a model, a model of
            LlamaIndex or LangChain, or None for OpenAI's ``gpt-4o``.
        ontology: which facts are wanted: an object with ``entities`` and ``relations``, such as an ``Ontology`` of
            GraphRAG-SDK; any by default.

    Raises:
        ImportError: falkordb is missing.
    """

    @arguments_checked
    def __init__(
        self,
        name: str,
        host: str = "127.0.0.1",
        port: Port = 6379,
        username: str | None = None,
        password: str | None = None,
        model: Model = None,
        ontology: object = None,
    ) -> None:
        try:
            import falkordb  # noqa: F401 - missing packages are reported now
        except ImportError as error:
            raise missing_package("FalkorGraphQueryEngine", error, "graph-rag-falkor-db") from error
        guide = Guide(
            names_in(getattr(ontology, "entities", None)),
            names_in(getattr(ontology, "relations", None)),
            strict=ontology is not None,
        )
        super().__init__(model, None, guide)
        self.name = name
        self._place = host, port
        self._login = username, password
        self._client: FalkorDB | None = None

    def connect_db(self) -> None:
        """Go on with a graph that exists.

        Raises:
            RetrievalError: it does not exist.
            VectorStoreError: the server cannot be reached, or does not let the program in.
        """
        with self._plain_errors_of_client():
            names = self._connected().list_graphs()
        if self.name not in names:
            raise RetrievalError(f"The graph {self.name!r} does not exist. Make it with init_db.")

    def delete(self) -> bool:
        """Delete the graph.

        Returns:
            Whether there was one.

        Raises:
            VectorStoreError: the server cannot be reached, or does not let the program in.
        """
        with self._plain_errors_of_client():
            client = self._connected()
            if self.name not in client.list_graphs():
                return False
            client.select_graph(self.name).delete()
        return True

    def _connected(self) -> FalkorDB:
        from falkordb import FalkorDB

        if self._client is None:
            (host, port), (username, password) = self._place, self._login
            self._client = FalkorDB(host=host, port=port, username=username, password=password)
        return self._client

    def _run(self, query: str, **parameters: str) -> Sequence[Sequence[object]]:
        with self._plain_errors_of_client():
            result = self._connected().select_graph(self.name).query(query, dict(parameters))
        rows: list[list[object]] = result.result_set
        return rows

    def _plain_errors_of_client(self) -> AbstractContextManager[None]:
        from redis.exceptions import RedisError

        host, port = self._place
        return plain_errors(f"FalkorDB at {host}:{port}", RedisError, OSError, secrets=[self._login[1] or ""])

    def close(self) -> None:
        """Close the connection."""
        if self._client is not None:
            self._client.connection.close()
            self._client = None
