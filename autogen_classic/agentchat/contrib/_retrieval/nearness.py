"""Find the texts of a short list that are nearest to a query; no database is needed for that."""

from __future__ import annotations

from collections.abc import Sequence

from .embed import LOCAL, EmbeddingFunction, Vector, embedding_from

__all__ = ("embedding_named", "nearest")


def embedding_named(given: EmbeddingFunction | str | None) -> EmbeddingFunction:
    """Return the embedding function that a program asks for by one argument.

    Args:
        given: the name of a model of sentence-transformers, ``"local"``, or an embedding function; see
            `embedding_from` for what stands in for a model that cannot be loaded.

    Raises:
        EmbeddingError: ``given`` is none of these.
        EmbeddingUnavailableError: nothing can be loaded.
    """
    if isinstance(given, str) and given != LOCAL:
        return embedding_from(None, given)
    return embedding_from(given)


def nearest(wanted: Vector, vectors: Sequence[Vector], top_k: int) -> list[int]:
    """Find the vectors that are nearest to another one.

    Args:
        wanted: the other one.
        vectors: the vectors.
        top_k: how many to find at most.

    Returns:
        Their places, the nearest first.
    """
    nearness = [_cosine(wanted, vector) for vector in vectors]
    return sorted(range(len(vectors)), key=nearness.__getitem__, reverse=True)[:top_k]


def _cosine(one: Vector, other: Vector) -> float:
    lengths = sum(x * x for x in one) * sum(x * x for x in other)
    return sum(x * y for x, y in zip(one, other, strict=True)) / (lengths**0.5 or 1.0)
