"""What all databases have in common: Chroma, Qdrant and PostgreSQL are real ones, the others stand-ins."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import pytest

from autogen_classic.agentchat.contrib.retrieve_user_proxy_agent import RetrieveUserProxyAgent
from autogen_classic.agentchat.contrib.vectordb.base import Document, VectorDB, VectorDBFactory
from autogen_classic.agentchat.contrib.vectordb.utils import (
    ColoredLogger,
    chroma_results_to_query_results,
    filter_results_by_distance,
    get_logger,
)
from autogen_classic.errors import EmbeddingSizeError, VectorStoreError

Make = Callable[..., VectorDB]
LETTERS = "abdg"


def letters(texts: list[str]) -> list[list[float]]:
    return [[float(text.count(letter)) for letter in LETTERS] for text in texts]


def doc(identity: str | int, content: str, **metadata: object) -> Document:
    return {"id": identity, "content": content, "metadata": metadata or None}


THREE = [doc("one", "aab", source="s"), doc("two", "bbb"), doc("three", "ddg", n=1)]


@pytest.fixture
def db(database: Make) -> VectorDB:
    made = database(letters)
    made.create_collection("docs-1")
    made.insert_docs(THREE)
    return made


def contents(found: list[Document]) -> dict[str, str]:
    return {str(one["id"]): one["content"] for one in found}


def test_it_is_a_vector_db_of_its_name(db: VectorDB):
    assert isinstance(db, VectorDB)
    assert db.type in VectorDBFactory.PREDEFINED_VECTOR_DB


def test_the_nearest_documents_come_first_with_all_that_is_known_about_them(db: VectorDB):
    [[(first, near), (second, far)], [(other, _)]] = (
        *db.retrieve_docs(["aab"], n_results=2, distance_threshold=-1),
        *db.retrieve_docs(["dg"], "docs-1", 1, -1),
    )
    assert (first["id"], first["content"], first["metadata"]) == ("one", "aab", {"source": "s"})
    assert (second["id"], other["id"], other["metadata"]) == ("two", "three", {"n": 1})
    assert near != far
    assert [one[0][0]["id"] for one in db.retrieve_docs(["bb", "dd"], n_results=1)] == ["two", "three"]


def test_more_results_than_documents_may_be_asked_for(db: VectorDB):
    assert len(db.retrieve_docs(["a"], n_results=50, distance_threshold=-1)[0]) == 3


def test_a_single_query_may_come_as_a_text(db: VectorDB):
    assert len(db.retrieve_docs("aab", n_results=1)) == 1  # type: ignore[arg-type]


def test_documents_are_returned_by_their_ids(db: VectorDB):
    assert contents(db.get_docs_by_ids(["one", "three"])) == {"one": "aab", "three": "ddg"}
    assert contents(db.get_docs_by_ids()) == {"one": "aab", "two": "bbb", "three": "ddg"}
    assert db.get_docs_by_ids(["none"]) == []


def test_the_vectors_of_documents_are_returned_when_asked_for(db: VectorDB):
    [found] = db.get_docs_by_ids(["two"], include=["documents", "metadatas", "embeddings"])
    vector = list(found["embedding"] or ())
    assert [one / max(vector) for one in vector] == [0.0, 1.0, 0.0, 0.0]


def test_inserting_leaves_stored_documents_alone_and_upserting_replaces_them(db: VectorDB):
    db.insert_docs([doc("one", "changed"), doc("four", "gg")])
    assert contents(db.get_docs_by_ids(["one", "four"])) == {"one": "aab", "four": "gg"}
    db.insert_docs([doc("one", "ggg", k=2)], upsert=True)
    [found] = db.get_docs_by_ids(["one"])
    assert found["content"] == "ggg"
    assert (found["metadata"] or {})["k"] == 2
    assert {one["id"] for one, _ in db.retrieve_docs(["ggg"], n_results=2)[0]} == {"one", "four"}


def test_updating_replaces_stored_documents_only(db: VectorDB):
    db.update_docs([doc("two", "dd", z=1), doc("nine", "aa")])
    assert contents(db.get_docs_by_ids(["two", "nine"])) == {"two": "dd"}


def test_documents_are_deleted(db: VectorDB):
    db.delete_docs(["one", "none"])
    assert contents(db.get_docs_by_ids()) == {"two": "bbb", "three": "ddg"}


def test_a_vector_of_the_program_is_stored_as_it_is(db: VectorDB):
    db.insert_docs([{"id": "own", "content": "nothing alike", "embedding": [0.0, 0.0, 0.0, 1.5]}])
    assert db.retrieve_docs(["g"], n_results=1)[0][0][0]["id"] == "own"


def test_a_document_needs_a_content_and_an_id(db: VectorDB):
    with pytest.raises(VectorStoreError, match="The document content is required"):
        db.insert_docs([{"id": "x"}])
    with pytest.raises(VectorStoreError, match="The document id is required"):
        db.update_docs([{"content": "x"}])
    db.insert_docs([])


def test_texts_with_wild_characters_and_ids_that_are_numbers_are_kept(database: Make):
    made = database(letters)
    made.create_collection("wild")
    made.insert_docs([doc(7, 'it\'s "quoted"; DROP TABLE wild; -- %s {x} \u00e9\u4e2d\U0001f600 a'), doc("7x", "b")])
    [found] = made.get_docs_by_ids([7])
    assert found["content"] == 'it\'s "quoted"; DROP TABLE wild; -- %s {x} \u00e9\u4e2d\U0001f600 a'
    assert str(found["id"]) == "7"


def test_a_collection_is_made_once_taken_again_or_made_afresh(database: Make):
    made = database(letters)
    if made.type != "couchbase":  # which has a default collection
        with pytest.raises(VectorStoreError, match=r"(?i)no collection is specified|collection name is required"):
            made.get_collection()
    made.create_collection("docs-1")
    made.insert_docs(THREE)
    made.create_collection("docs-1")
    assert len(made.get_docs_by_ids()) == 3
    with pytest.raises(VectorStoreError, match="already exists"):
        made.create_collection("docs-1", get_or_create=False)
    made.create_collection("docs-1", overwrite=True)
    assert made.get_docs_by_ids() == []


def test_collections_do_not_mix(db: VectorDB):
    db.create_collection("docs-2")
    db.insert_docs([doc("else", "aa")])
    assert contents(db.get_docs_by_ids()) == {"else": "aa"}
    db.get_collection("docs-1")
    assert len(db.get_docs_by_ids()) == 3
    assert contents(db.get_docs_by_ids(None, "docs-2")) == {"else": "aa"}


def test_a_deleted_collection_is_gone(db: VectorDB):
    db.delete_collection("docs-1")
    with pytest.raises(VectorStoreError, match="docs-1|docs_1"):
        db.retrieve_docs(["a"], "docs-1")
    with pytest.raises(VectorStoreError):
        db.get_collection("docs-1")
    with pytest.raises(VectorStoreError):
        db.retrieve_docs(["a"])


def test_vectors_of_another_size_are_refused_for_writing_and_searching(db: VectorDB, database: Make):
    small = database(lambda texts: [[1.0, 2.0]] * len(texts))
    small.get_collection("docs-1")
    with pytest.raises(EmbeddingSizeError, match="vectors of"):
        small.insert_docs([doc("x", "a")])
    with pytest.raises(EmbeddingSizeError, match="vectors of"):
        small.retrieve_docs(["a"])
    assert len(db.get_docs_by_ids()) == 3


def test_two_programs_see_the_same_collection(db: VectorDB, database: Make):
    other = database(letters)
    assert len(other.get_docs_by_ids(None, "docs-1")) == 3


def spread(texts: list[str]) -> list[list[float]]:
    """A stub embedding that puts texts anywhere."""
    return [[byte / 128 - 1 for byte in hashlib.blake2b(text.encode(), digest_size=16).digest()] for text in texts]


def test_many_documents_are_stored_and_as_many_found_as_are_asked_for(database: Make):
    made = database(spread)
    made.create_collection("many")
    made.insert_docs([doc(f"d{number}", f"text {number}") for number in range(500)])
    assert len(made.get_docs_by_ids()) == 500
    assert len(made.retrieve_docs(["text 7"], n_results=200, distance_threshold=-1)[0]) == 200


def test_a_retrieval_chat_uses_any_of_them(database: Make, tmp_path):
    (tmp_path / "one.txt").write_text("all about gg")
    (tmp_path / "two.txt").write_text("aaa bbb")
    proxy = RetrieveUserProxyAgent(
        retrieve_config={
            "docs_path": str(tmp_path),
            "vector_db": database(letters),
            "task": "qa",
            "get_or_create": True,
        },
        code_execution_config=False,
    )
    message = proxy.message_generator(proxy, None, {"problem": "gg", "n_results": 1})
    assert "all about gg" in message
    again = proxy.message_generator(proxy, None, {"problem": "gg", "n_results": 5, "search_string": "bbb"})
    assert "all about gg" not in again
    assert "aaa bbb" in again


# --- the factory and small parts -------------------------------------------------------------------------------------


def test_an_unknown_database_is_refused():
    with pytest.raises(VectorStoreError, match=r"Unsupported vector database type: nope. Valid types are \['chroma'"):
        VectorDBFactory.create_vector_db("nope")


def test_documents_beyond_a_distance_are_left_out():
    found = [[(doc(1, "a"), 0.1), (doc(2, "b"), 0.5)], [(doc(3, "c"), 1.0)]]
    assert [[len(one) for one in filter_results_by_distance(found, most)] for most in (-1, 0, 0.1, 0.3, 0.5, 2)] == [
        [2, 1],
        [2, 1],
        [0, 0],
        [1, 0],
        [1, 0],
        [2, 1],
    ]


def test_an_answer_of_chroma_becomes_query_results():
    data = {
        "ids": [["1", "2"], ["3"]],
        "documents": [["a", "b"], ["c"]],
        "distances": [[0.1, 0.2], [0.3]],
        "embeddings": None,
        "metadatas": [[{"s": 1}, None], [{"s": 2}]],
        "included": ["documents"],
    }
    assert chroma_results_to_query_results(data) == [
        [
            ({"id": "1", "document": "a", "metadata": {"s": 1}}, 0.1),
            ({"id": "2", "document": "b", "metadata": None}, 0.2),
        ],
        [({"id": "3", "document": "c", "metadata": {"s": 2}}, 0.3)],
    ]
    assert chroma_results_to_query_results(data, "documents")[1] == [
        ({"id": "3", "distance": 0.3, "metadata": {"s": 2}}, "c")
    ]


def test_loggers_write_in_colours(capsys):
    logger = get_logger("some.name")
    assert isinstance(logger, ColoredLogger)
    logger.info("plain %s", 1)
    logger.warning("watch out")
    logger.debug("unseen")
    shown = capsys.readouterr().err
    assert "some.name - INFO - plain 1" in shown
    assert "WARNING" in shown
    assert "unseen" not in shown
