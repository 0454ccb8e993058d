"""The target that a function of the program finds."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from pydantic import BaseModel, ConfigDict, Field, field_validator

from ...._core.callables import wait_for
from ...._core.content import content_str
from ...._core.party import Party, is_agent
from .._named import NamedModel
from .._plain_forms import as_context_variables, read_target
from ..context_variables import ContextVariables
from ..speaker_selection_result import SpeakerSelectionResult
from .transition_target import AgentNameTarget, AgentTarget, ResolvingTarget, StayTarget, TransitionTarget

if TYPE_CHECKING:
    from ...conversable_agent import ConversableAgent
    from ...groupchat import GroupChat

__all__ = (
    "FunctionTarget",
    "FunctionTargetMessage",
    "FunctionTargetResult",
    "broadcast",
    "construct_broadcast_messages_list",
    "validate_fn_sig",
)

_HANDOFF = "[FUNCTION_HANDOFF] - Reply from function {name}: \n\n {text}"


class FunctionTargetMessage(BaseModel):
    """What a function tells an agent of the group.

    Attributes:
        content: the text.
        msg_target: who hears it.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    content: str
    msg_target: Any

    @field_validator("msg_target")
    @classmethod
    def _check_is_agent(cls, value: object) -> object:
        if not is_agent(value):
            raise ValueError(f"msg_target must be an agent, but it is {value!r}. Pass the agent itself.")
        return value


class FunctionTargetResult(NamedModel):
    """What the function of a `FunctionTarget` returns.

    Attributes:
        messages: what agents are told before the handoff: a text for the agent that goes next, or a list of messages
            with those who hear them; None for nothing.
        context_variables: variables that the group takes over, as `ContextVariables` or as a dict; None for no change.
        target: who goes next; an agent stands for its `AgentTarget`.
    """

    messages: list[FunctionTargetMessage] | str | None = None
    context_variables: ContextVariables | None = None
    target: TransitionTarget

    _read_target = field_validator("target", mode="before")(read_target)
    _read_variables = field_validator("context_variables", mode="before")(as_context_variables)


def validate_fn_sig(incoming_fn: Callable[..., Any], extra_args: dict[str, Any]) -> None:
    """Refuse a function that cannot be called.

    Args:
        incoming_fn: a function of (output, context_variables), and of the extra arguments.
        extra_args: the extra arguments by their names.

    Raises:
        ValueError: it takes fewer than two positional arguments, or others than the extra ones.
    """
    name = getattr(incoming_fn, "__name__", type(incoming_fn).__name__)
    parameters = list(inspect.signature(incoming_fn).parameters.values())
    positional = [
        parameter
        for parameter in parameters
        if parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD)
    ]
    if len(positional) < 2:
        raise ValueError(
            f"Function '{name}' must accept at least two positional parameters: (output, ctx). "
            f"Current: {[parameter.name for parameter in parameters]}"
        )
    named = [
        parameter
        for parameter in parameters
        if parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY)
    ]
    extra = [parameter for parameter in named if parameter not in positional[:2]]
    takes_any = any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters)
    unknown = [key for key in extra_args if key not in {parameter.name for parameter in extra}]
    if unknown and not takes_any:
        raise ValueError(
            f"Invalid extra_args for function '{name}': {unknown}. "
            f"Allowed parameters are: {[parameter.name for parameter in extra]}."
        )
    missing = [
        parameter.name
        for parameter in extra
        if parameter.default is parameter.empty and parameter.name not in extra_args
    ]
    if missing:
        raise ValueError(
            f"Missing required extra_args for function '{name}': {missing}. You must supply them via `extra_args`."
        )


