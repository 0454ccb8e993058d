"""What makes an agent a member of a group with handoffs (`agentchat.group`); programs use parts of it in any chat."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from .._core import hooks
from .._core.drive import drive, drive_async, shipped
from .._core.messages import Message, TextOrMessage
from .._core.party import Party

if TYPE_CHECKING:
    from .group.context_variables import ContextVariables
    from .group.guardrails import Guardrail, GuardrailResult
    from .group.handoffs import Handoffs
    from .group.on_condition import OnCondition
    from .group.on_context_condition import OnContextCondition

__all__ = ("GroupMember", "UpdateSystemMessage")

StateUpdate: TypeAlias = Callable[[Any, list[Message]], object]
StateUpdates: TypeAlias = StateUpdate | list[StateUpdate]
"""What is done before a reply: a function of (agent, messages), as an `UpdateSystemMessage` is, or a list of these."""
ContextValue: TypeAlias = Any
"""The value of a context variable: whatever the program keeps there."""


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
        from ._groupchat.texts import fill

        values = agent.context_variables.to_dict()
        party = cast(Party, agent)
        party.update_system_message(
            fill(f"The system message of {party.name}", updater, **values) if values else updater
        )


class GroupMember:
    """Handoffs, context variables and what is done before each reply."""

    _handoffs: Any = None
    _context_variables: Any = None
    _group_manager: Any = None
    _group_is_established = False
    _classic_transfers: tuple[dict[str, Any], ...] = ()
    """The tools that the model is offered besides its own in the next request: one for each handoff it may choose."""
    _classic_safeguards: list[tuple[Any, dict[str, Callable[..., Any]]]] = []  # noqa: RUF012 - never changed in place
    """What applies the policies that guard the agent, each with the hooks by which it does."""
    _classic_group_executor: Any = None
    """Who runs the tools of the agent's group."""
    _classic_wrappers: dict[int, tuple[Any, Any]] = {}  # noqa: RUF012 - a group gives each agent its own
    """By the id of a target: the target, and the hidden agent that acts for it."""
    _classic_is_hidden = False
    """Whether the agent acts for the group itself, so that no model chooses it."""

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

    def get_context(self, key: str, default: ContextValue = None) -> ContextValue:
        """Read a context variable, as programs of AG2 0.7 do.

        Args:
            key: its name.
            default: what is returned where there is no such variable.
        """
        return self.context_variables.get(key, default)

    def set_context(self, key: str, value: ContextValue) -> None:
        """Set a context variable, as programs of AG2 0.7 do.

        Args:
            key: its name.
            value: anything.
        """
        self.context_variables.set(key, value)

    def update_context(self, context_variables: Mapping[str, ContextValue]) -> None:
        """Set several context variables, as programs of AG2 0.7 do.

        Args:
            context_variables: names and values.
        """
        self.context_variables.update(dict(context_variables))

    def pop_context(self, key: str, default: ContextValue = None) -> ContextValue:
        """Remove a context variable, as programs of AG2 0.7 do.

        Args:
            key: its name.
            default: what is returned where there is no such variable.

        Returns:
            The value that it had.
        """
        value = self.context_variables.get(key, default)
        self.context_variables.remove(key)
        return value

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

    # --- Guardrails -------------------------------------------------------------------------------------------

    @property
    def input_guardrails(self) -> list[Guardrail]:
        """The checks of what the agent hears, in their order."""
        return self.__dict__.setdefault("_input_guardrails", [])  # type: ignore[no-any-return]

    @property
    def output_guardrails(self) -> list[Guardrail]:
        """The checks of what the agent says, in their order."""
        return self.__dict__.setdefault("_output_guardrails", [])  # type: ignore[no-any-return]

    def register_input_guardrail(self, guardrail: Guardrail) -> None:
        """Check what the agent hears before it replies, in groups and in chats of two.

        Args:
            guardrail: the check. If it is activated, the agent says its message instead of asking its model, and its
                target goes next.

        Raises:
            TypeError: it is not a guardrail.
        """
        self.register_input_guardrails([guardrail])

    def register_input_guardrails(self, guardrails: list[Guardrail]) -> None:
        """Add several; see `register_input_guardrail`."""
        from .group._guarding import guard_input

        self.input_guardrails.extend(_all_guardrails(guardrails))
        guard_input(cast(Party, self))

    def register_output_guardrail(self, guardrail: Guardrail) -> None:
        """Check what the agent says before anybody hears it, in groups and in chats of two.

        Args:
            guardrail: the check. If it is activated, its message takes the place of what the agent would say, and its
                target goes next.

        Raises:
            TypeError: it is not a guardrail.
        """
        self.register_output_guardrails([guardrail])

    def register_output_guardrails(self, guardrails: list[Guardrail]) -> None:
        """Add several; see `register_output_guardrail`."""
        from .group._guarding import guard_output

        self.output_guardrails.extend(_all_guardrails(guardrails))
        guard_output(cast(Party, self))

    def run_input_guardrails(self, messages: list[Message] | None = None) -> GuardrailResult | None:
        """Check what the agent has heard.

        Args:
            messages: the messages; None for all that it has said and heard.

        Returns:
            What the first guardrail that is activated has found, or None.
        """
        if messages is None:
            messages = [one for said in cast(Party, self).chat_messages.values() for one in said]
        return self._classic_first_activated(self.input_guardrails, messages)

    def run_output_guardrails(self, reply: TextOrMessage | None) -> GuardrailResult | None:
        """Check what the agent is about to say.

        Args:
            reply: a text or a dict; the arguments of calls in it are checked, too.

        Returns:
            What the first guardrail that is activated has found, or None.
        """
        if not self.output_guardrails:
            return None
        from .group._guarding import text_to_check

        return self._classic_first_activated(self.output_guardrails, text_to_check(reply))

    def _classic_first_activated(
        self, guardrails: list[Guardrail], context: str | list[Message]
    ) -> GuardrailResult | None:
        """What the first guardrail that is activated has found, or None; the agent pays for the models of all."""
        from ._accounts import on_account_of  # its room is loaded by the first guardrail

        with on_account_of(cast(Party, self), *(one.client for one in guardrails)):
            return next((found for one in guardrails if (found := one.check(context)).activated), None)

    # --- Results of its tools ---------------------------------------------------------------------------------

    def _classic_read_tool_result(self, returned: object) -> str:
        """What the model reads of the result of a tool; a `ReplyResult` changes the variables of the agent, too."""
        take_over = getattr(type(returned), "_classic_taken_over_by", None)
        return str(returned) if take_over is None else str(take_over(returned, self))

    def _classic_keep_tool_result(self, returned: object) -> dict[str, object]:
        """What a recording keeps of the result of a tool."""
        if not hasattr(type(returned), "_classic_taken_over_by"):
            return {"result": str(returned)}
        from .group._tool_results import kept_result

        return kept_result(returned)

    def _classic_restore_tool_result(self, text: str, handover: Mapping[str, Any]) -> object:
        """The result of a tool as a recording has kept it."""
        from .group._tool_results import restored_result

        return restored_result(text, handover)

    # --- Before each reply ------------------------------------------------------------------------------------

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


def _all_guardrails(guardrails: list[Guardrail]) -> list[Guardrail]:
    """The guardrails, if they are some."""
    for guardrail in guardrails:
        if not (hasattr(guardrail, "check") and hasattr(guardrail, "target")):
            raise TypeError(f"A guardrail must be a Guardrail, such as RegexGuardrail(...), but it is {guardrail!r}.")
    return list(guardrails)
