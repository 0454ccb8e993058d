"""AG2's events of agents: what is said, called, run, asked and decided in a chat.

Programs read them off `RunResponse.events`, or get them by the ``send`` of their own `IOStream`. ``sender``,
``recipient`` and ``speaker`` are names. Each prints itself as a terminal shows it. `_translation` makes them from the
events of this library.
"""

from __future__ import annotations

import json
from abc import ABC
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field, field_serializer, model_serializer

from .._core.content import content_str, part_of
from .._core.messages import called
from .._core.party import Agent
from ..agentchat import _literals
from ..agentchat._first_message import item_as_text
from ..agentchat._groupchat import texts
from ..agentchat._printer import print_call, print_response
from ..formatting_utils import colored
from .base_event import BaseEvent, EventPrinter, resolve_print_callable, wrap_event

if TYPE_CHECKING:
    from ..coding.base import CodeBlock

__all__ = (
    "IS_PIL_AVAILABLE",
    "AsyncInputRequestEvent",
    "BasePrintReceivedEvent",
    "ClearAgentsHistoryEvent",
    "ClearConversableAgentHistoryEvent",
    "ClearConversableAgentHistoryWarningEvent",
    "ConversableAgentUsageSummaryEvent",
    "ConversableAgentUsageSummaryNoCostIncurredEvent",
    "ErrorEvent",
    "ExecuteCodeBlockEvent",
    "ExecuteFunctionEvent",
    "ExecutedFunctionEvent",
    "FunctionCall",
    "FunctionCallEvent",
    "FunctionResponseEvent",
    "GenerateCodeExecutionReplyEvent",
    "GroupChatResumeEvent",
    "GroupChatRunChatEvent",
    "InputRequestEvent",
    "InputResponseEvent",
    "PostCarryoverProcessingEvent",
    "RunCompletionEvent",
    "SelectSpeakerEvent",
    "SelectSpeakerInvalidInputEvent",
    "SelectSpeakerTryCountExceededEvent",
    "SpeakerAttemptFailedMultipleAgentsEvent",
    "SpeakerAttemptFailedNoAgentsEvent",
    "SpeakerAttemptSuccessfulEvent",
    "TerminationAndHumanReplyNoInputEvent",
    "TerminationEvent",
    "TextEvent",
    "ToolCall",
    "ToolCallEvent",
    "ToolResponse",
    "ToolResponseEvent",
    "UsingAutoReplyEvent",
    "create_received_event_model",
)

IS_PIL_AVAILABLE = find_spec("PIL") is not None
"""Whether pictures in messages can be loaded."""

MessageRole = Literal["assistant", "function", "tool"]
PlainContent = str | int | float | bool

NO_SENDER = "No sender"


def _name_of(agent: Agent | str | None) -> str:
    if agent is None:
        return NO_SENDER
    return agent if isinstance(agent, str) else agent.name


# --- what is said ----------------------------------------------------------------------------------------------------


class BasePrintReceivedEvent(BaseEvent, ABC):
    """A message has reached its recipient.

    Attributes:
        content: what it says.
        sender: the name of its author.
        recipient: the name of who got it.
    """

    content: PlainContent
    sender: str
    recipient: str

    def print(self, f: EventPrinter | None = None) -> None:
        """Print who speaks to whom."""
        resolve_print_callable(f)(f"{colored(self.sender, 'yellow')} (to {self.recipient}):\n", flush=True)

    def _print_end(self, f: EventPrinter) -> None:
        f("\n", _literals.DASHES, flush=True, sep="")

    def _print_said(self, f: EventPrinter, content: object) -> None:
        self.print_heading(f)
        if content is not None:
            f(_text_or_repr(content), flush=True)

    def print_heading(self, f: EventPrinter) -> None:
        """Print who speaks to whom.

        Args:
            f: prints objects as the built-in ``print`` does.
        """
        BasePrintReceivedEvent.print(self, f)


@wrap_event
class FunctionResponseEvent(BasePrintReceivedEvent):
    """A function has answered. ``name`` is its name, ``role`` the role of the message."""

    name: str | None = None
    role: MessageRole = "function"

    def print(self, f: EventPrinter | None = None) -> None:
        """Print the answer under the name of the function."""
        f = resolve_print_callable(f)
        self.print_heading(f)
        form = _literals.FUNCTION_RESPONSE if self.role == "function" else _literals.TOOL_RESPONSE
        print_response(f, form.format(id=self.name or _literals.NO_ID), self.content)
        self._print_end(f)


