"""The ordered list of reply functions of an agent, and the triggers that choose among them.

The list is public: programs read, reorder and rebuild it. Each entry is a dict with the keys ``trigger``,
``reply_func``, ``config``, ``init_config``, ``reset_config`` and ``ignore_async_in_sync_chat``.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, Protocol

from ..errors import SenderRequired
from .drive import look_up
from .messages import Message
from .party import Agent, Party, is_agent

__all__ = ("LedGroup", "led_group", "matches", "register", "replace", "reset", "running_call_id")

running_call_id: ContextVar[str | None] = ContextVar("autogen_classic_call_id", default=None)
"""The id of the call for which a tool runs in this thread or task.

An overridden `execute_function` may not pass it on, so it cannot be an argument."""


def register(
    agent: Party,
    trigger: object,
    reply_func: Callable[..., Any],
    position: int,
    config: object,
    reset_config: Callable[..., Any] | None,
    ignore_async_in_sync_chat: bool,
    remove_other_reply_funcs: bool,
) -> None:
    """Put a reply function on the list of an agent; see `ConversableAgent.register_reply` for the arguments.

    Raises:
        ValueError: the trigger is nothing that a trigger can be.
        TypeError: the reply function cannot be called.
    """
    if isinstance(trigger, list):
        for choice in trigger:
            if not (choice is None or isinstance(choice, (type, str))):
                _check_choice(choice, "holds")
    elif not isinstance(trigger, (type, str)):
        _check_choice(trigger, "is")
    if not callable(reply_func):
        raise TypeError(
            f"A reply function of {agent.name} must be a function of (recipient, messages, sender, config), but it is "
            f"{reply_func!r}."
        )
    if remove_other_reply_funcs:
        agent._reply_func_list.clear()
    agent._reply_func_list.insert(
        position,
        {
            "trigger": trigger,
            "reply_func": reply_func,
            "config": None if config is None else copy.copy(config),
            "init_config": config,
            "reset_config": reset_config,
            "ignore_async_in_sync_chat": ignore_async_in_sync_chat and look_up(reply_func)[1],
        },
    )


def _check_choice(choice: object, fault: str) -> None:
    """Refuse what is no trigger, by itself or in a list of choices."""
    if isinstance(choice, list):
        for inner in choice:
            if inner is not None:
                _check_choice(inner, "holds")
    elif not (isinstance(choice, (type, str)) or is_agent(choice) or callable(choice)):
        raise ValueError(
            f"The trigger of a reply function must be an agent, a class of agents, the name of an agent, a function of "
            f"the sender, or a list of these, but it {fault} {choice!r}."
        )


def replace(agent: Party, old: Callable[..., Any], new: Callable[..., Any]) -> None:
    """Replace ``old`` by ``new`` wherever it is on the list."""
    for entry in agent._reply_func_list:
        if entry["reply_func"] == old:
            entry["reply_func"] = new


def reset(agent: Party) -> None:
    """Give every reply function the configuration with which it was registered."""
    for entry in agent._reply_func_list:
        if entry["reset_config"] is not None:
            entry["reset_config"](entry["config"])
        else:
            entry["config"] = copy.copy(entry["init_config"])


def matches(trigger: object, sender: Agent | None) -> bool:
    """Tell whether a trigger fires for a sender.

    Args:
        trigger: an agent (that very one), a class, a name, a function of the sender, or a list of these, in
            which None stands for "no sender".
        sender: the agent who wrote the last message, or None.

    Returns:
        True when it fires.

    Raises:
        SenderRequired: the trigger is a name, and there is no sender.
        ValueError: the trigger is nothing that a trigger can be.
        AssertionError: a function of the sender does not return a bool.
    """
    if isinstance(trigger, list):
        classes = type(sender).__mro__
        for choice in trigger:
            if (isinstance(choice, type) and choice in classes) or matches(choice, sender):
                return True
        return False
    if isinstance(trigger, type):
        # asking the classes first: isinstance() against a protocol costs more than the rest of a turn
        return trigger in type(sender).__mro__ or (sender is not None and isinstance(sender, trigger))
    if trigger is None:
        return sender is None
    if isinstance(trigger, str):
        if sender is None:
            raise SenderRequired
        return bool(trigger == sender.name)
    if is_agent(trigger):
        return bool(trigger == sender)
    if callable(trigger):
        fires = trigger(sender)
        if not isinstance(fires, bool):
            raise AssertionError(f"The trigger {trigger} must return a boolean value, not {fires!r}.")
        return fires
    raise ValueError(f"Unsupported trigger type: {type(trigger)}")


class LedGroup(Protocol):
    """A group chat, as seen by code that only needs to know who is in it and what was said."""

    agents: list[Any]  # a `Party` each, or whatever else has a name, listens and replies
    messages: list[Message]

    def reset(self) -> None:
        """Forget what was said."""


_ONLY_GROUPS_HAVE = "speaker_selection_method"
_LEADING = ("run_chat", "a_run_chat")


def led_group(agent: object) -> LedGroup | None:
    """Find the group that an agent leads: as its manager, or by ``GroupChatManager.run_chat`` among its replies.

    An attribute ``groupchat``, or a group as the config of any other reply function, does not make a leader: agents
    have them to read what their group has said.

    Args:
        agent: any agent, or None.

    Returns:
        The group chat, or None for an agent that leads no group.
    """
    groupchat: LedGroup | None = getattr(agent, "groupchat", None)
    if hasattr(groupchat, _ONLY_GROUPS_HAVE) and hasattr(agent, "run_chat"):
        return groupchat
    for entry in getattr(agent, "_reply_func_list", ()):
        config: LedGroup | None = entry["config"]
        if config is None or getattr(entry["reply_func"], "__name__", None) not in _LEADING:
            continue
        if hasattr(config, _ONLY_GROUPS_HAVE):
            return config
    return None
