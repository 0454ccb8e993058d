"""An agent that answers from a graph in FalkorDB."""

from __future__ import annotations

from .graph_rag_capability import GraphRagCapability

__all__ = ("FalkorGraphRagCapability",)


class FalkorGraphRagCapability(GraphRagCapability):
    """Lets an agent answer each message from a graph in FalkorDB; see `GraphRagCapability`.

    Args:
        query_engine: answers the questions, such as a `FalkorGraphQueryEngine`.
    """
