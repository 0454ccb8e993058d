"""Agents behind OpenAI's Responses API: the SDK of OpenAI over real HTTP, and a scripted model behind the agents."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import openai
import pytest

from autogen_classic import ConversableAgent, GroupChat, GroupChatManager
from autogen_classic.serving import Offer, OpenAIServer
from autogen_classic.testing import MockOpenAIServer, tool_call

Responses = pytest.importorskip("openai.resources.responses", reason="this openai package has no responses").Responses

ADD = {"type": "function", "name": "add", "parameters": {"type": "object", "properties": {}}}

PICTURE = (
    "data:image/png;base64,"
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4////fwAJ+wP9CNHoHgAAAABJRU5ErkJggg=="
)


@pytest.fixture
def model() -> Iterator[MockOpenAIServer]:
    with MockOpenAIServer() as server:
        yield server


@pytest.fixture
def served(model: MockOpenAIServer) -> Iterator[OpenAIServer]:
    def it() -> ConversableAgent:
        return an_agent(model, stream=True)

    def team() -> GroupChatManager:
        members = [an_agent(model, name) for name in ("ann", "bob")]
        group = GroupChat([*members], [], max_round=3, speaker_selection_method="round_robin")
        return GroupChatManager(group, llm_config=False)

    with OpenAIServer({"it": it, "team": team}) as server:
        yield server


def an_agent(model: MockOpenAIServer, name: str = "it", **settings: Any) -> ConversableAgent:
    config = model.llm_config(**settings)
    return ConversableAgent(name, llm_config=config, human_input_mode="NEVER", system_message="s")


def ask(server: OpenAIServer, said: Any, **settings: Any) -> Any:
    """Ask by the SDK. A stream is read to its end."""
    http = httpx.Client(verify=False, timeout=30.0)  # which reads no certificates: they take most of the time
    with openai.OpenAI(base_url=server.base_url, api_key=server.token, max_retries=0, http_client=http) as client:
        answer: Any = client.responses.create(**{"model": "it", "input": said, **settings})
        return list(answer) if settings.get("stream") else answer


def sent_to(model: MockOpenAIServer) -> list[tuple[str, Any]]:
    return [(message["role"], message.get("content")) for message in model.requests[-1]["messages"]]


def test_an_agent_answers_with_its_usage(model: MockOpenAIServer, served: OpenAIServer) -> None:
    model.add("It is 42.")
    answer = ask(served, "What is it?", instructions="Be short.", temperature=0.5, store=False)
    assert (answer.output_text, answer.status, answer.model) == ("It is 42.", "completed", "it")
    assert answer.usage.input_tokens > 0
    assert answer.usage.total_tokens == answer.usage.input_tokens + answer.usage.output_tokens
    assert sent_to(model) == [("system", "s"), ("user", "Be short.\n\nWhat is it?")]


def test_what_was_said_before_is_sent_again(model: MockOpenAIServer, served: OpenAIServer) -> None:
    model.add("Two.", "Four.")
    first = [{"role": "developer", "content": "Count."}, {"role": "user", "content": "1?"}]
    before = ask(served, first)
    parts = [{"type": "input_text", "text": "And this?"}, {"type": "input_image", "image_url": PICTURE}]
    thought = {"type": "reasoning", "id": "r", "summary": []}
    last = {"type": "message", "role": "user", "content": parts}
    answer = ask(served, [*first, thought, *(item.to_dict() for item in before.output), last])
    assert answer.output_text == "Four."
    *earlier, now = sent_to(model)
    assert [role for role, _ in earlier] == ["system", "user", "assistant"]
    assert earlier[1][1] == "Count.\n\n1?"
    assert "Two." in str(earlier[2][1])
    assert [part["type"] for part in now[1]] == ["text", "image_url"]


def test_an_answer_streams_as_the_model_streams(model: MockOpenAIServer, served: OpenAIServer) -> None:
    model.add(["It ", "is ", "42."])
    events = ask(served, "What is it?", stream=True)
    assert [event.type.removeprefix("response.") for event in events] == [
        *("created", "in_progress", "output_item.added", "content_part.added"),
        *["output_text.delta"] * 3,
        *("output_text.done", "content_part.done", "output_item.done", "completed"),
    ]
    assert [event.sequence_number for event in events] == [*range(len(events))]
    assert "".join(event.delta for event in events[4:7]) == events[7].text == "It is 42."
    assert events[-1].response.output_text == "It is 42."
    assert events[-1].response.id == events[0].response.id
    assert events[-1].response.usage.total_tokens > 0


@pytest.mark.skipif(not hasattr(Responses, "stream"), reason="this openai package has no such helper")
def test_the_helper_of_the_sdk_gets_what_it_needs(model: MockOpenAIServer, served: OpenAIServer) -> None:
    model.add(tool_call("add", a=1))
    http = httpx.Client(verify=False, timeout=30.0)
    with openai.OpenAI(base_url=served.base_url, api_key=served.token, max_retries=0, http_client=http) as client:
        tools: Any = [ADD]
        with client.responses.stream(model="it", input="1?", tools=tools) as stream:
            final = stream.get_final_response()
    (call,) = final.output
    assert (call.type, getattr(call, "name", None), getattr(call, "arguments", None)) == (
        "function_call",
        "add",
        '{"a": 1}',
    )


def test_a_group_speaks_as_one(model: MockOpenAIServer, served: OpenAIServer) -> None:
    model.add("I am Ann.", "I am Bob.")
    text = ask(served, "Who is there?", model="team").output_text
    assert text.index("I am Ann.") < text.index("I am Bob.")
    model.add("I am Ann.", "I am Bob.")
    assert ask(served, "Who is there?", model="team", stream=True)[-1].response.output_text == text


@pytest.mark.parametrize("stream", [False, True])
def test_a_tool_of_the_client_is_called(stream: bool, model: MockOpenAIServer, served: OpenAIServer) -> None:
    model.add(tool_call("add", a=1, b=2), "It is 3.")
    answer = ask(served, "1 + 2?", tools=[ADD], stream=stream)
    whole = answer[-1].response if stream else answer
    (call,) = whole.output
    assert (call.type, call.name, call.arguments) == ("function_call", "add", '{"a": 1, "b": 2}')
    if stream:
        assert [event.type for event in answer[2:-1]] == [
            *("response.output_item.added", "response.function_call_arguments.delta"),
            *("response.function_call_arguments.done", "response.output_item.done"),
        ]
    assert model.requests[-1]["tools"][0]["function"]["name"] == "add"
    result = {"type": "function_call_output", "call_id": call.call_id, "output": "3"}
    items = [{"role": "user", "content": "1 + 2?"}, call.to_dict(), result]
    assert ask(served, items, tools=[ADD]).output_text == "It is 3."
    assert sent_to(model)[-1] == ("tool", "3")
    assert model.requests[-1]["messages"][-1]["tool_call_id"] == call.call_id


def test_an_answer_that_costs_too_much_is_incomplete(model: MockOpenAIServer) -> None:
    def make() -> ConversableAgent:
        config = {"config_list": [model.config(price=[1, 1])], "cache_seed": None}
        agent = ConversableAgent("it", llm_config=config, human_input_mode="NEVER")
        agent.register_for_llm(name="again", description="Again.")(lambda: "again")
        return agent

    model.default = tool_call("again")
    with OpenAIServer({"it": Offer(make, max_cost=0.05)}) as server:
        whole = ask(server, "Go on for ever.")
        *_, last = ask(server, "Go on for ever.", stream=True)
    assert (whole.status, whole.incomplete_details.reason) == ("incomplete", "max_output_tokens")
    assert (last.type, last.response.status) == ("response.incomplete", "incomplete")


@pytest.mark.parametrize("stream", [False, True])
def test_a_conversation_that_fails_says_so(stream: bool, model: MockOpenAIServer) -> None:
    def make() -> ConversableAgent:
        def fail(*_: object, **__: object) -> Any:
            raise RuntimeError("the password is swordfish")

        agent = an_agent(model)
        agent.register_reply([ConversableAgent, None], fail)
        return agent

    with (
        OpenAIServer({"it": make}) as server,
        pytest.raises(openai.APIError, match="The conversation failed with RuntimeError") as caught,
    ):
        ask(server, "Hi", stream=stream)
    assert "swordfish" not in str(caught.value)


CALL = {"type": "function_call", "call_id": "c", "name": "add", "arguments": "{}"}


def an_input(part: dict[str, Any]) -> dict[str, Any]:
    return {"input": [{"role": "user", "content": [part]}]}


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"previous_response_id": "resp_1"}, "leave 'previous_response_id' out, and send all that was said as 'input'"),
        ({"conversation": "conv_1"}, "Nothing is kept here from one request to the next"),
        ({"background": True}, "leave 'background' out, and wait for the answer or stream it"),
        ({"prompt": {"id": "pmpt_1"}}, "leave 'prompt' out, and send its text as 'instructions' or 'input'"),
        ({"instructions": 5}, "'instructions' is a text"),
        ({"input": []}, "'input' is missing"),
        ({"input": None}, "'input' is missing"),
        ({"input": 5}, "'input' must be a text or a list of items, not a number"),
        ({"input": True}, "'input' must be a text or a list of items, not a boolean"),
        ({"input": {"role": "user", "content": "x"}}, "'input' must be a text or a list of items, not an object"),
        ({"input": [5]}, r"input\[0\] must be a message, a function_call or a function_call_output, not a number"),
        ({"input": ["a"]}, r"input\[0\] must be .*, not a text"),
        ({"input": [None]}, r"input\[0\] must be .*, not null"),
        ({"input": [{"type": "item_reference", "id": "x"}]}, r"input\[0\] must be a message"),
        ({"input": [{"role": "tool", "content": "x"}]}, r"input\[0\] must have a role, which is one of"),
        ({"input": [{"role": "user", "content": 5}]}, r"input\[0\].content must be a text or a list of parts"),
        (an_input({"type": "input_file"}), "not 'input_file'"),
        ({"input": [{"role": "user", "content": ["a"]}]}, "parts are texts and pictures .*, not a text"),
        (an_input({"text": "a"}), "not an object without a type"),
        (an_input({"type": "input_text"}), r"input\[0\].content: a part of the type 'input_text' needs 'text'"),
        (an_input({"type": "input_image", "file_id": "f1"}), "'input_image' needs 'image_url', which is a text"),
        (an_input({"type": "input_image", "image_url": {"url": PICTURE}}), "'input_image' needs 'image_url'"),
        ({"input": [CALL | {"name": ""}]}, r"input\[0\]: a function_call has a call_id, a name and arguments"),
        ({"input": [CALL]}, "The last message must be one of the user, or the answer of a tool"),
        (
            {"input": [CALL, {"type": "function_call_output", "call_id": "d", "output": ""}]},
            r"input\[1\].call_id is not",
        ),
        ({"tools": [{"type": "web_search"}]}, "The tools of a client are functions here, not 'web_search'"),
        ({"tools": [{"type": "function"}]}, r"tools\[0\] must be {'type': 'function', 'name': ..., 'parameters': ...}"),
        ({"tools": [ADD, {"type": "function", "function": ADD}]}, r"tools\[1\] must be {'type': 'function', 'name': "),
        ({"tools": [ADD, ADD]}, "two tools have the name 'add'"),
        ({"tool_choice": "required"}, "'tool_choice' is auto or none"),
        ({"text": {"format": {"type": "json_object"}}}, "The form of an answer is set at the agent"),
        ({"model": "team", "tools": [ADD]}, "team takes no tools of a client"),
    ],
)
def test_what_agents_do_not_do_is_refused(
    settings: dict[str, Any], told: str, model: MockOpenAIServer, served: OpenAIServer
) -> None:
    with pytest.raises(openai.BadRequestError, match=told):
        ask(served, "Hi", extra_body=settings)
    assert model.requests == []


def call_of(call_id: str) -> dict[str, str]:
    return {"type": "function_call", "call_id": call_id, "name": "add", "arguments": "{}"}


def output_of(call_id: str, output: Any = "3") -> dict[str, Any]:
    return {"type": "function_call_output", "call_id": call_id, "output": output}


def text_of_agent(text: str, **settings: Any) -> dict[str, Any]:
    part = {"type": "output_text", "text": text, "annotations": []}
    return {"type": "message", "id": "m", "status": "completed", "role": "assistant", "content": [part], **settings}


@pytest.mark.parametrize(
    "items",
    [
        [call_of("1"), text_of_agent("I add."), output_of("1")],
        [call_of("1"), text_of_agent("I add.", content="I add."), call_of("2"), output_of("1"), output_of("2")],
        [call_of("1"), call_of("2"), output_of("1"), text_of_agent("I add."), output_of("2")],
        [text_of_agent("Well."), call_of("1"), output_of("1"), text_of_agent("Again."), call_of("2"), output_of("2")],
        [text_of_agent("Well."), call_of("1"), text_of_agent("I add."), output_of("1")],
    ],
    ids=["between", "between two calls", "between two outputs", "around", "before and between"],
)
def test_a_call_and_its_output_stay_together(items: list[Any], model: MockOpenAIServer, served: OpenAIServer) -> None:
    model.add("Done.")
    assert ask(served, [{"role": "user", "content": "1 + 2?"}, *items], tools=[ADD]).output_text == "Done."
    open_calls: list[str] = []
    for message in model.requests[-1]["messages"]:
        if message["role"] == "tool":
            open_calls.remove(message["tool_call_id"])
        else:
            assert not open_calls, "a model server refuses what parts a call from its output"
            open_calls = [call["id"] for call in message.get("tool_calls", ())]
    assert not open_calls
    said = str(sent_to(model))
    assert [text for text in ("Well.", "I add.", "Again.") if (text in said) != (text in str(items))] == []


@pytest.mark.parametrize("at", ["input[2].output", "input[0].content"])
def test_a_picture_where_only_texts_may_stand_is_refused(at: str, served: OpenAIServer) -> None:
    parts = [{"type": "input_text", "text": "This:"}, {"type": "input_image", "image_url": PICTURE}]
    user = {"role": "user", "content": "What is it?"}
    of_tool = [user, call_of("1"), output_of("1", parts)]
    of_system = [{"role": "developer", "content": parts}, user]
    with pytest.raises(openai.BadRequestError, match="Pictures belong in what the user says") as caught:
        ask(served, of_tool if at.endswith("output") else of_system, tools=[ADD])
    assert at in str(caught.value)
