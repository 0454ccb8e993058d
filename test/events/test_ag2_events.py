"""AG2's events: their form, their JSON, what they print, and the old names of them."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from typing import Any
from uuid import UUID

import pytest
from agent_kit import agent
from pydantic import TypeAdapter, ValidationError

from autogen_classic.events import agent_events as ag2
from autogen_classic.events.base_event import (
    BaseEvent,
    get_annotated_type_for_event_classes,
    get_event_classes,
    resolve_print_callable,
    wrap_event,
)
from autogen_classic.events.client_events import StreamEvent, UsageSummaryEvent
from autogen_classic.events.print_event import PrintEvent
from autogen_classic.io import IOStream
from autogen_classic.logger.logger_utils import event_print, get_event_logger, redact
from autogen_classic.messages import agent_messages, base_message, client_messages, print_message

SPENT = {"total_cost": 1.0, "gpt": {"cost": 1.0, "prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}}
CHAT_INFO = {"sender": "a", "recipient": "b", "message": "m", "carryover": ["x", {"content": "y"}], "verbose": True}
CALL = {"id": "1", "function": {"name": "f", "arguments": "{}"}}
ANSWER = {"tool_call_id": "1", "content": "x"}
EXAMPLES: list[Any] = [
    ag2.TextEvent(content="hi", sender="a", recipient="b"),
    ag2.TextEvent(content=[{"type": "text", "text": "hi"}], sender="a", recipient="b"),
    ag2.ToolCallEvent(
        sender="a", recipient="b", tool_calls=[{"id": "1", "function": {"name": "f", "arguments": "{}"}}]
    ),
    ag2.ToolResponseEvent(
        content="x", sender="a", recipient="b", tool_responses=[{"tool_call_id": "1", "content": "x"}]
    ),
    ag2.FunctionCallEvent(sender="a", recipient="b", function_call={"name": "f", "arguments": "{}"}),
    ag2.FunctionResponseEvent(content="x", sender="a", recipient="b", name="f"),
    ag2.PostCarryoverProcessingEvent(chat_info=CHAT_INFO),
    ag2.ClearAgentsHistoryEvent(agent="a", nr_events_to_preserve=2),
    ag2.SpeakerAttemptSuccessfulEvent(mentions={"a": 1}, attempt=1, attempts_left=2),
    ag2.SpeakerAttemptFailedMultipleAgentsEvent(mentions={"a": 1, "b": 1}, attempt=1, attempts_left=2),
    ag2.SpeakerAttemptFailedNoAgentsEvent(mentions={}, attempt=1, attempts_left=2),
    ag2.GroupChatResumeEvent(last_speaker_name="a", events=[{"content": "x"}]),
    ag2.GroupChatRunChatEvent(speaker="a"),
    ag2.TerminationAndHumanReplyNoInputEvent(no_human_input_msg="NO HUMAN INPUT", sender="a", recipient="b"),
    ag2.UsingAutoReplyEvent(human_input_mode="NEVER", sender="a", recipient="b"),
    ag2.TerminationEvent(sender="a", recipient="b", termination_reason="why"),
    ag2.ExecuteCodeBlockEvent(code="1", language="python", code_block_count=0, recipient="b"),
    ag2.ExecuteFunctionEvent(func_name="f", call_id="1", arguments={"a": 1}, recipient="b"),
    ag2.ExecutedFunctionEvent(func_name="f", call_id="1", arguments={"a": 1}, content="x", recipient="b"),
    ag2.SelectSpeakerEvent(agents=["a", "b"]),
    ag2.SelectSpeakerInvalidInputEvent(agents=["a"]),
    ag2.SelectSpeakerTryCountExceededEvent(try_count=3, agents=["a"]),
    ag2.ClearConversableAgentHistoryEvent(agent="a", no_events_preserved=1),
    ag2.ClearConversableAgentHistoryWarningEvent(recipient="a"),
    ag2.GenerateCodeExecutionReplyEvent(code_blocks=["python"], sender="a", recipient="b"),
    ag2.ConversableAgentUsageSummaryNoCostIncurredEvent(recipient="a"),
    ag2.ConversableAgentUsageSummaryEvent(recipient="a"),
    ag2.InputRequestEvent(prompt="?", respond=print),
    ag2.AsyncInputRequestEvent(prompt="?"),
    ag2.InputResponseEvent(value="!"),
    ag2.ErrorEvent(error="broken"),
    ag2.RunCompletionEvent(summary="s", history=[], cost={}, last_speaker="a"),
    StreamEvent(content="x"),
    UsageSummaryEvent(actual_usage_summary=SPENT, total_usage_summary=SPENT),
    PrintEvent("a", 1, sep="-", end="!"),
]
PRINTED = {
    "termination": "\n>>>>>>>> TERMINATING RUN ({uuid}): why",
    "execute_function": "\n>>>>>>>> EXECUTING FUNCTION f...\nCall ID: 1\nInput arguments: {'a': 1}",
    "executed_function": "\n>>>>>>>> EXECUTED FUNCTION f...\nCall ID: 1\nInput arguments: {'a': 1}\nOutput:\nx",
    "select_speaker_try_count_exceeded": "You have tried 3 times. The next speaker will be selected automatically.",
    "clear_agents_history": "Clearing history for a except last 2 events.",
    "group_chat_run_chat": "\nNext speaker: a\n",
    "speaker_attempt_failed_no_agents": (
        ">>>>>>>> Select speaker attempt #1 failed as it did not include any agent names."
    ),
    "execute_code_block": "\n>>>>>>>> EXECUTING CODE BLOCK 0 (inferred language is python)...",
    "generate_code_execution_reply": "\n>>>>>>>> EXECUTING CODE BLOCK (inferred language is python)...",
    "conversable_agent_usage_summary_no_cost_incurred": "No cost incurred from agent 'a'.",
    "using_auto_reply": "\n>>>>>>>> USING AUTO REPLY...",
}


def printed_by(event: Any) -> list[str]:
    lines: list[str] = []
    event.print(lambda *objects, **settings: lines.append(settings.get("sep", " ").join(map(str, objects))))
    return lines


def id_of(event: Any) -> str:
    return str(event.type)


@pytest.mark.parametrize("event", EXAMPLES, ids=id_of)
def test_an_event_goes_to_json_and_back(event: Any) -> None:
    text = event.model_dump_json()
    assert json.loads(text)["type"] == event.type
    back = TypeAdapter(get_annotated_type_for_event_classes()).validate_json(text)
    assert type(back) is type(event)
    assert back.model_dump() == event.model_dump()
    assert isinstance(back.content.uuid, UUID)


@pytest.mark.parametrize("event", [event for event in EXAMPLES if event.type in PRINTED], ids=id_of)
def test_an_event_prints_what_a_terminal_shows(event: Any) -> None:
    assert printed_by(event) == [PRINTED[event.type].replace("{uuid}", str(event.content.uuid))]


def test_messages_print_who_speaks_to_whom_and_what_is_called():
    assert printed_by(EXAMPLES[0]) == ["a (to b):\n", "hi", "\n" + "-" * 80]
    heading = "***** Suggested tool call (1): f *****"
    assert printed_by(EXAMPLES[2]) == ["a (to b):\n", heading, "Arguments: \n{}", "*" * len(heading), "\n" + "-" * 80]
    heading = "***** Response from calling tool (1) *****"
    assert printed_by(EXAMPLES[3]) == ["a (to b):\n", heading, "x", "*" * len(heading), "\n" + "-" * 80]


def test_what_was_spent_is_printed_once_when_nothing_came_from_a_cache():
    lines = printed_by(UsageSummaryEvent(actual_usage_summary=SPENT, total_usage_summary=SPENT))
    assert lines[1:3] == ["Usage summary excluding cached usage: ", "Total cost: 1.0"]
    assert lines[-2].startswith("All completions are non-cached")
    assert printed_by(UsageSummaryEvent()) == ['No usage summary. Please call "create" first.']


def test_events_that_say_nothing_print_nothing():
    assert [printed_by(ag2.InputResponseEvent(value="x")), printed_by(ag2.ErrorEvent(error=ValueError("x")))] == [
        [],
        [],
    ]
    assert json.loads(ag2.ErrorEvent(error=ValueError("x")).model_dump_json())["content"]["error"] == "ValueError: x"


def test_messages_become_events_by_what_they_hold():
    a, b = agent("a"), agent("b")

    def kind(**message: Any) -> str:
        return id_of(ag2.create_received_event_model(event=message, sender=a, recipient=b))

    assert kind(content="x") == "text"
    assert kind(content=None, tool_calls=[{"id": "1", "function": {"name": "f", "arguments": {"a": 1}}}]) == "tool_call"
    assert kind(content=None, function_call={"name": "f", "arguments": "{}"}) == "function_call"
    assert kind(content="x", role="function", name="f") == "function_response"
    assert kind(content="x", role="tool", tool_responses=[{"tool_call_id": "1", "content": None}]) == "tool_response"
    assert kind(content="x", role="tool", tool_call_id="1") == "function_response"


def test_an_event_of_your_own_is_known_by_its_name():
    @wrap_event
    class OrderPlacedEvent(BaseEvent):
        number: int

        def print(self, f: Any = None) -> None:
            resolve_print_callable(f)("order", self.number)

    event: Any = OrderPlacedEvent(number=3)
    assert event.type == "order_placed"
    assert printed_by(event) == ["order 3"]
    assert get_event_classes()["order_placed"] is OrderPlacedEvent
    assert OrderPlacedEvent(type="order_placed", content=event.content).content is event.content
    with pytest.raises(ValidationError):
        OrderPlacedEvent(number="three")


def test_a_name_that_does_not_end_with_event_is_refused():
    class Order(BaseEvent):
        pass

    with pytest.raises(ValueError, match="must end with 'Event'"):
        wrap_event(Order)


class Recorder:
    """A stream that takes events, and has no other base."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    def print(self, *objects: Any, **settings: Any) -> None:
        raise AssertionError("a stream that takes events is printed to")

    def input(self, prompt: str = "", *, password: bool = False) -> str:
        return "exit"

    def send(self, message: Any) -> None:
        self.sent.append(message.type)


