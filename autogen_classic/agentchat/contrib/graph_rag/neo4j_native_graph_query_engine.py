"""A graph of knowledge in Neo4j, with the parameters of neo4j-graphrag. The extra ``neo4j`` installs the client."""

from __future__ import annotations

from collections.abc import Sequence

from ...._argument_checks import Port, arguments_checked
from .._retrieval.ask import Model
from .._retrieval.embed import EmbeddingFunction
from ._facts import Guide, names_in
from ._neo4j import Neo4jFactsQueryEngine

__all__ = ("Neo4jNativeGraphQueryEngine",)


class Neo4jNativeGraphQueryEngine(Neo4jFactsQueryEngine):
    """Keeps facts in Neo4j, and answers questions from them; a `GraphQueryEngine`.

    It stores facts as `Neo4jGraphQueryEngine` does, in the database that the server chooses.

    Args:
        host: the server, with its scheme.
        port: where it listens.
        username: who connects.
        password: the password.
        embeddings: compares questions with facts: a function, or an object of neo4j-graphrag that embeds; the default
            is the local embedding where it is installed.
        embedding_dimension: not used; vectors are compared within the process.
        llm: the model that reads the documents: an ``llm_config``, an agent with a model, a model of neo4j-graphrag,
            or None for OpenAI's ``gpt-4o``.
        query_llm: the model that answers; the default is the same.
        entities: the kinds of things that are wanted, as names or dicts with a label; any by default.
        relations: the relations that are wanted, in the same forms; any by default.
        potential_schema: which relation leads from which kind to which, as triples; any by default.

    Raises:
        ImportError: neo4j is missing.
    """

    @arguments_checked
    def __init__(
        self,
        host: str = "neo4j://localhost",
        port: Port = 7687,
        username: str = "neo4j",
        password: str = "password",
        embeddings: EmbeddingFunction | str | None = None,
        embedding_dimension: int = 3072,
        llm: Model = None,
        query_llm: Model = None,
        entities: object = None,
        relations: object = None,
        potential_schema: Sequence[Sequence[str]] | None = None,
    ) -> None:
        guide = Guide(names_in(entities), names_in(relations), potential_schema or ())
        super().__init__(f"{host}:{port}", username, password, None, llm, query_llm, embeddings, guide)
