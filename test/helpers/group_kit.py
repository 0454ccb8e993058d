"""Groups with handoffs for tests: scripted models, nothing printed."""

from __future__ import annotations

import asyncio
from typing import Any

from agent_kit import agent

from autogen_classic import ChatResult, ConversableAgent
from autogen_classic.agentchat import a_initiate_group_chat, initiate_group_chat
from autogen_classic.agentchat.group.patterns import DefaultPattern, Pattern
from autogen_classic.testing import ScriptedClient

__all__ = ("member", "said", "talk")


def member(name: str, *replies: Any, **settings: Any) -> ConversableAgent:
    """An agent of a group, whose model says what is written down; without replies it has no model.

    Args:
        name: the name.
        *replies: what its model answers, one after the other.
        **settings: further parameters of `ConversableAgent`.
    """
    if not replies:
        return agent(name, **settings)
    client = ScriptedClient(list(replies))
    made = agent(name, llm_config=client.llm_config(), **settings)
    made.scripted = client  # type: ignore[attr-defined]
    return made


def talk(
    way: str,
    *members: ConversableAgent,
    messages: Any = "go",
    max_rounds: int = 20,
    pattern: Any = None,
    **settings: Any,
) -> ChatResult:
    """Run a silent group chat; the first member begins.

    Args:
        way: "sync" or "async".
        *members: the agents.
        messages: what opens it.
        max_rounds: how many messages are said.
        pattern: a pattern, or its class; `DefaultPattern` unless it is given.
        **settings: parameters of the pattern.
    """
    manager = {"silent": True, **settings.pop("group_manager_args", {})}
    made: Pattern = (
        pattern
        if isinstance(pattern, Pattern)
        else (pattern or DefaultPattern)(
            initial_agent=members[0], agents=list(members), group_manager_args=manager, **settings
        )
    )
    if way == "sync":
        return initiate_group_chat(made, messages, max_rounds)[0]
    return asyncio.run(a_initiate_group_chat(made, messages, max_rounds))[0]


def said(result: ChatResult) -> list[tuple[str | None, str]]:
    """Who said what in a group chat."""
    return [(message.get("name"), message["content"]) for message in result.chat_history]
