"""Calls of tools from a process that runs model-written code into the one in which the tools live.

The other process gets a file of functions, each of which sends its arguments as one line of JSON to a socket of this
machine and waits for one line with the result. Who does not know the token of the run is not answered.
"""

from __future__ import annotations

import contextvars
import inspect
import json
import os
import secrets
import socketserver
import threading
from collections.abc import Awaitable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from ...._core.callables import wait_for
from ....tools.tool import Tool

__all__ = ("ToolServer",)

_LONGEST_CALL = 16 * 1024 * 1024  # bytes

# What the other process runs: it makes the functions, and then the file of the code with them at hand.
_STARTER = """import functools, json, os, runpy, socket, sys
def _call(name, /, *args, **kwargs):
    with socket.create_connection(({host!r}, {port})) as link, link.makefile("rw", encoding="utf-8") as lines:
        lines.write(json.dumps([{token!r}, name, args, kwargs]) + "\\n")
        lines.flush()
        answer = json.loads(lines.readline() or '{{"error": "the call was not answered"}}')
    if "error" in answer:
        raise RuntimeError(answer["error"])
    return answer["result"]
_tools = {{name: functools.partial(_call, name) for name in {names!r}}}
sys.argv = sys.argv[1:]
sys.path[0] = os.path.dirname(os.path.abspath(sys.argv[0]))
runpy.run_path(sys.argv[0], init_globals=_tools, run_name="__main__")
"""


class ToolServer:
    """Answers calls of tools while code runs.

    Args:
        tools: the tools by their names.
    """

    def __init__(self, tools: Mapping[str, Tool]) -> None:
        self._tools = tools

    @contextmanager
    def running(self, folder: Path) -> Iterator[Path]:
        """Answer calls within a ``with`` block.

        Args:
            folder: where the file for the other process lies meanwhile; others cannot read it.

        Yields:
            The file that the other process runs, with that of the code as its argument.
        """
        token = secrets.token_hex(16)
        answer, context = self._answer, contextvars.copy_context()

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                line = self.rfile.readline(_LONGEST_CALL)
                answered = context.copy().run(answer, token, line)
                if answered is not None:
                    self.wfile.write(f"{answered}\n".encode())

        with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
            server.daemon_threads = True
            server.block_on_close = False
            host, port = server.server_address[:2]
            starter = folder / f".tools_{secrets.token_hex(4)}.py"
            text = _STARTER.format(host=host, port=port, token=token, names=list(self._tools))
            with open(os.open(starter, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
                file.write(text)
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
            try:
                yield starter
            finally:
                server.shutdown()
                starter.unlink(missing_ok=True)

    def _answer(self, token: str, line: bytes) -> str | None:
        """Run the tool that a line calls, and write down what it returns; None for a line of somebody else."""
        try:
            given, name, args, kwargs = json.loads(line)
        except (ValueError, TypeError, RecursionError):
            return None
        if not secrets.compare_digest(str(given), token):
            return None
        try:
            result = self._tools[name](*args, **kwargs)
            if inspect.isawaitable(result):
                result = wait_for(lambda: _awaited(result))
            return json.dumps({"result": result}, default=str)
        except Exception as error:  # whatever a tool fails with is for the code that has called it
            return json.dumps({"error": f"{name}: {type(error).__name__}: {error}"})


async def _awaited(result: Awaitable[object]) -> object:
    return await result
