"""Agents, their conversations, and groups of them. Each name is loaded when it is first used.

Importing this package also loads the printer: the first subscriber, which shows a conversation to the reader
at the terminal.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from .._core.events import subscribe
from .._core.lazy import load
from ._printer import SHOWN, show

if TYPE_CHECKING:
    from . import agent, assistant_agent, chat, contrib, conversable_agent, group, groupchat, user_proxy_agent, utils
    from .agent import Agent, LLMAgent
    from .assistant_agent import AssistantAgent
    from .chat import ChatResult, a_initiate_chats, initiate_chats
    from .contrib.swarm_agent import (
        AFTER_WORK,
        ON_CONDITION,
        UPDATE_SYSTEM_MESSAGE,
        AfterWork,
        AfterWorkOption,
        OnCondition,
        SwarmAgent,
        SwarmResult,
        a_initiate_swarm_chat,
        a_run_swarm,
        initiate_swarm_chat,
        register_hand_off,
        run_swarm,
    )
    from .conversable_agent import ConversableAgent, UpdateSystemMessage, register_function
    from .eligibility_policy import AgentDescriptionGuard, AgentEligibilityPolicy, SelectionContext
    from .group.context_variables import ContextVariables
    from .group.multi_agent_chat import (
        a_initiate_group_chat,
        a_run_group_chat,
        a_run_group_chat_iter,
        initiate_group_chat,
        run_group_chat,
        run_group_chat_iter,
    )
    from .group.reply_result import ReplyResult
    from .groupchat import GroupChat, GroupChatManager
    from .user_proxy_agent import UserProxyAgent
    from .utils import gather_usage_summary

__all__ = [
    "AFTER_WORK",
    "ON_CONDITION",
    "UPDATE_SYSTEM_MESSAGE",
    "AfterWork",
    "AfterWorkOption",
    "Agent",
    "AgentDescriptionGuard",
    "AgentEligibilityPolicy",
    "AssistantAgent",
    "ChatResult",
    "ContextVariables",
    "ConversableAgent",
    "GroupChat",
    "GroupChatManager",
    "LLMAgent",
    "OnCondition",
    "ReplyResult",
    "SelectionContext",
    "SwarmAgent",
    "SwarmResult",
    "UpdateSystemMessage",
    "UserProxyAgent",
    "a_initiate_chats",
    "a_initiate_group_chat",
    "a_initiate_swarm_chat",
    "a_run_group_chat",
    "a_run_group_chat_iter",
    "a_run_swarm",
    "agent",
    "assistant_agent",
    "chat",
    "contrib",
    "conversable_agent",
    "gather_usage_summary",
    "group",
    "groupchat",
    "initiate_chats",
    "initiate_group_chat",
    "initiate_swarm_chat",
    "register_function",
    "register_hand_off",
    "run_group_chat",
    "run_group_chat_iter",
    "run_swarm",
    "user_proxy_agent",
    "utils",
]

_HOMES = {
    "AFTER_WORK": ".contrib.swarm_agent",
    "AfterWork": ".contrib.swarm_agent",
    "AfterWorkOption": ".contrib.swarm_agent",
    "Agent": ".agent",
    "AgentDescriptionGuard": ".eligibility_policy",
    "AgentEligibilityPolicy": ".eligibility_policy",
    "AssistantAgent": ".assistant_agent",
    "ChatResult": ".chat",
    "ContextVariables": ".group.context_variables",
    "ConversableAgent": ".conversable_agent",
    "GroupChat": ".groupchat",
    "GroupChatManager": ".groupchat",
    "LLMAgent": ".agent",
    "ON_CONDITION": ".contrib.swarm_agent",
    "OnCondition": ".contrib.swarm_agent",
    "ReplyResult": ".group.reply_result",
    "SelectionContext": ".eligibility_policy",
    "SwarmAgent": ".contrib.swarm_agent",
    "SwarmResult": ".contrib.swarm_agent",
    "UPDATE_SYSTEM_MESSAGE": ".contrib.swarm_agent",
    "UpdateSystemMessage": ".conversable_agent",
    "UserProxyAgent": ".user_proxy_agent",
    "a_initiate_chats": ".chat",
    "a_initiate_group_chat": ".group.multi_agent_chat",
    "a_initiate_swarm_chat": ".contrib.swarm_agent",
    "a_run_swarm": ".contrib.swarm_agent",
    "a_run_group_chat": ".group.multi_agent_chat",
    "a_run_group_chat_iter": ".group.multi_agent_chat",
    "gather_usage_summary": ".utils",
    "initiate_chats": ".chat",
    "initiate_group_chat": ".group.multi_agent_chat",
    "initiate_swarm_chat": ".contrib.swarm_agent",
    "register_function": ".conversable_agent",
    "register_hand_off": ".contrib.swarm_agent",
    "run_swarm": ".contrib.swarm_agent",
    "run_group_chat": ".group.multi_agent_chat",
    "run_group_chat_iter": ".group.multi_agent_chat",
}

_SUBMODULES = frozenset(
    (
        "agent",
        "assistant_agent",
        "chat",
        "contrib",
        "conversable_agent",
        "group",
        "groupchat",
        "user_proxy_agent",
        "utils",
    )
)

subscribe(show, SHOWN, may_fail=False, only_aloud=True)  # a program notices when its stream is gone
if "ipykernel" in sys.modules:
    from ..io._progress import watch_in_notebook

    watch_in_notebook()

if not TYPE_CHECKING:  # so that type checkers report a misspelt name

    def __getattr__(name: str) -> Any:
        return load(__name__, name, _HOMES, _SUBMODULES)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
