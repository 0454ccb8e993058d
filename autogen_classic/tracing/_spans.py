"""Open spans, each within the one that was open in its thread or task when it began."""

from __future__ import annotations

from collections.abc import Iterator
from time import time_ns
from typing import Any

from opentelemetry import context as contexts
from opentelemetry import propagate
from opentelemetry import trace as traces
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, Tracer

__all__ = ("OpenSpan", "begin", "carried_on", "end", "innermost", "leave_what_is_over")

_KEY = contexts.create_key("autogen-classic-span")


class OpenSpan:
    """A span that has begun.

    Args:
        span: the span.
        owner: who has begun it.
        kind: what it stands for.
        subject: tells it from others of its kind: an agent, the arguments of a tool, the id of a chat or a request.
        before: the context of OpenTelemetry in which it began.
        parent: the span around it, as far as it is one of ours.

    Attributes:
        started_at: when it began, in nanoseconds since the epoch.
        attributes: what is known about it that counts at its end.
        first_text_after: the seconds after which the first text of a streamed answer came.
        is_over: whether it has ended.
    """

    def __init__(
        self, span: Span, owner: object, kind: str, subject: object, before: contexts.Context, parent: OpenSpan | None
    ) -> None:
        self.span = span
        self.owner = owner
        self.kind = kind
        self.subject = subject
        self.before = before
        self.parent = parent
        self.started_at = time_ns()
        self.attributes: dict[str, Any] = {}
        self.first_text_after: float | None = None
        self.is_over = False

    def seconds(self) -> float:
        """How long ago it began."""
        return (time_ns() - self.started_at) / 1e9


def innermost(owner: object, kind: str | None = None, subject: object = None) -> OpenSpan | None:
    """Return the innermost span of this thread or task that fits, which may have ended if nobody waited for it.

    Args:
        owner: who has begun it.
        kind: what it stands for; None takes any.
        subject: the subject that it has to have; None takes any.
    """
    for one in _from_within():
        if one.owner is owner and kind in (None, one.kind) and (subject is None or one.subject is subject):
            return one
    return None


def _from_within() -> Iterator[OpenSpan]:
    one: Any = contexts.get_value(_KEY)
    while one is not None:
        yield one
        one = one.parent


def begin(
    tracer: Tracer,
    owner: object,
    name: str,
    kind: str,
    subject: object,
    attributes: dict[str, Any],
    *,
    outwards: bool = False,
    seconds_ago: float = 0.0,
) -> OpenSpan:
    """Begin a span, and let what happens from now on in this thread or task be within it.

    Args:
        tracer: makes it.
        owner: who begins it.
        name: its name.
        kind: what it stands for.
        subject: tells it from others of its kind.
        attributes: what is known about it.
        outwards: whether it stands for a request to another program.
        seconds_ago: how many seconds ago it began.
    """
    leave_what_is_over()
    before = contexts.get_current()
    start = time_ns() - int(seconds_ago * 1e9)
    span = tracer.start_span(
        name,
        context=before,
        kind=SpanKind.CLIENT if outwards else SpanKind.INTERNAL,
        attributes=attributes,
        start_time=start,
    )
    opened = OpenSpan(span, owner, kind, subject, before, next(_from_within(), None))
    opened.started_at = start
    contexts.attach(contexts.set_value(_KEY, opened, traces.set_span_in_context(span, before)))
    return opened


def leave_what_is_over() -> None:
    """Go back, in this thread or task, to what was around spans that ended elsewhere: by the end of their tracing."""
    for one in _from_within():
        if not one.is_over or traces.get_current_span() is not one.span:
            return
        contexts.attach(one.before)


def end(opened: OpenSpan, error_type: str | None = None, said: str | None = None) -> None:
    """End a span, and all within it that something has left open.

    Args:
        opened: the span.
        error_type: what kind of error has ended it, or None.
        said: the words of the error, or None.
    """
    for inner in _from_within():
        if inner is opened:
            break
        if opened in _around(inner):
            _close(inner, error_type, said)
    _close(opened, error_type, said)
    contexts.attach(opened.before)  # no token is given back: a chat may end in another context than it began in


def carried_on() -> dict[str, str]:
    """Return the headers that carry on the trace of this thread or task."""
    carrier: dict[str, str] = {}
    propagate.inject(carrier)
    return carrier


def _around(opened: OpenSpan) -> Iterator[OpenSpan]:
    parent = opened.parent
    while parent is not None:
        yield parent
        parent = parent.parent


def _close(opened: OpenSpan, error_type: str | None, said: str | None) -> None:
    if opened.is_over:
        return
    opened.is_over = True
    if error_type is not None:
        opened.span.set_attribute("error.type", error_type)
        opened.span.set_status(Status(StatusCode.ERROR, said))
    opened.span.end()
