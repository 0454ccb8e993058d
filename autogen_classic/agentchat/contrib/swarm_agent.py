"""The swarms of AG2 0.4 to 0.8, over the groups with handoffs that came after them (`autogen_classic.agentchat.group`).

An `OnCondition` becomes a handoff that the model chooses, an `AfterWork` the target that comes after the agent has
spoken, a `SwarmResult` the result of a tool, and `initiate_swarm_chat` a group chat whose pattern is its handoffs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, cast

from ..._core.drive import Steps, drive, drive_async
from ..._core.party import is_agent
from .. import _literals, _tool_registration
from .._group_member import UpdateSystemMessage
from ..conversable_agent import ConversableAgent
from ..group._running import group_chat_steps
from ..group._runs import GroupPlan
from ..group.available_condition import AvailableCondition
from ..group.context_str import ContextStr
from ..group.llm_condition import ContextStrLLMCondition, LLMCondition, StringLLMCondition
from ..group.on_condition import OnCondition as GroupOnCondition
from ..group.on_context_condition import OnContextCondition
from ..group.targets.transition_target import (
    NestedChatTarget,
    TerminateTarget,
)
from ..user_proxy_agent import UserProxyAgent
from ._swarm.after_work import AFTER_WORK, AfterWork, AfterWorkOption, target_of
from ._swarm.pattern import SwarmPattern, SwarmResult

if TYPE_CHECKING:
    from ..._core.messages import Message
    from ...io.run_response import AsyncRunResponse, RunResponse
    from ..chat import ChatResult

__all__ = (
    "AFTER_WORK",
    "ON_CONDITION",
    "UPDATE_SYSTEM_MESSAGE",
    "AfterWork",
    "AfterWorkOption",
    "ContextStr",
    "OnCondition",
    "OnContextCondition",
    "SwarmAgent",
    "SwarmResult",
    "UpdateSystemMessage",
    "a_initiate_swarm_chat",
    "a_run_swarm",
    "initiate_swarm_chat",
    "register_hand_off",
    "run_swarm",
)

UPDATE_SYSTEM_MESSAGE = UpdateSystemMessage


# --- Handoffs --------------------------------------------------------------------------------------------------------


@dataclass
class OnCondition:
    """A handoff that the model of an agent chooses.

    Attributes:
        target: the agent that goes next; or nested chats as a dict with ``chat_queue``, after which the agent itself
            goes on.
        condition: when the model is to choose it: a text, a `ContextStr`, or a function of (agent, messages) that
            returns the text.
        available: when it is offered to the model: the name of a context variable, or a function of (agent, messages);
            None for always.
    """

    target: ConversableAgent | dict[str, Any] | None = None
    condition: str | ContextStr | Callable[..., Any] = ""
    available: Callable[..., Any] | str | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be a handoff.

        Raises:
            AssertionError: the target or the condition is of another type, or the condition is empty.
        """
        if not (is_agent(self.target) or isinstance(self.target, dict)):
            raise AssertionError("'target' must be a ConversableAgent or a dict")
        if not (isinstance(self.condition, (str, ContextStr)) or callable(self.condition)):
            raise AssertionError("'condition' must be a string, ContextStr, or callable")
        if self.condition == "":
            raise AssertionError("'condition' must be a non-empty string")
        if not (self.available is None or isinstance(self.available, str) or callable(self.available)):
            raise AssertionError(
                "'available' must be the name of a context variable or a function of (agent, messages)"
            )


class ON_CONDITION(OnCondition):
    """The first name of `OnCondition`, whose first argument was called ``agent``."""

    def __init__(
        self,
        target: ConversableAgent | dict[str, Any] | None = None,
        condition: str | ContextStr | Callable[..., Any] = "",
        available: Callable[..., Any] | str | None = None,
        *,
        agent: ConversableAgent | None = None,
    ) -> None:
        """Describe a handoff; see `OnCondition`.

        Args:
            target: who goes next.
            condition: when.
            available: when it is offered.
            agent: the same as ``target``.
        """
        super().__init__(agent if target is None else target, condition, available)


class _PromptOfFunction(LLMCondition):
    """A function of (agent, messages) says when the model is to choose a handoff."""

    function: Callable[..., Any]

    def get_prompt(self, agent: ConversableAgent, messages: list[Message]) -> str:
        """The text that the function returns; see `LLMCondition.get_prompt`."""
        return str(self.function(agent, messages))


class _AvailableByFunction(AvailableCondition):
    """A function of (agent, messages) says whether a handoff is offered."""

    function: Callable[..., Any]

    def is_available(self, agent: ConversableAgent, messages: list[Message]) -> bool:
        """What the function returns; see `AvailableCondition.is_available`."""
        return bool(self.function(agent, messages))


class _NestedChats(NestedChatTarget):
    """Nested chats, under the name that they have in a swarm."""

    def wrapper_name(self, parent_agent: ConversableAgent, index: int) -> str:
        """The name of the hidden agent; see `NestedChatTarget.wrapper_name`."""
        return f"nested_chat_{parent_agent.name}_{index + 1}"