class ToolResponse(BaseModel):
    """The answer of one tool.

    Attributes:
        tool_call_id: the id of the call.
        role: the role of the message.
        content: the answer.
    """

    tool_call_id: str | None = None
    role: MessageRole = "tool"
    content: PlainContent

    def print(self, f: EventPrinter | None = None) -> None:
        """Print the answer under the id of the call."""
        heading = _literals.TOOL_RESPONSE.format(id=self.tool_call_id or _literals.NO_ID)
        print_response(resolve_print_callable(f), heading, self.content)


@wrap_event
class ToolResponseEvent(BasePrintReceivedEvent):
    """Tools have answered: ``tool_responses`` has one answer for each call."""

    role: MessageRole = "tool"
    tool_responses: list[ToolResponse]

    def print(self, f: EventPrinter | None = None) -> None:
        """Print all answers."""
        f = resolve_print_callable(f)
        self.print_heading(f)
        for response in self.tool_responses:
            response.print(f)
        self._print_end(f)


class FunctionCall(BaseModel):
    """Which function is called, and with what.

    Attributes:
        name: its name.
        arguments: JSON, as the model wrote it.
    """

    name: str | None = None
    arguments: str | None = None

    def print(self, f: EventPrinter | None = None) -> None:
        """Print the call."""
        heading = _literals.SUGGESTED_FUNCTION_CALL.format(name=self.name or _literals.NO_FUNCTION_NAME)
        print_call(resolve_print_callable(f), heading, self.arguments or _literals.NO_ARGUMENTS)


@wrap_event
class FunctionCallEvent(BasePrintReceivedEvent):
    """An agent calls a function, which is the older form of a tool."""

    content: PlainContent | None = None  # type: ignore[assignment]
    function_call: FunctionCall

    def print(self, f: EventPrinter | None = None) -> None:
        """Print what is said, and the call."""
        f = resolve_print_callable(f)
        self._print_said(f, self.content)
        self.function_call.print(f)
        self._print_end(f)


class ToolCall(BaseModel):
    """One call of a tool.

    Attributes:
        id: which call it is.
        function: what is called.
        type: the kind of the tool, "function".
    """

    id: str | None = None
    function: FunctionCall
    type: str = "function"

    def print(self, f: EventPrinter | None = None) -> None:
        """Print the call."""
        name = self.function.name or _literals.NO_FUNCTION_NAME
        heading = _literals.SUGGESTED_TOOL_CALL.format(id=self.id or "No tool call id found", name=name)
        print_call(resolve_print_callable(f), heading, self.function.arguments or _literals.NO_ARGUMENTS)


@wrap_event
class ToolCallEvent(BasePrintReceivedEvent):
    """An agent calls tools."""

    content: PlainContent | None = None  # type: ignore[assignment]
    refusal: str | None = None
    role: MessageRole | None = None
    audio: str | None = None
    function_call: FunctionCall | None = None
    tool_calls: list[ToolCall]

    def print(self, f: EventPrinter | None = None) -> None:
        """Print what is said, and the calls."""
        f = resolve_print_callable(f)
        self._print_said(f, self.content)
        for call in self.tool_calls:
            call.print(f)
        self._print_end(f)


@wrap_event
class TextEvent(BasePrintReceivedEvent):
    """An agent says something."""

    content: PlainContent | list[dict[str, Any]] | None = None  # type: ignore[assignment]

    def print(self, f: EventPrinter | None = None) -> None:
        """Print what is said."""
        f = resolve_print_callable(f)
        self._print_said(f, self.content)
        self._print_end(f)


