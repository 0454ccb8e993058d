"""The mock server speaks the Responses API with its conversations, and completes prompts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import openai
import pytest

from autogen_classic import OpenAIWrapper
from autogen_classic.testing import MockOpenAIServer, Reply, disconnect, error, tool_call

pytestmark = pytest.mark.skipif(
    not hasattr(openai.OpenAI, "conversations"), reason="this openai package is older than conversations"
)


@contextmanager
def sdk(*replies: Any, strict: bool = True, **settings: Any) -> Iterator[tuple[MockOpenAIServer, openai.OpenAI]]:
    with MockOpenAIServer(list(replies) or None, **settings) as server:
        options: dict[str, Any] = {"max_retries": 0, "_strict_response_validation": strict}
        with openai.OpenAI(base_url=server.base_url, api_key="sk-test", **options) as client:
            yield server, client


class TestResponses:
    def test_a_text_is_answered(self) -> None:
        with sdk("Hello.", Reply("x", usage=(7, 3))) as (server, client):
            answer = client.responses.create(model="m", input="Hi.", instructions="Be brief.")
            assert answer.output_text == "Hello."
            assert answer.status == "completed"
            assert server.requests[0]["instructions"] == "Be brief."
            assert server.requests[0].last_text == "Hi."
            usage = client.responses.create(model="m", input=[{"role": "user", "content": "Hi."}]).usage
            assert usage is not None
            assert (usage.input_tokens, usage.output_tokens, usage.total_tokens) == (7, 3, 10)

    def test_functions_are_called_and_their_answers_read(self) -> None:
        with sdk(tool_call("add", a=1)) as (_, client):
            [call] = client.responses.create(model="m", input="1 + 1?").output
            assert call.type == "function_call"
            assert (call.name, call.arguments) == ("add", '{"a": 1}')

        output: Any = {"type": "function_call_output", "call_id": call.call_id, "output": "2"}
        with sdk() as (_, client):
            assert client.responses.create(model="m", input=[output]).output_text == "2"

    def test_what_tools_of_the_provider_did_is_scripted(self) -> None:
        ran = {"type": "code_interpreter_call", "code": "1 + 1", "container_id": "c", "status": "completed"}
        cited = {"type": "file_citation", "file_id": "file-1", "filename": "a.txt", "index": 3}
        reply = Reply("Two.", items=[{**ran, "outputs": [{"type": "logs", "logs": "2"}]}], annotations=[cited])
        with sdk(reply) as (_, client):
            call, message = client.responses.create(model="m", input="1 + 1?").output
            assert call.type == "code_interpreter_call"
            assert message.type == "message"
            [part] = message.content
            assert part.type == "output_text"
            assert part.annotations[0].type == "file_citation"

    @pytest.mark.parametrize("reply", ["Hello there.", tool_call("add", a=1), Reply("cut", finish_reason="length")])
    def test_a_stream_ends_with_what_is_answered_without_one(self, reply: Any) -> None:
        with sdk(reply, reply) as (_, client):
            whole = client.responses.create(model="m", input="Hi.")
            events = list(client.responses.create(model="m", input="Hi.", stream=True))
        assert [event.sequence_number for event in events] == list(range(len(events)))
        text = "".join(event.delta for event in events if event.type == "response.output_text.delta")
        assert text == whole.output_text
        last = events[-1]
        assert last.type in ("response.completed", "response.incomplete")
        assert [item.type for item in last.response.output] == [item.type for item in whole.output]
        assert last.response.status == whole.status

    def test_a_stream_breaks_off_where_that_is_scripted(self) -> None:
        with sdk(disconnect("Hel", "lo")) as (_, client):
            events = iter(client.responses.create(model="m", input="Hi.", stream=True))
            said = [event.delta for event in (next(events) for _ in range(5)) if hasattr(event, "delta")]
            assert said == ["Hel", "lo"]
            with pytest.raises(Exception, match="incomplete|closed|Connection|peer"):
                list(events)

    def test_errors_and_requests_that_lack_something_are_refused(self) -> None:
        with sdk(error(429)) as (_, client):
            with pytest.raises(openai.RateLimitError):
                client.responses.create(model="m", input="Hi.")
            for missing in (
                {"input": "Hi."},
                {"model": "m"},
                {"model": "m", "input": []},
                {"model": "m", "input": [{}]},
            ):
                with pytest.raises(openai.BadRequestError):
                    client.post("/responses", body=missing, cast_to=object)

    def test_a_response_is_kept_unless_that_is_forbidden(self) -> None:
        with sdk() as (_, client):
            kept = client.responses.create(model="m", input="Hi.")
            assert client.responses.retrieve(kept.id).output_text == "Hi."
            client.responses.delete(kept.id)
            other = client.responses.create(model="m", input="Hi.", store=False)
            for identity in (kept.id, other.id):
                with pytest.raises(openai.NotFoundError):
                    client.responses.retrieve(identity)

    def test_agents_that_speak_this_api_are_answered(self) -> None:
        with MockOpenAIServer([tool_call("add", a=1), "Two."]) as server:
            client = OpenAIWrapper(config_list=[server.config(api_type="responses")], cache_seed=None)
            asked: Any = {"messages": [{"role": "user", "content": "1 + 1?"}]}
            call = client.extract_text_or_completion_object(client.create(**asked))[0]
            assert call.tool_calls[0].function.name == "add"
            assert client.extract_text_or_completion_object(client.create(**asked)) == ["Two."]
            assert client.total_usage_summary is not None


class TestConversations:
    def test_a_conversation_holds_what_was_said_in_it(self) -> None:
        with sdk("Hello.", "Bye.") as (server, client):
            conversation = client.conversations.create(
                items=[{"type": "message", "role": "user", "content": "First."}], metadata={"a": "b"}
            )
            assert conversation.metadata == {"a": "b"}
            client.responses.create(model="m", input="Hi.", conversation=conversation.id)
            events = client.responses.create(model="m", input="Go.", conversation={"id": conversation.id}, stream=True)
            assert len(list(events)) > 3
            kept = server.conversations.items[conversation.id]
            assert [item["role"] for item in kept] == ["user", "user", "assistant", "user", "assistant"]
            listed = list(client.conversations.items.list(conversation.id))
            assert [item.id for item in listed] == [item["id"] for item in reversed(kept)]

    def test_it_can_be_changed_and_deleted(self) -> None:
        with sdk() as (server, client):
            conversation = client.conversations.create()
            assert client.conversations.update(conversation.id, metadata={"a": "c"}).metadata == {"a": "c"}
            added = client.conversations.items.create(
                conversation.id, items=[{"type": "message", "role": "user", "content": "Hi."}]
            )
            assert len(added.data) == len(server.conversations.items[conversation.id]) == 1
            assert client.conversations.delete(conversation.id).deleted
            with pytest.raises(openai.NotFoundError, match="not found"):
                client.conversations.retrieve(conversation.id)
            with pytest.raises(openai.NotFoundError, match="not found"):
                client.responses.create(model="m", input="Hi.", conversation=conversation.id)

    def test_it_is_shown_to_those_with_the_key_only(self) -> None:
        with sdk(token="sk-other") as (_, client), pytest.raises(openai.AuthenticationError):
            client.conversations.create()


class TestPrompts:
    def test_a_prompt_is_completed(self) -> None:
        with sdk("there was.", Reply("x", usage=(5, 2))) as (server, client):
            answer = client.completions.create(model="m", prompt="Once", n=2)
            assert [choice.text for choice in answer.choices] == ["there was."] * 2
            assert server.requests[0].last_text == "Once"
            usage = client.completions.create(model="m", prompt=["Once"]).usage
            assert usage is not None
            assert usage.total_tokens == 7

    def test_a_stream_brings_the_text_in_pieces(self) -> None:
        # As at OpenAI, a piece has no finish_reason, which the strict check of the package does not know.
        with sdk("there was a", strict=False) as (_, client):
            options: Any = {"stream_options": {"include_usage": True}}
            events = list(client.completions.create(model="m", prompt="Once", stream=True, **options))
        choices = [choice for event in events for choice in event.choices]
        assert [choice.text for choice in choices] == ["there ", "was ", "a", ""]
        assert choices[-1].finish_reason == "stop"
        assert events[-1].usage is not None

    def test_a_request_without_a_prompt_is_refused(self) -> None:
        with sdk() as (_, client), pytest.raises(openai.BadRequestError, match="'prompt' is missing"):
            client.post("/completions", body={"model": "m"}, cast_to=object)

    def test_a_wrapper_completes_prompts(self) -> None:
        with MockOpenAIServer(["there was."]) as server:
            client = OpenAIWrapper(config_list=[server.config()], cache_seed=None)
            assert client.extract_text_or_completion_object(client.create(prompt="Once")) == ["there was."]
