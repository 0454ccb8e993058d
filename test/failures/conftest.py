from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from model_fixtures import clean_place as clean_place
from model_fixtures import serve as serve

from autogen_classic import ConversableAgent
from autogen_classic.testing import MockOpenAIServer


@pytest.fixture
def agent() -> Callable[..., ConversableAgent]:
    """Make agents that need neither a person nor, unless it is given one, a model."""

    def make(name: str, *configs: dict[str, Any], **settings: Any) -> ConversableAgent:
        llm_config: Any = {"config_list": list(configs), "cache_seed": None} if configs else False
        defaults = {"llm_config": llm_config, "human_input_mode": "NEVER", "system_message": f"You are {name}."}
        return ConversableAgent(name, **{**defaults, **settings})

    return make


@pytest.fixture(params=["sync", "async"])
def way(request: pytest.FixtureRequest) -> str:
    """Both kinds of chats."""
    return str(request.param)


@pytest.fixture
def chat(way: str) -> Callable[..., Any]:
    """Run a chat in one of the two ways."""

    def run(sender: ConversableAgent, recipient: ConversableAgent, message: Any, **settings: Any) -> Any:
        settings = {"message": message, "silent": True, "max_turns": 1, **settings}
        if way == "sync":
            return sender.initiate_chat(recipient, **settings)
        return asyncio.run(sender.a_initiate_chat(recipient, **settings))

    return run


@pytest.fixture
def said() -> Callable[[ConversableAgent, ConversableAgent], list[tuple[str, Any]]]:
    """What an agent has stored of a conversation, as pairs of role and content."""
    return lambda agent, partner: [(message["role"], message["content"]) for message in agent.chat_messages[partner]]


@pytest.fixture
def sent() -> Callable[[MockOpenAIServer], list[tuple[str, Any]]]:
    """What the last request to a server held, as pairs of role and content."""
    return lambda server: [(message["role"], message["content"]) for message in server.requests[-1]["messages"]]
