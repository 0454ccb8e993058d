"""Put chunks into a database, and search it, for an agent that retrieves."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, cast

from ..vectordb.base import Document, QueryResults, VectorDB
from ..vectordb.utils import chroma_results_to_query_results

__all__ = ("HASH_LENGTH", "documents_of", "query_results_of", "search", "store")

HASH_LENGTH = 8


def documents_of(chunks: Sequence[str], sources: Sequence[Mapping[str, str]]) -> list[Document]:
    """Make documents of chunks; equal chunks become one.

    Args:
        chunks: the texts.
        sources: where each comes from.

    Returns:
        The documents, whose ids are made from their texts.
    """
    docs: dict[str, Document] = {}
    for chunk, source in zip(chunks, sources, strict=True):
        hashed = hashlib.blake2b(chunk.encode("utf-8")).hexdigest()[:HASH_LENGTH]
        docs.setdefault(hashed, {"id": hashed, "content": chunk, "metadata": source})
    return list(docs.values())


def store(database: VectorDB, collection: str, docs: list[Document], only_new: bool) -> None:
    """Store documents in a collection that exists.

    Args:
        database: where.
        collection: the name of the collection.
        docs: the documents.
        only_new: pass over those that are stored already, so that they are not embedded again.
    """
    if only_new and docs:
        ids = [doc["id"] for doc in docs]
        stored = {str(doc["id"]) for doc in database.get_docs_by_ids(ids, collection) or []}
        docs = [doc for doc in docs if doc["id"] not in stored]
    if docs:
        database.insert_docs(docs, collection, upsert=True)


def search(
    database: VectorDB,
    collection: str,
    question: str,
    n_results: int,
    distance_threshold: float,
    search_string: str,
) -> QueryResults:
    """Find the documents that are nearest to a question.

    Args:
        database: where.
        collection: the name of the collection.
        question: the question.
        n_results: how many documents.
        distance_threshold: leave out documents that are as far away or farther; all are kept if it is below 0.
        search_string: leave out documents without this text. Chroma searches among those that have it; of what other
            databases find, those that do not are left out afterwards.
    """
    options: dict[str, Any] = {}
    if search_string and getattr(database, "type", "") == "chroma":
        options["where_document"] = {"$contains": search_string}
    found = database.retrieve_docs([question], collection, n_results, distance_threshold, **options)
    return [[(doc, distance) for doc, distance in one if search_string in doc["content"]] for one in found]


def query_results_of(results: QueryResults | Mapping[str, Any]) -> QueryResults:
    """Results in the form of `VectorDB.retrieve_docs`.

    Args:
        results: they may be an answer of Chroma, with or without distances.
    """
    if not isinstance(results, Mapping):
        return results
    columns = {"ids": results["ids"], "contents": results["documents"], "metadatas": results.get("metadatas")}
    columns["distances"] = results.get("distances") or [[0.0] * len(one) for one in results["ids"]]
    return chroma_results_to_query_results(cast("Mapping[str, Any]", columns))
