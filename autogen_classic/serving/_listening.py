"""An application on a port, in a thread of its own or in the main thread."""

from __future__ import annotations

import socket
import threading
from types import TracebackType
from typing import ClassVar

from typing_extensions import Self

from ._conversations import ConversationPool
from ._packages import ASGIApp, Config, Receive, Scope, Send, Server

__all__ = ("Listener",)

_BACKLOG = 2048
_SECONDS_TO_WRITE = 10  # the answers to those who have asked; a client that does not read them is given up
_SECONDS_KEPT_ALIVE = 60  # an idle connection: longer than clients keep theirs, who may be about to use it
_SECONDS_TO_CLOSE = 2  # connections, of which some never end by themselves
_SECONDS_BETWEEN_LOOKS = 0.5


class Listener:
    """A server that listens as soon as it is made, and answers once it is started.

    Args:
        app: the application.
        pool: where its conversations are held.
        token: what clients need.
        host: the address to listen at.
        port: the port; 0 takes a free one.

    Attributes:
        token: what clients need.
        address: where it listens, without a path.
        keeps_streams_open: whether clients keep streams open in which nothing comes, so that they are not waited for.

    Raises:
        OSError: the port is in use, or the address may not be used.
        OverflowError: the port is not one of 0 to 65535.
    """

    keeps_streams_open: ClassVar[bool] = False

    def __init__(self, app: ASGIApp, pool: ConversationPool, token: str, host: str, port: int) -> None:
        if not 0 <= port <= 65535:
            raise OverflowError(f"A port is a number of 0 to 65535, not {port}")
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.create_server((host, port), family=family, backlog=_BACKLOG)
        self._answers = _Answers(app)
        self._uvicorn = Server(
            Config(
                self._answers,
                log_level="warning",
                access_log=False,
                ws="none",
                server_header=False,
                timeout_keep_alive=_SECONDS_KEPT_ALIVE,
            )
        )
        self._pool = pool
        self._thread: threading.Thread | None = None
        self.token = token
        shown_host = f"[{host}]" if ":" in host else host
        self.address = f"http://{shown_host}:{self._socket.getsockname()[1]}"

    @property
    def names(self) -> list[str]:
        """The names of what is offered."""
        return list(self._pool.offers)

    def serve(self) -> None:
        """Serve until Ctrl-C. Answers under way are finished first; a second Ctrl-C does not wait for them."""
        thread = self._in_thread()
        try:
            try:
                while thread.is_alive():
                    thread.join(_SECONDS_BETWEEN_LOOKS)  # Windows delivers Ctrl-C only between two waits
            except KeyboardInterrupt:
                self.stop()
        except KeyboardInterrupt:
            self.stop(now=True)

    def start(self) -> Self:
        """Serve in a thread of its own.

        Returns:
            The server itself.
        """
        self._in_thread()
        return self

    def _in_thread(self) -> threading.Thread:
        self._thread = threading.Thread(target=self._run, name="autogen_classic serving", daemon=True)
        self._thread.start()
        return self._thread

    def _run(self) -> None:
        try:
            self._uvicorn.run(sockets=[self._socket])
        finally:
            self._socket.close()

    def stop(self, now: bool = False) -> None:
        """Take no more requests, and end. A server that has ended stays so.

        Args:
            now: whether conversations under way end at once; else they are finished.
        """
        self._pool.close(now)
        if now or self.keeps_streams_open:
            if not now:
                self._answers.all_written.wait(_SECONDS_TO_WRITE)
            self._uvicorn.config.timeout_graceful_shutdown = _SECONDS_TO_CLOSE
        self._uvicorn.should_exit = True
        if self._thread is None:
            self._socket.close()
        else:
            self._thread.join()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop(now=error is not None)


class _Answers:
    """An application that knows whether it writes answers. What a client only listens to (GET) is none.

    Args:
        app: the application.

    Attributes:
        all_written: is set while no answer is being written.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._under_way = 0
        self.all_written = threading.Event()
        self.all_written.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request on."""
        if scope.get("method", "GET") == "GET":
            await self._app(scope, receive, send)
            return
        self._under_way += 1
        self.all_written.clear()
        try:
            await self._app(scope, receive, send)
        finally:
            self._under_way -= 1
            if self._under_way == 0:
                self.all_written.set()
