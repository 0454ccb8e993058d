"""Let an agent's model see another history than the one that is stored."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, cast

from ...._core.drive import Ask, Steps, drive, shipped
from ...._core.events import Notice, emit
from ...._core.history import snapshot
from ...._core.messages import Message
from ...._core.party import check_capable
from .._settings import check_methods
from .transforms import MessageTransform

if TYPE_CHECKING:
    from ...conversable_agent import ConversableAgent

__all__ = ("TransformMessages",)

T = TypeVar("T")

_HOOK = "process_all_messages_before_reply"


class TransformMessages:
    """Passes what an agent is about to reply to through transforms; what is stored stays as it is.

    A system message at the head of the history is not shown to the transforms, and stays at the head. Transforms get
    a copy of the history, so they may edit it.

    Args:
        transforms: the transforms in the order in which they work.
        verbose: whether to print what each of them did, one line each.

    Raises:
        TypeError: something in ``transforms`` is not a transform.
    """

    def __init__(self, *, transforms: list[MessageTransform] = [], verbose: bool = True) -> None:  # noqa: B006
        self._transforms = _checked(transforms, verbose)
        self._verbose = verbose

    def add_to_agent(self, agent: ConversableAgent) -> None:
        """Let an agent reply to what the transforms make of a history, in synchronous and asynchronous chats.

        Args:
            agent: the agent; several may share the transforms.

        Raises:
            AssertionError: the agent has these transforms already.
            TypeError: it is not an agent.
        """
        check_capable(self, agent)
        added = [getattr(hook, "__self__", None) for hook in agent.hook_lists[_HOOK]]
        if any(isinstance(one, _OfAgent) and one.owner is self for one in added):
            raise AssertionError(f"{agent.name} has these transforms already.")
        agent.register_hook(_HOOK, _OfAgent(self, agent)._transform_messages)


@dataclass
class _OfAgent:
    """The transforms as one agent has them.

    Attributes:
        owner: the transforms.
        agent: the agent, which a transform may ask for its model.
    """

    owner: TransformMessages
    agent: ConversableAgent

    def __deepcopy__(self, memo: dict[int, Any]) -> _OfAgent:
        """A copy of the agent shares the transforms."""
        return _OfAgent(self.owner, copy.deepcopy(self.agent, memo))

    def _steps(self, messages: list[Message]) -> Steps[list[Message]]:
        """Apply the transforms in order; a system message at the beginning is left out of it."""
        transformed = [_copy(message) for message in messages]
        head = transformed[:1] if transformed and transformed[0].get("role") == "system" else []
        del transformed[: len(head)]
        for transform in self.owner._transforms:
            before = snapshot(transformed)
            if hasattr(transform, "apply_for_agent"):
                transformed = yield Ask(transform, "apply_for_agent", self.agent, transformed)
            else:
                transformed = yield Ask(transform, "apply_transform", transformed)
            if not isinstance(transformed, list):
                raise TypeError(
                    f"{type(transform).__name__}.apply_transform must return a list of messages, but it returned "
                    f"{type(transformed).__name__}."
                )
            if self.owner._verbose:
                line, has_effect = transform.get_logs(before, transformed)
                if has_effect:
                    emit(Notice(self.agent, line, "yellow"))
        return head + transformed

    @shipped(_steps)
    def _transform_messages(self, messages: list[Message]) -> list[Message]:
        return drive(self._steps(messages))


def _copy(value: T) -> T:
    """Copy dicts and lists, so that a transform may edit them; what else is in them is shared."""
    copied: object = value
    if isinstance(value, dict):
        copied = {key: _copy(one) for key, one in value.items()}
    elif isinstance(value, list):
        copied = [_copy(one) for one in value]
    return cast(T, copied)


def _checked(transforms: list[MessageTransform], verbose: bool) -> list[MessageTransform]:
    if not isinstance(transforms, (list, tuple)):
        raise TypeError(f"transforms must be a list of transforms, but it is {transforms!r}. Put one into a list, too.")
    wanted = ("apply_transform", "get_logs") if verbose else ("apply_transform",)
    for transform in transforms:
        check_methods("transform", transform, *wanted)
    return list(transforms)
