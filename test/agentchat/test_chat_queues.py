"""Queues of chats: what they refuse, so that no chat and nothing carried over is lost unseen."""

from __future__ import annotations

import asyncio

import pytest
from agent_kit import agent

from autogen_classic import initiate_chats
from autogen_classic.agentchat.chat import a_initiate_chats


def test_a_dict_to_carry_over_is_refused_because_its_values_would_be_lost() -> None:
    queue = [{"sender": agent("ann"), "recipient": agent("bob"), "message": "m", "carryover": {"key": "value"}}]
    with pytest.raises(TypeError, match="must be a text or a list, but it is {'key': 'value'}"):
        initiate_chats(queue)


def test_an_asynchronous_queue_warns_of_chats_that_share_an_id() -> None:
    ann = agent("ann")
    queue = [
        {"chat_id": 1, "sender": ann, "recipient": agent(name), "message": "m", "max_turns": 1, "silent": True}
        for name in ("bob", "cleo")
    ]
    with pytest.warns(UserWarning, match="has the chat_id 1. Only the last of them runs"):
        results = asyncio.run(a_initiate_chats(queue))
    assert results[1].summary == "I am cleo"
