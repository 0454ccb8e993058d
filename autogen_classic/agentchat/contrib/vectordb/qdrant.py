"""Qdrant: in memory, in a folder, or as a server. The extra ``retrievechat-qdrant`` installs it.

Qdrant says how similar documents are, not how far away: the number beside a document is its similarity, the largest
comes first, and ``distance_threshold`` is the least that a document must have.
"""

from __future__ import annotations

import logging
import uuid
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, cast

from ...._packages import keep_onnxruntime_silent, missing_package
from ...._secrets import secrets_in
from ....errors import VectorStoreError
from .._retrieval import failures
from .._retrieval.documents import rows_of, texts_of
from .._retrieval.embed import EmbeddingFunction as AnyEmbedding
from .._retrieval.embed import Vector, embed, embedding_from, size_of
from .base import Document, ItemID, QueryResults, VectorDB

if TYPE_CHECKING:
    from qdrant_client import QdrantClient, models

__all__ = ("EmbeddingFunction", "FastEmbedEmbeddingFunction", "QdrantVectorDB")

logger = logging.getLogger("autogen.agentchat.contrib.vectordb.qdrant")

DEFAULT_MODEL = "BAAI/bge-small-en-v1.5"
_ID = "_id"  # the payload that keeps the id of a document, since Qdrant takes numbers and UUIDs only
_BATCH = 1000


class EmbeddingFunction(ABC):
    """What programs may derive their embedding functions from; any other callable will do."""

    @abstractmethod
    def __call__(self, inputs: list[str]) -> list[Vector]:
        """Embed texts.

        Args:
            inputs: the texts.

        Returns:
            A vector for each text.
        """


class FastEmbedEmbeddingFunction(EmbeddingFunction):
    """Embeds with a model of the package fastembed, which loads the weights from the network.

    Args:
        model_name: the name of the model.
        batch_size: how many texts to embed at once.
        cache_dir: a folder for the weights.
        threads: how many threads to use.
        parallel: how many processes to use; 0 for all processors.
        **kwargs: what ``fastembed.TextEmbedding`` takes beside these.

    Raises:
        ImportError: fastembed is missing.
    """

    def __init__(
        self,
        model_name: str = DEFAULT_MODEL,
        batch_size: int = 256,
        cache_dir: str | None = None,
        threads: int | None = None,
        parallel: int | None = None,
        **kwargs: Any,
    ) -> None:
        keep_onnxruntime_silent()
        try:
            from fastembed import TextEmbedding
        except ImportError as error:
            raise missing_package("FastEmbedEmbeddingFunction", error, "retrievechat-qdrant") from error
        self._batch_size = batch_size
        self._parallel = parallel
        self._model = TextEmbedding(model_name=model_name, cache_dir=cache_dir, threads=threads, **kwargs)

    def __call__(self, inputs: list[str]) -> list[Vector]:
        """Embed texts.

        Args:
            inputs: the texts.
        """
        vectors = self._model.embed(inputs, batch_size=self._batch_size, parallel=self._parallel)
        return [vector.tolist() for vector in vectors]


