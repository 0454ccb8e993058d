"""Agents may have names that the API of OpenAI refuses: they are made to fit on the wire only."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest

from autogen_classic import ConversableAgent, GroupChat, GroupChatManager
from autogen_classic.testing import MockOpenAIServer, error

NAMES = ["Product Manager", "Product/Manager", "Product_Manager", "An engineer with a very long name " * 2 + "<2>"]
WAYS = pytest.mark.parametrize("way", ["sync", "async"])


def initiate(way: str, opener: ConversableAgent, recipient: ConversableAgent, **settings: Any) -> Any:
    if way == "sync":
        return opener.initiate_chat(recipient, **settings)
    return asyncio.run(opener.a_initiate_chat(recipient, **settings))


def names_in(messages: list[dict[str, Any]]) -> list[str]:
    return [message["name"] for message in messages if message.get("name") is not None]


def strict(answers: list[str]) -> Any:
    """Answer in turn, and refuse names as OpenAI does."""
    left = iter(answers)

    def answer(request: Any) -> Any:
        for name in names_in(request.messages):
            if re.fullmatch(r"[^\s<|\\/>]{1,64}", name) is None:
                return error(400, f"Invalid 'messages[0].name': {name!r} does not match the pattern.")
        return next(left)

    return answer


@WAYS
@pytest.mark.parametrize("stream", [False, True])
def test_two_agents_with_such_names_talk(way: str, stream: bool, capsys: pytest.CaptureFixture[str]) -> None:
    with MockOpenAIServer(strict(["Fine.", "Good.", "Bye."])) as server:
        config = server.llm_config(stream=stream)
        one, other = (ConversableAgent(name, llm_config=config, human_input_mode="NEVER") for name in NAMES[:2])
        result = initiate(way, one, other, message="Hi.", max_turns=2)
    assert [said["content"] for said in result.chat_history] == ["Hi.", "Fine.", "Good.", "Bye."]
    assert [said["name"] for said in result.chat_history] == [NAMES[0], NAMES[1]] * 2
    assert "Product Manager (to Product/Manager):" in capsys.readouterr().out
    assert names_in(server.requests[-1].messages) == ["Product_Manager", "Product_Manager_2", "Product_Manager"]


@WAYS
def test_a_model_chooses_among_such_names(way: str) -> None:
    answers = [NAMES[1], "I am second.", NAMES[3], "I am fourth.", NAMES[2], "I am third."]
    with MockOpenAIServer(strict(answers)) as server:
        config = server.llm_config()
        agents = [ConversableAgent(name, llm_config=config, human_input_mode="NEVER") for name in NAMES]
        group = GroupChat(agents, [], max_round=4, speaker_selection_method="auto", allow_repeat_speaker=False)
        manager = GroupChatManager(group, llm_config=config)
        result = initiate(way, agents[0], manager, message="Hi.")
    said = [(message["name"], message["content"]) for message in result.chat_history]
    assert said == [
        (NAMES[0], "Hi."),
        (NAMES[1], "I am second."),
        (NAMES[3], "I am fourth."),
        (NAMES[2], "I am third."),
    ]
    sent = names_in(server.requests[-1].messages)
    assert len(set(sent)) == len(sent) == 3
