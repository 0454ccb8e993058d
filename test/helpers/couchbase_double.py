"""A stand-in for the connection of the package couchbase, whose requests and errors are the real ones.

The client of Couchbase speaks a protocol of its own in C++, and no server can be had here: what the library calls on a
cluster, a bucket, a scope and a collection is answered from memory.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator, Mapping
from types import SimpleNamespace
from typing import Any

import numpy as np
from couchbase.exceptions import DocumentExistsException, DocumentNotFoundException, SearchIndexNotFoundException

__all__ = ("CouchbaseDouble",)

Doc = dict[str, Any]


class _Collection:
    def __init__(self, name: str, docs: Callable[[], dict[str, Doc]]) -> None:
        self.name = name
        self._docs = docs

    def _each(self, given: Mapping[str, Doc], may: Callable[[str], bool], error: type[Exception]) -> SimpleNamespace:
        exceptions = {key: error() for key in given if not may(key)}
        self._docs().update({key: json.loads(json.dumps(doc)) for key, doc in given.items() if key not in exceptions})
        return SimpleNamespace(exceptions=exceptions)

    def insert_multi(self, given: Mapping[str, Doc]) -> SimpleNamespace:
        return self._each(given, lambda key: key not in self._docs(), DocumentExistsException)

    def upsert_multi(self, given: Mapping[str, Doc]) -> SimpleNamespace:
        return self._each(given, lambda key: True, DocumentExistsException)

    def replace_multi(self, given: Mapping[str, Doc]) -> SimpleNamespace:
        return self._each(given, lambda key: key in self._docs(), DocumentNotFoundException)

    def remove_multi(self, keys: list[str]) -> SimpleNamespace:
        gone = {key: self._docs().pop(key, None) for key in keys}
        return SimpleNamespace(
            exceptions={key: DocumentNotFoundException() for key, doc in gone.items() if doc is None}
        )

    def get_multi(self, keys: list[str]) -> SimpleNamespace:
        docs = self._docs()
        return SimpleNamespace(
            results={key: SimpleNamespace(content_as={dict: docs[key]}) for key in keys if key in docs},
            exceptions={key: DocumentNotFoundException() for key in keys if key not in docs},
        )


class CouchbaseDouble:
    """A cluster with one bucket and one scope; patch it in as ``couchbase.cluster.Cluster``.

    Attributes:
        collections: the documents of each collection, by their keys.
        indexes: the search indexes by their names.
        statements: all statements that came.
    """

    def __init__(self) -> None:
        self.collections: dict[str, dict[str, Doc]] = {"_default": {}}
        self.indexes: dict[str, Any] = {}
        self.statements: list[str] = []
        self.name = "_default"  # of the scope

    def __call__(self, connection_string: str, options: object) -> CouchbaseDouble:
        return self

    # --- the cluster ---

    def wait_until_ready(self, timeout: object) -> None:
        pass

    def bucket(self, name: str) -> SimpleNamespace:
        manager = SimpleNamespace(
            get_all_scopes=lambda: [
                SimpleNamespace(name=self.name, collections=[SimpleNamespace(name=one) for one in self.collections])
            ],
            create_collection=lambda scope, collection: self.collections.setdefault(collection, {}),
            drop_collection=lambda scope, collection: self.collections.pop(collection),
        )
        return SimpleNamespace(name=name, scope=lambda scope: self, collections=lambda: manager)

    def query(self, statement: str) -> Any:
        self.statements.append(statement)
        return _Rows(self, statement)

    # --- the scope ---

    def collection(self, name: str) -> _Collection:
        return _Collection(name, lambda: self.collections[name])

    def search_indexes(self) -> SimpleNamespace:
        def get_index(name: str) -> Any:
            if name not in self.indexes:
                raise SearchIndexNotFoundException()
            return self.indexes[name]

        return SimpleNamespace(
            get_index=get_index,
            drop_index=self.indexes.pop,
            upsert_index=lambda index: self.indexes.update({index.name: index}),
        )

    def search(self, index: str, request: Any, options: Mapping[str, Any]) -> SimpleNamespace:
        [query] = request.vector_search.queries
        [kind] = self.indexes[index].params["mapping"]["types"]
        docs = self.collections[kind.partition(".")[2]]
        wanted = _numbers(query)
        scores = {key: float(np.dot(doc[query.field_name], wanted)) for key, doc in docs.items()}
        best = sorted(scores, key=lambda key: -scores[key])[: options["limit"]]
        return SimpleNamespace(rows=lambda: iter([SimpleNamespace(id=key, score=scores[key]) for key in best]))


def _numbers(query: Any) -> list[float]:
    """The vector of a request, which travels as numbers or packed."""
    if query.vector is not None:
        return list(query.vector)
    return list(np.frombuffer(base64.b64decode(query.vector_base64), dtype="<f4"))


class _Rows:
    """What a statement finds, once it is asked for."""

    def __init__(self, cluster: CouchbaseDouble, statement: str) -> None:
        self._cluster = cluster
        self._statement = statement

    def execute(self) -> list[Doc]:
        return list(self)

    def __iter__(self) -> Iterator[Doc]:
        name = re.findall(r"`([^`]*)`", self._statement)[-1]
        if self._statement.startswith("SELECT"):
            yield from ({"id": key, **doc} for key, doc in self._cluster.collections[name].items())
