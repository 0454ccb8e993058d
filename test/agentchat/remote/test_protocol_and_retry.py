"""Requests to agents elsewhere, and how often they are tried."""

from __future__ import annotations

import asyncio

import pytest

from autogen_classic.agentchat.remote import (
    RemoteAgentError,
    RemoteAgentNotFoundError,
    RequestMessage,
    ResponseMessage,
)
from autogen_classic.agentchat.remote.protocol import get_tool_names, reply_of
from autogen_classic.agentchat.remote.retry import NoRetryPolicy, RetryPolicy, SleepRetryPolicy


def test_tools_of_a_client_are_known_by_their_names() -> None:
    tools = [{"type": "function", "function": {"name": "look"}}, {"type": "web_search"}]
    assert RequestMessage(client_tools=tools).client_tool_names == get_tool_names(tools) == {"look"}


def test_of_an_answer_is_taken_what_an_agent_may_say() -> None:
    more = {"role": "function", "override_role": "system", "function_call": {"name": "shell"}, "context": {"a": 1}}
    said = {"content": "Hi.", "name": "bot"}
    assert reply_of(ResponseMessage(messages=[{**said, **more}]), RequestMessage()) == {**said, "role": "assistant"}
    assert reply_of(ResponseMessage(), RequestMessage()) is None


def test_tools_that_were_not_offered_are_not_called(caplog: pytest.LogCaptureFixture) -> None:
    request = RequestMessage(client_tools=[{"type": "function", "function": {"name": "look"}}])
    look, erase = ({"id": name, "type": "function", "function": {"name": name}} for name in ("look", "erase"))
    both = ResponseMessage(messages=[{"content": None, "tool_calls": [erase, look]}])
    assert reply_of(both, request) == {"content": None, "tool_calls": [look], "role": "assistant"}
    assert "has called what it was not offered, and is not run: 'erase'" in caplog.text
    one = ResponseMessage(messages=[{"content": None, "tool_calls": [erase]}])
    assert reply_of(one, request) == {"content": "", "role": "assistant"}


def test_an_agent_that_is_not_found_is_named() -> None:
    error = RemoteAgentNotFoundError("joe")
    assert str(error) == "Remote agent `joe` not found"
    assert error.agent_name == "joe"
    assert isinstance(error, RemoteAgentError)


@pytest.mark.parametrize("way", ["sync", "async"])
@pytest.mark.parametrize(("policy", "tries"), [(NoRetryPolicy(), 1), (SleepRetryPolicy(0, 3), 3)])
def test_the_error_of_the_last_try_passes(policy: RetryPolicy, tries: int, way: str) -> None:
    made = 0

    async def work() -> None:
        nonlocal made
        manager = policy()
        while True:
            if way == "async":
                async with manager:
                    made += 1
                    raise ConnectionError
            with manager:
                made += 1
                raise ConnectionError

    with pytest.raises(ConnectionError):
        asyncio.run(work())
    assert made == tries


def test_what_ends_the_program_is_not_tried_again() -> None:
    with pytest.raises(KeyboardInterrupt), SleepRetryPolicy(0, 3)():
        raise KeyboardInterrupt
