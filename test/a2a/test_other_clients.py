"""Clients of other libraries: the client of a2a-sdk itself, over real HTTP, which sends each message alone."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeVar

import httpx
import pytest
from asgi_kit import served

from autogen_classic import ConversableAgent
from autogen_classic.agentchat.group import ContextVariables, ReplyResult
from autogen_classic.testing import ScriptedClient, tool_call

pytest.importorskip("a2a")
from a2a.client import A2ACardResolver, Client, ClientConfig, ClientFactory
from a2a.types import Message, Part, Role, SendMessageRequest, StreamResponse, TaskState
from starlette.authentication import AuthCredentials, AuthenticationBackend, SimpleUser
from starlette.middleware.authentication import AuthenticationMiddleware
from starlette.requests import HTTPConnection

from autogen_classic.a2a import A2aAgentServer, CardSettings
from autogen_classic.a2a._memory import Memory

SECONDS = 60.0
ResultT = TypeVar("ResultT")


def serving(agent: Any, **settings: Any) -> Any:
    return served(lambda url: A2aAgentServer(agent, url=url, **settings).build())


def talking(url: str, work: Callable[[Client], Awaitable[ResultT]], **settings: Any) -> ResultT:
    """Let a client of a2a-sdk do something."""

    async def main() -> ResultT:
        async with httpx.AsyncClient(timeout=SECONDS, **settings) as http:
            card = await A2ACardResolver(http, url).get_agent_card()
            return await work(ClientFactory(ClientConfig(httpx_client=http)).create(card))

    return asyncio.run(main())


async def say(client: Client, text: str, context_id: str | None = None, task_id: str | None = None) -> StreamResponse:
    """Say a text, and return the last thing that comes."""
    parts = [Part(text=text)]
    message = Message(role=Role.ROLE_USER, message_id="m", parts=parts, context_id=context_id, task_id=task_id)
    *_, last = [event async for event in client.send_message(SendMessageRequest(message=message))]
    return last


def listener(replies: list[Any] | None = None, **settings: Any) -> tuple[ConversableAgent, ScriptedClient]:
    """An agent with the model behind it."""
    model = ScriptedClient(["One.", "Two.", "Three."] if replies is None else replies)
    settings = {"human_input_mode": "NEVER", **settings}
    return ConversableAgent("bot", "s", llm_config=model.llm_config(), **settings), model


def heard(model: ScriptedClient) -> list[list[Any]]:
    """What the model was sent in each request, after the system message."""
    return [[message["content"] for message in request.messages[1:]] for request in model.requests]


def test_what_was_said_under_one_context_id_is_known_and_contexts_are_kept_apart() -> None:
    agent, model = listener()

    async def work(client: Client) -> None:
        last = await say(client, "I am Ann.", "a")
        assert last.status_update.status.state == TaskState.TASK_STATE_COMPLETED
        await say(client, "I am Bob.", "b")
        await say(client, "Who am I?", "a")

    with serving(agent) as url:
        talking(url, work)
    assert heard(model) == [["I am Ann."], ["I am Bob."], ["I am Ann.", "One.", "Who am I?"]]


def test_a_client_that_names_no_context_gets_one_with_which_it_goes_on() -> None:
    agent, model = listener()

    async def work(client: Client) -> None:
        last = await say(client, "I am Ann.")
        await say(client, "Who am I?", last.status_update.context_id)
        await say(client, "And now?")

    with serving(agent) as url:
        talking(url, work)
    assert heard(model)[1:] == [["I am Ann.", "One.", "Who am I?"], ["And now?"]]


def test_tools_and_variables_of_a_conversation_are_known_as_well() -> None:
    def note(a: int, context_variables: ContextVariables) -> ReplyResult:
        context_variables["seen"] = a + (context_variables.get("seen") or 0)
        return ReplyResult(message=f"{context_variables['seen']}", context_variables=context_variables)

    agent, model = listener([tool_call("note", a=1), "One.", tool_call("note", a=2), "Three."], functions=[note])

    async def work(client: Client) -> None:
        await say(client, "Note.", "a")
        await say(client, "Note.", "a")

    with serving(agent) as url:
        talking(url, work)
    assert heard(model)[-1] == ["Note.", None, "1", "One.", "Note.", None, "3"]


def test_a_question_for_a_person_is_answered_in_the_same_task() -> None:
    agent, model = listener(
        human_input_mode="TERMINATE", is_termination_msg=lambda message: message["content"] == "Hi."
    )

    async def work(client: Client) -> None:
        asked = (await say(client, "Hi.", "a")).status_update
        assert asked.status.state == TaskState.TASK_STATE_INPUT_REQUIRED
        answered = (await say(client, "Go on.", "a", asked.task_id)).status_update
        assert answered.status.state == TaskState.TASK_STATE_COMPLETED

    with serving(agent) as url:
        talking(url, work)
    assert heard(model) == [["Hi.", "Go on."]]


def test_nobody_goes_on_with_the_conversation_of_another_user() -> None:
    class ByName(AuthenticationBackend):
        async def authenticate(self, conn: HTTPConnection) -> tuple[AuthCredentials, SimpleUser]:
            return AuthCredentials(), SimpleUser(conn.headers["x-name"])

    def make(url: str) -> Any:
        server = A2aAgentServer(agent, url=url)
        server.add_middleware(AuthenticationMiddleware, backend=ByName())
        return server.build()

    agent, model = listener()
    with served(make) as url:
        for name, text in (("ann", "I am Ann."), ("bob", "Who am I?"), ("ann", "And I?")):
            talking(url, partial(say, text=text, context_id="a"), headers={"x-name": name})
    assert heard(model) == [["I am Ann."], ["Who am I?"], ["I am Ann.", "One.", "And I?"]]


def test_what_has_failed_can_be_said_again() -> None:
    agent, model = listener([ValueError("no answer today"), "One."])

    async def work(client: Client) -> None:
        failed = (await say(client, "Hi.", "a")).status_update.status
        assert failed.state == TaskState.TASK_STATE_FAILED
        assert failed.message.parts[0].text == "The agent failed with ValueError; the log of its server says more."
        await say(client, "Hi.", "a")

    with serving(agent) as url:
        talking(url, work)
    assert heard(model)[-1] == ["Hi."]


def test_conversations_at_once_go_on_side_by_side_and_apart() -> None:
    """The tool waits until all are there, so that one after the other would never end."""
    everybody = threading.Barrier(20)

    def meet() -> str:
        """Meet the others."""
        everybody.wait(SECONDS)
        return "met"

    def said(request: Any) -> str:
        return " ".join(str(message["content"]) for message in request.messages if message["role"] == "user")

    def make() -> ConversableAgent:
        return listener([tool_call("meet"), said], functions=[meet])[0]

    async def work(client: Client) -> list[str]:
        async def one(number: int) -> str:
            for text in ("First", "Then"):
                events = [
                    event
                    async for event in client.send_message(
                        SendMessageRequest(
                            message=Message(
                                role=Role.ROLE_USER,
                                message_id="m",
                                parts=[Part(text=f"{text} {number}.")],
                                context_id=f"{number}",
                            )
                        )
                    )
                ]
            (result,) = [event.artifact_update.artifact for event in events if event.HasField("artifact_update")]
            return result.parts[0].text

        return await asyncio.gather(*map(one, range(20)))

    with serving(make) as url:
        assert talking(url, work) == [f"First {number}. Then {number}." for number in range(20)]


@pytest.mark.parametrize("description", ["Knows it all.", ""])
def test_a_card_says_what_the_protocol_wants(description: str, caplog: pytest.LogCaptureFixture) -> None:
    agent, _ = listener(description=description)
    with caplog.at_level(logging.WARNING), serving(agent, extended_agent_card=CardSettings()) as url:
        talking(url, lambda client: say(client, "Hi."))
        (skill,) = httpx.get(f"{url}/.well-known/agent-card.json").json()["skills"]
    assert caplog.messages == []
    assert skill == {
        "id": "conversation",
        "name": "Talk to bot",
        "description": description or "The agent bot.",
        "tags": ["conversation"],
    }


def test_skills_of_the_program_stand_on_the_card_alone() -> None:
    skill = {"id": "haiku", "name": "Haiku", "description": "Writes haiku.", "tags": ["poetry"]}
    agent, _ = listener()
    with serving(agent, agent_card=CardSettings.model_validate({"skills": [skill]})) as url:
        assert httpx.get(f"{url}/.well-known/agent-card.json").json()["skills"] == [skill]


# --- the memory itself -----------------------------------------------------------------------------------------------


def of_user(text: str) -> dict[str, Any]:
    return {"role": "user", "content": text}


@contextmanager
def clock() -> Iterator[tuple[Callable[[], float], Callable[[float], None]]]:
    now = [0.0]
    yield (lambda: now[0]), (lambda seconds: now.__setitem__(0, now[0] + seconds))


def test_a_conversation_is_forgotten_when_nothing_was_said_for_a_while() -> None:
    with clock() as (time, pass_):
        memory = Memory(seconds=10, clock=time)
        memory.add("a", [of_user("One")], None)
        pass_(6)
        memory.add("b", [of_user("Two")], {"x": 1})
        pass_(6)
        assert memory.recall("a").messages == []
        assert memory.recall("b").messages == [of_user("Two")]
        memory.add("b", [of_user("Three")], None)
        pass_(6)
        assert memory.recall("b").context == {"x": 1}


def test_the_latest_conversations_are_kept() -> None:
    memory = Memory(most_conversations=2)
    for key in ("a", "b", "a", "c"):
        memory.add(key, [of_user(key)], None)
    assert [len(memory.recall(key).messages) for key in "abc"] == [2, 0, 1]


def test_much_text_lets_the_oldest_be_forgotten_and_long_conversations_their_beginning() -> None:
    memory = Memory(most_characters=8000)
    answer = {"role": "assistant", "content": "x" * 400}
    for number in range(3):
        memory.add("long", [of_user(f"{number}"), answer], None)
    assert [message["content"] for message in memory.recall("long").messages if message["role"] == "user"] == ["1", "2"]
    memory.add("too long", [of_user("x" * 2000)], None)
    assert memory.recall("too long").messages == []
    for number in range(20):
        memory.add(number, [of_user("y" * 700)], None)
    assert memory.recall("long").messages == []
    assert memory.recall(19).messages
