"""Clients with unified answers, over real HTTP, and the answers themselves."""

from __future__ import annotations

import json
from typing import Any, ClassVar

import pytest
from pydantic import BaseModel

from autogen_classic import ConversableAgent, LLMConfig
from autogen_classic.llm_clients import ModelClientV2, OpenAICompletionsClient
from autogen_classic.llm_clients.models import (
    AudioContent,
    BaseContent,
    CitationContent,
    ContentParser,
    ContentType,
    GenericContent,
    ReasoningContent,
    TextContent,
    ToolCallContent,
    ToolResultContent,
    UnifiedMessage,
    UnifiedResponse,
    UserRoleEnum,
    normalize_role,
)
from autogen_classic.testing import MockOpenAIServer, tool_call

ASK = {"model": "gpt-4o", "messages": [{"role": "user", "content": "hi"}]}


class City(BaseModel):
    name: str


# --- parts and messages ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "text"),
    [
        ({"type": "text", "text": "a"}, "a"),
        ({"type": "image", "image_url": "http://x"}, ""),
        ({"type": "audio", "transcript": "la"}, "audio transcript:la"),
        ({"type": "audio", "audio_url": "http://x"}, ""),
        ({"type": "video", "video_url": "http://x"}, ""),
        ({"type": "reasoning", "reasoning": "hm", "summary": "h"}, "hm"),
        ({"type": "citation", "url": "u", "title": "t", "snippet": "s"}, "citation: t"),
        ({"type": "tool_call", "id": "1", "name": "f", "arguments": "{}"}, "tool call name: f tool call arguments: {}"),
        ({"type": "tool_result", "tool_call_id": "1", "output": "o"}, "tool result: o"),
        ({"type": "new", "text": "not shown"}, ""),
    ],
)
def test_a_part_is_read_and_written_as_it_is(part: dict[str, Any], text: str) -> None:
    read = ContentParser.parse(part)
    assert read.get_text() == text
    assert read.model_dump(mode="json", exclude_none=True) == {"extra": {}, **part}
    assert ContentParser.parse(read.model_dump()) == read


def test_a_part_of_an_unknown_kind_keeps_its_fields() -> None:
    part = ContentParser.parse({"type": "new", "colour": "red"})
    assert isinstance(part, GenericContent)
    assert (part.get("colour"), part.get("size", 3), part.data) == ("red", 3, {"colour": "red"})
    assert part.has_field("colour")
    assert not part.has_field("size")
    assert part.get_all_fields() == {"type": "new", "extra": {}, "colour": "red"}


@pytest.mark.parametrize("data", [{"type": "text"}, {"a": 1}])
def test_what_does_not_fit_its_kind_is_kept_as_it_is(data: dict[str, Any]) -> None:
    part = ContentParser.parse(data)
    assert isinstance(part, GenericContent)
    assert part.type == data.get("type", "unknown")
    assert part.get("a") == data.get("a")


def test_programs_add_kinds_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    class Smell(BaseContent):
        type: str = "smell"
        of: str

    monkeypatch.setattr(ContentParser, "_registry", dict(ContentParser._registry))
    ContentParser.register("smell", Smell)
    message = UnifiedMessage(role="user", content=[{"type": "smell", "of": "roses"}])  # type: ignore[list-item]
    assert message.content == [Smell(of="roses")]
    assert message.model_dump(mode="json")["content"][0]["of"] == "roses"


@pytest.mark.parametrize(
    ("role", "read"),
    [
        ("user", UserRoleEnum.USER),
        ("SYSTEM", UserRoleEnum.SYSTEM),
        (None, UserRoleEnum.ASSISTANT),
        ("", UserRoleEnum.ASSISTANT),
        ("developer", "developer"),
    ],
)
def test_a_role_is_one_of_all_providers_or_kept(role: str | None, read: str) -> None:
    assert normalize_role(role) is read or normalize_role(role) == read
    assert UnifiedMessage(role=role or "assistant", content=[]).is_standard_role() is isinstance(read, UserRoleEnum)


