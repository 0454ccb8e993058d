"""An agent that takes documents in, and answers questions about them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

from ...._argument_checks import arguments_checked
from ...._core.content import content_str
from ...._core.drive import Steps, drive, shipped
from ...._core.messages import Message
from ...._core.party import Agent, Outcome
from ....agentchat._accounts import on_account_of
from ....agentchat.contrib._settings import check_methods
from ....agentchat.contrib.rag.query_engine import RAGQueryEngine
from ....agentchat.conversable_agent import ConversableAgent
from ....agentchat.group._running import group_chat_steps
from . import _tasks
from ._prompts import DEFAULT_SYSTEM_MESSAGE, ERROR_MANAGER_SYSTEM_MESSAGE, TASK_MANAGER_SYSTEM_MESSAGE
from ._team import ERROR_MANAGER_NAME, TASK_MANAGER_NAME, DocumentTriageAgent, Team
from .chroma_query_engine import VectorChromaQueryEngine

__all__ = (
    "DEFAULT_ERROR_GROUP_CHAT_MESSAGE",
    "DEFAULT_SYSTEM_MESSAGE",
    "ERROR_MANAGER_NAME",
    "ERROR_MANAGER_SYSTEM_MESSAGE",
    "TASK_MANAGER_NAME",
    "TASK_MANAGER_SYSTEM_MESSAGE",
    "DocAgent",
    "DocumentTask",
    "DocumentTriageAgent",
)

DEFAULT_ERROR_GROUP_CHAT_MESSAGE = "\nDocument Agent failed to perform task.\n"

_NOT_UNDERSTOOD = "The request was not understood: no document was read, and no question was answered."

_MOST_ROUNDS = 100


def _inner_group_chat(
    agent: DocAgent, /, messages: list[Message] | None = None, sender: Agent | None = None, config: object = None
) -> Steps[Outcome]:
    """Have a new team answer the last message; the reply function of a DocAgent."""
    if messages is None:
        messages = agent._oai_messages[sender]
    last = messages[-1] if messages else {}
    request = content_str(last.get("content"))
    if last.get("tool_calls") or last.get("function_call"):
        return False, None
    if not request.strip() or agent._is_termination_msg(last):
        return True, None
    team = Team(
        agent.llm_config or {},
        agent._query_engine,
        agent._parsed_docs_path,
        agent._allow_private_addresses,
        agent._memory,
        agent.silent,
    )
    for member in team.members:
        member.client_cache = agent.client_cache
    with on_account_of(agent, *team.spenders()):
        try:
            result, _, speaker = yield from group_chat_steps(team.pattern, request, _MOST_ROUNDS)
        finally:
            team.remember()
    said = content_str(result.chat_history[-1].get("content")).strip()
    is_reply = said and speaker is not None and team.may_reply(speaker.name)
    if not is_reply:
        return True, DEFAULT_ERROR_GROUP_CHAT_MESSAGE
    return True, said if team.was_understood else f"{_NOT_UNDERSTOOD}\n\n{said}"


class DocumentTask(_tasks.DocumentTask):
    """The tasks in a request, which can write themselves for readers."""

    def format(self) -> str:
        """The tasks as a text."""
        if not (self.ingestions or self.queries):
            return "There were no ingestion or query tasks detected."
        lines = ["Tasks:", "", "Ingestions:"]
        lines += [f"{number}: {one.path_or_url}" for number, one in enumerate(self.ingestions, 1)]
        lines += ["", "Queries:"]
        lines += [f"{number}: {one.query}" for number, one in enumerate(self.queries, len(self.ingestions) + 1)]
        return "\n".join(lines) + "\n"


class DocAgent(ConversableAgent):
    """An agent that takes documents in, and answers questions about them.

    Each message to it is a request in plain words. A group works within: a model splits the request into tasks,
    documents are parsed and stored, questions are answered by the query engine, and a model sums up. What was taken
    in stays for later requests.
    """

    @arguments_checked
    def __init__(
        self,
        name: str | None = None,
        llm_config: dict[str, Any] | Literal[False] | None = None,
        system_message: str | None = None,
        parsed_docs_path: str | Path | None = None,
        collection_name: str | None = None,
        query_engine: RAGQueryEngine | None = None,
        allow_private_addresses: bool | Iterable[str] = False,
    ) -> None:
        """Create the agent.

        Args:
            name: its name; the default is ``DocAgent``.
            llm_config: the model of all agents of the inner group; it must know structured output and tools.
            system_message: what others in a group chat are told about it.
            parsed_docs_path: the folder for parsed documents and downloads; the default is ``./parsed_docs``.
            collection_name: the collection of the default engine, 3 letters or more.
            query_engine: where documents are stored and who answers from them; the default is a
                `VectorChromaQueryEngine` that answers with the model of the agent.
            allow_private_addresses: whether documents may be fetched from addresses of this machine and of private
                networks, or a list of hosts and networks from which they may.

        Raises:
            ValueError: there is no model.
            ImportError: the default engine needs chromadb.
            TypeError: ``query_engine`` cannot take documents in or answer.
        """
        name = name or "DocAgent"
        super().__init__(
            name=name,
            system_message=system_message or DEFAULT_SYSTEM_MESSAGE,
            llm_config=llm_config,
            human_input_mode="NEVER",
        )
        if not self.llm_config:
            raise ValueError(f"{name} has no model to read requests with. Give it an llm_config.")
        self._parsed_docs_path = Path(parsed_docs_path or "./parsed_docs")
        if query_engine is not None:
            check_methods("query_engine", query_engine, "add_docs", "query")
        self._query_engine: RAGQueryEngine = query_engine or VectorChromaQueryEngine(
            collection_name=collection_name, llm=self.llm_config
        )
        self._allow_private_addresses = allow_private_addresses
        self._memory = _tasks.Memory()
        self.register_reply([Agent, None], DocAgent.generate_inner_group_chat_reply)

    @shipped(_inner_group_chat)
    def generate_inner_group_chat_reply(
        self, messages: list[Message] | None = None, sender: Agent | None = None, config: object = None
    ) -> Outcome:
        """Do what the last message asks for.

        Args:
            messages: the conversation; None for the one with the sender.
            sender: who spoke last.
            config: not used.

        Returns:
            ``(True, reply)``; ``(True, None)`` for a message without words or one that ends the chat, and
            ``(False, None)`` for one that calls tools.
        """
        return drive(_inner_group_chat(self, messages, sender, config))
