"""An agent that answers requests from elsewhere."""

from __future__ import annotations

import asyncio
import threading
import weakref
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any, cast

from ..._core.events import Event, MessageSent, TextStreamed, listening
from ..._core.messages import Message, as_message, stored_form
from ...io.base import AsyncIOStreamProtocol, IOStream
from .._run_tools import lend_tools
from ..conversable_agent import ConversableAgent
from ..group.context_variables import ContextVariables
from ..groupchat import GroupChatManager
from .protocol import RequestMessage, ServiceResponse, checked, get_tool_names

__all__ = ("AgentService", "HITLStream")

_GOODBYE = "exit"
_SECONDS_BETWEEN_LOOKS = 0.005
_turns: weakref.WeakKeyDictionary[ConversableAgent, threading.Lock] = weakref.WeakKeyDictionary()


class HITLStream(AsyncIOStreamProtocol):
    """Prints nowhere, and notes what a person would be asked: the chat ends, and whoever has sent the request asks."""

    def __init__(self) -> None:
        self.input_prompt: str | None = None

    @property
    def is_input_required(self) -> bool:
        """Whether a person is to be asked."""
        return self.input_prompt is not None

    def print(self, *objects: Any, sep: str = " ", end: str = "\n", flush: bool = False) -> None:
        """Print nothing."""

    def send(self, message: object) -> None:
        """Show nothing."""

    async def input(self, prompt: str = "", *, password: bool = False) -> str:
        """Note the question, and end the chat.

        Args:
            prompt: the question.
            password: nobody types anything here.

        Returns:
            What a person types to end a chat.
        """
        self.input_prompt = prompt
        return _GOODBYE


class AgentService:
    """Answers requests with an agent.

    Each request brings the conversation so far. What the agent calls of its own tools is run here; a call of a tool of
    the client ends the answer. Requests take turns, for an agent keeps state, and leave nothing behind.

    ```python
    async for part in AgentService(agent)(RequestMessage(messages=[{"role": "user", "content": "Hello."}])):
        print(part.message)
    ```

    Args:
        agent: who answers.

    Raises:
        TypeError: it is no agent, or leads a group, which `autogen_classic.serving` can offer.
        ValueError: it asks a person before each answer.
    """

    def __init__(self, agent: ConversableAgent) -> None:
        if not isinstance(agent, ConversableAgent):
            raise TypeError(f"An AgentService answers with an agent, but it was given {agent!r}.")
        if isinstance(agent, GroupChatManager):
            raise TypeError(
                f"An AgentService answers with one agent, but {agent.name} leads a group. Offer the group with "
                "autogen_classic.serving.OpenAIServer or McpServer."
            )
        if agent.human_input_mode == "ALWAYS":
            raise ValueError(
                f"{agent.name} asks a person before each of its answers (human_input_mode is 'ALWAYS'), so that nobody "
                "would ever get one. Use 'NEVER' or 'TERMINATE'."
            )
        self.agent = agent

    async def __call__(self, state: RequestMessage) -> AsyncIterator[ServiceResponse]:
        """Answer a request.

        Args:
            state: the request.

        Yields:
            Pieces of text while the model streams, whole messages, the answers of tools, and at last what a person is
            asked, if the agent cannot go on without one.

        Raises:
            ValueError: the request is not one that a stranger may send; see `checked`.
            Exception: what the model or the conversation has failed with.
        """
        async with _turn_of(self.agent):
            parts: asyncio.Queue[ServiceResponse | None] = asyncio.Queue()
            client = _Client(self.agent, state)
            talk = asyncio.ensure_future(client.talk(parts.put_nowait))
            talk.add_done_callback(lambda _: parts.put_nowait(None))
            try:
                while (part := await parts.get()) is not None:
                    yield part
                await talk
            finally:
                if not talk.done():  # the reader has left
                    client.stop_chat(now=True)
                    await asyncio.wait({talk})


@asynccontextmanager
async def _turn_of(agent: ConversableAgent) -> AsyncIterator[None]:
    """Wait until nobody else talks to an agent: in this event loop, in another one, or by another service."""
    turn = _turns.setdefault(agent, threading.Lock())
    while not turn.acquire(blocking=False):
        await asyncio.sleep(_SECONDS_BETWEEN_LOOKS)
    try:
        yield
    finally:
        turn.release()


