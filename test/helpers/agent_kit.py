"""Agents and chats for tests: nobody is asked, no model answers, nothing is printed."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from autogen_classic import ChatResult, ConversableAgent

__all__ = ("agent", "both_ways", "chat")

both_ways = pytest.mark.parametrize("way", ["sync", "async"])


def agent(name: str, **settings: Any) -> ConversableAgent:
    """An agent without a model or a person, which says who it is.

    Args:
        name: the name.
        **settings: further parameters of `ConversableAgent`, or others for those set here.
    """
    quiet = {"llm_config": False, "human_input_mode": "NEVER", "default_auto_reply": f"I am {name}"}
    return ConversableAgent(name, **{**quiet, **settings})


def chat(way: str, sender: ConversableAgent, recipient: ConversableAgent, **settings: Any) -> ChatResult:
    """Run a silent chat.

    Args:
        way: "sync" or "async".
        sender: who begins.
        recipient: who answers.
        **settings: further parameters of `initiate_chat`; the message is "hi" unless it is given.
    """
    settings = {"message": "hi", "silent": True, **settings}
    if way == "sync":
        return sender.initiate_chat(recipient, **settings)
    return asyncio.run(sender.a_initiate_chat(recipient, **settings))
