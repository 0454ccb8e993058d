"""Agents as tools: the official client of MCP, over both transports."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from mcp import ClientSession, StdioServerParameters, stdio_client

from autogen_classic import ConversableAgent
from autogen_classic.errors import ServingError
from autogen_classic.events import ChatEnded, subscribe, unsubscribe
from autogen_classic.mcp.mcp_client import MCPClientSessionManager, StreamableHttpConfig
from autogen_classic.serving import McpServer, _listening
from autogen_classic.testing import MockOpenAIServer, ModelRequest

SECONDS = 30.0

PROGRAM = """
import os

from autogen import ConversableAgent  # old programs are served as they are

print("the file is loaded")
config = {"model": "m", "base_url": os.environ["BASE_URL"], "api_key": "sk-mock"}


def make_joker():
    "Tells jokes."
    print("an agent is made")
    agent = ConversableAgent("joker", llm_config={"config_list": [config], "cache_seed": None})

    @agent.register_for_llm(description="Print.")
    def show() -> str:
        print("a tool prints")
        return "shown"

    return agent
"""


@pytest.fixture
def model() -> Iterator[MockOpenAIServer]:
    with MockOpenAIServer() as server:
        yield server


def an_agent(model: MockOpenAIServer, name: str = "ann") -> ConversableAgent:
    return ConversableAgent(name, llm_config=model.llm_config(), human_input_mode="NEVER", system_message="s")


Work = Callable[[ClientSession], Awaitable[None]]


def in_session(server: McpServer, work: Work) -> None:
    async def main() -> None:
        headers = {"Authorization": f"Bearer {server.token}"}
        config = StreamableHttpConfig(server_name="tests", url=server.url, headers=headers)
        async with MCPClientSessionManager().open_session(config) as session:
            await work(session)

    asyncio.run(main())


def by_names_of_the_protocol(answer: Any) -> dict[str, Any]:
    """The same for both versions of the package."""
    return dict(answer.model_dump(by_alias=True, mode="json", exclude_none=True))


async def call(session: ClientSession, name: str, message: str, **settings: Any) -> tuple[str, bool]:
    """The text of a tool's answer, and whether it is an error."""
    answer = by_names_of_the_protocol(await session.call_tool(name, {"message": message}, **settings))
    return answer["content"][0]["text"], answer.get("isError", False)


def test_an_agent_is_a_tool_over_http(model: MockOpenAIServer) -> None:
    def joker() -> ConversableAgent:
        """Tells jokes."""
        return an_agent(model)

    heard: list[tuple[float, str | None]] = []

    async def hear(progress: float, total: float | None, message: str | None) -> None:
        heard.append((progress, message))

    async def work(session: ClientSession) -> None:
        (tool,) = by_names_of_the_protocol(await session.list_tools())["tools"]
        assert (tool["name"], tool["description"]) == ("joker", "Tells jokes.")
        assert tool["inputSchema"]["properties"]["message"]["type"] == "string"
        assert tool["inputSchema"]["required"] == ["message"]
        assert await call(session, "joker", "Hi", progress_callback=hear) == ("Hi", False)
        assert await call(session, "joker", "Ho") == ("Ho", False)

    with McpServer({"joker": joker}) as server:
        in_session(server, work)
    assert heard == [(1, "ann has spoken")]
    assert [len(request["messages"]) for request in model.requests] == [2, 2]


def test_conversations_at_once_are_kept_apart(model: MockOpenAIServer) -> None:
    arrived, everybody = [], asyncio.Event()

    async def when_all_are_there(request: ModelRequest) -> str:
        arrived.append(request.last_text)
        if len(arrived) == 20:
            everybody.set()
        await everybody.wait()
        return str(request.last_text)

    async def work(session: ClientSession) -> None:
        calls = (call(session, "it", f"number {number}") for number in range(20))
        assert await asyncio.gather(*calls) == [(f"number {number}", False) for number in range(20)]

    model.default = when_all_are_there
    with McpServer({"it": lambda: an_agent(model)}) as server:
        in_session(server, work)


def test_what_fails_is_an_error_of_the_tool_without_details(model: MockOpenAIServer) -> None:
    made: list[int] = []

    def make() -> ConversableAgent:
        if made:
            raise RuntimeError("the password is swordfish")
        made.append(1)
        return an_agent(model)

    async def work(session: ClientSession) -> None:
        text, is_error = await call(session, "it", "Hi")
        assert is_error
        assert "The conversation failed with RuntimeError" in text
        assert "swordfish" not in text

    with McpServer({"it": make}) as server:
        in_session(server, work)


