"""An agent that answers requests from elsewhere."""

from __future__ import annotations

import asyncio
import threading
import weakref
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, nullcontext
from functools import partial
from typing import Any, cast

from ..._core.callables import name_of
from ..._core.events import Event, MessageSent, TextStreamed, listening
from ..._core.messages import as_message, stored_form
from ..._core.shared_loop import sharing_loop
from ..._core.threads import OneThread
from ..._json.walk import copied
from ...events.client_events import StreamEvent
from ...io.base import AsyncIOStreamProtocol, IOStream
from ..conversable_agent import ConversableAgent
from ..group.context_variables import ContextVariables
from ..groupchat import GroupChatManager
from .caller import Caller, hearing_client, remember
from .makers import Maker, made_by, made_for_request, refuse_the_same
from .protocol import RequestMessage, ServiceResponse, checked, checked_tools

__all__ = ("AgentService", "AsyncIOQueueStream", "HITLStream")

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


class AsyncIOQueueStream(AsyncIOStreamProtocol):
    """Prints nowhere, and queues the pieces of text that a model streams, for a reader in the same event loop.

    Attributes:
        queue: the pieces.
    """

    def __init__(self) -> None:
        self.queue: asyncio.Queue[str] = asyncio.Queue()

    def print(self, *objects: Any, sep: str = " ", end: str = "\n", flush: bool = False) -> None:
        """Print nothing."""

    def send(self, message: object) -> None:
        """Queue a piece of text.

        Args:
            message: an event; all but a `StreamEvent` is passed over.
        """
        if isinstance(message, StreamEvent):
            piece = message.content
            self.queue.put_nowait(str(getattr(piece, "content", piece)))

    async def input(self, prompt: str = "", *, password: bool = False) -> str:
        """Ask nobody.

        Args:
            prompt: the question.
            password: nobody types anything here.

        Returns:
            An empty answer.
        """
        return ""


