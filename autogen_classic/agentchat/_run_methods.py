"""The methods of `ConversableAgent` that start a run: a chat whose events somebody reads.

This is AG2's style. What it is made of stands in `_runs`, which is loaded by the first run.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, cast

from .._core.messages import TextOrMessage
from .._core.party import Party, Runner, ToolOrFunction

if TYPE_CHECKING:
    from ..cache.abstract_cache_base import AbstractCache
    from ..io.run_response import AsyncRunIterResponse, AsyncRunResponse, RunIterResponse, RunResponse

__all__ = ("RunMethods",)


class RunMethods:
    """What is called on a `ConversableAgent`.

    Attributes:
        run_executor: the agent that stood for the user in the last run without a recipient; None before.
    """

    run_executor: Runner | None = None
    _classic_ends_unasked = False
    """Whether a message that ends the chat ends the run before a person is asked."""

    def run(
        self,
        recipient: Party | None = None,
        clear_history: bool = True,
        silent: bool | None = False,
        cache: AbstractCache | None = None,
        max_turns: int | None = None,
        summary_method: str | Callable[..., Any] | None = "last_msg",
        summary_args: dict[str, Any] | None = {},  # noqa: B006 - the signature of AG2; nothing writes to it
        message: TextOrMessage | Callable[..., Any] | None = None,
        executor_kwargs: dict[str, Any] | None = None,
        tools: Sequence[ToolOrFunction] | ToolOrFunction | None = None,
        user_input: bool | None = False,
        msg_to: str = "agent",
        **kwargs: Any,
    ) -> RunResponse:
        """Start a chat that goes on in a thread of its own, and return at once.

        For example: ``agent.run(message="Hi", max_turns=2).process()``. Without a recipient, an agent named ``user``
        is made, which runs the tools and functions of this agent, and ends the chat at the word TERMINATE. It is kept
        as ``run_executor``.

        Args:
            recipient: who is spoken to; None lets ``user`` speak to this agent.
            clear_history: whether both forget what they said to each other before.
            silent: has no effect: a run prints nothing itself, and its events come in any case.
            cache: a cache for all requests of this chat.
            max_turns: how often the recipient is spoken to; None for as long as they answer each other.
            summary_method: as for `initiate_chat`.
            summary_args: as for `initiate_chat`.
            message: the first message as for `initiate_chat`; None asks the person, by an `InputRequestEvent`.
            executor_kwargs: further parameters of the agent ``user``, such as ``code_execution_config``.
            tools: tools or functions that both agents know during this run.
            user_input: whether the person behind ``user`` is asked at each turn.
            msg_to: who gets the first message: "agent", or "user", to whom this agent speaks first.
            **kwargs: everything else that `initiate_chat` takes, such as ``max_cost`` or ``carryover``.

        Returns:
            The run, which may be left alone, iterated over or processed later.

        Raises:
            ValueError: ``msg_to`` is neither "agent" nor "user", or the ``executor_kwargs`` cannot be used.
        """
        from ._runs import Plan

        plan = Plan(
            _agent(self),
            recipient,
            executor_kwargs,
            tools,
            user_input,
            msg_to,
            clear_history=clear_history,
            cache=cache,
            max_turns=max_turns,
            summary_method=summary_method,
            summary_args=summary_args,
            message=message,
            **kwargs,
        )
        return plan.start()

    async def a_run(
        self,
        recipient: Party | None = None,
        clear_history: bool = True,
        silent: bool | None = False,
        cache: AbstractCache | None = None,
        max_turns: int | None = None,
        summary_method: str | Callable[..., Any] | None = "last_msg",
        summary_args: dict[str, Any] | None = {},  # noqa: B006 - the signature of AG2; nothing writes to it
        message: TextOrMessage | Callable[..., Any] | None = None,
        executor_kwargs: dict[str, Any] | None = None,
        tools: Sequence[ToolOrFunction] | ToolOrFunction | None = None,
        user_input: bool | None = False,
        msg_to: str = "agent",
        **kwargs: Any,
    ) -> AsyncRunResponse:
        """Start a chat that goes on as a task of the event loop, and return at once; see `run`."""
        from ._runs import Plan

        plan = Plan(
            _agent(self),
            recipient,
            executor_kwargs,
            tools,
            user_input,
            msg_to,
            clear_history=clear_history,
            cache=cache,
            max_turns=max_turns,
            summary_method=summary_method,
            summary_args=summary_args,
            message=message,
            **kwargs,
        )
        return plan.start_task()

    def run_iter(
        self,
        recipient: Party | None = None,
        clear_history: bool = True,
        silent: bool | None = False,
        cache: AbstractCache | None = None,
        max_turns: int | None = None,
        summary_method: str | Callable[..., Any] | None = "last_msg",
        summary_args: dict[str, Any] | None = {},  # noqa: B006 - the signature of AG2; nothing writes to it
        message: TextOrMessage | Callable[..., Any] | None = None,
        executor_kwargs: dict[str, Any] | None = None,
        tools: Sequence[ToolOrFunction] | ToolOrFunction | None = None,
        user_input: bool | None = False,
        msg_to: str = "agent",
        yield_on: Sequence[type[Any]] | None = None,
        **kwargs: Any,
    ) -> RunIterResponse:
        """Open a chat to iterate over: it runs in the thread of the loop, and stands still at each event.

        For example: ``for event in agent.run_iter(message="Hi"): ...``. Leaving the loop ends the chat.

        Args:
            recipient: who is spoken to; None lets ``user`` speak to this agent.
            clear_history: as for `run`.
            silent: as for `run`.
            cache: as for `run`.
            max_turns: as for `run`.
            summary_method: as for `run`.
            summary_args: as for `run`.
            message: as for `run`.
            executor_kwargs: as for `run`.
            tools: as for `run`.
            user_input: as for `run`.
            msg_to: as for `run`.
            yield_on: the classes of events that are wanted; None stands for all.
            **kwargs: as for `run`.

        Returns:
            The run, to iterate over once. What came out of it is there after the loop.
        """
        from ._runs import Plan

        plan = Plan(
            _agent(self),
            recipient,
            executor_kwargs,
            tools,
            user_input,
            msg_to,
            clear_history=clear_history,
            cache=cache,
            max_turns=max_turns,
            summary_method=summary_method,
            summary_args=summary_args,
            message=message,
            **kwargs,
        )
        return plan.iterate(yield_on)

    def a_run_iter(
        self,
        recipient: Party | None = None,
        clear_history: bool = True,
        silent: bool | None = False,
        cache: AbstractCache | None = None,
        max_turns: int | None = None,
        summary_method: str | Callable[..., Any] | None = "last_msg",
        summary_args: dict[str, Any] | None = {},  # noqa: B006 - the signature of AG2; nothing writes to it
        message: TextOrMessage | Callable[..., Any] | None = None,
        executor_kwargs: dict[str, Any] | None = None,
        tools: Sequence[ToolOrFunction] | ToolOrFunction | None = None,
        user_input: bool | None = False,
        msg_to: str = "agent",
        yield_on: Sequence[type[Any]] | None = None,
        **kwargs: Any,
    ) -> AsyncRunIterResponse:
        """Open a chat to iterate over with ``async for``; see `run_iter`."""
        from ._runs import Plan

        plan = Plan(
            _agent(self),
            recipient,
            executor_kwargs,
            tools,
            user_input,
            msg_to,
            clear_history=clear_history,
            cache=cache,
            max_turns=max_turns,
            summary_method=summary_method,
            summary_args=summary_args,
            message=message,
            **kwargs,
        )
        return plan.a_iterate(yield_on)

    def sequential_run(self, chat_queue: list[dict[str, Any]]) -> list[RunResponse]:
        """Start chats that go on one after the other in a thread of their own, and return at once.

        Args:
            chat_queue: as for `initiate_chats`.

        Returns:
            One run for each chat, in the order of the queue. An error ends its chat and all after it.
        """
        from ._runs import start_queue

        return start_queue([{"sender": self, **chat_info} for chat_info in chat_queue])

    async def a_sequential_run(
        self,
        chat_queue: list[dict[str, Any]],
    ) -> list[AsyncRunResponse]:
        """Start chats that go on one after the other as a task of the event loop; see `sequential_run`."""
        from ._runs import start_queue_task

        return start_queue_task([{"sender": self, **chat_info} for chat_info in chat_queue])

    def set_ui_tools(self, tools: Sequence[ToolOrFunction]) -> None:
        """Tell the agent's model about tools that the reader of the events runs.

        Args:
            tools: tools or functions. Those that were set before are taken back.
        """
        from ._run_tools import tell_of_tool

        self.unset_ui_tools(self._classic_ui_tools)
        for tool in tools:
            tell_of_tool(_agent(self), tool)
        self._classic_ui_tools = [*tools]

    def unset_ui_tools(self, tools: Sequence[ToolOrFunction]) -> None:
        """Take back what `set_ui_tools` told the agent's model.

        Args:
            tools: the tools or functions.
        """
        for tool in tools:
            _agent(self).update_tool_signature(getattr(tool, "name", None) or tool.__name__, is_remove=True)
        self._classic_ui_tools = [tool for tool in self._classic_ui_tools if tool not in tools]

    _classic_ui_tools: Sequence[ToolOrFunction] = ()


def _agent(of: RunMethods) -> Runner:
    """The agent whose methods these are."""
    return cast(Runner, of)
