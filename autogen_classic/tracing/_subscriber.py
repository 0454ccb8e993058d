"""The subscriber that makes spans and metrics of events."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, ClassVar

from opentelemetry import metrics
from opentelemetry.metrics import MeterProvider
from opentelemetry.trace import TracerProvider

from .. import events
from .._core.replies import led_group, running_call_id
from .._core.request_context import header_makers
from ..version import __version__
from . import _content
from ._attributes import answer_of, error_type, known, provider_name, server_of, settings_of
from ._maker import SpanMaker
from ._metrics import Metrics
from ._names import OPERATIONS
from ._reports import FewReports
from ._spans import carried_on

__all__ = ("Tracing", "trace")


def trace(
    tracer_provider: TracerProvider | None = None,
    meter_provider: MeterProvider | None = None,
    capture_content: bool = False,
) -> Tracing:
    """Make spans and metrics of everything that happens in this process from now on.

    Requests to models carry the trace on, by the propagators that are set in OpenTelemetry (header ``traceparent``).

    Args:
        tracer_provider: makes the spans; None for the global one.
        meter_provider: makes the metrics; None for the global one.
        capture_content: whether spans also hold what was said: messages, arguments and results of tools, code's output,
            answers of people, and the words of errors. Keys are blanked out.

    Returns:
        What ends it: call its ``stop``, or use it in ``with``.

    Raises:
        TypeError: something other than a provider was given.
    """
    return Tracing(tracer_provider, meter_provider, capture_content)


class Tracing(SpanMaker):
    """Tracing that goes on until it is stopped, by `stop` or at the end of a ``with`` block.

    Args:
        tracer_provider: makes the spans; None for the global one.
        meter_provider: makes the metrics; None for the global one.
        capture_content: whether spans hold what was said.
        operations: the kinds of spans that are made, with the ``gen_ai.operation.name`` of each.
        concerns: tells of an agent whether its chats, turns and tools are traced; None for all agents.
        and_within: whether other agents are traced as well, in chats with such an agent and in all that happens within
            a span that has begun.

    Attributes:
        OPERATIONS: all kinds of spans.

    Raises:
        TypeError: something other than a provider was given.
    """

    OPERATIONS: ClassVar[Mapping[str, str]] = OPERATIONS

    def __init__(
        self,
        tracer_provider: TracerProvider | None = None,
        meter_provider: MeterProvider | None = None,
        capture_content: bool = False,
        operations: Mapping[str, str] = OPERATIONS,
        concerns: Callable[[object], bool] | None = None,
        and_within: bool = False,
    ) -> None:
        _check_provider("tracer_provider", tracer_provider, "get_tracer")
        _check_provider("meter_provider", meter_provider, "get_meter")
        super().__init__(tracer_provider, capture_content, operations, concerns, and_within)
        self._metrics = Metrics(metrics.get_meter("autogen_classic", __version__, meter_provider))
        self._handlers = {event: handler for kind in operations for event, handler in self._handlers_of(kind).items()}
        events.subscribe(self._hear, kinds=self._handlers)
        self._headers = functools.partial(carried_on)  # its own, so that another tracing keeps its headers
        header_makers.append(self._headers)
        self._is_stopped = False
        self._few_reports = FewReports()
        self._few_reports.start()

    def __enter__(self) -> Tracing:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Trace no more. Spans that are open end now. Stopping again changes nothing."""
        if self._is_stopped:
            return
        self._is_stopped = True
        events.unsubscribe(self._hear)
        header_makers.remove(self._headers)
        self._few_reports.stop()
        self._end_all()

    def _handlers_of(self, kind: str) -> dict[type[events.Event], Callable[[Any], None]]:
        """What is done at which event to make spans of a kind."""
        of_kinds: dict[str, dict[type[events.Event], Callable[[Any], None]]] = {
            "conversation": {
                events.ChatStarted: self._chat_started,
                events.ChatFailed: self._chat_failed,
                events.ChatEnded: self._chat_ended,
                events.ChatPaused: self._note,
                events.ChatResumed: self._note,
                events.SpeakerSelected: self._speaker_selected,
            },
            "agent": {events.TurnStarted: self._turn_started, events.TurnEnded: self._turn_ended},
            "llm": {
                events.ModelAsked: self._model_asked,
                events.ModelAskedAgain: self._note,
                events.TextStreamed: self._text_streamed,
                events.ModelFailed: self._model_failed,
                events.ModelAnswered: self._model_answered,
            },
            "tool": {events.ToolCalled: self._tool_called, events.ToolReturned: self._tool_returned},
            "code_execution": {
                events.CodeExecuting: self._code_executing,
                events.CodeExecuted: self._code_executed,
            },
            "human_input": {
                events.PersonAsked: self._person_asked,
                events.PersonAnswered: self._person_answered,
            },
        }
        return of_kinds[kind]

    def _hear(self, event: events.Event) -> None:
        self._handlers[type(event)](event)

    # --- chats and turns

    def _chat_started(self, event: events.ChatStarted) -> None:
        group = led_group(event.recipient)
        self._learn_keys_of(event.sender, event.recipient, *([] if group is None else group.agents))
        attributes = {
            "gen_ai.agent.name": event.sender.name,
            "gen_ai.workflow.name": f"{event.sender.name} and {event.recipient.name}",
        }
        subject = None if event.chat is None else event.chat.id
        self._begin(event, f"conversation {event.sender.name}", "conversation", subject, event.sender, attributes)

    def _chat_failed(self, event: events.ChatFailed) -> None:
        opened = self._innermost("conversation", event.chat and event.chat.id)
        if opened is not None:
            opened.attributes["error"] = error_type(event.error)
            opened.attributes["said"] = self._said(event.sender, event.text)

    def _chat_ended(self, event: events.ChatEnded) -> None:
        opened = self._innermost("conversation", event.chat and event.chat.id)
        if opened is not None:
            said = getattr(event.sender, "chat_messages", {}).get(event.recipient, ())
            opened.span.set_attributes(
                known(
                    {
                        "autogen_classic.stop_reason": None if event.reason is None else str(event.reason),
                        "autogen_classic.cost": event.cost,
                        "autogen_classic.tokens": event.tokens,
                        "gen_ai.conversation.turns": len(said) or None,
                    }
                )
            )
            self._end(opened, opened.attributes.get("error"), opened.attributes.get("said"))

    def _turn_started(self, event: events.TurnStarted) -> None:
        attributes = {"gen_ai.agent.name": event.agent.name}
        if self._capture_content and getattr(event.agent, "description", None):
            attributes["gen_ai.agent.description"] = str(event.agent.description)
        name = f"invoke_agent {event.agent.name}"
        opened = self._begin(event, name, "agent", event.agent, event.agent, attributes)
        heard = getattr(event.agent, "chat_messages", {}).get(event.sender)
        if opened is not None and self._capture_content and heard:
            self._show(opened, event.agent, "gen_ai.input.messages", _content.input_messages(heard))

    def _turn_ended(self, event: events.TurnEnded) -> None:
        opened = self._innermost("agent", event.agent)
        if opened is None:
            return
        if self._capture_content and event.reply is not None:
            reply = event.reply if isinstance(event.reply, dict) else {"content": event.reply}
            self._show(
                opened, event.agent, "gen_ai.output.messages", _content.input_messages([{"role": "assistant", **reply}])
            )
        if event.error is None:
            self._end(opened)
        else:
            self._end(opened, error_type(event.error), self._said(event.agent, str(event.error)))

    # --- models

    def _model_asked(self, event: events.ModelAsked) -> None:
        provider = provider_name(event.client)
        model = event.request.get("model")
        attributes = {"gen_ai.provider.name": provider, "gen_ai.request.model": model, **server_of(event.client)}
        settings = settings_of(event.request)
        agent = getattr(event.agent, "name", event.agent)
        name = "chat" if model is None else f"chat {model}"
        opened = self._begin(
            event,
            name,
            "llm",
            event.request_id,
            event.agent,
            {**attributes, **settings, "gen_ai.agent.name": agent},
            outwards=True,
        )
        if opened is None:
            return
        opened.attributes.update(known({"gen_ai.operation.name": "chat", **attributes}))
        if self._capture_content:
            key = getattr(getattr(event.client, "_oai_client", None), "api_key", None)
            self._secrets.update([key] if isinstance(key, str) and key else [])
            messages = event.request.get("messages") or [{"role": "user", "content": event.request.get("prompt")}]
            self._show(opened, event.agent, "gen_ai.input.messages", _content.input_messages(messages))
            self._show(opened, event.agent, "gen_ai.tool.definitions", event.request.get("tools"))

    def _text_streamed(self, event: events.TextStreamed) -> None:
        opened = self._innermost("llm")
        if opened is not None and opened.first_text_after is None and not opened.is_over:
            opened.first_text_after = opened.seconds()
            opened.span.set_attribute("gen_ai.response.time_to_first_chunk", opened.first_text_after)

    def _model_failed(self, event: events.ModelFailed) -> None:
        opened = self._innermost("llm", event.request_id)
        if opened is None or opened.is_over:
            return
        failure = error_type(event.error)
        self._metrics.failed(opened.attributes, event.seconds, failure)
        self._end(opened, failure, self._said(event.agent, event.reason))

    def _model_answered(self, event: events.ModelAnswered) -> None:
        opened = self._innermost("llm", event.request_id)
        if opened is None:  # it comes from a cache, and nothing was asked
            asked = events.ModelAsked(event.agent, event.request, event.request_id, event.client)
            asked.chat = event.chat
            self._model_asked(asked)
            opened = self._innermost("llm", event.request_id)
        if opened is None:
            return
        model = getattr(event.response, "model", None)
        answered_by = known({"gen_ai.response.model": None if model is None else str(model)})
        if not event.from_cache:
            attributes = {**opened.attributes, **answered_by}
            self._metrics.answered(attributes, event.seconds, event.usage, event.cost, opened.first_text_after)
        if opened.is_over:  # the chat was stopped, and has not waited for the answer
            return
        opened.span.set_attributes({**answered_by, **answer_of(event)})
        if self._capture_content:
            self._show(opened, event.agent, "gen_ai.output.messages", _content.output_messages(event.response))
        self._end(opened)

    # --- tools, code and people

    def _tool_called(self, event: events.ToolCalled, seconds_ago: float = 0.0) -> None:
        attributes = {
            "gen_ai.tool.name": event.name,
            "gen_ai.tool.type": "function",
            "gen_ai.tool.call.id": event.call_id or running_call_id.get(),
            "gen_ai.agent.name": event.agent.name,
        }
        opened = self._begin(
            event,
            f"execute_tool {event.name}",
            "tool",
            event.arguments,
            event.agent,
            attributes,
            seconds_ago=seconds_ago,
        )
        if opened is not None and self._capture_content:
            self._show(opened, event.agent, "gen_ai.tool.call.arguments", event.arguments)

    def _tool_returned(self, event: events.ToolReturned) -> None:
        opened = self._innermost("tool")
        if opened is None or opened.subject is not event.arguments:  # it was never called
            called = events.ToolCalled(event.agent, event.name, event.arguments, event.call_id, False)
            called.chat = event.chat
            self._tool_called(called, event.seconds)
            opened = self._innermost("tool")
        if opened is None or opened.subject is not event.arguments:
            return
        if self._capture_content:
            self._show(opened, event.agent, "gen_ai.tool.call.result", event.content)
        if event.succeeded:
            self._end(opened)
        else:
            failure = "unknown_tool" if event.error is None else error_type(event.error)
            self._end(opened, failure, self._said(event.agent, str(event.content)))

    def _code_executing(self, event: events.CodeExecuting) -> None:
        opened = self._innermost("code_execution", event.agent)
        if opened is not None:  # the next block of the same message
            opened.span.add_event("next block", {"autogen_classic.code.languages": event.languages})
            return
        attributes = {"gen_ai.agent.name": event.agent.name, "autogen_classic.code.languages": event.languages}
        self._begin(event, f"execute_code {event.agent.name}", "code_execution", event.agent, event.agent, attributes)

    def _code_executed(self, event: events.CodeExecuted) -> None:
        opened = self._innermost("code_execution", event.agent)
        if opened is None:
            return
        opened.span.set_attribute("process.exit.code", event.exit_code)
        if self._capture_content:
            self._show(opened, event.agent, "autogen_classic.code.output", event.output)
        if event.exit_code == 0:
            self._end(opened)
        else:
            self._end(opened, "exit_code", self._said(event.agent, event.output))

    def _person_asked(self, event: events.PersonAsked) -> None:
        attributes = {"gen_ai.agent.name": event.agent.name}
        opened = self._begin(
            event, f"await_human_input {event.agent.name}", "human_input", event.agent, event.agent, attributes
        )
        if opened is not None and self._capture_content:
            self._show(opened, event.agent, "ag2.human_input.prompt", event.prompt)

    def _person_answered(self, event: events.PersonAnswered) -> None:
        opened = self._innermost("human_input", event.agent)
        if opened is not None:
            if self._capture_content:
                self._show(opened, event.agent, "ag2.human_input.response", event.answer)
            self._end(opened)

    # --- what is noted on other spans

    def _speaker_selected(self, event: events.SpeakerSelected) -> None:
        self._note(event, {"gen_ai.agent.name": event.speaker.name})

    def _note(self, event: events.Event, attributes: Mapping[str, str] | None = None) -> None:
        """Note on the span that is open now that something has happened."""
        opened = self._innermost()
        if opened is not None:
            opened.span.add_event(type(event).__name__, attributes)


def _check_provider(name: str, provider: object, method: str) -> None:
    if provider is not None and not callable(getattr(provider, method, None)):
        raise TypeError(f"{name} must be a provider of OpenTelemetry, with a method {method}, but it is {provider!r}.")
