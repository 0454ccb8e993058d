"""Chats that go on by themselves, or as far as their events are asked for: `ConversableAgent.run` and its relatives.

They are doors over `initiate_chat` and `iterate`; the streams of ``io/thread_io_stream.py`` hear the chat.
"""

from __future__ import annotations

import asyncio
import contextvars
import functools
import threading
from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping, Sequence
from typing import Any, Literal, cast

from .._core import running_chats
from .._core.content import content_str
from .._core.drive import Steps
from .._core.events import PersonAsked, listening
from .._core.messages import Message
from .._core.party import Agent, Outcome, Party, Runner, ToolOrFunction
from .._core.running_chats import StopReason
from .._core.tags import foreign_pictures_kept_over_chats
from ..events.agent_events import ErrorEvent, RunCompletionEvent
from ..io.base import IOStream, Printable
from ..io.run_response import AsyncRunIterResponse, AsyncRunResponse, RunIterResponse, RunResponse
from ..io.thread_io_stream import AsyncThreadIOStream, RunStream, SteppedIOStream, ThreadIOStream
from . import _literals
from ._iteration import AsyncChatRun, ChatRun, ChatWalk
from ._run_tools import check_tools, lend_tools, with_tools
from .chat import ChatResult, chat_steps, with_summaries
from .utils import check_indexes, check_queue

__all__ = (
    "AsyncSteppedChatRun",
    "Plan",
    "SteppedChatRun",
    "SteppedWalk",
    "completion_of",
    "end_of_chat",
    "start",
    "start_async",
    "start_queue",
    "start_queue_task",
)

# A task that nobody holds may be forgotten by its loop; these are held until they are done.
_tasks: set[asyncio.Task[None]] = set()


class Plan:
    """A run before it starts.

    Args:
        agent: whose ``run`` was called.
        recipient: its partner; None stands for an agent that is made for the run.
        executor_kwargs: further parameters of that agent.
        tools: what both know during the run.
        user_input: whether the agent that is made asks its person at each turn.
        msg_to: who gets the first message, "agent" or "user".
        **settings: what `initiate_chat` takes.

    Attributes:
        sender: who opens the chat.
        recipient: who is spoken to.

    Raises:
        ValueError: ``msg_to`` is neither "agent" nor "user".
        TypeError: something among the tools is neither a tool nor a function.
    """

    def __init__(
        self,
        agent: Runner,
        recipient: Party | None,
        executor_kwargs: Mapping[str, Any] | None,
        tools: Sequence[ToolOrFunction] | ToolOrFunction | None,
        user_input: bool | None,
        msg_to: str,
        **settings: Any,
    ) -> None:
        if msg_to not in ("agent", "user"):
            raise ValueError(f'msg_to must be "agent" or "user", but it is {msg_to!r}.')
        check_tools(tools)
        if recipient is None:
            user = _user_of(agent, settings["clear_history"], executor_kwargs, user_input)
            user._classic_ends_unasked = settings["max_turns"] is not None
            both = (user, agent) if msg_to == "agent" else (agent, user)
        else:
            both = (agent, cast(Runner, recipient))
        self.sender, self.recipient = both
        self._shown = (agent,) if recipient is None else both  # the helper that speaks for a person is not shown
        self._tools = tools
        self._settings = settings

    @property
    def _both(self) -> tuple[Runner, Runner]:
        return self.sender, self.recipient

    def start(self) -> RunResponse:
        """Start the run in a thread of its own."""

        def run() -> Printable:
            with with_tools(self._both, self._tools):
                return end_of_chat(self.sender.initiate_chat(self.recipient, **self._settings), *self._both)

        return start(self._shown, run)

    def start_task(self) -> AsyncRunResponse:
        """Start the run as a task of the running event loop."""

        async def run() -> Printable:
            with with_tools(self._both, self._tools):
                return end_of_chat(await self.sender.a_initiate_chat(self.recipient, **self._settings), *self._both)

        return start_async(self._shown, run)

    def iterate(self, yield_on: Collection[type[Any]] | None) -> RunIterResponse:
        """Let the run be iterated over.

        Args:
            yield_on: the classes of events that are wanted; None stands for all.
        """
        return RunIterResponse(
            lambda stream: SteppedChatRun(stream, *self._both, self._steps(), asynchronous=False), yield_on, self._shown
        )

    def a_iterate(self, yield_on: Collection[type[Any]] | None) -> AsyncRunIterResponse:
        """The asynchronous form of `iterate`."""
        return AsyncRunIterResponse(
            lambda stream: AsyncSteppedChatRun(stream, *self._both, self._steps(), asynchronous=True),
            yield_on,
            self._shown,
        )

    def _steps(self) -> Steps[ChatResult]:
        with with_tools(self._both, self._tools):
            return (yield from chat_steps(self.sender, self.recipient, **self._settings))


