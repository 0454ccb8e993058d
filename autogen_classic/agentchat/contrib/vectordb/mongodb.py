"""MongoDB Atlas with its vector search. The extra ``retrievechat-mongodb`` installs the client.

Atlas says how similar documents are, not how far away: the number beside a document is its similarity, between 0 and 1,
and the largest comes first. A ``distance_threshold`` of 0.3 asks for a similarity of 0.7 or more.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from ...._packages import missing_package
from ....errors import VectorStoreError
from .._retrieval import failures
from .._retrieval.documents import Rows, rows_of, texts_of
from .._retrieval.embed import EmbeddingFunction, embed, embedding_from, size_of
from .base import Document, ItemID, QueryResults, VectorDB

if TYPE_CHECKING:
    from pymongo.collection import Collection

    Stored = Collection[dict[str, Any]]

__all__ = ("DEFAULT_INSERT_BATCH_SIZE", "MongoDBAtlasVectorDB", "with_id_rename")

DEFAULT_INSERT_BATCH_SIZE = 100_000

_DUPLICATE_KEY = 11000
_CANDIDATES = 10  # how many times as many documents the search considers as it returns
_PAUSE = 0.1  # seconds between two looks at what is not ready yet
_FIELDS = {"documents": "content", "metadatas": "metadata", "embeddings": "embedding"}


def with_id_rename(docs: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Give documents of MongoDB the name of the id that documents have here.

    Args:
        docs: documents with an ``_id``.

    Returns:
        New ones with an ``id``.
    """
    return [{("id" if key == "_id" else key): value for key, value in doc.items()} for doc in docs]


