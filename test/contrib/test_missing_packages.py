"""Without its extra, a room says which one it needs: when it is imported, or when it is used."""

from __future__ import annotations

import functools
import json
import re
import subprocess
import sys
from importlib.metadata import metadata
from typing import Any

import pytest
from package_facts import MODULES

ROOMS = [
    module
    for module in MODULES
    if module.startswith(("autogen_classic.agentchat.contrib", "autogen_classic.browser_utils"))
    or module in ("autogen_classic.retrieve_utils", "autogen_classic.math_utils")
]
# What the extras install, by the names under which it is imported.
OPTIONAL = (
    "IPython",
    "PIL",
    "bs4",
    "chromadb",
    "couchbase",
    "falkordb",
    "fastembed",
    "ladybug",
    "llama_index",
    "llmlingua",
    "markdownify",
    "markitdown",
    "neo4j",
    "networkx",
    "nlip_sdk",
    "numpy",
    "pgvector",
    "playwright",
    "psycopg",
    "puremagic",
    "pymongo",
    "pypdf",
    "qdrant_client",
    "replicate",
    "selenium",
    "sentence_transformers",
    "sympy",
    "tokenizers",
    "wolframalpha",
    "wordllama",
    "youtube_transcript_api",
)
PROGRAM = """
import importlib, json, sys

sys.modules.update(dict.fromkeys(json.loads(sys.argv[1])))  # what is None there counts as not installed

def outcome(work):
    try:
        work()
    except Exception as error:
        return f"{type(error).__name__}: {error}"

def lone(texts):
    return [[1.0, 0.0] for _ in texts]

ROOM = "autogen_classic.agentchat.contrib."
told = {name: outcome(lambda: importlib.import_module(name)) for name in json.loads(sys.argv[2])}
for use in json.loads(sys.argv[3]):
    told[use] = outcome(lambda: exec(use, {"ROOM": ROOM, "lone": lone, "get": importlib.import_module}))
print(json.dumps(told))
"""
USES = {
    "get(ROOM + 'vectordb.chromadb').ChromaVectorDB(embedding_function=lone)": "retrievechat",
    "get(ROOM + 'vectordb.qdrant').QdrantVectorDB(location=':memory:', embedding_function=lone)": "retrievechat-qdrant",
    "get(ROOM + 'vectordb.qdrant').FastEmbedEmbeddingFunction()": "retrievechat-qdrant",
    "get(ROOM + 'vectordb.pgvectordb').PGVectorDB(host='127.0.0.1', embedding_function=lone)": "retrievechat-pgvector",
    "get(ROOM + 'vectordb.mongodb').MongoDBAtlasVectorDB(embedding_function=lone)": "retrievechat-mongodb",
    "get(ROOM + 'vectordb.couchbase').CouchbaseVectorDB(embedding_function=lone)": "retrievechat-couchbase",
    "get('autogen_classic.retrieve_utils').create_vector_db_from_dir([], embedding_function=lone)": "retrievechat",
    "get('autogen_classic.retrieve_utils').extract_text_from_pdf(sys.argv[0])": "retrievechat",
    "get(ROOM + 'retrieve_user_proxy_agent').RetrieveUserProxyAgent('user', retrieve_config={'task': 'qa', "
    "'docs_path': [], 'vector_db': 'chroma', 'embedding_function': lone})": "retrievechat",
    "get(ROOM + 'qdrant_retrieve_user_proxy_agent').QdrantRetrieveUserProxyAgent('user', retrieve_config={'task': "
    "'qa', 'docs_path': []})": "retrievechat-qdrant",
    "get(ROOM + 'capabilities.teachability').MemoStore(path_to_db_dir='.', reset=True, "
    "embedding_function=lone)": "teachable",
    "get(ROOM + 'capabilities.text_compressors').LLMLingua()": "long-context",
    "get(ROOM + 'graph_rag.networkx_graph_query_engine').NetworkxGraphQueryEngine(None, "
    "embedding_function=lone)": "graph",
    "get(ROOM + 'graph_rag.falkor_graph_query_engine').FalkorGraphQueryEngine('x')": "graph-rag-falkor-db",
    "get(ROOM + 'graph_rag.ladybug_graph_query_engine').LadybugGraphQueryEngine("
    "embedding_function=lone)": "graph-ladybug",
    "get(ROOM + 'graph_rag.neo4j_graph_query_engine').Neo4jGraphQueryEngine()": "neo4j",
    "get(ROOM + 'graph_rag.neo4j_native_graph_query_engine').Neo4jNativeGraphQueryEngine()": "neo4j",
    "get(ROOM + 'rag.chromadb_query_engine').ChromaDBQueryEngine()": "rag",
    "get(ROOM + 'rag.llamaindex_query_engine').LlamaIndexQueryEngine(None)": "rag-llamaindex",
    "get(ROOM + 'rag.mongodb_query_engine').MongoDBQueryEngine('mongodb://x', embedding_function=lone)"
    ".connect_db()": "retrievechat-mongodb",
    "get('autogen_classic.agents.experimental').VectorChromaQueryEngine()": "rag",
    "get(ROOM + '_retrieval.embed').embedding_from('local')": "local-embeddings",
    "get('autogen_classic.browser_utils').PlaywrightMarkdownBrowser()": "websurfer-browsers",
    "get('autogen_classic.browser_utils').SeleniumMarkdownBrowser()": "websurfer-browsers",
    "get('autogen_classic.browser_utils.mdconvert').MarkdownConverter()"
    ".convert_local(sys.executable, file_extension='.html')": "websurfer",
    "get(ROOM + 'math_user_proxy_agent').WolframAlphaAPIWrapper(wolfram_alpha_appid='x')": "mathchat",
}


@functools.cache
def told_of(uses: tuple[str, ...] = tuple(USES), installed: tuple[str, ...] = ()) -> dict[str, str | None]:
    """What each import and each use says in a Python without the optional packages; None for nothing."""
    missing = [package for package in OPTIONAL if package not in installed]
    arguments = [json.dumps(part) for part in (missing, ROOMS, [f"import sys; {use}" for use in uses])]
    command = [sys.executable, "-W", "ignore", "-c", PROGRAM, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return {what.removeprefix("import sys; "): said for what, said in told.items()}


def extras() -> set[str]:
    return set(metadata("autogen-classic").get_all("Provides-Extra") or ())


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_is_imported_without_its_packages_or_names_its_extra(room: str) -> None:
    said = told_of()[room]
    if said is not None:
        assert said.startswith("ImportError: ")
        named = re.search(r'pip install "autogen-classic\[([\w-]+)\]"', said)
        assert named is not None, said
        assert named[1] in extras()


@pytest.mark.parametrize(("use", "extra"), USES.items())
def test_what_needs_a_package_names_the_extra_that_installs_it(use: str, extra: str) -> None:
    said = told_of()[use]
    assert said is not None
    assert said.startswith(("ImportError: ", "EmbeddingUnavailableError: ")), said
    assert f'pip install "autogen-classic[{extra}]"' in said


def test_with_the_packages_that_rooms_build_on_every_room_is_imported_without_the_others() -> None:
    told = told_of(uses=(), installed=("PIL", "replicate", "nlip_sdk"))
    assert {room: said for room, said in told.items() if said is not None} == {}
