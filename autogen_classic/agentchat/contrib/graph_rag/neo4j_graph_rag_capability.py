"""An agent that answers from a graph in Neo4j."""

from __future__ import annotations

from .graph_rag_capability import GraphRagCapability

__all__ = ("Neo4jGraphCapability",)


class Neo4jGraphCapability(GraphRagCapability):
    """Lets an agent answer each message from a graph in Neo4j; see `GraphRagCapability`.

    Args:
        query_engine: answers the questions, such as a `Neo4jGraphQueryEngine`.
    """