class _Client(ConversableAgent):
    """Speaks for whoever has sent a request, and runs the tools of the agent that answers."""

    def __init__(self, agent: ConversableAgent, request: RequestMessage) -> None:
        name = "user" if agent.name != "user" else "client"
        super().__init__(name, llm_config=False, human_input_mode="NEVER", is_termination_msg=self._ends)
        self._agent = agent
        self._tools = request.client_tools
        self._names_of_tools = request.client_tool_names
        *self._earlier, self._message = checked(request.messages) or [{"role": "user", "content": ""}]
        self._has_variables = request.context is not None
        self.context_variables = ContextVariables(data=dict(request.context or {}))

    async def talk(self, tell: Callable[[ServiceResponse], object]) -> None:
        """Hold the conversation.

        Args:
            tell: is called with each part of the answer.
        """
        agent, person = self._agent, HITLStream()

        def hear(event: Event) -> None:
            part = self._part_of(event)
            if part is not None:
                tell(part)

        with _borrowed(agent, self), _offering(agent, self._tools):
            lend_tools(agent, self)
            for message in self._earlier:
                self._remember(message)
            with listening(hear, kinds=(MessageSent, TextStreamed)), IOStream.set_default(cast(IOStream, person)):
                await self.a_initiate_chat(
                    agent, message=self._message, clear_history=False, silent=True, summary_method=None
                )
        if person.is_input_required:
            tell(ServiceResponse(context=self._variables(), input_required=person.input_prompt))

    def _ends(self, message: Mapping[str, Any]) -> bool:
        """Whether the word goes back to the client: nothing is called, or a tool of its own."""
        called = {call["function"]["name"] for call in message.get("tool_calls") or ()}
        return not (called or message.get("function_call")) or not called.isdisjoint(self._names_of_tools)

    def _remember(self, message: Message) -> None:
        """Put an earlier message in both histories."""
        is_own = message.get("role") == "assistant"
        said = {"name": (self._agent if is_own else self).name, **message}
        self._agent.chat_messages[self].append(said)
        other_role = {"assistant": "user", "user": "assistant"}.get(message.get("role", ""), message.get("role"))
        self.chat_messages[self._agent].append({**said, "role": other_role})

    def _part_of(self, event: Event) -> ServiceResponse | None:
        """What a client hears of an event, if anything: hidden agents may talk, too."""
        if isinstance(event, TextStreamed) and event.agent is self._agent:
            return ServiceResponse(context=self._variables(), streaming_text=event.text)
        if not isinstance(event, MessageSent) or {event.sender, event.recipient} != {self, self._agent}:
            return None
        if event.message is self._message:
            return None
        role = "tool" if event.sender is self else "assistant"
        said = stored_form(as_message(event.message), role, self._agent.name)
        if said is not None and self._names_of_tools and self._ends(said) and said.get("tool_calls"):
            # the word goes to the client, so that nobody would answer the calls of the agent's own tools
            calls = [call for call in said["tool_calls"] if call["function"]["name"] in self._names_of_tools]
            said = {**said, "tool_calls": calls}
        return ServiceResponse(message=said, context=self._variables())

    def _variables(self) -> dict[str, Any] | None:
        variables = self.context_variables.to_dict()
        return variables if variables or self._has_variables else None


@contextmanager
def _borrowed(agent: ConversableAgent, client: _Client) -> Iterator[None]:
    """Let an agent talk to a client, with whom it shares variables, and forget both afterwards.

    An agent that asks nobody answers also what would end a chat: whoever asks from elsewhere waits for an answer.
    """
    variables, ends = agent.context_variables, agent._is_termination_msg
    agent.context_variables = client.context_variables
    if agent.human_input_mode == "NEVER":
        agent._is_termination_msg = lambda message: False
    try:
        yield
    finally:
        agent.context_variables, agent._is_termination_msg = variables, ends
        kept_by_partner: tuple[dict[Any, Any], ...] = (
            agent._oai_messages,
            agent._consecutive_auto_reply_counter,
            agent._max_consecutive_auto_reply_dict,
            agent.reply_at_receive,
        )
        for kept in kept_by_partner:
            kept.pop(client, None)


@contextmanager
def _offering(agent: ConversableAgent, tools: Sequence[Message]) -> Iterator[None]:
    """Let the model of an agent know the tools of a client, in place of its own of the same name.

    Args:
        agent: the agent.
        tools: their schemas.
    """
    own = (agent.llm_config or {}).get("tools") or ()
    names = get_tool_names(tools)
    replaced = [tool for tool in own if not names.isdisjoint(get_tool_names([tool]))]
    offered: list[str] = []
    try:
        for tool in replaced:
            agent.update_tool_signature(tool["function"]["name"], is_remove=True)
        for tool in tools:
            agent.update_tool_signature(tool, is_remove=False)
            offered.append(tool["function"]["name"])
        yield
    finally:
        for name in offered:
            agent.update_tool_signature(name, is_remove=True)
        for tool in replaced:
            agent.update_tool_signature(tool, is_remove=False, silent_override=True)
