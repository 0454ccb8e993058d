"""Answers from a graph of knowledge: documents, an engine that keeps the graph, and a capability that asks it."""

from __future__ import annotations

from .document import Document, DocumentType
from .graph_query_engine import GraphQueryEngine, GraphStoreQueryResult
from .graph_rag_capability import GraphRagCapability

__all__ = ("Document", "DocumentType", "GraphQueryEngine", "GraphRagCapability", "GraphStoreQueryResult")
