"""A graph of knowledge in Ladybug, the embedded database that carries Kuzu on (extra ``graph-ladybug``)."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, cast

from ...._argument_checks import Texts, arguments_checked
from ...._packages import llama_cpp, missing_package
from .._retrieval.ask import Model
from .._retrieval.embed import EmbeddingFunction
from .._retrieval.failures import plain_errors
from ._cypher import CypherFactsQueryEngine
from ._facts import Guide

if TYPE_CHECKING:
    from ladybug import Connection, QueryResult

__all__ = ("LadybugGraphQueryEngine",)

_IN_MEMORY = ":memory:"
_TABLES = (
    "CREATE NODE TABLE IF NOT EXISTS Thing(name STRING PRIMARY KEY)",
    "CREATE REL TABLE IF NOT EXISTS FACT(FROM Thing TO Thing, relation STRING)",
)


class LadybugGraphQueryEngine(CypherFactsQueryEngine):
    """Keeps facts in a file of this machine, and answers questions from them; a `GraphQueryEngine`.

    Programs can ask the file in Cypher, too: ``MATCH (a:Thing)-[f:FACT]->(b:Thing) RETURN a.name, f.relation, b.name``.

    Args:
        llm: the model that reads the documents and answers: an ``llm_config``, an agent with a model, a model of
            LlamaIndex or LangChain, or None for OpenAI's ``gpt-4o``.
        path: the file; the default keeps the graph in memory.
        embedding_function: compares questions with facts; the default is the local embedding where it is installed.
        entities: the kinds of things that are wanted; any by default.
        relations: the relations that are wanted; any by default.
        strict: whether facts with other relations are left out.

    Raises:
        ImportError: ladybug is missing.
        EmbeddingUnavailableError: the embedding cannot be loaded.
        VectorStoreError: the file holds something else, or another process uses it.
    """

    @arguments_checked
    def __init__(
        self,
        llm: Model = None,
        path: str | Path | None = None,
        embedding_function: EmbeddingFunction | str | None = None,
        entities: Texts = (),
        relations: Texts = (),
        strict: bool = False,
    ) -> None:
        super().__init__(llm, embedding_function, Guide(tuple(entities), tuple(relations), strict=strict))
        self._path = _IN_MEMORY if path is None else str(path)
        self._connection = self._opened()
        for table in _TABLES:
            self._run(table)

    def _opened(self) -> Connection:
        with suppress(ImportError):  # loaded after Ladybug, the local model would end the process
            llama_cpp()
        try:
            import ladybug
        except ImportError as error:
            raise missing_package("LadybugGraphQueryEngine", error, "graph-ladybug") from error
        with plain_errors(f"The graph {self._path}", RuntimeError):
            return ladybug.Connection(ladybug.Database(self._path))

    def _run(self, query: str, **parameters: str) -> Sequence[Sequence[object]]:
        with plain_errors(f"The graph {self._path}", RuntimeError):
            result = cast("QueryResult", self._connection.execute(query, parameters))
            return cast("list[list[object]]", result.get_all())

    def close(self) -> None:
        """Let go of the file, so that others can open it."""
        self._connection.close()
