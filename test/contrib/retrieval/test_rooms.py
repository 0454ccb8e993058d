"""The rooms of retrieval load nothing heavy until they are used."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

ROOMS = [
    "retrieve_utils",
    "agentchat.contrib.retrieve_user_proxy_agent",
    "agentchat.contrib.graph_rag",
    "agentchat.contrib.graph_rag.networkx_graph_query_engine",
    "agentchat.contrib.llamaindex_conversable_agent",
    "agentchat.contrib.retrieve_assistant_agent",
    "agentchat.contrib.qdrant_retrieve_user_proxy_agent",
    "agentchat.contrib.vectordb.base",
    "agentchat.contrib.vectordb.chromadb",
    "agentchat.contrib.vectordb.qdrant",
    "agentchat.contrib.vectordb.pgvectordb",
    "agentchat.contrib.vectordb.mongodb",
    "agentchat.contrib.vectordb.couchbase",
]
HEAVY = {
    "bs4",
    "chromadb",
    "couchbase",
    "pymongo",
    "markdownify",
    "numpy",
    "openai",
    "psycopg",
    "pypdf",
    "qdrant_client",
    "tokenizers",
}


@pytest.mark.parametrize("room", ROOMS)
def test_importing_a_room_loads_no_optional_package(room):
    program = f"import sys, json, autogen_classic.{room}; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert {name.partition(".")[0] for name in json.loads(done.stdout)} & HEAVY == set()
