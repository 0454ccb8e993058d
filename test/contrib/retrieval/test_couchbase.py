"""Couchbase: what is asked of the client, against a stand-in of its connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from autogen_classic.agentchat.contrib.vectordb.couchbase import EMBEDDING_KEY, TEXT_KEY, CouchbaseVectorDB
from autogen_classic.errors import VectorStoreError

if TYPE_CHECKING:
    from couchbase_double import CouchbaseDouble

exceptions = pytest.importorskip("couchbase.exceptions")


def letters(texts: list[str]) -> list[list[float]]:
    return [[float(text.count(letter)) for letter in "abdg"] for text in texts]


@pytest.fixture
def db(couchbase: CouchbaseDouble) -> CouchbaseVectorDB:
    made = CouchbaseVectorDB(embedding_function=letters)
    made.create_collection("my-docs")
    made.insert_docs([{"id": 1, "content": "aab", "metadata": {"s": 1}}, {"id": 2, "content": "b"}], batch_size=1)
    return made


def test_documents_are_stored_in_the_form_of_0_2(db: CouchbaseVectorDB, couchbase: CouchbaseDouble):
    assert couchbase.collections["my-docs"]["1"] == {
        TEXT_KEY: "aab",
        "metadata": {"s": 1},
        EMBEDDING_KEY: [2.0, 1.0, 0.0, 0.0],
        "id": "1",
    }
    assert couchbase.statements == ["CREATE PRIMARY INDEX IF NOT EXISTS ON `vector_db`.`_default`.`my-docs`"]


def test_the_index_belongs_to_the_collection_and_goes_with_it(db: CouchbaseVectorDB, couchbase: CouchbaseDouble):
    types = couchbase.indexes["vector_index_my-docs"].params["mapping"]["types"]
    [field] = types["_default.my-docs"]["properties"][EMBEDDING_KEY]["fields"]
    assert (field["dims"], field["similarity"]) == (4, "dot_product")
    db.delete_collection("my-docs")
    assert not db.search_index_exists("vector_index_my-docs")
    named = CouchbaseVectorDB(embedding_function=letters, index_name="mine")
    named.create_collection("other")
    assert list(couchbase.indexes) == ["mine"]


def test_the_threshold_is_one_less_the_least_score(db: CouchbaseVectorDB):
    assert [doc["id"] for doc, _ in db.retrieve_docs(["a"], distance_threshold=-1)[0]] == ["1", "2"]
    assert [(doc["id"], score) for doc, score in db.retrieve_docs(["a"], distance_threshold=0.3)[0]] == [("1", 2.0)]


def test_what_the_cluster_refuses_is_a_clear_error(couchbase: CouchbaseDouble, monkeypatch):
    def refuse(*_: object) -> None:
        raise exceptions.AuthenticationException(message="wrong password")

    monkeypatch.setattr(couchbase, "wait_until_ready", refuse)
    with pytest.raises(VectorStoreError, match="Couchbase cannot be used: wrong password"):
        CouchbaseVectorDB(embedding_function=letters)