def create_received_event_model(
    *, uuid: UUID | None = None, event: Mapping[str, Any], sender: Agent, recipient: Agent
) -> BaseEvent:
    """Make the event of a message that has reached its recipient.

    Args:
        uuid: which event it is; None draws one.
        event: the message.
        sender: its author.
        recipient: who got it. With ``allow_format_str_template`` in its ``llm_config``, templates are filled.

    Returns:
        A `ToolResponseEvent`, `FunctionResponseEvent`, `FunctionCallEvent`, `ToolCallEvent` or `TextEvent`.
    """
    common: dict[str, Any] = {"uuid": uuid, "sender": sender.name, "recipient": recipient.name}
    content = event.get("content")
    role = event.get("role")
    if event.get("tool_responses"):
        answers = [
            ToolResponse(
                tool_call_id=_plain_or_text(part_of(answer, "tool_call_id")), content=_plain(part_of(answer, "content"))
            )
            for answer in event["tool_responses"]
        ]
        return ToolResponseEvent(**common, content=_plain(content), role="tool", tool_responses=answers)
    if role in ("function", "tool"):
        name = event.get("name") if role == "function" else event.get("tool_call_id")
        return FunctionResponseEvent(**common, content=_plain(content), name=_plain_or_text(name), role=role)
    if event.get("function_call"):
        called_function = _as_function_call(event["function_call"])
        return FunctionCallEvent(**common, content=_plain_or_none(content), function_call=called_function)
    if event.get("tool_calls"):
        calls = [
            ToolCall(id=_plain_or_text(part_of(call, "id")), function=_as_function_call(called(call)))
            for call in event["tool_calls"]
        ]
        return ToolCallEvent(
            **common,
            content=_plain_or_none(content),
            refusal=_plain_or_text(event.get("refusal")),
            role=role if role == "assistant" else None,
            audio=_plain_or_text(event.get("audio")),
            tool_calls=calls,
        )
    if content is not None and "context" in event:
        from ..oai.client import OpenAIWrapper

        settings = getattr(recipient, "llm_config", None) or {}
        content = OpenAIWrapper.instantiate(content, event["context"], settings.get("allow_format_str_template", False))
    return TextEvent(**common, content=content if _are_parts(content) else _plain_or_none(content))


def _as_function_call(call: object) -> FunctionCall:
    arguments = part_of(call, "arguments")
    if arguments is None:
        arguments = part_of(call, "input")  # of a custom tool
    return FunctionCall(name=_plain_or_text(part_of(call, "name")), arguments=_plain_or_text(arguments))


def _plain_or_text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)


def _plain_or_none(content: object) -> PlainContent | None:
    if content is None or isinstance(content, (str, bool, int, float)):
        return content
    return _text_or_repr(content) if isinstance(content, list) else str(content)


def _text_or_repr(content: object) -> str:
    """The text of a content; where its parts have a form of their own, what Python shows of them."""
    try:
        return content_str(content)
    except (AssertionError, KeyError, TypeError, ValueError):
        return str(content)


def _are_parts(content: object) -> bool:
    return isinstance(content, list) and all(isinstance(part, dict) for part in content)


def _plain(content: object) -> PlainContent:
    plain = _plain_or_none(content)
    return "" if plain is None else plain


# --- what is about to happen, and what came of it --------------------------------------------------------------------


@wrap_event
class PostCarryoverProcessingEvent(BaseEvent):
    """The next chat of a queue starts, with all that it carries over.

    Attributes:
        carryover: what earlier chats hand on.
        message: the first message.
        verbose: whether the arguments are printed, too.
        sender: who opens the chat.
        recipient: who is spoken to.
        summary_method: how it is summed up, as a text.
        summary_args: the arguments of that.
        max_turns: how often the recipient is spoken to.
    """

    carryover: str | list[Any]
    message: str
    verbose: bool = False
    sender: str
    recipient: str
    summary_method: str
    summary_args: dict[str, Any] | None = None
    max_turns: int | None = None

    def __init__(self, *, uuid: UUID | None = None, chat_info: Mapping[str, Any]) -> None:
        method = chat_info.get("summary_method", "")
        message = chat_info.get("message")
        turns = chat_info.get("max_turns")
        super().__init__(
            uuid=uuid,
            carryover=chat_info.get("carryover", ""),
            message=getattr(message, "__name__", None) or (message if isinstance(message, str) else _text_of(message)),
            verbose=bool(chat_info.get("verbose", False)),
            sender=_name_of(chat_info["sender"]),
            recipient=_name_of(chat_info["recipient"]),
            summary_method=method if isinstance(method, str) else getattr(method, "__name__", "") or "",
            summary_args=chat_info.get("summary_args"),
            max_turns=turns if isinstance(turns, int) else None,
        )

    @model_serializer
    def _as_arguments(self) -> dict[str, Any]:
        fields = {name: getattr(self, name) for name in type(self).model_fields if name != "uuid"}
        return {"uuid": self.uuid, "chat_info": fields}

    def print(self, f: EventPrinter | None = None) -> None:
        """Print that a chat starts, with what, and what it carries over."""
        f = resolve_print_callable(f)
        f(colored(_literals.STARS, "blue"), flush=True, sep="")
        f(colored(_literals.STARTING_CHAT, "blue"), flush=True)
        if self.verbose:
            f(colored(f"Event:\n{self.message}", "blue"), flush=True)
            f(colored(f"Carryover:\n{self._carryover_as_text()}", "blue"), flush=True)
        f(colored(_literals.STARS, "blue"), flush=True, sep="")

    def _carryover_as_text(self) -> str:
        if isinstance(self.carryover, str):
            return self.carryover
        return "\n".join(item_as_text(item) for item in self.carryover)


