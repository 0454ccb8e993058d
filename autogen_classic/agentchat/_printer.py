"""The first subscriber: what the reader of a terminal sees of a conversation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .._core import events
from .._core.content import content_str
from .._core.messages import Message, called
from .._core.party import Agent, Party
from ..formatting_utils import colored
from ..io.base import IOStream, takes_events
from . import _literals
from ._first_message import carryover_as_text

__all__ = ("SHOWN", "print_call", "print_received_message", "print_response", "show")


def show(event: events.Event) -> None:
    """Print what one of the events `SHOWN` has for the reader, unless the stream takes events themselves."""
    if not takes_events(IOStream.get_default()):
        _PRINTERS[type(event)](event)


def print_received_message(agent: Party, message: Message, sender: Agent) -> None:
    """Print a message as its recipient gets it: from whom, to whom, what it says, what it calls.

    Args:
        agent: the recipient.
        message: the message in its dict form.
        sender: the author.
    """
    out = IOStream.get_default()
    out.print(colored(sender.name, "yellow"), "(to", f"{agent.name}):\n", flush=True)
    if message.get("tool_responses"):
        for response in message["tool_responses"]:
            if getattr(sender, "_classic_names_itself_once", False):
                _print_response(out, response)
                out.print("\n", _literals.DASHES, flush=True, sep="")
            else:
                agent._print_received_message(response, sender)
        if message.get("role") == "tool":
            return
    if message.get("role") in ("function", "tool"):
        _print_response(out, message)
    else:
        _print_content(out, agent, message)
        if message.get("function_call"):
            _print_call(out, _literals.SUGGESTED_FUNCTION_CALL, message["function_call"], None)
        for call in message.get("tool_calls") or []:
            _print_call(out, _literals.SUGGESTED_TOOL_CALL, called(call), call.get("id", _literals.NO_ID))
    out.print("\n", _literals.DASHES, flush=True, sep="")


def _print_response(out: IOStream, message: Message) -> None:
    if message["role"] == "function":
        heading = _literals.FUNCTION_RESPONSE.format(id=message.get("name", "No id found"))
    else:
        heading = _literals.TOOL_RESPONSE.format(id=message.get("tool_call_id", _literals.NO_ID))
    print_response(out.print, heading, message["content"])


def print_response(show_line: Callable[..., object], heading: str, content: object) -> None:
    """Print the answer of a tool or function.

    Args:
        show_line: prints objects as the built-in ``print`` does.
        heading: what stands above it, and decides how long the line below is.
        content: the answer.
    """
    show_line(colored(heading, "green"), flush=True)
    show_line(content, flush=True)
    show_line(colored("*" * len(heading), "green"), flush=True)


def _print_content(out: IOStream, agent: Party, message: Message) -> None:
    content = message.get("content")
    if content is None:
        return
    if "context" in message:
        from ..oai.client import OpenAIWrapper

        in_format_style = bool(agent.llm_config and agent.llm_config.get("allow_format_str_template", False))
        content = OpenAIWrapper.instantiate(content, message["context"], in_format_style)
    out.print(content_str(content), flush=True)


def _print_call(out: IOStream, heading: str, function: dict[str, Any], call_id: str | None) -> None:
    heading = heading.format(name=function.get("name", _literals.NO_FUNCTION_NAME), id=call_id)
    arguments = function.get("arguments", function.get("input", _literals.NO_ARGUMENTS))
    print_call(out.print, heading, arguments)


def print_call(show_line: Callable[..., object], heading: str, arguments: object) -> None:
    """Print the call of a tool or function.

    Args:
        show_line: prints objects as the built-in ``print`` does.
        heading: what stands above it, and decides how long the line below is.
        arguments: what it is called with.
    """
    show_line(colored(heading, "green"), flush=True)
    show_line("Arguments: \n", arguments, flush=True, sep="")
    show_line(colored("*" * len(heading), "green"), flush=True)


def _message_received(event: events.MessageReceived) -> None:
    agent = event.recipient
    if not agent._is_silent(event.sender, event.silent):
        agent._print_received_message(event.message, event.sender)


def _line(text: str, color: str | None) -> None:
    IOStream.get_default().print(colored(text, color) if color else text, flush=True)


def _auto_reply_used(event: events.AutoReplyUsed) -> None:
    _line(_literals.USING_AUTO_REPLY, "red")


def _notice(event: events.Notice) -> None:
    _line(event.text, event.color)


def _history_shortened(event: events.HistoryShortened) -> None:
    for _ in range(event.more):
        _line(_literals.PRESERVING_ONE_MORE.format(name=event.agent.name), None)


def _clearing_asked(event: events.ClearingAsked) -> None:
    from ._groupchat import texts

    form = texts.CLEARING_EXCEPT if event.kept else texts.CLEARING
    _line(form.format(whom=event.member or texts.ALL_AGENTS, keep=event.kept), None)


def _group_resumed(event: events.GroupResumed) -> None:
    from ._groupchat import texts

    name = colored(event.last_speaker.name, "yellow")
    _line(texts.RESUMED.format(count=len(event.messages), name=name), None)


def _code_executing(event: events.CodeExecuting) -> None:
    if event.number is not None:
        text = _literals.EXECUTING_BLOCK_NUMBER.format(number=event.number, language=event.languages[0])
    elif len(event.languages) == 1:
        text = _literals.EXECUTING_BLOCK.format(language=event.languages[0])
    else:
        text = _literals.EXECUTING_BLOCKS.format(count=len(event.languages), languages=", ".join(event.languages))
    _line(text, "red")


def _tool_called(event: events.ToolCalled) -> None:
    if event.call_id is not None:  # AG2 tells which call it is
        text = _literals.EXECUTING_CALL.format(name=event.name, id=event.call_id, arguments=event.arguments)
        _line(text, "magenta")
        return
    text = _literals.EXECUTING_ASYNC_FUNCTION if event.asynchronous else _literals.EXECUTING_FUNCTION
    _line(text.format(name=event.name), "magenta")


def _tool_returned(event: events.ToolReturned) -> None:
    if event.call_id is not None:
        text = _literals.EXECUTED_CALL.format(
            name=event.name, id=event.call_id, arguments=event.arguments, content=event.content
        )
        _line(text, "magenta")
    elif event.verbose:
        text = _literals.FUNCTION_INPUT_AND_OUTPUT.format(arguments=event.arguments, content=event.content)
        _line(text, "magenta")


def _speaker_selected(event: events.SpeakerSelected) -> None:
    if event.announce:
        _line(_literals.NEXT_SPEAKER.format(name=event.speaker.name), "green")


def _handed_over(event: events.HandedOver) -> None:
    if event.announce:
        _line(_literals.HANDED_OVER[event.kind].format(agent=event.agent.name, target=event.target), "blue")


def _safeguarded(event: events.Safeguarded) -> None:
    text = _literals.SAFEGUARDED.format(
        action=event.action.upper(), source=event.source, destination=event.destination, message=event.text
    )
    _line(text, "red")


def _queued_chat_starting(event: events.QueuedChatStarting) -> None:
    if not event.chat_info.get("silent", False):
        _line(_literals.STARS, "blue")
        _line(_literals.STARTING_CHAT, "blue")
        if event.chat_info.get("verbose", False):
            _line(_literals.FIRST_MESSAGE.format(message=_told(event.chat_info.get("message"))), "blue")
            carryover = carryover_as_text(event.chat_info.get("carryover") or "")
            _line(_literals.CARRIED_OVER.format(carryover=carryover), "blue")
        _line(_literals.STARS, "blue")


def _told(message: object) -> str:
    if callable(message):
        return f"Callable: {getattr(message, '__name__', message)}"
    return f"Dict: {message}" if isinstance(message, dict) else str(message or "")


_PRINTERS: dict[type[events.Event], Callable[[Any], None]] = {
    events.AutoReplyUsed: _auto_reply_used,
    events.ClearingAsked: _clearing_asked,
    events.CodeExecuting: _code_executing,
    events.GroupResumed: _group_resumed,
    events.HandedOver: _handed_over,
    events.HistoryShortened: _history_shortened,
    events.MessageReceived: _message_received,
    events.Notice: _notice,
    events.QueuedChatStarting: _queued_chat_starting,
    events.Safeguarded: _safeguarded,
    events.SpeakerSelected: _speaker_selected,
    events.ToolCalled: _tool_called,
    events.ToolReturned: _tool_returned,
}

SHOWN = tuple(_PRINTERS)
"""The kinds of events that have something for the reader."""
