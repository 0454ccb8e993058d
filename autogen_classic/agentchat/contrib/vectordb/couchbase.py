"""Couchbase with its vector search. The extra ``retrievechat-couchbase`` installs the client.

The number beside a document is its score, the largest comes first. With vectors of length 1, the scores of
``"dot_product"`` are cosines; then a ``distance_threshold`` of 0.3 asks for a score of 0.7 or more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol

from ...._packages import missing_package
from ....errors import VectorStoreError
from .._retrieval import failures
from .._retrieval.documents import Rows, rows_of, texts_of
from .._retrieval.embed import EmbeddingFunction, embed, embedding_from, size_of
from .base import Document, ItemID, QueryResults, VectorDB

if TYPE_CHECKING:
    from couchbase.collection import Collection

__all__ = ("DEFAULT_BATCH_SIZE", "EMBEDDING_KEY", "TEXT_KEY", "CouchbaseVectorDB")

DEFAULT_BATCH_SIZE = 1000
EMBEDDING_KEY = "embedding"
TEXT_KEY = "content"

_INDEX = "vector_index"
_PUBLIC_PASSWORD = "password"  # that of 0.2, and a word that errors use
_WAIT = timedelta(seconds=5)
_CANDIDATES = 10  # how many times as many documents the search considers as it returns


class _Outcomes(Protocol):
    """What the client says about many documents at once."""

    exceptions: Mapping[str, Exception]


class CouchbaseVectorDB(VectorDB):
    """Documents in Couchbase.

    Args:
        connection_string: where the cluster is.
        username: who connects.
        password: with what password.
        bucket_name: the bucket; it must exist.
        embedding_function: takes a list of texts and gives a vector for each; ``"local"`` for the embedding that needs
            no network; the default is ``all-MiniLM-L6-v2``.
        scope_name: the scope; it must exist.
        collection_name: the collection that is used where none is named.
        index_name: the name of the search index; the default has the name of the collection in it.

    Raises:
        ImportError: couchbase is missing.
        VectorStoreError: the cluster cannot be reached, or does not let the program in.
        EmbeddingUnavailableError: no embedding can be loaded.
    """

    def __init__(
        self,
        connection_string: str = "couchbase://localhost",
        username: str = "Administrator",
        password: str = _PUBLIC_PASSWORD,
        bucket_name: str = "vector_db",
        embedding_function: EmbeddingFunction | str | None = None,
        scope_name: str = "_default",
        collection_name: str = "_default",
        index_name: str | None = None,
    ) -> None:
        try:
            from couchbase import cluster
            from couchbase.auth import PasswordAuthenticator
            from couchbase.options import ClusterOptions
        except ImportError as error:
            raise missing_package("Couchbase", error, "retrievechat-couchbase") from error
        self.type = "couchbase"
        self.embedding_function: EmbeddingFunction = embedding_from(embedding_function)
        self.index_name = index_name
        self._dimensions: int | None = None
        secrets = failures.secrets_of_connection(connection_string)
        if password != _PUBLIC_PASSWORD:
            secrets.append(password)
        with _plain_errors("Couchbase", secrets):
            options = ClusterOptions(PasswordAuthenticator(username, password))
            self.cluster = cluster.Cluster(connection_string, options)
            self.cluster.wait_until_ready(_WAIT)
            self.bucket = self.cluster.bucket(bucket_name)
            self.scope = self.bucket.scope(scope_name)
            self.active_collection: Collection | None = self.scope.collection(collection_name)

    @property
    def dimensions(self) -> int:
        """How many numbers a vector of the embedding has."""
        if self._dimensions is None:
            self._dimensions = size_of(self.embedding_function)
        return self._dimensions

    def _names(self) -> list[str]:
        """The names of the collections of the scope."""
        with _plain_errors("Couchbase"):
            scopes = self.bucket.collections().get_all_scopes()
            return [
                collection.name for scope in scopes if scope.name == self.scope.name for collection in scope.collections
            ]

    def create_collection(
        self, collection_name: str, overwrite: bool = False, get_or_create: bool = True
    ) -> Collection:
        """See `VectorDB.create_collection`."""
        exists = collection_name in self._names()
        if exists and overwrite:
            self.delete_collection(collection_name)
        elif exists and not get_or_create:
            raise VectorStoreError(f"Collection {collection_name} already exists.")
        with _plain_errors(f"The collection {collection_name!r}"):
            if not exists or overwrite:
                self.bucket.collections().create_collection(self.scope.name, collection_name)
            self.cluster.query(f"CREATE PRIMARY INDEX IF NOT EXISTS ON {self._path(collection_name)}").execute()
            self.active_collection = self.scope.collection(collection_name)
        self.create_index_if_not_exists(self._index_of(collection_name), self.active_collection)
        return self.active_collection

    def _path(self, collection_name: str) -> str:
        """A collection as statements name it."""
        parts = (self.bucket.name, self.scope.name, collection_name)
        return ".".join(f"`{part.replace('`', '``')}`" for part in parts)

    def _index_of(self, collection_name: str) -> str:
        return self.index_name or f"{_INDEX}_{collection_name}"

    def create_index_if_not_exists(self, index_name: str = _INDEX, collection: Collection | None = None) -> None:
        """Make the search index of a collection, unless there is one of this name.

        Args:
            index_name: the name of the index.
            collection: the default is the one in use.
        """
        if not self.search_index_exists(index_name):
            self.create_vector_search_index(collection or self.active_collection, index_name)

    def search_index_exists(self, index_name: str) -> bool:
        """Tell whether there is a search index of a name."""
        return self._index_params(index_name) is not None

    def _index_params(self, index_name: str) -> Mapping[str, Any] | None:
        """What a search index looks at; None if there is none."""
        from couchbase.exceptions import SearchIndexNotFoundException

        with _plain_errors(f"The index {index_name!r}"):
            try:
                params: dict[str, Any] = self.scope.search_indexes().get_index(index_name).params
                return params
            except SearchIndexNotFoundException:
                return None

    def create_vector_search_index(
        self, collection: Collection, index_name: str | None = _INDEX, similarity: str = "dot_product"
    ) -> None:
        """Make a search index.

        Args:
            collection: the collection.
            index_name: the name of the index.
            similarity: how vectors are compared: ``"dot_product"``, ``"cosine"`` or ``"l2_norm"``.
        """
        from couchbase.management.search import SearchIndex

        vector = {"name": EMBEDDING_KEY, "type": "vector", "dims": self.dimensions, "similarity": similarity}
        vector |= {"vector_index_optimized_for": "recall", "index": True}
        field = {"dynamic": False, "enabled": True, "fields": [vector]}
        kind = {"dynamic": True, "enabled": True, "properties": {EMBEDDING_KEY: field}}
        params = {
            "doc_config": {"mode": "scope.collection.type_field", "type_field": "type"},
            "mapping": {
                "default_mapping": {"dynamic": True, "enabled": False},
                "types": {f"{self.scope.name}.{collection.name}": kind},
            },
            "store": {"indexType": "scorch", "segmentVersion": 16},
        }
        index = SearchIndex(name=index_name or _INDEX, source_name=self.bucket.name, params=params)
        with _plain_errors(f"The index {index.name!r}"):
            self.scope.search_indexes().upsert_index(index)

    def get_collection(self, collection_name: str | None = None) -> Collection:
        """See `VectorDB.get_collection`."""
        if collection_name is not None:
            if collection_name not in self._names():
                raise VectorStoreError(f"Collection {collection_name} does not exist.")
            self.active_collection = self.scope.collection(collection_name)
        if self.active_collection is None:
            raise VectorStoreError("No collection is specified.")
        return self.active_collection

    def delete_collection(self, collection_name: str) -> None:
        """See `VectorDB.delete_collection`; its search index goes with it."""
        with _plain_errors(f"The collection {collection_name!r}"):
            if self.search_index_exists(self._index_of(collection_name)):
                self.scope.search_indexes().drop_index(self._index_of(collection_name))
            self.bucket.collections().drop_collection(self.scope.name, collection_name)
        if self.active_collection and self.active_collection.name == collection_name:
            self.active_collection = None

    def insert_docs(
        self,
        docs: list[Document],
        collection_name: str | None = None,
        upsert: bool = False,
        batch_size: int = DEFAULT_BATCH_SIZE,
        **kwargs: Any,
    ) -> None:
        """See `VectorDB.insert_docs`. Documents whose ids are stored already stay as they are, unless ``upsert``.

        At most ``batch_size`` are sent at once; the settings are what the method of the client takes.
        """
        from couchbase.exceptions import DocumentExistsException

        collection = self.get_collection(collection_name)
        if upsert:
            self.upsert_docs(docs, collection, batch_size, **kwargs)
        else:
            self._write(collection, collection.insert_multi, docs, batch_size, DocumentExistsException, kwargs)

    def upsert_docs(
        self, docs: list[Document], collection: Collection, batch_size: int = DEFAULT_BATCH_SIZE, **kwargs: Any
    ) -> None:
        """Store documents in the place of those with the same ids.

        Args:
            docs: the documents.
            collection: the collection.
            batch_size: how many to send at once.
            **kwargs: what ``upsert_multi`` of the client takes.
        """
        self._write(collection, collection.upsert_multi, docs, batch_size, (), kwargs)

    def update_docs(
        self,
        docs: list[Document],
        collection_name: str | None = None,
        batch_size: int = DEFAULT_BATCH_SIZE,
        **kwargs: Any,
    ) -> None:
        """See `VectorDB.update_docs`; documents that are not stored yet are passed over."""
        from couchbase.exceptions import DocumentNotFoundException

        collection = self.get_collection(collection_name)
        self._write(collection, collection.replace_multi, docs, batch_size, DocumentNotFoundException, kwargs)

    def _write(
        self,
        collection: Collection,
        write: Callable[..., _Outcomes],
        docs: list[Document],
        batch_size: int,
        accepted: type[Exception] | tuple[()],
        options: dict[str, Any],
    ) -> None:
        for batch in rows_of(docs).batches(batch_size):
            stored = self._stored_form(collection, batch)
            with _plain_errors(f"The collection {collection.name!r}"):
                _raise_all_but(accepted, write(stored, **options))

    def _stored_form(self, collection: Collection, batch: Rows) -> dict[str, Any]:
        vectors = batch.vectors(self.embedding_function)
        self._check_size(collection, vectors)
        return {
            key: {TEXT_KEY: text, "metadata": metadata or {}, EMBEDDING_KEY: [float(x) for x in vector], "id": key}
            for key, text, metadata, vector in zip(batch.ids, batch.documents, batch.metadatas, vectors, strict=True)
        }

    def _check_size(self, collection: Collection, vectors: Sequence[Sequence[float]]) -> None:
        """Refuse vectors of another size than the index has."""
        mapping = (self._index_params(self._index_of(collection.name)) or {}).get("mapping", {})
        kind = mapping.get("types", {}).get(f"{self.scope.name}.{collection.name}", {})
        for field in kind.get("properties", {}).get(EMBEDDING_KEY, {}).get("fields", []):
            failures.check_size(f"The collection {collection.name!r}", field.get("dims"), vectors)

    def delete_docs(
        self,
        ids: list[ItemID],
        collection_name: str | None = None,
        batch_size: int = DEFAULT_BATCH_SIZE,
        **kwargs: Any,
    ) -> None:
        """See `VectorDB.delete_docs`; the settings are those of the client's ``remove_multi``."""
        from couchbase.exceptions import DocumentNotFoundException

        collection = self.get_collection(collection_name)
        keys = [str(identity) for identity in ids]
        with _plain_errors(f"The collection {collection.name!r}"):
            for start in range(0, len(keys), batch_size):
                result = collection.remove_multi(keys[start : start + batch_size], **kwargs)
                _raise_all_but(DocumentNotFoundException, result)

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
            include: with ``"embedding"`` or ``"embeddings"`` in it, the vectors are returned as well.
            **kwargs: what ``get_multi`` of the client takes, or its ``query``.
        """
        collection = self.get_collection(collection_name)
        wanted = include if isinstance(include, Sequence) else ()
        keys = [TEXT_KEY, "metadata", *([EMBEDDING_KEY] if {"embedding", "embeddings"} & set(wanted) else [])]
        if ids is not None:
            return [
                _document(doc, keys) for doc in self._stored(collection, [str(identity) for identity in ids], kwargs)
            ]
        statement = f"SELECT META().id, {', '.join(keys)} FROM {self._path(collection.name)}"
        with _plain_errors(f"The collection {collection.name!r}"):
            return [_document(row, keys) for row in self.cluster.query(statement, **kwargs)]

    @staticmethod
    def _stored(collection: Collection, ids: list[str], options: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The documents with these ids, in their order."""
        from couchbase.exceptions import DocumentNotFoundException

        if not ids:
            return []
        with _plain_errors(f"The collection {collection.name!r}"):
            result = collection.get_multi(ids, **options)
            _raise_all_but(DocumentNotFoundException, result)
            found = {key: document.content_as[dict] for key, document in result.results.items()}
        return [{**found[key], "id": key} for key in ids if key in found]

    def retrieve_docs(
        self,
        queries: list[str],
        collection_name: str | None = None,
        n_results: int = 10,
        distance_threshold: float = -1,
        **kwargs: Any,
    ) -> QueryResults:
        """Find the documents that fit each query best.

        Args:
            queries: the queries.
            collection_name: the collection; the default is the one in use.
            n_results: how many documents for each query.
            distance_threshold: one less the least score; below 0, nothing is left out.
            **kwargs: what ``SearchOptions`` of the client takes.

        Returns:
            For each query, the documents with their scores, the best first.
        """
        from couchbase.options import SearchOptions
        from couchbase.search import SearchRequest
        from couchbase.vector_search import VectorQuery, VectorSearch

        collection = self.get_collection(collection_name)
        vectors = embed(self.embedding_function, texts_of(queries))
        self._check_size(collection, vectors)
        results: QueryResults = []
        for vector in vectors:
            query = VectorQuery.create(EMBEDDING_KEY, vector, num_candidates=n_results * _CANDIDATES)
            request = SearchRequest.create(VectorSearch.from_vector_query(query))
            with _plain_errors(f"The collection {collection.name!r}"):
                options = SearchOptions(limit=n_results, **kwargs)
                answer = self.scope.search(self._index_of(collection.name), request, options)
                scores = {row.id: row.score for row in answer.rows()}
            docs = self._stored(collection, list(scores), {})
            found = [(_document(doc, [TEXT_KEY, "metadata"]), scores[doc["id"]]) for doc in docs]
            results.append([match for match in found if distance_threshold < 0 or match[1] >= 1 - distance_threshold])
        return results


def _document(doc: Mapping[str, Any], keys: Sequence[str]) -> Document:
    return {"id": doc["id"], **{key: doc.get(key) for key in keys}}  # type: ignore[typeddict-item]


def _raise_all_but(accepted: type[Exception] | tuple[()], result: _Outcomes) -> None:
    """Raise the first failure of a call for many documents, unless it is of the accepted kind."""
    for error in result.exceptions.values():
        if not isinstance(error, accepted):
            raise error


def _plain_errors(what: str, secrets: Iterable[str] = ()) -> AbstractContextManager[None]:
    """Raise what the client raises as an error of this library, which shows no secrets."""
    from couchbase.exceptions import CouchbaseException

    return failures.plain_errors(
        what,
        CouchbaseException,
        text_of=lambda error: str(getattr(error, "message", None) or error),
        secrets=secrets,
    )