def test_a_stream_with_a_send_of_its_own_gets_events_in_place_of_lines(capsys):
    stream = Recorder()
    with IOStream.set_default(stream):
        agent("a").initiate_chat(agent("b"), message="Hi", max_turns=1)
        agent("a").initiate_chat(agent("b"), message="Hi", max_turns=1, silent=True)
        agent("a").print_usage_summary()
    agent("a").initiate_chat(agent("b"), message="Hi", max_turns=1)
    assert stream.sent == [
        *("text", "text", "termination", "termination", "conversable_agent_usage_summary_no_cost_incurred")
    ]
    assert capsys.readouterr().out.startswith("a (to b):")


def test_a_stream_for_the_whole_process_gets_events_until_another_is_set(capsys):
    stream, before = Recorder(), IOStream.get_global_default()
    try:
        IOStream.set_global_default(stream)
        agent("a").initiate_chat(agent("b"), message="Hi", max_turns=1)
    finally:
        IOStream.set_global_default(before)
    agent("a").initiate_chat(agent("b"), message="Hi", max_turns=1)
    assert stream.sent == ["text", "text", "termination"]


def test_an_inherited_send_prints_an_event(capsys):
    IOStream.get_global_default().send(EXAMPLES[0])
    assert capsys.readouterr().out.startswith("a (to b):\n\nhi\n")


