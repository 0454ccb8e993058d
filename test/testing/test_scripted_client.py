"""ScriptedClient: alone, behind agents, and behind the hidden agents of a group chat."""

from __future__ import annotations

import asyncio
import copy
import threading
from typing import Any

import openai
import pytest
from pydantic import BaseModel

from autogen_classic import AssistantAgent, ConversableAgent, GroupChat, GroupChatManager, UserProxyAgent
from autogen_classic.testing import (
    CapturedIO,
    Reply,
    ScriptedClient,
    ScriptExhaustedError,
    choices,
    disconnect,
    error,
    hang,
    tool_call,
)

HELLO: dict[str, Any] = {"model": "m", "messages": [{"role": "user", "content": "hello"}]}


def texts(client: ScriptedClient, count: int = 1, **changes: Any) -> list[Any]:
    return [client.message_retrieval(client.create({**HELLO, **changes}))[0] for _ in range(count)]


class TestReplies:
    def test_replies_come_in_their_order(self) -> None:
        assert texts(ScriptedClient(["one", "two"]), 2) == ["one", "two"]

    def test_a_callable_sees_the_request(self) -> None:
        assert texts(ScriptedClient([lambda request: request.last_text + "!"])) == ["hello!"]

    def test_a_tool_call_comes_as_a_message(self) -> None:
        (message,) = texts(ScriptedClient([tool_call("add", a=1)]))
        assert message.tool_calls[0].function.name == "add"

    def test_n_gives_all_choices(self) -> None:
        client = ScriptedClient([choices("a", "b")])
        assert client.message_retrieval(client.create({**HELLO, "n": 2})) == ["a", "b"]

    def test_an_exception_is_raised(self) -> None:
        with pytest.raises(ConnectionResetError):
            texts(ScriptedClient([ConnectionResetError]))

    @pytest.mark.parametrize(
        ("reply", "expected"),
        [
            (error(401), openai.AuthenticationError),
            (error(429, retry_after=3), openai.RateLimitError),
            (error(418), openai.APIStatusError),
            (error(502), openai.InternalServerError),
            (disconnect("a"), openai.APIConnectionError),
            (hang(), openai.APITimeoutError),
        ],
    )
    def test_errors_of_a_provider_are_those_of_the_sdk(self, reply: Any, expected: type[Exception]) -> None:
        with pytest.raises(expected):
            texts(ScriptedClient([reply]))

    def test_a_stream_is_printed_piece_by_piece_and_returned_whole(self) -> None:
        with CapturedIO() as printed:
            assert texts(ScriptedClient([["Hel", "lo"]]), stream=True) == ["Hello"]
        assert printed.text == "Hello\n"

    def test_asynchronous_callables_are_awaited(self) -> None:
        async def answer(request: Any) -> str:
            await asyncio.sleep(0)
            return "async"

        response = asyncio.run(ScriptedClient([answer]).a_create(HELLO))
        assert response.choices[0].message.content == "async"

    @pytest.mark.parametrize("reply", [Reply("x", delay=7), choices(Reply("x", delay=7), "y")])
    def test_a_delay_passes_before_the_answer(self, reply: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        slept: list[float] = []
        monkeypatch.setattr("time.sleep", slept.append)
        ScriptedClient([reply]).create(HELLO)
        assert slept == [7]

    def test_a_delay_does_not_hold_up_other_tasks(self) -> None:
        client = ScriptedClient([Reply("slow", delay=3600), "fast"])

        async def ask_both() -> Any:
            slow = asyncio.create_task(client.a_create(HELLO))
            await asyncio.sleep(0)
            fast = await client.a_create(HELLO)
            slow.cancel()
            return fast.choices[0].message.content

        assert asyncio.run(ask_both()) == "fast"

    def test_usage_and_cost_are_told(self) -> None:
        client = ScriptedClient([Reply("x", usage=(10, 5))], cost=0.25)
        response = client.create(HELLO)
        assert client.cost(response) == 0.25
        assert client.get_usage(response) == {
            "prompt_tokens": 10,
            "completion_tokens": 5,
            "total_tokens": 15,
            "cost": 0.25,
            "model": "m",
        }


class TestRecords:
    def test_a_record_does_not_change_with_the_message(self) -> None:
        client = ScriptedClient(["one"])
        message = {"role": "user", "content": "before"}
        client.create({"messages": [message]})
        message["content"] = "after"
        assert client.requests[0].last_text == "before"

    def test_unused_replies_can_be_asserted(self) -> None:
        with pytest.raises(AssertionError, match="1 unused replies"):
            ScriptedClient(["one"]).assert_finished()

    def test_threads_share_one_script(self) -> None:
        client = ScriptedClient([str(number) for number in range(80)])
        found: list[Any] = []
        threads = [threading.Thread(target=lambda: found.extend(texts(client, 10))) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(found, key=int) == [str(number) for number in range(80)]
        assert len(client.requests) == 80

    def test_copies_are_the_same_client(self) -> None:
        client = ScriptedClient(["one"])
        assert copy.deepcopy(client.llm_config())["config_list"][0]["model_client"] is client
        assert copy.copy(client) is client


class TestAgents:
    def test_an_llm_config_asks_the_model_that_it_names(self) -> None:
        client = ScriptedClient(["Hello."])
        agent = AssistantAgent("assistant", llm_config=client.llm_config(model="gpt-4o"))
        agent.generate_reply([{"role": "user", "content": "hi"}])
        assert client.requests[0].model == "gpt-4o"

    def test_an_agent_uses_it_through_its_llm_config(self) -> None:
        client = ScriptedClient(["Hello."])
        agent = AssistantAgent("assistant", llm_config=client.llm_config())
        assert agent.generate_reply([{"role": "user", "content": "Hi"}]) == "Hello."
        assert client.requests[0].agent is agent

    def test_an_agent_uses_it_in_an_asynchronous_chat(self) -> None:
        agent = AssistantAgent("assistant", llm_config=ScriptedClient(["Hello."]).llm_config())
        assert asyncio.run(agent.a_generate_reply([{"role": "user", "content": "Hi"}])) == "Hello."

    def test_it_can_be_registered_as_a_class_is(self) -> None:
        client = ScriptedClient(["Hello."])
        entry = {"model": "scripted", "model_client_cls": "ScriptedClient"}
        agent = ConversableAgent("agent", llm_config={"config_list": [entry], "cache_seed": None})
        agent.register_model_client(client)
        assert agent.generate_reply([{"role": "user", "content": "Hi"}]) == "Hello."

    def test_a_tool_is_called_and_its_result_is_sent_back(self) -> None:
        client = ScriptedClient([tool_call("add", a=1, b=2), "The sum is 3. TERMINATE"])
        assistant = AssistantAgent("assistant", llm_config=client.llm_config())
        user = UserProxyAgent(
            "user",
            human_input_mode="NEVER",
            code_execution_config=False,
            is_termination_msg=lambda message: "TERMINATE" in (message["content"] or ""),
        )

        @user.register_for_execution()
        @assistant.register_for_llm(description="Adds.")
        def add(a: int, b: int) -> int:
            return a + b

        user.initiate_chat(assistant, message="What is 1 + 2?", silent=True)
        assert [tool["function"]["name"] for tool in client.requests[0]["tools"]] == ["add"]
        assert client.requests[1].last_text == "3"

    def test_the_hidden_agents_of_a_group_share_the_script(self) -> None:
        client = ScriptedClient(["bob", "I am Bob.", "alice", "I am Alice."])
        alice, bob = (
            ConversableAgent(name, llm_config=client.llm_config(), human_input_mode="NEVER")
            for name in ("alice", "bob")
        )
        manager = GroupChatManager(
            GroupChat([alice, bob], messages=[], max_round=3, speaker_selection_method="auto"),
            llm_config=client.llm_config(),
        )
        starter = ConversableAgent("starter", llm_config=False, human_input_mode="NEVER")
        starter.initiate_chat(manager, message="Who are you?", silent=True)
        said = [message["content"] for message in manager.groupchat.messages]
        assert said == ["Who are you?", "I am Bob.", "I am Alice."]
        client.assert_finished()


class TestExhaustion:
    def test_the_error_names_the_agent_the_number_and_the_last_message(self) -> None:
        agent = AssistantAgent("assistant", llm_config=ScriptedClient(["only"]).llm_config())
        agent.generate_reply([{"role": "user", "content": "Hi"}])
        with pytest.raises(ScriptExhaustedError, match=r"1 reply was scripted.*number 2.*'assistant'.*'Again'"):
            agent.generate_reply([{"role": "user", "content": "Again"}])

    def test_it_can_be_caught_as_a_failed_assertion(self) -> None:
        with pytest.raises(AssertionError, match="0 replies were scripted"):
            texts(ScriptedClient())

    def test_a_default_goes_on(self) -> None:
        assert texts(ScriptedClient(["one"], default="more"), 3) == ["one", "more", "more"]


def test_a_class_may_stand_for_the_form_of_the_answer() -> None:
    class Sum(BaseModel):
        total: int

    client = ScriptedClient(['{"total": 3}'])
    agent = AssistantAgent("a", llm_config=client.llm_config(response_format=Sum))
    assert agent.generate_reply([{"role": "user", "content": "1 + 2?"}]) == '{"total": 3}'