class _SwarmHandoff(GroupOnCondition):
    """A handoff whose tool names both agents."""

    owner: str

    def tool_name(self, target: str, number: int) -> str:
        """The name of the tool; see `OnCondition.tool_name`."""
        return f"transfer_{self.owner}_to_{target}"


def _handoff(agent: ConversableAgent, given: OnCondition) -> _SwarmHandoff:
    condition: Any = given.condition
    if isinstance(condition, ContextStr):
        condition = ContextStrLLMCondition(condition)
    else:
        condition = _PromptOfFunction(function=condition) if callable(condition) else StringLLMCondition(condition)
    target = given.target
    available: Any = given.available
    return _SwarmHandoff(
        owner=agent.name,
        target=_NestedChats(nested_chat_config=target) if isinstance(target, dict) else target_of(target),
        condition=condition,
        available=_AvailableByFunction(function=available) if callable(available) else available,
    )


HandOff: TypeAlias = "OnCondition | OnContextCondition | AfterWork"


def register_hand_off(agent: ConversableAgent, hand_to: list[HandOff] | HandOff) -> None:
    """Say to whom an agent hands over.

    Args:
        agent: the agent.
        hand_to: an `OnCondition`, `OnContextCondition` or `AfterWork`, or a list of them. The last `AfterWork` counts.

    Raises:
        ValueError: ``hand_to`` is none of these.
    """
    given = [hand_to] if isinstance(hand_to, (OnCondition, OnContextCondition, AfterWork)) else hand_to
    if not isinstance(given, (list, tuple)):
        raise ValueError("hand_to must be a list of OnCondition or AfterWork")
    for one in given:
        if isinstance(one, AfterWork):
            agent.handoffs.set_after_work(target_of(one))
        elif isinstance(one, OnCondition):
            agent.handoffs.add_llm_condition(_handoff(agent, one))
        elif isinstance(one, OnContextCondition):
            agent.handoffs.add_context_condition(one)
        else:
            raise ValueError("Invalid hand off condition, must be either OnCondition or AfterWork")


# --- Agents and their tools ------------------------------------------------------------------------------------------


class SwarmAgent(ConversableAgent):
    """An agent of a swarm; any `ConversableAgent` can be one."""

    def __init__(
        self,
        name: str,
        system_message: str | list[Any] | None = _literals.DEFAULT_SYSTEM_MESSAGE,
        llm_config: dict[str, Any] | Literal[False] | None = None,
        functions: Callable[..., Any] | list[Callable[..., Any]] | None = None,
        is_termination_msg: Callable[[dict[str, Any]], bool] | None = None,
        max_consecutive_auto_reply: int | None = None,
        human_input_mode: Literal["ALWAYS", "NEVER", "TERMINATE"] = "NEVER",
        description: str | None = None,
        code_execution_config: dict[str, Any] | Literal[False] | None = False,
        **kwargs: Any,
    ) -> None:
        """Create an agent; see `ConversableAgent` for the arguments.

        Args:
            name: its name.
            system_message: what its model is told about its part.
            llm_config: its model.
            functions: the functions that its model may call.
            is_termination_msg: tells whether a message ends the chat.
            max_consecutive_auto_reply: how often in a row it replies.
            human_input_mode: when its person is asked.
            description: what it is good for.
            code_execution_config: how it runs code.
            **kwargs: further arguments.
        """
        super().__init__(
            name,
            system_message=system_message,
            llm_config=llm_config,
            functions=functions,
            is_termination_msg=is_termination_msg,
            max_consecutive_auto_reply=max_consecutive_auto_reply,
            human_input_mode=human_input_mode,
            description=description,
            code_execution_config=code_execution_config,
            **kwargs,
        )

    def register_hand_off(self, hand_to: list[HandOff] | HandOff) -> None:
        """Say to whom the agent hands over; see the function `register_hand_off`."""
        register_hand_off(self, hand_to)

    def add_functions(self, func_list: list[Callable[..., Any]]) -> None:
        """Let the agent's model call further functions.

        Args:
            func_list: the functions.
        """
        for function in func_list:
            self.add_single_function(function)

    def add_single_function(self, func: Callable[..., Any], name: str | None = None, description: str = "") -> None:
        """Let the agent's model call one more function.

        Args:
            func: the function.
            name: its name for the model; None for its own.
            description: its description; empty for its docstring.
        """
        _tool_registration.add_function(self, func, name, description or None)


# --- The chat --------------------------------------------------------------------------------------------------------


def _pattern_of(
    initial_agent: ConversableAgent,
    agents: list[ConversableAgent],
    user_agent: UserProxyAgent | None,
    swarm_manager_args: dict[str, Any] | None,
    context_variables: dict[str, Any] | None,
    after_work: object,
    exclude_transit_message: bool,
) -> SwarmPattern:
    """A swarm as a group; see `initiate_swarm_chat`."""
    return SwarmPattern(
        initial_agent,
        agents,
        user_agent,
        swarm_manager_args,
        cast(Any, {} if context_variables is None else context_variables),
        TerminateTarget() if after_work is None else target_of(after_work),
        exclude_transit_message,
    )


