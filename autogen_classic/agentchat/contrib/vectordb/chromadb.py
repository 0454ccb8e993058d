"""Chroma, in a folder, in memory or as a server. The extra ``retrievechat`` installs it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ....errors import VectorStoreError
from .._retrieval.chroma import FAST_SEARCH, collection_of, persistent_client, plain_errors, put, query
from .._retrieval.documents import rows_of, texts_of
from .._retrieval.embed import EmbeddingFunction, embedding_from, plain
from .base import Document, ItemID, QueryResults, VectorDB
from .utils import chroma_results_to_query_results, filter_results_by_distance

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection

__all__ = ("CHROMADB_MAX_BATCH_SIZE", "ChromaVectorDB")

CHROMADB_MAX_BATCH_SIZE = int(os.environ.get("CHROMADB_MAX_BATCH_SIZE", 40_000))


class ChromaVectorDB(VectorDB):
    """Documents in Chroma.

    Args:
        client: a client of Chroma; the default keeps its data in ``path``.
        path: a folder.
        embedding_function: takes a list of texts and gives a vector for each; ``"local"`` for the embedding that needs
            no network; the default is ``all-MiniLM-L6-v2``.
        metadata: the settings of new collections; by default, distances are inner products.
        **kwargs: what ``chromadb.PersistentClient`` takes beside the path.

    Raises:
        ImportError: chromadb is missing.
        EmbeddingUnavailableError: no embedding can be loaded.
    """

    def __init__(
        self,
        *,
        client: ClientAPI | None = None,
        path: str | None = "tmp/db",
        embedding_function: EmbeddingFunction | str | None = None,
        metadata: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        self.client = client or persistent_client(path or "tmp/db", **kwargs)
        self.path = path
        self.embedding_function: EmbeddingFunction = embedding_from(embedding_function)
        self.metadata = dict(FAST_SEARCH) if metadata is None else metadata
        self.type = "chroma"
        self.active_collection: Collection | None = None

    def create_collection(
        self, collection_name: str, overwrite: bool = False, get_or_create: bool = True
    ) -> Collection:
        """See `VectorDB.create_collection`."""
        if overwrite and collection_name in {one.name for one in self.client.list_collections()}:
            self.client.delete_collection(collection_name)
        self.active_collection = collection_of(
            self.client, collection_name, self.embedding_function, self.metadata, create=True, get=get_or_create
        )
        return self.active_collection

    def get_collection(self, collection_name: str | None = None) -> Collection:
        """See `VectorDB.get_collection`."""
        if collection_name is not None:
            self.active_collection = collection_of(self.client, collection_name, self.embedding_function)
        if self.active_collection is None:
            raise VectorStoreError("No collection is specified.")
        return self.active_collection

    def delete_collection(self, collection_name: str) -> None:
        """See `VectorDB.delete_collection`.

        Raises:
            VectorStoreError: the collection does not exist.
        """
        with plain_errors(f"The collection {collection_name!r}"):
            self.client.delete_collection(collection_name)
        if self.active_collection is not None and self.active_collection.name == collection_name:
            self.active_collection = None

    def insert_docs(self, docs: list[Document], collection_name: str | None = None, upsert: bool = False) -> None:  # type: ignore[override]
        """See `VectorDB.insert_docs`. Documents whose ids are stored already stay as they are, unless ``upsert``."""
        rows = rows_of(docs)
        if docs:
            collection = self.get_collection(collection_name)
            write = collection.upsert if upsert else collection.add
            put(write, self.client, self.embedding_function, rows, CHROMADB_MAX_BATCH_SIZE)

    def update_docs(self, docs: list[Document], collection_name: str | None = None) -> None:  # type: ignore[override]
        """See `VectorDB.update_docs`."""
        rows = rows_of(docs)
        if docs:
            collection = self.get_collection(collection_name)
            put(collection.update, self.client, self.embedding_function, rows, CHROMADB_MAX_BATCH_SIZE)

    def delete_docs(self, ids: list[ItemID], collection_name: str | None = None, **kwargs: Any) -> None:
        """See `VectorDB.delete_docs`; the settings are those of Chroma's ``delete``."""
        collection = self.get_collection(collection_name)
        if ids:
            with plain_errors(f"The collection {collection.name!r}"):
                collection.delete([str(one) for one in ids], **kwargs)

    def retrieve_docs(
        self,
        queries: list[str],
        collection_name: str | None = None,
        n_results: int = 10,
        distance_threshold: float = -1,
        **kwargs: Any,
    ) -> QueryResults:
        """See `VectorDB.retrieve_docs`; the settings are those of Chroma's ``query``."""
        collection = self.get_collection(collection_name)
        answer: dict[str, Any] = dict(
            query(collection, self.embedding_function, texts_of(queries), n_results, **kwargs)
        )
        answer["contents"] = answer.pop("documents")
        return filter_results_by_distance(chroma_results_to_query_results(answer), distance_threshold)

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
            include: any of ``"documents"``, ``"metadatas"`` and ``"embeddings"``; the default is the first two.
            **kwargs: what Chroma's ``get`` takes.
        """
        collection = self.get_collection(collection_name)
        wanted: Any = list(include if isinstance(include, Sequence) else ("metadatas", "documents"))
        with plain_errors(f"The collection {collection.name!r}"):
            found = collection.get([str(one) for one in ids] if ids else None, include=wanted, **kwargs)
        columns = {
            "content": found["documents"],
            "metadata": found["metadatas"],
            "embedding": plain(found["embeddings"]),
        }
        shown = {key: values for key, values in columns.items() if isinstance(values, list)}
        return [
            {"id": one, **{key: values[place] for key, values in shown.items()}}  # type: ignore[typeddict-item]
            for place, one in enumerate(found["ids"])
        ]