class AgentService:
    """Answers requests with an agent.

    Each request brings the conversation so far. What the agent calls of its own tools is run here; a call of a tool of
    the client ends the answer. Requests to one agent take turns, for an agent keeps state, and leave nothing behind.
    Agents that a function makes for each request go on side by side: each request has a thread, in which its agent is
    made and closed, and all that is synchronous in it, such as a tool, runs one after the other. What is synchronous in
    a single agent runs in the event loop, which waits for it.

    ```python
    async for part in AgentService(agent)(RequestMessage(messages=[{"role": "user", "content": "Hello."}])):
        print(part.message)
    ```

    Args:
        agent: who answers, or a function without parameters that makes such an agent. It is called once at the start,
            and again for each request; with ``@contextmanager`` it closes what the agent has opened.

    Attributes:
        agent: who answers; of a function, the agent that it made at the start, which answers nobody.

    Raises:
        TypeError: it is not an agent, or it leads a group, which `autogen_classic.serving` can offer.
        ValueError: it asks a person before each answer.
        ServingError: the function is asynchronous.
    """

    def __init__(self, agent: ConversableAgent | Maker[ConversableAgent]) -> None:
        self._maker: Maker[ConversableAgent] | None = None
        if callable(agent) and not isinstance(agent, ConversableAgent):
            self._maker, self._name = agent, name_of(agent)
            with made_by(agent, self._name) as agent:
                pass
        _check(agent)
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
            ServingError: the function that makes the agents returns the same one again.
            Exception: what the model or the conversation has failed with.
        """
        parts: asyncio.Queue[ServiceResponse | None] = asyncio.Queue()
        loop = asyncio.get_running_loop()
        conversation = _Conversation(state, lambda part: loop.call_soon_threadsafe(parts.put_nowait, part))
        talk = asyncio.ensure_future(self._hold(conversation))
        talk.add_done_callback(lambda _: parts.put_nowait(None))
        try:
            while (part := await parts.get()) is not None:
                yield part
            await talk
        finally:
            if not talk.done():  # the reader has left
                conversation.stop()
                await asyncio.wait({talk})

    async def _hold(self, conversation: _Conversation) -> None:
        """Hold a conversation to its end, whether its reader stays or not: only then is the agent free again."""
        if self._maker is None:
            async with _turn_of(self.agent):
                await conversation.hold(self.agent)
            return
        thread = OneThread(f"request to {self._name}")
        try:
            async with thread.entered(made_for_request(self._maker, self._name)) as agent:
                _check(agent)
                refuse_the_same(self._name, [agent], [self.agent])
                await thread.start(conversation.hold(agent, thread))
        finally:
            thread.end()


def _check(agent: ConversableAgent) -> None:
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


class _Conversation:
    """What one request begins.

    Args:
        request: the request.
        tell: is called with each part of the answer, in any thread.
    """

    def __init__(self, request: RequestMessage, tell: Callable[[ServiceResponse], object]) -> None:
        self._request = request
        self._tell = tell
        self._is_stopped = False
        self._caller: Caller | None = None
        self._own_variables: Mapping[str, Any] = {}
        self._tools = checked_tools(request.client_tools)
        *self._earlier, self._message = checked(request.messages) or [{"role": "user", "content": ""}]

    def stop(self) -> None:
        """End it: nobody hears the answer."""
        self._is_stopped = True
        if self._caller is not None:
            self._caller.stop_chat(now=True)

    async def hold(self, agent: ConversableAgent, thread: OneThread | None = None) -> None:
        """Let the agent answer.

        Args:
            agent: the agent, which nobody else talks to.
            thread: where its synchronous parts run; None for the event loop.
        """
        if self._is_stopped:
            return
        with _borrowed(agent, self._variables_for(agent)) as caller, caller.offering(self._tools):
            self._caller = caller
            for message in self._earlier:
                remember(agent, caller, message)
            person = HITLStream()
            hear = partial(self._hear, agent, caller)
            with (
                nullcontext() if thread is None else sharing_loop(thread),
                hearing_client((*self._earlier, self._message)),
                listening(hear, kinds=(MessageSent, TextStreamed)),
                IOStream.set_default(cast(IOStream, person)),
            ):
                await caller.a_initiate_chat(
                    agent, message=self._message, clear_history=False, silent=True, summary_method=None
                )
            if person.is_input_required:
                context = self._context(caller.context_variables)
                self._tell(ServiceResponse(context=context, input_required=person.input_prompt))

    def _variables_for(self, agent: ConversableAgent) -> ContextVariables:
        """Those of the agent and of the request, whose count where both have one."""
        self._own_variables = agent.context_variables.to_dict()
        return ContextVariables(data={**copied(self._own_variables), **(self._request.context or {})})

    def _context(self, variables: ContextVariables) -> dict[str, Any] | None:
        """What the client hears of the variables: its own, and what has changed."""
        own, sent = self._own_variables, self._request.context
        told = {
            name: value
            for name, value in variables.to_dict().items()
            if name in (sent or {}) or name not in own or own[name] != value
        }
        return told if told or sent is not None else None

    def _hear(self, agent: ConversableAgent, caller: Caller, event: Event) -> None:
        """Tell the client of an event, if it is for it: hidden agents may talk, too."""
        context = self._context(caller.context_variables)
        if isinstance(event, TextStreamed):
            if event.agent is agent:
                self._tell(ServiceResponse(context=context, streaming_text=event.text))
            return
        if not isinstance(event, MessageSent) or {event.sender, event.recipient} != {caller, agent}:
            return
        if event.message is self._message:
            return
        role = "tool" if event.sender is caller else "assistant"
        said = stored_form(as_message(event.message), role, agent.name)
        calls = caller.calls_of_client(said or {})
        if said is not None and calls:
            # the word goes to the client, so that nobody would answer the calls of the agent's own tools
            said = {**said, "tool_calls": calls}
        self._tell(ServiceResponse(message=said, context=context))


@contextmanager
def _borrowed(agent: ConversableAgent, variables: ContextVariables) -> Iterator[Caller]:
    """Let an agent talk to a caller, with whom it shares variables, and forget both afterwards.

    An agent that asks nobody answers also what would end a chat: whoever asks from elsewhere waits for an answer.
    """
    own, ends = agent.context_variables, agent._is_termination_msg
    agent.context_variables = variables
    if agent.human_input_mode == "NEVER":
        agent._is_termination_msg = lambda message: False
    caller = Caller(agent)
    try:
        yield caller
    finally:
        agent.context_variables, agent._is_termination_msg = own, ends
        kept_by_partner: tuple[dict[Any, Any], ...] = (
            agent._oai_messages,
            agent._consecutive_auto_reply_counter,
            agent._max_consecutive_auto_reply_dict,
            agent.reply_at_receive,
        )
        for kept in kept_by_partner:
            kept.pop(caller, None)
