"""A conversation as steps, top to bottom: open a chat, send, receive, find a reply, send it back.

Everything that an agent can do (ask a model, run code, ask a person, call a tool, lead a group) is a reply
function on the list that `generate_reply` walks. The drivers of `drive` run these steps in both kinds of chats.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from time import perf_counter
from typing import Any

from . import hooks, replies, running_chats, steering, tape
from .budget import Budget
from .drive import WHICH_WAY, Ask, Steps, Then, look_up, shipped_functions
from .events import (
    ChatEnded,
    ChatFailed,
    ChatStarted,
    MessageReceived,
    MessageRejected,
    MessageSent,
    Notice,
    ReplyTried,
    TurnEnded,
    TurnStarted,
    emit,
    is_heard,
    warn,
)
from .messages import Message, TextOrMessage, as_message, stored_form
from .party import Agent, Party, ReplyFunction, described
from .running_chats import ChatStopped, RunningChat, StopReason, steered
from .shared_loop import MESSAGES_BETWEEN_TURNS_OF_OTHERS, call_of, turn_of_others
from .stream import deliver, hearers

__all__ = ("append_message", "converse", "emit_end", "generate_reply", "process_received_message", "receive", "send")

logger = logging.getLogger("autogen.agentchat.conversable_agent")

_REPEATS_OF_A_CIRCLE = 5  # chats of the same two agents in each other: fewer are no sign that they have no end
_WITHOUT_END = "Chats have begun each other without end:"


def converse(
    agent: Party,
    recipient: Party,
    clear_history: bool,
    silent: bool | None,
    max_turns: object,
    first_message: Callable[[], Steps[TextOrMessage]],
    budget: Budget | None = None,
) -> Steps[RunningChat]:
    """Run a chat from its first message to its end.

    Args:
        agent: who opens the chat.
        recipient: who is spoken to.
        clear_history: whether both forget what they said to each other before.
        silent: whether nothing is printed.
        max_turns: how often the recipient is spoken to; None for as long as they answer each other.
        first_message: the steps that return the first message.
        budget: what the chat may spend.

    Returns:
        The chat, which knows why it stopped.
    """
    with running_chats.begin(agent, recipient, budget=budget) as running_chat:
        if is_heard(ChatStarted):
            emit(ChatStarted(agent, recipient))
        try:
            if isinstance(max_turns, int):
                # The opener counts, so it does not answer what it hears: it speaks when its next turn comes.
                agent._prepare_chat(recipient, clear_history, reply_at_receive=False)
                yield from _take_turns(agent, recipient, silent, max_turns, first_message, running_chat)
            else:
                agent._prepare_chat(recipient, clear_history)
                message = yield from first_message()
                yield Ask(agent, "send", message, recipient, silent=silent)
        except (GeneratorExit, ChatStopped):  # whoever runs these steps, or looks on, has had enough
            running_chat.note(StopReason.EXTERNAL_STOP)
            raise
        except BaseException as error:
            running_chat.note(StopReason.ERROR)
            if isinstance(error, RecursionError):
                _explain_depth(error, running_chat)
            emit(ChatFailed(agent, recipient, f"{type(error).__name__}: {error}", error))
            raise
        finally:
            running_chat.conclude()
            if running_chat.detail is not None and not silent:
                emit(Notice(agent, running_chat.detail, "red"))
            emit_end(agent, recipient, running_chat)
    return running_chat


def _explain_depth(error: RecursionError, running_chat: RunningChat) -> None:
    """Say so if it is chats that have begun each other without end; the innermost one hears of the error first."""
    chats = list(running_chat.from_within())
    pairs = [[id(agent) for agent in chat.agents] for chat in chats]
    if pairs.count(pairs[0]) <= _REPEATS_OF_A_CIRCLE or _WITHOUT_END in str(error):
        return
    circle = chats[: pairs.index(pairs[0], 1) + 1]
    nested = ", within ".join(f"that of {' and '.join(chat.ref.agents)}" for chat in circle)
    error.args = (
        f"{error}. {_WITHOUT_END} {nested}. If they are nested chats, give register_nested_chats a trigger that does "
        "not fire in the chats that it begins.",
    )


def emit_end(agent: Agent, recipient: Agent, running_chat: RunningChat) -> None:
    """Tell that a chat is over, why, and what it has taken.

    Args:
        agent: who opened it.
        recipient: who was spoken to.
        running_chat: the chat, which is settled.
    """
    if is_heard(ChatEnded):
        spent = running_chat.account.spent()
        reason, message, limit, by = running_chat.reason, running_chat.message, running_chat.limit, running_chat.by
        emit(ChatEnded(agent, recipient, reason, message, spent.cost, spent.tokens, spent.seconds, limit, by))


def _take_turns(
    agent: Party,
    recipient: Party,
    silent: bool | None,
    turns: int,
    first_message: Callable[[], Steps[TextOrMessage]],
    running_chat: RunningChat,
) -> Steps[None]:
    """Speak to the recipient a given number of times; it answers, and the opener finds the next message."""
    for turn in range(turns):
        if steered:
            yield from steering.stand_still()
        if turn == 0:
            message = yield from first_message()
        else:
            message = yield Ask(agent, "generate_reply", messages=agent.chat_messages[recipient], sender=recipient)
        if message is None or running_chat.stopped:
            return
        yield Ask(agent, "send", message, recipient, request_reply=True, silent=silent)
        if running_chat.must_end(running_chat.message):
            return
        # A group speaks to its members, and may have nothing to say to an opener that goes on talking to it.
        if running_chat.reason is not None and replies.led_group(recipient) is None:
            return
    if running_chat.reason is None:  # otherwise a group did not answer last time, and it knows why
        last_words = agent.chat_messages[recipient][-1:]
        running_chat.note(StopReason.MAX_TURNS, last_words[0] if last_words else None, turns)


def send(
    agent: Party,
    /,
    message: TextOrMessage,
    recipient: Agent,
    request_reply: bool | None = None,
    silent: bool | None = False,
) -> Steps[Then]:
    """Store a message as said, and hand it to the recipient.

    Raises:
        AttributeError: the recipient is not an agent.
        ValueError: the message has neither content nor a call.
    """
    if isinstance(recipient, (str, type)):
        raise AttributeError(
            f"The recipient of a message of {agent.name} must be an agent, but it is {described(recipient)}. Pass the "
            "agent itself."
        )
    if hooks.BEFORE_SEND.is_used_by(agent):
        message = yield Ask(agent, "_process_message_before_send", message, recipient, agent._is_silent(agent, silent))
    if not agent._append_oai_message(message, "assistant", recipient, is_sending=True):
        raise ValueError(
            f"The message of {agent.name} to {recipient.name} can't be converted into a valid ChatCompletion message. "
            f"Either content or function_call must be provided, but it is {message!r}."
        )
    running_chat = running_chats.current()
    if running_chat is not None:
        running_chat.go_on()
    if tape.in_use:
        yield from tape.current().message_steps(agent, recipient, message)
    hearing = hearers(MessageSent)
    if hearing:
        deliver(MessageSent(agent, recipient, message, silent), hearing)
    return Then(Ask(recipient, "receive", message, agent, request_reply, silent))


def receive(
    agent: Party,
    /,
    message: TextOrMessage,
    sender: Agent,
    request_reply: bool | None = None,
    silent: bool | None = False,
) -> Steps[Then | None]:
    """Store a message as heard, and answer it if an answer is wanted and there is one."""
    agent._process_received_message(message, sender, silent)
    if request_reply is False:
        return None
    asynchronous = yield WHICH_WAY  # whoever iterates over the chat hears of the message before it is answered
    running_chat = running_chats.current()
    if running_chat is not None:
        loop = running_chat.watch_for_loop(sender, as_message(message).get("content"))
        if loop is not None:
            warn(logger, "%s", loop)
        if asynchronous and running_chat.messages_heard % MESSAGES_BETWEEN_TURNS_OF_OTHERS == 0:
            yield turn_of_others()
        if running_chat.must_end(message):
            return None
    if request_reply is None and agent.reply_at_receive[sender] is False:
        return None

    if steered:
        yield from steering.stand_still()
    if asynchronous:  # in 0.2 too, an override hears the messages in synchronous chats only
        reply = yield Ask(agent, "generate_reply", sender=sender)
    else:
        reply = yield Ask(agent, "generate_reply", messages=agent.chat_messages[sender], sender=sender)

    if reply is not None:
        return Then(Ask(agent, "send", reply, sender, silent=silent))
    if running_chat is not None and running_chat.reason is None:
        running_chat.note(StopReason.NO_REPLY, message)
    return None


def generate_reply(
    agent: Party,
    /,
    messages: list[Message] | None = None,
    sender: Agent | None = None,
    exclude: Collection[ReplyFunction] | None = (),
    **kwargs: Any,
) -> Steps[TextOrMessage | None]:
    """Find the reply of an agent; those who want to hear of turns are told."""
    found = _first_final_reply(agent, messages, sender, exclude or ())
    return _announced(agent, sender, found) if is_heard(TurnStarted) else found


def _announced(agent: Party, sender: Agent | None, found: Steps[TextOrMessage | None]) -> Steps[TextOrMessage | None]:
    """Tell when the search for a reply begins and when it ends."""
    emit(TurnStarted(agent, sender))
    began = perf_counter()
    reply, failure = None, None
    try:
        reply = yield from found
        return reply
    except BaseException as error:
        failure = error
        raise
    finally:
        emit(TurnEnded(agent, sender, reply, perf_counter() - began, failure))


def _first_final_reply(
    agent: Party, messages: list[Message] | None, sender: Agent | None, excluded: Collection[ReplyFunction]
) -> Steps[TextOrMessage | None]:
    """Ask the reply functions in their order until one of them has the final word."""
    if messages is None and sender is None:
        raise AssertionError(f"{agent.name} cannot reply: either messages or sender must be provided.")
    if isinstance(messages, (str, dict)):
        raise AttributeError(_wrong_messages(agent, f"one of type {type(messages).__name__}"))
    if messages is None:
        messages = agent._oai_messages[sender]
    if agent.hook_lists.get("update_agent_state"):
        yield Ask(agent, "update_agent_state_before_reply", messages)
    if hooks.LAST_MESSAGE.is_used_by(agent):
        messages = yield Ask(agent, "process_last_received_message", messages)
    if agent._classic_processed_messages:
        messages = hooks.as_processed_before(agent, messages)
    if hooks.ALL_MESSAGES.is_used_by(agent):
        messages = yield Ask(agent, "process_all_messages_before_reply", messages)

    asynchronous = yield WHICH_WAY
    twins: dict[Any, Any] = {}  # which of two twins, functions with the same steps behind them, was asked first
    is_noted = is_heard(ReplyTried)
    known, fires = None, False  # most replies have the same list as their trigger
    for entry in agent._reply_func_list:
        reply_func = entry["reply_func"]
        steps_behind, is_coroutine_function = shipped_functions.get(id(reply_func)) or look_up(reply_func)
        if is_coroutine_function and not asynchronous:
            continue
        if reply_func in excluded:
            continue
        trigger = entry["trigger"]
        if known is None or (trigger is not known and trigger != known):
            known = trigger if isinstance(trigger, list) else None
            fires = replies.matches(trigger, sender)
        if not fires:
            continue
        if steps_behind is None:
            outcome = yield call_of(
                asynchronous, reply_func, agent, messages=messages, sender=sender, config=entry["config"]
            )
            try:
                final, reply = outcome
            except (TypeError, ValueError) as error:
                raise type(error)(_wrong_outcome(agent, reply_func, outcome)) from error
        elif not asynchronous or twins.setdefault(steps_behind, reply_func) is reply_func:
            try:
                final, reply = yield from steps_behind(agent, messages=messages, sender=sender, config=entry["config"])
            except (AttributeError, TypeError) as error:
                _check_messages(agent, messages, error)
                raise
        else:
            continue
        if is_noted:
            emit(ReplyTried(agent, reply_func, bool(final), reply))
        if final:
            last_word: TextOrMessage | None = reply
            return last_word
    return agent._default_auto_reply


def _check_messages(agent: Party, messages: object, error: Exception) -> None:
    """Blame an error on messages that are none; a program's own reply functions may take what they like."""
    if not isinstance(messages, Sequence):
        raise TypeError(_wrong_messages(agent, f"something of type {type(messages).__name__}")) from error
    for number, message in enumerate(messages):
        if not hasattr(message, "get"):
            fault = f"a list whose item {number} is of type {type(message).__name__}"
            raise AttributeError(_wrong_messages(agent, fault)) from error


