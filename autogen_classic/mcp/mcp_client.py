"""Toolkits made of what an MCP server offers."""

from __future__ import annotations

import re
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from anyio.from_thread import start_blocking_portal
from pydantic import BaseModel

from ..errors import McpCallError
from ..tools import Tool, Toolkit
from ._answers import save_resource, text_of_answer, text_of_resource
from ._home_loop import HomeLoop
from ._package import METHOD_NOT_FOUND, ClientSession, PaginatedRequestParams
from ._sessions import (
    BasicSessionConfig,
    MCPClientSessionManager,
    MCPConfig,
    SessionConfigProtocol,
    SseConfig,
    StdioConfig,
    StreamableHttpConfig,
)

__all__ = (
    "BasicSessionConfig",
    "MCPClient",
    "MCPClientSessionManager",
    "MCPConfig",
    "ResultSaved",
    "SessionConfigProtocol",
    "SseConfig",
    "StdioConfig",
    "StreamableHttpConfig",
    "create_toolkit",
    "open_toolkit",
)


class ResultSaved(BaseModel):
    """What a model is told of a resource that was saved instead of shown.

    Attributes:
        explanation: that it was saved, and where.
        file_path: the file.
    """

    explanation: str
    file_path: Path


async def create_toolkit(
    session: ClientSession,
    *,
    use_mcp_tools: bool = True,
    use_mcp_resources: bool = True,
    resource_download_folder: Path | str | None = None,
) -> Toolkit:
    """Make a toolkit of what a server offers, within an open session.

    The tools run wherever an agent needs them, but the session stays in the event loop of this call: it must run as
    long as the tools are used. A synchronous chat in the same loop would hold it up; see `open_toolkit`.

    Args:
        session: an initialized session.
        use_mcp_tools: whether the server's tools are taken.
        use_mcp_resources: whether its resource templates are taken, each as a tool that reads a resource by its URI.
        resource_download_folder: where resources are saved; None shows their text to the model.

    Returns:
        The toolkit. A model reads what a tool answers as text.
    """
    folder = None if resource_download_folder is None else Path(resource_download_folder)
    return await MCPClient.load_mcp_toolkit(
        session,
        use_mcp_tools=use_mcp_tools,
        use_mcp_resources=use_mcp_resources,
        resource_download_folder=folder,
    )


@contextmanager
def open_toolkit(
    config: SessionConfigProtocol,
    *,
    use_mcp_tools: bool = True,
    use_mcp_resources: bool = True,
    resource_download_folder: Path | str | None = None,
) -> Iterator[Toolkit]:
    """Open a session in a thread of its own, for the length of a ``with`` block.

    Its tools work in synchronous and in asynchronous chats.

    Args:
        config: the server.
        use_mcp_tools: see `create_toolkit`.
        use_mcp_resources: see `create_toolkit`.
        resource_download_folder: see `create_toolkit`.

    Returns:
        A context manager that gives the toolkit.
    """

    async def make_toolkit(session: ClientSession) -> Toolkit:
        return await create_toolkit(
            session,
            use_mcp_tools=use_mcp_tools,
            use_mcp_resources=use_mcp_resources,
            resource_download_folder=resource_download_folder,
        )

    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(MCPClientSessionManager().open_session(config)) as session,
    ):
        yield portal.call(make_toolkit, session)


