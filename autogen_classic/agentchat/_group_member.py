"""What makes an agent a member of a group with handoffs (`agentchat.group`); programs use parts of it in any chat."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from .._core import hooks
from .._core.drive import drive, drive_async, shipped
from .._core.messages import Message
from .._core.party import Party

if TYPE_CHECKING:
    from .group.context_variables import ContextVariables
    from .group.handoffs import Handoffs
    from .group.on_condition import OnCondition
    from .group.on_context_condition import OnContextCondition

__all__ = ("GroupMember", "UpdateSystemMessage")

StateUpdate: TypeAlias = Callable[[Any, list[Message]], object]
StateUpdates: TypeAlias = StateUpdate | list[StateUpdate]
"""What is done before a reply: a function of (agent, messages), as an `UpdateSystemMessage` is, or a list of these."""


@dataclass
class UpdateSystemMessage:
    """A system message that is made anew before each reply.

    Attributes:
        content_updater: a text with ``{name}`` where the values of context variables go; or a function of (agent,
            messages) that returns the system message, and says so by the annotation ``-> str``.
    """

    content_updater: str | Callable[[Any, list[Message]], str]

    def __post_init__(self) -> None:
        """Refuse what cannot be a system message.

        Raises:
            ValueError: it is neither a text nor such a function.
        """
        updater = self.content_updater
        if isinstance(updater, str):
            return
        if not callable(updater):
            raise ValueError("The update function must be either a string or a callable")
        signature = inspect.signature(updater)
        if len(signature.parameters) != 2:
            raise ValueError(
                "The update function must accept two parameters of type ConversableAgent and List[Dict[str, Any]], "
                "respectively"
            )
        if signature.return_annotation not in (str, "str"):
            raise ValueError("The update function must return a string: annotate what it returns with -> str")

    def __call__(self, agent: GroupMember, messages: list[Message]) -> None:
        """Give an agent its new system message.

        Args:
            agent: the agent.
            messages: the conversation to which it is about to reply.

        Raises:
            KeyError: a variable of the text does not exist.
        """
        updater = self.content_updater
        if callable(updater):
            cast(Party, agent).update_system_message(updater(agent, messages))
            return
        values = agent.context_variables.to_dict()
        cast(Party, agent).update_system_message(updater.format(**values) if values else updater)


class GroupMember:
    """Handoffs, context variables and what is done before each reply."""

    _handoffs: Any = None
    _context_variables: Any = None
    _group_manager: Any = None
    _group_is_established = False
    _classic_transfers: tuple[dict[str, Any], ...] = ()
    """The tools that the model is offered besides its own in the next request: one for each handoff it may choose."""
    _classic_group_executor: Any = None
    """Who runs the tools of the agent's group."""
    _classic_wrappers: dict[int, tuple[Any, Any]] = {}  # noqa: RUF012 - a group gives each agent its own
    """By the id of a target: the target, and the hidden agent that acts for it."""

    def _classic_set_up_membership(self, context_variables: object, state_updates: object, handoffs: object) -> None:
        """Take the arguments of the constructor."""
        if context_variables is not None:
            self.context_variables = context_variables
        if handoffs is not None:
            self.handoffs = handoffs
        if state_updates is None:
            return
        updates = list(state_updates) if isinstance(state_updates, (list, tuple)) else [state_updates]
        for update in updates:
            if not callable(update):
                raise ValueError(
                    "update_agent_state_before_reply must be an UpdateSystemMessage, a function of (agent, messages), "
                    f"or a list of these, but it holds {update!r}."
                )
            hooks.register(cast(Party, self), "update_agent_state", update)

    @property
    def handoffs(self) -> Handoffs:
        """To whom the agent hands over in a group, and when."""
        if self._handoffs is None:
            from .group.handoffs import Handoffs

            self._handoffs = Handoffs()
        return self._handoffs  # type: ignore[no-any-return]

    @handoffs.setter
    def handoffs(self, handoffs: object) -> None:
        from .group.handoffs import Handoffs

        if not isinstance(handoffs, Handoffs):
            raise TypeError(f"handoffs of an agent must be a Handoffs object, but they are {handoffs!r}.")
        self._handoffs = handoffs

    @property
    def context_variables(self) -> ContextVariables:
        """What the agent knows together with its group; a group gives all its agents the same object."""
        if self._context_variables is None:
            from .group.context_variables import ContextVariables

            self._context_variables = ContextVariables()
        return self._context_variables  # type: ignore[no-any-return]

    @context_variables.setter
    def context_variables(self, context_variables: object) -> None:
        from .group.context_variables import ContextVariables

        if isinstance(context_variables, Mapping):
            context_variables = ContextVariables(data=context_variables)
        if not isinstance(context_variables, ContextVariables):
            raise TypeError(
                f"context_variables of an agent must be ContextVariables or a dict, but they are {context_variables!r}."
            )
        self._context_variables = context_variables

    def register_handoff(self, condition: OnContextCondition | OnCondition) -> None:
        """Add a handoff; the same as ``handoffs.add``.

        Args:
            condition: an `OnCondition` or an `OnContextCondition`.

        Raises:
            TypeError: it is neither.
        """
        self.handoffs.add(condition)

    def register_handoffs(self, conditions: Iterable[OnContextCondition | OnCondition]) -> None:
        """Add several handoffs; see `register_handoff`."""
        self.handoffs.add_many(list(conditions))

    @shipped(hooks.update_state)
    def update_agent_state_before_reply(self, messages: list[Message]) -> None:
        """Run the hooks of "update_agent_state": functions of (agent, messages) that prepare the agent for its reply.

        Args:
            messages: the conversation to which it is about to reply.
        """
        drive(hooks.update_state(cast(Party, self), messages))

    @shipped(hooks.update_state)
    async def a_update_agent_state_before_reply(self, messages: list[Message]) -> None:
        """The asynchronous form of `update_agent_state_before_reply`."""
        await drive_async(hooks.update_state(cast(Party, self), messages))
