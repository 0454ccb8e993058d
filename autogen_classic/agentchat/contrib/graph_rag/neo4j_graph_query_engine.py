"""A graph of knowledge in Neo4j. The extra ``neo4j`` installs the client."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...._argument_checks import Port, arguments_checked
from .._retrieval.ask import Model
from .._retrieval.embed import EmbeddingFunction
from ._facts import Guide, names_in
from ._neo4j import Neo4jFactsQueryEngine

__all__ = ("Neo4jGraphQueryEngine",)


class Neo4jGraphQueryEngine(Neo4jFactsQueryEngine):
    """Keeps facts in Neo4j, and answers questions from them; a `GraphQueryEngine`.

    Things are nodes ``(:Thing {name})``, facts relationships ``[:FACT {relation}]``, which programs can ask for in
    Cypher. Graphs of other programs stay as they are, and are not read.

    Args:
        host: the server, with its scheme.
        port: where it listens.
        database: the database.
        username: who connects.
        password: the password.
        llm: the model that reads the documents and answers: an ``llm_config``, an agent with a model, a model of
            LlamaIndex or LangChain, or None for OpenAI's ``gpt-4o``.
        embedding: compares questions with facts: a function, or an object of LlamaIndex that embeds; the default is the
            local embedding where it is installed.
        entities: the kinds of things that are wanted, as a list or a ``Literal`` of names; any by default.
        relations: the relations that are wanted, in the same forms; any by default.
        schema: which relation leads from which kind to which: triples, or for each kind its relations; any by default.
        strict: whether facts with other relations are left out.

    Raises:
        ImportError: neo4j is missing.
    """

    @arguments_checked
    def __init__(
        self,
        host: str = "bolt://localhost",
        port: Port = 7687,
        database: str = "neo4j",
        username: str = "neo4j",
        password: str = "neo4j",
        llm: Model = None,
        embedding: EmbeddingFunction | str | None = None,
        entities: object = None,
        relations: object = None,
        schema: Mapping[str, Sequence[str]] | Sequence[Sequence[str]] | None = None,
        strict: bool | None = False,
    ) -> None:
        patterns = [(kind, *names) for kind, names in schema.items()] if isinstance(schema, Mapping) else schema
        guide = Guide(names_in(entities), names_in(relations), patterns or (), bool(strict))
        super().__init__(f"{host}:{port}", username, password, database, llm, None, embedding, guide)