# --- what a run is made of -------------------------------------------------------------------------------------------


def _user_of(
    agent: Runner, clear_history: bool, executor_kwargs: Mapping[str, Any] | None, user_input: bool | None
) -> Runner:
    """The agent that stands for the user in a run; it runs the functions of its partner, and code if it may."""
    mode: Literal["ALWAYS", "NEVER"] = "ALWAYS" if user_input else "NEVER"
    user = cast("Runner | None", agent.run_executor)
    if user is None or clear_history or executor_kwargs:
        settings = {"is_termination_msg": _says_terminate, "human_input_mode": mode, **(executor_kwargs or {})}
        user = agent.run_executor = agent._classic_new_agent(settings.pop("name", "user"), **settings)
        user.register_reply([Agent, None], _end_unasked)
    else:
        user.human_input_mode = mode
    lend_tools(agent, user)
    return user


def _end_unasked(
    recipient: Runner, messages: list[Message] | None = None, sender: Agent | None = None, config: object = None
) -> Outcome:
    """End a run of so many turns with the message that says so, before the person is asked once more, as AG2 does."""
    last = (recipient._oai_messages[sender] if messages is None else messages)[-1]
    if not recipient._classic_ends_unasked or not recipient._is_termination_msg(last):
        return False, None
    running_chat = running_chats.current()
    if running_chat is not None:
        running_chat.note(StopReason.TERMINATION_MESSAGE, last, by=recipient)
    return True, None


def _says_terminate(message: Message) -> bool:
    return _literals.TERMINATE in content_str(message.get("content"))


def end_of_chat(result: ChatResult, sender: Agent, recipient: Agent) -> Printable:
    """Make the event with which a chat of two ends.

    Args:
        result: what came out of it.
        sender: who opened it.
        recipient: who was spoken to.

    Returns:
        A `RunCompletionEvent`.
    """
    last_speaker = None
    if result.chat_history:
        last = result.chat_history[-1]
        last_speaker = last.get("name") or (sender if last.get("role") == "assistant" else recipient).name
    return completion_of(result, last_speaker)


def completion_of(result: ChatResult, last_speaker: str | None, context_variables: object = None) -> Printable:
    """Make the event with which a run ends.

    Args:
        result: what came out of its chat.
        last_speaker: the name of who spoke last.
        context_variables: the variables of a group.

    Returns:
        A `RunCompletionEvent`.
    """
    summary = result.summary
    return RunCompletionEvent(
        summary=summary if isinstance(summary, str) else content_str((summary or {}).get("content")),
        history=result.chat_history,
        cost=result.cost,
        last_speaker=last_speaker,
        context_variables=context_variables,
    )


# --- runs that go on by themselves -----------------------------------------------------------------------------------


def start(agents: Sequence[Runner], run: Callable[[], Printable]) -> RunResponse:
    """Start a run in a thread of its own, which ends with it.

    Args:
        agents: who takes part.
        run: runs the chat, and returns the `RunCompletionEvent`. It sees the context variables of the caller.

    Returns:
        The run.
    """
    stream = ThreadIOStream()
    response = RunResponse(stream, agents)
    start_thread(lambda: report(stream, run))
    return response


def start_thread(target: Callable[[], None]) -> None:
    """Call a function in a thread that does not keep the program alive, in a copy of this context."""
    context = contextvars.copy_context()
    threading.Thread(target=context.run, args=(target,), name="autogen_classic run", daemon=True).start()


def report(stream: ThreadIOStream, run: Callable[[], Printable]) -> None:
    """Run a chat whose events go to a stream, and send how it ended.

    Args:
        stream: the stream.
        run: runs the chat, and returns the `RunCompletionEvent`.
    """
    with IOStream.set_default(stream):
        try:
            end: Printable = run()
        except BaseException as error:  # it is raised where the events are read
            end = ErrorEvent(error=error)
        stream.send(end)


def start_async(agents: Sequence[Runner], run: Callable[[], Awaitable[Printable]]) -> AsyncRunResponse:
    """Start a run as a task of the running event loop.

    Args:
        agents: who takes part.
        run: runs the chat, and returns the `RunCompletionEvent`.

    Returns:
        The run.
    """
    stream = AsyncThreadIOStream()
    response = AsyncRunResponse(stream, agents)
    start_task(report_async(stream, run))
    return response


