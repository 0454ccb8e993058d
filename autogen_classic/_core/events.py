"""Everything that happens in a conversation passes `emit` as a typed event.

Printing is the first subscriber; logs, traces and web pages are others. An event holds the live objects (agents,
messages), so a subscriber sees everything and must change nothing.

To hear everything that happens in this process, call `subscribe`. To hear only your own chat,
while others run beside it in other threads and tasks, use `listening`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .messages import TextOrMessage
from .party import Agent, Party
from .running_chats import ChatRef, StopReason
from .stream import Event, audience, emit, is_heard, listening, subscribe, unsubscribe

__all__ = (
    "AgentCreated",
    "AutoReplyUsed",
    "ChatEnded",
    "ChatRef",
    "ChatStarted",
    "ClientConnected",
    "CodeExecuted",
    "CodeExecuting",
    "Event",
    "FunctionUsed",
    "MessageReceived",
    "MessageRejected",
    "MessageSent",
    "ModelAnswered",
    "ModelAsked",
    "ModelFailed",
    "Notice",
    "PersonAnswered",
    "PersonAsked",
    "QueuedChatStarting",
    "ReplyTried",
    "SpeakerSelected",
    "ToolCalled",
    "ToolReturned",
    "WrapperCreated",
    "audience",
    "emit",
    "is_heard",
    "listening",
    "subscribe",
    "unsubscribe",
)


@dataclass(slots=True)
class ChatStarted(Event):
    """Two agents begin a chat, which ``sender`` opens."""

    sender: Agent
    recipient: Agent


@dataclass(slots=True)
class ChatEnded(Event):
    """A chat is over. ``reason`` is a `StopReason`; ``message`` is the one that caused it, or None."""

    sender: Agent
    recipient: Agent
    reason: StopReason | None
    message: TextOrMessage | None


@dataclass(slots=True)
class MessageSent(Event):
    """``message``, a text or a dict, leaves ``sender``; it already stands in the sender's history."""

    sender: Agent
    recipient: Agent
    message: TextOrMessage
    silent: bool | None


@dataclass(slots=True)
class MessageReceived(Event):
    """``message``, a text or a dict, now stands in the history of ``recipient``."""

    sender: Agent
    recipient: Party
    message: TextOrMessage
    silent: bool | None


@dataclass(slots=True)
class MessageRejected(Event):
    """``message`` says nothing and calls nothing, so that ``recipient`` does not take it. An error follows."""

    sender: Agent
    recipient: Party
    message: TextOrMessage


@dataclass(slots=True)
class ReplyTried(Event):
    """A reply function of ``agent`` has run. If it is ``final``, the agent says ``reply``; else the next one runs."""

    agent: Party
    function: Callable[..., Any]
    final: bool
    reply: Any


@dataclass(slots=True)
class ModelAsked(Event):
    """A request is about to go to a model. ``request`` never holds a key.

    The events of one request, ``ModelAsked``, ``ModelFailed`` and ``ModelAnswered``, have the same ``request_id``.
    """

    agent: Any
    request: dict[str, Any]
    request_id: str


@dataclass(slots=True)
class ModelAnswered(Event):
    """A model has answered, or the cache did in its place.

    Attributes:
        agent: who asked; None for a request without an agent.
        request: what was sent, without keys.
        request_id: what the events of one request have in common.
        response: the answer: a completion of the openai package, or what the program's own client returned.
        from_cache: whether it comes from a cache.
        cost: US dollars; None when unknown. An answer from a cache says what it once cost.
        seconds: how long it took.
        wrapper: the `OpenAIWrapper` that was asked.
        client: the client behind it that answered.
    """

    agent: Any
    request: dict[str, Any]
    request_id: str
    response: Any
    from_cache: bool
    cost: float | None
    seconds: float
    wrapper: Any
    client: Any


