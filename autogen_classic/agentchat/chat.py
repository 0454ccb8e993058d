"""Chats from their first message to their result, one by one and in queues."""

from __future__ import annotations

import logging
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypedDict

from .._core import running_chats
from .._core.budget import Budget, Spent
from .._core.drive import WHICH_WAY, Ask, Steps
from .._core.events import QueuedChatStarting, emit, warn
from .._core.history import snapshot
from .._core.messages import TextOrMessage
from .._core.party import Party, described, is_agent
from .._core.running_chats import ChatStopped, RunningChat, StopReason
from .._core.steps import converse
from .._core.tags import foreign_pictures_kept_over_chats
from ._first_message import first_message, item_as_text
from .utils import (
    LEFT_OUT,
    check_ids,
    check_indexes,
    check_prerequisites,
    check_queue,
    consolidate_chat_info,
    gather_usage_summary,
    name_of_recipient,
    tell_of_near_names,
)

if TYPE_CHECKING:
    from .._pictures.drawing import Drawing, Form
    from ..cache.abstract_cache_base import AbstractCache

__all__ = ("ChatResult", "CostDict", "a_initiate_chats", "initiate_chats")

logger = logging.getLogger("autogen.agentchat.chat")


@dataclass
class ChatResult:
    """What a finished chat leaves behind: a snapshot that later chats do not change.

    Attributes:
        chat_id: the id that an asynchronous queue gave the chat.
        chat_history: the messages, as the agent who opened the chat stored them.
        summary: the summary that ``summary_method`` made.
        cost: the usage of both agents over their lives, with and without cached answers.
        human_input: what people typed.
    """

    chat_id: Any = None
    chat_history: Any = None
    summary: Any = None
    cost: Any = None
    human_input: Any = None

    @property
    def stop_reason(self) -> StopReason | None:
        """Why the chat stopped; not a dataclass field, so that repr and asdict are those of v0.2."""
        reason: StopReason | None = self.__dict__.get("_stop_reason")
        return reason

    @property
    def stop_message(self) -> TextOrMessage | None:
        """The message that caused the stop, or None."""
        message: TextOrMessage | None = self.__dict__.get("_stop_message")
        return message

    @property
    def stop_detail(self) -> str | None:
        """Which budget ended the chat, and how much was spent; None when no budget did."""
        detail: str | None = self.__dict__.get("_stop_detail")
        return detail

    @property
    def spent(self) -> Spent | None:
        """What this chat spent, including all chats in it and its summary; `cost` covers the agents' whole lives."""
        spent: Spent | None = self.__dict__.get("_spent")
        return spent

    def draw(self, form: Form = "mermaid") -> Drawing:
        """Draw who spoke to whom: as a sequence diagram of Mermaid, as "svg" with a text alternative, or as "text".

        The result is a text of this form, has the other forms as attributes, and is a picture in a notebook.
        """
        from .._pictures.chats import draw_chat

        return draw_chat(self, self.__dict__.get("_names"), form)

    def _repr_html_(self) -> str:
        """What a notebook shows: the page of ``autogen-classic view`` in small."""
        from .._pictures.chats import show_chat

        return show_chat(self, self.__dict__.get("_names"))

    def _ended(self, agent: Party, recipient: Party, running_chat: RunningChat) -> None:
        self.__dict__["_names"] = (agent.name, recipient.name)
        self.__dict__["_stop_reason"] = running_chat.reason
        self.__dict__["_stop_message"] = running_chat.message
        self.__dict__["_stop_detail"] = running_chat.detail
        self.__dict__["_spent"] = running_chat.account.spent()


class CostDict(TypedDict):
    """What a chat cost, with answers that came from a cache and without them: the form of `ChatResult.cost`."""

    usage_including_cached_inference: dict[str, Any]
    usage_excluding_cached_inference: dict[str, Any]


_NO_LIMIT_OF_TURNS = (
    "max_turns is %r, which is not a whole number such as 3. As in AutoGen 0.2 it is ignored: however many turns "
    "the chat takes, and whatever they cost, it goes on."
)


