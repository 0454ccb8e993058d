"""The target that is a group chat of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import ConfigDict, field_validator

from ...._core.drive import Steps, drive, drive_async, shipped
from ...._core.party import Agent, Outcome, Party
from .._named import NamedModel
from .transition_target import AgentTarget, WrappedTarget
from .transition_utils import __AGENT_WRAPPER_PREFIX__

if TYPE_CHECKING:
    from ...conversable_agent import ConversableAgent

__all__ = ("GroupChatConfig", "GroupChatTarget")

Messages = list[dict[str, Any]]


class GroupChatConfig(NamedModel):
    """A group chat to run.

    Attributes:
        pattern: the pattern of the group.
        messages: the messages that open it: a text, or a list of dicts.
        max_rounds: how many messages are said before it ends, including the first.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    pattern: Any
    messages: list[dict[str, Any]] | str
    max_rounds: int = 20

    @field_validator("pattern")
    @classmethod
    def _check_is_pattern(cls, value: object) -> object:
        if isinstance(value, type) or not hasattr(value, "prepare_group_chat"):
            raise ValueError(f"pattern must be a pattern such as DefaultPattern(...), but it is {value!r}.")
        return value


class GroupChatTarget(WrappedTarget):
    """A group chat of its own runs, and its summary is said in the group.

    Attributes:
        group_chat_config: the group chat.
    """

    group_chat_config: GroupChatConfig

    def display_name(self) -> str:
        """The name for readers."""
        return "a group chat"

    def normalized_name(self) -> str:
        """The name for names of tools."""
        return "group_chat"

    def create_wrapper_agent(self, parent_agent: ConversableAgent, index: int) -> ConversableAgent:
        """Make the agent that runs the group chat and then hands back; see `TransitionTarget.create_wrapper_agent`."""
        from ...conversable_agent import ConversableAgent

        name = f"{__AGENT_WRAPPER_PREFIX__}group_{parent_agent.name}_{index + 1}"
        wrapper = ConversableAgent(name, llm_config=False)
        wrapper.register_reply([Agent, None], _reply, config=self.group_chat_config)
        wrapper.register_reply([Agent, None], _a_reply, config=self.group_chat_config, ignore_async_in_sync_chat=True)
        wrapper.handoffs.set_after_work(AgentTarget(parent_agent))
        return wrapper

    def __str__(self) -> str:
        return "Transfer to group chat"


def _reply_steps(
    agent: Party,
    /,
    messages: Messages | None = None,
    sender: Agent | None = None,
    config: GroupChatConfig | None = None,
) -> Steps[Outcome]:
    """Run the group chat and answer with its summary."""
    from .._running import group_chat_steps

    assert config is not None
    result, _, _ = yield from group_chat_steps(config.pattern, config.messages, config.max_rounds)
    return True, result.summary


@shipped(_reply_steps)
def _reply(
    agent: Party, messages: Messages | None = None, sender: Agent | None = None, config: GroupChatConfig | None = None
) -> Outcome:
    return drive(_reply_steps(agent, messages, sender, config))


@shipped(_reply_steps)
async def _a_reply(
    agent: Party, messages: Messages | None = None, sender: Agent | None = None, config: GroupChatConfig | None = None
) -> Outcome:
    return await drive_async(_reply_steps(agent, messages, sender, config))
