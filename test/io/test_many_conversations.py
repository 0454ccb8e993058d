"""Many people talk to agents of one process at once: each hears all of its own conversation, and nothing of another."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from autogen_classic import AssistantAgent, UserProxyAgent, register_function
from autogen_classic.io import IOStream, IOWebsockets
from autogen_classic.testing import MockOpenAIServer, ModelRequest, pieces, tool_call

pytest.importorskip("websockets.sync.server")

CONVERSATIONS = 30  # benchmarks/scripts/websockets.py holds 200
PERSON = re.compile(r"person \d+")


def answer(request: ModelRequest) -> Any:
    """The model: it calls the tool for the person who speaks, then answers in pieces."""
    person = PERSON.findall(str(request.messages))[-1]
    if request.messages[-1]["role"] == "tool":
        return pieces(f"A desk for {person}, ", "as you ", "wished.")
    return tool_call("find_a_desk", person=person)


def receptionist(llm_config: dict[str, Any], sort_of_tool: str) -> Callable[[IOWebsockets], None]:
    """What serves one client: a person is asked at each turn, the model streams, the tool prints."""

    def find(person: str) -> str:
        IOStream.get_default().print(f"looking for {person}")
        return f"{person} has a desk"

    async def a_find(person: str) -> str:
        await asyncio.sleep(0)
        return find(person)

    def serve(stream: IOWebsockets) -> None:
        name = stream.input("Who are you?")
        assistant = AssistantAgent("assistant", llm_config={**llm_config, "stream": True})
        user = UserProxyAgent("user", human_input_mode="ALWAYS", code_execution_config=False)
        tool = find if sort_of_tool == "sync" else a_find
        register_function(tool, caller=assistant, executor=user, name="find_a_desk", description="Find a desk.")
        if sort_of_tool == "async":
            asyncio.run(user.a_initiate_chat(assistant, message=f"I am {name}.", max_turns=3))
        else:
            user.initiate_chat(assistant, message=f"I am {name}.", max_turns=3)

    return serve


async def talk(uri: str, name: str) -> list[str]:
    """Be one person: say the name, let the tool run, say thanks. Returns all that came."""
    from websockets.asyncio.client import connect

    answers = iter([name, "", f"Thank you from {name}."])
    heard = []
    async with connect(uri, proxy=None, open_timeout=60) as client:
        async for message in client:
            heard.append(str(message))
            if "Who are you" in str(message) or "Replying as" in str(message):
                await client.send(next(answers))
    return heard


def without_names(heard: list[str]) -> str:
    """What was heard, without what differs: the person, and the ids of calls with the rules that are as long."""
    return re.sub(r"call_\w+|\*{5,}", "...", PERSON.sub("somebody", "".join(heard)))


@contextmanager
def reception(sort_of_tool: str) -> Iterator[str]:
    with MockOpenAIServer(answer) as server:
        serve = receptionist(server.llm_config(), sort_of_tool)
        with IOWebsockets.run_server_in_thread(on_connect=serve, port=0) as uri:
            yield uri


@pytest.mark.parametrize("sort_of_tool", ["sync", "async", "async in a synchronous chat"])
def test_conversations_at_once_are_each_as_one_that_is_alone(sort_of_tool: str) -> None:
    names = [f"person {100 + number}" for number in range(CONVERSATIONS)]

    async def all_at_once() -> list[list[str]]:
        return await asyncio.gather(*(talk(uri, name) for name in names))

    with reception(sort_of_tool) as uri:
        alone = asyncio.run(talk(uri, "person 999"))
        together = asyncio.run(all_at_once())
    assert "looking for person 999\n" in alone
    assert "A desk for person 999, as you wished." in "".join(alone)
    assert "Thank you from person 999." in "".join(alone)
    for name, heard in zip(names, together, strict=True):
        assert set(PERSON.findall("".join(heard))) == {name}
        assert without_names(heard) == without_names(alone)
