"""What all engines have in common that keep documents in a collection of a vector database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...._argument_checks import arguments_checked
from ...._core.foreign_texts import quoted
from ...._core.tape import lookup
from ....errors import RetrievalError
from .._retrieval.chunk import chunks_of
from .._retrieval.embed import EmbeddingFunction, default_embedding
from .._retrieval.parse import Folder, Places, documents_in
from .._retrieval.search import documents_of, search, store
from ..vectordb.base import Document, QueryResults, VectorDB
from ._engine import EMPTY_RESPONSE_REPLY, EMPTY_RESPONSE_TEXT, ReadingQueryEngine
from ._reader import Model

__all__ = (
    "DEFAULT_COLLECTION_NAME",
    "EMPTY_RESPONSE_REPLY",
    "EMPTY_RESPONSE_TEXT",
    "CollectionQueryEngine",
    "excerpt_of",
    "source_of",
)

DEFAULT_COLLECTION_NAME = "docling-parsed-docs"

_CHUNK_TOKENS = 500
_RESULTS = 5


class CollectionQueryEngine(ReadingQueryEngine):
    """Keeps documents in a collection, and answers questions from the chunks that are nearest to them.

    A subclass says which database it is.

    Args:
        collection_name: the name of the collection; the default is ``docling-parsed-docs``.
        embedding_function: as for `ChromaVectorDB`; the default is the local embedding where it is installed.
        llm: the model that answers: an ``llm_config``, an agent with a model, a model of LlamaIndex, or None for
            OpenAI's ``gpt-4o``.
    """

    def __init__(
        self, collection_name: str | None, embedding_function: EmbeddingFunction | str | None, llm: Model
    ) -> None:
        super().__init__(llm)
        self.collection_name = collection_name or DEFAULT_COLLECTION_NAME
        self.embedding_function = default_embedding() if embedding_function is None else embedding_function
        self.chunk_tokens = _CHUNK_TOKENS
        self._opened: VectorDB | None = None
        self._is_connected = False

    def get_collection_name(self) -> str:
        """The name of the collection."""
        return self.collection_name

    def _open(self) -> VectorDB:
        """Reach the database; a subclass says how."""
        raise NotImplementedError

    def connect_db(self, *args: Any, **kwargs: Any) -> bool:
        """Go on with the collection; it is made if it does not exist.

        Args:
            *args: not used.
            **kwargs: not used.

        Returns:
            True.

        Raises:
            VectorStoreError: the database cannot be reached or used.
        """
        self._begin(overwrite=False)
        return True

    def _begin(self, overwrite: bool) -> VectorDB:
        database = self._database()
        database.create_collection(self.collection_name, overwrite=overwrite)
        self._is_connected = True
        return database

    def _database(self) -> VectorDB:
        """The database, which is reached when it is first needed."""
        if self._opened is None:
            self._opened = self._open()
        return self._opened

    @arguments_checked
    def init_db(
        self,
        new_doc_dir: Folder = None,
        new_doc_paths_or_urls: Places = None,
        *args: Any,
        **kwargs: Any,
    ) -> bool:
        """Begin with an empty collection; what was in it is thrown away once all documents have been read.

        Args:
            new_doc_dir: a folder whose files are added.
            new_doc_paths_or_urls: files and addresses that are added.
            *args: not used.
            **kwargs: not used.

        Returns:
            True.

        Raises:
            FileNotFoundError: a file or the folder does not exist.
            UnreadableDocumentError: a document cannot be read.
            VectorStoreError: the database cannot be reached or used.
        """
        documents = documents_in(new_doc_dir, new_doc_paths_or_urls)
        self._store(self._begin(overwrite=True), documents)
        return True

    def _take_in(self, folder: Folder, places: Places) -> None:
        self._store(self._database(), documents_in(folder, places))

    def _store(self, database: VectorDB, documents: Sequence[tuple[str, str]]) -> None:
        chunks, sources = [], []
        for text, source in documents:
            for chunk in chunks_of(text, self.chunk_tokens, "multi_lines", must_break_at_empty_line=False, overlap=1):
                chunks.append(chunk)
                sources.append({"source": source})
        store(database, self.collection_name, documents_of(chunks, sources), only_new=True)

    def _excerpts_for(self, question: str) -> list[str]:
        return [excerpt_of(document) for document, _ in self._found(question)]

    def _found(self, question: str) -> list[tuple[Document, float]]:
        """The chunks that are nearest to a question, with their distances."""
        self.validate_query_index()

        def look() -> QueryResults:
            return search(self._database(), self.collection_name, question, _RESULTS, -1, "")

        [found] = lookup(None, "excerpts", {"name": self.collection_name, "question": question}, look)
        return found

    def validate_query_index(self) -> None:
        """See that there is a collection to work with.

        Raises:
            RetrievalError: the engine is not connected yet.
        """
        if not self._is_connected:
            raise RetrievalError("The engine is not connected. Call init_db or connect_db first.")


def excerpt_of(document: Document) -> str:
    """A document for a model.

    Args:
        document: the document.
    """
    return quoted(document["content"], source_of(document))


def source_of(document: Document) -> str:
    """Where a document comes from.

    Args:
        document: the document.
    """
    return str((document.get("metadata") or {}).get("source", "unknown"))
