"""Thoughts of a model go back with the answers of its tools, as they were, to that model and to no other."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("anthropic")
pytest.importorskip("boto3")

import case_anthropic
import case_bedrock
from case_openai import CASE as OPENAI
from kit import Call, Case, Say, Seen
from test_agents import BOTH_WAYS, chat, config, pair
from test_matrix import ASK, TOOLS, answered, text_of

from autogen_classic import OpenAIWrapper
from autogen_classic.testing import CapturedIO

THINKING = {"thinking": {"type": "enabled", "budget_tokens": 1024}}
THOUGHTS = {
    "Anthropic": {"type": "thinking", "thinking": "Let me see.", "signature": "c2lnbmVk"},
    "Amazon Bedrock": {"reasoningContent": {"reasoningText": {"text": "Let me see.", "signature": "c2lnbmVk"}}},
}
ADD = Call((("add", {"a": 1, "b": 2}), ("add", {"a": 3, "b": 4})))

of_each = pytest.mark.parametrize("case", [case_anthropic.CASE, case_bedrock.CASE], ids=lambda case: case.name)


@pytest.fixture(autouse=True)
def printed() -> Iterator[Any]:
    with CapturedIO() as captured:
        yield captured


def blocks(seen: Seen, message: int) -> Any:
    return seen.body["messages"][message]["content"]


@of_each
@BOTH_WAYS
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
def test_thoughts_go_back_with_the_answers_of_tools(case: Case, way: str, stream: bool, printed: Any) -> None:
    settings = THINKING if case.name == "Anthropic" else {}
    with case.server(ADD, Say("Three and seven.")) as server:
        assistant, user = pair(config(case, server, stream=stream, **settings))
        result = chat(way, user, assistant, message="What is 1 + 2, and 3 + 4?", max_turns=2)
    assert result.summary == "Three and seven."
    assert blocks(server.seen[1], 1)[0] == THOUGHTS[case.name]
    assert [text for _, text in server.seen[1].answers] == ["3", "7"]
    assert "Let me see." not in printed.text
    assert not any("Let me see." in str(said["content"]) for said in result.chat_history)


@of_each
def test_thoughts_do_not_go_to_another_model(case: Case) -> None:
    with case.server(ADD, Say("Fine.")) as server, OPENAI.server(Say("Fine.")) as other:
        wrapper = OpenAIWrapper(**config(case, server))
        history = answered(text_of(wrapper, wrapper.create(messages=ASK, tools=TOOLS)), "3", "7")
        assert "Let me see." in json.dumps(history)
        OpenAIWrapper(**config(case, server, model="anthropic.claude-opus-4-1")).create(messages=history, tools=TOOLS)
        OpenAIWrapper(**config(OPENAI, other)).create(messages=history, tools=TOOLS)
    for seen in (server.seen[1], other.seen[0]):
        assert len(seen.answers) == 2
        assert "Let me see." not in json.dumps(seen.body)
        assert "extra_content" not in json.dumps(seen.body)


@of_each
def test_thoughts_do_not_go_back_where_no_tool_is_offered(case: Case) -> None:
    with case.server(ADD, Say("Fine.")) as server:
        wrapper = OpenAIWrapper(**config(case, server))
        history = answered(text_of(wrapper, wrapper.create(messages=ASK, tools=TOOLS)), "3", "7")
        wrapper.create(messages=history)
    assert "Let me see." not in json.dumps(server.seen[1].body)


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
def test_a_hidden_thought_of_claude_goes_back(stream: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    hidden = {"type": "redacted_thinking", "data": "aGlkZGVu"}
    written = case_anthropic.blocks_of
    monkeypatch.setattr(case_anthropic, "blocks_of", lambda seen, reply: [hidden, *written(seen, reply)[1:]])
    with case_anthropic.AnthropicServer(ADD, Say("Fine.")) as server:
        wrapper = OpenAIWrapper(**config(case_anthropic.CASE, server, stream=stream, **THINKING))
        history = answered(text_of(wrapper, wrapper.create(messages=ASK, tools=TOOLS)), "3", "7")
        wrapper.create(messages=history, tools=TOOLS)
    assert blocks(server.seen[1], 1)[0] == hidden


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
def test_a_hidden_thought_on_bedrock_is_kept_as_text_and_goes_back(
    stream: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden = {"reasoningContent": {"redactedContent": base64.b64encode(b"hidden").decode()}}
    written = case_bedrock.blocks_of
    monkeypatch.setattr(case_bedrock, "blocks_of", lambda seen, reply: [hidden, *written(seen, reply)[1:]])
    with case_bedrock.BedrockServer(ADD, Say("Fine.")) as server:
        wrapper = OpenAIWrapper(**config(case_bedrock.CASE, server, stream=stream))
        history = answered(text_of(wrapper, wrapper.create(messages=ASK, tools=TOOLS)), "3", "7")
        json.dumps(history)
        wrapper.create(messages=history, tools=TOOLS)
    assert blocks(server.seen[1], 1)[0] == hidden