def chat_steps(
    agent: Party,
    /,
    recipient: Party,
    clear_history: bool = True,
    silent: bool | None = False,
    cache: AbstractCache | None = None,
    max_turns: object = None,
    summary_method: str | Callable[..., Any] | None = "last_msg",
    summary_args: dict[str, Any] | None = None,
    message: TextOrMessage | Callable[..., Any] | None = None,
    *,
    max_cost: float | None = None,
    max_tokens: int | None = None,
    max_seconds: float | None = None,
    **context: Any,
) -> Steps[ChatResult]:
    """Open a chat, run it, sum it up: the steps behind `ConversableAgent.initiate_chat`."""
    _check_recipient(agent, recipient)
    _check_that_no_message_is_lost(agent, clear_history, message)
    tell_of_near_names(context)
    budget = Budget(max_cost, max_tokens, max_seconds)
    # Old programs may use these words in their own message function, whose context holds every keyword.
    context = {**{name: limit for name, limit in vars(budget).items() if limit is not None}, **context}
    if not isinstance(max_turns, (int, type(None))):
        warn(logger, _NO_LIMIT_OF_TURNS, max_turns)
    chat_info = {"recipient": recipient, "message": message, "summary_method": summary_method, **context}
    consolidate_chat_info(chat_info, uniform_sender=agent)
    both = (agent, recipient)
    asynchronous = yield WHICH_WAY
    for participant in both:
        if not asynchronous:
            participant._raise_exception_on_async_reply_functions()
        participant.previous_cache = participant.client_cache
        participant.client_cache = cache
    try:
        running_chat = yield from converse(
            agent,
            recipient,
            clear_history,
            silent,
            max_turns,
            first_message=lambda: first_message(agent, recipient, message, context),
            budget=budget,
        )
        with running_chats.taking_part(running_chat, *both), running_chats.within(running_chat):
            method = _affordable(summary_method, running_chat)
            try:
                summary = yield Ask(agent, "_summarize_chat", method, summary_args, recipient, cache=cache)
            except ChatStopped as stop:
                if stop.chat is not running_chat:
                    raise
                summary = yield Ask(agent, "_summarize_chat", "last_msg", summary_args, recipient, cache=cache)
    finally:
        for participant in both:
            participant.client_cache = participant.previous_cache
            participant.previous_cache = None
    return result_of(agent, recipient, running_chat, summary)


def result_of(agent: Party, recipient: Party, running_chat: RunningChat, summary: TextOrMessage | None) -> ChatResult:
    """Put together what came out of a chat.

    Args:
        agent: who opened it.
        recipient: who was spoken to.
        running_chat: the chat, which is over.
        summary: its summary.

    Returns:
        The result, with copies of what was said.
    """
    result = ChatResult(
        chat_history=snapshot(agent.chat_messages[recipient]),
        summary=summary,
        cost=gather_usage_summary([agent, recipient]),
        human_input=list(agent._human_input),
    )
    result._ended(agent, recipient, running_chat)
    return result


def initiate_chats(chat_queue: list[dict[str, Any]]) -> list[ChatResult]:
    """Run chats one after the other; each carries over the summaries of those before it.

    Args:
        chat_queue: one dict for each chat: ``sender``, ``recipient``, and any argument of ``initiate_chat``.
            ``carryover`` (a text or a list) comes before the summaries;
            ``finished_chat_indexes_to_exclude_from_carryover`` names earlier chats, counted from 0, whose
            summaries stay out.

    Returns:
        The results in the order of the queue.

    Raises:
        AssertionError: for a chat without sender or recipient, or with an unknown summary method.
        TypeError: for a queue that is not a list of dicts, a carryover that is neither a text nor a list, or indexes
            that are not a list.
    """
    check_queue(chat_queue)
    check_indexes(chat_queue)
    _warn_about_repeated_recipients(chat_queue)
    finished: list[ChatResult] = []
    with foreign_pictures_kept_over_chats():
        for chat_info in chat_queue:
            prepared = with_summaries(chat_info, finished)
            finished.append(prepared["sender"].initiate_chat(**prepared))
    return finished


def with_summaries(chat_info: dict[str, Any], finished: Sequence[ChatResult]) -> dict[str, Any]:
    """Announce the next chat of a queue, and give it what it carries over.

    Args:
        chat_info: the chat.
        finished: the results of the chats before it.

    Returns:
        The arguments of its ``initiate_chat``.
    """
    left_out = chat_info.get(LEFT_OUT, [])
    return _prepare(chat_info, [result.summary for index, result in enumerate(finished) if index not in left_out])