class QdrantVectorDB(VectorDB):
    """Documents in Qdrant.

    Args:
        client: a client of Qdrant; the default is made from ``kwargs``.
        embedding_function: takes a list of texts and gives a vector for each; ``"local"`` for the embedding that needs
            no network; the default is a model of fastembed, or what stands in for it.
        content_payload_key: under which key of its payload a point keeps the text.
        metadata_payload_key: under which key of its payload a point keeps what is known about the document.
        collection_options: what ``create_collection`` of the client takes; ``vectors_config`` is made from the
            embedding, with the cosine as similarity.
        **kwargs: what ``QdrantClient`` takes, such as ``location=":memory:"``, ``path`` or ``url``.

    Raises:
        ImportError: qdrant-client is missing.
        EmbeddingUnavailableError: no embedding can be loaded.
    """

    def __init__(
        self,
        *,
        client: QdrantClient | None = None,
        embedding_function: AnyEmbedding | str | None = None,
        content_payload_key: str = "_content",
        metadata_payload_key: str = "_metadata",
        collection_options: dict[str, Any] = {},  # noqa: B006 - as in v0.2; never changed
        **kwargs: Any,
    ) -> None:
        self.client: QdrantClient = client or new_client(kwargs)
        self.embedding_function: AnyEmbedding = embedding_for_qdrant(embedding_function)
        self.collection_options = collection_options
        self.content_payload_key = content_payload_key
        self.metadata_payload_key = metadata_payload_key
        self.type = "qdrant"
        self.active_collection: str | None = None

    def create_collection(self, collection_name: str, overwrite: bool = False, get_or_create: bool = True) -> None:
        """See `VectorDB.create_collection`."""
        from qdrant_client import models

        with _plain_errors(f"The collection {collection_name!r}", self.client):
            exists = self.client.collection_exists(collection_name)
            if exists and overwrite:
                self.client.delete_collection(collection_name)
            elif exists and not get_or_create:
                raise VectorStoreError(f"Collection {collection_name} already exists.")
            if not exists or overwrite:
                options = dict(self.collection_options)
                if "vectors_config" not in options:
                    size = size_of(self.embedding_function)
                    options["vectors_config"] = models.VectorParams(size=size, distance=models.Distance.COSINE)
                self.client.create_collection(collection_name, **options)
        self.active_collection = collection_name

    def get_collection(self, collection_name: str | None = None) -> models.CollectionInfo:
        """See `VectorDB.get_collection`."""
        name = self._name(collection_name)
        with _plain_errors(f"The collection {name!r}", self.client):
            found = self.client.get_collection(name)
        self.active_collection = name
        return found

    def _name(self, collection_name: str | None) -> str:
        name = collection_name or self.active_collection
        if name is None:
            raise VectorStoreError("The collection name is required.")
        return name

    def delete_collection(self, collection_name: str) -> bool:
        """See `VectorDB.delete_collection`; tells whether there was one."""
        with _plain_errors(f"The collection {collection_name!r}", self.client):
            deleted = bool(self.client.delete_collection(collection_name))
        if self.active_collection == collection_name:
            self.active_collection = None
        return deleted

    def insert_docs(self, docs: list[Document], collection_name: str | None = None, upsert: bool = False) -> None:  # type: ignore[override]
        """See `VectorDB.insert_docs`. Documents whose ids are stored already stay as they are, unless ``upsert``."""
        rows_of(docs)
        if docs:
            name = self._name(collection_name)
            stored = set() if upsert else self._stored_ids(docs, name)
            self._write([doc for doc in docs if str(doc["id"]) not in stored], name)

    def update_docs(self, docs: list[Document], collection_name: str | None = None) -> None:  # type: ignore[override]
        """See `VectorDB.update_docs`; documents that are not stored yet are passed over."""
        rows_of(docs)
        if docs:
            name = self._name(collection_name)
            stored = self._stored_ids(docs, name)
            self._write([doc for doc in docs if str(doc["id"]) in stored], name)

    def _stored_ids(self, docs: list[Document], name: str) -> set[str]:
        ids = [doc["id"] for doc in docs]
        return {str(doc["id"]) for doc in self.get_docs_by_ids(ids, name, include=["metadatas"])}

    def _write(self, docs: list[Document], name: str) -> None:
        from qdrant_client import models

        for start in range(0, len(docs), _BATCH):
            batch = docs[start : start + _BATCH]
            vectors = rows_of(batch).vectors(self.embedding_function)
            self._check_size(vectors, name)
            points = [
                models.PointStruct(id=_point_id(doc["id"]), vector=list(vector), payload=self._payload(doc))
                for doc, vector in zip(batch, vectors, strict=True)
            ]
            with _plain_errors(f"The collection {name!r}", self.client):
                self.client.upsert(name, points)

    def _payload(self, doc: Document) -> dict[str, Any]:
        content, metadata = self.content_payload_key, self.metadata_payload_key
        return {_ID: doc["id"], content: doc["content"], metadata: doc.get("metadata")}

    def _check_size(self, vectors: Sequence[Sequence[float]], name: str) -> None:
        """Refuse vectors of another size than the collection has."""
        with _plain_errors(f"The collection {name!r}", self.client):
            size = getattr(self.client.get_collection(name).config.params.vectors, "size", None)
        failures.check_size(f"The collection {name!r}", size, vectors)

    def delete_docs(self, ids: list[ItemID], collection_name: str | None = None, **kwargs: Any) -> None:
        """See `VectorDB.delete_docs`; the settings are those of the client's ``delete``."""
        name = self._name(collection_name)
        if ids:
            with _plain_errors(f"The collection {name!r}", self.client):
                self.client.delete(name, [_point_id(one) for one in ids], **kwargs)

    def retrieve_docs(
        self,
        queries: list[str],
        collection_name: str | None = None,
        n_results: int = 10,
        distance_threshold: float = 0,
        **kwargs: Any,
    ) -> QueryResults:
        """Find the documents that are most similar to each query.

        Args:
            queries: the queries.
            collection_name: the collection; the default is the one in use.
            n_results: how many documents for each query.
            distance_threshold: the least similarity; -1 leaves nothing out.
            **kwargs: what the client's ``query_points`` takes.

        Returns:
            For each query, the documents with their similarities, the most similar first.

        Raises:
            EmbeddingSizeError: the collection holds vectors of another size.
            VectorStoreError: it does not exist, or Qdrant cannot be reached.
        """
        name = self._name(collection_name)
        vectors = embed(self.embedding_function, texts_of(queries))
        self._check_size(vectors, name)
        found = []
        with _plain_errors(f"The collection {name!r}", self.client):
            for vector in vectors:
                answer = self.client.query_points(
                    name, vector, limit=n_results, score_threshold=distance_threshold, **kwargs
                )
                found.append([(self._document(point), point.score) for point in answer.points])
        return found

    def get_docs_by_ids(
        self,
        ids: list[ItemID] | None = None,
        collection_name: str | None = None,
        include: Sequence[str] | bool | None = True,
        **kwargs: Any,
    ) -> list[Document]:
        """See `VectorDB.get_docs_by_ids`.

        Args:
            ids: their ids; the default is all of them.
            collection_name: the collection; the default is the one in use.
            include: True for the vectors as well; or any of ``"documents"``, ``"metadatas"`` and ``"embeddings"``.
            **kwargs: what the client's ``retrieve`` takes, or its ``scroll``.
        """
        name = self._name(collection_name)
        with_vectors = "embeddings" in include if isinstance(include, Sequence) else bool(include)
        options = {"with_payload": True, "with_vectors": with_vectors, **kwargs}
        with _plain_errors(f"The collection {name!r}", self.client):
            if ids is None:
                return [self._document(point) for point in self._all_points(name, options)]
            return [
                self._document(point) for point in self.client.retrieve(name, [_point_id(i) for i in ids], **options)
            ]

    def _all_points(self, name: str, options: Mapping[str, Any]) -> Iterator[models.Record]:
        offset = None
        while True:
            points, offset = self.client.scroll(name, limit=_BATCH, offset=offset, **options)
            yield from points
            if offset is None:
                return

    def _document(self, point: models.Record | models.ScoredPoint) -> Document:
        payload = point.payload or {}
        return {
            "id": payload.get(_ID, point.id),
            "content": payload.get(self.content_payload_key, ""),
            "metadata": payload.get(self.metadata_payload_key),
            "embedding": cast("Vector | None", point.vector),
        }


