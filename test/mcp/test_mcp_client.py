"""What real MCP servers offer, as tools of agents, over each transport."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from asgi_kit import served
from mcp import ClientSession, StdioServerParameters, stdio_client
from starlette.responses import PlainTextResponse

from autogen_classic import ConversableAgent
from autogen_classic.errors import McpCallError
from autogen_classic.mcp import create_toolkit, open_toolkit
from autogen_classic.mcp.helpers import run_streamable_http_client
from autogen_classic.mcp.mcp_client import (
    MCPClient,
    MCPClientSessionManager,
    MCPConfig,
    ResultSaved,
    SseConfig,
    StdioConfig,
    StreamableHttpConfig,
)
from autogen_classic.testing import MockOpenAIServer, tool_call
from autogen_classic.tools import Toolkit

SERVER = str(Path(__file__).with_name("mcp_server.py"))
STDIO = StdioConfig(server_name="tests", command=sys.executable, args=[SERVER], environment={"COLOUR": "blue"})


@pytest.fixture(scope="module")
def toolkit() -> Iterator[Toolkit]:
    with open_toolkit(STDIO) as opened:
        yield opened


@pytest.fixture
def executor(toolkit: Toolkit) -> ConversableAgent:
    agent = ConversableAgent("executor", llm_config=False, human_input_mode="NEVER", default_auto_reply="")
    toolkit.register_for_execution(agent)
    return agent


def run(executor: ConversableAgent, name: str, arguments: dict[str, Any]) -> str:
    return str(executor.execute_function({"name": name, "arguments": json.dumps(arguments)})[1]["content"])


def in_session(work: Callable[[ClientSession], Awaitable[None]]) -> None:
    """Do something within a session as the documentation of the package opens one."""

    async def main() -> None:
        parameters = StdioServerParameters(command=sys.executable, args=[SERVER])
        async with stdio_client(parameters) as (read, write), ClientSession(read, write) as session:
            await session.initialize()
            await work(session)

    asyncio.run(main())


def test_a_server_starts_where_the_standard_error_has_no_file_as_in_notebooks() -> None:
    program = f"""
import io, sys
sys.stderr = io.StringIO()
from autogen_classic.mcp import open_toolkit
from autogen_classic.mcp.mcp_client import StdioConfig
with open_toolkit(StdioConfig(server_name="tests", command=sys.executable, args=[{SERVER!r}])) as toolkit:
    print(len(list(toolkit)) > 3)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout == "True\n"


# --- what is offered -------------------------------------------------------------------------------------------------


def test_a_model_is_told_what_the_server_tells(toolkit: Toolkit) -> None:
    agent = ConversableAgent("a", llm_config={"config_list": [{"model": "m", "api_key": "sk-test"}]})
    toolkit.get_tool("add").register_for_llm(agent)
    function = agent.llm_config["tools"][0]["function"]  # type: ignore[index]
    assert (function["name"], function["description"]) == ("add", "Add two numbers.")
    assert function["parameters"]["required"] == ["first"]
    assert function["parameters"]["properties"]["second"]["default"] == 2


def test_templates_of_resources_are_tools_that_take_a_uri(toolkit: Toolkit) -> None:
    note = toolkit.get_tool("note")
    parameters = note.shown_schema["function"]["parameters"]
    assert parameters["required"] == ["uri"]
    assert "note://{name}" in parameters["properties"]["uri"]["description"]
    assert note.description == "A note."


def test_every_tool_has_a_name_that_models_accept(toolkit: Toolkit) -> None:
    names = [tool.name for tool in toolkit]
    assert names[:4] == ["add", "refuse", "names_with_dots", "names_with_dots_2"]
    assert "note" in names


