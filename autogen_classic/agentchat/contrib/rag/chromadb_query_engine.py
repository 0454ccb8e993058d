"""Documents on a server of Chroma. The extra ``rag`` installs the client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...._argument_checks import Port, arguments_checked
from ...._packages import missing_package
from .._retrieval.embed import EmbeddingFunction
from .._retrieval.failures import plain_errors
from ..vectordb.chromadb import ChromaVectorDB
from ._collection import DEFAULT_COLLECTION_NAME, EMPTY_RESPONSE_REPLY, EMPTY_RESPONSE_TEXT, CollectionQueryEngine
from ._reader import Model

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.config import Settings

__all__ = ("DEFAULT_COLLECTION_NAME", "EMPTY_RESPONSE_REPLY", "EMPTY_RESPONSE_TEXT", "ChromaDBQueryEngine")


class ChromaDBQueryEngine(CollectionQueryEngine):
    """Keeps documents on a server of Chroma, and answers questions from them; a `RAGQueryEngine`.

    Args:
        host: where the server runs.
        port: where it listens.
        settings: further settings of the client.
        tenant: the tenant; by default that of Chroma.
        database: the database; by default that of Chroma.
        embedding_function: takes a list of texts and gives a vector for each; the default is the local embedding where
            it is installed.
        metadata: the settings of a new collection.
        llm: the model that answers: an ``llm_config``, an agent with a model, a model of LlamaIndex, or None for
            OpenAI's ``gpt-4o``.
        collection_name: the name of the collection.

    Raises:
        ImportError: chromadb is missing.
    """

    @arguments_checked
    def __init__(
        self,
        host: str | None = "localhost",
        port: Port | None = 8000,
        settings: Settings | None = None,
        tenant: str | None = None,
        database: str | None = None,
        embedding_function: EmbeddingFunction | str | None = None,
        metadata: dict[str, Any] | None = None,
        llm: Model = None,
        collection_name: str | None = None,
    ) -> None:
        try:
            import chromadb  # noqa: F401 - missing packages are reported now
        except ImportError as error:
            raise missing_package("ChromaDBQueryEngine", error, "rag") from error
        super().__init__(collection_name, embedding_function, llm)
        wanted = {"host": host, "port": port, "settings": settings, "tenant": tenant, "database": database}
        self._place: dict[str, Any] = {key: value for key, value in wanted.items() if value is not None}
        self._metadata = metadata

    def _open(self) -> ChromaVectorDB:
        return ChromaVectorDB(
            client=self._client(), embedding_function=self.embedding_function, metadata=self._metadata
        )

    def _client(self) -> ClientAPI:
        import chromadb
        from chromadb.errors import ChromaError

        where = f"The server of Chroma at {self._place.get('host')}:{self._place.get('port')}"
        with plain_errors(where, ChromaError, ValueError):  # the second where nothing listens
            return chromadb.HttpClient(**self._place)