def _text_of(message: object) -> str:
    if isinstance(message, Mapping):
        return content_str(message.get("content"))
    return "" if message is None else str(message)


@wrap_event
class ClearAgentsHistoryEvent(BaseEvent):
    """A group forgets what ``agent`` (None: everybody) heard, but for the last ``nr_events_to_preserve`` messages."""

    agent: str | None = None
    nr_events_to_preserve: int | None = None

    def __init__(
        self,
        *,
        uuid: UUID | None = None,
        agent: Agent | str | None = None,
        nr_events_to_preserve: int | None = None,
    ) -> None:
        name = None if agent is None else _name_of(agent)
        super().__init__(uuid=uuid, agent=name, nr_events_to_preserve=nr_events_to_preserve)

    def print(self, f: EventPrinter | None = None) -> None:
        """Print whose history is cleared."""
        whom = self.agent or texts.ALL_AGENTS
        text = f"Clearing history for {whom}."
        if self.nr_events_to_preserve:
            text = f"Clearing history for {whom} except last {self.nr_events_to_preserve} events."
        resolve_print_callable(f)(text)


class _SpeakerAttemptEvent(BaseEvent, ABC):
    """The model of a group was asked who speaks next.

    Attributes:
        mentions: how often each name stands in its answer.
        attempt: how often it has been asked now.
        attempts_left: how often it may be asked again.
        verbose: whether the group prints its attempts.
    """

    mentions: dict[str, int]
    attempt: int
    attempts_left: int
    verbose: bool | None = False

    def __init__(
        self,
        *,
        uuid: UUID | None = None,
        mentions: Mapping[str, int],
        attempt: int,
        attempts_left: int,
        select_speaker_auto_verbose: bool | None = False,
    ) -> None:
        super().__init__(
            uuid=uuid,
            mentions=dict(mentions),
            attempt=attempt,
            attempts_left=attempts_left,
            verbose=select_speaker_auto_verbose,
        )

    @model_serializer
    def _as_arguments(self) -> dict[str, Any]:
        return {
            "uuid": self.uuid,
            "mentions": self.mentions,
            "attempt": self.attempt,
            "attempts_left": self.attempts_left,
            "select_speaker_auto_verbose": self.verbose,
        }

    def _print(self, f: EventPrinter | None, form: str, color: str) -> None:
        attempts = self.attempt + self.attempts_left
        text = form.format(attempt=self.attempt, attempts=attempts, name=next(iter(self.mentions), ""))
        resolve_print_callable(f)(colored(text, color), flush=True)


@wrap_event
class SpeakerAttemptSuccessfulEvent(_SpeakerAttemptEvent):
    """The model of a group has named who speaks next."""

    def print(self, f: EventPrinter | None = None) -> None:
        """Print whom it has named."""
        self._print(f, texts.SELECTION_SUCCEEDED, "green")


@wrap_event
class SpeakerAttemptFailedMultipleAgentsEvent(_SpeakerAttemptEvent):
    """The model of a group has named more than one agent."""

    def print(self, f: EventPrinter | None = None) -> None:
        """Print that the attempt failed."""
        self._print(f, texts.SELECTION_NAMED_SEVERAL, "red")


@wrap_event
class SpeakerAttemptFailedNoAgentsEvent(_SpeakerAttemptEvent):
    """The model of a group has named no agent."""

    def print(self, f: EventPrinter | None = None) -> None:
        """Print that the attempt failed."""
        self._print(f, texts.SELECTION_NAMED_NONE, "red")


