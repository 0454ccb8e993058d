"""What all patterns of groups have in common, and the one in which only handoffs decide."""

from __future__ import annotations

from abc import ABC
from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from ...._core.party import described, is_agent
from ...groupchat import GroupChat, GroupChatManager
from .._leading import (
    Opening,
    create_group_manager,
    link_agents_to_group_manager,
    process_initial_messages,
    setup_context_variables,
)
from .._members import (
    check_members,
    ensure_guardrail_agents_in_group,
    ensure_handoff_agents_in_group,
    prepare_group_agents,
    with_user,
)
from .._transitions import GroupTransition
from ..context_variables import ContextVariables
from ..group_tool_executor import GroupToolExecutor
from ..targets.transition_target import TerminateTarget, TransitionTarget

if TYPE_CHECKING:
    from ...._pictures.drawing import Drawing, Form
    from ...conversable_agent import ConversableAgent

__all__ = ("DefaultPattern", "Pattern", "PreparedGroup")

PreparedGroup: TypeAlias = tuple[
    "list[ConversableAgent]",  # the agents
    "list[ConversableAgent]",  # the hidden agents that act for targets
    "ConversableAgent | None",  # the user
    ContextVariables,  # or the dict that the pattern was given
    "ConversableAgent",  # who speaks first
    TransitionTarget,  # who goes next where an agent does not say so
    GroupToolExecutor,
    GroupChat,
    GroupChatManager,
    Opening,
    "ConversableAgent | None",  # who says the last message, unless several are resumed
    list[str],  # the names of the agents
    "list[ConversableAgent]",  # the temporary user, if there is one
]


