"""AG2's event of safeguards."""

from __future__ import annotations

from ....events.base_event import BaseEvent, EventPrinter, resolve_print_callable, wrap_event
from ....formatting_utils import colored
from ... import _literals

__all__ = ("SafeguardEvent",)


@wrap_event
class SafeguardEvent(BaseEvent):
    """A rule of a safeguard policy has found something.

    Attributes:
        event_type: what has happened: "violation", and then "action".
        message: what is done, and what the rule says about it.
        source_agent: who said it.
        target_agent: who was to hear it.
        guardrail_type: how it was found: "RegexGuardrail" or "LLMGuardrail".
        action: "block", "mask" or "warning"; None of a violation.
        content_preview: what was found; always None here, so that nothing that is held back comes out by an event.
    """

    event_type: str
    message: str
    source_agent: str | None = None
    target_agent: str | None = None
    guardrail_type: str | None = None
    action: str | None = None
    content_preview: str | None = None

    def print(self, f: EventPrinter | None = None) -> None:
        """Print what was done, and between whom; a violation says nothing before that."""
        if self.action is None:
            return
        text = _literals.SAFEGUARDED.format(
            action=self.action.upper(),
            source=self.source_agent,
            destination=self.target_agent,
            message=self.message,
        )
        resolve_print_callable(f)(colored(text, "red"), flush=True)
