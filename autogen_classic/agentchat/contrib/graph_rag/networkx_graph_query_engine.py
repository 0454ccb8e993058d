"""A graph of knowledge within the process. The extras ``graph`` and ``local-embeddings`` have what it needs.

A model reads documents and writes down facts: who or what is related to whom or what, and how. A question is answered
from the facts that are nearest to it, and from those about the same things.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from ...._argument_checks import arguments_checked
from ...._core.whole_files import write_whole
from ...._packages import missing_package
from ....errors import RetrievalError
from ...conversable_agent import ConversableAgent
from .._retrieval.embed import LOCAL, EmbeddingFunction
from ._facts import Fact, FactsQueryEngine

if TYPE_CHECKING:
    import networkx as nx  # type: ignore[import-untyped,unused-ignore]

__all__ = ("NetworkxGraphQueryEngine",)


class NetworkxGraphQueryEngine(FactsQueryEngine):
    """Keeps facts in a graph of networkx, and answers questions from them; a `GraphQueryEngine`.

    Args:
        agent: whose model reads the documents and answers; the usage is on its account.
        path: a file that keeps the graph as JSON; what is in it is loaded. The default keeps it in memory.
        embedding_function: compares questions with facts; see `retrieve_user_proxy_agent`.

    Raises:
        ImportError: networkx is missing.
        EmbeddingUnavailableError: the embedding cannot be loaded.
        RetrievalError: the file holds something else.
    """

    @arguments_checked
    def __init__(
        self,
        agent: ConversableAgent,
        path: str | Path | None = None,
        embedding_function: EmbeddingFunction | str | None = LOCAL,
    ) -> None:
        super().__init__(agent, embedding_function)
        self._path = Path(path) if path else None
        self.graph = self._load() if self._path and self._path.exists() else _new_graph()

    def _load(self) -> nx.MultiDiGraph:
        import networkx as nx

        assert self._path is not None
        try:
            return nx.node_link_graph(json.loads(self._path.read_text(encoding="utf-8")), edges="edges")
        except (AttributeError, KeyError, TypeError, ValueError, nx.NetworkXError) as error:
            raise RetrievalError(f"{self._path} does not hold a graph: {error}") from error

    def _save(self) -> None:
        import networkx as nx

        if self._path:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self._path, json.dumps(nx.node_link_data(self.graph, edges="edges")).encode())

    def _clear(self) -> None:
        self.graph = _new_graph()
        self._save()

    def _add(self, facts: Collection[Fact]) -> int:
        before: int = self.graph.number_of_edges()
        for subject, relation, target in facts:
            self.graph.add_edge(subject, target, key=relation)
        self._save()
        after: int = self.graph.number_of_edges()
        return after - before

    def _facts(self) -> list[Fact]:
        return [(subject, relation, target) for subject, target, relation in self.graph.edges(keys=True)]


def _new_graph() -> nx.MultiDiGraph:
    try:
        import networkx as nx
    except ImportError as error:
        raise missing_package("A graph of knowledge", error, "graph") from error
    return nx.MultiDiGraph()