async def a_initiate_chats(chat_queue: list[dict[str, Any]]) -> dict[Any, ChatResult]:
    """Run chats at the same time, each as soon as its prerequisites have finished.

    Args:
        chat_queue: as for `initiate_chats`. Each chat also has a ``chat_id`` and may have ``prerequisites``, the
            ids of the chats that must finish first and whose summaries it carries over, except for those whose ids
            ``finished_chat_indexes_to_exclude_from_carryover`` names.

    Returns:
        The results by chat id.

    Raises:
        KeyError: for a chat without ``chat_id``.
        TypeError: for a ``chat_id`` that is neither a number nor a text, a carryover that is neither a text nor a
            list, or ``prerequisites`` of another type than a list or a text.
        ValueError: for ``prerequisites`` that are a text, or one of them that is not a chat of the queue, or that
            waits for the chat that needs it.
    """
    import asyncio  # as late as possible: it takes longer to load than everything else

    check_queue(chat_queue)
    check_ids(chat_queue)
    _warn_about_repeated_recipients(chat_queue)
    waiting = {chat_info["chat_id"]: chat_info for chat_info in chat_queue}
    _warn_about_repeated_ids(chat_queue)
    check_prerequisites(waiting)
    finished: dict[Any, ChatResult] = {}
    running: dict[asyncio.Task[ChatResult], Any] = {}
    with foreign_pictures_kept_over_chats():
        try:
            while waiting or running:
                for chat_id, chat_info in list(waiting.items()):
                    prerequisites = chat_info.get("prerequisites", [])
                    if all(needed in finished for needed in prerequisites):
                        left_out = chat_info.get(LEFT_OUT, [])
                        summaries = [
                            finished[needed].summary
                            for needed in dict.fromkeys(prerequisites)
                            if needed not in left_out
                        ]
                        prepared = _prepare(waiting.pop(chat_id), summaries)
                        task = asyncio.ensure_future(prepared["sender"].a_initiate_chat(**prepared))
                        running[task] = chat_id
                done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    chat_id = running.pop(task)
                    finished[chat_id] = task.result()
                    finished[chat_id].chat_id = chat_id
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)  # so that nothing goes on behind the caller's back
    return {chat_info["chat_id"]: finished[chat_info["chat_id"]] for chat_info in chat_queue}


def _prepare(chat_info: dict[str, Any], summaries: Iterable[Any]) -> dict[str, Any]:
    """The arguments of one chat of a queue, with all that it carries over, announced to the reader."""
    own = chat_info.get("carryover")
    before = [own] if isinstance(own, str) else () if own is None else own
    prepared = {**chat_info, "carryover": [*before, *summaries]}
    if not prepared.get("message"):
        warnings.warn(
            "message is not provided in a chat_queue entry. input() will be called to get the initial message.",
            stacklevel=3,
        )
    emit(QueuedChatStarting(prepared))
    return prepared


def _post_process_carryover_item(carryover_item: object) -> str:
    return item_as_text(carryover_item)  # a name of v0.2 that programs call


def _affordable(
    summary_method: str | Callable[..., Any] | None, running_chat: RunningChat
) -> str | Callable[..., Any] | None:
    """The way to sum up a chat; if its budget is spent, or it was stopped at once, no model does it."""
    if summary_method == "reflection_with_llm" and running_chat.stopped_now:
        return "last_msg"
    if summary_method == "reflection_with_llm" and running_chat.detail is not None:
        warn(logger, "The summary is the last message, not one by a model. %s", running_chat.detail)
        return "last_msg"
    return summary_method


def _check_recipient(agent: Party, recipient: object) -> None:
    """Refuse what cannot be talked to, before anything is sent."""
    if isinstance(recipient, type):
        raise TypeError(
            f"recipient must be an agent, but it is the class {recipient.__name__}. Make an agent of it first: "
            f'{recipient.__name__}("a_name", ...).'
        )
    if is_agent(recipient, "_prepare_chat"):
        return
    advice = "Pass the agent itself."
    if isinstance(recipient, str):
        advice = "Pass the agent itself, not its name."
    elif hasattr(recipient, "agents"):
        advice = "Pass a GroupChatManager that leads this group."
    raise AttributeError(
        f"The recipient of a chat that {agent.name} opens must be an agent, but it is {described(recipient)}. {advice}"
    )


def _check_that_no_message_is_lost(agent: Party, clear_history: object, message: object) -> None:
    """Refuse a first message in the place of ``clear_history``, of which the other agent would never hear."""
    if isinstance(clear_history, str) and message is None:
        raise TypeError(
            f"The second argument of initiate_chat is clear_history, but it is the text {clear_history!r}. If that is "
            f"what {agent.name} says first, pass it as message=..."
        )


def _warn_about_repeated_recipients(chat_queue: list[dict[str, Any]]) -> None:
    counted = Counter(id(chat_info["recipient"]) for chat_info in chat_queue)
    repeated = {
        name_of_recipient(chat_info["recipient"])
        for chat_info in chat_queue
        if counted[id(chat_info["recipient"])] > 1 and chat_info.get("clear_history", True)
    }
    if repeated:
        warnings.warn(
            f"{', '.join(sorted(repeated))}: recipient of more than one chat of the queue. Each of these chats "
            "clears what the earlier ones said; pass clear_history=False in the later entries to keep it.",
            stacklevel=3,
        )


def _warn_about_repeated_ids(chat_queue: list[dict[str, Any]]) -> None:
    counted = Counter(chat_info["chat_id"] for chat_info in chat_queue)
    repeated = [str(chat_id) for chat_id, count in counted.items() if count > 1]
    if repeated:
        warnings.warn(
            f"More than one chat of the queue has the chat_id {', '.join(repeated)}. Only the last of them runs; give "
            "each chat its own chat_id.",
            stacklevel=3,
        )
