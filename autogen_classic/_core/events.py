"""Everything that happens in a conversation passes `emit` as a typed event.

Printing is the first subscriber; logs, traces and web pages are others. An event holds the live objects (agents,
messages), so a subscriber sees everything and must change nothing.

To hear everything that happens in this process, call `subscribe`. To hear only your own chat,
while others run beside it in other threads and tasks, use `listening`.

The types of the fields say how an event looks as JSON, see ``events/_json.py``.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from .messages import TextOrMessage
from .party import Agent, Party
from .running_chats import ChatRef, StopReason
from .stream import Detail, Event, EventsDropped, audience, emit, event, is_heard, listening, subscribe, unsubscribe

__all__ = (
    "AgentCreated",
    "AutoReplyUsed",
    "CarryoverAdded",
    "ChatEnded",
    "ChatFailed",
    "ChatPaused",
    "ChatRef",
    "ChatResumed",
    "ChatStarted",
    "ClearingAsked",
    "ClientConnected",
    "CodeExecuted",
    "CodeExecuting",
    "Detail",
    "Event",
    "EventsDropped",
    "FunctionUsed",
    "GroupResumed",
    "HandedOver",
    "HistoryCleared",
    "HistoryShortened",
    "MessageReceived",
    "MessageRejected",
    "MessageSent",
    "ModelAnswered",
    "ModelAsked",
    "ModelAskedAgain",
    "ModelFailed",
    "ModelResponse",
    "Notice",
    "PersonAnswered",
    "PersonAsked",
    "QueuedChatStarting",
    "ReplyTried",
    "Safeguarded",
    "Sealed",
    "SelectionTried",
    "SpeakerSelected",
    "StateSaved",
    "TextStreamed",
    "ToolCalled",
    "ToolReturned",
    "TurnEnded",
    "TurnStarted",
    "WarningIssued",
    "WrapperCreated",
    "audience",
    "emit",
    "is_heard",
    "listening",
    "subscribe",
    "unsubscribe",
    "warn",
)

LIVE = {"live": True}
"""Marks the fields that are for subscribers in this process only, and no part of an event in JSON."""

ModelResponse: TypeAlias = Any
"""The answer of a model: a completion of the openai package, or what the program's own client returned."""

HandoffKind: TypeAlias = Literal["llm", "context", "after_work", "tool"]
"""Why an agent of a group hands over, see `HandedOver`."""


@event
class ChatStarted(Event):
    """Two agents begin a chat, which ``sender`` opens."""

    sender: Agent
    recipient: Agent


@event
class ChatEnded(Event):
    """A chat is over.

    Attributes:
        sender: who opened it.
        recipient: who was spoken to.
        reason: why it stopped.
        message: the message that caused the stop, or None.
        cost: US dollars, for everything in it; None when the price of a model is not known.
        tokens: how many were sent and received; None when a model does not say.
        seconds: how long it took.
        limit: how many turns or rounds ended it; None when something else did.
        by: the agent that ended it, itself or by its person; None if nobody did.
    """

    sender: Agent
    recipient: Agent
    reason: StopReason | None
    message: TextOrMessage | None
    cost: float | None
    tokens: int | None
    seconds: float
    limit: int | None = None
    by: Agent | None = None


@event
class ChatFailed(Event):
    """An error ends a chat, which leaves ``initiate_chat``. ``text`` is its class and what it says."""

    sender: Agent
    recipient: Agent
    text: str
    error: Any = field(metadata=LIVE)


@event
class ChatPaused(Event):
    """A chat stands still, because somebody has paused it or a chat around it."""


@event
class ChatResumed(Event):
    """A chat goes on, or ends, after it has stood still for ``seconds``."""

    seconds: float


@event
class CarryoverAdded(Event):
    """The first message of ``agent`` carries over what came out of earlier chats: a text, or a list."""

    agent: Agent
    carryover: Any


@event
class HistoryCleared(Event):
    """``agent`` forgets what it and ``partner`` (None: everybody) said, but for the last ``kept`` messages."""

    agent: Agent
    partner: Agent | None
    kept: int


@event
class HistoryShortened(Event):
    """``agent`` keeps the last messages of a conversation, and ``more`` than it was told to: the call of an answer."""

    agent: Agent
    more: int


@event
class StateSaved(Event):
    """The state of ``agents``, which are named, was saved."""

    agents: list[str]


@event
class WarningIssued(Event):
    """Something is not as it should be, and the chat goes on. ``text`` also goes to a logger."""

    text: str


@dataclass(slots=True, repr=False, eq=False)
class MessageSent(Event):
    """``message``, a text or a dict, leaves ``sender``; it already stands in the sender's history."""

    sender: Agent
    recipient: Agent
    message: TextOrMessage
    silent: bool | None


