"""What an engine must do that answers questions from documents."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

__all__ = ("RAGQueryEngine",)


@runtime_checkable
class RAGQueryEngine(Protocol):
    """Keeps documents, and answers questions from them."""

    def init_db(
        self,
        new_doc_dir: Path | str | None = None,
        new_doc_paths_or_urls: Sequence[Path | str] | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> bool:
        """Begin with an empty store.

        Args:
            new_doc_dir: a folder whose files are added.
            new_doc_paths_or_urls: files and addresses that are added.
            *args: settings of the engine.
            **kwargs: settings of the engine.

        Returns:
            Whether it worked.
        """
        ...

    def add_docs(
        self,
        new_doc_dir: Path | str | None = None,
        new_doc_paths_or_urls: Sequence[Path | str] | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        """Add documents to the store.

        Args:
            new_doc_dir: a folder whose files are added.
            new_doc_paths_or_urls: files and addresses that are added.
            *args: settings of the engine.
            **kwargs: settings of the engine.
        """
        ...

    def connect_db(self, *args: Any, **kwargs: Any) -> bool:
        """Go on with a store that exists.

        Args:
            *args: settings of the engine.
            **kwargs: settings of the engine.

        Returns:
            Whether it worked.
        """
        ...

    def query(self, question: str, *args: Any, **kwargs: Any) -> str:
        """Answer a question from the documents.

        Args:
            question: the question.
            *args: settings of the engine.
            **kwargs: settings of the engine.
        """
        ...