def test_an_answer_gives_its_parts_by_kind() -> None:
    parts = [
        TextContent(text="a"),
        ReasoningContent(reasoning="hm"),
        CitationContent(url="u", title="t", snippet=""),
        ToolCallContent(id="1", name="f", arguments="{}"),
        ToolResultContent(tool_call_id="1", output="o"),
        AudioContent(audio_url="x"),
    ]
    message = UnifiedMessage(role="assistant", content=parts)
    answer = UnifiedResponse(id="1", model="m", messages=[message], provider="p", status="queued")
    assert answer.text == "a hm citation: t tool call name: f tool call arguments: {} tool result: o"
    assert (answer.reasoning, message.get_citations(), message.get_tool_calls()) == ([parts[1]], [parts[2]], [parts[3]])
    assert answer.get_content_by_type("text") == answer.get_content_by_type(ContentType.TEXT) == [parts[0]]
    assert not answer.is_standard_status()
    assert UnifiedResponse.model_validate_json(answer.model_dump_json()) == answer


# --- clients ---------------------------------------------------------------------------------------------------------


def test_a_client_gives_unified_answers() -> None:
    with MockOpenAIServer(["hello", tool_call("f", a=1), "older"]) as server:
        client = OpenAICompletionsClient(api_key="k", base_url=server.base_url)
        answer = client.create(ASK)
        called = client.create(ASK)
        older = client.create_v1_compatible(ASK)
    assert (answer.text, answer.provider, answer.finish_reason, answer.status) == (
        "hello",
        "openai",
        "stop",
        "completed",
    )
    assert answer.cost is not None
    assert answer.cost > 0
    assert client.get_usage(answer) == {**answer.usage, "cost": client.cost(answer), "model": answer.model}
    assert set(client.get_usage(answer)) == set(client.RESPONSE_USAGE_KEYS)
    assert client.message_retrieval(answer) == ["hello"]
    (call,) = called.messages[0].get_tool_calls()
    assert (call.name, json.loads(call.arguments)) == ("f", {"a": 1})
    (message,) = client.message_retrieval(called)
    assert message["content"] is None
    assert message["tool_calls"][0]["function"] == {"name": "f", "arguments": call.arguments}
    assert (older["choices"][0]["message"]["content"], older["object"]) == ("older", "chat.completion")
    assert older["cost"] > 0


def test_an_answer_without_choices_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    with MockOpenAIServer(["hello"]) as server:
        client = OpenAICompletionsClient(api_key="k", base_url=server.base_url)
        ask = client._client.create

        def without_choices(params: dict[str, Any]) -> Any:
            answer = ask(params)
            answer.choices = []
            return answer

        monkeypatch.setattr(client._client, "create", without_choices)
        answer = client.create(ASK)
    assert (answer.text, answer.messages, answer.finish_reason) == ("", [], None)
    assert answer.usage["total_tokens"] > 0, "it was paid for"


def test_a_structured_answer_has_a_parsed_part() -> None:
    with MockOpenAIServer(['{"name": "Rome"}', "hello"]) as server:
        client = OpenAICompletionsClient(api_key="k", base_url=server.base_url)
        answer = client.create({**ASK, "response_format": {"type": "json_object"}})
        plain = client.create({**ASK, "response_format": {"type": "text"}})
    (parsed,) = answer.get_content_by_type("parsed")
    assert isinstance(parsed, GenericContent)
    assert parsed.get("parsed") == {"name": "Rome"}
    assert client.message_retrieval(answer) == ['{"name": "Rome"}']
    assert (plain.get_content_by_type("parsed"), plain.text) == ([], "hello")


@pytest.mark.parametrize("written", ['{"name": "Rome"}', '```json\n{"name": "Rome"}\n```'])
def test_a_client_asks_for_the_form_that_it_was_made_with(written: str) -> None:
    with MockOpenAIServer([written]) as server:
        client = OpenAICompletionsClient(api_key="k", base_url=server.base_url, response_format=City)
        (parsed,) = client.create(ASK).get_content_by_type("parsed")
        assert server.requests[0]["response_format"]["json_schema"]["name"] == "City"
    assert parsed.model_dump()["parsed"] == {"name": "Rome"}


