"""A table of documents with their vectors, in PostgreSQL with the extension pgvector."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from ....errors import VectorStoreError
from ..vectordb.base import Document, ItemID, QueryResults
from ..vectordb.utils import filter_results_by_distance
from .documents import Rows, texts_of
from .embed import EmbeddingFunction, embed, embedding_from, size_of
from .postgres import Row, plain_errors, run, vector_from, vector_text

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import psycopg

    Array = npt.NDArray[np.float64]

__all__ = ("PGVECTOR_MAX_BATCH_SIZE", "Collection")

PGVECTOR_MAX_BATCH_SIZE = int(os.environ.get("PGVECTOR_MAX_BATCH_SIZE", 40_000))

_OPERATORS = {"euclidean": "<->", "l2": "<->", "inner-product": "<#>", "cosine": "<=>"}
_INDEX_KINDS = ("vector_l2_ops", "vector_cosine_ops", "vector_ip_ops")
_MOST_INDEXED_DIMENSIONS = 2000
_SEARCH_EFFORT = (40, 1000)  # the default of the index, and the most that it takes


class Collection:
    """A table of documents with their vectors.

    Args:
        client: a connection of psycopg.
        collection_name: the name.
        embedding_function: takes a list of texts and gives a vector for each; or ``"local"``.
        metadata: settings of the indexes: ``hnsw:construction_ef`` and ``hnsw:M``.
        get_or_create: make the table now, unless it exists.
    """

    def __init__(
        self,
        client: psycopg.Connection[Row] | None = None,
        collection_name: str = "autogen-docs",
        embedding_function: EmbeddingFunction | str | None = None,
        metadata: dict[str, Any] | None = None,
        get_or_create: bool | None = None,
    ) -> None:
        self.client = client
        self.name = self.set_collection_name(collection_name)
        self.embedding_function = embedding_from(embedding_function)
        self.metadata = metadata or {"hnsw:construction_ef": 32, "hnsw:M": 16}
        self.get_or_create = get_or_create
        if get_or_create:
            self.create_collection()

    def set_collection_name(self, collection_name: str) -> str:
        """Use the table of a collection from now on.

        Args:
            collection_name: the name of the collection.

        Returns:
            The name of its table.
        """
        self.name = collection_name.replace("-", "_").lower()
        return self.name

    def _run(self, statement: str, values: Sequence[object] = (), **parts: str) -> list[Row]:
        """Run a statement; ``{table}`` in it is this table."""
        from psycopg import sql

        if self.client is None:
            raise VectorStoreError(f"The collection {self.name!r} has no connection.")
        text = sql.SQL(cast("Any", statement)).format(
            table=sql.Identifier(self.name),
            **{name: sql.SQL(cast("Any", part)) for name, part in parts.items()},
        )
        return run(self.client, f"The collection {self.name!r}", text, values)

    def create_collection(self, collection_name: str | None = None, dimension: int | None = None) -> None:
        """Make the table and its indexes, unless it exists.

        Args:
            collection_name: the name; the default is the one in use.
            dimension: the size of the vectors; the default is that of the embedding.
        """
        if collection_name:
            self.set_collection_name(collection_name)
        if self.table_exists(self.name):
            return
        if dimension is None:
            dimension = size_of(self.embedding_function)
        self._run(
            "CREATE TABLE IF NOT EXISTS {table} "
            "(id text PRIMARY KEY, documents text, metadatas jsonb, embedding vector({size}))",
            size=str(int(dimension)),
        )
        if dimension > _MOST_INDEXED_DIMENSIONS:
            return  # searched without an index, which is slower and exact
        for kind in _INDEX_KINDS:
            self._run(
                "CREATE INDEX ON {table} USING hnsw (embedding {kind}) WITH (m = {m}, ef_construction = {effort})",
                kind=kind,
                m=str(int(self.metadata.get("hnsw:M", 16))),
                effort=str(int(self.metadata.get("hnsw:construction_ef", 32))),
            )

    def table_exists(self, table_name: str) -> bool:
        """Tell whether a table exists."""
        return bool(self._run("SELECT to_regclass(quote_ident(%s)) IS NOT NULL", [table_name])[0][0])

    def delete_collection(self, collection_name: str | None = None) -> None:
        """Delete the table.

        Args:
            collection_name: the name of the collection; the default is the one in use.
        """
        if collection_name:
            self.set_collection_name(collection_name)
        self._run("DROP TABLE IF EXISTS {table}")

    def count(self) -> int:
        """Count the documents."""
        return int(self._run("SELECT count(*) FROM {table}")[0][0])

    def add(
        self,
        ids: Sequence[ItemID],
        documents: Sequence[str],
        embeddings: Sequence[Sequence[float]] | None = None,
        metadatas: Sequence[Any] | None = None,
    ) -> None:
        """Store documents; those whose ids are stored already stay as they are.

        Args:
            ids: one for each document.
            documents: the texts.
            embeddings: the vectors; the default is made from the texts.
            metadatas: what is known about each.
        """
        self._write(_rows(ids, documents, embeddings, metadatas), "DO NOTHING")

    def upsert(
        self,
        ids: Sequence[ItemID],
        documents: Sequence[str],
        embeddings: Sequence[Sequence[float]] | None = None,
        metadatas: Sequence[Any] | None = None,
    ) -> None:
        """Store documents in the place of those with the same ids; the parameters are those of `add`."""
        self._write(
            _rows(ids, documents, embeddings, metadatas),
            "DO UPDATE SET documents = EXCLUDED.documents, metadatas = EXCLUDED.metadatas, "
            "embedding = EXCLUDED.embedding",
        )

    def _write(self, rows: Rows, if_stored: str) -> None:
        for batch in rows.batches(PGVECTOR_MAX_BATCH_SIZE):
            vectors = [vector_text(vector) for vector in batch.vectors(self.embedding_function)]
            texts = [text.replace("\0", "") for text in batch.documents]  # PostgreSQL keeps no text with a NUL
            columns = [batch.ids, texts, [_as_json(metadata) for metadata in batch.metadatas], vectors]
            self._run(
                "INSERT INTO {table} (id, documents, metadatas, embedding) "
                "SELECT DISTINCT ON (one) one, document, metadata::jsonb, vector::vector "
                "FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[]) AS new (one, document, metadata, vector) "
                "ON CONFLICT (id) {if_stored}",
                columns,
                if_stored=if_stored,
            )

    def update(
        self,
        ids: Sequence[ItemID],
        embeddings: Sequence[Sequence[float]] | None,
        metadatas: Sequence[Any] | None,
        documents: Sequence[str],
    ) -> None:
        """Replace documents that are stored; the parameters are those of `add`."""
        stored = {doc["id"] for doc in self.get(ids)}
        keep = [place for place, identity in enumerate(ids) if str(identity) in stored]
        self.upsert(
            [ids[place] for place in keep],
            [documents[place] for place in keep],
            [embeddings[place] for place in keep] if embeddings else None,
            [metadatas[place] for place in keep] if metadatas else None,
        )

    def delete(self, ids: Sequence[ItemID], collection_name: str | None = None) -> None:
        """Delete documents.

        Args:
            ids: their ids; those that are not stored are passed over.
            collection_name: the collection; the default is the one in use.
        """
        if collection_name:
            self.set_collection_name(collection_name)
        self._run("DELETE FROM {table} WHERE id = ANY(%s::text[])", [[str(identity) for identity in ids]])

    def modify(self, metadata: dict[str, Any], collection_name: str | None = None) -> None:
        """Give all documents the same metadata.

        Args:
            metadata: what is known about them.
            collection_name: the collection; the default is the one in use.
        """
        if collection_name:
            self.set_collection_name(collection_name)
        self._run("UPDATE {table} SET metadatas = %s::jsonb", [_as_json(metadata)])

    def get(
        self,
        ids: Sequence[ItemID] | None = None,
        include: Sequence[str] | bool | None = None,
        where: str | None = None,
        limit: int | str | None = None,
        offset: int | str | None = None,
    ) -> list[Document]:
        """Return documents.

        Args:
            ids: their ids; the default is all of them.
            include: any of ``"documents"``, ``"metadatas"`` and ``"embeddings"``; the default is all.
            where: a condition in SQL, written by the program and by nobody else.
            limit: how many at most.
            offset: how many to leave out at the beginning.
        """
        wanted = include if isinstance(include, Sequence) else ("documents", "metadatas", "embeddings")
        rows = self._run(
            "SELECT id::text, documents, metadatas, embedding::text FROM {table} "
            "WHERE (%s::text[] IS NULL OR id = ANY(%s::text[])) AND ({where}) ORDER BY id LIMIT %s OFFSET %s",
            [*[None if ids is None else [str(identity) for identity in ids]] * 2, _number(limit), _number(offset)],
            where=(where or "true").replace("%", "%%"),
        )
        return [_document(row, wanted) for row in rows]

    def query(
        self,
        query_texts: Sequence[str],
        collection_name: str | None = None,
        n_results: int = 10,
        distance_type: str = "euclidean",
        distance_threshold: float = -1,
        include_embedding: bool = False,
    ) -> QueryResults:
        """Find the documents that are nearest to each query.

        Args:
            query_texts: the queries.
            collection_name: the collection; the default is the one in use.
            n_results: how many documents for each query.
            distance_type: ``"euclidean"``, ``"cosine"`` or ``"inner-product"``, of which the negative is taken.
            distance_threshold: leave out documents at this distance or farther; nothing is unless it is above 0.
            include_embedding: whether to return the vectors as well.

        Raises:
            EmbeddingSizeError: the collection holds vectors of another size.
            VectorStoreError: the collection does not exist, or the way to measure is not known.
        """
        if collection_name:
            self.set_collection_name(collection_name)
        if distance_type not in _OPERATORS:
            raise VectorStoreError(f"distance_type is {distance_type!r}; it must be one of {sorted(_OPERATORS)}.")
        wanted = ("documents", "metadatas", "embeddings") if include_embedding else ("documents", "metadatas")
        results = []
        for vector in embed(self.embedding_function, texts_of(query_texts)):
            with self._effort(n_results):
                rows = self._run(
                    "SELECT id::text, documents, metadatas, embedding::text, embedding {nearness} %s::vector "
                    "FROM {table} ORDER BY embedding {nearness} %s::vector LIMIT %s",
                    [*[vector_text(vector)] * 2, n_results],
                    nearness=_OPERATORS[distance_type],
                )
            results.append([(_document(row, wanted), float(row[4])) for row in rows])
        return filter_results_by_distance(results, distance_threshold)

    @contextmanager
    def _effort(self, n_results: int) -> Iterator[None]:
        """Let the index consider as many documents as are wanted; it finds no more than that."""
        least, most = _SEARCH_EFFORT
        if self.client is None or n_results <= least:
            yield
            return
        with plain_errors(f"The collection {self.name!r}"), self.client.transaction():
            self._run("SELECT set_config('hnsw.ef_search', %s, true)", [str(min(n_results, most))])
            yield

    @staticmethod
    def convert_string_to_array(array_string: object) -> object:
        """Turn a vector that PostgreSQL wrote into an array of numpy; anything but a text is returned as it is."""
        import numpy as np

        return np.array(vector_from(array_string)) if isinstance(array_string, str) else array_string

    @staticmethod
    def cosine_distance(arr1: Sequence[float] | Array, arr2: Sequence[float] | Array) -> float:
        """One less the cosine of the angle between two vectors."""
        import numpy as np

        return float(1 - np.dot(arr1, arr2) / (np.linalg.norm(arr1) * np.linalg.norm(arr2)))

    @staticmethod
    def euclidean_distance(arr1: Sequence[float] | Array, arr2: Sequence[float] | Array) -> float:
        """The length of the difference of two vectors."""
        import numpy as np

        return float(np.linalg.norm(np.subtract(arr1, arr2)))

    @staticmethod
    def inner_product_distance(arr1: Sequence[float] | Array, arr2: Sequence[float] | Array) -> float:
        """The negative inner product of two vectors, as PostgreSQL measures it."""
        import numpy as np

        return -float(np.dot(arr1, arr2))


def _rows(
    ids: Sequence[ItemID],
    documents: Sequence[str],
    embeddings: Sequence[Sequence[float] | None] | None,
    metadatas: Sequence[Any] | None,
) -> Rows:
    missing: list[Any] = [None] * len(ids)
    return Rows(
        [str(identity) for identity in ids], list(documents), list(metadatas or missing), list(embeddings or missing)
    )


def _as_json(metadata: object) -> str | None:
    return None if metadata is None else json.dumps(metadata, default=str)


def _number(given: int | str | None) -> int | None:
    return None if given is None else int(given)


def _document(row: Row, include: Sequence[str]) -> Document:
    identity, content, metadata, vector = row[:4]
    columns = {"documents": ("content", content), "metadatas": ("metadata", metadata)}
    columns["embeddings"] = ("embedding", vector_from(vector) if "embeddings" in include else None)
    return cast("Document", {"id": identity, **dict(columns[name] for name in columns if name in include)})
