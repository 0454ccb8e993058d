"""The names that AG2 first gave to its events: each warns, and returns the event."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING as TYPE_CHECKING  # a name of AG2 here
from typing import Any
from uuid import UUID

from .._core.party import Agent
from ..events import agent_events
from ..events.agent_events import IS_PIL_AVAILABLE, BasePrintReceivedEvent, FunctionCall, ToolCall, ToolResponse
from ..events.base_event import BaseEvent
from ._old_names import old_name_of

__all__ = (
    "IS_PIL_AVAILABLE",
    "BasePrintReceivedMessage",
    "ClearAgentsHistoryMessage",
    "ClearConversableAgentHistoryMessage",
    "ClearConversableAgentHistoryWarningMessage",
    "ConversableAgentUsageSummaryMessage",
    "ConversableAgentUsageSummaryNoCostIncurredMessage",
    "ExecuteCodeBlockMessage",
    "ExecuteFunctionMessage",
    "ExecutedFunctionMessage",
    "FunctionCall",
    "FunctionCallMessage",
    "FunctionResponseMessage",
    "GenerateCodeExecutionReplyMessage",
    "GroupChatResumeMessage",
    "GroupChatRunChatMessage",
    "PostCarryoverProcessingMessage",
    "SelectSpeakerInvalidInputMessage",
    "SelectSpeakerMessage",
    "SelectSpeakerTryCountExceededMessage",
    "SpeakerAttemptFailedMultipleAgentsMessage",
    "SpeakerAttemptFailedNoAgentsMessage",
    "SpeakerAttemptSuccessfulMessage",
    "TerminationAndHumanReplyNoInputMessage",
    "TerminationMessage",
    "TextMessage",
    "ToolCall",
    "ToolCallMessage",
    "ToolResponse",
    "ToolResponseMessage",
    "UsingAutoReplyMessage",
    "create_received_message_model",
)

BasePrintReceivedMessage = BasePrintReceivedEvent

ClearAgentsHistoryMessage = old_name_of(
    agent_events.ClearAgentsHistoryEvent, {"nr_messages_to_preserve": "nr_events_to_preserve"}
)
ClearConversableAgentHistoryMessage = old_name_of(
    agent_events.ClearConversableAgentHistoryEvent, {"no_messages_preserved": "no_events_preserved"}
)
ClearConversableAgentHistoryWarningMessage = old_name_of(agent_events.ClearConversableAgentHistoryWarningEvent)
ConversableAgentUsageSummaryMessage = old_name_of(agent_events.ConversableAgentUsageSummaryEvent)
ConversableAgentUsageSummaryNoCostIncurredMessage = old_name_of(
    agent_events.ConversableAgentUsageSummaryNoCostIncurredEvent
)
ExecuteCodeBlockMessage = old_name_of(agent_events.ExecuteCodeBlockEvent)
ExecuteFunctionMessage = old_name_of(agent_events.ExecuteFunctionEvent)
ExecutedFunctionMessage = old_name_of(agent_events.ExecutedFunctionEvent)
FunctionCallMessage = old_name_of(agent_events.FunctionCallEvent)
FunctionResponseMessage = old_name_of(agent_events.FunctionResponseEvent)
GenerateCodeExecutionReplyMessage = old_name_of(agent_events.GenerateCodeExecutionReplyEvent)
GroupChatResumeMessage = old_name_of(agent_events.GroupChatResumeEvent, {"messages": "events"})
GroupChatRunChatMessage = old_name_of(agent_events.GroupChatRunChatEvent)
PostCarryoverProcessingMessage = old_name_of(agent_events.PostCarryoverProcessingEvent)
SelectSpeakerInvalidInputMessage = old_name_of(agent_events.SelectSpeakerInvalidInputEvent)
SelectSpeakerMessage = old_name_of(agent_events.SelectSpeakerEvent)
SelectSpeakerTryCountExceededMessage = old_name_of(agent_events.SelectSpeakerTryCountExceededEvent)
SpeakerAttemptFailedMultipleAgentsMessage = old_name_of(agent_events.SpeakerAttemptFailedMultipleAgentsEvent)
SpeakerAttemptFailedNoAgentsMessage = old_name_of(agent_events.SpeakerAttemptFailedNoAgentsEvent)
SpeakerAttemptSuccessfulMessage = old_name_of(agent_events.SpeakerAttemptSuccessfulEvent)
TerminationAndHumanReplyNoInputMessage = old_name_of(agent_events.TerminationAndHumanReplyNoInputEvent)
TerminationMessage = old_name_of(agent_events.TerminationEvent)
TextMessage = old_name_of(agent_events.TextEvent)
ToolCallMessage = old_name_of(agent_events.ToolCallEvent)
ToolResponseMessage = old_name_of(agent_events.ToolResponseEvent)
UsingAutoReplyMessage = old_name_of(agent_events.UsingAutoReplyEvent)


def create_received_message_model(
    *, uuid: UUID | None = None, message: Mapping[str, Any], sender: Agent, recipient: Agent
) -> BaseEvent:
    """Make the event of a message that has reached its recipient; see `create_received_event_model`.

    Args:
        uuid: which event it is; None draws one.
        message: the message.
        sender: its author.
        recipient: who got it.
    """
    return agent_events.create_received_event_model(uuid=uuid, event=message, sender=sender, recipient=recipient)
