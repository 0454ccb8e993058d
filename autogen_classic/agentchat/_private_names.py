"""Private methods of v0.2 that tests and published notebooks call, one line each into the room that does the work."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from .._core import replies
from .._core.drive import drive, drive_async
from .._core.messages import Message
from .._core.party import Outcome, Party
from . import _first_message, _summary, _tool_registration

if TYPE_CHECKING:
    from ..cache.abstract_cache_base import AbstractCache
    from .agent import Agent

__all__ = ("PrivateAgentNames",)

FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])


class PrivateAgentNames:
    """What is called on a `ConversableAgent`."""

    def _match_trigger(self, trigger: object, sender: Agent | None) -> bool:
        return replies.matches(trigger, sender)

    def _wrap_function(self, func: FunctionT) -> FunctionT:
        return _tool_registration.taking_json_values(func)

    def _process_carryover(self, content: str, kwargs: Mapping[str, Any]) -> str:
        return str(_first_message.with_carryover(content, kwargs))

    def _process_multimodal_carryover(self, content: list[Message], kwargs: Mapping[str, Any]) -> list[Message]:
        message = _first_message.with_carryover({"content": content}, kwargs)
        return cast(Message, message)["content"]  # type: ignore[no-any-return]

    @staticmethod
    def _summary_from_nested_chats(
        chat_queue: list[Message], recipient: Party, messages: list[Message], sender: Agent, config: object
    ) -> Outcome:
        from . import _nested

        return drive(_nested.summary_of_last_chat(chat_queue, recipient, messages, sender, config))

    @staticmethod
    async def _a_summary_from_nested_chats(
        chat_queue: list[Message], recipient: Party, messages: list[Message], sender: Agent, config: object
    ) -> Outcome:
        from . import _nested

        return await drive_async(_nested.summary_of_last_chat(chat_queue, recipient, messages, sender, config))

    @staticmethod
    def _last_msg_as_summary(sender: Party, recipient: Party, summary_args: object) -> str:
        return _summary.last_message(sender, recipient)

    @staticmethod
    def _reflection_with_llm_as_summary(sender: Party, recipient: Party, summary_args: dict[str, Any]) -> str:
        return str(
            drive(_summary.summarize(sender, "reflection_with_llm", summary_args, recipient, summary_args.get("cache")))
        )

    def _reflection_with_llm(
        self: Party,
        prompt: str,
        messages: list[Message],
        llm_agent: Party | None = None,
        cache: AbstractCache | None = None,
        role: str | None = None,
    ) -> str:
        return str(drive(_summary.reflect(self, llm_agent or self, messages, prompt, role or "system", cache)))
