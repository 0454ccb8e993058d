"""Engines that keep documents and answer questions from them, at the paths of AG2."""

from __future__ import annotations

from .chromadb_query_engine import ChromaDBQueryEngine
from .llamaindex_query_engine import LlamaIndexQueryEngine
from .mongodb_query_engine import MongoDBQueryEngine
from .query_engine import RAGQueryEngine

__all__ = ("ChromaDBQueryEngine", "LlamaIndexQueryEngine", "MongoDBQueryEngine", "RAGQueryEngine")
