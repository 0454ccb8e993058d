"""MongoDB Atlas: what the real client sends to a stand-in of the server, and what comes back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from autogen_classic.agentchat.contrib.vectordb.mongodb import MongoDBAtlasVectorDB, with_id_rename
from autogen_classic.errors import VectorStoreError

if TYPE_CHECKING:
    from mongo_double import MongoDouble

pytest.importorskip("pymongo")


def letters(texts: list[str]) -> list[list[float]]:
    return [[float(text.count(letter)) for letter in "abdg"] for text in texts]


@pytest.fixture
def db(mongo: MongoDouble) -> Iterator[MongoDBAtlasVectorDB]:
    made = MongoDBAtlasVectorDB(
        mongo.url,
        embedding_function=letters,
        collection_name="docs",
        wait_until_index_ready=1,
        wait_until_document_ready=1,
    )
    made.insert_docs([{"id": 1, "content": "aab", "metadata": {"s": 1}}, {"id": 2, "content": "bbb"}])
    yield made
    made.client.close()


def test_the_index_says_how_vectors_are_compared(db: MongoDBAtlasVectorDB, mongo: MongoDouble):
    assert db.list_collections() == ["docs"]
    assert mongo.indexes["docs"]["vector_index"]["latestDefinition"] == {
        "fields": [{"type": "vector", "numDimensions": 4, "path": "embedding", "similarity": "cosine"}]
    }


def test_the_search_asks_for_similarities_and_the_threshold_is_one_less_the_least(
    db: MongoDBAtlasVectorDB, mongo: MongoDouble
):
    [[(nearest, score)]] = db.retrieve_docs(["aab"], n_results=2, distance_threshold=0.1, filter={"s": 1})
    assert (nearest, score) == ({"id": "1", "content": "aab", "metadata": {"s": 1}}, pytest.approx(1.0))
    stages = mongo.commands[-1]["pipeline"]
    assert stages[0]["$vectorSearch"] == {
        "index": "vector_index",
        "path": "embedding",
        "queryVector": [2.0, 1.0, 0.0, 0.0],
        "limit": 2,
        "numCandidates": 20,
        "filter": {"s": 1},
    }
    assert stages[2] == {"$match": {"score": {"$gte": 0.9}}}


def test_updating_may_store_what_is_new(db: MongoDBAtlasVectorDB):
    db.update_docs([{"id": "new", "content": "dd"}], upsert=True)
    assert db.get_docs_by_ids(["new"], include=["content"]) == [{"id": "new", "content": "dd"}]


def test_an_index_that_is_never_ready_is_an_error(mongo: MongoDouble, monkeypatch):
    monkeypatch.setattr(MongoDBAtlasVectorDB, "_index", lambda *_: None)
    db = MongoDBAtlasVectorDB(mongo.url, embedding_function=letters, wait_until_index_ready=0.01)
    with pytest.raises(
        VectorStoreError, match="'vector_index' of the collection 'docs' is not ready after 0.01 seconds"
    ):
        db.create_collection("docs")
    db.client.close()


def test_what_the_server_refuses_and_a_server_that_is_not_there_are_clear_errors(db: MongoDBAtlasVectorDB, mongo):
    mongo._commands.pop("aggregate")
    with pytest.raises(VectorStoreError, match="The collection 'docs' cannot be used: no such command"):
        db.retrieve_docs(["a"])
    away = "mongodb://me:geheim@127.0.0.1:1/?serverSelectionTimeoutMS=10"
    with pytest.raises(VectorStoreError, match="MongoDB cannot be used") as caught:
        MongoDBAtlasVectorDB(away, embedding_function=letters)
    assert "geheim" not in str(caught.value)


def test_ids_are_renamed():
    assert with_id_rename([{"_id": 1, "content": "a"}]) == [{"id": 1, "content": "a"}]
