"""QdrantRetrieveUserProxyAgent and its two functions, with Qdrant in memory."""

from __future__ import annotations

from pathlib import Path

import pytest
from qdrant_client import QdrantClient

from autogen_classic.agentchat.contrib.qdrant_retrieve_user_proxy_agent import (
    QdrantRetrieveUserProxyAgent,
    create_qdrant_from_dir,
    query_qdrant,
)
from autogen_classic.errors import UnreadableDocumentError, VectorStoreError

TEXTS = {"a": "alpha alpha one", "b": "beta two", "c": "gamma alpha three"}


def counted(texts: list[str]) -> list[list[float]]:
    return [[float(text.count(word)) for word in ("alpha", "beta", "gamma")] for text in texts]


@pytest.fixture(autouse=True)
def docs(clean_place: None) -> Path:
    folder = Path("docs").absolute()
    folder.mkdir()
    for name, text in TEXTS.items():
        (folder / f"{name}.txt").write_text(text)
    return folder


def test_documents_are_stored_and_found():
    client = QdrantClient(":memory:")
    create_qdrant_from_dir("docs", client=client, embedding_function=counted)
    found = query_qdrant(["alpha", "beta"], 1, client, embedding_function=counted)
    assert found["documents"] == [["alpha alpha one"], ["beta two"]]
    assert found["distances"][0] == [pytest.approx(1.0)]
    assert found["metadatas"] == [[{"source": "docs/a.txt"}], [{"source": "docs/b.txt"}]]
    assert query_qdrant("alpha", 5, client, search_string="three", embedding_function=counted)["documents"] == [
        ["gamma alpha three"]
    ]


def test_extra_documents_stand_behind_those_in_the_collection():
    client = QdrantClient(":memory:")
    for extra in (False, False, True):
        create_qdrant_from_dir("docs", client=client, extra_docs=extra, embedding_function=counted)
    assert client.count("all-my-documents").count == 6


def test_a_chat_is_about_the_documents_and_shows_others_when_asked_to(capsys):
    proxy = QdrantRetrieveUserProxyAgent(
        retrieve_config={
            "task": "qa",
            "docs_path": "docs",
            "embedding_function": counted,
            "on_disk": True,
            "customized_prompt": "{input_context}",
            "context_max_tokens": 4,
            "custom_token_count_function": lambda text, model: len(text.split()),
        },
        code_execution_config=False,
    )
    assert proxy.message_generator(proxy, None, {"problem": "alpha"}) == "alpha alpha one\n"
    assert proxy._generate_retrieve_user_reply("UPDATE CONTEXT") == (True, "gamma alpha three\n")
    assert "Trying to create collection." in capsys.readouterr().out


def test_documents_without_text_are_an_error_unless_the_collection_holds_some():
    Path("empty").mkdir()
    config = {"docs_path": "empty", "embedding_function": counted, "client": QdrantClient(":memory:")}
    with pytest.raises(UnreadableDocumentError, match="No text was found in docs_path='empty'"):
        QdrantRetrieveUserProxyAgent(retrieve_config=config, code_execution_config=False).retrieve_docs("alpha")
    create_qdrant_from_dir("docs", client=config["client"], collection_name="autogen-docs", embedding_function=counted)
    proxy = QdrantRetrieveUserProxyAgent(retrieve_config=config, code_execution_config=False)
    proxy.retrieve_docs("alpha", n_results=1)
    assert proxy._results[0][0][0]["content"] == "alpha alpha one"


def test_a_missing_collection_is_a_clear_error():
    with pytest.raises(VectorStoreError, match="'all-my-documents' cannot be used: .*not found"):
        query_qdrant("a", client=QdrantClient(":memory:"), embedding_function=counted)
