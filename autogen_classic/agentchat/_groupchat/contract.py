"""What the code that leads a group, or chooses its speakers, reads of the group and of the agent that leads it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, Protocol

from ..._core.messages import Message
from ..._core.party import Party
from ..agent import Agent

__all__ = ("Group", "Manager")


class Group(Protocol):
    """A group, as seen by what leads it and chooses its speakers; `GroupChat` explains the settings."""

    agents: list[Any]  # a `Party` each, or whatever else has a name, listens and replies
    messages: list[Message]
    max_round: int
    admin_name: str
    func_call_filter: bool
    max_retries_for_selecting_speaker: int
    allow_repeat_speaker: Any
    enable_clear_history: bool
    send_introductions: bool
    allowed_or_disallowed_speaker_transitions: dict[Any, Any] | None
    allowed_speaker_transitions_dict: dict[Any, list[Any]]
    select_speaker_prompt_template: str | None
    select_speaker_auto_multiple_template: str
    select_speaker_auto_none_template: str
    select_speaker_transform_messages: Any
    select_speaker_auto_verbose: bool | None
    select_speaker_auto_model_client_cls: Any
    select_speaker_auto_llm_config: dict[str, Any] | Literal[False] | None
    role_for_select_speaker_messages: str | None

    @property
    def speaker_selection_method(self) -> str | Callable[..., Any]:
        """The name of a way to choose, or a function that chooses."""

    @property
    def speaker_transitions_type(self) -> str | None:
        """How to read the transitions."""

    @property
    def agent_names(self) -> list[str]:
        """The names of the agents in the order of the group."""

    def agent_by_name(self, name: str) -> Agent | None:
        """Find an agent."""

    def append(self, message: Message, speaker: Agent) -> None:
        """Add a message to what was said."""

    def reset(self) -> None:
        """Forget what was said."""

    def introductions_msg(self) -> str:
        """The message that tells everybody who takes part."""

    def next_agent(self, agent: Agent, agents: list[Agent] | None = None) -> Agent:
        """The agent that comes after another one."""

    def manual_select_speaker(self, agents: list[Agent] | None = None) -> Agent | None:
        """Ask the person at the terminal."""

    def random_select_speaker(self, agents: list[Agent] | None = None) -> Agent | None:
        """Let chance decide."""

    def select_speaker_msg(self, agents: list[Agent] | None = None) -> str:
        """The system message of the model that selects."""

    def select_speaker_prompt(self, agents: list[Agent] | None = None) -> str | None:
        """The question to the model that selects."""

    def _prepare_and_select_agents(
        self, last_speaker: Agent
    ) -> tuple[Agent | None, list[Agent], list[Message] | None]: ...

    def _auto_select_speaker(
        self, last_speaker: Agent, selector: Any, messages: list[Message] | None, agents: list[Agent] | None
    ) -> Agent: ...

    async def a_auto_select_speaker(
        self, last_speaker: Agent, selector: Any, messages: list[Message] | None, agents: list[Agent] | None
    ) -> Agent:
        """Have a model name the next speaker."""

    def _mentioned_agents(self, message_content: Any, agents: list[Agent] | None) -> dict[str, int]: ...


class Manager(Party, Protocol):
    """The agent that leads a group."""

    _last_speaker: Agent | None
    _silent: bool

    @property
    def groupchat(self) -> Group:
        """The group."""

    def messages_from_string(self, message_string: str) -> list[Message]:
        """Read messages from JSON."""

    def clear_agents_history(self, reply: Message, groupchat: Any) -> str:
        """Obey a message that says CLEAR HISTORY."""
