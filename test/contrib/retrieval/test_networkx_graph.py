"""A graph of knowledge within the process: what a model is asked, what is kept, and what is answered."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from agent_kit import agent, chat
from documents import pdf

from autogen_classic import ConversableAgent
from autogen_classic.agentchat.contrib.graph_rag import Document, DocumentType, GraphQueryEngine, GraphRagCapability
from autogen_classic.agentchat.contrib.graph_rag.networkx_graph_query_engine import NetworkxGraphQueryEngine
from autogen_classic.errors import RetrievalError, UnreadableDocumentError
from autogen_classic.testing import MockOpenAIServer

Serve = Callable[..., MockOpenAIServer]
FACTS = "Ada | is the mother of | Ben\n- Ben | lives in | Cologne\nnot a fact\nCologne | lies on | the Rhine"
TEXT = "Ada is the mother of Ben. Ben lives in Cologne, on the Rhine."


def reader(server: MockOpenAIServer) -> ConversableAgent:
    return ConversableAgent("reader", llm_config=server.llm_config(cache_seed=None), human_input_mode="NEVER")


def test_documents_become_facts_and_questions_are_answered_from_them(serve: Serve):
    server = serve(FACTS, "In Cologne.", "UNKNOWN")
    owner = reader(server)
    engine = NetworkxGraphQueryEngine(owner)
    assert isinstance(engine, GraphQueryEngine)
    engine.init_db([Document(DocumentType.TEXT, TEXT)])
    assert TEXT in server.requests[0].last_text
    found = engine.query("Where does Ben live?", n_results=1)
    assert found.answer == "In Cologne."
    assert found.results == ["Ben lives in Cologne", "Ada is the mother of Ben", "Cologne lies on the Rhine"]
    assert "Ada is the mother of Ben" in server.requests[1].last_text
    assert engine.query("What does Ada cook?").answer is None
    assert owner.get_total_usage() is not None


def test_an_empty_graph_asks_no_model(serve: Serve):
    server = serve("nothing to see here")
    engine = NetworkxGraphQueryEngine(reader(server))
    assert engine.query("Where does Ben live?").results == []
    assert not engine.add_records([Document(DocumentType.TEXT, "hm")])
    assert len(server.requests) == 1


def test_a_file_keeps_the_graph(serve: Serve, tmp_path: Path):
    server = serve(FACTS, "In Cologne.")
    path = tmp_path / "graphs" / "family.json"
    assert NetworkxGraphQueryEngine(reader(server), path).add_records([Document(DocumentType.TEXT, TEXT)])
    assert NetworkxGraphQueryEngine(reader(server), path).query("Where does Ben live?").answer == "In Cologne."
    path.write_text("[]")
    with pytest.raises(RetrievalError, match=r"family\.json does not hold a graph"):
        NetworkxGraphQueryEngine(reader(server), path)


def test_files_and_pages_are_read(serve: Serve):
    Path("family.txt").write_text(TEXT)
    server = serve(FACTS, "Dora | knows | Ben")
    engine = NetworkxGraphQueryEngine(reader(server))
    page = Document(DocumentType.HTML, "<script>x</script><p>Dora knows Ben.</p>")
    assert engine.add_records([Document(DocumentType.TEXT, path_or_url="family.txt"), page])
    assert "Dora knows Ben." in server.requests[1].last_text
    assert "<script>" not in server.requests[1].last_text
    assert engine.graph.number_of_edges() == 4


@pytest.mark.parametrize(
    ("doctype", "content"),
    [
        (DocumentType.PDF, pdf("Dora knows Ben.")),
        (DocumentType.TEXT, b"Dora knows Ben."),
        (DocumentType.HTML, bytearray(b"<p>Dora knows Ben.</p>")),
    ],
    ids=["pdf", "text", "html"],
)
def test_the_bytes_of_a_file_are_read_as_the_file(serve: Serve, doctype: DocumentType, content: bytes):
    server = serve("Dora | knows | Ben")
    assert NetworkxGraphQueryEngine(reader(server)).add_records([Document(doctype, content)])
    assert "\nDora knows Ben.\n" in server.requests[0].last_text


def test_bytes_that_cannot_be_read_are_refused_before_a_model_is_asked(serve: Serve):
    server = serve("Dora | knows | Ben")
    with pytest.raises(UnreadableDocumentError, match=r"document\.pdf. cannot be read"):
        NetworkxGraphQueryEngine(reader(server)).add_records([Document(DocumentType.PDF, b"%PDF-1.4 and no more")])
    assert server.requests == []


def test_an_agent_answers_from_it(serve: Serve):
    server = serve(FACTS, "In Cologne.")
    engine = NetworkxGraphQueryEngine(reader(server))
    engine.init_db([Document(DocumentType.TEXT, TEXT)])
    graph = agent("graph")
    GraphRagCapability(engine).add_to_agent(graph)
    result = chat("sync", agent("ann"), graph, message="Where does Ben live?", max_turns=1)
    assert result.summary == "In Cologne."
