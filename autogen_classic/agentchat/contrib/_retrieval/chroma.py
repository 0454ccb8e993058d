"""What the rooms that store in Chroma have in common.

Texts are embedded here and handed to Chroma with their vectors, so that functions of every shape can be used. A
collection still gets the function, for programs that ask it by themselves.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...._packages import missing_package
from ....errors import VectorStoreError
from . import failures
from .documents import Rows
from .embed import EmbeddingFunction, Vector, embed

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection
    from chromadb.api.types import QueryResult

__all__ = ("FAST_SEARCH", "collection_of", "persistent_client", "plain_errors", "put", "query")

logger = logging.getLogger("autogen.agentchat.contrib.retrieval")

# The settings of collections in AutoGen 0.2: distances are inner products.
FAST_SEARCH: Mapping[str, Any] = {"hnsw:space": "ip", "hnsw:construction_ef": 30, "hnsw:M": 32}


def _not_stored(texts: Sequence[str]) -> object:
    raise VectorStoreError("The collection was made with an embedding function of a program; hand it over again.")


class ChromaFunction:
    """An embedding function of any shape, as Chroma wants it.

    Args:
        function: the function.
    """

    def __init__(self, function: EmbeddingFunction) -> None:
        self._function = function

    def __call__(self, input: Sequence[str]) -> list[Vector]:
        return embed(self._function, input)

    def embed_query(self, input: Sequence[str]) -> list[Vector]:
        """Queries are embedded as documents are."""
        return self(input)

    @staticmethod
    def name() -> str:
        """What Chroma stores in the place of the function, which it cannot store."""
        return "autogen-embedding"

    def get_config(self) -> dict[str, Any]:
        """Nothing can be stored about a function."""
        return {}

    @staticmethod
    def build_from_config(config: dict[str, Any]) -> ChromaFunction:
        """A stand-in for a function that Chroma has not stored; the program has to hand it over again."""
        return ChromaFunction(_not_stored)

    def is_legacy(self) -> bool:
        """It has what Chroma asks of functions since 1.0."""
        return False

    def default_space(self) -> str:
        """How distances are measured unless the collection says so."""
        return "l2"

    def supported_spaces(self) -> list[str]:
        """Every way to measure distances suits an unknown function."""
        return ["cosine", "l2", "ip"]


def persistent_client(path: str, extra: str = "retrievechat", **settings: Any) -> ClientAPI:
    """A client that keeps its data in a folder.

    Args:
        path: the folder.
        extra: which extra installs what is missing.
        **settings: what else ``chromadb.PersistentClient`` takes.

    Raises:
        ImportError: chromadb is missing.
        VectorStoreError: the folder holds something that this version of Chroma cannot read.
    """
    try:
        import chromadb
    except ImportError as error:
        raise missing_package("Chroma", error, extra) from error
    with errors_of_store(path):
        # Chroma takes two equal paths for the same store, even after the program has changed its directory.
        return chromadb.PersistentClient(path=str(Path(path).absolute()), **settings)


def collection_of(
    client: ClientAPI,
    name: str,
    function: EmbeddingFunction,
    metadata: Mapping[str, Any] | None = FAST_SEARCH,
    create: bool = False,
    get: bool = True,
) -> Collection:
    """Find or make a collection.

    Args:
        client: where.
        name: the name.
        function: embeds its documents.
        metadata: settings of a new collection.
        create: make it if it does not exist.
        get: take it if it exists.

    Raises:
        VectorStoreError: it exists and should not, or the other way round, or its name is not allowed.
    """
    given = function if hasattr(function, "is_legacy") else ChromaFunction(function)
    wanted: Any = {"name": name, "embedding_function": given}
    with plain_errors(f"The collection {name!r}"):
        try:
            if create and get:
                return client.get_or_create_collection(**wanted, metadata=_settings(metadata))
            if create:
                return client.create_collection(**wanted, metadata=_settings(metadata))
            return client.get_collection(**wanted)
        except ValueError as error:
            if "function conflict" not in str(error):
                raise
            # The same model may have been stored under the name of another class; vectors of another size are refused.
            logger.warning("The collection %r was made with another embedding function: %s", name, error)
            return client.get_collection(name)


def _settings(metadata: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return dict(metadata) if metadata else None


def put(
    write: Callable[..., object], client: ClientAPI, function: EmbeddingFunction, rows: Rows, most: int = 40_000
) -> None:
    """Write documents in batches.

    Args:
        write: the method of a collection: add, upsert or update.
        client: knows how many documents it takes at once.
        function: embeds the documents.
        rows: the documents.
        most: how many to write at once; fewer where the client takes fewer.

    Raises:
        EmbeddingSizeError: the collection holds vectors of another size.
        VectorStoreError: Chroma refuses them.
    """
    for batch in rows.batches(max(1, min(most, client.get_max_batch_size()))):
        vectors = batch.vectors(function)
        with plain_errors("The collection"):
            write(
                ids=batch.ids,
                documents=batch.documents,
                embeddings=vectors,
                metadatas=[one or None for one in batch.metadatas],
            )


def query(
    collection: Collection,
    function: EmbeddingFunction,
    queries: Sequence[str],
    n_results: int,
    search_string: str = "",
    **options: Any,
) -> QueryResult:
    """Find the documents that are nearest to each query.

    Args:
        collection: where.
        function: embeds the queries.
        queries: the queries.
        n_results: how many documents for each.
        search_string: find only documents that contain this text.
        **options: what else Chroma's ``query`` takes.

    Raises:
        EmbeddingSizeError: the collection holds vectors of another size.
        VectorStoreError: the collection is gone.
    """
    if search_string:
        options["where_document"] = {"$contains": search_string}
    vectors: Any = embed(function, queries)
    with plain_errors(f"The collection {collection.name!r}"):
        return collection.query(query_embeddings=vectors, n_results=n_results, **options)


def plain_errors(what: str, hint: str = "") -> AbstractContextManager[None]:
    """Raise what Chroma raises as an error of this library.

    Args:
        what: what the work is about, as the beginning of a sentence.
        hint: what may help, as a sentence of its own.
    """
    from chromadb.errors import ChromaError

    def text_of(error: Exception) -> str:
        return f"{error}. {hint}" if hint else str(error)

    return failures.plain_errors(what, ChromaError, of_sizes=ChromaError, text_of=text_of)


def errors_of_store(path: str | Path) -> AbstractContextManager[None]:
    """Raise what Chroma raises about a folder as an error of this library, which says what may be wrong with it.

    Args:
        path: the folder.
    """
    from chromadb import __version__

    hint = f"It may be damaged, or have been written by another version of Chroma than this one, {__version__}."
    return plain_errors(f"The store {path}", hint)
