"""AG2's events of handoffs: who hands over to whom, and why."""

from __future__ import annotations

from abc import ABC
from typing import ClassVar

from pydantic import ConfigDict, field_serializer

from ...._core.party import Agent
from ....events.base_event import BaseEvent, EventPrinter, resolve_print_callable, wrap_event
from ....formatting_utils import colored
from ... import _literals
from ..targets.transition_target import TransitionTarget

__all__ = (
    "AfterWorksTransitionEvent",
    "OnConditionLLMTransitionEvent",
    "OnContextConditionTransitionEvent",
    "ReplyResultTransitionEvent",
)


class _TransitionEvent(BaseEvent, ABC):
    """An agent hands over. In JSON, the agent and the target are names.

    Attributes:
        source_agent: who hands over.
        transition_target: who or what goes next.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)
    kind: ClassVar[str]

    source_agent: Agent
    transition_target: TransitionTarget

    @field_serializer("source_agent")
    def _name_of_agent(self, agent: Agent) -> str:
        return agent.name

    @field_serializer("transition_target")
    def _name_of_target(self, target: TransitionTarget) -> str:
        return target.display_name()

    def print(self, f: EventPrinter | None = None) -> None:
        """Print who hands over to whom, and why."""
        form = _literals.HANDED_OVER[self.kind]
        text = form.format(agent=self.source_agent.name, target=self.transition_target.display_name())
        resolve_print_callable(f)(colored(text, "blue"), flush=True)


@wrap_event
class AfterWorksTransitionEvent(_TransitionEvent):
    """An agent has spoken, and nothing else says who goes next."""

    kind = "after_work"


@wrap_event
class OnConditionLLMTransitionEvent(_TransitionEvent):
    """The model of an agent has chosen who goes next."""

    kind = "llm"


@wrap_event
class OnContextConditionTransitionEvent(_TransitionEvent):
    """The context variables say who goes next."""

    kind = "context"


@wrap_event
class ReplyResultTransitionEvent(_TransitionEvent):
    """The result of a tool says who goes next."""

    kind = "tool"
