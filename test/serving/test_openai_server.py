"""Agents and groups as models: the SDK of OpenAI over real HTTP, and a scripted model behind the agents."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import openai
import pytest

from autogen_classic import (
    AssistantAgent,
    ConversableAgent,
    GroupChat,
    GroupChatManager,
    OpenAIWrapper,
    UserProxyAgent,
    register_function,
)
from autogen_classic.agentchat.group import ContextVariables
from autogen_classic.agentchat.group.patterns import RoundRobinPattern
from autogen_classic.errors import ServingError
from autogen_classic.events import ChatEnded, ModelAnswered, subscribe, unsubscribe
from autogen_classic.serving import Offer, OpenAIServer, openai_app
from autogen_classic.testing import MockOpenAIServer, ModelRequest, tool_call

SECONDS = 30.0

ADD = {"type": "function", "function": {"name": "add", "parameters": {"type": "object", "properties": {}}}}


@pytest.fixture
def model() -> Iterator[MockOpenAIServer]:
    with MockOpenAIServer() as server:
        yield server


@pytest.fixture(scope="module")
def plain() -> Iterator[OpenAIServer]:
    """A server whose agent must not be asked."""
    silent = ConversableAgent("silent", llm_config={"config_list": [{"model": "m", "api_key": "sk-mock"}]})
    with OpenAIServer({"it": silent}) as server:
        yield server


def an_agent(model: MockOpenAIServer, name: str = "ann", **settings: Any) -> ConversableAgent:
    config = settings.pop("llm_config", None) or model.llm_config()
    return ConversableAgent(
        name, **{"llm_config": config, "human_input_mode": "NEVER", "system_message": "s"} | settings
    )


def a_group(model: MockOpenAIServer, *others: ConversableAgent, rounds: int = 3) -> GroupChatManager:
    members = [an_agent(model, "ann"), an_agent(model, "bob"), *others]
    group = GroupChat([*members], [], max_round=rounds, speaker_selection_method="round_robin")
    return GroupChatManager(group, llm_config=False)


def client_of(server: OpenAIServer, **settings: Any) -> openai.OpenAI:
    http = httpx.Client(verify=False, timeout=SECONDS)  # which reads no certificates: they take most of the time
    settings = {"base_url": server.base_url, "api_key": server.token, "max_retries": 0, **settings}
    return openai.OpenAI(http_client=http, **settings)


def ask(server: OpenAIServer, *said: Any, model: str = "it", **settings: Any) -> Any:
    """Ask by the SDK; texts are said by the user and the model in turn. A stream is read to its end."""
    messages = [
        {"role": ("user", "assistant")[place % 2], "content": one} if isinstance(one, str) else one
        for place, one in enumerate(said)
    ]
    with client_of(server) as client:
        answer: Any = client.chat.completions.create(model=model, messages=messages, **settings)  # type: ignore[call-overload]
        return list(answer) if settings.get("stream") else answer


def texts_of(request: ModelRequest) -> list[tuple[str, Any]]:
    return [(message["role"], message.get("content")) for message in request["messages"]]


# --- chats -----------------------------------------------------------------------------------------------------------


def test_the_models_are_listed(model: MockOpenAIServer) -> None:
    def joker() -> ConversableAgent:
        """Tells jokes."""
        return an_agent(model)

    with OpenAIServer({"joker": joker, "team": a_group(model)}) as server, client_of(server) as client:
        assert [one.id for one in client.models.list()] == ["joker", "team"]
        assert client.models.retrieve("joker").to_dict()["description"] == "Tells jokes."
        assert client.models.retrieve("team").to_dict()["description"] == "A group of ann, bob."


def test_an_agent_answers_with_its_usage(model: MockOpenAIServer) -> None:
    model.add("It is 42.")
    with OpenAIServer({"it": lambda: an_agent(model)}) as server:
        answer = ask(server, "What is it?")
    assert answer.choices[0].message.content == "It is 42."
    assert answer.choices[0].finish_reason == "stop"
    assert answer.model == "it"
    assert answer.usage.prompt_tokens > 0
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens


def test_an_answer_streams_as_the_model_streams(model: MockOpenAIServer) -> None:
    model.add(["It ", "is ", "42."])
    with OpenAIServer({"it": lambda: an_agent(model, llm_config=model.llm_config(stream=True))}) as server:
        chunks = ask(server, "What is it?", stream=True, stream_options={"include_usage": True})
    assert [chunk.choices[0].delta.content for chunk in chunks[:-2]] == ["", "It", " is", " 42."]
    assert chunks[-2].choices[0].finish_reason == "stop"
    assert chunks[-1].choices == []
    assert chunks[-1].usage.total_tokens > 0
    assert len({chunk.id for chunk in chunks}) == 1


def test_the_agent_is_given_the_history_of_the_request_and_nothing_else(model: MockOpenAIServer) -> None:
    with OpenAIServer({"it": lambda: an_agent(model), "shared": an_agent(model)}) as server:
        for name in ("it", "shared"):
            ask(server, "another", model=name)
            ask(server, "one", "two", "three", model=name)
            assert texts_of(model.requests[-1]) == [
                ("system", "s"),
                ("user", "one"),
                ("assistant", "two"),
                ("user", "three"),
            ]


def test_what_a_clients_system_says_comes_first_and_the_agent_keeps_its_own(model: MockOpenAIServer) -> None:
    system = {"role": "system", "content": "Be short."}
    with OpenAIServer({"it": lambda: an_agent(model)}) as server:
        ask(server, system, {"role": "user", "content": "Hi"})
        assert texts_of(model.requests[-1]) == [("system", "s"), ("user", "Be short.\n\nHi")]
        parts = [{"type": "text", "text": "Hi"}]
        ask(server, system, {"role": "user", "content": parts})
        assert model.requests[-1]["messages"][1]["content"] == [{"type": "text", "text": "Be short.\n\n"}, *parts]


def test_the_asynchronous_sdk_is_served_as_well(model: MockOpenAIServer) -> None:
    async def main(server: OpenAIServer) -> tuple[Any, str]:
        async with openai.AsyncOpenAI(base_url=server.base_url, api_key=server.token) as client:
            messages: Any = [{"role": "user", "content": "Hi there"}]
            whole = await client.chat.completions.create(model="it", messages=messages)
            stream = await client.chat.completions.create(model="it", messages=messages, stream=True)
            return whole, "".join([chunk.choices[0].delta.content or "" async for chunk in stream])

    with OpenAIServer({"it": lambda: an_agent(model)}) as server:
        whole, streamed = asyncio.run(main(server))
    assert whole.choices[0].message.content == streamed == "Hi there"


def test_our_own_client_and_agents_talk_to_it(model: MockOpenAIServer) -> None:
    with OpenAIServer({"it": lambda: an_agent(model)}) as server:
        wrapper = OpenAIWrapper(**server.llm_config())
        response = wrapper.create(messages=[{"role": "user", "content": "Hi"}])
        assert wrapper.extract_text_or_completion_object(response) == ["Hi"]
        asker = an_agent(model, "asker", llm_config=False)
        result = asker.initiate_chat(
            an_agent(model, llm_config=server.llm_config(stream=True)), message="Ho", max_turns=1
        )
        assert result.chat_history[-1]["content"] == "s\n\nHo"


def test_the_word_terminate_is_for_agents_and_left_out(model: MockOpenAIServer) -> None:
    model.add("Done. TERMINATE", ["GMT ", "is a TERM. ", "T", "ERMIN", "ATE", "."])
    with OpenAIServer({"it": lambda: an_agent(model, llm_config=model.llm_config(stream=True))}) as server:
        assert ask(server, "Hi").choices[0].message.content == "Done."
        chunks = [chunk.choices[0].delta.content or "" for chunk in ask(server, "Hi", stream=True)]
        assert "".join(chunks) == "GMT is a TERM."


def test_an_answer_that_a_hook_changes_is_sent_as_it_was_changed(model: MockOpenAIServer) -> None:
    def make() -> ConversableAgent:
        agent = an_agent(model, llm_config=model.llm_config(stream=True))
        agent.register_hook("process_message_before_send", lambda message, **_: "Well. " + message)
        return agent

    with OpenAIServer({"it": make}) as server:
        assert ask(server, "Hi").choices[0].message.content == "Hi\n\nWell. Hi"  # nothing that was streamed comes back


def test_nothing_is_printed_and_nobody_is_asked(
    model: MockOpenAIServer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr("builtins.input", lambda *prompt: asked.append("asked") or "")
    model.default = "Enough. TERMINATE"

    def group() -> GroupChatManager:
        return a_group(model, UserProxyAgent("person", code_execution_config=False), rounds=9)  # its mode is ALWAYS

    with OpenAIServer({"single": lambda: an_agent(model, human_input_mode="TERMINATE"), "group": group}) as server:
        assert ask(server, "Hi", model="single").choices[0].message.content == "Enough."
        answer = ask(server, "Hi", model="group")  # where it is the person's turn, it is the client's turn
        assert answer.choices[0].message.content == "**ann:** Enough.\n\n**bob:** Enough."
    assert asked == []
    assert capsys.readouterr().out == ""


# --- tools -----------------------------------------------------------------------------------------------------------


def test_the_tools_of_an_agent_run_on_the_server(model: MockOpenAIServer) -> None:
    def make() -> ConversableAgent:
        agent = an_agent(model)

        @agent.register_for_llm(description="Double a number.")
        def double(number: int) -> int:
            return 2 * number

        return agent

    model.add(tool_call("double", number=21), "It is 42.")
    with OpenAIServer({"it": make}) as server:
        answer = ask(server, "What is twice 21?")
    assert answer.choices[0].message.content == "It is 42."
    assert answer.choices[0].message.tool_calls is None
    assert texts_of(model.requests[-1])[-1] == ("tool", "42")


@pytest.mark.parametrize("name", ["fresh", "shared"])
def test_the_tools_of_a_client_are_called_by_the_client(model: MockOpenAIServer, name: str) -> None:
    with OpenAIServer({"fresh": lambda: an_agent(model), "shared": an_agent(model)}) as server:
        model.add(tool_call("add", a=1, b=2))
        choice = ask(server, "What is 1 + 2?", model=name, tools=[ADD]).choices[0]
        assert choice.finish_reason == "tool_calls"
        (call,) = choice.message.tool_calls
        assert (call.function.name, call.function.arguments) == ("add", '{"a": 1, "b": 2}')
        assert model.requests[-1]["tools"] == [ADD]

        model.add("It is 3.")
        response = {"role": "tool", "tool_call_id": call.id, "content": "3"}
        said = ["What is 1 + 2?", choice.message.model_dump(exclude_none=True), response]
        assert ask(server, *said, model=name, tools=[ADD]).choices[0].message.content == "It is 3."
        assert [one["role"] for one in model.requests[-1]["messages"]] == ["system", "user", "assistant", "tool"]
        assert model.requests[-1]["messages"][-1] == response

        ask(server, "Thanks", model=name)
        assert "tools" not in model.requests[-1]


def test_calls_of_a_clients_tools_are_streamed(model: MockOpenAIServer) -> None:
    model.add(tool_call("add", a=1))
    with OpenAIServer({"it": lambda: an_agent(model)}) as server:
        *_, call, end = ask(server, "1?", tools=[ADD], stream=True)
    assert call.choices[0].delta.tool_calls[0].function.name == "add"
    assert end.choices[0].finish_reason == "tool_calls"


def test_a_message_that_calls_tools_of_both_runs_neither_on_the_server(model: MockOpenAIServer) -> None:
    ran: list[str] = []

    def make() -> ConversableAgent:
        agent = an_agent(model)
        agent.register_for_llm(name="own", description="Own.")(lambda: ran.append("own") or "done")
        return agent

    calls = [{"id": name, "type": "function", "function": {"name": name, "arguments": "{}"}} for name in ("own", "add")]
    model.add({"role": "assistant", "content": None, "tool_calls": calls})
    with OpenAIServer({"it": make}) as server:
        answer = ask(server, "Both.", tools=[ADD])
    assert [call.function.name for call in answer.choices[0].message.tool_calls or []] == ["add"]
    assert ran == []


def test_tools_that_cannot_be_given_are_refused(model: MockOpenAIServer) -> None:
    def make() -> ConversableAgent:
        agent = an_agent(model)
        agent.register_for_llm(name="add", description="Add.")(lambda: "3")
        return agent

    with OpenAIServer({"it": make, "team": lambda: a_group(model)}) as server:
        with pytest.raises(openai.BadRequestError, match="has a tool 'add' of its own"):
            ask(server, "Hi", tools=[ADD])
        with pytest.raises(openai.BadRequestError, match="only a single agent with a model does"):
            ask(server, "Hi", model="team", tools=[ADD])
        with pytest.raises(openai.BadRequestError, match="'tool_choice' is auto or none"):
            ask(server, "Hi", tools=[ADD], tool_choice="required")
        ask(server, "Hi", tools=[ADD], tool_choice="none")
        assert [tool["function"]["name"] for tool in model.requests[-1]["tools"]] == ["add"]
    assert len(model.requests) == 1


# --- groups ----------------------------------------------------------------------------------------------------------


def test_a_group_answers_with_names_and_hears_its_own_words_as_such(model: MockOpenAIServer) -> None:
    model.add("Red.", "Blue.", "Green.", "TERMINATE")
    with OpenAIServer({"it": lambda: a_group(model)}) as server:
        answer = ask(server, "A colour?").choices[0].message.content
        assert answer == "**ann:** Red.\n\n**bob:** Blue."
        chunks = ask(server, "A colour?", answer, "Another?", stream=True)
        assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == "**ann:** Green."
    assert texts_of(model.requests[2])[1:] == [
        ("user", "A colour?"),
        ("assistant", "Red."),
        ("user", "Blue."),
        ("user", "Another?"),
    ]


def test_a_server_of_last_words_gives_the_last_that_say_something(model: MockOpenAIServer) -> None:
    model.add("Red.", "TERMINATE", "Red.", "Blue.")
    with OpenAIServer({"it": lambda: a_group(model)}, answer="last") as server:
        assert ask(server, "A colour?").choices[0].message.content == "Red."
        chunks = ask(server, "A colour?", stream=True)
        assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == "Blue."


@pytest.mark.parametrize("is_shared", [False, True])
def test_a_pattern_is_a_group_as_well(model: MockOpenAIServer, is_shared: bool) -> None:
    def make() -> RoundRobinPattern:
        ann, bob = an_agent(model, "ann"), an_agent(model, "bob")
        return RoundRobinPattern(ann, [ann, bob])

    with OpenAIServer({"it": Offer(make() if is_shared else make, max_rounds=3)}) as server:
        for _ in range(2):
            model.add("Red.", "Blue.", "Green.", "Grey.")
            answer = ask(server, "A colour?").choices[0].message.content
            assert answer == "**ann:** Red.\n\n**bob:** Blue."
            answer = ask(server, "A colour?", answer, "Another?").choices[0].message.content
            assert answer == "**ann:** Green.\n\n**bob:** Grey."
            assert texts_of(model.requests[-2])[1:] == [
                ("user", "A colour?"),
                ("assistant", "Red."),
                ("user", "Blue."),
                ("user", "Another?"),
            ]


def test_a_pair_runs_what_the_first_of_it_runs(model: MockOpenAIServer) -> None:
    def make() -> tuple[ConversableAgent, ConversableAgent]:
        user = UserProxyAgent(
            "user",
            human_input_mode="NEVER",
            code_execution_config=False,
            is_termination_msg=lambda message: "TERMINATE" in (message.get("content") or ""),
        )
        assistant = AssistantAgent("assistant", llm_config=model.llm_config())

        def double(number: int) -> int:
            return 2 * number

        register_function(double, caller=assistant, executor=user, description="Double.")
        return user, assistant

    model.add(tool_call("double", number=21), "It is 42. TERMINATE")
    with OpenAIServer({"it": make}) as server:
        assert ask(server, "Twice 21?").choices[0].message.content == "It is 42."


# --- many ------------------------------------------------------------------------------------------------------------


def test_a_hundred_conversations_at_once_are_kept_apart(model: MockOpenAIServer) -> None:
    arrived, everybody = [], asyncio.Event()

    async def when_all_are_there(request: ModelRequest) -> str:
        arrived.append(request.last_text)
        if len(arrived) == 100:
            everybody.set()
        await everybody.wait()
        return f"{len(request['messages'])} messages, the last is {request.last_text}"

    async def main(server: OpenAIServer) -> list[str]:
        limits = httpx.Limits(max_connections=200)
        async with openai.AsyncOpenAI(
            base_url=server.base_url,
            api_key=server.token,
            http_client=httpx.AsyncClient(limits=limits, timeout=SECONDS),
        ) as client:

            async def one(number: int) -> str:
                asked = [{"role": "user", "content": f"number {number}"}]
                if number % 2:
                    answer = await client.chat.completions.create(model="it", messages=asked)  # type: ignore[arg-type]
                    return answer.choices[0].message.content or ""
                stream = await client.chat.completions.create(model="it", messages=asked, stream=True)  # type: ignore[call-overload]
                return "".join([chunk.choices[0].delta.content or "" async for chunk in stream])

            return await asyncio.gather(*map(one, range(100)))

    model.default = when_all_are_there
    with OpenAIServer({"it": lambda: an_agent(model)}) as server:
        answers = asyncio.run(main(server))
    assert answers == [f"2 messages, the last is number {number}" for number in range(100)]
    assert len(model.requests) == 100


def test_an_agent_that_is_shared_takes_turns(model: MockOpenAIServer) -> None:
    with OpenAIServer({"it": an_agent(model)}) as server:
        answers: dict[int, str] = {}

        def one(number: int) -> None:
            answers[number] = ask(server, f"number {number}").choices[0].message.content

        threads = [threading.Thread(target=one, args=(number,)) for number in range(10)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert answers == {number: f"number {number}" for number in range(10)}
    assert {len(request["messages"]) for request in model.requests} == {2}


class Gate:
    """A reply that waits until the test lets it go."""

    def __init__(self) -> None:
        self.arrived = threading.Event()
        self.opened = threading.Event()

    def __call__(self, request: ModelRequest) -> str:
        self.arrived.set()
        assert self.opened.wait(SECONDS)
        return "at last"


def visit(context_variables: ContextVariables) -> str:
    """Tell how often it was called."""
    context_variables["visits"].append("once more")
    context_variables["last"] = "here"
    return f"{len(context_variables['visits'])} {context_variables.get('price')}"


def visit_and_tell(request: ModelRequest) -> Any:
    """Call `visit` and say what it tells."""
    last = request["messages"][-1]
    return last["content"] if last["role"] == "tool" else tool_call("visit")


@pytest.mark.parametrize("kind", ["agent", "pair", "group", "pattern"])
def test_who_is_shared_forgets_the_variables_of_each_client_and_knows_those_of_the_program(
    model: MockOpenAIServer, kind: str
) -> None:
    model.default = visit_and_tell
    mine = ContextVariables(data={"visits": [], "price": 3})
    served: Any
    if kind == "pattern":
        ann = an_agent(model, functions=[visit])
        owner = served = RoundRobinPattern(initial_agent=ann, agents=[ann], context_variables=mine)
    elif kind == "agent":
        owner = served = an_agent(model, functions=[visit])
    else:
        ann = an_agent(model)
        owner = ConversableAgent("runner", llm_config=False, human_input_mode="NEVER", max_consecutive_auto_reply=1)
        register_function(visit, caller=ann, executor=owner, description="Tell how often it was called.")
        group = GroupChat([ann, owner], [], max_round=4, speaker_selection_method="round_robin")
        served = (owner, ann) if kind == "pair" else GroupChatManager(group, llm_config=False)
    owner.context_variables = mine
    heard = []
    with OpenAIServer({"it": served}) as server:
        for price in (3, 4):
            mine["price"] = price
            heard += [ask(server, "Hi").choices[0].message.content for _ in range(2)]
    for text, told in zip(heard, ("1 3", "1 3", "1 4", "1 4"), strict=True):
        assert told in text
    assert owner.context_variables is mine
    assert mine.to_dict() == {"visits": [], "price": 4}


def test_one_conversation_too_many_is_told_to_come_again(model: MockOpenAIServer) -> None:
    gate = model.default = Gate()
    answers: list[Any] = []
    with OpenAIServer({"it": lambda: an_agent(model)}, conversations=1) as server:
        first = threading.Thread(target=lambda: answers.append(ask(server, "Hi")))
        first.start()
        assert gate.arrived.wait(SECONDS)
        with pytest.raises(openai.RateLimitError, match="1 conversations are open"):
            ask(server, "Hi")
        gate.opened.set()
        first.join()
        assert ask(server, "Hi").choices[0].message.content == "at last"
    assert answers[0].choices[0].message.content == "at last"


@pytest.mark.parametrize("streams", [False, True])
def test_a_client_that_leaves_ends_the_conversation_and_what_is_paid_for_is_kept(
    model: MockOpenAIServer, streams: bool
) -> None:
    gate = model.default = Gate()
    ended, answered = threading.Event(), threading.Event()
    reasons: list[Any] = []

    def hear(event: ChatEnded | ModelAnswered) -> None:
        if isinstance(event, ChatEnded):
            reasons.append(event.reason)
            ended.set()
        else:
            answered.set()

    agents: list[ConversableAgent] = []

    def make() -> ConversableAgent:
        agents.append(an_agent(model))
        return agents[-1]

    subscribe(hear, kinds=(ChatEnded, ModelAnswered))
    try:
        with OpenAIServer({"it": make}) as server:

            async def leave() -> None:
                async with openai.AsyncOpenAI(base_url=server.base_url, api_key=server.token) as client:
                    asked: Any = [{"role": "user", "content": "Hi"}]
                    request = asyncio.create_task(
                        client.chat.completions.create(model="it", messages=asked, stream=streams)
                    )
                    await asyncio.to_thread(gate.arrived.wait, SECONDS)
                    if streams:
                        await (await request).close()
                    else:
                        request.cancel()

            asyncio.run(leave())
            assert ended.wait(SECONDS)
            assert reasons == ["external stop"]
            gate.opened.set()
            assert answered.wait(SECONDS)
    finally:
        gate.opened.set()
        unsubscribe(hear)
    assert agents[-1].get_total_usage() is not None


def test_a_client_that_leaves_before_its_stream_begins_ends_the_conversation(model: MockOpenAIServer) -> None:
    gate = model.default = Gate()
    ended = threading.Event()
    reasons: list[Any] = []

    def hear(event: ChatEnded) -> None:
        reasons.append(event.reason)
        ended.set()

    asked = {"model": "it", "messages": [{"role": "user", "content": "Hi"}], "stream": True}
    received = [{"type": "http.request", "body": json.dumps(asked).encode()}, {"type": "http.disconnect"}]
    sent: list[Any] = []

    async def receive() -> Any:
        return received.pop(0)

    async def send(message: Any) -> None:
        sent.append(message["type"])
        await asyncio.Event().wait()  # as when nobody reads

    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "method": "POST",
        "path": "/v1/chat/completions",
        "query_string": b"",
        "headers": [(b"authorization", b"Bearer a-long-token")],
    }
    subscribe(hear, kinds=(ChatEnded,))
    try:
        asyncio.run(openai_app({"it": an_agent(model)}, token="a-long-token")(scope, receive, send))
        assert ended.wait(SECONDS)
    finally:
        gate.opened.set()
        unsubscribe(hear)
    assert sent == ["http.response.start"]
    assert reasons == ["external stop"]


def test_a_client_that_leaves_before_its_turn_costs_nothing(model: MockOpenAIServer) -> None:
    gate = model.default = Gate()
    turns: list[Any] = []

    async def main(server: OpenAIServer) -> None:
        async with openai.AsyncOpenAI(base_url=server.base_url, api_key=server.token, max_retries=0) as client:

            async def one(text: str) -> None:
                asked: Any = [{"role": "user", "content": text}]
                turns.append(await client.chat.completions.create(model="it", messages=asked))

            first = asyncio.create_task(one("first"))
            await asyncio.to_thread(gate.arrived.wait, SECONDS)
            waiting = {asyncio.create_task(one(f"waiting {number}")) for number in range(5)}
            refused: set[asyncio.Task[None]] = set()
            while len(refused) < 4:  # then the fifth has got in, and waits for its turn
                done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                refused |= done
            assert {type(task.exception()) for task in refused} == {openai.RateLimitError}
            waiting.pop().cancel()
            while not any(conversation._is_stopped for conversation in server._pool._open):
                await asyncio.sleep(0)  # until the server has noticed
            gate.opened.set()
            await first
            await one("last")

    with OpenAIServer({"it": an_agent(model)}, conversations=2) as server:
        asyncio.run(main(server))
    assert len(turns) == 2
    assert [request.last_text for request in model.requests] == ["first", "last"]


def is_open(server: OpenAIServer) -> bool:
    body = {"model": "quick", "messages": [{"role": "user", "content": "Hi"}]}
    headers = {"authorization": f"Bearer {server.token}"}
    return httpx.post(f"{server.base_url}/chat/completions", json=body, headers=headers).status_code != 503


def test_a_server_that_stops_finishes_the_answers_under_way(model: MockOpenAIServer) -> None:
    quick = ConversableAgent("quick", llm_config=False, human_input_mode="NEVER", default_auto_reply="Hi")
    gate = model.default = Gate()
    answers: list[str] = []
    server = OpenAIServer({"it": lambda: an_agent(model), "quick": quick}).start()
    asking = threading.Thread(target=lambda: answers.append(ask(server, "Hi").choices[0].message.content))
    asking.start()
    assert gate.arrived.wait(SECONDS)
    stopping = threading.Thread(target=server.stop)
    stopping.start()
    while is_open(server):
        pass
    gate.opened.set()
    stopping.join()
    asking.join()
    assert answers == ["at last"]


def test_a_server_that_stops_at_once_leaves_the_model(model: MockOpenAIServer) -> None:
    gate = model.default = Gate()
    answers: list[Any] = []
    server = OpenAIServer({"it": lambda: an_agent(model)}).start()
    asking = threading.Thread(target=lambda: answers.append(ask(server, "Hi")))
    asking.start()
    assert gate.arrived.wait(SECONDS)
    server.stop(now=True)
    asking.join()
    gate.opened.set()
    assert answers[0].choices[0].message.content == ""


def test_an_answer_that_costs_too_much_is_cut_short(model: MockOpenAIServer) -> None:
    config = {"config_list": [model.config(price=[1, 1])], "cache_seed": None}

    def make() -> ConversableAgent:
        agent = an_agent(model, llm_config=config)
        agent.register_for_llm(name="again", description="Again.")(lambda: "again")
        return agent

    model.default = tool_call("again")
    with OpenAIServer({"it": Offer(make, max_cost=0.05)}) as server:
        choice = ask(server, "Go on for ever.").choices[0]
    assert choice.finish_reason == "length"
    assert 0 < len(model.requests) < 10


# --- what goes wrong -------------------------------------------------------------------------------------------------


def test_nobody_gets_in_without_the_token(plain: OpenAIServer) -> None:
    for wrong in ("another-token", plain.token[:-1], f"{plain.token}2", "ä"):
        with httpx.Client(base_url=plain.base_url, headers={"authorization": f"Bearer {wrong}".encode()}) as http:
            for answer in (http.get("/models"), http.post("/chat/completions"), http.get("/no-such-page")):
                assert answer.status_code == 401
                assert answer.headers["www-authenticate"] == "Bearer"
    with client_of(plain, api_key="another-token") as client:
        with pytest.raises(openai.AuthenticationError, match="The token is missing or wrong"):
            client.models.list()
    assert httpx.get(f"{plain.base_url}/models").status_code == 401


@pytest.mark.parametrize(
    ("changes", "error", "text"),
    [
        ({"model": "no"}, openai.NotFoundError, "There is no model 'no' here. There are: it."),
        ({"model": ""}, openai.BadRequestError, "'model' is missing"),
        ({"messages": []}, openai.BadRequestError, "'messages' is missing"),
        ({"messages": "x"}, openai.BadRequestError, "'messages' must be a list of messages, not a text"),
        ({"extra_body": {"stream": "no"}}, openai.BadRequestError, "'stream' is true or false, not 'no'"),
        ({"messages": [{"role": "pope", "content": "x"}]}, openai.BadRequestError, "messages.0. must be an object"),
        ({"messages": [{"role": "user", "content": 3}]}, openai.BadRequestError, "messages.0..content must be"),
        ({"messages": [{"role": "assistant", "content": "x"}]}, openai.BadRequestError, "The last message must be"),
        ({"messages": [{"role": "system", "content": "x"}]}, openai.BadRequestError, "The last message must be"),
        (
            {"messages": [{"role": "tool", "tool_call_id": "1", "content": "x"}]},
            openai.BadRequestError,
            "no message with tool_calls stands before it",
        ),
        (
            {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "/etc/passwd"}}]}]},
            openai.BadRequestError,
            "a picture is a data: URI",
        ),
        (
            {"messages": [{"role": "user", "content": [{"type": "input_audio"}]}]},
            openai.BadRequestError,
            "not 'input_audio'",
        ),
        (
            {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": "https://a.example/b"}]}]},
            openai.BadRequestError,
            "a picture needs 'image_url', which is an object with a text 'url'",
        ),
        (
            {"messages": [{"role": "user", "content": [{"type": "text"}]}]},
            openai.BadRequestError,
            "'text' needs 'text', which is a text",
        ),
        ({"n": 2}, openai.BadRequestError, "leave 'n' out"),
        ({"functions": [{"name": "f"}]}, openai.BadRequestError, "given as 'tools'"),
        ({"response_format": {"type": "json_object"}}, openai.BadRequestError, "set at the agent"),
        ({"tools": [{"type": "function"}]}, openai.BadRequestError, "tools.0. must be"),
        ({"tools": [ADD, ADD]}, openai.BadRequestError, "two tools have the name 'add'"),
    ],
)
def test_a_request_that_cannot_be_answered_is_told_why(
    plain: OpenAIServer, changes: dict[str, Any], error: type[Exception], text: str
) -> None:
    request: Any = {"model": "it", "messages": [{"role": "user", "content": "x"}], **changes}
    with client_of(plain) as client, pytest.raises(error, match=text):
        client.chat.completions.create(**request)


def test_bodies_that_are_too_large_or_no_json_get_an_answer(model: MockOpenAIServer) -> None:
    with OpenAIServer({"it": lambda: an_agent(model)}) as server:
        with httpx.Client(base_url=server.base_url, headers={"authorization": f"Bearer {server.token}"}) as http:
            for body, status, text in (
                (b'{"model": "it", "mess', 400, "The body is not JSON"),
                (b"[" * 100_000, 400, "The body is not JSON"),
                (b"\xff\xfe", 400, "The body is not JSON"),
                (b"[]", 400, "The body is not a JSON object"),
                (b" " * 50_000_000, 413, "The body is larger than 16 MB"),
            ):
                answer = http.post("/chat/completions", content=body)
                assert answer.status_code == status
                assert text in answer.json()["error"]["message"]
            assert http.get("/chat/completions").status_code == 405
            unknown = http.post("/embeddings", json={})
            assert unknown.status_code == 404
            assert "/v1/chat/completions" in unknown.json()["error"]["message"]
        assert ask(server, "Hi").choices[0].message.content == "Hi"


@pytest.mark.parametrize("streams", [False, True])
def test_a_conversation_that_fails_is_told_without_its_secrets_and_is_not_repeated(
    model: MockOpenAIServer, streams: bool, caplog: pytest.LogCaptureFixture
) -> None:
    calls: list[int] = []

    def make() -> ConversableAgent:
        agent = an_agent(model, llm_config={"config_list": [model.config(api_key="sk-of-the-agent")]})

        def fail(*_: object, **__: object) -> Any:
            calls.append(1)
            raise RuntimeError("the password is swordfish, the key sk-of-the-agent")

        agent.register_reply([ConversableAgent, None], fail)
        return agent

    with OpenAIServer({"it": make}) as server:
        asked: Any = {"model": "it", "messages": [{"role": "user", "content": "x"}], "stream": streams}
        with client_of(server, max_retries=2) as client:
            with pytest.raises(openai.APIError, match="The conversation failed with RuntimeError") as caught:
                list(client.chat.completions.create(**asked))
    assert "swordfish" not in str(caught.value)
    assert calls == [1]
    assert "RuntimeError: the password is swordfish" in caplog.text
    assert "sk-of-the-agent" not in caplog.text


def test_a_function_that_returns_the_same_agents_again_mixes_no_conversations(
    model: MockOpenAIServer, caplog: pytest.LogCaptureFixture
) -> None:
    ann, bob = an_agent(model, "ann"), an_agent(model, "bob")

    def the_same_in_a_new_group() -> GroupChatManager:
        return GroupChatManager(GroupChat([ann, bob], [], max_round=3), llm_config=False)

    def the_same_user() -> tuple[ConversableAgent, ConversableAgent]:
        return ann, an_agent(model, "cid")

    with OpenAIServer({"it": lambda: ann, "group": the_same_in_a_new_group, "pair": the_same_user}) as server:
        for name in server.names:
            with pytest.raises(openai.InternalServerError, match="ServingError"):
                ask(server, "Hi", model=name)
    assert "it: the function returns the same agents again" in caplog.text
    assert model.requests == []


def test_what_agents_have_opened_is_closed_after_each_conversation(model: MockOpenAIServer) -> None:
    happened: list[str] = []

    @contextmanager
    def make() -> Iterator[ConversableAgent]:
        """Opens something."""
        happened.append("opened")
        yield an_agent(model)
        happened.append("closed")

    with OpenAIServer({"it": make}) as server, client_of(server) as client:
        assert happened == ["opened", "closed"]
        assert client.models.retrieve("it").to_dict()["description"] == "Opens something."
        ask(server, "Hi")
    assert happened == ["opened", "closed"] * 2


def test_an_error_of_closing_takes_no_answer_back(model: MockOpenAIServer, caplog: pytest.LogCaptureFixture) -> None:
    is_broken = False

    @contextmanager
    def make() -> Iterator[ConversableAgent]:
        yield an_agent(model)
        if is_broken:
            raise OSError("cannot close")

    model.add("Paid for.")
    with OpenAIServer({"it": make}) as server:
        is_broken = True
        assert ask(server, "Hi").choices[0].message.content == "Paid for."
    assert "it: what was made for a request could not be closed: OSError: cannot close" in caplog.text


def test_a_client_that_leaves_within_its_request_is_passed_over(
    model: MockOpenAIServer, caplog: pytest.LogCaptureFixture
) -> None:
    with OpenAIServer({"it": an_agent(model)}) as server:
        host, _, port = server.address.removeprefix("http://").partition(":")
        head = (
            f"POST /v1/chat/completions HTTP/1.1\r\nauthorization: Bearer {server.token}\r\ncontent-length: 99\r\n\r\n"
        )
        with socket.create_connection((host, int(port))) as connection:
            connection.sendall(head.encode() + b'content-length: 99\r\n\r\n{"model": "it", "mess')
        assert ask(server, "Hi").choices[0].message.content == "Hi"
    assert "Exception" not in caplog.text


def test_a_tool_that_leaves_the_program_leaves_the_server_alone(model: MockOpenAIServer) -> None:
    def make() -> ConversableAgent:
        agent = an_agent(model)

        @agent.register_for_llm(description="Leave.")
        def leave() -> str:
            raise SystemExit(3)

        return agent

    model.add(tool_call("leave"))
    with OpenAIServer({"it": make}) as server:
        with pytest.raises(openai.InternalServerError, match="SystemExit"):
            ask(server, "Hi")
        assert ask(server, "Hi").choices[0].message.content == "Hi"


def raises() -> ConversableAgent:
    raise KeyError("nothing")


async def asynchronous() -> ConversableAgent:
    raise AssertionError


@pytest.mark.parametrize(
    ("offers", "text"),
    [
        ({}, "Say what is to be served"),
        ({"it": 3}, "it: only an agent, .* can be served, but it is int"),
        (
            {"it": lambda: GroupChat([], [])},
            "it: only an agent, the GroupChatManager of a group, .* but it is GroupChat",
        ),
        ({"it": lambda: UserProxyAgent("user", code_execution_config=False)}, "asks a person before each"),
        ({"it": raises}, "the function that makes the agents has raised KeyError: 'nothing'"),
        ({"it": asynchronous}, "must not be asynchronous"),
    ],
)
def test_what_cannot_be_served_is_refused_at_the_start(offers: Any, text: str) -> None:
    with pytest.raises(ServingError, match=text):
        OpenAIServer(offers)


def test_settings_that_cannot_be_are_refused(model: MockOpenAIServer) -> None:
    offers = {"it": an_agent(model)}
    with pytest.raises(ServingError, match="A token has at least 8 characters"):
        OpenAIServer(offers, token="short")
    with pytest.raises(ServingError, match="A token has at least 8 characters"):
        OpenAIServer(offers, token="with some spaces")
    with pytest.raises(ValueError, match="conversations must be at least 1"):
        OpenAIServer(offers, conversations=0)
    with pytest.raises(ValueError, match='answer must be "all" or "last"'):
        OpenAIServer(offers, answer="first")  # type: ignore[arg-type]
    with OpenAIServer(offers) as server, pytest.raises(OSError, match="in use"):
        OpenAIServer(offers, port=int(server.address.rpartition(":")[2]))


def test_the_application_can_run_in_a_server_of_ones_own(model: MockOpenAIServer) -> None:
    app = openai_app({"it": lambda: an_agent(model)}, token="a-good-token")

    async def main() -> str:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://it") as http:
            body = {"model": "it", "messages": [{"role": "user", "content": "Hi"}]}
            headers = {"authorization": "Bearer a-good-token"}
            answer = await http.post("/v1/chat/completions", json=body, headers=headers)
            return str(answer.json()["choices"][0]["message"]["content"])

    assert asyncio.run(main()) == "Hi"
