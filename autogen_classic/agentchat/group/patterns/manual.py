"""The pattern in which the person chooses who goes next."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..targets.transition_target import AskUserTarget
from .pattern import Pattern

if TYPE_CHECKING:
    from ...conversable_agent import ConversableAgent
    from ..context_variables import ContextVariables

__all__ = ("ManualPattern",)


class ManualPattern(Pattern):
    """Where the handoffs of an agent do not say who goes next, the person at the terminal chooses."""

    def __init__(
        self,
        initial_agent: ConversableAgent,
        agents: list[ConversableAgent],
        user_agent: ConversableAgent | None = None,
        group_manager_args: dict[str, Any] | None = None,
        context_variables: ContextVariables | None = None,
        exclude_transit_message: bool = True,
        summary_method: str | Callable[..., Any] | None = "last_msg",
    ) -> None:
        """Describe a group; see `Pattern` for the arguments."""
        super().__init__(
            initial_agent,
            agents,
            user_agent,
            group_manager_args,
            context_variables,
            AskUserTarget(),
            exclude_transit_message,
            summary_method,
        )
