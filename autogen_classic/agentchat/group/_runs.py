"""Group chats whose events somebody reads: they go on by themselves, or as far as their events are asked for."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any, cast

from ..._core.drive import Steps, drive, drive_async
from ..._core.events import ChatStarted, listening
from ..._core.party import Runner
from ...io.base import Printable
from ...io.run_response import AsyncRunIterResponse, AsyncRunResponse, RunIterResponse, RunResponse
from ...io.thread_io_stream import SteppedIOStream
from .._iteration import AsyncChatRun, ChatRun
from .._runs import SteppedWalk, completion_of, start, start_async
from ..chat import ChatResult
from ._running import Safeguards, everybody_in, group_chat_steps

if TYPE_CHECKING:
    from .patterns.pattern import Pattern

__all__ = ("GroupPlan",)


class GroupPlan:
    """A run of a group before it starts.

    Args:
        pattern: how the agents take turns.
        messages: the messages that open the chat: a text, or a list of dicts.
        max_rounds: how many messages are said before it ends, including the first.
        safeguards: what guards all that is said; None for nothing.
    """

    def __init__(
        self,
        pattern: Pattern,
        messages: list[dict[str, Any]] | dict[str, Any] | str,
        max_rounds: int,
        safeguards: Safeguards | None = None,
    ) -> None:
        self.pattern = pattern
        self._given = (pattern, messages, max_rounds, safeguards)
        self._agents = cast("list[Runner]", everybody_in(pattern))

    def start(self) -> RunResponse:
        """Start the run in a thread of its own."""
        return start(self._agents, lambda: drive(self._steps()))

    def start_task(self) -> AsyncRunResponse:
        """Start the run as a task of the running event loop."""
        return start_async(self._agents, lambda: drive_async(self._steps()))

    def iterate(self, yield_on: Collection[type[Any]] | None) -> RunIterResponse:
        """Let the run be iterated over.

        Args:
            yield_on: the classes of events that are wanted; None stands for all.
        """
        return RunIterResponse(lambda stream: SteppedGroupRun(stream, self, asynchronous=False), yield_on, self._agents)

    def a_iterate(self, yield_on: Collection[type[Any]] | None) -> AsyncRunIterResponse:
        """The asynchronous form of `iterate`."""
        return AsyncRunIterResponse(
            lambda stream: AsyncSteppedGroupRun(stream, self, asynchronous=True), yield_on, self._agents
        )

    def result_steps(self) -> Steps[ChatResult]:
        """Run the group chat."""
        result, _, _ = yield from group_chat_steps(*self._given)
        return result

    def _steps(self) -> Steps[Printable]:
        result, variables, last_speaker = yield from group_chat_steps(*self._given)
        return completion_of(result, None if last_speaker is None else last_speaker.name, variables)


class _SteppedGroup(SteppedWalk):
    """What both kinds of group chats here have in common: who leads the group is known once the chat has begun."""

    def __init__(self, stream: SteppedIOStream, plan: GroupPlan, asynchronous: bool) -> None:
        unknown = cast(Runner, None)
        super().__init__(stream, unknown, unknown, plan.result_steps(), asynchronous)
        self._pattern = plan.pattern
        self._has_begun = False
        self.enter(listening(self._began, kinds=(ChatStarted,)))

    def _began(self, event: ChatStarted) -> None:
        if not self._has_begun:  # chats may be nested in this one
            self._has_begun = True
            self._both = cast("tuple[Runner, Runner]", (event.sender, event.recipient))

    def completion(self) -> Printable | None:
        """The `RunCompletionEvent` of the chat, once it is over or was left; None before."""
        if self.result is None:
            return None
        last_speaker = cast(Any, self._both[1]).last_speaker
        return completion_of(self.result, last_speaker and last_speaker.name, self._pattern.context_variables)


class SteppedGroupRun(_SteppedGroup, ChatRun):
    """A group chat to iterate over with ``for``, whose events go to a stream."""


class AsyncSteppedGroupRun(_SteppedGroup, AsyncChatRun):
    """A group chat to iterate over with ``async for``, whose events go to a stream."""
