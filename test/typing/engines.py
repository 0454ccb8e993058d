"""Every engine that answers from documents is a RAGQueryEngine, so that one can take the place of another."""

from __future__ import annotations

from autogen_classic.agentchat.contrib.rag import (
    ChromaDBQueryEngine,
    LlamaIndexQueryEngine,
    MongoDBQueryEngine,
    RAGQueryEngine,
)
from autogen_classic.agents.experimental.document_agent import InMemoryQueryEngine, VectorChromaQueryEngine


def engines(
    on_a_server: ChromaDBQueryEngine,
    of_llama_index: LlamaIndexQueryEngine,
    in_mongodb: MongoDBQueryEngine,
    in_a_folder: VectorChromaQueryEngine,
    in_memory: InMemoryQueryEngine,
) -> list[RAGQueryEngine]:
    return [on_a_server, of_llama_index, in_mongodb, in_a_folder, in_memory]
