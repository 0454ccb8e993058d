"""PostgreSQL with pgvector: the class Collection, ways to connect, and a server that goes away."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest

from autogen_classic.agentchat.contrib.vectordb.pgvectordb import Collection, PGVectorDB
from autogen_classic.errors import VectorStoreError

psycopg = pytest.importorskip("psycopg")


def letters(text: str) -> list[float]:
    """A stub embedding that takes one text, as those for this database did in 0.2."""
    return [float(text.count(letter)) for letter in "abdg"]


@pytest.fixture
def db(postgres: str) -> Iterator[PGVectorDB]:
    made = PGVectorDB(connection_string=postgres, embedding_function=letters)
    made.create_collection("Docs-1", overwrite=True)
    yield made
    made.delete_collection("Docs-1")
    made.client.close()


@pytest.fixture
def collection(db: PGVectorDB) -> Collection:
    found = db.get_collection("docs_1")
    found.add(["one", "two"], ["aab", "bbb"], metadatas=[{"n": 1}, {"n": 2}])
    return found


def test_a_collection_counts_gets_and_deletes(collection: Collection):
    assert collection.name == "docs_1"
    assert collection.count() == 2
    assert [doc["id"] for doc in collection.get(where="metadatas->>'n' = '2'")] == ["two"]
    assert [doc["id"] for doc in collection.get(where="documents LIKE '%ab%'")] == ["one"]
    assert [doc["id"] for doc in collection.get(limit=1, offset="1")] == ["two"]
    assert collection.get(["one"], include=["documents"]) == [{"id": "one", "content": "aab"}]
    collection.delete(["one"])
    assert collection.count() == 1


def test_a_collection_adds_updates_and_modifies(collection: Collection):
    collection.upsert(["one"], ["ggg"], [[0.0, 0.0, 0.0, 3.0]], [{"n": 3}])
    collection.update(["two", "nine"], None, None, ["dd", "x"])
    assert [(doc["content"], doc["metadata"]) for doc in collection.get()] == [("ggg", {"n": 3}), ("dd", None)]
    collection.modify({"all": True})
    assert [doc["metadata"] for doc in collection.get()] == [{"all": True}] * 2


@pytest.mark.parametrize(
    ("kind", "distance"), [("euclidean", 1.0), ("cosine", 1 - 2 / 5**0.5), ("inner-product", -2.0)]
)
def test_distances_are_measured_in_three_ways(collection: Collection, kind: str, distance: float):
    [[(nearest, found)]] = collection.query(["a"], n_results=1, distance_type=kind, include_embedding=True)
    assert nearest["embedding"] == [2.0, 1.0, 0.0, 0.0]
    assert found == pytest.approx(distance if kind != "euclidean" else 2**0.5)


def test_an_unknown_way_to_measure_is_refused(collection: Collection):
    with pytest.raises(VectorStoreError, match="distance_type is 'miles'"):
        collection.query(["a"], distance_type="miles")


def test_a_distance_leaves_documents_out(db: PGVectorDB, collection: Collection):
    assert [doc["id"] for doc, _ in db.retrieve_docs(["aab"], "docs-1", 5, 1.0)[0]] == ["one"]


def test_a_collection_can_be_used_by_itself(postgres: str):
    with psycopg.connect(postgres) as connection:  # which commits only at its end
        own = Collection(connection, "own", letters, {"hnsw:M": 8}, get_or_create=True)
        own.add(["x"], ["a\0b"])
        assert own.get()[0]["content"] == "ab"
        assert own.table_exists("own")
        own.delete_collection()
        assert not own.table_exists("own")
    with pytest.raises(VectorStoreError, match="has no connection"):
        Collection(None, "own", letters).count()


def test_vectors_that_are_too_long_for_an_index_are_searched_without_one(postgres: str):
    with psycopg.connect(postgres, autocommit=True) as connection:
        long = Collection(connection, "long", lambda texts: [[1.0, float(len(text))] * 1500 for text in texts])
        long.create_collection()
        long.add(["x", "y"], ["a", "aaaa"])
        assert long.query(["aaa"], n_results=1)[0][0][0]["id"] == "y"
        long.delete_collection()


def test_small_calculations():
    assert list(Collection.convert_string_to_array("[1.0, 2.0]")) == [1.0, 2.0]  # type: ignore[call-overload]
    assert Collection.convert_string_to_array([1.0]) == [1.0]
    assert Collection.euclidean_distance([0.0, 0.0], [3.0, 4.0]) == 5
    assert Collection.cosine_distance([1.0, 0.0], [0.0, 1.0]) == 1
    assert Collection.inner_product_distance([1.0, 2.0], [3.0, 4.0]) == -11


def test_a_table_of_0_2_is_used(db: PGVectorDB):
    db.client.execute(
        "CREATE TABLE old_docs (documents text, id char(8) PRIMARY KEY, metadatas jsonb, embedding vector(4));"
        "INSERT INTO old_docs VALUES ('aab', 'a', '{\"s\": 1}', '[2,1,0,0]')"
    )
    assert db.retrieve_docs(["a"], "old-docs")[0][0][0] == {"id": "a", "content": "aab", "metadata": {"s": 1}}
    assert db.get_docs_by_ids(["a"], "old-docs", include=["documents"]) == [{"id": "a", "content": "aab"}]
    db.insert_docs([{"id": "12345678", "content": "g"}], "old-docs")
    with pytest.raises(VectorStoreError, match="too long"):
        db.insert_docs([{"id": "123456789", "content": "g"}], "old-docs")
    db.delete_collection("old-docs")


def test_there_are_several_ways_to_connect(postgres: str):
    folder = parse_qs(urlsplit(postgres).query)["host"][0]
    for settings in (
        {"host": folder, "dbname": "postgres", "username": "postgres"},
        {"connection_string": postgres.replace("postgresql://", "postgresql+psycopg://")},
        {"conn": psycopg.connect(postgres, autocommit=True)},
    ):
        made = PGVectorDB(embedding_function=letters, **settings)
        assert made.client.execute("SELECT 1").fetchone() == (1,)
        made.client.close()


def test_a_server_that_is_not_there_is_a_clear_error_without_the_password():
    with pytest.raises(VectorStoreError, match="The database cannot be used") as caught:
        PGVectorDB(host="127.0.0.1", port=1, username="me", password="geheim", embedding_function=letters)
    assert "geheim" not in str(caught.value)


def test_a_connection_that_the_server_has_closed_is_opened_again(db: PGVectorDB, collection: Collection, postgres: str):
    with psycopg.connect(postgres, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [db.client.info.backend_pid])
    with pytest.raises(VectorStoreError):
        db.retrieve_docs(["a"], "docs-1")
    assert len(db.retrieve_docs(["a"], "docs-1")[0]) == 2