def _wrong_messages(agent: Party, fault: str) -> str:
    form = '[{"role": "user", "content": ...}]'
    return f"{agent.name} replies to a list of messages, not to {fault}. Put each message in a dict: {form}."


def _wrong_outcome(agent: Party, reply_func: ReplyFunction, outcome: object) -> str:
    name = getattr(reply_func, "__qualname__", reply_func)
    return (
        f"The reply function {name} of {agent.name} must return two things, whether its word is final and the reply, "
        f"as in (True, 'Hello.') or (False, None), but it returned {outcome!r}."
    )


def process_received_message(agent: Party, message: TextOrMessage, sender: Agent, silent: bool | None) -> None:
    """Store a message as heard and let everybody know.

    Raises:
        ValueError: the message has neither content nor a call.
    """
    if not agent._append_oai_message(message, "user", sender, is_sending=False):
        emit(MessageRejected(sender, agent, message))
        raise ValueError(
            f"{agent.name} received a message from {sender.name} that can't be converted into a valid ChatCompletion "
            f"message. Either content or function_call must be provided, but it is {message!r}."
        )
    hearing = hearers(MessageReceived, agent._is_silent(sender, silent))
    if hearing:
        deliver(MessageReceived(sender, agent, message, silent), hearing)


def append_message(agent: Party, message: TextOrMessage, role: str, conversation_id: Agent, is_sending: bool) -> bool:
    """Store a message in the history with a partner, whom 0.2 calls the ``conversation_id``.

    Returns:
        False for a message that says nothing and calls nothing.
    """
    author = agent.name if is_sending else conversation_id.name
    stored = stored_form(agent._message_to_dict(message), role, author)
    if stored is None:
        return False
    agent._oai_messages[conversation_id].append(stored)
    return True