@dataclass(slots=True, repr=False, eq=False)
class MessageReceived(Event):
    """``message``, a text or a dict, now stands in the history of ``recipient``."""

    sender: Agent
    recipient: Party
    message: TextOrMessage
    silent: bool | None


@event
class MessageRejected(Event):
    """``message`` says nothing and calls nothing, so that ``recipient`` does not take it. An error follows."""

    sender: Agent
    recipient: Party
    message: TextOrMessage


@dataclass(slots=True, repr=False, eq=False)
class TurnStarted(Detail):
    """``agent`` begins to look for its reply; to ``sender``, where it is not just asked for one."""

    agent: Party
    sender: Agent | None


@dataclass(slots=True, repr=False, eq=False)
class TurnEnded(Detail):
    """``agent`` has found its ``reply``, or None, after ``seconds``; or an ``error`` has ended the search."""

    agent: Party
    sender: Agent | None
    reply: TextOrMessage | None
    seconds: float
    error: Any = field(metadata=LIVE)


@dataclass(slots=True, repr=False, eq=False)
class ReplyTried(Detail):
    """A reply function of ``agent`` has run. If it is ``final``, the agent says ``reply``; else the next one runs."""

    agent: Party
    function: Callable[..., Any]
    final: bool
    reply: Any


@event
class ModelAsked(Event):
    """A request is about to go to a model. ``request`` never holds a key.

    The events of one request, ``ModelAsked``, ``ModelFailed`` and ``ModelAnswered``, have the same ``request_id``: 32
    hexadecimal digits. ``client`` is the one that is asked.
    """

    agent: Agent | str | None
    request: dict[str, Any]
    request_id: str
    client: Any = field(metadata=LIVE)


@dataclass(slots=True, repr=False, eq=False)
class TextStreamed(Event):
    """The next piece of an answer has come from a model that answers for ``agent``."""

    agent: Agent | str | None
    text: str


@event
class ModelAskedAgain(Event):
    """An answer could not be used for ``reason``, and the model is asked once more."""

    agent: Agent | str | None
    reason: str


@event
class ModelAnswered(Event):
    """A model has answered, or the cache did in its place.

    Attributes:
        agent: who asked; None for a request without an agent.
        request: what was sent, without keys.
        request_id: what the events of one request have in common.
        response: the answer: a completion of the openai package, or what the program's own client returned.
        from_cache: whether it comes from a cache.
        cost: US dollars; None when unknown. An answer from a cache says what it once cost.
        usage: the tokens as the client counts them: ``prompt_tokens``, ``completion_tokens`` and ``total_tokens``.
        seconds: how long it took.
        wrapper: the `OpenAIWrapper` that was asked.
        client: the client behind it that answered.
    """

    agent: Agent | str | None
    request: dict[str, Any]
    request_id: str
    response: ModelResponse
    from_cache: bool
    cost: float | None
    usage: dict[str, Any]
    seconds: float
    wrapper: Any = field(metadata=LIVE)
    client: Any = field(metadata=LIVE)


@event
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

    agent: Agent | str | None
    request: dict[str, Any]
    request_id: str
    number: int
    model: str | None
    error: Any = field(metadata=LIVE)
    reason: str
    next_number: int | None
    seconds: float
    wrapper: Any = field(metadata=LIVE)
    client: Any = field(metadata=LIVE)


@event
class ToolCalled(Event):
    """A tool or function is about to run; ``asynchronous`` tells whether it is awaited."""

    agent: Agent
    name: str
    arguments: Any
    call_id: str | None
    asynchronous: bool


@event
class ToolReturned(Event):
    """A call of a tool or function is answered with ``content``.

    Attributes:
        agent: who ran it.
        name: its name.
        arguments: what it was called with; None if they were broken JSON, and empty if the tool is unknown.
        content: the answer as the model gets it.
        succeeded: false if the tool raised, is unknown or was called with broken JSON.
        call_id: the id of the call, where it has one.
        verbose: whether the arguments and the answer are printed.
        seconds: how long it took.
        error: what the tool has raised, or the fault of the JSON.
    """

    agent: Agent
    name: str
    arguments: Any
    content: Any
    succeeded: bool
    call_id: str | None
    verbose: bool
    seconds: float = 0.0
    error: Any = field(default=None, metadata=LIVE)


@event
class CodeExecuting(Event):
    """Code is about to run.

    Attributes:
        agent: who runs it.
        languages: the language of each block.
        number: counts the blocks of the legacy path from 0; with an executor it is None.
        blocks: the code of each block.
    """

    agent: Agent
    languages: list[str]
    number: int | None
    blocks: list[str] = field(default_factory=list)