class SmallServer:
    """A session with a server that offers one tool and one resource."""

    async def list_tools(self) -> dict[str, Any]:
        return {"tools": [{"name": "add", "inputSchema": {"type": "object", "properties": {}}}]}

    async def list_resource_templates(self) -> dict[str, Any]:
        return {"resourceTemplates": [{"name": "note", "uriTemplate": "note://{name}"}]}

    async def call_tool(self, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
        return {"content": [{"type": "text", "text": f"{name} {arguments}"}]}

    async def read_resource(self, uri: str) -> dict[str, Any]:
        return {"contents": [{"uri": uri, "text": "hello"}]}


@pytest.mark.parametrize(
    ("left_out", "names"),
    [({"use_mcp_resources": False}, ["add"]), ({"use_mcp_tools": False}, ["note"]), ({}, ["add", "note"])],
)
def test_tools_or_resources_can_be_left_out(left_out: dict[str, bool], names: list[str]) -> None:
    toolkit = asyncio.run(create_toolkit(SmallServer(), **left_out))  # type: ignore[arg-type]
    assert [tool.name for tool in toolkit] == names


def test_all_pages_are_read_and_a_server_without_resources_has_none() -> None:
    class Session:
        async def list_tools(self, *, params: Any = None) -> dict[str, Any]:
            number = 0 if params is None else int(params.cursor)
            page = {"tools": [{"name": f"tool{number}", "inputSchema": {"type": "object"}}]}
            return page if number == 2 else {**page, "nextCursor": str(number + 1)}

        async def list_resource_templates(self) -> dict[str, Any]:
            error = RuntimeError("Method not found")
            error.code = -32601  # type: ignore[attr-defined]
            raise error

    toolkit = asyncio.run(create_toolkit(Session()))  # type: ignore[arg-type]
    assert [tool.name for tool in toolkit] == ["tool0", "tool1", "tool2"]


# --- what is answered ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "arguments", "answer"),
    [
        ("add", {"first": 1}, "3"),
        ("names_with_dots", {"mapping": {"a": 1, "b": 2}}, "a\nb"),
        ("names_with_dots_2", {}, '{\n  "a": 1\n}'),
        ("picture", {}, "[image/png, 4 bytes]"),
        ("variable", {"name": "COLOUR"}, "blue"),
        ("variable", {"name": "OPENAI_API_KEY"}, "not there"),
        ("note", {"uri": "note://today"}, "the note today"),
        ("some_bytes", {"uri": "bytes://x"}, "[application/octet-stream, 3 bytes]"),
    ],
)
def test_an_answer_reaches_the_model_as_text(
    executor: ConversableAgent, name: str, arguments: dict[str, Any], answer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    assert run(executor, name, arguments) == answer


@pytest.mark.parametrize(
    ("name", "arguments", "complaint"),
    [
        ("refuse", {"reason": "I say so"}, "no, because I say so"),
        ("add", {"first": "x"}, "valid integer"),
        ("note", {"uri": "nowhere://x"}, "Unknown resource: nowhere://x"),
    ],
)
def test_an_error_of_the_server_reaches_the_model(
    executor: ConversableAgent, name: str, arguments: dict[str, Any], complaint: str
) -> None:
    answer = run(executor, name, arguments)
    assert answer.startswith("Error: Tool call failed: ")
    assert complaint in answer


def test_a_server_that_dies_in_the_middle_of_a_call_is_an_error_and_so_are_later_calls() -> None:
    with open_toolkit(STDIO) as toolkit:
        for name, arguments in (("die", {}), ("add", {"first": 1})):
            with pytest.raises(McpCallError, match="Tool call failed: .*[Cc]onnection"):
                asyncio.run(toolkit.get_tool(name)(**arguments))


def test_resources_are_saved_on_request(tmp_path: Path) -> None:
    async def work(session: ClientSession) -> None:
        toolkit = await create_toolkit(session, use_mcp_tools=False, resource_download_folder=tmp_path / "new")
        first = await toolkit.get_tool("note")(uri="note://today")
        second = await toolkit.get_tool("note")(uri="note://today")
        data = await toolkit.get_tool("some_bytes")(uri="bytes://x")
        assert isinstance(first, ResultSaved)
        assert first.explanation == f"note://today was saved to {first.file_path}"
        assert first.file_path.name.startswith("today_")
        assert (first.file_path.suffix, first.file_path.read_text()) == (".txt", "the note today")
        assert second.file_path != first.file_path
        assert data.file_path.read_bytes() == b"\x00\x01\x02"
        assert {one.file_path.parent for one in (first, second, data)} == {tmp_path / "new"}

    in_session(work)


@pytest.mark.parametrize("uri", ["note://x/..", "note://x/../../etc", "note://", "note://a/.b", "note://" + "x" * 400])
def test_a_uri_does_not_lead_out_of_the_folder(tmp_path: Path, uri: str) -> None:
    async def read() -> Any:
        template = {"name": "note", "uriTemplate": "note://{name}"}
        tool = MCPClient.convert_resource(template, SmallServer(), tmp_path)  # type: ignore[arg-type]
        return await tool(uri=uri)

    assert asyncio.run(read()).file_path.parent == tmp_path


# --- in chats --------------------------------------------------------------------------------------------------------


def script() -> list[Any]:
    return [tool_call("add", first=1, second=2), tool_call("refuse", reason="x"), "The sum is 3."]


def agents(server: MockOpenAIServer, toolkit: Toolkit) -> tuple[ConversableAgent, ConversableAgent]:
    assistant = ConversableAgent("assistant", llm_config=server.llm_config(), human_input_mode="NEVER")
    user = ConversableAgent("user", llm_config=False, human_input_mode="NEVER", default_auto_reply="")
    toolkit.register_for_llm(assistant)
    toolkit.register_for_execution(user)
    return user, assistant


def answers_in(server: MockOpenAIServer) -> list[str]:
    return [message["content"] for message in server.requests[-1].messages if message["role"] == "tool"]


@pytest.mark.parametrize("way", ["sync", "async"])
def test_a_toolkit_in_a_thread_works_in_both_kinds_of_chats(toolkit: Toolkit, way: str) -> None:
    with MockOpenAIServer(script()) as server:
        user, assistant = agents(server, toolkit)
        if way == "sync":
            user.initiate_chat(assistant, message="go", max_turns=3, silent=True)
        else:
            asyncio.run(user.a_initiate_chat(assistant, message="go", max_turns=3, silent=True))
        assert answers_in(server) == ["3", "Error: Tool call failed: Error executing tool refuse: no, because x"]


def test_a_session_works_in_an_asynchronous_chat_and_from_other_threads() -> None:
    async def work(session: ClientSession) -> None:
        toolkit = await create_toolkit(session)
        with MockOpenAIServer([*script(), *script()]) as server:
            user, assistant = agents(server, toolkit)
            await user.a_initiate_chat(assistant, message="go", max_turns=3, silent=True)
            in_loop = answers_in(server)
            await asyncio.to_thread(user.initiate_chat, assistant, message="go", max_turns=3, silent=True)
            assert (
                in_loop
                == answers_in(server)
                == [
                    "3",
                    "Error: Tool call failed: Error executing tool refuse: no, because x",
                ]
            )

    in_session(work)


def test_a_synchronous_chat_that_holds_up_the_session_is_told_what_to_do() -> None:
    async def work() -> None:
        toolkit = await create_toolkit(SmallServer())  # type: ignore[arg-type]
        with MockOpenAIServer([tool_call("add"), "done"]) as server:
            user, assistant = agents(server, toolkit)
            user.initiate_chat(assistant, message="go", max_turns=2, silent=True)
            (answer,) = answers_in(server)
            assert answer.startswith("Error: The MCP session cannot answer, because a synchronous chat holds up")
            assert "a_initiate_chat" in answer

    asyncio.run(work())


def test_a_tool_of_a_session_that_has_ended_says_so() -> None:
    toolkit = asyncio.run(create_toolkit(SmallServer()))  # type: ignore[arg-type]
    with pytest.raises(McpCallError, match="The MCP session has ended"):
        asyncio.run(toolkit.get_tool("add")())


# --- transports ------------------------------------------------------------------------------------------------------


@pytest.fixture(params=["sse", "streamable-http"])
def http_config(request: pytest.FixtureRequest) -> Iterator[SseConfig | StreamableHttpConfig]:
    process = subprocess.Popen([sys.executable, SERVER, request.param], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        port = int(process.stdout.readline())
        url = f"http://127.0.0.1:{port}"
        if request.param == "sse":
            yield SseConfig(server_name="tests", url=f"{url}/sse", headers={"X-Colour": "blue"})
        else:
            yield StreamableHttpConfig(server_name="tests", url=f"{url}/mcp", headers={"X-Colour": "blue"})
    finally:
        process.terminate()
        process.wait(timeout=30)
        process.stdout.close()


def test_a_server_is_reached_over_http(http_config: SseConfig | StreamableHttpConfig) -> None:
    async def work() -> None:
        async with MCPClientSessionManager().open_session(http_config) as session:
            toolkit = await create_toolkit(session)
            assert await toolkit.get_tool("add")(first=40) == "42"
            with pytest.raises(McpCallError, match="no, because x"):
                await toolkit.get_tool("refuse")(reason="x")

    asyncio.run(work())


@contextmanager
def refusing(status: int) -> Iterator[str]:
    """A server that lets nobody in."""
    with served(lambda _: PlainTextResponse("no", status)) as url:
        yield f"{url}/mcp"


async def open_and_fail(config: SseConfig | StreamableHttpConfig | StdioConfig) -> None:
    async with MCPClientSessionManager().open_session(config):
        raise AssertionError("it has been opened")


@pytest.mark.parametrize(
    ("status", "text"), [(401, "it answers with status 401, so look at the headers"), (404, "Not Found"), (500, ".")]
)
def test_a_server_that_lets_nobody_in_is_told_of_without_groups(status: int, text: str) -> None:
    with refusing(status) as url, pytest.raises(McpCallError, match=f"No session with the MCP server 'a': .*{text}"):
        asyncio.run(open_and_fail(StreamableHttpConfig(server_name="a", url=url)))


@pytest.mark.parametrize(
    ("config", "text"),
    [
        (StreamableHttpConfig(server_name="a", url="http://127.0.0.1:1/mcp"), "ConnectError"),
        (SseConfig(server_name="a", url="http://127.0.0.1:1/sse"), "ConnectError"),
        (StdioConfig(server_name="a", command="nothing-of-that-name", args=[]), "nothing-of-that-name"),
        (StdioConfig(server_name="a", command=sys.executable, args=["-c", ""]), "[Cc]losed"),
    ],
)
def test_a_server_that_is_not_there_is_told_of_without_groups(config: Any, text: str) -> None:
    with pytest.raises(McpCallError, match=f"No session with the MCP server 'a': .*{text}"):
        asyncio.run(open_and_fail(config))


@pytest.mark.parametrize("is_reason_named", [True, False])
def test_what_fails_within_a_session_comes_out_as_it_is(
    http_config: SseConfig | StreamableHttpConfig, is_reason_named: bool
) -> None:
    async def work() -> None:
        async with MCPClientSessionManager().open_session(http_config):
            try:
                raise LookupError("the reason")
            except LookupError as error:
                raise KeyError("mine") from (error if is_reason_named else None)

    with pytest.raises(KeyError, match="mine") as caught:
        asyncio.run(work())
    assert isinstance(caught.value.__cause__, LookupError) is is_reason_named
    assert isinstance(caught.value.__context__, LookupError)


def test_a_configuration_names_its_servers() -> None:
    config = MCPConfig.model_validate(
        {
            "servers": [
                {"server_name": "a", "command": "python", "args": ["x.py"]},
                {"server_name": "b", "url": "http://127.0.0.1/sse"},
                {"server_name": "c", "url": "http://127.0.0.1/mcp", "transport": "streamable-http"},
            ]
        }
    )
    assert [type(server) for server in config.servers] == [StdioConfig, SseConfig, StreamableHttpConfig]


def test_a_missing_package_names_its_extra() -> None:
    program = (
        "import sys; sys.modules['mcp'] = None\n"
        "import autogen_classic.mcp\n"
        "try: autogen_classic.mcp.create_toolkit\n"
        "except ImportError as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert 'pip install "autogen-classic[mcp]"' in done.stdout


def test_a_server_that_is_a_file_runs_for_the_length_of_a_block(tmp_path: Path) -> None:
    file, pipe = tmp_path / "server.py", tmp_path / "pipe"
    os.mkfifo(pipe)
    file.write_text(
        "import os, sys, pathlib, signal\npathlib.Path(os.environ['PIPE']).write_text(sys.argv[1])\nsignal.pause()"
    )

    async def work() -> None:
        async with run_streamable_http_client(
            mcp_server_path=str(file), env_vars={"PIPE": str(pipe)}, startup_wait_secs=0.01
        ) as process:
            assert await asyncio.to_thread(pipe.read_text) == "streamable-http"
            assert process.returncode is None
        assert process.returncode is not None
        file.write_text("raise SystemExit(7)")
        with pytest.raises(RuntimeError, match="ended with exit code 7 instead of serving"):
            async with run_streamable_http_client(mcp_server_path=str(file), startup_wait_secs=30):
                pass

    asyncio.run(work())
