"""Private methods of v0.2 that tests and programs call on a group, one line each into the room that does the work."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..._core.messages import Message
from .._speakers import auto
from .contract import Group

if TYPE_CHECKING:
    from ..agent import Agent

__all__ = ("PrivateGroupNames",)


class PrivateGroupNames:
    """What is called on a `GroupChat`."""

    def _validate_speaker_name(
        self: Group,
        recipient: object,
        messages: list[Message],
        sender: object,
        config: object,
        attempts_left: int,
        attempt: int,
        agents: list[Agent],
    ) -> tuple[bool, Message | None]:
        named = auto.names_in(self, messages[-1], agents)
        is_settled = len(named) == 1 or not attempts_left
        return True, None if is_settled else auto.further_question(self, named, agents)

    def _process_speaker_selection_result(
        self, result: Any, last_speaker: Agent, agents: list[Agent] | None
    ) -> Agent | None:
        said = result.chat_history
        return self._finalize_speaker(last_speaker, True, said[-1].get("content"), agents) if said else None

    def _finalize_speaker(self: Any, last_speaker: Agent, final: bool, name: str, agents: list[Agent] | None) -> Agent:
        named = auto.names_in(self, name, self.agents if agents is None else agents) if final else []
        speaker: Agent = self.agent_by_name(named[0]) if len(named) == 1 else self.next_agent(last_speaker, agents)
        return speaker

    def _create_internal_agents(
        self: Group,
        agents: list[Agent],
        max_attempts: int,
        messages: list[Message],
        validate_speaker_name: Callable[..., tuple[bool, Message | None]],
        selector: Any = None,
    ) -> tuple[Any, Any]:
        checking_agent, selection_agent = auto.internal_agents(self, selector, agents, messages)
        checking_agent.register_reply(selection_agent, validate_speaker_name)
        return checking_agent, selection_agent
