"""Programs with stores that outlive them, to be killed at any moment: memos, documents, and graphs of facts."""

from __future__ import annotations

import asyncio
import importlib
from typing import Any

import program_to_kill
from program_to_kill import Effects

from autogen_classic import ConversableAgent
from autogen_classic.agentchat.contrib.capabilities.teachability import MemoStore, Teachability
from autogen_classic.agentchat.contrib.graph_rag import Document, DocumentType, GraphRagCapability
from autogen_classic.agentchat.contrib.graph_rag.networkx_graph_query_engine import NetworkxGraphQueryEngine
from autogen_classic.agentchat.contrib.rag._collection import CollectionQueryEngine
from autogen_classic.agentchat.contrib.retrieve_user_proxy_agent import RetrieveUserProxyAgent
from autogen_classic.agentchat.contrib.vectordb.chromadb import ChromaVectorDB

TOPICS = ("bus", "number", "soup")
LESSONS = ("The bus is the 7.", "The number is 13.", "My soup is leek.", "Which bus is it?")
QUESTIONS = ("Which number is the bus?", "What number of soups?")


def by_topic(texts: list[str]) -> list[list[float]]:
    """An embedding with an axis for each topic, and one for the length."""
    return [[*(float(topic in text.lower()) for topic in TOPICS), len(text) / 1000] for text in texts]


def member(name: str, llm_config: Any, **settings: Any) -> ConversableAgent:
    return ConversableAgent(name, f"You are {name}.", llm_config=llm_config, human_input_mode="NEVER", **settings)


def ask(way: str, sender: ConversableAgent, recipient: ConversableAgent, **settings: Any) -> list[Any]:
    settings = {"silent": True, **settings}
    if way == "async":
        return asyncio.run(sender.a_initiate_chat(recipient, **settings)).chat_history
    return sender.initiate_chat(recipient, **settings).chat_history


def documents_in(folder: str) -> dict[str, list[Any]]:
    """The documents in each collection of a folder of Chroma."""
    database = ChromaVectorDB(path=folder, embedding_function=by_topic)
    return {
        one.name: sorted(document["content"] for document in database.get_docs_by_ids(collection_name=one.name))
        for one in database.client.list_collections()
    }


class School:
    """A pupil that remembers what it is told, and is asked about it in the end."""

    def __init__(self, llm_config: dict[str, Any], effects: Effects) -> None:
        self.pupil = member("pupil", llm_config)
        self.teacher = member("teacher", False)
        settings: dict[str, Any] = {"embedding_function": by_topic, "recall_threshold": 0.5}
        Teachability(path_to_db_dir="memos", **settings).add_to_agent(self.pupil)

    def talk(self, way: str) -> dict[str, Any]:
        for lesson in LESSONS:
            ask(way, self.teacher, self.pupil, message=lesson, max_turns=1, clear_history=False)
        store = MemoStore(path_to_db_dir="memos", embedding_function=by_topic)
        return {
            "histories": self.pupil.chat_messages[self.teacher],
            "memos": sorted(memo[:2] for memo in store.get_related_memos("", 99, None)),
        }


class Library:
    """An agent that looks into documents, and is asked for more of them."""

    def __init__(self, llm_config: dict[str, Any], effects: Effects) -> None:
        config = {"docs_path": "docs", "task": "qa", "embedding_function": by_topic, **self.settings()}
        self.reader = RetrieveUserProxyAgent(
            "reader", human_input_mode="NEVER", retrieve_config=config, code_execution_config=False
        )
        self.helper = member("helper", llm_config)

    def settings(self) -> dict[str, Any]:
        return {"vector_db": "chroma", "db_config": {"path": "documents"}}

    def talk(self, way: str) -> dict[str, Any]:
        settings: dict[str, Any] = {"message": self.reader.message_generator, "n_results": 1}
        histories = [ask(way, self.reader, self.helper, problem=question, **settings) for question in QUESTIONS]
        return {"histories": histories, "documents": documents_in("documents")}


class Shelf(Library):
    """The same with the functions of `retrieve_utils`, which add documents after those that are there."""

    def settings(self) -> dict[str, Any]:
        client = ChromaVectorDB(path="documents", embedding_function=by_topic).client
        return {"vector_db": None, "extra_docs": True, "collection_name": "shelf", "client": client}


class LocalEngine(CollectionQueryEngine):
    """Keeps documents in a folder."""

    def _open(self) -> ChromaVectorDB:
        return ChromaVectorDB(path="documents", embedding_function=by_topic)


class Archive:
    """An agent that answers from a graph of facts, and a program that asks the graph and the documents itself."""

    def __init__(self, llm_config: dict[str, Any], effects: Effects) -> None:
        self.keeper = member("keeper", llm_config)
        self.graph = NetworkxGraphQueryEngine(self.keeper, "graph.json", by_topic)
        self.engine = LocalEngine("archive", by_topic, self.keeper)
        self.visitor = member("visitor", False)
        GraphRagCapability(self.graph).add_to_agent(self.keeper)

    def talk(self, way: str) -> dict[str, Any]:
        answers, histories = [], []
        self.engine.connect_db()
        for lesson in LESSONS[:3]:
            self.graph.add_records([Document(DocumentType.TEXT, lesson)])
            self.engine.add_docs(new_doc_paths_or_urls=[f"docs/{topic}.txt" for topic in TOPICS if topic in lesson])
            for engine in (self.graph, self.engine):
                answers.append(str(engine.query("Which number?")))
            histories.append(ask(way, self.visitor, self.keeper, message="Which bus?", max_turns=1))
        return {
            "answers": answers,
            "histories": histories,
            "facts": sorted(map(list, self.graph._facts())),
            "documents": documents_in("documents"),
        }


if __name__ == "__main__":
    for module in ("chromadb.api.rust", "networkx", "tiktoken"):
        importlib.import_module(module)  # loads what no child has to load then
    program_to_kill.TEAMS.update(school=School, library=Library, shelf=Shelf, archive=Archive)
    program_to_kill.main()
