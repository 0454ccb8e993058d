"""A local server that speaks OpenAI's Realtime API and answers from a script; needs the extra ``websockets``.

It lets a test of an agent that speaks run the real client over a real web socket: no model, no microphone, no key.
"""

from __future__ import annotations

import base64
import json
import socket
import threading
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from http import HTTPStatus
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeAlias

from .._packages import missing_package
from .messages import ToolCall
from .replies import Disconnect

if TYPE_CHECKING:
    from websockets.http11 import Request, Response
    from websockets.sync.server import Server, ServerConnection

__all__ = ("MockRealtimeServer", "SpokenReply")

SpokenReply: TypeAlias = "str | ToolCall | Sequence[ToolCall] | Sequence[Mapping[str, Any] | str] | Disconnect"
"""What a script may contain."""


class MockRealtimeServer:
    """Plays a model that hears and speaks, for the length of a ``with`` block.

    A reply is due whenever the program asks for one, and whenever the person has said something: each piece of sound
    counts as a whole sentence. Where the script has no reply left, the model is silent.

    Attributes:
        received: what the program has sent, in its order.
        settings: what it has set in the session.
        refused: how many connections had the wrong key.
    """

    def __init__(
        self, replies: Iterable[SpokenReply] = (), *, beta: bool = False, token: str | None = None, port: int = 0
    ) -> None:
        """Prepare a server.

        Args:
            replies: what the model answers, in order: a text, whose sound is made of its letters; a call, or several,
                made by ``tool_call``; a list of messages that are sent as they are (dicts, or texts that are not even
                JSON); or ``disconnect()``, to break the connection.
            beta: whether it speaks the beta of the interface.
            token: the key to insist on; None accepts any.
            port: the port; 0 takes a free one.

        Raises:
            ImportError: websockets is missing.
        """
        self._replies = list(replies)
        self._beta = beta
        self._token = token
        self._asked_port = port
        self._server: Server | None = None
        self._thread: threading.Thread | None = None
        self._calls = 0
        self._open: dict[threading.Thread, ServerConnection] = {}
        self.received: list[dict[str, Any]] = []
        self.settings: dict[str, Any] = {}
        self.refused = 0

    @property
    def base_url(self) -> str:
        """The address for clients, such as ``ws://127.0.0.1:8765/v1``."""
        assert self._server is not None, "The server runs within a with block."
        return f"ws://127.0.0.1:{self._server.socket.getsockname()[1]}/v1"

    def llm_config(self, **settings: object) -> dict[str, Any]:
        """A configuration that leads here.

        Args:
            **settings: further settings of its entry.
        """
        entry = {"model": "gpt-realtime", "api_key": self._token or "none", "websocket_base_url": self.base_url}
        return {"config_list": [{**entry, **settings}]}

    def sent(self, kind: str) -> list[dict[str, Any]]:
        """What the program has sent of one kind.

        Args:
            kind: such as ``"input_audio_buffer.append"``.
        """
        return [message for message in self.received if message.get("type") == kind]

    @property
    def results(self) -> list[str]:
        """What functions have returned to the model."""
        items = [message["item"] for message in self.sent("conversation.item.create")]
        return [item["output"] for item in items if item["type"] == "function_call_output"]

    def __enter__(self) -> MockRealtimeServer:
        try:
            from websockets.sync.server import serve
        except ImportError as error:
            raise missing_package("MockRealtimeServer", error, "websockets") from error
        self._server = serve(self._talk, "127.0.0.1", self._asked_port, process_request=self._check)
        self._thread = threading.Thread(target=self._server.serve_forever, name="mock-realtime-server", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        assert self._server is not None
        assert self._thread is not None
        self._server.shutdown()
        self._thread.join()
        for talking, connection in list(self._open.items()):
            connection.close()
            talking.join()  # so that everything which has arrived is in `received`

    def _check(self, connection: ServerConnection, request: Request) -> Response | None:
        if self._token is None or request.headers.get("Authorization") == f"Bearer {self._token}":
            return None
        self.refused += 1
        return connection.respond(HTTPStatus.UNAUTHORIZED, "Incorrect API key provided.")

    def _talk(self, connection: ServerConnection) -> None:
        from websockets.exceptions import ConnectionClosed

        self._open[threading.current_thread()] = connection
        described = (
            {"modalities": ["audio", "text"]} if self._beta else {"type": "realtime", "output_modalities": ["audio"]}
        )
        _send(connection, type="session.created", session={"object": "realtime.session", **described})
        with suppress(ConnectionClosed):  # a program that is interrupted does not say that it leaves
            for text in connection:
                message = json.loads(text)
                self.received.append(message)
                if not self._answer(connection, message):
                    return

    def _answer(self, connection: ServerConnection, message: dict[str, Any]) -> bool:
        """Answer a message; tell whether the connection stays open."""
        kind = message.get("type")
        if kind == "session.update":
            self._set(connection, message["session"])
        elif kind == "response.cancel":
            _send(
                connection, type="error", error={"code": "response_cancel_not_active", "message": "Nothing to cancel."}
            )
        elif kind == "response.create":
            return self._reply(connection)
        elif kind == "input_audio_buffer.append":
            for step in ("speech_started", "speech_stopped", "committed"):
                _send(connection, type=f"input_audio_buffer.{step}")
            return self._reply(connection)
        return True

    def _set(self, connection: ServerConnection, session: dict[str, Any]) -> None:
        if not self._beta and session.get("type") != "realtime":
            problem = {"code": "missing_required_parameter", "message": "Missing required parameter: 'session.type'."}
            _send(connection, type="error", error=problem)
            return
        _merge(self.settings, session)
        _send(connection, type="session.updated", session=self.settings)

    def _reply(self, connection: ServerConnection) -> bool:
        """Send the next reply of the script; False if the connection is cut."""
        if not self._replies:
            return True
        reply = self._replies.pop(0)
        if isinstance(reply, Disconnect):
            connection.socket.shutdown(socket.SHUT_RDWR)
            return False
        if isinstance(reply, str):
            self._say(connection, reply)
        elif isinstance(reply, ToolCall):
            self._call(connection, [reply])
        elif reply and isinstance(reply[0], ToolCall):
            self._call(connection, reply)  # type: ignore[arg-type]  # a list holds one kind of thing
        else:
            for message in reply:
                _put(connection, message if isinstance(message, str) else json.dumps(message))
        return True

    def _say(self, connection: ServerConnection, text: str) -> None:
        sound = base64.b64encode(text.encode()).decode()
        said = "response.audio" if self._beta else "response.output_audio"
        _send(connection, type="response.created", response={"status": "in_progress"})
        _send(connection, type=f"{said}.delta", item_id="item_1", delta=sound)
        _send(connection, type=f"{said}_transcript.done", item_id="item_1", transcript=text)
        _send(connection, type="response.done", response={"status": "completed"})

    def _call(self, connection: ServerConnection, calls: Sequence[ToolCall]) -> None:
        _send(connection, type="response.created", response={"status": "in_progress"})
        for call in calls:
            self._calls += 1
            called = {"name": call.name, "arguments": call.arguments, "call_id": call.id or f"call_{self._calls}"}
            _send(connection, type="response.function_call_arguments.done", **called)
        _send(connection, type="response.done", response={"status": "completed"})


def _send(connection: ServerConnection, **message: object) -> None:
    _put(connection, json.dumps(message))


def _put(connection: ServerConnection, text: str) -> None:
    """Send a text, unless the program has left; what it has sent before is still to be read."""
    from websockets.exceptions import ConnectionClosed

    with suppress(ConnectionClosed):
        connection.send(text)


def _merge(settings: dict[str, Any], new: Mapping[str, Any]) -> None:
    for name, value in new.items():
        if isinstance(value, dict) and isinstance(settings.get(name), dict):
            _merge(settings[name], value)
        else:
            settings[name] = value