def _swarm_steps(
    pattern: SwarmPattern,
    messages: list[dict[str, Any]] | str,
    max_rounds: int,
    context_variables: dict[str, Any] | None,
) -> Steps[tuple[ChatResult, dict[str, Any] | None, ConversableAgent]]:
    """Run a swarm; see `initiate_swarm_chat`."""
    result, variables, last = yield from group_chat_steps(pattern, messages, max_rounds)
    return result, cast("dict[str, Any] | None", variables or context_variables), cast(ConversableAgent, last)


def initiate_swarm_chat(
    initial_agent: ConversableAgent,
    messages: list[dict[str, Any]] | str,
    agents: list[ConversableAgent],
    user_agent: UserProxyAgent | None = None,
    swarm_manager_args: dict[str, Any] | None = None,
    max_rounds: int = 20,
    context_variables: dict[str, Any] | None = None,
    after_work: AfterWorkOption | AfterWork | Callable[..., Any] | None = None,
    exclude_transit_message: bool = True,
) -> tuple[ChatResult, dict[str, Any] | None, ConversableAgent]:
    """Run a swarm to its end.

    Args:
        initial_agent: who speaks first.
        messages: the messages that open the chat: a text, or a list of dicts.
        agents: the agents.
        user_agent: an agent for the person, who says the first message.
        swarm_manager_args: arguments of `GroupChatManager`, such as ``llm_config`` for SWARM_MANAGER.
        max_rounds: how many messages are said before the chat ends, including the first.
        context_variables: what the agents know together; the dict changes with them.
        after_work: who goes next where an agent does not say so; None ends the chat.
        exclude_transit_message: whether a model does not see how others handed over.

    Returns:
        The result of the chat, the context variables (None if there were none), and the agent that spoke last.

    Raises:
        ValueError: the agents cannot form a swarm.
    """
    pattern = _pattern_of(
        initial_agent, agents, user_agent, swarm_manager_args, context_variables, after_work, exclude_transit_message
    )
    return drive(_swarm_steps(pattern, messages, max_rounds, context_variables))


async def a_initiate_swarm_chat(
    initial_agent: ConversableAgent,
    messages: list[dict[str, Any]] | str,
    agents: list[ConversableAgent],
    user_agent: UserProxyAgent | None = None,
    swarm_manager_args: dict[str, Any] | None = None,
    max_rounds: int = 20,
    context_variables: dict[str, Any] | None = None,
    after_work: AfterWorkOption | AfterWork | Callable[..., Any] | None = None,
    exclude_transit_message: bool = True,
) -> tuple[ChatResult, dict[str, Any] | None, ConversableAgent]:
    """Run a swarm in an event loop; see `initiate_swarm_chat`."""
    pattern = _pattern_of(
        initial_agent, agents, user_agent, swarm_manager_args, context_variables, after_work, exclude_transit_message
    )
    return await drive_async(_swarm_steps(pattern, messages, max_rounds, context_variables))


def run_swarm(
    initial_agent: ConversableAgent,
    messages: list[dict[str, Any]] | str,
    agents: list[ConversableAgent],
    user_agent: UserProxyAgent | None = None,
    swarm_manager_args: dict[str, Any] | None = None,
    max_rounds: int = 20,
    context_variables: dict[str, Any] | None = None,
    after_work: AfterWorkOption | AfterWork | Callable[..., Any] | None = None,
    exclude_transit_message: bool = True,
) -> RunResponse:
    """Start a swarm that goes on in a thread of its own, and return at once; see `initiate_swarm_chat`.

    Returns:
        The run, which may be left alone, iterated over or processed later; its ``context_variables`` are the dict.
    """
    pattern = _pattern_of(
        initial_agent, agents, user_agent, swarm_manager_args, context_variables, after_work, exclude_transit_message
    )
    return GroupPlan(pattern, messages, max_rounds).start()


async def a_run_swarm(
    initial_agent: ConversableAgent,
    messages: list[dict[str, Any]] | str,
    agents: list[ConversableAgent],
    user_agent: UserProxyAgent | None = None,
    swarm_manager_args: dict[str, Any] | None = None,
    max_rounds: int = 20,
    context_variables: dict[str, Any] | None = None,
    after_work: AfterWorkOption | AfterWork | Callable[..., Any] | None = None,
    exclude_transit_message: bool = True,
) -> AsyncRunResponse:
    """Start a swarm that goes on as a task of the event loop, and return at once; see `run_swarm`."""
    pattern = _pattern_of(
        initial_agent, agents, user_agent, swarm_manager_args, context_variables, after_work, exclude_transit_message
    )
    return GroupPlan(pattern, messages, max_rounds).start_task()
