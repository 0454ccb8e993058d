"""A run with a journal: two agents with a model and a tool, and what it means to stop them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from agent_kit import agent, chat

from autogen_classic import AssistantAgent, ConversableAgent
from autogen_classic.testing import ModelRequest, ScriptedClient, tool_call

__all__ = ("Pair", "Stopped", "answer", "lines_of")


class Stopped(BaseException):
    """The program is stopped: what runs at that moment does not come to its end."""


def lines_of(path: str = "run.jsonl") -> list[dict[str, Any]]:
    """The lines of a journal after its head."""
    return [json.loads(line) for line in Path(path).read_text(encoding="utf-8").splitlines()[1:]]


def answer(request: ModelRequest) -> Any:
    """What the model of `Pair` says; all that it knows is in the messages."""
    last = request.messages[-1]
    if last.get("role") == "tool":
        return f"It is {last['content']}."
    return tool_call("add", x=1, y=2) if "1 + 2" in str(last["content"]) else f"You said: {last['content']}"


class Pair:
    """A user that can add, and an assistant; both count what they do."""

    def __init__(self, add: Callable[[int, int], Any] | None = None, reply: Callable[[ModelRequest], Any] = answer):
        self.sums: list[tuple[int, int]] = []
        self.client = ScriptedClient(default=reply)
        self.user = agent("user", default_auto_reply="Thanks.")
        self.assistant = AssistantAgent("assistant", llm_config=self.client.llm_config(price=[0.1, 0.1]))
        self._add = add
        self.user.register_for_execution(name="add")(self.add)

    def add(self, x: int, y: int) -> Any:
        self.sums.append((x, y))
        return x + y if self._add is None else self._add(x, y)

    def talk(self, way: str, message: str = "What is 1 + 2?", max_turns: int = 3) -> Any:
        return chat(way, self.user, self.assistant, message=message, max_turns=max_turns)

    def histories(self) -> list[Any]:
        agents: list[ConversableAgent] = [self.user, self.assistant]
        return [list(one.chat_messages.values()) for one in agents]
