"""Chats with transforms, memory and a society replay without a network, with what their hidden agents asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from agent_kit import agent, both_ways, chat

from autogen_classic import GroupChat, GroupChatManager
from autogen_classic.agentchat.contrib.capabilities.teachability import MemoStore, Teachability
from autogen_classic.agentchat.contrib.capabilities.transform_messages import TransformMessages
from autogen_classic.agentchat.contrib.capabilities.transforms import MessageHistorySummarizer
from autogen_classic.agentchat.contrib.society_of_mind_agent import SocietyOfMindAgent
from autogen_classic.replay import record, replay
from autogen_classic.testing import MockOpenAIServer, forbid_model_requests


def by_length(texts: list[str]) -> list[list[float]]:
    return [[float(len(text)), 1.0] for text in texts]


def run(way: str, llm_config: dict[str, Any], folder: Path) -> list[Any]:
    """A chat in which a society with a memory answers, whose member reads summaries."""
    MemoStore(path_to_db_dir=str(folder), embedding_function=by_length).add_input_output_pair("a memory", "remembered")
    member = agent("member", llm_config=llm_config)
    TransformMessages(transforms=[MessageHistorySummarizer(2, keep_messages=1)], verbose=False).add_to_agent(member)
    group = GroupChat([member, agent("other")], [], max_round=3, speaker_selection_method="round_robin")
    team = SocietyOfMindAgent(
        "team", GroupChatManager(group, llm_config=False, silent=True), llm_config=llm_config, human_input_mode="NEVER"
    )
    Teachability(
        path_to_db_dir=str(folder), embedding_function=by_length, recall_threshold=9999, llm_config=llm_config
    ).add_to_agent(team)
    result = chat(way, agent("user"), team, message="What do you remember?", max_turns=3)
    return [message["content"] for message in result.chat_history]


@both_ways
def test_a_chat_with_hidden_agents_replays(way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    numbers = iter(range(1000))
    with MockOpenAIServer(default=lambda request: f"answer {next(numbers)}") as server:
        with record("run.json"):
            before = run(way, server.llm_config(), tmp_path / "one")
        texts = [str(message["content"]) for request in server.requests for message in request["messages"]]
        assert any(text.startswith("A summary of the conversation so far") for text in texts)
        assert any("- remembered\n" in text for text in texts)
    entry = {"model": "mock-model", "api_key": "none", "base_url": "http://127.0.0.1:9/v1"}
    with replay("run.json"), forbid_model_requests():
        after = run(way, {"config_list": [entry], "cache_seed": None}, tmp_path / "two")
    assert after == before
    assert len(before) == 6
