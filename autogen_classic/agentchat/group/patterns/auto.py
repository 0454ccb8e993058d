"""The pattern in which a model chooses who goes next."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..targets.group_manager_target import GroupManagerSelectionMessage, GroupManagerTarget
from .pattern import Pattern

if TYPE_CHECKING:
    from ...conversable_agent import ConversableAgent
    from ..context_variables import ContextVariables

__all__ = ("AutoPattern",)


class AutoPattern(Pattern):
    """Where the handoffs of an agent do not say who goes next, the model of the group's manager chooses."""

    def __init__(
        self,
        initial_agent: ConversableAgent,
        agents: list[ConversableAgent],
        user_agent: ConversableAgent | None = None,
        group_manager_args: dict[str, Any] | None = None,
        context_variables: ContextVariables | None = None,
        selection_message: GroupManagerSelectionMessage | None = None,
        exclude_transit_message: bool = True,
        summary_method: str | Callable[..., Any] | None = "last_msg",
    ) -> None:
        """Describe a group; see `Pattern` for the other arguments.

        Args:
            initial_agent: who speaks first.
            agents: the agents.
            user_agent: an agent for the person.
            group_manager_args: arguments of the manager; ``llm_config`` is the model that chooses.
            context_variables: what the agents know together.
            selection_message: what the model is asked; None for the usual question.
            exclude_transit_message: whether a model does not see how others handed over.
            summary_method: how the chat is summed up.
        """
        super().__init__(
            initial_agent,
            agents,
            user_agent,
            group_manager_args,
            context_variables,
            GroupManagerTarget(selection_message=selection_message),
            exclude_transit_message,
            summary_method,
        )
        self.selection_message = selection_message
