"""A run in which everything happens that a recording has to hold, and a world without a network."""

from __future__ import annotations

import asyncio
import contextlib
import io
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from autogen_classic import ConversableAgent, GroupChat, GroupChatManager, gather_usage_summary
from autogen_classic.testing import MockOpenAIServer, ModelRequest, tool_call, tool_calls
from autogen_classic.testing.pytest_plugin import replay_notebook  # noqa: F401 - a fixture, used by name

KEY = "sk-planted-in-the-configuration-0123456789"
HEADER = "Bearer planted-in-a-header-0123456789"


@pytest.fixture(autouse=True)
def _clean_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test has a directory of its own, and an environment without keys."""
    monkeypatch.chdir(tmp_path)
    for name in ("OPENAI_API_KEY", "OPENAI_API_BASE", "OPENAI_BASE_URL", "OAI_CONFIG_LIST"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def serve() -> Iterator[Callable[..., MockOpenAIServer]]:
    """Start servers that are stopped after the test."""
    with contextlib.ExitStack() as servers:
        yield lambda *replies, **settings: servers.enter_context(MockOpenAIServer(list(replies) or None, **settings))


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever opens a connection fails the test."""

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("A replay has opened a network connection.")

    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, refuse)
    for name in ("create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, refuse)


def config_of(server: MockOpenAIServer | None, **settings: Any) -> dict[str, Any]:
    """The llm_config for a server, or one without key and address."""
    entry: dict[str, Any] = {"model": "gpt-4o", **settings}
    if server is not None:
        entry.update(base_url=server.base_url, api_key=KEY, default_headers={"Authorization-Of-Proxy": HEADER})
    return {"config_list": [entry], "cache_seed": None}


@pytest.fixture
def config() -> Callable[..., dict[str, Any]]:
    """`config_of`."""
    return config_of


def play(request: ModelRequest) -> Any:
    """Answer as the models of the group would; all that they know is in the messages."""
    texts = [str(message.get("content") or "") for message in request.messages]
    last = texts[-1]
    if texts[0].startswith("Choose") or "Who speaks next" in last:
        if any("final" in text for text in texts):
            return "user"
        return "writer" if any("The plan" in text for text in texts) else "planner"
    if "Sum up" in last:
        return f"A summary of {len(texts)} messages."
    if texts[0] == "You criticise.":
        return f"Criticism of: {last[:20]}"
    if texts[0] == "You plan.":
        if request.messages[-1].get("role") == "tool":
            return "The plan: count, then write."
        return tool_calls(tool_call("count", word="letters"), tool_call("count", word="second"), content="Counting.")
    return "A draft: 日本語, naïve, \U0001f600, done. final"


@dataclass
class Outcome:
    """Everything of a run that a replay has to bring back."""

    printed: str
    history: Any
    summary: Any
    cost: Any
    usage: Any
    group: Any


class Group:
    """Two agents that plan and write, a critic in a nested chat, a manager that asks a model who speaks, a person."""

    def __init__(self, llm_config: dict[str, Any]) -> None:
        settings: dict[str, Any] = {"llm_config": llm_config, "human_input_mode": "NEVER"}
        self.planner = ConversableAgent("planner", system_message="You plan.", **settings)
        self.writer = ConversableAgent("writer", system_message="You write.", **settings)
        self.critic = ConversableAgent("critic", system_message="You criticise.", **settings)
        self.tester = ConversableAgent("tester", llm_config=False, human_input_mode="NEVER")
        self.user = ConversableAgent("user", llm_config=False, human_input_mode="ALWAYS")
        self.planner.register_for_llm(name="count", description="Count letters.")(count)
        self.planner.register_for_execution(name="count")(count)
        self.user.register_for_execution(name="count")(count)
        nested = {
            "recipient": self.critic,
            "sender": self.tester,
            "message": lambda recipient, messages, sender, config: f"Judge: {messages[-1]['content']}",
            "max_turns": 1,
            "summary_method": "reflection_with_llm",
            "summary_args": {"summary_prompt": "Sum up the criticism."},
        }
        self.writer.register_nested_chats([nested], trigger=self.planner_has_spoken, position=2)
        self.groupchat = GroupChat(
            [self.user, self.planner, self.writer],
            messages=[],
            max_round=8,
            select_speaker_message_template="Choose from {agentlist}.",
            select_speaker_prompt_template="Who speaks next of {agentlist}?",
        )
        self.manager = GroupChatManager(self.groupchat, llm_config=llm_config)
        self.agents = [self.planner, self.writer, self.critic, self.manager]
        self.settings: dict[str, Any] = {
            "message": "Write about letters.",
            "summary_method": "reflection_with_llm",
            "summary_args": {"summary_prompt": "Sum up.", "summary_role": "system"},
        }

    def planner_has_spoken(self, sender: Any) -> bool:
        return sender is self.manager and len(self.groupchat.messages) == 4

    def run(self, way: str) -> Any:
        if way == "sync":
            return self.user.initiate_chat(self.manager, **self.settings)
        return asyncio.run(self.user.a_initiate_chat(self.manager, **self.settings))


def count(word: str) -> int:
    return len(word)


@pytest.fixture
def run_group(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[[str, dict[str, Any], str], Outcome]:
    """Run the group in one of the two ways, with what a person types, and keep everything."""

    def run(way: str, llm_config: dict[str, Any], typed: str = "") -> Outcome:
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        capsys.readouterr()
        group = Group(llm_config)
        result = group.run(way)
        histories = {
            agent.name: [list(messages) for messages in agent.chat_messages.values()]
            for agent in [*group.agents, group.user]
        }
        return Outcome(
            capsys.readouterr().out,
            histories,
            result.summary,
            result.cost,
            gather_usage_summary(group.agents),
            group.groupchat.messages,
        )

    return run


@pytest.fixture
def play_of_group() -> Callable[[ModelRequest], Any]:
    """`play`."""
    return play