def start_task(coroutine: Coroutine[Any, Any, None]) -> None:
    """Run a coroutine as a task of the running event loop, which goes on though nobody holds it."""
    task = asyncio.get_running_loop().create_task(coroutine)
    _tasks.add(task)
    task.add_done_callback(_tasks.discard)


def start_queue(chat_queue: list[dict[str, Any]]) -> list[RunResponse]:
    """Start the chats of a queue one after the other in a thread of their own.

    Args:
        chat_queue: as for `initiate_chats`.

    Returns:
        One run for each chat.
    """
    check_queue(chat_queue)
    check_indexes(chat_queue)
    runs = [(ThreadIOStream(), chat_info) for chat_info in chat_queue]
    responses = [RunResponse(stream, _both_of(chat_info)) for stream, chat_info in runs]

    def run_all() -> None:
        finished: list[ChatResult] = []
        with foreign_pictures_kept_over_chats():
            for position, (stream, chat_info) in enumerate(runs):
                report(stream, functools.partial(_next_of_queue, chat_info, finished))
                if _fails_all(stream, [later for later, _ in runs[position + 1 :]]):
                    return

    start_thread(run_all)
    return responses


def start_queue_task(chat_queue: list[dict[str, Any]]) -> list[AsyncRunResponse]:
    """The asynchronous form of `start_queue`: the chats run as one task of the event loop."""
    check_queue(chat_queue)
    check_indexes(chat_queue)
    runs = [(AsyncThreadIOStream(), chat_info) for chat_info in chat_queue]
    responses = [AsyncRunResponse(stream, _both_of(chat_info)) for stream, chat_info in runs]

    async def run_all() -> None:
        finished: list[ChatResult] = []
        with foreign_pictures_kept_over_chats():
            for position, (stream, chat_info) in enumerate(runs):
                await report_async(stream, functools.partial(_a_next_of_queue, chat_info, finished))
                if _fails_all(stream, [later for later, _ in runs[position + 1 :]]):
                    return

    start_task(run_all())
    return responses


def _both_of(chat_info: dict[str, Any]) -> tuple[Runner, Runner]:
    return chat_info["sender"], chat_info["recipient"]


def _next_of_queue(chat_info: dict[str, Any], finished: list[ChatResult]) -> Printable:
    prepared = with_summaries(chat_info, finished)
    finished.append(prepared["sender"].initiate_chat(**prepared))
    return end_of_chat(finished[-1], *_both_of(chat_info))


async def _a_next_of_queue(chat_info: dict[str, Any], finished: list[ChatResult]) -> Printable:
    prepared = with_summaries(chat_info, finished)
    finished.append(await prepared["sender"].a_initiate_chat(**prepared))
    return end_of_chat(finished[-1], *_both_of(chat_info))


def _fails_all(stream: RunStream, later: Sequence[RunStream]) -> bool:
    """Tell whether a run of a queue has failed; then those after it, which cannot start, fail for the same reason."""
    if stream.failure is None:
        return False
    for one in later:
        one.send(ErrorEvent(error=stream.failure))
    return True


async def report_async(stream: AsyncThreadIOStream, run: Callable[[], Awaitable[Printable]]) -> None:
    """The asynchronous form of `report`."""
    stream.begin()
    with IOStream.set_default(cast(IOStream, stream)):
        try:
            end: Printable = await run()
        except BaseException as error:
            end = ErrorEvent(error=error)
            if isinstance(error, asyncio.CancelledError):
                stream.send(end)
                raise
        stream.send(end)


# --- runs that go as far as their events are asked for ---------------------------------------------------------------


class SteppedWalk(ChatWalk):
    """What both kinds of chats here have in common: their events go to a stream."""

    def __init__(
        self,
        stream: SteppedIOStream,
        sender: Runner,
        recipient: Runner,
        steps: Steps[ChatResult],
        asynchronous: bool,
    ) -> None:
        super().__init__(sender, recipient, steps, asynchronous)
        self.enter(IOStream.set_default(stream))
        self.enter(listening(stream.person_asked, kinds=(PersonAsked,)))

    def completion(self) -> Printable | None:
        """The `RunCompletionEvent` of the chat, once it is over or was left; None before."""
        return None if self.result is None else end_of_chat(self.result, *self._both)


class SteppedChatRun(SteppedWalk, ChatRun):
    """A chat to iterate over with ``for``, whose events go to a stream."""


class AsyncSteppedChatRun(SteppedWalk, AsyncChatRun):
    """A chat to iterate over with ``async for``, whose events go to a stream."""
