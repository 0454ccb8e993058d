"""Documents in Chroma, in a folder of this machine. The extra ``rag`` installs what it needs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from ...._argument_checks import Count, arguments_checked
from ...._packages import missing_package
from ....agentchat.contrib.rag._collection import (
    DEFAULT_COLLECTION_NAME,
    EMPTY_RESPONSE_REPLY,
    EMPTY_RESPONSE_TEXT,
    CollectionQueryEngine,
    excerpt_of,
    source_of,
)
from ....agentchat.contrib.vectordb.chromadb import ChromaVectorDB

if TYPE_CHECKING:
    from ....agentchat.contrib._retrieval.embed import EmbeddingFunction
    from ....agentchat.contrib.rag._reader import Model

__all__ = (
    "DEFAULT_COLLECTION_NAME",
    "EMPTY_RESPONSE_REPLY",
    "EMPTY_RESPONSE_TEXT",
    "AnswerWithCitations",
    "Citation",
    "VectorChromaCitationQueryEngine",
    "VectorChromaQueryEngine",
)

_DEFAULT_PATH = "./chroma"
_CITE = "{question}\n\nName the excerpts that you answer from by their numbers in square brackets, such as [1]."


class VectorChromaQueryEngine(CollectionQueryEngine):
    """Keeps documents in a folder, and answers questions from the chunks that are nearest; a `RAGQueryEngine`.

    The collection is opened, and made if it does not exist, when it is first needed.

    Args:
        db_path: the folder; the default is ``./chroma``.
        embedding_function: takes a list of texts and gives a vector for each; the default is the local embedding where
            it is installed.
        metadata: the settings of a new collection.
        llm: the model that answers: an ``llm_config``, an agent with a model, a model of LlamaIndex, or None for
            OpenAI's ``gpt-4o``.
        collection_name: the name of the collection, 3 letters or more.

    Raises:
        ImportError: chromadb is missing.
    """

    @arguments_checked
    def __init__(
        self,
        db_path: str | Path | None = None,
        embedding_function: EmbeddingFunction | str | None = None,
        metadata: dict[str, Any] | None = None,
        llm: Model = None,
        collection_name: str | None = None,
    ) -> None:
        try:
            import chromadb  # noqa: F401 - missing packages are reported now
        except ImportError as error:
            raise missing_package(type(self).__name__, error, "rag") from error
        super().__init__(collection_name, embedding_function, llm)
        self.db_path = str(db_path or _DEFAULT_PATH)
        self._metadata = metadata

    def _open(self) -> ChromaVectorDB:
        return ChromaVectorDB(path=self.db_path, embedding_function=self.embedding_function, metadata=self._metadata)

    def validate_query_index(self) -> None:
        """Open the collection, unless it is open already.

        Raises:
            VectorStoreError: it cannot be used.
        """
        if not self._is_connected:
            self.connect_db()


class Citation(BaseModel):
    """A chunk that an answer rests on.

    Attributes:
        text: the chunk.
        source: where it comes from.
        score: how far it is from the question, in the measure of the collection.
    """

    text: str
    source: str
    score: float


class AnswerWithCitations(BaseModel):
    """An answer, and what it rests on.

    Attributes:
        answer: the answer; numbers in square brackets stand for the citations, counted from 1.
        citations: the chunks.
    """

    answer: str
    citations: list[Citation]


class VectorChromaCitationQueryEngine(VectorChromaQueryEngine):
    """A `VectorChromaQueryEngine` that also tells which chunks an answer rests on.

    Args:
        db_path: as for `VectorChromaQueryEngine`, like the next four.
        embedding_function: see there.
        metadata: see there.
        llm: see there.
        collection_name: see there.
        enable_query_citations: whether a `DocAgent` shows the citations as well.
        citation_chunk_size: how many tokens a chunk has.
    """

    @arguments_checked
    def __init__(
        self,
        db_path: str | Path | None = None,
        embedding_function: EmbeddingFunction | str | None = None,
        metadata: dict[str, Any] | None = None,
        llm: Model = None,
        collection_name: str | None = None,
        enable_query_citations: bool = False,
        citation_chunk_size: Count = 512,
    ) -> None:
        super().__init__(db_path, embedding_function, metadata, llm, collection_name)
        self.enable_query_citations = enable_query_citations
        self.chunk_tokens = citation_chunk_size

    def query_with_citations(self, query: str) -> AnswerWithCitations:
        """Answer a question from the documents, and tell from which chunks.

        Args:
            query: the question.

        Returns:
            The answer, and the chunks that the model has read, in the order of their numbers in it.
        """
        found = self._found(query)
        excerpts = [f"[{number}]\n{excerpt_of(document)}" for number, (document, _) in enumerate(found, 1)]
        return AnswerWithCitations(
            answer=self._answer(_CITE.format(question=query), excerpts),
            citations=[
                Citation(text=document["content"], source=source_of(document), score=distance)
                for document, distance in found
            ],
        )