class FunctionTarget(ResolvingTarget):
    """A function of the program finds out who goes next.

    Attributes:
        fn_name: its name.
        fn: a function of (output, context_variables), which are the text of the last message and the live variables of
            the group. It returns a `FunctionTargetResult`; it may be asynchronous.
        extra_args: further arguments for it by their names.
    """

    fn_name: str
    fn: Callable[..., Any]
    extra_args: dict[str, Any] = Field(default_factory=dict)

    def __init__(
        self, incoming_fn: Callable[..., Any], *, extra_args: dict[str, Any] | None = None, **kwargs: Any
    ) -> None:
        """Give the function.

        Args:
            incoming_fn: the function.
            extra_args: further arguments for it by their names.
            **kwargs: further fields of a subclass.

        Raises:
            ValueError: it is not a function, or cannot be called with these arguments.
        """
        if not callable(incoming_fn):
            raise ValueError(
                "FunctionTarget must be initialized with a callable function as the first argument, not "
                f"{incoming_fn!r}."
            )
        extra_args = extra_args or {}
        validate_fn_sig(incoming_fn, extra_args)
        name = getattr(incoming_fn, "__name__", type(incoming_fn).__name__)
        super().__init__(**{"fn_name": name, "fn": incoming_fn, "extra_args": extra_args, **kwargs})

    def resolve(
        self, groupchat: GroupChat, current_agent: ConversableAgent, user_agent: ConversableAgent | None
    ) -> SpeakerSelectionResult:
        """Ask the function; see `TransitionTarget.resolve`.

        Raises:
            ValueError: it does not return a `FunctionTargetResult`.
        """
        output = content_str(groupchat.messages[-1].get("content")) if groupchat.messages else ""
        outcome = self.fn(output, current_agent.context_variables, **self.extra_args)
        if inspect.isawaitable(outcome):
            awaitable = outcome

            async def awaited() -> object:
                return await awaitable

            outcome = wait_for(awaited)
        if not isinstance(outcome, FunctionTargetResult):
            raise ValueError(
                f"FunctionTarget function must return a FunctionTargetResult object, but {self.fn_name} returned "
                f"{outcome!r}."
            )
        if outcome.context_variables is not None:
            current_agent.context_variables.update(outcome.context_variables.to_dict())
        if outcome.messages:
            broadcast(outcome.messages, groupchat, current_agent, self.fn_name, outcome.target, user_agent)
        return outcome.target.resolve(groupchat, current_agent, user_agent)

    def display_name(self) -> str:
        """The name of the function."""
        return self.fn_name

    def normalized_name(self) -> str:
        """The name of the function."""
        return self.fn_name

    def __str__(self) -> str:
        return f"Transfer to tool {self.fn_name}"


def construct_broadcast_messages_list(
    messages: list[FunctionTargetMessage] | str,
    group_chat: GroupChat,
    current_agent: ConversableAgent,
    target: TransitionTarget,
    user_agent: ConversableAgent | None = None,
) -> list[FunctionTargetMessage]:
    """Say who hears what.

    Args:
        messages: a text for the agent that goes next, or messages that say who hears them.
        group_chat: the group.
        current_agent: who hands over.
        target: who goes next.
        user_agent: the user of the group, or None.

    Returns:
        Messages with those who hear them. Where nobody is certain to go next, the whole group hears a text.
    """
    if not isinstance(messages, str):
        return list(messages)
    named = target.agent_name if isinstance(target, (AgentTarget, AgentNameTarget)) else None
    if isinstance(target, StayTarget):
        named = current_agent.name
    next_agent = None if named is None else group_chat.agent_by_name(named)
    hearers = group_chat.agents if next_agent is None else [next_agent]
    return [FunctionTargetMessage(content=messages, msg_target=hearer) for hearer in hearers]


def broadcast(
    messages: list[FunctionTargetMessage] | str,
    group_chat: GroupChat,
    current_agent: ConversableAgent,
    fn_name: str,
    target: TransitionTarget,
    user_agent: ConversableAgent | None = None,
) -> None:
    """Tell agents what a function has to say; the manager passes it on.

    Args:
        messages: a text for the agent that goes next, or messages that say who hears them.
        group_chat: the group.
        current_agent: who hands over.
        fn_name: the name of the function.
        target: who goes next.
        user_agent: the user of the group, or None.

    Raises:
        ValueError: the agent is not in a group that runs.
    """
    manager: Any = getattr(current_agent, "_group_manager", None)
    if manager is None:
        raise ValueError(
            f"Current agent must have a group manager to broadcast messages, but {current_agent.name} is not in a "
            "group that runs."
        )
    for message in construct_broadcast_messages_list(messages, group_chat, current_agent, target, user_agent):
        said = {
            "role": "user",
            "name": fn_name,
            "content": _HANDOFF.format(name=fn_name, text=message.content),
        }
        manager.send(said, cast(Party, message.msg_target), request_reply=False, silent=False)