@event
class CodeExecuted(Event):
    """Code has run for ``seconds`` and ended with ``exit_code``."""

    agent: Agent
    exit_code: int
    output: str
    seconds: float = 0.0


@event
class PersonAsked(Event):
    """The person behind ``agent`` is asked."""

    agent: Agent
    prompt: str


@event
class PersonAnswered(Event):
    """The person behind ``agent`` has answered."""

    agent: Agent
    answer: str


@event
class AutoReplyUsed(Event):
    """``agent`` answers without asking its person."""

    agent: Agent
    sender: Agent | None


@dataclass(slots=True, repr=False, eq=False)
class SpeakerSelected(Event):
    """``speaker`` speaks next in a group. ``announce`` tells whether the group prints it."""

    manager: Agent
    speaker: Agent
    announce: bool


@event
class SelectionTried(Event):
    """The model of a group was asked who speaks next.

    Attributes:
        manager: who leads the group.
        attempt: how often it has been asked now.
        attempts: how often it may be asked.
        names: the names in its answer; exactly one is a selection.
    """

    manager: Agent
    attempt: int
    attempts: int
    names: list[str]


@event
class ClearingAsked(Event):
    """A person wants a group to forget what ``member`` (None: everybody) heard, but for the last ``kept`` messages."""

    manager: Agent
    member: str | None
    kept: int


@event
class GroupResumed(Event):
    """A group goes on from ``messages`` that were said before; ``last_speaker`` said the last of them."""

    manager: Agent
    last_speaker: Agent
    messages: list[dict[str, Any]]


@event
class HandedOver(Event):
    """``agent`` of a group with handoffs hands over.

    Attributes:
        agent: who hands over.
        kind: "llm" if its model chose so, "context" for context variables, "after_work" once it has spoken, "tool" if a
            tool that it called says so.
        target: who or what goes next, as readers know it.
        announce: whether the group prints it.
        chosen: the target itself.
    """

    agent: Agent
    kind: HandoffKind
    target: str
    announce: bool
    chosen: Any = field(metadata=LIVE)


@event
class Safeguarded(Event):
    """A rule of a safeguard policy has found something.

    Attributes:
        kind: what the rule is about: "agent", "tool", "llm" or "user".
        action: what it does: "block", "mask" or "warning".
        text: what the policy says about it.
        source: who said it.
        destination: who was to hear it.
        guardrail: how it was found, as the name of a class.
    """

    kind: str
    action: str
    text: str
    source: str
    destination: str
    guardrail: str


@event
class QueuedChatStarting(Event):
    """The next chat of a queue is about to start with what ``chat_info`` says."""

    chat_info: dict[str, Any]


@event
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


@event
class FunctionUsed(Detail):
    """A registered function of ``agent`` has run. ``returned`` is its own result, which becomes a text later."""

    agent: Agent
    function: Callable[..., Any]
    arguments: dict[str, Any]
    returned: Any


class Sealed:
    """Arguments that may hold keys. Printing an event does not show them; whoever needs them calls `opened`.

    Args:
        arguments: the arguments by their names.
    """

    __slots__ = ("_arguments",)

    def __init__(self, arguments: dict[str, Any]) -> None:
        self._arguments = arguments

    def opened(self) -> dict[str, Any]:
        """The arguments as they were given, keys included."""
        return self._arguments

    def __repr__(self) -> str:
        return "<arguments that may hold keys>"


@event
class AgentCreated(Event):
    """The constructor of one of our classes has run for ``agent``, with ``init_args`` by their names.

    An agent is announced by each class that it is made of, beginning with the most general one.
    """

    agent: Agent
    class_name: str
    init_args: Sealed = field(metadata=LIVE)


@event
class WrapperCreated(Event):
    """An `OpenAIWrapper` was made. ``init_args``, its ``config_list`` and ``base_config``, hold keys."""

    wrapper: Any = field(metadata=LIVE)
    init_args: Sealed = field(metadata=LIVE)


@event
class ClientConnected(Event):
    """A client of a wrapper was made, at the first request that needs it. ``init_args``, its settings, hold keys."""

    client: Any = field(metadata=LIVE)
    class_name: str
    wrapper: Any = field(metadata=LIVE)
    init_args: Sealed = field(metadata=LIVE)


def warn(logger: logging.Logger, text: str, *args: object) -> None:
    """Warn a reader of the logs and those who listen.

    Args:
        logger: where the warning goes.
        text: what it says, with places for the arguments as the logger takes them.
        *args: the arguments.
    """
    logger.warning(text, *args, stacklevel=2)
    emit(WarningIssued(text % args if args else text))
