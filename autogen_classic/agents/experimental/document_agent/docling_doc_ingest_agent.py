"""The agent of a group that takes documents in."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

from ...._argument_checks import arguments_checked
from ...._core.threads import in_thread
from ...._web.addresses import without_login
from ....agentchat.contrib._settings import check_methods
from ....agentchat.contrib.rag.query_engine import RAGQueryEngine
from ....agentchat.conversable_agent import ConversableAgent
from ....agentchat.group.context_variables import ContextVariables
from ....agentchat.group.reply_result import ReplyResult
from ....agentchat.group.targets.transition_target import AgentNameTarget
from ._prompts import DEFAULT_DOCLING_PARSER_PROMPT
from .chroma_query_engine import VectorChromaQueryEngine
from .document_utils import Ingest
from .parser_utils import docling_parse_docs

__all__ = ("DEFAULT_DOCLING_PARSER_PROMPT", "DOCLING_PARSE_TOOL_NAME", "DoclingDocIngestAgent")

DOCLING_PARSE_TOOL_NAME = "docling_parse_docs"

_DONE = "Data Ingestion Task Completed for {sources}"
_FAILED = "Data Ingestion Task Failed, Error {error}: '{source}'"


class DoclingDocIngestAgent(ConversableAgent):
    """Takes in the documents that the context variable ``DocumentsToIngest`` of its group names.

    Its model has one tool, ``data_ingest_task``: each document is parsed into Markdown and stored. Then
    ``return_agent_success`` goes next, or ``return_agent_error`` if no document could be read.
    """

    @arguments_checked
    def __init__(
        self,
        name: str | None = None,
        llm_config: dict[str, Any] | Literal[False] | None = None,
        parsed_docs_path: Path | str | None = None,
        query_engine: RAGQueryEngine | None = None,
        return_agent_success: str = "TaskManagerAgent",
        return_agent_error: str = "ErrorManagerAgent",
        collection_name: str | None = None,
        allow_private_addresses: bool | Iterable[str] = False,
    ) -> None:
        """Create the agent.

        Args:
            name: its name; the default is ``DoclingDocIngestAgent``.
            llm_config: the model that calls the tool.
            parsed_docs_path: the folder for parsed documents; the default is ``./parsed_docs``.
            query_engine: where documents are stored; the default is a `VectorChromaQueryEngine`.
            return_agent_success: the name of the agent that goes next.
            return_agent_error: the name of the agent that goes next if nothing could be read.
            collection_name: the collection of the default engine.
            allow_private_addresses: whether documents may be fetched from addresses of this machine and of private
                networks, or a list of hosts and networks from which they may.

        Raises:
            ImportError: the default engine needs chromadb.
            TypeError: ``query_engine`` cannot take documents in.
        """
        if query_engine is not None:
            check_methods("query_engine", query_engine, "add_docs")
        self.query_engine: RAGQueryEngine = query_engine or VectorChromaQueryEngine(
            collection_name=collection_name, llm=llm_config or None
        )
        self.parsed_docs_path = Path(parsed_docs_path or "./parsed_docs")
        self._next_if_done = return_agent_success
        self._next_if_failed = return_agent_error
        self._allow_private_addresses = allow_private_addresses

        async def data_ingest_task(context_variables: ContextVariables) -> ReplyResult:
            """Take in the documents that are due."""
            return await in_thread(self.ingest, context_variables)

        super().__init__(
            name=name or "DoclingDocIngestAgent",
            llm_config=llm_config,
            system_message=DEFAULT_DOCLING_PARSER_PROMPT,
            human_input_mode="NEVER",
            functions=[data_ingest_task],
        )

    def ingest(self, context_variables: ContextVariables) -> ReplyResult:
        """Take in the documents that are due.

        One that cannot be read does not keep the others out; it is listed in ``DocumentsFailed``.

        Args:
            context_variables: name the documents in ``DocumentsToIngest``, as `Ingest`, as dicts of its fields, or as
                texts. What was done is noted in them.

        Returns:
            What was done, the variables, and who goes next.
        """
        due = [_source_of(document) for document in context_variables.get("DocumentsToIngest") or ()]
        ingested, failures = self._ingest_each(due)
        is_done = bool(ingested) or not due
        context_variables.update(
            {
                "DocumentsToIngest": [],
                "DocumentsIngested": [*(context_variables.get("DocumentsIngested") or ()), *ingested],
                "DocumentsFailed": [*(context_variables.get("DocumentsFailed") or ()), *failures],
                "CompletedTaskCount": (context_variables.get("CompletedTaskCount") or 0) + int(is_done),
            }
        )
        success = [_DONE.format(sources=", ".join(map(without_login, ingested)))] if is_done else []
        return ReplyResult(
            message="\n".join([*success, *failures]),
            context_variables=context_variables,
            target=AgentNameTarget(self._next_if_done if is_done else self._next_if_failed),
        )

    def _ingest_each(self, sources: Iterable[str]) -> tuple[list[str], list[str]]:
        """Take in one document after the other.

        Returns:
            The sources that were taken in, and a text about each of the others.
        """
        ingested, failures = [], []
        for source in sources:
            try:
                self._parse_and_store(source)
                ingested.append(source)
            except Exception as error:  # whatever a document or an engine fails with, the chat goes on
                reason = str(error) or type(error).__name__
                failures.append(_FAILED.format(error=reason, source=without_login(source)))
        return ingested, failures

    def _parse_and_store(self, source: str) -> None:
        # Only where it is needed: a parser that a program has put in the place of ours may not take this argument.
        access: dict[str, Any] = {}
        if self._allow_private_addresses:
            access["allow_private_addresses"] = self._allow_private_addresses
        parsed = docling_parse_docs(
            input_file_path=source, output_dir_path=self.parsed_docs_path, output_formats=["markdown"], **access
        )
        self.query_engine.add_docs(new_doc_paths_or_urls=parsed)


def _source_of(document: object) -> str:
    """The path or address of a document, which programs name by an `Ingest`, a dict of its fields, or a text."""
    if isinstance(document, Ingest):
        return document.path_or_url
    return str(document.get("path_or_url", "") if isinstance(document, dict) else document)
