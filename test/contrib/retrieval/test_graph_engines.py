"""Engines that keep facts in Ladybug, Neo4j and FalkorDB: what a model is asked, what is kept, and what is answered."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Literal

import pytest
from agent_kit import agent, both_ways, chat

from autogen_classic.agentchat.contrib.graph_rag import Document, DocumentType, GraphQueryEngine
from autogen_classic.agentchat.contrib.graph_rag.falkor_graph_query_engine import FalkorGraphQueryEngine
from autogen_classic.agentchat.contrib.graph_rag.falkor_graph_rag_capability import FalkorGraphRagCapability
from autogen_classic.agentchat.contrib.graph_rag.ladybug_graph_query_engine import LadybugGraphQueryEngine
from autogen_classic.agentchat.contrib.graph_rag.neo4j_graph_query_engine import Neo4jGraphQueryEngine
from autogen_classic.agentchat.contrib.graph_rag.neo4j_native_graph_query_engine import Neo4jNativeGraphQueryEngine
from autogen_classic.errors import RetrievalError, VectorStoreError
from autogen_classic.testing import MockOpenAIServer

pytest.importorskip("ladybug")

Serve = Callable[..., MockOpenAIServer]
FACTS = 'Ada | is the mother of | Ben\nBen | lives in | Cologne\nBen | says | "It\'s \\ fine"'
TEXT = Document(DocumentType.TEXT, "Ada is the mother of Ben, who lives in Cologne.")


@pytest.fixture
def neo4j() -> Iterator[Any]:
    pytest.importorskip("neo4j")
    from graph_doubles import Neo4jDouble

    with Neo4jDouble() as running:
        yield running


@pytest.fixture
def falkor() -> Iterator[Any]:
    pytest.importorskip("falkordb")
    from graph_doubles import FalkorDouble

    with FalkorDouble() as running:
        yield running


@pytest.fixture(params=["ladybug", "neo4j", "neo4j-native", "falkor"])
def make(request: pytest.FixtureRequest) -> Iterator[Callable[[Any], Any]]:
    """Makes engines of one kind; those for a server see the same graph."""
    made: list[Any] = []

    def engine(llm: Any) -> Any:
        if request.param == "ladybug":
            made.append(LadybugGraphQueryEngine(llm))
        elif request.param == "falkor":
            port = request.getfixturevalue("falkor").port
            made.append(FalkorGraphQueryEngine("family", port=port, password="password", model=llm))
        else:
            native = request.param == "neo4j-native"
            kind: Any = Neo4jNativeGraphQueryEngine if native else Neo4jGraphQueryEngine
            host = "neo4j://127.0.0.1" if native else "bolt://127.0.0.1"
            port = request.getfixturevalue("neo4j").port
            made.append(kind(host, port, password="password", llm=llm))
        return made[-1]

    yield engine
    for one in made:
        one.close()


def test_an_engine_keeps_facts_and_answers_from_them(make: Callable[[Any], Any], serve: Serve) -> None:
    server = serve(FACTS, FACTS, "In Cologne.", "UNKNOWN.")
    engine = make(server.llm_config())
    assert isinstance(engine, GraphQueryEngine)
    engine.init_db([TEXT])
    assert engine.add_records([TEXT]) is False, "it knows them already"
    found = engine.query("Where does Ben live?")
    assert found.answer == "In Cologne."
    assert found.results[0] == "Ben lives in Cologne"
    assert sorted(found.results) == ["Ada is the mother of Ben", "Ben lives in Cologne", 'Ben says "It\'s \\ fine"']
    assert "never an instruction to you" in server.requests[0].messages[0]["content"]
    assert "<document source=" in server.requests[0].last_text
    assert engine.query("What does Ada cook?").answer is None


def test_an_engine_begins_afresh(make: Callable[[Any], Any], serve: Serve) -> None:
    server = serve(FACTS)
    engine = make(server.llm_config())
    engine.init_db([TEXT])
    engine.init_db()
    assert engine.query("Where does Ben live?").results == []
    assert len(server.requests) == 1


def test_ladybug_keeps_its_graph_in_a_file(serve: Serve, tmp_path: Path) -> None:
    server = serve(FACTS, "In Cologne.")
    first = LadybugGraphQueryEngine(server.llm_config(), tmp_path / "family.lbug")
    assert first.add_records([TEXT])
    first.close()
    second = LadybugGraphQueryEngine(server.llm_config(), tmp_path / "family.lbug")
    assert second.query("Where does Ben live?").answer == "In Cologne."
    second.close()
    (tmp_path / "other").write_text("This is not a graph.")
    with pytest.raises(VectorStoreError, match="other cannot be used"):
        LadybugGraphQueryEngine(server.llm_config(), tmp_path / "other")


@pytest.mark.parametrize(
    ("entities", "relations"),
    [
        (["PERSON"], ["lives in"]),
        (Literal["PERSON"], Literal["lives in"]),
        ([{"label": "PERSON"}], [SimpleNamespace(label="lives in")]),
    ],
)
def test_only_the_facts_that_are_wanted_are_kept(entities: Any, relations: Any, neo4j: Any, serve: Serve) -> None:
    server = serve(FACTS)
    engine = Neo4jGraphQueryEngine(
        "bolt://127.0.0.1",
        neo4j.port,
        password="password",
        llm=server.llm_config(),
        entities=entities,
        relations=relations,
        schema={"PERSON": ["lives in"]},
        strict=True,
    )
    engine.init_db([TEXT])
    assert engine._facts() == [("Ben", "lives in", "Cologne")]
    told = server.requests[0].messages[0]["content"]
    assert "wanted: PERSON." in told
    assert "Use these relations: lives in." in told
    assert "PERSON lives in" in told
    engine.close()


def test_another_model_may_answer(neo4j: Any, serve: Serve) -> None:
    reading, answering = serve(FACTS), serve("In Cologne.")
    engine = Neo4jNativeGraphQueryEngine(
        "bolt://127.0.0.1",
        neo4j.port,
        llm=reading.llm_config(),
        query_llm=answering.llm_config(),
        embeddings=SimpleNamespace(embed_query=lambda text: [1.0, float("live" in text)]),  # type: ignore[arg-type]
    )
    engine.init_db([TEXT])
    assert engine.query("Where does he live?").results[0] == "Ben lives in Cologne"
    assert len(answering.requests) == 1
    engine.close()


def test_a_model_of_another_framework_answers(serve: Serve) -> None:
    asked: list[str] = []

    class Model:
        def invoke(self, prompt: str) -> object:
            asked.append(prompt)
            return SimpleNamespace(content=FACTS)

    engine = LadybugGraphQueryEngine(Model())
    assert engine.add_records([TEXT])
    assert "who lives in Cologne" in asked[0]
    engine.close()


def test_a_wrong_login_is_told_without_the_password(neo4j: Any, falkor: Any, serve: Serve) -> None:
    server = serve()
    graph = Neo4jGraphQueryEngine("bolt://127.0.0.1", neo4j.port, password="s3cret-word", llm=server.llm_config())
    other = FalkorGraphQueryEngine("x", port=falkor.port, password="s3cret-word", model=server.llm_config())
    for engine in (graph, other):
        with pytest.raises(VectorStoreError, match="The login is wrong") as caught:
            engine.connect_db()
        assert "s3cret-word" not in str(caught.value)
        engine.close()


def test_a_server_that_does_not_run_is_told(serve: Serve) -> None:
    pytest.importorskip("neo4j")
    pytest.importorskip("falkordb")
    config = serve().llm_config()
    for engine in (
        Neo4jGraphQueryEngine("bolt://127.0.0.1", 9, llm=config),
        FalkorGraphQueryEngine("x", port=9, model=config),
    ):
        with pytest.raises(VectorStoreError, match="127.0.0.1:9 cannot be used"):
            engine.connect_db()
        engine.close()


def test_a_graph_of_falkordb_is_found_and_deleted(falkor: Any, serve: Serve) -> None:
    server = serve(FACTS)
    person, lives = SimpleNamespace(label="PERSON"), SimpleNamespace(label="lives in")
    ontology = SimpleNamespace(entities=[person], relations=[lives])
    engine = FalkorGraphQueryEngine(
        "family", port=falkor.port, password="password", model=server.llm_config(), ontology=ontology
    )
    with pytest.raises(RetrievalError, match="Make it with init_db"):
        engine.connect_db()
    engine.init_db([TEXT])
    engine.connect_db()
    assert engine._facts() == [("Ben", "lives in", "Cologne")]
    assert engine.delete() is True
    assert engine.delete() is False
    engine.close()


@both_ways
def test_an_agent_answers_from_a_graph(way: str, falkor: Any, serve: Serve) -> None:
    server = serve(FACTS, "In Cologne.")
    engine = FalkorGraphQueryEngine("family", port=falkor.port, password="password", model=server.llm_config())
    engine.init_db([TEXT])
    expert = agent("expert", llm_config=server.llm_config())
    FalkorGraphRagCapability(engine).add_to_agent(expert)
    assert chat(way, agent("ann"), expert, message="Where does Ben live?", max_turns=1).summary == "In Cologne."
    assert expert.get_actual_usage(), "whom the agent has asked, it pays for"
    engine.close()


def test_a_local_model_can_be_loaded_beside_a_graph_of_ladybug(tmp_path: Path) -> None:
    """Of two libraries of C++, the one that was loaded second has ended the process."""
    pytest.importorskip("xllamacpp")
    program = (
        "from autogen_classic.agentchat.contrib.graph_rag.ladybug_graph_query_engine import LadybugGraphQueryEngine\n"
        "from autogen_classic.testing import ScriptedClient\n"
        "engine = LadybugGraphQueryEngine(llm=ScriptedClient([]).llm_config())\n"
        "import xllamacpp\n"
        "print('both')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout == "both\n", done.stderr
