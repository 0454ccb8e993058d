"""Answers from a graph: the interfaces, and an agent that asks an engine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from agent_kit import agent, both_ways, chat

from autogen_classic.agentchat.contrib.graph_rag import (
    Document,
    DocumentType,
    GraphQueryEngine,
    GraphRagCapability,
    GraphStoreQueryResult,
)
from autogen_classic.replay import record, replay


class Friends:
    """A graph in a dict: who knows whom."""

    def __init__(self) -> None:
        self.known: dict[str, list[str]] = {}

    def init_db(self, input_doc: list[Document] | None = None) -> None:
        self.known = {}
        self.add_records(input_doc or [])

    def add_records(self, new_records: list[Document]) -> bool:
        for document in new_records:
            one, _, other = str(document.data).partition(" knows ")
            self.known.setdefault(one, []).append(other)
        return True

    def query(self, question: str, n_results: int = 1, **kwargs: Any) -> GraphStoreQueryResult:
        found = self.known.get(question, [])
        return GraphStoreQueryResult(answer=f"{question} knows {found[0]}." if len(found) == 1 else None, results=found)


@both_ways
@pytest.mark.parametrize(
    ("question", "answer"),
    [("Ann", "Ann knows Bob."), ("Bob", "Carl\nDora"), ("Eve", "I have found nothing about this in the graph.")],
)
def test_an_agent_answers_from_the_graph(way, question, answer):
    engine = Friends()
    engine.init_db(
        [Document(DocumentType.TEXT, f"{one}") for one in ("Ann knows Bob", "Bob knows Carl", "Bob knows Dora")]
    )
    assert isinstance(engine, GraphQueryEngine)
    graph = agent("graph")
    GraphRagCapability(engine).add_to_agent(graph)
    result = chat(way, agent("ann"), graph, message=question, max_turns=1)
    assert result.chat_history[-1]["content"] == answer


def test_the_agent_still_ends_chats():
    graph = agent("graph", is_termination_msg=lambda message: message["content"] == "bye")
    GraphRagCapability(Friends()).add_to_agent(graph)
    assert len(chat("sync", agent("ann"), graph, message="bye").chat_history) == 1


def test_what_documents_and_results_are_made_of():
    assert [kind.name for kind in DocumentType] == ["TEXT", "HTML", "PDF", "JSON"]
    assert Document(DocumentType.TEXT) == Document(DocumentType.TEXT, None, "")
    assert GraphStoreQueryResult() == GraphStoreQueryResult(None, [])


@both_ways
def test_a_chat_recorded_with_its_tools_is_replayed_without_the_graph(way: str, tmp_path: Path) -> None:
    def ask(known: list[str]) -> Any:
        engine, graph = Friends(), agent("graph")
        engine.init_db([Document(DocumentType.TEXT, one) for one in known])
        GraphRagCapability(engine).add_to_agent(graph)
        return chat(way, agent("ann"), graph, message="Ann", max_turns=1).summary

    with record(tmp_path / "run.json", tools=True):
        assert ask(["Ann knows Bob"]) == "Ann knows Bob."
    with replay(tmp_path / "run.json"):
        assert ask([]) == "Ann knows Bob."
