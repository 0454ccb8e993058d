"""Facts in a store that is asked in Cypher: things are nodes with a name, and facts lead from one to another."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ._facts import Fact, FactsQueryEngine

__all__ = ("CypherFactsQueryEngine",)

_ADD = "MERGE (a:Thing {name: $subject}) MERGE (b:Thing {name: $object}) MERGE (a)-[:FACT {relation: $relation}]->(b)"
_ALL = "MATCH (a:Thing)-[f:FACT]->(b:Thing) RETURN a.name, f.relation, b.name"
_COUNT = "MATCH (:Thing)-[f:FACT]->(:Thing) RETURN count(f)"
_CLEAR = "MATCH (a:Thing) DETACH DELETE a"


class CypherFactsQueryEngine(FactsQueryEngine):
    """Keeps facts in a store that is asked in Cypher. A subclass asks it."""

    def _run(self, query: str, **parameters: str) -> Sequence[Sequence[object]]:
        """Run a query, and return the rows of its result."""
        raise NotImplementedError

    def _clear(self) -> None:
        self._run(_CLEAR)

    def _add(self, facts: Collection[Fact]) -> int:
        before = self._count()
        for subject, relation, target in facts:
            self._run(_ADD, subject=subject, relation=relation, object=target)
        return self._count() - before

    def _count(self) -> int:
        return int(str(self._run(_COUNT)[0][0]))

    def _facts(self) -> list[Fact]:
        return [(str(subject), str(relation), str(target)) for subject, relation, target in self._run(_ALL)]
