"""AG2's events, made from those of this library: the one place that knows which of ours becomes which of theirs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from .._core import events
from .._core.party import Agent
from .._core.replies import running_call_id
from .._core.running_chats import StopReason
from .._core.stream import Event
from ..agentchat import _literals
from ..agentchat._groupchat import texts
from ..io.base import IOStream, OutputStream, Printable
from . import agent_events as ag2
from . import client_events
from .agent_events import NO_SENDER
from .print_event import PrintEvent

__all__ = ("hearing", "new_event", "translate", "translation")

OursT = TypeVar("OursT", bound=Event)
Translation = Callable[[Any], Iterator[Any]]

_TRANSLATIONS: dict[type[Event], Translation] = {}


def translation(kind: type[OursT]) -> Callable[[Translation], Translation]:
    """Say what becomes of one kind of our events: a decorator.

    Args:
        kind: the class of events.

    Returns:
        A decorator of a function that takes such an event and yields AG2's.
    """

    def register(translate_one: Translation) -> Translation:
        _TRANSLATIONS[kind] = translate_one
        return translate_one

    return register


def translate(event: Event) -> Iterator[Any]:
    """Make AG2's events of one of ours.

    Args:
        event: any event of this library. Some become one event, some several, and some none.
    """
    translate_one = _TRANSLATIONS.get(type(event))
    if translate_one is not None:
        yield from translate_one(event)


def new_event(name: str, **fields: Any) -> Printable:
    """Make one of AG2's events.

    Args:
        name: the name of its class.
        **fields: the arguments of the class.
    """
    event: Printable = getattr(client_events if hasattr(client_events, name) else ag2, name)(**fields)
    return event


@contextmanager
def hearing(stream: OutputStream, *, everywhere: bool) -> Iterator[None]:
    """Hand AG2's events to a stream that takes them, while it is the default stream.

    Args:
        stream: the stream.
        everywhere: whether it hears the whole process, or only this thread or task.
    """

    def send(event: Event) -> None:
        if IOStream.get_default() is stream and not _is_silent(event):
            for translated in translate(event):
                stream.send(translated)

    kinds = tuple(_TRANSLATIONS)
    if everywhere:
        events.subscribe(send, kinds, may_fail=False)
        try:
            yield
        finally:
            events.unsubscribe(send)
    else:
        with events.listening(send, kinds=kinds, may_fail=False):
            yield


def _is_silent(event: Event) -> bool:
    """Whether nothing of an event is shown in a chat that prints."""
    if isinstance(event, events.MessageReceived):
        return bool(event.recipient._is_silent(event.sender, event.silent))
    if isinstance(event, events.SpeakerSelected):  # in asynchronous chats 0.2 does not print who it is
        return bool(getattr(event.manager, "_silent", getattr(event.manager, "silent", False)))
    if isinstance(event, events.HandedOver):
        return not event.announce
    if isinstance(event, events.SelectionTried):
        return not _verbose_selection(event.manager)
    return False


def _partner(event: Event, agent: Agent) -> str:
    """The name of the other agent in the chat in which an event happened."""
    names = [] if event.chat is None else [name for name in event.chat.agents if name != agent.name]
    return names[0] if names else NO_SENDER


def _name(agent: Agent | None) -> str:
    return NO_SENDER if agent is None else agent.name


@translation(events.MessageReceived)
def _message_received(event: events.MessageReceived) -> Iterator[Any]:
    message = event.message if isinstance(event.message, dict) else {"content": event.message}
    yield ag2.create_received_event_model(event=message, sender=event.sender, recipient=event.recipient)
    if message.get("tool_responses") and message.get("role") != "tool" and message.get("content"):
        yield ag2.TextEvent(content=message["content"], sender=event.sender.name, recipient=event.recipient.name)


@translation(events.AutoReplyUsed)
def _auto_reply_used(event: events.AutoReplyUsed) -> Iterator[Any]:
    mode = str(getattr(event.agent, "human_input_mode", ""))
    yield ag2.UsingAutoReplyEvent(human_input_mode=mode, sender=_name(event.sender), recipient=event.agent.name)


@translation(events.ToolCalled)
def _tool_called(event: events.ToolCalled) -> Iterator[Any]:
    yield ag2.ExecuteFunctionEvent(
        func_name=event.name,
        call_id=event.call_id or running_call_id.get(),
        arguments=_arguments(event.arguments) or {},
        recipient=event.agent.name,
    )


@translation(events.ToolReturned)
def _tool_returned(event: events.ToolReturned) -> Iterator[Any]:
    yield ag2.ExecutedFunctionEvent(
        func_name=event.name,
        call_id=event.call_id or running_call_id.get(),
        arguments=_arguments(event.arguments),
        content=event.content,
        recipient=event.agent.name,
        is_exec_success=event.succeeded,
    )


def _arguments(given: object) -> dict[str, Any] | None:
    """The arguments of a call, unless they are something else, with which no tool is called."""
    return given if isinstance(given, dict) else None


@translation(events.CodeExecuting)
def _code_executing(event: events.CodeExecuting) -> Iterator[Any]:
    if event.number is None:
        sender = _partner(event, event.agent)
        yield ag2.GenerateCodeExecutionReplyEvent(
            code_blocks=event.languages, sender=sender, recipient=event.agent.name
        )
    else:
        yield ag2.ExecuteCodeBlockEvent(
            code="\n".join(event.blocks),
            language=event.languages[0],
            code_block_count=event.number,
            recipient=event.agent.name,
        )


@translation(events.TextStreamed)
def _text_streamed(event: events.TextStreamed) -> Iterator[Any]:
    yield client_events.StreamEvent(content=event.text)


@translation(events.QueuedChatStarting)
def _queued_chat_starting(event: events.QueuedChatStarting) -> Iterator[Any]:
    yield ag2.PostCarryoverProcessingEvent(chat_info=event.chat_info)


@translation(events.SpeakerSelected)
def _speaker_selected(event: events.SpeakerSelected) -> Iterator[Any]:
    yield ag2.GroupChatRunChatEvent(speaker=event.speaker)


@translation(events.HandedOver)
def _handed_over(event: events.HandedOver) -> Iterator[Any]:
    from ..agentchat.group.events import transition_events

    kinds = {
        "after_work": transition_events.AfterWorksTransitionEvent,
        "context": transition_events.OnContextConditionTransitionEvent,
        "llm": transition_events.OnConditionLLMTransitionEvent,
        "tool": transition_events.ReplyResultTransitionEvent,
    }
    yield kinds[event.kind](source_agent=event.agent, transition_target=event.chosen)


_DONE = {"mask": "MASKED", "block": "BLOCKED", "warning": "WARNING"}


@translation(events.Safeguarded)
def _safeguarded(event: events.Safeguarded) -> Iterator[Any]:
    """Say what was found and what is done about it, without the words that are held back."""
    from ..agentchat.group.safeguards.events import SafeguardEvent

    for kind, message, guardrail, action in (
        ("violation", "VIOLATION DETECTED", event.guardrail, None),
        ("action", f"{_DONE.get(event.action, event.action.upper())}: {event.text}", None, event.action),
    ):
        yield SafeguardEvent(
            event_type=kind,
            message=message,
            source_agent=event.source,
            target_agent=event.destination,
            guardrail_type=guardrail,
            action=action,
        )


@translation(events.GroupResumed)
def _group_resumed(event: events.GroupResumed) -> Iterator[Any]:
    yield ag2.GroupChatResumeEvent(last_speaker_name=event.last_speaker.name, events=event.messages)


@translation(events.ClearingAsked)
def _clearing_asked(event: events.ClearingAsked) -> Iterator[Any]:
    yield ag2.ClearAgentsHistoryEvent(agent=event.member, nr_events_to_preserve=event.kept or None)


@translation(events.HistoryShortened)
def _history_shortened(event: events.HistoryShortened) -> Iterator[Any]:
    yield ag2.ClearConversableAgentHistoryEvent(agent=event.agent, no_events_preserved=event.more)


@translation(events.SelectionTried)
def _selection_tried(event: events.SelectionTried) -> Iterator[Any]:
    kind: type[Any] = ag2.SpeakerAttemptFailedNoAgentsEvent
    if event.names:
        one = len(event.names) == 1
        kind = ag2.SpeakerAttemptSuccessfulEvent if one else ag2.SpeakerAttemptFailedMultipleAgentsEvent
    yield kind(
        mentions=dict.fromkeys(event.names, 1),
        attempt=event.attempt,
        attempts_left=event.attempts - event.attempt,
        select_speaker_auto_verbose=_verbose_selection(event.manager),
    )


def _verbose_selection(manager: Agent) -> bool:
    return bool(getattr(getattr(manager, "groupchat", None), "select_speaker_auto_verbose", False))


@translation(events.Notice)
def _notice(event: events.Notice) -> Iterator[Any]:
    if event.text == _literals.NO_HUMAN_INPUT and event.agent is not None:
        yield ag2.TerminationAndHumanReplyNoInputEvent(
            no_human_input_msg=event.text.removeprefix("\n>>>>>>>> "),
            sender=_partner(event, event.agent),
            recipient=event.agent.name,
        )
    elif not event.text.startswith(_TOLD_OTHERWISE):
        yield PrintEvent(event.text)


_TOLD_OTHERWISE = (texts.SELECTION_ATTEMPT, _literals.TERMINATING_RUN.partition("{")[0])
"""How notices begin that say what `SelectionTried` and `ChatEnded` tell as well."""

NO_NEXT_SPEAKER = "No next speaker selected"
_REASONS = {
    StopReason.MAX_TURNS: "Maximum turns ({limit}) reached",
    StopReason.MAX_ROUND: "Maximum rounds ({limit}) reached",
    StopReason.AUTO_REPLY_LIMIT: "Maximum number of consecutive auto-replies reached",
    StopReason.TERMINATION_MESSAGE: "Termination message condition on agent '{name}' met",
    StopReason.PERSON: "User requested to end the conversation",
    StopReason.NO_ELIGIBLE_SPEAKER: NO_NEXT_SPEAKER,
    StopReason.TERMINATE_TARGET: NO_NEXT_SPEAKER,
    StopReason.BUDGET: "Budget spent",
    StopReason.EXTERNAL_STOP: "Stopped from outside",
}
NO_REPLY = "No reply generated"
_GROUP_MET = "Termination message condition on the GroupChatManager '{name}' met"


@translation(events.ChatEnded)
def _chat_ended(event: events.ChatEnded) -> Iterator[Any]:
    """Say who has ended the chat: an agent or its person, or else a group's manager or the agent that opened it."""
    leads_a_group = hasattr(event.recipient, "groupchat")
    reason = _REASONS.get(event.reason) if event.reason else None
    if reason is None and not (leads_a_group and event.reason is StopReason.NO_REPLY):
        return  # an error, or nothing more to say
    both = event.sender, event.recipient
    if event.by is not None:
        both = event.by, event.sender if event.by is event.recipient else event.recipient
    name, other = both[0].name, both[1].name
    if leads_a_group and event.by is None and event.reason is not StopReason.MAX_TURNS:
        author = event.message.get("name") if isinstance(event.message, dict) else None
        name, other = event.recipient.name, author or event.sender.name
        reason = _GROUP_MET if event.reason is StopReason.TERMINATION_MESSAGE else reason
    if reason is not None:
        yield _termination(reason.format(name=name, limit=event.limit), name, other)
    if leads_a_group and event.by is not None:  # the manager finds that it gets no reply
        yield _termination(NO_REPLY, other, name)


def _termination(reason: str, sender: str, recipient: str) -> Printable:
    return ag2.TerminationEvent(sender=sender, recipient=recipient, termination_reason=reason)
