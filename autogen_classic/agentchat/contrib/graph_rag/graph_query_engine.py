"""What an engine must do that keeps knowledge as a graph."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from .document import Document

__all__ = ("GraphQueryEngine", "GraphStoreQueryResult")


@dataclass
class GraphStoreQueryResult:
    """What an engine knows about a question.

    Args:
        answer: the answer; None if it knows none.
        results: what it found in the graph.
    """

    answer: str | None = None
    results: list[Any] = field(default_factory=list)


@runtime_checkable
class GraphQueryEngine(Protocol):
    """Keeps knowledge as a graph, and answers questions about it."""

    def init_db(self, input_doc: list[Document] | None = None) -> None:
        """Make the graph.

        Args:
            input_doc: documents to begin with.
        """
        ...

    def add_records(self, new_records: list[Document]) -> bool:
        """Add documents to the graph.

        Args:
            new_records: the documents.

        Returns:
            Whether they were added.
        """
        ...

    def query(self, question: str, n_results: int = 1, **kwargs: Any) -> GraphStoreQueryResult:
        """Answer a question.

        Args:
            question: the question.
            n_results: how many results to return.
            **kwargs: settings of the engine.
        """
        ...