@wrap_event
class GroupChatResumeEvent(BaseEvent):
    """A group goes on from ``events``, messages that were said before; ``last_speaker_name`` spoke last."""

    last_speaker_name: str
    events: list[dict[str, Any]]
    verbose: bool | None = False

    def __init__(
        self,
        *,
        uuid: UUID | None = None,
        last_speaker_name: str,
        events: Sequence[Mapping[str, Any]],
        silent: bool | None = False,
    ) -> None:
        messages = [dict(message) for message in events]
        super().__init__(uuid=uuid, last_speaker_name=last_speaker_name, events=messages, verbose=not silent)

    @model_serializer
    def _as_arguments(self) -> dict[str, Any]:
        return {
            "uuid": self.uuid,
            "last_speaker_name": self.last_speaker_name,
            "events": self.events,
            "silent": not self.verbose,
        }

    def print(self, f: EventPrinter | None = None) -> None:
        """Print how many messages there are, and who spoke last."""
        name = colored(self.last_speaker_name, "yellow")
        text = f"Prepared group chat with {len(self.events)} events, the last speaker is"
        resolve_print_callable(f)(text, name, flush=True)


@wrap_event
class GroupChatRunChatEvent(BaseEvent):
    """``speaker`` speaks next in a group. ``verbose`` tells whether the group prints it."""

    speaker: str
    verbose: bool | None = False

    def __init__(self, *, uuid: UUID | None = None, speaker: Agent | str, silent: bool | None = False) -> None:
        super().__init__(uuid=uuid, speaker=_name_of(speaker), verbose=not silent)

    @model_serializer
    def _as_arguments(self) -> dict[str, Any]:
        return {"uuid": self.uuid, "speaker": self.speaker, "silent": not self.verbose}

    def print(self, f: EventPrinter | None = None) -> None:
        """Print who speaks next."""
        resolve_print_callable(f)(colored(_literals.NEXT_SPEAKER.format(name=self.speaker), "green"), flush=True)


class _BetweenAgentsEvent(BaseEvent, ABC):
    """Something concerns two agents, whose names are ``sender`` and ``recipient``."""

    def __init__(
        self, *, uuid: UUID | None = None, sender: Agent | str | None = None, recipient: Agent | str, **fields: Any
    ) -> None:
        super().__init__(uuid=uuid, sender=_name_of(sender), recipient=_name_of(recipient), **fields)


@wrap_event
class TerminationAndHumanReplyNoInputEvent(_BetweenAgentsEvent):
    """The person behind ``recipient`` was asked, and said nothing."""

    no_human_input_msg: str
    sender: str
    recipient: str

    def print(self, f: EventPrinter | None = None) -> None:
        """Print that nothing was said."""
        resolve_print_callable(f)(colored(f"\n>>>>>>>> {self.no_human_input_msg}", "red"), flush=True)


@wrap_event
class UsingAutoReplyEvent(_BetweenAgentsEvent):
    """``recipient`` answers without asking its person, whom its ``human_input_mode`` would let speak."""

    human_input_mode: str
    sender: str
    recipient: str

    def print(self, f: EventPrinter | None = None) -> None:
        """Print that it answers by itself."""
        resolve_print_callable(f)(colored(_literals.USING_AUTO_REPLY, "red"), flush=True)


@wrap_event
class TerminationEvent(BaseEvent):
    """A chat is over.

    Attributes:
        termination_reason: why.
        sender: who ended it.
        recipient: who spoke last.
    """

    termination_reason: str
    sender: str
    recipient: str | None = None

    def __init__(
        self,
        *,
        uuid: UUID | None = None,
        sender: Agent | str,
        recipient: Agent | str | None = None,
        termination_reason: str,
    ) -> None:
        name = None if recipient is None else _name_of(recipient)
        super().__init__(uuid=uuid, termination_reason=termination_reason, sender=_name_of(sender), recipient=name)

    def print(self, f: EventPrinter | None = None) -> None:
        """Print why the chat is over."""
        text = _literals.TERMINATING_RUN.format(id=self.uuid, reason=self.termination_reason)
        resolve_print_callable(f)(colored(text, "red"), flush=True)


