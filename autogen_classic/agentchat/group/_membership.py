"""What an agent is to its group, kept while it is lent to another one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ._transit import TransitFilter

if TYPE_CHECKING:
    from ..conversable_agent import ConversableAgent

__all__ = ("at_work", "lent")

_KEPT = (
    "_group_manager",
    "_classic_group_executor",
    "_classic_transfers",
    "_classic_wrappers",
    "_context_variables",
)
_HOOK = "process_all_messages_before_reply"

_running: list[object] = []
"""Those who run the tools of the groups that are talking now."""


@contextmanager
def at_work(executor: object) -> Iterator[None]:
    """Note that a group talks, for the length of a ``with`` block.

    Args:
        executor: who runs its tools.
    """
    _running.append(executor)
    try:
        yield
    finally:
        _running.remove(executor)


@contextmanager
def lent(agents: Iterable[ConversableAgent]) -> Iterator[None]:
    """Make agents members of another group for the length of a ``with`` block.

    Those that are in the middle of a group chat are members of that group again afterwards: the other chat is held by
    one of its tools, or is nested in it.

    Args:
        agents: the agents.
    """
    before = [_Membership(agent) for agent in agents if getattr(agent, "_classic_group_executor", None) in _running]
    try:
        yield
    finally:
        for membership in before:
            membership.restore()


class _Membership:
    """What an agent is to its group, and what it has heard there."""

    def __init__(self, agent: ConversableAgent) -> None:
        self._agent = agent
        self._kept = {name: getattr(agent, name) for name in _KEPT}
        self._filters = [hook for hook in agent.hook_lists[_HOOK] if isinstance(hook, TransitFilter)]
        self._heard = list(agent._oai_messages[agent._group_manager])

    def restore(self) -> None:
        """Make the agent a member of the group again, which has stood still meanwhile."""
        agent = self._agent
        for name, value in self._kept.items():
            setattr(agent, name, value)
        hooks = agent.hook_lists[_HOOK]
        hooks[:] = [*(hook for hook in hooks if not isinstance(hook, TransitFilter)), *self._filters]
        agent._oai_messages[agent._group_manager][:] = self._heard  # resuming a chat makes its agents forget