class Pattern(ABC):  # noqa: B024 - as in AG2: it is not used by itself
    """How the agents of a group take turns.

    Attributes:
        executor_class: the class of the agent that runs the tools.
        transition_class: the class of the function that chooses who speaks next.
        announces: whether handoffs, and the end of the chat, are printed.
        manager: who leads the last chat of the pattern, and can save its state; None before.
    """

    executor_class: ClassVar[type[GroupToolExecutor]] = GroupToolExecutor
    transition_class: ClassVar[type[GroupTransition]] = GroupTransition
    announces: ClassVar[bool] = True

    def __init__(
        self,
        initial_agent: ConversableAgent,
        agents: list[ConversableAgent],
        user_agent: ConversableAgent | None = None,
        group_manager_args: dict[str, Any] | None = None,
        context_variables: ContextVariables | None = None,
        group_after_work: TransitionTarget | None = None,
        exclude_transit_message: bool = True,
        summary_method: str | Callable[..., Any] | None = "last_msg",
    ) -> None:
        """Describe a group.

        Args:
            initial_agent: who speaks first.
            agents: the agents, the initial one among them.
            user_agent: an agent for the person, who says the first message.
            group_manager_args: arguments of `GroupChatManager`, such as ``llm_config`` and ``is_termination_msg``.
            context_variables: what the agents know together. A dict is accepted, and changes with them.
            group_after_work: who goes next where an agent does not say so; None ends the chat.
            exclude_transit_message: whether a model does not see how others handed over.
            summary_method: how the chat is summed up, as for `ConversableAgent.initiate_chat`.

        Raises:
            TypeError: the agents are not a list of agents, or something else is not what it should be.
        """
        _check_arguments(type(self).__name__, initial_agent, agents, user_agent, group_manager_args)
        if not isinstance(context_variables, (ContextVariables, Mapping, type(None))):
            raise TypeError(
                f"context_variables of a chat must be ContextVariables or a dict, but they are {context_variables!r}."
            )
        self.initial_agent = initial_agent
        self.agents = agents
        self.user_agent = user_agent
        self.group_manager_args = group_manager_args or {}
        self.context_variables = ContextVariables() if context_variables is None else context_variables
        self.group_after_work = TerminateTarget() if group_after_work is None else group_after_work
        self.exclude_transit_message = exclude_transit_message
        self.summary_method = summary_method
        self.manager: GroupChatManager | None = None

    @classmethod
    def create_default(
        cls,
        initial_agent: ConversableAgent,
        agents: list[ConversableAgent],
        user_agent: ConversableAgent | None = None,
        group_manager_args: dict[str, Any] | None = None,
        context_variables: ContextVariables | None = None,
        exclude_transit_message: bool = True,
        summary_method: str | Callable[..., Any] | None = "last_msg",
    ) -> DefaultPattern:
        """Make a `DefaultPattern`, which ends when no handoff says who goes next; see `Pattern` for the arguments."""
        return DefaultPattern(
            initial_agent,
            agents,
            user_agent,
            group_manager_args,
            context_variables,
            exclude_transit_message=exclude_transit_message,
            summary_method=summary_method,
        )

    @property
    def group_after_work_in_effect(self) -> TransitionTarget:
        """Who goes next where an agent does not say so, as the pattern has it."""
        return self._after_work()

    def draw(self, form: Form = "mermaid") -> Drawing:
        """Draw who hands over to whom, with the conditions at the edges.

        Args:
            form: "mermaid" for a flowchart of Mermaid, "svg" for a picture with a text alternative, "text" for lines.

        Returns:
            The picture as a text of this form, with the other forms as its attributes. A notebook shows it.

        Raises:
            ValueError: ``form`` is not one of these.
        """
        from ...._pictures.drawing import draw
        from .._drawing import graph_of

        return draw(graph_of(self), form)

    def _after_work(self) -> TransitionTarget:
        """Who goes next where an agent does not say so."""
        return self.group_after_work

    def prepare_group_chat(
        self, max_rounds: int, messages: list[dict[str, Any]] | dict[str, Any] | str
    ) -> PreparedGroup:
        """Make the group, so that it can begin.

        Args:
            max_rounds: how many messages are said before the chat ends, including the first.
            messages: the messages that open it: a text, a list of dicts, or a saved state.

        Returns:
            The agents, the hidden agents that act for their targets, the user, the context variables, the initial
            agent, the after-work of the group, who runs the tools, the group, its manager, the messages, who says the
            last of them, the names of the agents, and the temporary user in a list.

        Raises:
            ValueError: the agents cannot form a group: names that repeat, handoffs to others, no model for a choice.
        """
        after_work = self._after_work()
        check_members(self.initial_agent, self.agents, self.user_agent, after_work, self.executor_class.NAME)
        everybody = with_user(self.agents, self.user_agent)
        ensure_handoff_agents_in_group(everybody)
        ensure_guardrail_agents_in_group(everybody)
        executor, wrapped_agents = prepare_group_agents(
            everybody, self.context_variables, self.exclude_transit_message, self.executor_class, after_work
        )
        processed, last_agent, names, temporary = process_initial_messages(
            messages, self.user_agent, self.agents, wrapped_agents
        )
        groupchat = GroupChat(
            agents=[executor, *self.agents, *wrapped_agents, *([self.user_agent] if self.user_agent else temporary)],
            messages=[],
            max_round=max_rounds,
            speaker_selection_method=self.transition_class(
                self.initial_agent, executor, names, self.user_agent, after_work
            ),
        )
        manager = create_group_manager(groupchat, self.group_manager_args, everybody, after_work)
        self.manager = manager
        manager._classic_announces_handoffs = self.announces
        setup_context_variables(
            executor, [*self.agents, *wrapped_agents, *temporary], manager, self.user_agent, self.context_variables
        )
        link_agents_to_group_manager(groupchat.agents, manager)
        return (
            self.agents,
            wrapped_agents,
            self.user_agent,
            self.context_variables,
            self.initial_agent,
            after_work,
            executor,
            groupchat,
            manager,
            processed,
            last_agent,
            names,
            temporary,
        )


class DefaultPattern(Pattern):
    """Only the handoffs of the agents decide; where none does, the after-work of the group, which ends the chat."""


def _check_arguments(
    pattern: str, initial_agent: object, agents: object, user_agent: object, group_manager_args: object
) -> None:
    if isinstance(agents, str) or not isinstance(agents, Collection):
        raise TypeError(f"agents of {pattern} must be a list of agents, but it is {described(agents)}.")
    for agent in agents:
        if not is_agent(agent):
            raise TypeError(
                f"The agents of {pattern} must be agents, but one of them is {described(agent)}. Put the agents "
                "themselves into the list."
            )
    for place, one in (("initial_agent", initial_agent), ("user_agent", user_agent)):
        if not (is_agent(one) or (one is None and place == "user_agent")):
            raise TypeError(
                f"{place} of {pattern} must be an agent, but it is {described(one)}. Pass the agent itself."
            )
    if not isinstance(group_manager_args, (Mapping, type(None))):
        raise TypeError(
            f"group_manager_args of {pattern} must be a dict of arguments of GroupChatManager, but it is "
            f'{described(group_manager_args)}. Write it as {{"llm_config": ...}}.'
        )