def test_a_call_that_is_cancelled_ends_the_conversation(model: MockOpenAIServer) -> None:
    arrived, opened, ended = threading.Event(), threading.Event(), threading.Event()
    reasons: list[Any] = []

    def wait(request: ModelRequest) -> str:
        arrived.set()
        opened.wait(SECONDS)
        return "too late"

    def hear(event: ChatEnded) -> None:
        reasons.append(event.reason)
        ended.set()

    async def work(session: ClientSession) -> None:
        asking = asyncio.create_task(call(session, "it", "Hi"))
        await asyncio.to_thread(arrived.wait, SECONDS)
        await cancel(session, asking)
        assert await asyncio.to_thread(ended.wait, SECONDS)

    model.default = wait
    subscribe(hear, kinds=(ChatEnded,))
    try:
        with McpServer({"it": lambda: an_agent(model)}) as server:
            in_session(server, work)
    finally:
        opened.set()
        unsubscribe(hear)
    assert reasons == ["external stop"]


async def cancel(session: ClientSession, asking: asyncio.Task[Any]) -> None:
    """Cancel a call: version 2 of the package tells the server itself."""
    import mcp.types as types

    if not hasattr(types, "ClientNotification") or not hasattr(session, "_request_id"):
        asking.cancel()
        return
    params = types.CancelledNotificationParams(requestId=session._request_id - 1)
    notification = types.CancelledNotification(method="notifications/cancelled", params=params)
    await session.send_notification(types.ClientNotification(notification))
    asking.cancel()


def test_a_server_that_stops_finishes_its_answers_and_leaves_the_clients_that_listen(
    model: MockOpenAIServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_listening, "_SECONDS_TO_CLOSE", 0.2)
    arrived, opened = threading.Event(), threading.Event()
    server = McpServer({"it": lambda: an_agent(model)}).start()
    stopping = threading.Thread(target=server.stop)

    def wait(request: ModelRequest) -> str:
        arrived.set()
        opened.wait(SECONDS)
        return "at last"

    async def work(session: ClientSession) -> None:
        await session.list_tools()  # else the package asks for the form of an answer when it has come
        asking = asyncio.create_task(call(session, "it", "Hi"))
        await asyncio.to_thread(arrived.wait, SECONDS)
        stopping.start()
        while not server._pool._is_closed:
            await asyncio.sleep(0)
        assert (await call(session, "it", "Hi"))[1]
        opened.set()
        assert await asking == ("at last", False)
        await asyncio.to_thread(stopping.join, SECONDS)
        assert not stopping.is_alive()

    model.default = wait
    in_session(server, work)


def test_nobody_gets_in_without_the_token(model: MockOpenAIServer) -> None:
    with McpServer({"it": lambda: an_agent(model)}) as server:
        for headers in ({}, {"authorization": "Bearer wrong"}):
            assert httpx.post(server.url, json={}, headers=headers).status_code == 401


def test_bad_requests_get_an_answer_and_any_host_name_will_do(model: MockOpenAIServer) -> None:
    with McpServer({"it": lambda: an_agent(model)}) as server:
        headers = {
            "authorization": f"Bearer {server.token}",
            "accept": "application/json, text/event-stream",
            "content-type": "application/json",
            "host": "agents.example",
        }
        for body, status in ((b" " * 50_000_000, 413), (b'{"jsonrpc": "2.0", "meth', 400)):
            assert httpx.post(server.url, content=body, headers=headers).status_code == status


def test_names_that_fit_no_tool_are_refused(model: MockOpenAIServer) -> None:
    with pytest.raises(ServingError, match="fits no tool"):
        McpServer({"a joker": an_agent(model)})


@asynccontextmanager
async def over_stdio(file: Path, model: MockOpenAIServer) -> AsyncIterator[ClientSession]:
    parameters = StdioServerParameters(
        command=sys.executable,
        args=["-m", "autogen_classic", "serve", "mcp", f"joker={file}:make_joker"],
        env={**os.environ, "BASE_URL": model.base_url},
    )
    async with stdio_client(parameters) as (read, write), ClientSession(read, write) as session:
        await session.initialize()
        yield session


def test_an_agent_is_a_tool_over_stdio_whatever_it_prints(
    model: MockOpenAIServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "agents.py"
    file.write_text(PROGRAM, encoding="utf-8")
    show = {"id": "1", "type": "function", "function": {"name": "show", "arguments": "{}"}}
    model.add({"role": "assistant", "content": None, "tool_calls": [show]}, "Ha ha.")

    async def main() -> None:
        async with over_stdio(file, model) as session:
            (tool,) = by_names_of_the_protocol(await session.list_tools())["tools"]
            assert (tool["name"], tool["description"]) == ("joker", "Tells jokes.")
            assert await call(session, "joker", "Hi") == ("Ha ha.", False)

    asyncio.run(main())
    assert model.requests[-1].last_text == "shown"
    assert "Failed to parse" not in caplog.text  # as the client says when anything else comes over its line
