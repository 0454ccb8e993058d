"""Documents in MongoDB Atlas. The extra ``retrievechat-mongodb`` installs the client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...._argument_checks import arguments_checked
from ....errors import VectorStoreError
from .._retrieval.embed import embedding_from
from ..vectordb.mongodb import MongoDBAtlasVectorDB
from ._collection import DEFAULT_COLLECTION_NAME, EMPTY_RESPONSE_REPLY, EMPTY_RESPONSE_TEXT, CollectionQueryEngine

if TYPE_CHECKING:
    from .._retrieval.embed import EmbeddingFunction
    from ._reader import Model

__all__ = ("DEFAULT_COLLECTION_NAME", "EMPTY_RESPONSE_REPLY", "EMPTY_RESPONSE_TEXT", "MongoDBQueryEngine")

_SECONDS_UNTIL_READY = 120.0


class MongoDBQueryEngine(CollectionQueryEngine):
    """Keeps documents in MongoDB Atlas, and answers questions from them; a `RAGQueryEngine`.

    Args:
        connection_string: a url, ``mongodb+srv://...``.
        llm: the model that answers: an ``llm_config``, an agent with a model, a model of LlamaIndex, or None for
            OpenAI's ``gpt-4o``.
        database_name: the database; by default ``vector_db``.
        embedding_function: takes a list of texts and gives a vector for each; the default is the local embedding where
            it is installed.
        embedding_model: in its place, the name of a model of sentence-transformers.
        collection_name: the name of the collection.

    Raises:
        ValueError: there is no connection string.
    """

    @arguments_checked
    def __init__(
        self,
        connection_string: str,
        llm: Model = None,
        database_name: str | None = None,
        embedding_function: EmbeddingFunction | str | None = None,
        embedding_model: str | None = None,
        collection_name: str | None = None,
    ) -> None:
        if not connection_string:
            raise ValueError('connection_string must say where MongoDB is: "mongodb+srv://...".')
        if embedding_function is None and embedding_model is not None:
            embedding_function = embedding_from(None, embedding_model)
        super().__init__(collection_name, embedding_function, llm)
        self.connection_string = connection_string
        self.database_name = database_name or "vector_db"

    def _open(self) -> MongoDBAtlasVectorDB:
        return MongoDBAtlasVectorDB(
            self.connection_string,
            self.database_name,
            embedding_function=self.embedding_function,
            wait_until_index_ready=_SECONDS_UNTIL_READY,
            wait_until_document_ready=_SECONDS_UNTIL_READY,
        )

    def connect_db(self, *args: Any, **kwargs: Any) -> bool:
        """Go on with a collection that exists.

        Args:
            *args: not used.
            **kwargs: not used.

        Returns:
            True.

        Raises:
            VectorStoreError: the collection does not exist, or the database cannot be reached.
        """
        try:
            self._database().get_collection(self.collection_name)
        except VectorStoreError as error:
            raise VectorStoreError(f"{error} Make it with init_db.") from error
        self._is_connected = True
        return True
