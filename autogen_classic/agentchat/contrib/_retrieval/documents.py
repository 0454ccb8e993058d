"""Documents column by column, as databases take them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ....errors import VectorStoreError
from .embed import EmbeddingFunction, embed

__all__ = ("Rows", "rows_of", "texts_of")


@dataclass
class Rows:
    """Documents column by column.

    Args:
        ids: one for each document, all different.
        documents: the texts.
        metadatas: what is known about each.
        embeddings: the vectors; those that are None are made from the texts.
    """

    ids: list[str]
    documents: list[str]
    metadatas: Sequence[Mapping[str, Any] | None]
    embeddings: Sequence[Sequence[float] | None] = field(default_factory=list)

    def vectors(self, function: EmbeddingFunction) -> list[Sequence[float]]:
        """The vectors of all documents."""
        given = self.embeddings or [None] * len(self.documents)
        missing = [text for text, vector in zip(self.documents, given, strict=True) if vector is None]
        made = iter(embed(function, missing))
        return [next(made) if vector is None else vector for vector in given]

    def batches(self, size: int) -> Iterator[Rows]:
        """The documents in parts of at most so many."""
        for start in range(0, len(self.ids), size):
            part = slice(start, start + size)
            yield Rows(self.ids[part], self.documents[part], self.metadatas[part], self.embeddings[part])


def rows_of(docs: Iterable[Mapping[str, Any]]) -> Rows:
    """Turn documents of `vectordb.base` into columns.

    Args:
        docs: the documents.

    Raises:
        VectorStoreError: a document has no content or no id.
    """
    docs = list(docs)
    for doc in docs:
        for key in ("content", "id"):
            if doc.get(key) is None:
                raise VectorStoreError(f"The document {key} is required.")
    return Rows(
        [str(doc["id"]) for doc in docs],
        [doc["content"] for doc in docs],
        [doc.get("metadata") for doc in docs],
        [doc.get("embedding") for doc in docs],
    )


def texts_of(queries: Sequence[str]) -> list[str]:
    """A list of texts, where a program may have given a single one.

    Raises:
        TypeError: it is neither a text nor several.
    """
    texts = [queries] if isinstance(queries, str) else queries
    if not isinstance(texts, Iterable) or not all(isinstance(text, str) for text in texts):
        raise TypeError(f"What to look for must be a text or a list of texts, but it is {queries!r:.80}.")
    return list(texts)