class MongoDBAtlasVectorDB(VectorDB):
    """Documents in MongoDB Atlas.

    Args:
        connection_string: a url, ``mongodb+srv://...``.
        database_name: the database.
        embedding_function: takes a list of texts and gives a vector for each; ``"local"`` for the embedding that needs
            no network; the default is ``all-MiniLM-L6-v2``.
        collection_name: a collection to make at once, or to take if it exists.
        index_name: the name of the search indexes.
        overwrite: throw that collection away if it exists.
        wait_until_index_ready: for how many seconds to wait for a new index; None does not wait.
        wait_until_document_ready: for how many seconds to wait until inserted documents are found; None does not wait.

    Raises:
        ImportError: pymongo is missing.
        VectorStoreError: the server cannot be reached, or does not let the program in.
        EmbeddingUnavailableError: no embedding can be loaded.
    """

    def __init__(
        self,
        connection_string: str = "",
        database_name: str = "vector_db",
        embedding_function: EmbeddingFunction | str | None = None,
        collection_name: str | None = None,
        index_name: str = "vector_index",
        overwrite: bool = False,
        wait_until_index_ready: float | None = None,
        wait_until_document_ready: float | None = None,
    ) -> None:
        try:
            from pymongo import MongoClient
            from pymongo.driver_info import DriverInfo
            from pymongo.errors import PyMongoError
        except ImportError as error:
            raise missing_package("MongoDB", error, "retrievechat-mongodb") from error
        self.type = "mongodb"
        self.embedding_function: EmbeddingFunction = embedding_from(embedding_function)
        self.index_name = index_name
        self._wait_until_index_ready = wait_until_index_ready
        self._wait_until_document_ready = wait_until_document_ready
        self._dimensions: int | None = None
        with _plain_errors("MongoDB", ValueError, secrets=failures.secrets_of_connection(connection_string)):
            self.client: MongoClient[dict[str, Any]] = MongoClient(
                connection_string, driver=DriverInfo(name="autogen-classic")
            )
            try:
                self.client.admin.command("ping")
            except PyMongoError:
                self.client.close()
                raise
        self.db = self.client[database_name]
        self.active_collection: Stored | None = None
        if collection_name:
            self.create_collection(collection_name, overwrite)

    @property
    def dimensions(self) -> int:
        """How many numbers a vector of the embedding has."""
        if self._dimensions is None:
            self._dimensions = size_of(self.embedding_function)
        return self._dimensions

    def list_collections(self) -> list[str]:
        """The names of all collections of the database."""
        with _plain_errors("MongoDB"):
            return self.db.list_collection_names()

    def create_collection(self, collection_name: str, overwrite: bool = False, get_or_create: bool = True) -> Stored:
        """See `VectorDB.create_collection`."""
        exists = collection_name in self.list_collections()
        if exists and overwrite:
            self.delete_collection(collection_name)
        elif exists and not get_or_create:
            raise VectorStoreError(f"Collection {collection_name} already exists.")
        with _plain_errors(f"The collection {collection_name!r}"):
            if exists and not overwrite:
                collection = self.db[collection_name]
            else:
                collection = self.db.create_collection(collection_name)
        self.create_index_if_not_exists(self.index_name, collection)
        self.active_collection = collection
        return collection

    def create_index_if_not_exists(self, index_name: str = "vector_index", collection: Stored | None = None) -> None:
        """Make the search index of a collection, unless it has one.

        Args:
            index_name: the name of the index.
            collection: the default is the one in use.
        """
        collection = collection if collection is not None else self.get_collection()
        if self._index(collection, index_name) is None:
            self.create_vector_search_index(collection, index_name)

    def create_vector_search_index(
        self, collection: Stored, index_name: str | None = "vector_index", similarity: str = "cosine"
    ) -> None:
        """Make a search index.

        Args:
            collection: the collection.
            index_name: the name of the index.
            similarity: how vectors are compared: ``"cosine"``, ``"euclidean"`` or ``"dotProduct"``.
        """
        from pymongo.operations import SearchIndexModel

        name = index_name or "vector_index"
        field = {
            "type": "vector",
            "numDimensions": self.dimensions,
            "path": "embedding",
            "similarity": similarity,
        }
        with _plain_errors(f"The collection {collection.name!r}"):
            collection.create_search_index(
                model=SearchIndexModel(definition={"fields": [field]}, name=name, type="vectorSearch")
            )
        if self._wait_until_index_ready:
            self._wait(
                self._wait_until_index_ready,
                lambda: bool((self._index(collection, name) or {}).get("queryable")),
                f"The index {name!r} of the collection {collection.name!r} is not ready",
            )

    def _index(self, collection: Stored, name: str) -> Mapping[str, Any] | None:
        """What MongoDB says about a search index; None if there is none."""
        with _plain_errors(f"The collection {collection.name!r}"):
            return next(iter(collection.list_search_indexes(name)), None)

    @staticmethod
    def _wait(seconds: float, is_ready: Callable[[], bool], what: str) -> None:
        end = time.monotonic() + seconds
        while not is_ready():
            if time.monotonic() > end:
                raise VectorStoreError(f"{what} after {seconds:g} seconds.")
            time.sleep(_PAUSE)

    def get_collection(self, collection_name: str | None = None) -> Stored:
        """See `VectorDB.get_collection`."""
        if collection_name is not None:
            if collection_name not in self.list_collections():
                raise VectorStoreError(f"Collection {collection_name} does not exist.")
            self.active_collection = self.db[collection_name]
        if self.active_collection is None:
            raise VectorStoreError("No collection is specified.")
        return self.active_collection

    def delete_collection(self, collection_name: str) -> None:
        """See `VectorDB.delete_collection`; its search indexes go with it."""
        collection = self.db[collection_name]
        with _plain_errors(f"The collection {collection_name!r}"):
            for index in collection.list_search_indexes():
                collection.drop_search_index(index["name"])
            collection.drop()
        if self.active_collection is not None and self.active_collection.name == collection_name:
            self.active_collection = None

    def insert_docs(
        self,
        docs: list[Document],
        collection_name: str | None = None,
        upsert: bool = False,
        batch_size: int = DEFAULT_INSERT_BATCH_SIZE,
        **kwargs: Any,
    ) -> None:
        """See `VectorDB.insert_docs`. Documents whose ids are stored already stay as they are, unless ``upsert``.

        At most ``batch_size`` are sent at once; the settings are what ``insert_many`` of pymongo takes, or its
        ``bulk_write``.
        """
        rows = rows_of(docs)
        if not docs:
            return
        collection = self.get_collection(collection_name)
        for batch in rows.batches(batch_size):
            if upsert:
                self._replace(collection, batch, upsert=True, **kwargs)
            else:
                self._add(collection, batch, **kwargs)
        if self._wait_until_document_ready:
            last = Rows(rows.ids[-1:], rows.documents[-1:], rows.metadatas[-1:], rows.embeddings[-1:])
            [vector] = last.vectors(self.embedding_function)
            self._wait(
                self._wait_until_document_ready,
                lambda: bool(self._search(collection, vector, 1, -1, {})),
                f"The documents of the collection {collection.name!r} are not found",
            )

    def _stored_form(self, collection: Stored, batch: Rows) -> list[dict[str, Any]]:
        vectors = batch.vectors(self.embedding_function)
        self._check_size(collection, vectors)
        return [
            {"_id": one, "content": text, "metadata": metadata or {}, "embedding": [float(x) for x in vector]}
            for one, text, metadata, vector in zip(batch.ids, batch.documents, batch.metadatas, vectors, strict=True)
        ]

    def _check_size(self, collection: Stored, vectors: Sequence[Sequence[float]]) -> None:
        """Refuse vectors of another size than the index has."""
        index = self._index(collection, self.index_name) or {}
        for field in (index.get("latestDefinition") or {}).get("fields", []):
            failures.check_size(f"The collection {collection.name!r}", field.get("numDimensions"), vectors)

    def _add(self, collection: Stored, batch: Rows, **kwargs: Any) -> None:
        from pymongo.errors import BulkWriteError

        with _plain_errors(f"The collection {collection.name!r}"):
            try:
                collection.insert_many(self._stored_form(collection, batch), ordered=False, **kwargs)
            except BulkWriteError as error:
                problems = (error.details or {}).get("writeErrors", [])
                if any(problem.get("code") != _DUPLICATE_KEY for problem in problems):
                    raise

    def _replace(self, collection: Stored, batch: Rows, upsert: bool, **kwargs: Any) -> None:
        from pymongo import ReplaceOne

        changes = [ReplaceOne({"_id": doc["_id"]}, doc, upsert=upsert) for doc in self._stored_form(collection, batch)]
        with _plain_errors(f"The collection {collection.name!r}"):
            collection.bulk_write(changes, **kwargs)

    def update_docs(self, docs: list[Document], collection_name: str | None = None, **kwargs: Any) -> None:
        """See `VectorDB.update_docs`; ``upsert=True`` stores those that are not stored yet.

        The other settings are what ``bulk_write`` of pymongo takes.
        """
        rows = rows_of(docs)
        if docs:
            upsert = kwargs.pop("upsert", False)
            self._replace(self.get_collection(collection_name), rows, upsert, **kwargs)

    def delete_docs(self, ids: list[ItemID], collection_name: str | None = None, **kwargs: Any) -> None:
        """See `VectorDB.delete_docs`; the settings are those of pymongo's ``delete_many``."""
        collection = self.get_collection(collection_name)
        with _plain_errors(f"The collection {collection.name!r}"):
            collection.delete_many({"_id": {"$in": [str(one) for one in ids]}}, **kwargs)

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
            include: fields: any of ``"content"``, ``"metadata"`` and ``"embedding"``, or ``"documents"`` and so on;
                the default is the first two.
            **kwargs: what ``find`` of pymongo takes.
        """
        collection = self.get_collection(collection_name)
        wanted = include if isinstance(include, Sequence) else ("content", "metadata")
        fields = dict.fromkeys(["_id", *(_FIELDS.get(one, one) for one in wanted)], 1)
        matching = {} if ids is None else {"_id": {"$in": [str(one) for one in ids]}}
        with _plain_errors(f"The collection {collection.name!r}"):
            return with_id_rename(collection.find(matching, fields, **kwargs))  # type: ignore[return-value]

    def retrieve_docs(
        self,
        queries: list[str],
        collection_name: str | None = None,
        n_results: int = 10,
        distance_threshold: float = -1,
        **kwargs: Any,
    ) -> QueryResults:
        """Find the documents that are most similar to each query.

        Args:
            queries: the queries.
            collection_name: the collection; the default is the one in use.
            n_results: how many documents for each query.
            distance_threshold: one less the least similarity; below 0, nothing is left out.
            **kwargs: settings of the stage ``$vectorSearch``, such as ``filter`` or ``numCandidates``.

        Returns:
            For each query, the documents with their similarities, the most similar first.
        """
        collection = self.get_collection(collection_name)
        vectors = embed(self.embedding_function, texts_of(queries))
        self._check_size(collection, vectors)
        return [self._search(collection, vector, n_results, distance_threshold, kwargs) for vector in vectors]

    def _search(
        self,
        collection: Stored,
        vector: Sequence[float],
        n_results: int,
        distance_threshold: float,
        settings: Mapping[str, Any],
    ) -> list[tuple[Document, float]]:
        """The nearest documents of a collection, each with its score."""
        search = {
            "index": self.index_name,
            "path": "embedding",
            "queryVector": list(vector),
            "limit": n_results,
            "numCandidates": min(n_results * _CANDIDATES, 10_000),
            **settings,
        }
        stages: list[dict[str, Any]] = [
            {"$vectorSearch": search},
            {"$set": {"score": {"$meta": "vectorSearchScore"}}},
            {"$project": {"embedding": 0}},
        ]
        if distance_threshold >= 0:
            stages.insert(2, {"$match": {"score": {"$gte": 1 - distance_threshold}}})
        with _plain_errors(f"The collection {collection.name!r}"):
            found = with_id_rename(collection.aggregate(stages))
        return [(doc, score) for doc in found for score in [doc.pop("score")]]  # type: ignore[misc]


def _plain_errors(what: str, *kinds: type[Exception], secrets: Iterable[str] = ()) -> AbstractContextManager[None]:
    """Raise what pymongo raises, and errors of other kinds, as an error of this library that shows no secrets."""
    from pymongo.errors import PyMongoError

    return failures.plain_errors(what, PyMongoError, *kinds, secrets=secrets)