class MCPClient:
    """Turns what a server offers into tools."""

    @classmethod
    async def load_mcp_toolkit(
        cls,
        session: ClientSession,
        *,
        use_mcp_tools: bool,
        use_mcp_resources: bool,
        resource_download_folder: Path | None,
    ) -> Toolkit:
        """See `create_toolkit`."""
        tools = []
        if use_mcp_tools:
            tools += [cls.convert_tool(tool, session) for tool in await _listed(session.list_tools, "tools")]
        if use_mcp_resources:
            templates = await _listed(session.list_resource_templates, "resourceTemplates")
            tools += [cls.convert_resource(one, session, resource_download_folder) for one in templates]
        return Toolkit(_with_names_of_their_own(tools))

    @classmethod
    def convert_tool(cls, tool: BaseModel | Mapping[str, Any], session: ClientSession) -> Tool:
        """Make a tool of a server's tool.

        Args:
            tool: of ``session.list_tools``.
            session: the session, in the running event loop.

        Returns:
            A tool that answers with a text; an error of the server is raised as an `McpCallError`.
        """
        offered = _as_dict(tool)
        name, home = offered["name"], HomeLoop()

        async def ask(arguments: dict[str, Any]) -> str:
            answer = _as_dict(await _asked(lambda: session.call_tool(name, arguments)))
            if answer.get("isError"):
                raise McpCallError(f"Tool call failed: {text_of_answer(answer)}")
            return text_of_answer(answer)

        def call(**arguments: Any) -> Coroutine[Any, Any, str]:
            return home.run(lambda: ask(arguments))

        return Tool(
            name=_name_for_models(name),
            description=offered.get("description") or offered.get("title") or "",
            func_or_tool=call,
            parameters_json_schema=offered["inputSchema"],
        )

    @classmethod
    def convert_resource(
        cls,
        resource_template: BaseModel | Mapping[str, Any],
        session: ClientSession,
        resource_download_folder: Path | None,
    ) -> Tool:
        """Make a tool of a resource template.

        Args:
            resource_template: of ``session.list_resource_templates``.
            session: the session, in the running event loop.
            resource_download_folder: where resources are saved; None shows their text.

        Returns:
            A tool with the parameter ``uri``.
        """
        offered = _as_dict(resource_template)
        home = HomeLoop()

        async def read(uri: str) -> str | ResultSaved:
            resource = _as_dict(await _asked(lambda: session.read_resource(uri)))
            if resource_download_folder is None:
                return text_of_resource(resource)
            files = save_resource(resource, uri, resource_download_folder)
            if not files:
                return ""
            where = ", ".join(str(file) for file in files)
            return ResultSaved(explanation=f"{uri} was saved to {where}", file_path=files[0])

        def call(uri: str) -> Coroutine[Any, Any, str | ResultSaved]:
            return home.run(lambda: read(uri))

        described = f"The URI of the resource, made from the template {offered['uriTemplate']} (RFC 6570)"
        uri = {"type": "string", "description": described}
        return Tool(
            name=_name_for_models(offered["name"]),
            description=offered.get("description") or offered.get("title") or "",
            func_or_tool=call,
            parameters_json_schema={"type": "object", "properties": {"uri": uri}, "required": ["uri"]},
        )


def _as_dict(thing: BaseModel | Mapping[str, Any]) -> dict[str, Any]:
    """By the names of the protocol, which both versions of the package write alike."""
    if isinstance(thing, BaseModel):
        return thing.model_dump(by_alias=True, mode="json", exclude_none=True)
    return dict(thing)


async def _listed(ask: Callable[..., Coroutine[Any, Any, BaseModel]], key: str) -> list[dict[str, Any]]:
    """All pages of a list; empty if the server does not know the question."""
    found: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        try:
            page = _as_dict(await (ask() if cursor is None else ask(params=PaginatedRequestParams(cursor=cursor))))
        except Exception as error:
            if getattr(getattr(error, "error", error), "code", None) == METHOD_NOT_FOUND:
                return found
            raise
        found += page[key]
        cursor = page.get("nextCursor")
        if not cursor:
            return found


async def _asked(ask: Callable[[], Coroutine[Any, Any, BaseModel]]) -> BaseModel:
    """What a server answers.

    Raises:
        McpCallError: it refuses, or is gone.
    """
    try:
        return await ask()
    except Exception as error:
        reason = str(error) or f"the connection to the MCP server is gone ({type(error).__name__})"
        raise McpCallError(f"Tool call failed: {reason}") from error


def _name_for_models(name: str) -> str:
    return re.sub(r"[^a-zA-Z0-9_-]", "_", name)[:64]


def _with_names_of_their_own(tools: list[Tool]) -> list[Tool]:
    """The tools, with a number behind the names that have come before."""
    taken: set[str] = set()
    renamed = []
    for tool in tools:
        name, number = tool.name, 1
        while name in taken:
            number += 1
            name = f"{tool.name[:61]}_{number}"
        taken.add(name)
        renamed.append(tool if name == tool.name else Tool(name=name, func_or_tool=tool))
    return renamed
