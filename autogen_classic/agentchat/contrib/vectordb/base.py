"""What every vector database can do, and a factory that makes one from its name."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Protocol, TypedDict, Union, runtime_checkable

from ....errors import VectorStoreError

__all__ = ("Document", "ItemID", "Metadata", "QueryResults", "Vector", "VectorDB", "VectorDBFactory")

Metadata = Union[Mapping[str, Any], None]  # noqa: UP007 - evaluated on Python 3.10, and read by programs
Vector = Union[Sequence[float], Sequence[int]]  # noqa: UP007
ItemID = Union[str, int]  # noqa: UP007


class Document(TypedDict, total=False):
    """A document, or a chunk of one.

    Attributes:
        id: tells it from others in its collection.
        content: its text.
        metadata: what is known about it, such as ``{"source": "docs/a.md"}``.
        embedding: its vector; a database makes it from the text unless it is given.
    """

    id: ItemID
    content: str
    metadata: Metadata
    embedding: Vector | None


# For each query, the documents that were found with their distances, the nearest first.
QueryResults = list[list[tuple[Document, float]]]


@runtime_checkable
class VectorDB(Protocol):
    """What every vector database can do.

    Attributes:
        active_collection: the collection that is used where none is named.
        type: the name of the kind of database, such as ``"chroma"``.
        embedding_function: makes a vector of each text.
    """

    active_collection: Any = None
    type: str = ""
    embedding_function: Callable[..., Any] | None = None

    def create_collection(self, collection_name: str, overwrite: bool = False, get_or_create: bool = True) -> object:
        """Make a collection, and use it from now on where none is named.

        Args:
            collection_name: its name.
            overwrite: throw away the collection of that name, if there is one.
            get_or_create: take the collection of that name, if there is one.

        Returns:
            The collection, in the form of the database.

        Raises:
            VectorStoreError: the collection exists, and neither of the two is set.
        """
        ...

    def get_collection(self, collection_name: str | None = None) -> object:
        """Return a collection, and use it from now on where none is named.

        Args:
            collection_name: its name; the default is the one in use.

        Raises:
            VectorStoreError: it does not exist, or none is in use.
        """
        ...

    def delete_collection(self, collection_name: str) -> object:
        """Delete a collection with its documents.

        Args:
            collection_name: its name.
        """
        ...

    def insert_docs(
        self, docs: list[Document], collection_name: str | None = None, upsert: bool = False, **kwargs: Any
    ) -> None:
        """Store documents.

        Args:
            docs: the documents; each has an ``id`` and a ``content``.
            collection_name: the collection; the default is the one in use.
            upsert: replace stored documents that have the same ids.
            **kwargs: settings of the database.

        Raises:
            VectorStoreError: a document has no content, or the collection does not exist.
            EmbeddingSizeError: the collection holds vectors of another size.
        """
        ...

    def update_docs(self, docs: list[Document], collection_name: str | None = None, **kwargs: Any) -> None:
        """Replace stored documents that have the same ids.

        Args:
            docs: the documents.
            collection_name: the collection; the default is the one in use.
            **kwargs: settings of the database.
        """
        ...

    def delete_docs(self, ids: list[ItemID], collection_name: str | None = None, **kwargs: Any) -> None:
        """Delete documents.

        Args:
            ids: their ids; those that are not stored are passed over.
            collection_name: the collection; the default is the one in use.
            **kwargs: settings of the database.
        """
        ...

    def retrieve_docs(
        self,
        queries: list[str],
        collection_name: str | None = None,
        n_results: int = 10,
        distance_threshold: float = -1,
        **kwargs: Any,
    ) -> QueryResults:
        """Find the documents that are nearest to each query.

        Args:
            queries: the queries.
            collection_name: the collection; the default is the one in use.
            n_results: how many documents for each query.
            distance_threshold: leave out documents that are as far away or farther; all are kept if it is below 0.
            **kwargs: settings of the database.

        Returns:
            For each query, the documents with their distances.
        """
        ...

    def get_docs_by_ids(
        self,
        ids: list[ItemID] | None = None,
        collection_name: str | None = None,
        include: Sequence[str] | bool | None = None,
        **kwargs: Any,
    ) -> list[Document]:
        """Return stored documents.

        Args:
            ids: their ids; the default is all of them.
            collection_name: the collection; the default is the one in use.
            include: what to return beside the ids.
            **kwargs: settings of the database.
        """
        ...


class VectorDBFactory:
    """Makes vector databases from their names."""

    PREDEFINED_VECTOR_DB: ClassVar[list[str]] = ["chroma", "pgvector", "mongodb", "qdrant", "couchbase"]

    _HOMES: ClassVar[dict[str, tuple[str, str]]] = {
        "chroma": ("chromadb", "ChromaVectorDB"),
        "chromadb": ("chromadb", "ChromaVectorDB"),
        "pgvector": ("pgvectordb", "PGVectorDB"),
        "pgvectordb": ("pgvectordb", "PGVectorDB"),
        "mdb": ("mongodb", "MongoDBAtlasVectorDB"),
        "mongodb": ("mongodb", "MongoDBAtlasVectorDB"),
        "atlas": ("mongodb", "MongoDBAtlasVectorDB"),
        "qdrant": ("qdrant", "QdrantVectorDB"),
        "qdrantdb": ("qdrant", "QdrantVectorDB"),
        "couchbase": ("couchbase", "CouchbaseVectorDB"),
        "couchbasedb": ("couchbase", "CouchbaseVectorDB"),
        "capella": ("couchbase", "CouchbaseVectorDB"),
    }

    @staticmethod
    def create_vector_db(db_type: str, **kwargs: Any) -> VectorDB:
        """Make a vector database.

        Args:
            db_type: one of ``PREDEFINED_VECTOR_DB``.
            **kwargs: what its class takes.

        Raises:
            VectorStoreError: the name is not known.
            ImportError: a package is missing.
        """
        home = VectorDBFactory._HOMES.get(db_type.lower()) if isinstance(db_type, str) else None
        if home is None:
            raise VectorStoreError(
                f"Unsupported vector database type: {db_type}. Valid types are {VectorDBFactory.PREDEFINED_VECTOR_DB}."
            )
        module, name = home
        kind = getattr(importlib.import_module(f".{module}", __package__), name)
        database: VectorDB = kind(**kwargs)
        return database
