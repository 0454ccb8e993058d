"""What begins and ends the spans of one tracing: which of them are wanted, and what is on all of them."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from typing import Any

from opentelemetry import trace as traces
from opentelemetry.trace import ProxyTracerProvider, TracerProvider

from .. import events
from .._secrets import secrets_in
from .._warn import warn_once
from ..version import __version__
from . import _content
from ._attributes import known
from ._spans import OpenSpan, begin, end, innermost, leave_what_is_over

__all__ = ("SpanMaker",)

logger = logging.getLogger("autogen.tracing")


class SpanMaker:
    """Begins and ends spans.

    Args:
        provider: makes the spans; None for the global one.
        capture_content: whether they hold what was said.
        operations: the kinds of spans that are made, with the ``gen_ai.operation.name`` of each.
        concerns: tells of an agent whether its chats, turns and tools are traced; None for all agents.
        and_within: whether other agents are traced as well, in chats with such an agent and in all that happens within
            a span that has begun.
    """

    def __init__(
        self,
        provider: TracerProvider | None,
        capture_content: bool,
        operations: Mapping[str, str],
        concerns: Callable[[object], bool] | None,
        and_within: bool,
    ) -> None:
        self._provider = provider
        self._tracer = traces.get_tracer("autogen_classic", __version__, provider)
        self._capture_content = capture_content
        self._operations = operations
        self._concerns = concerns
        self._and_within = and_within
        self._lock = threading.Lock()
        self._open: set[OpenSpan] = set()
        self._secrets: set[str] = set()

    def _begin(
        self,
        event: events.Event,
        name: str,
        kind: str,
        subject: object,
        agent: object,
        attributes: Mapping[str, Any],
        *,
        outwards: bool = False,
        seconds_ago: float = 0.0,
    ) -> OpenSpan | None:
        """Begin a span, unless it belongs to an agent that is not traced.

        Args:
            event: what has happened.
            name: the name of the span.
            kind: what it stands for, such as ``"agent"``.
            subject: what the span is found by when it ends, such as the agent.
            agent: whose work it is.
            attributes: what is known about it; None as a value is left out.
            outwards: whether it stands for a request to another program.
            seconds_ago: how long ago it began.

        Returns:
            The span, or None.
        """
        if not self._is_wanted(event, agent):
            return None
        if self._provider is None and isinstance(traces.get_tracer_provider(), ProxyTracerProvider):
            warn_once(
                logger,
                "Spans go nowhere, because no tracer provider is set. Give one as tracer_provider, or set the global "
                "one with opentelemetry.trace.set_tracer_provider.",
            )
        chat_id = None if event.chat is None else event.chat.id
        common = {
            "gen_ai.operation.name": self._operations[kind],
            "gen_ai.conversation.id": chat_id,
            "ag2.span.type": kind,
        }
        attributes = known({**common, **attributes})
        opened = begin(self._tracer, self, name, kind, subject, attributes, outwards=outwards, seconds_ago=seconds_ago)
        with self._lock:
            self._open.add(opened)
        return opened

    def _is_wanted(self, event: events.Event, agent: object) -> bool:
        if self._concerns is None or self._concerns(agent):
            return True
        if not self._and_within:
            return False
        with_it = isinstance(event, events.ChatStarted) and self._concerns(event.recipient)
        return with_it or self._innermost() is not None

    def _innermost(self, kind: str | None = None, subject: object = None) -> OpenSpan | None:
        """The innermost open span of this tracing, of a kind and with a subject if they are given."""
        return innermost(self, kind, subject)

    def _end(self, opened: OpenSpan, error_type: str | None = None, said: str | None = None) -> None:
        end(opened, error_type, said)
        with self._lock:
            self._open = {one for one in self._open if not one.is_over}

    def _end_all(self) -> None:
        with self._lock:
            still_open, self._open = self._open, set()
        for opened in still_open:
            if not opened.is_over:
                opened.is_over = True
                opened.span.end()
        leave_what_is_over()

    def _said(self, agent: object, text: str) -> str | None:
        """The words of an error, where content may be shown."""
        if not self._capture_content:
            return None
        self._learn_keys_of(agent)
        return _content.without_secrets(text, self._secrets)

    def _show(self, opened: OpenSpan, agent: object, name: str, value: object) -> None:
        """Set an attribute of a span to what was said, without keys."""
        if value is not None and not opened.is_over:
            text = value if isinstance(value, str) else _content.json_or_text(value)
            self._learn_keys_of(agent)
            opened.span.set_attribute(name, _content.without_secrets(text, self._secrets))

    def _learn_keys_of(self, *agents: object) -> None:
        """Remember the keys of agents, to hide them everywhere: what one agent says may hold the key of another."""
        for agent in agents:
            self._secrets.update(secrets_in(getattr(agent, "llm_config", None) or {}))
