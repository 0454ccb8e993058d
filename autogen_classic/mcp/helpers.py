"""Start an MCP server that is a Python file, for tests and demonstrations."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

__all__ = ("run_streamable_http_client",)

SECONDS_TO_END = 10.0


@asynccontextmanager
async def run_streamable_http_client(
    *, mcp_server_path: str, env_vars: dict[str, str] | None = None, startup_wait_secs: float = 5.0
) -> AsyncIterator[Process]:
    """Run a server for the length of an ``async with`` block.

    Args:
        mcp_server_path: the Python file; it gets ``streamable-http`` as its argument.
        env_vars: its environment variables, beside those of this process.
        startup_wait_secs: how long it takes, in seconds, until it can be reached.

    Returns:
        A context manager that gives the running process.

    Raises:
        RuntimeError: it ends before that.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable, mcp_server_path, "streamable-http", env={**os.environ, **(env_vars or {})}
    )
    try:
        try:
            code = await asyncio.wait_for(process.wait(), startup_wait_secs)
        except asyncio.TimeoutError:  # the builtin one from Python 3.11 on
            pass
        else:
            raise RuntimeError(f"The MCP server {mcp_server_path} ended with exit code {code} instead of serving.")
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
            try:
                await asyncio.wait_for(process.wait(), SECONDS_TO_END)
            except asyncio.TimeoutError:
                process.kill()
                await process.wait()
