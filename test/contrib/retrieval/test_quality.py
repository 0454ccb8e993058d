"""How well chunks are found: each database finds what exact search finds, and the local embedding what is right."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from autogen_classic.agentchat.contrib._retrieval.embed import LocalEmbedding, embed
from autogen_classic.agentchat.contrib.vectordb.base import VectorDB
from autogen_classic.retrieve_utils import split_text_to_chunks

HANDBOOK = Path(__file__).with_name("handbook.md")

# A question, and what only the chunk that answers it says.
QUESTIONS = [
    ("How long may a library book be kept?", "four weeks"),
    ("What should I do when the fire alarm rings?", "assembly point"),
    ("Who repairs a broken bicycle?", "workshop in the basement"),
    ("When does the canteen serve lunch?", "half past eleven"),
    ("How do I get a new password?", "help desk"),
    ("Where can I park my car?", "the north gate"),
    ("How many days of holiday do employees have?", "thirty days"),
    ("Is smoking allowed in the building?", "the courtyard"),
    ("How are parcels sent abroad?", "customs form"),
    ("What is the bee garden for?", "pollinators"),
]


@pytest.fixture(scope="module")
def chunks() -> list[str]:
    return split_text_to_chunks(HANDBOOK.read_text(encoding="utf-8"), 60)


@pytest.fixture(scope="module")
def exact(chunks: list[str]) -> list[list[int]]:
    """For each question, the chunks in the order of exact search."""
    local = LocalEmbedding()
    nearness = np.array(embed(local, [question for question, _ in QUESTIONS])) @ np.array(embed(local, chunks)).T
    return [list(np.argsort(-row)) for row in nearness]


def hits(found: list[list[str]]) -> int:
    return sum(any(answer in chunk for chunk in some) for some, (_, answer) in zip(found, QUESTIONS, strict=True))


def test_each_question_is_answered_by_one_chunk(chunks: list[str]):
    assert len(chunks) >= 20
    assert [sum(answer in chunk for chunk in chunks) for _, answer in QUESTIONS] == [1] * len(QUESTIONS)


def test_the_local_embedding_finds_the_right_chunk_first_for_8_of_10_questions(chunks, exact):
    assert hits([[chunks[order[0]]] for order in exact]) >= 8


@pytest.mark.parametrize("most", [1, 3, 5])
def test_each_database_hits_as_often_as_exact_search(
    database: Callable[..., VectorDB], chunks: list[str], exact: list[list[int]], most: int
):
    made = database("local")
    made.create_collection("handbook")
    made.insert_docs([{"id": f"chunk-{place}", "content": chunk} for place, chunk in enumerate(chunks)])
    results = made.retrieve_docs([question for question, _ in QUESTIONS], n_results=most, distance_threshold=-1)
    found = [[doc["content"] for doc, _ in one] for one in results]
    assert hits(found) == hits([[chunks[place] for place in order[:most]] for order in exact])