def _point_id(identity: ItemID) -> int | str:
    """The id of a document as Qdrant takes it, a number or a UUID; for any other, a UUID that is made from it."""
    if isinstance(identity, int) and identity >= 0:
        return identity
    try:
        return str(uuid.UUID(str(identity)))
    except ValueError:
        return str(uuid.uuid5(uuid.NAMESPACE_OID, str(identity)))


def new_client(options: Mapping[str, Any]) -> QdrantClient:
    """Make a client.

    Args:
        options: what ``QdrantClient`` takes.

    Raises:
        ImportError: qdrant-client is missing.
        VectorStoreError: the folder belongs to another program.
    """
    try:
        from qdrant_client import QdrantClient
    except ImportError as error:
        raise missing_package("Qdrant", error, "retrievechat-qdrant") from error
    with _plain_errors("Qdrant", None):
        return QdrantClient(**options)


def embedding_for_qdrant(
    given: AnyEmbedding | str | None, model: str = DEFAULT_MODEL, parallel: int | None = None
) -> AnyEmbedding:
    """Return the embedding function that a program asks for.

    Args:
        given: a function, or ``"local"``.
        model: a model of fastembed, for ``given=None``; where it cannot be loaded, what `embedding_from` finds.
        parallel: how many processes fastembed uses; 0 for all processors.
    """
    if given is None:
        try:
            return FastEmbedEmbeddingFunction(model, parallel=parallel)
        except Exception as error:  # not installed, or its weights cannot be had
            logger.info("fastembed cannot be used: %s", error)
    return embedding_from(given)


def _plain_errors(what: str, client: QdrantClient | None) -> AbstractContextManager[None]:
    """Raise what the client raises as an error of this library; in local mode, it raises plain errors."""
    from qdrant_client.http.exceptions import ApiException

    secrets = secrets_in(getattr(client, "init_options", None))
    return failures.plain_errors(what, ApiException, ValueError, RuntimeError, secrets=secrets)