class _RecipientEvent(BaseEvent, ABC):
    """Something concerns one agent, whose name is ``recipient``."""

    def __init__(self, *, uuid: UUID | None = None, recipient: Agent | str, **fields: Any) -> None:
        super().__init__(uuid=uuid, recipient=_name_of(recipient), **fields)


@wrap_event
class ExecuteCodeBlockEvent(_RecipientEvent):
    """``recipient`` is about to run a block of code without an executor; ``code_block_count`` counts from 0."""

    code: str
    language: str
    code_block_count: int
    recipient: str

    def print(self, f: EventPrinter | None = None) -> None:
        """Print which block runs."""
        text = _literals.EXECUTING_BLOCK_NUMBER.format(number=self.code_block_count, language=self.language)
        resolve_print_callable(f)(colored(text, "red"), flush=True)


@wrap_event
class ExecuteFunctionEvent(_RecipientEvent):
    """``recipient`` is about to run a tool or function."""

    func_name: str
    call_id: str | None = None
    arguments: dict[str, Any]
    recipient: str

    def print(self, f: EventPrinter | None = None) -> None:
        """Print what runs, and with what."""
        text = _literals.EXECUTING_FUNCTION.format(name=self.func_name)
        text += f"\nCall ID: {self.call_id}\nInput arguments: {self.arguments}"
        resolve_print_callable(f)(colored(text, "magenta"), flush=True)


@wrap_event
class ExecutedFunctionEvent(_RecipientEvent):
    """``recipient`` has run a tool or function, which answered with ``content``.

    ``arguments`` is None if they were broken JSON, or the function is unknown; then ``is_exec_success`` is false.
    """

    func_name: str
    call_id: str | None = None
    arguments: dict[str, Any] | None
    content: Any
    recipient: str
    is_exec_success: bool = True

    def print(self, f: EventPrinter | None = None) -> None:
        """Print what ran, with what, and its answer."""
        text = f"\n>>>>>>>> EXECUTED FUNCTION {self.func_name}...\nCall ID: {self.call_id}"
        text += f"\nInput arguments: {self.arguments}\nOutput:\n{self.content}"
        resolve_print_callable(f)(colored(text, "magenta"), flush=True)


class _AgentListEvent(BaseEvent, ABC):
    """Something concerns several agents, whose names are ``agents``."""

    def __init__(self, *, uuid: UUID | None = None, agents: Sequence[Agent | str] | None = None, **fields: Any) -> None:
        names = None if agents is None else [_name_of(agent) for agent in agents]
        super().__init__(uuid=uuid, agents=names, **fields)


@wrap_event
class SelectSpeakerEvent(_AgentListEvent):
    """The person is asked which of ``agents`` speaks next; an input request follows."""

    agents: list[str] | None = None

    def print(self, f: EventPrinter | None = None) -> None:
        """Print the list."""
        f = resolve_print_callable(f)
        f(texts.MANUAL_HEADING)
        for number, name in enumerate(self.agents or [], start=1):
            f(f"{number}: {name}")


@wrap_event
class SelectSpeakerTryCountExceededEvent(_AgentListEvent):
    """The person has named none of ``agents`` in ``try_count`` tries."""

    try_count: int
    agents: list[str] | None = None

    def print(self, f: EventPrinter | None = None) -> None:
        """Print that nobody is asked any more."""
        text = f"You have tried {self.try_count} times. The next speaker will be selected automatically."
        resolve_print_callable(f)(text)


@wrap_event
class SelectSpeakerInvalidInputEvent(_AgentListEvent):
    """The person has entered what is not the number of one of ``agents``."""

    agents: list[str] | None = None

    def print(self, f: EventPrinter | None = None) -> None:
        """Print which numbers there are."""
        resolve_print_callable(f)(texts.MANUAL_INVALID.format(count=len(self.agents or [])))


@wrap_event
class ClearConversableAgentHistoryEvent(BaseEvent):
    """An agent keeps more messages than it was told to, so that no answer loses the call it answers."""

    agent: str
    recipient: str
    no_events_preserved: int

    def __init__(self, *, uuid: UUID | None = None, agent: Agent | str, no_events_preserved: int | None = None) -> None:
        name = _name_of(agent)
        super().__init__(uuid=uuid, agent=name, recipient=name, no_events_preserved=no_events_preserved or 0)

    @model_serializer
    def _as_arguments(self) -> dict[str, Any]:
        return {"uuid": self.uuid, "agent": self.agent, "no_events_preserved": self.no_events_preserved}

    def print(self, f: EventPrinter | None = None) -> None:
        """Print one line for each message that it keeps."""
        f = resolve_print_callable(f)
        for _ in range(self.no_events_preserved):
            text = (
                f"Preserving one more event for {self.agent} to not divide history between tool call and tool response."
            )
            f(text)


