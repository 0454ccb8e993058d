"""PostgreSQL with the extension pgvector. The extra ``retrievechat-pgvector`` installs what speaks to it.

A collection is a table. Its name is that of the collection in small letters, with an underscore for each hyphen.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ....errors import VectorStoreError
from .._retrieval.documents import rows_of
from .._retrieval.embed import EmbeddingFunction, embedding_from
from .._retrieval.pg_collection import PGVECTOR_MAX_BATCH_SIZE, Collection
from .._retrieval.postgres import Row, connect, enable_vectors
from .base import Document, ItemID, QueryResults, VectorDB

if TYPE_CHECKING:
    import psycopg

__all__ = ("PGVECTOR_MAX_BATCH_SIZE", "Collection", "PGVectorDB")


class PGVectorDB(VectorDB):
    """Documents in PostgreSQL.

    Args:
        conn: a connection of psycopg, in the place of everything that says how to connect.
        connection_string: a url (``postgresql://user:password@host/name``) or the words of libpq.
        host: the host, or the folder of the socket.
        port: the port.
        dbname: the database.
        username: who connects.
        password: with what password.
        connect_timeout: after how many seconds to give up.
        embedding_function: takes a list of texts and gives a vector for each; ``"local"`` for the embedding that needs
            no network; the default is ``all-MiniLM-L6-v2``.
        metadata: settings of the indexes of new collections: ``hnsw:construction_ef`` and ``hnsw:M``.

    Raises:
        ImportError: psycopg is missing.
        VectorStoreError: the server cannot be reached, or does not have pgvector.
        EmbeddingUnavailableError: no embedding can be loaded.
    """

    def __init__(
        self,
        *,
        conn: psycopg.Connection[Row] | None = None,
        connection_string: str | None = None,
        host: str | None = None,
        port: int | str | None = None,
        dbname: str | None = None,
        username: str | None = None,
        password: str | None = None,
        connect_timeout: int | None = 10,
        embedding_function: EmbeddingFunction | str | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        self.type = "pgvector"
        self._given_connection = conn
        self._place = (connection_string, host, port, dbname, username, password, connect_timeout)
        self.client = self.establish_connection(conn, *self._place)
        self.embedding_function: EmbeddingFunction = embedding_from(embedding_function)
        self.metadata = metadata
        self.active_collection: Collection | None = None

    def establish_connection(
        self,
        conn: psycopg.Connection[Row] | None = None,
        connection_string: str | None = None,
        host: str | None = None,
        port: int | str | None = None,
        dbname: str | None = None,
        username: str | None = None,
        password: str | None = None,
        connect_timeout: int | None = 10,
    ) -> psycopg.Connection[Row]:
        """Connect, and load pgvector into the database; the parameters are those of the class.

        Returns:
            The connection: the given one, or a new one which commits each statement.

        Raises:
            VectorStoreError: the server cannot be reached, or does not have pgvector.
        """
        settings = {
            "host": host,
            "port": port,
            "dbname": dbname,
            "user": username,
            "password": password,
            "connect_timeout": connect_timeout,
        }
        connection = conn if conn is not None else connect(connection_string, settings)
        enable_vectors(connection)
        return connection

    def _collection(self, collection_name: str) -> Collection:
        """The table of a collection, over a connection that is alive if the program has not made it itself."""
        if self.client.closed and self._given_connection is None:
            self.client = self.establish_connection(None, *self._place)
        return Collection(self.client, collection_name, self.embedding_function, self.metadata)

    def create_collection(
        self, collection_name: str, overwrite: bool = False, get_or_create: bool = True
    ) -> Collection:
        """See `VectorDB.create_collection`."""
        collection = self._collection(collection_name)
        exists = collection.table_exists(collection.name)
        if exists and overwrite:
            collection.delete_collection()
        elif exists and not get_or_create:
            raise VectorStoreError(f"Collection {collection_name} already exists.")
        collection.create_collection()
        self.active_collection = collection
        return collection

    def get_collection(self, collection_name: str | None = None) -> Collection:
        """See `VectorDB.get_collection`."""
        if collection_name is not None:
            collection = self._collection(collection_name)
            if not collection.table_exists(collection.name):
                raise VectorStoreError(f"Collection {collection_name} does not exist.")
            self.active_collection = collection
        if self.active_collection is None:
            raise VectorStoreError("No collection is specified.")
        return self.active_collection

    def delete_collection(self, collection_name: str) -> None:
        """See `VectorDB.delete_collection`; it is no error if there is none."""
        collection = self._collection(collection_name)
        collection.delete_collection()
        if self.active_collection is not None and self.active_collection.name == collection.name:
            self.active_collection = None

    def insert_docs(self, docs: list[Document], collection_name: str | None = None, upsert: bool = False) -> None:  # type: ignore[override]
        """See `VectorDB.insert_docs`. Documents whose ids are stored already stay as they are, unless ``upsert``."""
        rows = rows_of(docs)
        if docs:
            collection = self.get_collection(collection_name)
            write = collection.upsert if upsert else collection.add
            write(rows.ids, rows.documents, rows.vectors(self.embedding_function), rows.metadatas)

    def update_docs(self, docs: list[Document], collection_name: str | None = None) -> None:  # type: ignore[override]
        """See `VectorDB.update_docs`."""
        rows = rows_of(docs)
        if docs:
            collection = self.get_collection(collection_name)
            collection.update(rows.ids, rows.vectors(self.embedding_function), rows.metadatas, rows.documents)

    def delete_docs(self, ids: list[ItemID], collection_name: str | None = None) -> None:  # type: ignore[override]
        """See `VectorDB.delete_docs`."""
        self.get_collection(collection_name).delete(ids)

    def retrieve_docs(  # type: ignore[override]
        self,
        queries: list[str],
        collection_name: str | None = None,
        n_results: int = 10,
        distance_threshold: float = -1,
    ) -> QueryResults:
        """See `VectorDB.retrieve_docs`; distances are Euclidean."""
        collection = self.get_collection(collection_name)
        return collection.query(queries, n_results=n_results, distance_threshold=distance_threshold)

    def get_docs_by_ids(
        self,
        ids: list[ItemID] | None = None,
        collection_name: str | None = None,
        include: Sequence[str] | bool | None = None,
        **kwargs: Any,
    ) -> list[Document]:
        """See `VectorDB.get_docs_by_ids`.

        Args:
            ids: their ids; the default is all of them.
            collection_name: the collection; the default is the one in use.
            include: any of ``"documents"``, ``"metadatas"`` and ``"embeddings"``; the default is all.
            **kwargs: ``where``, ``limit`` and ``offset``, as `Collection.get` takes them.
        """
        return self.get_collection(collection_name).get(ids, include, **kwargs)
