"""Agents and chat engines of LlamaIndex in chats, with a scripted model of LlamaIndex."""

from __future__ import annotations

import asyncio
import gc
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from agent_kit import agent, both_ways, chat

from autogen_classic import GroupChat, GroupChatManager
from autogen_classic.agentchat.contrib.llamaindex_conversable_agent import LLamaIndexConversableAgent
from autogen_classic.replay import record, replay

pytest.importorskip("llama_index.core")

from llama_index.core.agent.workflow import ReActAgent
from llama_index.core.chat_engine import SimpleChatEngine
from llama_index.core.llms import ChatMessage, CompletionResponse, CustomLLM, LLMMetadata
from pydantic import Field

# LlamaIndex itself uses what pydantic calls deprecated, and leaves the connections of its memory open.
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(autouse=True)
def _memories_end_within_their_test() -> Iterator[None]:
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


class Scripted(CustomLLM):
    """A model that says what it is told to, and remembers what it was asked."""

    answers: list[str] = Field(default_factory=list)
    asked: list[str] = Field(default_factory=list)

    @property
    def metadata(self) -> LLMMetadata:
        return LLMMetadata()

    def complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:
        self.asked.append(prompt)
        return CompletionResponse(text=self.answers.pop(0))

    def stream_complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> Any:
        answer = self.complete(prompt)
        answer.delta = answer.text
        yield answer


def talker(given: Any, **settings: Any) -> LLamaIndexConversableAgent:
    return LLamaIndexConversableAgent("llama", given, human_input_mode="NEVER", llm_config=False, **settings)


@both_ways
def test_an_agent_of_today_answers_and_uses_its_tools(way):
    def add(a: int, b: int) -> int:
        """Add two numbers."""
        return a + b

    model = Scripted(
        answers=[
            'Thought: I need a tool.\nAction: add\nAction Input: {"a": 2, "b": 3}\n',
            "Thought: I can answer without using any more tools.\nAnswer: It is 5.",
            "Thought: I can answer without using any more tools.\nAnswer: I said 5.",
        ]
    )
    llama = talker(ReActAgent(tools=[add], llm=model, description="adds numbers", streaming=False))
    result = chat(way, agent("ann", default_auto_reply="what did you say?"), llama, message="2 + 3?", max_turns=2)
    assert [message["content"] for message in result.chat_history] == [
        "2 + 3?",
        "It is 5.",
        "what did you say?",
        "I said 5.",
    ]
    assert "It is 5." in model.asked[-1]
    assert llama.description == "adds numbers"


@both_ways
def test_a_chat_engine_answers(way):
    model = Scripted(answers=["hello"])
    llama = talker(SimpleChatEngine.from_defaults(llm=model), description="says hello")
    result = chat(way, agent("ann"), llama, message="hi", max_turns=1)
    assert result.chat_history[-1]["content"] == "hello"
    assert llama.description == "says hello"


def test_it_answers_within_a_running_loop():
    llama = talker(ReActAgent(llm=Scripted(answers=["Thought: I can answer.\nAnswer: yes"]), streaming=False))

    async def notebook() -> object:
        return llama.generate_reply(messages=[{"role": "user", "content": "well?"}], sender=agent("ann"))

    assert asyncio.run(notebook()) == "yes"


def test_the_conversation_before_is_handed_over_by_its_roles():
    llama = talker(SimpleChatEngine.from_defaults(llm=Scripted()))
    messages = [
        {"role": "user", "content": "one"},
        {"role": "assistant", "content": None, "tool_calls": []},
        {"role": "assistant", "content": "two"},
        {"role": "user", "content": [{"type": "text", "text": "three"}]},
    ]
    said, before = llama._said(messages, None)
    assert said == "three"
    assert before == [ChatMessage(role="user", content="one"), ChatMessage(role="assistant", content="two")]


@pytest.mark.parametrize("given", [None, "an agent"])
def test_what_cannot_answer_is_refused(given):
    with pytest.raises(ValueError, match="must be an agent or a chat engine of LlamaIndex"):
        talker(given)


@both_ways
def test_what_a_reply_costs_is_said_to_be_unknown(way: str) -> None:
    engine = SimpleChatEngine.from_defaults(llm=Scripted(answers=["Hello."]))
    spent = chat(way, agent("user"), talker(engine), max_turns=1).spent
    assert (spent.cost, spent.requests) == (None, 1)


@both_ways
def test_a_chat_recorded_with_its_tools_is_replayed_without_the_model_of_llamaindex(way: str, tmp_path: Path) -> None:
    model = Scripted(answers=["Hello."])
    with record(tmp_path / "run.json", tools=True):
        chat(way, agent("user"), talker(SimpleChatEngine.from_defaults(llm=model)), max_turns=1)
    with replay(tmp_path / "run.json"):
        result = chat(way, agent("user"), talker(SimpleChatEngine.from_defaults(llm=Scripted())), max_turns=1)
    assert (result.summary, len(model.asked)) == ("Hello.", 1)


@both_ways
def test_an_agent_of_llamaindex_speaks_in_a_group(way: str) -> None:
    llama = talker(SimpleChatEngine.from_defaults(llm=Scripted(answers=["Hello.", "Bye."])))
    group = GroupChat([agent("user"), llama], [], max_round=4, speaker_selection_method="round_robin")
    chat(way, group.agents[0], GroupChatManager(group, llm_config=False))
    assert [said["content"] for said in group.messages] == ["hi", "Hello.", "I am user", "Bye."]