@wrap_event
class ClearConversableAgentHistoryWarningEvent(_RecipientEvent):
    """A number of messages to keep means nothing where one agent's history is cleared."""

    recipient: str

    def print(self, f: EventPrinter | None = None) -> None:
        """Print the warning."""
        text = "WARNING: `nr_preserved_events` is ignored when clearing chat history with a specific agent."
        resolve_print_callable(f)(colored(text, "yellow"), flush=True)


@wrap_event
class GenerateCodeExecutionReplyEvent(_BetweenAgentsEvent):
    """``recipient`` is about to run code with its executor. ``code_blocks`` are the languages of the blocks."""

    code_blocks: list[str]
    sender: str
    recipient: str

    def __init__(
        self,
        *,
        uuid: UUID | None = None,
        code_blocks: Sequence[CodeBlock | str],
        sender: Agent | str | None = None,
        recipient: Agent | str,
    ) -> None:
        languages = [block if isinstance(block, str) else block.language for block in code_blocks]
        super().__init__(uuid=uuid, sender=sender, recipient=recipient, code_blocks=languages)

    def print(self, f: EventPrinter | None = None) -> None:
        """Print how many blocks run, and in which languages."""
        count, languages = len(self.code_blocks), ", ".join(self.code_blocks)
        text = _literals.EXECUTING_BLOCKS.format(count=count, languages=languages)
        if count == 1:
            text = _literals.EXECUTING_BLOCK.format(language=languages)
        resolve_print_callable(f)(colored(text, "red"), flush=True)


@wrap_event
class ConversableAgentUsageSummaryNoCostIncurredEvent(_RecipientEvent):
    """``recipient`` has no model, so that nothing was spent."""

    recipient: str

    def print(self, f: EventPrinter | None = None) -> None:
        """Print that nothing was spent."""
        resolve_print_callable(f)(_literals.NO_COST.format(name=self.recipient))


@wrap_event
class ConversableAgentUsageSummaryEvent(_RecipientEvent):
    """What ``recipient`` has spent follows."""

    recipient: str

    def print(self, f: EventPrinter | None = None) -> None:
        """Print whose costs follow."""
        resolve_print_callable(f)(_literals.COST_HEADING.format(name=self.recipient))


# --- what a run asks, and how it ends --------------------------------------------------------------------------------


@wrap_event
class InputRequestEvent(BaseEvent):
    """A person is asked. The run waits until ``respond`` is called with the answer.

    Attributes:
        prompt: what the person is asked.
        password: whether to hide what the person types.
        respond: takes the answer. In an asynchronous run it is awaited.
        type: "input_request".
    """

    prompt: str
    password: bool = False
    respond: Callable[[str], Any] | None = Field(default=None, exclude=True)
    type: str = "input_request"


@wrap_event
class AsyncInputRequestEvent(BaseEvent):
    """A person is asked in an asynchronous chat; see `InputRequestEvent`, which runs use both ways."""

    prompt: str
    password: bool = False


@wrap_event
class InputResponseEvent(BaseEvent):
    """The answer of a person: ``value``."""

    value: str


@wrap_event
class ErrorEvent(BaseEvent):
    """An error ends the run, and is raised by whoever iterates over its events. In JSON it is a text."""

    error: Any

    @field_serializer("error")
    def _error_as_text(self, error: object) -> object:
        return f"{type(error).__name__}: {error}" if isinstance(error, BaseException) else error


@wrap_event
class RunCompletionEvent(BaseEvent):
    """A run is over.

    Attributes:
        summary: what came out of it.
        history: what was said.
        cost: what it cost, as `ChatResult.cost` says it.
        last_speaker: the name of who spoke last; None if nobody did.
        context_variables: the `ContextVariables` of a group; else None.
    """

    summary: str
    history: list[dict[str, Any]]
    cost: dict[str, Any]
    last_speaker: str | None
    context_variables: Any = None
