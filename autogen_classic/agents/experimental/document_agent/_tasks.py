"""What a DocAgent has to do, as it stands in the context variables of its inner group.

The variables hold what JSON can hold, so that recordings and journals keep what the tools have done.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import BaseModel, Field

from ...._web.addresses import without_login
from ....agentchat.contrib.rag.query_engine import RAGQueryEngine
from ....agentchat.group.context_variables import ContextVariables
from .document_utils import Ingest, Query

__all__ = ("DocumentTask", "Memory", "TaskInitInfo", "answer_next", "start")

_STARTED = "Updated context variables with task decisions"
_NEW_DOCUMENTS = "Added {count} new document(s) to ingest"
_NEW_QUERIES = "Added {count} new query/queries"
_KNOWN = "Ignored {count} duplicate document(s): {sources}"
_NOTHING_NEW = "There is nothing new to do"
_NO_QUERIES = "No queries to run"


class DocumentTask(BaseModel):
    """The tasks in a request, as the triage writes them down.

    Attributes:
        ingestions: the documents to take in.
        queries: the questions to answer.
    """

    ingestions: list[Ingest] = Field(description="The documents to take in.")
    queries: list[Query] = Field(description="The questions to answer.")


class TaskInitInfo(BaseModel):
    """The tasks to start.

    Attributes:
        ingestions: the documents to take in.
        queries: the questions to answer.
    """

    ingestions: Annotated[list[Ingest], Field(description="The documents to take in.")]
    queries: Annotated[list[Query], Field(description="The questions to answer.")]


@dataclass
class Memory:
    """What a DocAgent knows from one request to the next.

    Attributes:
        ingested: the documents that were taken in.
        completed: how many tasks were done.
        has_begun: whether there was a task.
    """

    ingested: list[str] = field(default_factory=list)
    completed: int = 0
    has_begun: bool = False

    def variables(self) -> ContextVariables:
        """The variables with which the group begins."""
        return ContextVariables(
            data={
                "CompletedTaskCount": self.completed,
                "DocumentsToIngest": [],
                "DocumentsIngested": list(self.ingested),
                "DocumentsFailed": [],
                "QueriesToRun": [],
                "QueryResults": [],
                "TaskInitiated": self.has_begun,
            }
        )

    def learn(self, variables: ContextVariables) -> None:
        """Remember what a group has done.

        Args:
            variables: its variables.
        """
        self.ingested += [document for document in variables["DocumentsIngested"] if document not in self.ingested]
        self.completed = max(self.completed, variables["CompletedTaskCount"])
        self.has_begun = self.has_begun or variables["TaskInitiated"]


def start(ingestions: Iterable[Ingest], queries: Iterable[Query], variables: ContextVariables) -> str:
    """Note tasks as due. Documents that are due or were taken in already are passed over.

    Args:
        ingestions: the documents.
        queries: the questions.
        variables: the variables, which are changed.

    Returns:
        What was done, for a model.
    """
    known = {*variables["DocumentsIngested"], *(document["path_or_url"] for document in variables["DocumentsToIngest"])}
    documents: list[Ingest] = []
    repeated: list[Ingest] = []
    for ingestion in ingestions:
        (repeated if ingestion.path_or_url in known else documents).append(ingestion)
        known.add(ingestion.path_or_url)
    questions = list(queries)
    told = []
    if not variables["TaskInitiated"]:
        told.append(_STARTED)
    elif documents or questions:
        told += [_NEW_DOCUMENTS.format(count=len(documents))] if documents else []
        told += [_NEW_QUERIES.format(count=len(questions))] if questions else []
    if repeated and variables["TaskInitiated"]:
        told.append(_KNOWN.format(count=len(repeated), sources=", ".join(_shown(ingestion) for ingestion in repeated)))
    variables.update(
        {
            "DocumentsToIngest": [*variables["DocumentsToIngest"], *map(_as_json, documents)],
            "QueriesToRun": [*variables["QueriesToRun"], *map(_as_json, questions)],
            "TaskInitiated": True,
        }
    )
    return "; ".join(told) or _NOTHING_NEW


def _as_json(task: BaseModel) -> dict[str, str]:
    return task.model_dump(mode="json")


def _shown(ingestion: Ingest) -> str:
    return without_login(ingestion.path_or_url)


def answer_next(engine: RAGQueryEngine, variables: ContextVariables) -> str:
    """Answer the next question that is due.

    Args:
        engine: who answers.
        variables: the variables, which are changed.

    Returns:
        The answer, or why there is none.
    """
    if not variables["QueriesToRun"]:
        return _NO_QUERIES
    task, *rest = variables["QueriesToRun"]
    question = task["query"]
    try:
        answer = _answer(engine, question)
    except Exception as error:  # whatever an engine fails with, the chat goes on
        answer = f"Query Failed, Error {error}: '{question}'"
    variables.update(
        {
            "QueriesToRun": rest,
            "QueryResults": [*variables["QueryResults"], {"query": question, "answer": answer}],
            "CompletedTaskCount": variables["CompletedTaskCount"] + 1,
        }
    )
    return answer


def _answer(engine: RAGQueryEngine, question: str) -> str:
    if not getattr(engine, "enable_query_citations", False) or not hasattr(engine, "query_with_citations"):
        return engine.query(question)
    found = engine.query_with_citations(question)
    sources = "\n".join(f"[{number}] {citation.source}" for number, citation in enumerate(found.citations, 1))
    return f"{found.answer}\n\n{sources}" if sources else str(found.answer)
