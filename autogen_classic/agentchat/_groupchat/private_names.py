"""Private methods of v0.2 that tests and programs call on a group, one line each into the room that does the work."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..._core.messages import Message
from ..._core.party import Party
from .._speakers import auto
from .contract import Group

if TYPE_CHECKING:
    from ..agent import Agent
    from ..chat import ChatResult

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
        self: Group, result: ChatResult, last_speaker: Agent, agents: list[Agent] | None
    ) -> Agent | None:
        said = result.chat_history
        return _speaker_named_in(self, said[-1].get("content"), last_speaker, agents) if said else None

    def _finalize_speaker(
        self: Group, last_speaker: Agent, final: bool, name: str, agents: list[Agent] | None
    ) -> Agent:
        return _speaker_named_in(self, name if final else "", last_speaker, agents)

    def _create_internal_agents(
        self: Group,
        agents: list[Agent],
        max_attempts: int,
        messages: list[Message],
        validate_speaker_name: Callable[..., tuple[bool, Message | None]],
        selector: Party | None = None,
    ) -> tuple[Any, Any]:
        checking_agent, selection_agent = auto.internal_agents(self, selector, agents, messages)
        checking_agent.register_reply(selection_agent, validate_speaker_name)
        return checking_agent, selection_agent


def _speaker_named_in(group: Group, content: str | None, last_speaker: Agent, agents: list[Agent] | None) -> Agent:
    """The one candidate that a text names, or else the next of the list."""
    named = auto.names_in(group, content or "", group.agents if agents is None else agents)
    speaker = group.agent_by_name(named[0]) if len(named) == 1 else None
    return group.next_agent(last_speaker, agents) if speaker is None else speaker
