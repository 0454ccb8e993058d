"""What is special about Qdrant: similarities, its own ways to embed, a folder, and a server that is not there."""

from __future__ import annotations

import sys
import types

import numpy as np
import pytest

from autogen_classic.agentchat.contrib._retrieval.embed import LocalEmbedding
from autogen_classic.agentchat.contrib.vectordb import qdrant
from autogen_classic.agentchat.contrib.vectordb.qdrant import (
    EmbeddingFunction,
    FastEmbedEmbeddingFunction,
    QdrantVectorDB,
)
from autogen_classic.errors import VectorStoreError

pytest.importorskip("qdrant_client")


class Letters(EmbeddingFunction):
    def __call__(self, inputs: list[str]) -> list[list[float]]:
        return [[float(text.count(letter)) for letter in "abdg"] for text in inputs]


def test_the_number_beside_a_document_is_its_similarity_and_the_threshold_the_least_of_it():
    db = QdrantVectorDB(location=":memory:", embedding_function=Letters())
    db.create_collection("docs")
    db.insert_docs([{"id": 1, "content": "aab"}, {"id": 2, "content": "bbb"}, {"id": 3, "content": "ddg"}])
    found = db.retrieve_docs(["aa"], distance_threshold=-1)[0]
    assert (found[0][0]["id"], round(found[0][1], 4)) == (1, 0.8944)
    assert len(found) == 3
    assert [doc["id"] for doc, _ in db.retrieve_docs(["aa"], distance_threshold=0.5)[0]] == [1]


def test_a_folder_keeps_documents(tmp_path):
    db = QdrantVectorDB(path=str(tmp_path / "q"), embedding_function=Letters(), content_payload_key="text")
    db.create_collection("docs")
    db.insert_docs([{"id": "0123", "content": "aab", "metadata": {"s": 1}}])
    db.client.close()
    again = QdrantVectorDB(path=str(tmp_path / "q"), embedding_function=Letters(), content_payload_key="text")
    [found] = again.get_docs_by_ids(None, "docs", include=["documents"])
    assert (found["id"], found["content"], found["metadata"]) == ("0123", "aab", {"s": 1})
    again.client.close()


def test_the_options_of_a_collection_are_handed_on():
    from qdrant_client import models

    config = models.VectorParams(size=4, distance=models.Distance.DOT)
    db = QdrantVectorDB(
        location=":memory:", embedding_function=Letters(), collection_options={"vectors_config": config}
    )
    db.create_collection("docs")
    db.insert_docs([{"id": 1, "content": "aab"}])
    assert db.retrieve_docs(["aa"])[0][0][1] == pytest.approx(4.0)


def test_a_server_that_is_not_there_is_a_clear_error():
    db = QdrantVectorDB(url="http://127.0.0.1:1", check_compatibility=False, embedding_function=Letters())
    with pytest.raises(VectorStoreError, match="The collection 'docs' cannot be used"):
        db.create_collection("docs")


def test_fastembed_embeds_where_it_is_installed(monkeypatch):
    asked: dict[str, object] = {}

    class TextEmbedding:
        def __init__(self, **settings: object) -> None:
            asked.update(settings)

        def embed(self, texts: list[str], **settings: object) -> object:
            asked.update(settings)
            return (np.array([float(len(text)), 1.0]) for text in texts)

    monkeypatch.setitem(sys.modules, "fastembed", types.SimpleNamespace(TextEmbedding=TextEmbedding))
    function = FastEmbedEmbeddingFunction("some-model", batch_size=2, threads=1, extra="x")
    assert function(["a", "bbb"]) == [[1.0, 1.0], [3.0, 1.0]]
    assert (asked["model_name"], asked["batch_size"], asked["threads"], asked["extra"]) == ("some-model", 2, 1, "x")
    assert isinstance(QdrantVectorDB(location=":memory:").embedding_function, FastEmbedEmbeddingFunction)


def test_without_fastembed_something_else_embeds_and_the_class_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "fastembed", None)
    monkeypatch.setattr(qdrant, "embedding_from", lambda given: LocalEmbedding())
    assert isinstance(QdrantVectorDB(location=":memory:").embedding_function, LocalEmbedding)
    with pytest.raises(ImportError, match=r"autogen-classic\[retrievechat-qdrant\]"):
        FastEmbedEmbeddingFunction()
