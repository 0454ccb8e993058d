"""Short ways to build the agents, the model and the terminal of these tests.

Only names that AutoGen 0.2.40 has are used, so that a test can be run against it as well when in doubt.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from autogen_classic import ConversableAgent, GroupChat, GroupChatManager
from autogen_classic.io.base import IOStream

MODEL = {"config_list": [{"model": "gpt-4", "api_key": "sk-test"}], "cache_seed": None}
DASHES = "-" * 80


class Terminal(IOStream):
    """A stream that keeps what is printed, and answers what was put into ``answers``."""

    def __init__(self) -> None:
        self.text = ""
        self.answers: list[str] = []
        self.prompts: list[str] = []

    def print(self, *objects: Any, sep: str = " ", end: str = "\n", flush: bool = False) -> None:
        self.text += sep.join(map(str, objects)) + end

    def input(self, prompt: str = "", *, password: bool = False) -> str:
        self.prompts.append(prompt)
        return self.answers.pop(0)


class ScriptedModel:
    """Answers from a list (the last one over and over), and keeps every request."""

    def __init__(self) -> None:
        self.replies: list[Any] = ["fine"]
        self.requests: list[dict[str, Any]] = []
        self.model = "gpt-4"

    def create(self, params: dict[str, Any]) -> Any:
        from openai.types.chat import ChatCompletion

        self.requests.append({**params, "messages": [dict(message) for message in params["messages"]]})
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        message = reply if isinstance(reply, dict) else {"content": reply}
        return ChatCompletion.model_validate(
            {
                "id": "1",
                "object": "chat.completion",
                "created": 0,
                "model": self.model,
                "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", **message}}],
                "usage": {"prompt_tokens": 1000, "completion_tokens": 1000, "total_tokens": 2000},
            }
        )


class Calls(list):  # type: ignore[type-arg]
    """Keeps the arguments of every call, and hands the call on."""

    def around(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def recorded(*args: Any, **kwargs: Any) -> Any:
            self.append((args, kwargs))
            return function(*args, **kwargs)

        return recorded

    def on(self, owner: Any, name: str) -> Calls:
        """Patch the method of an instance."""
        setattr(owner, name, self.around(getattr(owner, name)))
        return self


def agent(name: str, kind: type[ConversableAgent] = ConversableAgent, **settings: Any) -> Any:
    """An agent that asks nobody and says "ok" unless it is told otherwise."""
    return kind(name, **{"llm_config": False, "human_input_mode": "NEVER", "default_auto_reply": "ok", **settings})


def asks_model(name: str, kind: type[ConversableAgent] = ConversableAgent, **settings: Any) -> Any:
    return agent(name, kind, **{"llm_config": MODEL, **settings})


def chat(sender: Any, recipient: Any, way: str = "sync", **settings: Any) -> Any:
    """A chat of one turn, in either way."""
    settings = {"message": "hi", "max_turns": 1, "silent": True, **settings}
    if way == "sync":
        return sender.initiate_chat(recipient, **settings)
    return asyncio.run(sender.a_initiate_chat(recipient, **settings))


def group(
    *agents: Any, kind: type[GroupChat] = GroupChat, manager: dict[str, Any] | None = None, **settings: Any
) -> Any:
    """A manager of a group that speaks in turn, three messages long."""
    settings = {"messages": [], "max_round": 3, "speaker_selection_method": "round_robin", **settings}
    groupchat = kind(agents=list(agents), **settings)
    return GroupChatManager(groupchat, **{"llm_config": False, **(manager or {})})


def texts(messages: list[dict[str, Any]]) -> list[Any]:
    return [message["content"] for message in messages]


def tool_call(name: str = "add", arguments: str = '{"a": 1}', call_id: str = "call_1") -> dict[str, Any]:
    function = {"name": name, "arguments": arguments}
    return {"content": None, "tool_calls": [{"id": call_id, "type": "function", "function": function}]}


def function_call(name: str = "add", arguments: str = '{"a": 1}') -> dict[str, Any]:
    return {"content": None, "function_call": {"name": name, "arguments": arguments}}
