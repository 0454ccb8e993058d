"""Run group chats with handoffs."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from ..._core.drive import drive, drive_async
from ._running import Safeguards, group_chat_steps

if TYPE_CHECKING:
    from ...io.run_response import AsyncRunIterResponse, AsyncRunResponse, RunIterResponse, RunResponse
    from ...llm_config.config import LLMConfig
    from ..agent import Agent
    from ..chat import ChatResult
    from .context_variables import ContextVariables
    from .patterns.pattern import Pattern
    from .safeguards._rules import Policy

__all__ = (
    "a_initiate_group_chat",
    "a_run_group_chat",
    "a_run_group_chat_iter",
    "initiate_group_chat",
    "run_group_chat",
    "run_group_chat_iter",
)


def initiate_group_chat(
    pattern: Pattern,
    messages: list[dict[str, Any]] | dict[str, Any] | str,
    max_rounds: int = 20,
    safeguard_policy: Policy | None = None,
    safeguard_llm_config: LLMConfig | dict[str, Any] | None = None,
    mask_llm_config: LLMConfig | dict[str, Any] | None = None,
) -> tuple[ChatResult, ContextVariables, Agent | None]:
    """Run a group chat to its end.

    Args:
        pattern: how the agents take turns.
        messages: the messages that open the chat: a text, or a list of dicts. One without a name is said by the user.
            Several are those of an earlier chat, which goes on, as it does from a state that ``pattern.manager`` has
            saved.
        max_rounds: how many messages are said before the chat ends, including the first.
        safeguard_policy: what guards all that is said, as for `apply_safeguard_policy`; None for nothing.
        safeguard_llm_config: the model for rules that ask one.
        mask_llm_config: the model that rewrites what such a rule masks.

    Returns:
        The result of the chat, the context variables (the object of the pattern), and the agent that spoke last.

    Raises:
        ValueError: the agents cannot form a group, or a message names a stranger.
        StateError: a state does not fit the group.
    """
    guards = Safeguards.of(safeguard_policy, safeguard_llm_config, mask_llm_config)
    return drive(group_chat_steps(pattern, messages, max_rounds, guards))


async def a_initiate_group_chat(
    pattern: Pattern,
    messages: list[dict[str, Any]] | dict[str, Any] | str,
    max_rounds: int = 20,
    safeguard_policy: Policy | None = None,
    safeguard_llm_config: LLMConfig | dict[str, Any] | None = None,
    mask_llm_config: LLMConfig | dict[str, Any] | None = None,
) -> tuple[ChatResult, ContextVariables, Agent | None]:
    """Run a group chat in an event loop; see `initiate_group_chat`."""
    guards = Safeguards.of(safeguard_policy, safeguard_llm_config, mask_llm_config)
    return await drive_async(group_chat_steps(pattern, messages, max_rounds, guards))


def run_group_chat(
    pattern: Pattern,
    messages: list[dict[str, Any]] | dict[str, Any] | str,
    max_rounds: int = 20,
    safeguard_policy: Policy | None = None,
    safeguard_llm_config: LLMConfig | dict[str, Any] | None = None,
    mask_llm_config: LLMConfig | dict[str, Any] | None = None,
) -> RunResponse:
    """Start a group chat that goes on in a thread of its own, and return at once.

    For example: ``run_group_chat(pattern, "Hi", max_rounds=5).process()``.

    Args:
        pattern: how the agents take turns.
        messages: the messages that open the chat, as for `initiate_group_chat`.
        max_rounds: how many messages are said before the chat ends, including the first.
        safeguard_policy: what guards all that is said, as for `apply_safeguard_policy`; None for nothing.
        safeguard_llm_config: the model for rules that ask one.
        mask_llm_config: the model that rewrites what such a rule masks.

    Returns:
        The run, which may be left alone, iterated over or processed later. It has the context variables as well.
    """
    from ._runs import GroupPlan

    guards = Safeguards.of(safeguard_policy, safeguard_llm_config, mask_llm_config)
    return GroupPlan(pattern, messages, max_rounds, guards).start()


async def a_run_group_chat(
    pattern: Pattern,
    messages: list[dict[str, Any]] | dict[str, Any] | str,
    max_rounds: int = 20,
    safeguard_policy: Policy | None = None,
    safeguard_llm_config: LLMConfig | dict[str, Any] | None = None,
    mask_llm_config: LLMConfig | dict[str, Any] | None = None,
) -> AsyncRunResponse:
    """Start a group chat that goes on as a task of the event loop, and return at once; see `run_group_chat`."""
    from ._runs import GroupPlan

    guards = Safeguards.of(safeguard_policy, safeguard_llm_config, mask_llm_config)
    return GroupPlan(pattern, messages, max_rounds, guards).start_task()


def run_group_chat_iter(
    pattern: Pattern,
    messages: list[dict[str, Any]] | dict[str, Any] | str,
    max_rounds: int = 20,
    safeguard_policy: Policy | None = None,
    safeguard_llm_config: LLMConfig | dict[str, Any] | None = None,
    mask_llm_config: LLMConfig | dict[str, Any] | None = None,
    yield_on: Collection[type[Any]] | None = None,
) -> RunIterResponse:
    """Open a group chat to iterate over: it runs in the thread of the loop, and stands still at each event.

    Args:
        pattern: how the agents take turns.
        messages: the messages that open the chat, as for `initiate_group_chat`.
        max_rounds: how many messages are said before the chat ends, including the first.
        safeguard_policy: what guards all that is said, as for `apply_safeguard_policy`; None for nothing.
        safeguard_llm_config: the model for rules that ask one.
        mask_llm_config: the model that rewrites what such a rule masks.
        yield_on: the classes of events that are wanted; None stands for all.

    Returns:
        The run, to iterate over once. What came out of it is there after the loop, which may be left at any event.
    """
    from ._runs import GroupPlan

    guards = Safeguards.of(safeguard_policy, safeguard_llm_config, mask_llm_config)
    return GroupPlan(pattern, messages, max_rounds, guards).iterate(yield_on)


def a_run_group_chat_iter(
    pattern: Pattern,
    messages: list[dict[str, Any]] | dict[str, Any] | str,
    max_rounds: int = 20,
    safeguard_policy: Policy | None = None,
    safeguard_llm_config: LLMConfig | dict[str, Any] | None = None,
    mask_llm_config: LLMConfig | dict[str, Any] | None = None,
    yield_on: Collection[type[Any]] | None = None,
) -> AsyncRunIterResponse:
    """Open a group chat to iterate over with ``async for``; see `run_group_chat_iter`."""
    from ._runs import GroupPlan

    guards = Safeguards.of(safeguard_policy, safeguard_llm_config, mask_llm_config)
    return GroupPlan(pattern, messages, max_rounds, guards).a_iterate(yield_on)