@dataclass(slots=True)
class ModelFailed(Event):
    """A configuration of the list could not be used.

    Attributes:
        agent: who asked.
        request: what was sent, without keys.
        request_id: what the events of one request have in common.
        number: the position of the configuration in the list, counted from 0.
        model: the model it names.
        error: what was raised.
        reason: why it failed, without keys.
        next_number: the configuration that is tried next; None when there are no more, so that the request fails.
        seconds: how long it took.
        wrapper: the `OpenAIWrapper` that was asked.
        client: the client behind it that failed.
    """

    agent: Any
    request: dict[str, Any]
    request_id: str
    number: int
    model: str | None
    error: BaseException
    reason: str
    next_number: int | None
    seconds: float
    wrapper: Any
    client: Any


@dataclass(slots=True)
class ToolCalled(Event):
    """A tool or function is about to run; ``asynchronous`` tells whether it is awaited."""

    agent: Agent
    name: str
    arguments: Any
    call_id: str | None
    asynchronous: bool


@dataclass(slots=True)
class ToolReturned(Event):
    """A call of a tool or function is answered with ``content``.

    Attributes:
        agent: who ran it.
        name: its name.
        arguments: what it was called with; None if they were broken JSON, or the tool is unknown.
        content: the answer as the model gets it.
        succeeded: false if the tool raised, is unknown or was called with broken JSON.
        call_id: the id of the call, where it has one.
        verbose: whether the arguments and the answer are printed.
        seconds: how long it took.
    """

    agent: Agent
    name: str
    arguments: Any
    content: Any
    succeeded: bool
    call_id: str | None
    verbose: bool
    seconds: float = 0.0


@dataclass(slots=True)
class CodeExecuting(Event):
    """Code is about to run. ``number`` counts the blocks of the legacy path from 0; with an executor it is None."""

    agent: Agent
    languages: list[str]
    number: int | None


@dataclass(slots=True)
class CodeExecuted(Event):
    """Code has run for ``seconds`` and ended with ``exit_code``."""

    agent: Agent
    exit_code: int
    output: str
    seconds: float = 0.0


@dataclass(slots=True)
class PersonAsked(Event):
    """The person behind ``agent`` is asked."""

    agent: Agent
    prompt: str


@dataclass(slots=True)
class PersonAnswered(Event):
    """The person behind ``agent`` has answered."""

    agent: Agent
    answer: str


@dataclass(slots=True)
class AutoReplyUsed(Event):
    """``agent`` answers without asking its person."""

    agent: Agent
    sender: Agent | None


@dataclass(slots=True)
class SpeakerSelected(Event):
    """``speaker`` speaks next in a group. ``announce`` tells whether the group prints it."""

    manager: Agent
    speaker: Agent
    announce: bool


@dataclass(slots=True)
class QueuedChatStarting(Event):
    """The next chat of a queue is about to start with what ``chat_info`` says."""

    chat_info: dict[str, Any]


@dataclass(slots=True)
class Notice(Event):
    """A line for the reader of the transcript that no other event carries.

    Attributes:
        agent: the agent it concerns, or None.
        text: the line as it is printed.
        color: a colour name of termcolor, or None.
    """

    agent: Agent | None
    text: str
    color: str | None = None


@dataclass(slots=True)
class FunctionUsed(Event):
    """A registered function of ``agent`` has run. ``returned`` is its own result, which becomes a text later."""

    agent: Agent
    function: Callable[..., Any]
    arguments: dict[str, Any]
    returned: Any


@dataclass(slots=True)
class AgentCreated(Event):
    """The constructor of one of our classes has run for ``agent``, with ``init_args`` by their names.

    An agent is announced by each class that it is made of, beginning with the most general one.
    """

    agent: Any
    init_args: dict[str, Any]


@dataclass(slots=True)
class WrapperCreated(Event):
    """An `OpenAIWrapper` was made. ``init_args``, its ``config_list`` and ``base_config``, hold keys."""

    wrapper: Any
    init_args: dict[str, Any]


@dataclass(slots=True)
class ClientConnected(Event):
    """A client of a wrapper was made, at the first request that needs it. ``init_args``, its settings, hold keys."""

    client: Any
    wrapper: Any
    init_args: dict[str, Any]
