"""What all engines have in common that let a model read what is found in documents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ...._argument_checks import arguments_checked
from .._retrieval.parse import Folder, Places
from ._reader import ExcerptReader, Model

if TYPE_CHECKING:
    from ....oai.client import OpenAIWrapper

__all__ = ("EMPTY_RESPONSE_REPLY", "EMPTY_RESPONSE_TEXT", "ReadingQueryEngine")

EMPTY_RESPONSE_TEXT = "Empty Response"
EMPTY_RESPONSE_REPLY = "I have found nothing about this. If no documents have been ingested yet, ingest some first."


class ReadingQueryEngine:
    """Takes documents in, and answers questions from what it finds in them.

    A subclass says where they are kept.

    Args:
        llm: the model that answers; see `Model`.
    """

    def __init__(self, llm: Model) -> None:
        self._reader = ExcerptReader(llm)

    @property
    def client(self) -> OpenAIWrapper | None:
        """Who asks the model and spends on it; None for a model of LlamaIndex."""
        return self._reader.client

    @arguments_checked
    def add_docs(
        self,
        new_doc_dir: Folder = None,
        new_doc_paths_or_urls: Places = None,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        """Add documents to what is there.

        Args:
            new_doc_dir: a folder whose files are added.
            new_doc_paths_or_urls: files and addresses that are added.
            *args: not used.
            **kwargs: not used.

        Raises:
            RetrievalError: the engine is not connected yet.
            FileNotFoundError: a file or the folder does not exist.
            UnreadableDocumentError: a document cannot be read.
            VectorStoreError: the database cannot be reached or used.
        """
        self.validate_query_index()
        self._take_in(new_doc_dir, new_doc_paths_or_urls)

    @arguments_checked
    def query(self, question: str, *args: Any, **kwargs: Any) -> str:
        """Answer a question from the documents.

        Args:
            question: the question.
            *args: not used.
            **kwargs: not used.

        Returns:
            The answer; `EMPTY_RESPONSE_REPLY` if there is nothing to answer from.

        Raises:
            RetrievalError: the engine is not connected yet.
        """
        return self._answer(question, self._excerpts_for(question))

    def _answer(self, question: str, excerpts: Sequence[str]) -> str:
        answer = self._reader.answer(question, excerpts) if excerpts else ""
        return EMPTY_RESPONSE_REPLY if answer.strip() in ("", EMPTY_RESPONSE_TEXT) else answer

    def validate_query_index(self) -> None:
        """See that there is something to work with; a subclass says when there is.

        Raises:
            RetrievalError: the engine is not connected yet.
        """
        raise NotImplementedError

    def _take_in(self, folder: Folder, places: Places) -> None:
        """Read documents, and keep them; a subclass says how."""
        raise NotImplementedError

    def _excerpts_for(self, question: str) -> list[str]:
        """What is nearest to a question, as `quoted` writes it; a subclass says how it is found."""
        raise NotImplementedError
