"""An agent that answers from a graph instead of a model."""

from __future__ import annotations

from ...._core.content import content_str
from ...._core.drive import WHICH_WAY, Steps, drive, shipped
from ...._core.messages import Message
from ...._core.party import Agent, Outcome, Party, check_capable
from ...._core.tags import keep_foreign_pictures
from ...._core.tape import request_steps
from ...._core.threads import blocking_call
from ..._accounts import on_account_of
from ...conversable_agent import ConversableAgent
from .._retrieval.ask import spender_of
from .._settings import check_methods
from ..capabilities.agent_capability import AgentCapability
from .graph_query_engine import GraphQueryEngine

__all__ = ("GraphRagCapability",)

_BEHIND_THE_PERSON = 2  # the first two replies ask the person and end the chat
_NOTHING_FOUND = "I have found nothing about this in the graph."


def _reply(
    capability: GraphRagCapability,
    /,
    recipient: Party,
    messages: list[Message] | None = None,
    sender: Agent | None = None,
    config: object = None,
) -> Steps[Outcome]:
    if messages is None:
        messages = recipient._oai_messages[sender]
    question = content_str(messages[-1].get("content"))
    run = blocking_call((yield WHICH_WAY), _answer_of, capability.query_engine, question)
    with on_account_of(recipient, spender_of(capability.query_engine)):
        answer = yield from request_steps(recipient, "graph", {"question": question}, run)
    keep_foreign_pictures(answer)
    return True, answer


def _answer_of(engine: GraphQueryEngine, question: str) -> str:
    result = engine.query(question)
    found = "\n".join(str(one) for one in result.results)
    return result.answer or found or _NOTHING_FOUND


class GraphRagCapability(AgentCapability):
    """Lets an agent answer each message from a graph.

    The agent goes on asking its person and ending chats as before. Its model, if it has one, is not asked, but pays for
    what the engine asks its own.

    Args:
        query_engine: answers the questions.

    Raises:
        TypeError: it cannot answer.
    """

    def __init__(self, query_engine: GraphQueryEngine) -> None:
        check_methods("query_engine", query_engine, "query")
        self.query_engine = query_engine

    def add_to_agent(self, agent: ConversableAgent) -> None:
        """Let an agent answer from the graph.

        Args:
            agent: the agent.

        Raises:
            TypeError: it is not an agent.
        """
        check_capable(self, agent)
        agent.register_reply([Agent, None], self._reply_from_graph, position=_BEHIND_THE_PERSON)

    @shipped(_reply)
    def _reply_from_graph(
        self,
        recipient: Party,
        messages: list[Message] | None = None,
        sender: Agent | None = None,
        config: object = None,
    ) -> Outcome:
        """Reply to the last message with what the engine knows: its answer, or else what it found."""
        return drive(_reply(self, recipient, messages, sender, config))