def test_claude_and_bedrock_are_asked_by_their_own_clients() -> None:
    pytest.importorskip("anthropic")
    pytest.importorskip("boto3")
    from autogen_classic.llm_clients import (
        AnthropicV2Client,
        AnthropicV2LLMConfigEntry,
        BedrockV2Client,
        BedrockV2LLMConfigEntry,
    )
    from autogen_classic.oai.anthropic import AnthropicClient
    from autogen_classic.oai.bedrock import BedrockClient

    aws = {"aws_region": "eu-west-1", "aws_access_key": "a", "aws_secret_key": "s"}
    assert isinstance(AnthropicV2Client(api_key="k")._client, AnthropicClient)
    assert isinstance(BedrockV2Client(model="m", **aws)._client, BedrockClient)
    entries = (
        AnthropicV2LLMConfigEntry(model="claude-opus-4-6", api_key="k"),
        BedrockV2LLMConfigEntry(model="m", **aws),
    )
    assert [type(entry.create_client()) for entry in entries] == [AnthropicClient, BedrockClient]
    assert [entry.api_type for entry in entries] == ["anthropic_v2", "bedrock_v2"]


# --- with agents -----------------------------------------------------------------------------------------------------


class Parrot(ModelClientV2):
    """A program's own client of the second kind."""

    asked: ClassVar[list[Any]] = []

    def __init__(self, config: dict[str, Any], **kwargs: Any) -> None:
        self.model = config["model"]

    def create(self, params: dict[str, Any]) -> UnifiedResponse:
        self.asked.append(params["messages"][-1]["content"])
        said = UnifiedMessage(role="assistant", content=[TextContent(text="polly"), ReasoningContent(reasoning="hm")])
        tokens: dict[str, int | float] = {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}
        return UnifiedResponse(id="1", model=self.model, messages=[said], provider="own", cost=0.5, usage=tokens)

    def create_v1_compatible(self, params: dict[str, Any]) -> Any:
        raise NotImplementedError

    def cost(self, response: UnifiedResponse) -> float:
        return response.cost or 0

    @staticmethod
    def get_usage(response: UnifiedResponse) -> dict[str, Any]:
        return {**response.usage, "cost": response.cost, "model": response.model}

    def message_retrieval(self, response: UnifiedResponse) -> list[str]:
        return [str(response.get_content_by_type("text")[0].get_text())]


def test_a_programs_own_client_of_this_kind_answers_for_an_agent() -> None:
    Parrot.asked.clear()
    config = {"config_list": [{"model": "parrot", "model_client_cls": "Parrot"}], "cache_seed": None}
    bird = ConversableAgent("bird", llm_config=config, human_input_mode="NEVER")
    bird.register_model_client(Parrot)
    person = ConversableAgent("person", llm_config=False, human_input_mode="NEVER")
    for _ in range(2):
        result = person.initiate_chat(bird, message="say something", max_turns=1, silent=True)
        assert result.summary == "polly"
    assert Parrot.asked == 2 * ["say something"]
    assert bird.client.total_usage_summary["total_cost"] == 1.0


@pytest.mark.parametrize("api_type", ["openai", "openai_v2"])
def test_an_agent_stores_the_same_whichever_client_is_named(api_type: str) -> None:
    with MockOpenAIServer(["hello"]) as server:
        config = LLMConfig({**server.config(), "api_type": api_type})
        agent = ConversableAgent("agent", llm_config=config, human_input_mode="NEVER")
        person = ConversableAgent("person", llm_config=False, human_input_mode="NEVER")
        result = person.initiate_chat(agent, message="hi", max_turns=1, silent=True)
    assert result.chat_history[-1] == {"content": "hello", "role": "user", "name": "agent"}
