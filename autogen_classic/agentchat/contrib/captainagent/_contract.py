"""What the steps of a call for help know of the agent that makes it."""

from __future__ import annotations

from typing import Any

from ...conversable_agent import ConversableAgent
from .._builder.files import Team
from . import _prompts

__all__ = ("Summoner",)


class Summoner(ConversableAgent):
    """The texts and the state of an agent that calls in groups of experts.

    Attributes:
        build_history: the groups so far by their names, as dicts; a group is built once.
        tool_history: the descriptions of the tools that each group was offered.
        build_times: how often a group was built or brought together again.
        owner: the agent that pays for the experts; None for each on its own account.
    """

    AUTOBUILD_TASK_DESC = _prompts.AUTOBUILD_TASK_DESC
    CONVERSATION_REVIEW_PROMPT = _prompts.CONVERSATION_REVIEW_PROMPT
    build_history: dict[str, Team]
    tool_history: dict[str, list[str]]
    build_times: int
    owner: ConversableAgent | None
    _nested_config: dict[str, Any]
    _agent_config_save_path: str | None
