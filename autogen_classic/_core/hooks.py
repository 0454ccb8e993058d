"""Hooks: functions of the user that see a message on its way and may return another one."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any

from .drive import WHICH_WAY, Call, Steps, look_up, shipped_with, twin_name
from .messages import Message, TextOrMessage
from .party import Agent, Party

__all__ = (
    "ALL_MESSAGES",
    "BEFORE_SEND",
    "HOOKABLE_METHODS",
    "LAST_MESSAGE",
    "all_messages",
    "as_processed_before",
    "before_send",
    "forget_lost_messages",
    "last_received_message",
    "register",
    "update_state",
)

HOOKABLE_METHODS = (
    "process_last_received_message",
    "a_process_last_received_message",
    "process_all_messages_before_reply",
    "a_process_all_messages_before_reply",
    "process_message_before_send",
    "a_process_message_before_send",
)
_OF_AG2 = ("update_agent_state",)  # an agent has a list of these once there is one


def register(agent: Party, hookable_method: str, hook: Callable[..., Any]) -> None:
    """Add a hook behind those that the agent has.

    Args:
        agent: the agent.
        hookable_method: one of `HOOKABLE_METHODS`, or "update_agent_state".
        hook: the function; it should be asynchronous for a name with ``a_``, and synchronous for the others.
            Synchronous hooks also run in asynchronous chats, before those with ``a_``, unless one of these is their
            twin by name. Synchronous chats pass over asynchronous hooks.

    Raises:
        AssertionError: for an unknown name, or a hook that the agent already has.
        TypeError: the hook cannot be called.
    """
    known = agent.hook_lists
    if hookable_method in _OF_AG2:
        known.setdefault(hookable_method, [])
    if hookable_method not in known:
        raise AssertionError(f"{hookable_method} is not a hookable method; take one of {', '.join(known)}.")
    if hook in known[hookable_method]:
        raise AssertionError(f"{hook} is already registered as a hook of {hookable_method}.")
    if not callable(hook):
        raise TypeError(f"A hook of {hookable_method} must be a function, but it is {hook!r}.")
    given = "asynchronous" if inspect.iscoroutinefunction(hook) else "synchronous"
    wanted = "asynchronous" if hookable_method.startswith("a_") else "synchronous"
    if given != wanted:
        warnings.warn(
            f"Hook '{getattr(hook, '__name__', hook)}' is {given}, but it's being registered in a {wanted} "
            f"context ('{hookable_method}').",
            UserWarning,
            stacklevel=3,
        )
    known[hookable_method].append(hook)


def update_state(agent: Party, messages: list[Message]) -> Steps[None]:
    """Run ``update_agent_state``: each hook takes (agent, messages), and prepares the agent for its reply."""
    for hook in agent.hook_lists.get("update_agent_state", ()):
        yield Call(hook, agent, messages)


def before_send(agent: Party, message: TextOrMessage, recipient: Agent, silent: bool | None) -> Steps[TextOrMessage]:
    """Run ``process_message_before_send``: each hook takes (sender, message, recipient, silent).

    Raises:
        TypeError: a hook returned None in place of the message.
    """
    for hook in _hooks(agent, "process_message_before_send", (yield WHICH_WAY)):
        hooked = yield Call(hook, sender=agent, message=message, recipient=recipient, silent=bool(silent))
        if hooked is None:
            name = getattr(hook, "__qualname__", hook)
            raise TypeError(f"The hook {name} of {agent.name} must return the message to send, but it returned None.")
        message = hooked
    return message


def last_received_message(agent: Party, messages: list[Message]) -> Steps[list[Message]]:
    """Run ``process_last_received_message``: each hook takes and returns the content of the last message.

    Calls, answers to calls, and the word ``exit`` pass untouched. The stored message keeps its words; the agent
    remembers what the hooks made of them last, because later requests must repeat what was sent.
    """
    if not messages:
        return messages
    hooks = _hooks(agent, "process_last_received_message", (yield WHICH_WAY))
    if not hooks:
        return messages
    last = messages[-1]
    content = last.get("content")
    if "function_call" in last or "context" in last or not isinstance(content, (str, list)) or content == "exit":
        return messages
    processed = content
    for hook in hooks:
        processed = yield Call(hook, processed)
    if processed == content:
        agent._classic_processed_messages.pop(id(last), None)
        return messages
    _remember(agent, last, processed)
    return [*messages[:-1], {**last, "content": processed}]


def all_messages(agent: Party, messages: list[Message]) -> Steps[list[Message]]:
    """Run ``process_all_messages_before_reply``: each hook takes and returns the list of messages."""
    if not messages:
        return messages
    hooks = _hooks(agent, "process_all_messages_before_reply", (yield WHICH_WAY))
    if not hooks:
        return messages
    processed = list(messages)
    for hook in hooks:
        processed = yield Call(hook, processed)
    return processed


class HookPoint:
    """A method that runs hooks, with its twin.

    Args:
        name: the name of the method in synchronous chats.
        steps: the steps behind it.
        hookable: the name of its hooks in synchronous chats.
    """

    __slots__ = ("_hookable", "_hookable_twin", "_name", "_of_class", "_steps", "_twin")

    def __init__(self, name: str, steps: Callable[..., Steps[Any]], hookable: str) -> None:
        self._name, self._twin = name, twin_name(name)
        self._hookable, self._hookable_twin = hookable, twin_name(hookable)
        self._of_class = attrgetter(self._name, self._twin)
        self._steps = steps

    def is_used_by(self, agent: Party) -> bool:
        """Tell whether an agent must be asked for the method: it has such hooks, or another method in its place.

        Args:
            agent: the agent; what it has for synchronous and for asynchronous chats counts.
        """
        try:
            if self._of_class(type(agent)) != shipped_with[self._steps]:
                return True
            own = agent.__dict__
        except AttributeError:  # an agent of another make
            return True
        if self._name in own or self._twin in own:
            return True
        known = agent.hook_lists
        return bool(known.get(self._hookable) or known.get(self._hookable_twin))


BEFORE_SEND = HookPoint("_process_message_before_send", before_send, "process_message_before_send")
LAST_MESSAGE = HookPoint("process_last_received_message", last_received_message, "process_last_received_message")
ALL_MESSAGES = HookPoint("process_all_messages_before_reply", all_messages, "process_all_messages_before_reply")


def as_processed_before(agent: Party, messages: list[Message]) -> list[Message]:
    """Replace stored messages by what hooks made of them earlier."""
    known = agent._classic_processed_messages
    return [
        {**message, "content": known[id(message)][1]}
        if id(message) in known and known[id(message)][0] is message
        else message
        for message in messages
    ]


def forget_lost_messages(agent: Party) -> None:
    """Forget what hooks made of messages that are no longer in any history of the agent."""
    if not agent._classic_processed_messages:
        return
    stored = {id(message) for history in list(agent._oai_messages.values()) for message in history}
    for key in agent._classic_processed_messages.keys() - stored:
        agent._classic_processed_messages.pop(key, None)


def _remember(agent: Party, message: Message, processed: str | list[Any]) -> None:
    """Keep what hooks made of a message.

    Programs cut histories by hand, and ask for replies to messages that are in no history. So that an agent that lives
    long does not fill the memory, it never remembers more messages than it stores.
    """
    agent._classic_processed_messages[id(message)] = (message, processed)
    if len(agent._classic_processed_messages) > sum(len(history) for history in list(agent._oai_messages.values())):
        forget_lost_messages(agent)


def _hooks(agent: Party, name: str, in_asynchronous_chat: bool) -> Sequence[Callable[..., Any]]:
    """The hooks that run in this kind of chat: in an asynchronous one those of ``a_`` come last.

    One that is the twin of another beside it, ``a_note`` of ``note``, takes its place: programs for 0.2 register both.
    """
    synchronous, asynchronous = agent.hook_lists.get(name, []), agent.hook_lists.get(twin_name(name), [])
    if not in_asynchronous_chat:
        return [hook for hook in synchronous if not look_up(hook)[1]]
    if not asynchronous:
        return synchronous
    places = {_place_of(hook) for hook in asynchronous}
    kept = (hook for hook in synchronous if hook not in asynchronous and _place_of(hook, twin_name) not in places)
    return [*kept, *asynchronous]


def _place_of(hook: Callable[..., Any], renamed: Callable[[str], str] = str) -> tuple[object, ...]:
    """Whose method a hook is, where it is defined, and its name there. Functions of two objects are no twins."""
    owner, _, name = str(getattr(hook, "__qualname__", "")).rpartition(".")
    return id(getattr(hook, "__self__", None)), getattr(hook, "__module__", None), owner, renamed(name)
