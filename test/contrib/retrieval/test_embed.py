"""Embedding functions in every shape that programs use, the local one, and what stands in for a missing model."""

from __future__ import annotations

import logging
import socket

import numpy as np
import pytest

from autogen_classic.agentchat.contrib._retrieval import embed as room
from autogen_classic.agentchat.contrib._retrieval.embed import LocalEmbedding, embed, embedding_from
from autogen_classic.errors import EmbeddingError, EmbeddingUnavailableError

PAGE = {
    "a": [1.0, 0.0],
    "b": [0.0, 1.0],
}


class LangChain:
    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [PAGE[text] for text in texts]


@pytest.mark.parametrize(
    "function",
    [
        lambda texts: [PAGE[text] for text in texts],
        lambda texts: np.array([PAGE[text] for text in texts]),
        lambda texts: [np.array(PAGE[text], dtype="float32") for text in texts],
        lambda texts: (PAGE[text] for text in texts),
        lambda text: PAGE[text],
        lambda text: np.array(PAGE[text]),
        lambda text: [PAGE[text]],
        lambda text: PAGE[text.strip()],
        LangChain(),
    ],
    ids=["lists", "matrix", "arrays", "generator", "one text", "one array", "one row", "text methods", "LangChain"],
)
def test_functions_of_every_shape_give_a_vector_for_each_text(function):
    assert embed(function, ["a", "b"]) == [[1.0, 0.0], [0.0, 1.0]]


def test_no_texts_need_no_call():
    assert embed(lambda texts: 1 / 0, []) == []


@pytest.mark.parametrize("answer", [None, "vector", 3.0, [[]], [["x"]], {"a": 1}])
def test_what_is_not_a_vector_is_refused(answer):
    with pytest.raises(EmbeddingError, match="wanted is a vector of numbers"):
        embed(lambda texts: answer, ["a"])


def test_vectors_of_different_sizes_are_refused():
    with pytest.raises(EmbeddingError, match=r"different sizes: \[1, 2\]"):
        embed(lambda texts: [[1.0], [1.0, 2.0]], ["a", "b"])


def test_an_error_of_the_function_itself_comes_through():
    def broken(texts: list[str]) -> list[list[float]]:
        raise ConnectionError("the server is away")

    with pytest.raises(ConnectionError, match="the server is away"):
        embed(broken, ["a"])


def test_the_local_embedding_gives_unit_vectors_without_a_network(monkeypatch):
    def refuse(*args: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    vectors = np.array(embed(embedding_from("local"), ["A cat sleeps.", "A kitten naps.", "Interest rates rose.", ""]))
    assert vectors.shape == (4, LocalEmbedding.dimension)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2]


def test_loading_the_local_embedding_leaves_the_root_logger_alone():
    before = logging.getLogger().handlers[:]
    room._local_weights.cache_clear()
    LocalEmbedding()
    assert logging.getLogger().handlers == before


def test_the_local_embedding_stands_in_for_a_model_that_cannot_be_loaded_and_says_so_once(monkeypatch, caplog):
    def away(model: str) -> None:
        raise ConnectionError(f"no network for {model}\nmore")

    monkeypatch.setattr(room, "_sentence_transformers", away)
    monkeypatch.setattr(room, "_onnx_of_chroma", away)
    room._for_model.cache_clear()
    assert isinstance(embedding_from(None), LocalEmbedding)
    room._for_model.cache_clear()
    assert isinstance(embedding_from(None), LocalEmbedding)
    room._for_model.cache_clear()
    [record] = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert "ConnectionError: no network for all-MiniLM-L6-v2;" in record.message


def test_a_model_that_can_be_loaded_is_used(monkeypatch):
    monkeypatch.setattr(room, "_sentence_transformers", lambda model: lambda texts: [[float(len(model))]] * len(texts))
    room._for_model.cache_clear()
    assert embed(embedding_from(None, "abc"), ["x", "y"]) == [[3.0], [3.0]]
    room._for_model.cache_clear()


def test_without_any_embedding_the_error_names_the_extra(monkeypatch):
    monkeypatch.setattr(room, "find_spec", lambda name: None)
    room._local_weights.cache_clear()
    with pytest.raises(EmbeddingUnavailableError, match=r"autogen-classic\[local-embeddings\]"):
        LocalEmbedding()
    with pytest.raises(EmbeddingUnavailableError, match=r"m cannot be loaded \(.*autogen-classic\[local-embeddings\]"):
        embedding_from(None, "m")
    room._local_weights.cache_clear()


def test_what_is_not_an_embedding_function_is_refused():
    with pytest.raises(EmbeddingError, match="embedding_function is 'fast'"):
        embedding_from("fast")