def test_events_print_to_what_standard_output_is_now(capsys):
    event_print("a", 1, sep="-", end="!")
    assert capsys.readouterr().out == "a-1!"
    get_event_logger().handlers[0].flush()
    event_print("b")
    assert capsys.readouterr().out == "b\n"


def test_secrets_are_hidden_at_every_depth():
    data = {"api_key": "k", "parts": [{"password": "p", "model": "m"}], "access_token": "t"}
    hidden = "***REDACTED***"
    assert redact(data) == {"api_key": hidden, "parts": [{"password": hidden, "model": "m"}], "access_token": hidden}
    assert redact({"a": {"b": {"api_key": "k"}}}, depth=0) == {"a": hidden}


def test_old_names_warn_and_return_the_event(caplog):
    with caplog.at_level(logging.WARNING, "autogen.events"):
        event = agent_messages.TextMessage(content="hi", sender="a", recipient="b")
        assert isinstance(event, ag2.TextEvent)
        assert isinstance(client_messages.StreamMessage(content="x"), StreamEvent)
        assert isinstance(print_message.PrintMessage("x"), PrintEvent)
        resumed = agent_messages.GroupChatResumeMessage(last_speaker_name="a", messages=[], silent=True)
    assert resumed.content.events == []
    assert "TextMessage is deprecated by TextEvent" in caplog.text


def test_a_message_of_your_own_has_the_old_name():
    @base_message.wrap_message
    class NoteMessage(base_message.BaseMessage):
        text: str

    event: Any = NoteMessage(text="x")
    assert event.type == "note"
    assert base_message.get_message_classes()["note"] is NoteMessage
    assert "note" not in get_event_classes()
    with pytest.raises(ValueError, match="must end with 'Message'"):
        base_message.wrap_message(base_message.BaseMessage.__class__)


def test_our_own_events_load_without_pydantic():
    code = "import sys, autogen_classic.events; sys.exit('pydantic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=60, check=False).returncode == 0
