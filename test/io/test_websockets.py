"""Printing to and asking a client of a WebSocket server."""

from __future__ import annotations

import json
import logging
import threading
from typing import Any

import pytest

from autogen_classic import ConversableAgent
from autogen_classic.io import IOStream, IOWebsockets
from autogen_classic.io import websockets as module


class RecordedConnection:
    """A connection that keeps what is sent and answers from a list."""

    def __init__(self, *answers: str | bytes) -> None:
        self.sent: list[str | bytes] = []
        self.answers = list(answers)

    def send(self, message: str | bytes) -> None:
        self.sent.append(message)

    def recv(self, timeout: float | None = None) -> str | bytes:
        return self.answers.pop(0)

    def close(self) -> None: ...


def test_printing_sends_one_message() -> None:
    connection = RecordedConnection()
    IOWebsockets(connection).print("a", 1, sep="-", end="!", flush=True)
    assert connection.sent == ["a-1!"]


def test_asking_sends_the_prompt_and_returns_the_next_message() -> None:
    connection = RecordedConnection("bob")
    assert IOWebsockets(connection).input("name? ") == "bob"
    assert connection.sent == ["name? "]


def test_asking_without_a_prompt_sends_nothing() -> None:
    connection = RecordedConnection("bob")
    IOWebsockets(connection).input()
    assert connection.sent == []


def test_bytes_are_read_as_text() -> None:
    assert IOWebsockets(RecordedConnection("ü".encode())).input(password=True) == "ü"


def test_bytes_that_are_not_text_do_not_end_the_conversation() -> None:
    assert IOWebsockets(RecordedConnection(b"caf\xe9")).input() == "caf\ufffd"


def test_the_connection_can_be_reached() -> None:
    connection = RecordedConnection()
    assert IOWebsockets(connection).websocket is connection


def test_a_missing_package_names_the_extra_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "serve", None)
    with (
        pytest.raises(ImportError, match=r'pip install "autogen-classic\[websockets\]"'),
        IOWebsockets.run_server_in_thread(on_connect=lambda stream: None),
    ):
        pass


def connect(uri: str) -> Any:
    client = pytest.importorskip("websockets.sync.client")
    return client.connect(uri, proxy=None)


class TestOverTheWire:
    """A real server and a real client."""

    @pytest.fixture(autouse=True)
    def _websockets(self) -> None:
        pytest.importorskip("websockets.sync.server")

    def test_a_client_is_asked_and_answered(self) -> None:
        def greet(stream: IOWebsockets) -> None:
            stream.print("hello", stream.input("name? "))

        with IOWebsockets.run_server_in_thread(on_connect=greet, port=0) as uri, connect(uri) as client:
            assert client.recv() == "name? "
            client.send("bob")
            assert client.recv() == "hello bob\n"

    def test_half_a_character_is_sent_as_a_question_mark(self) -> None:
        def greet(stream: IOWebsockets) -> None:
            stream.print("broken \ud83d here", stream.input("who, \ud83d? "), end="")

        with IOWebsockets.run_server_in_thread(on_connect=greet, port=0) as uri, connect(uri) as client:
            assert client.recv() == "who, ?? "
            client.send("bob")
            assert client.recv() == "broken ? here bob"

    def test_a_chat_is_printed_to_the_client(self) -> None:
        def chat(stream: IOWebsockets) -> None:
            ann, bob = (
                ConversableAgent(name, llm_config=False, human_input_mode="NEVER", default_auto_reply="fine")
                for name in ("ann", "bob")
            )
            ann.initiate_chat(bob, message="hi", max_turns=1)

        with IOWebsockets.run_server_in_thread(on_connect=chat, port=0) as uri, connect(uri) as client:
            printed = "".join(client)
        assert "ann (to bob):\n\nhi\n" in printed
        assert "bob (to ann):\n\nfine\n" in printed

    def test_the_stream_is_the_default_in_its_thread_only(self) -> None:
        seen: list[bool] = []

        def look(stream: IOWebsockets) -> None:
            seen.append(IOStream.get_default() is stream)

        with IOWebsockets.run_server_in_thread(on_connect=look, port=0) as uri, connect(uri) as client:
            assert list(client) == []
        assert seen == [True]
        assert not isinstance(IOStream.get_default(), IOWebsockets)

    def test_an_error_is_logged_and_ends_the_connection(self, caplog: pytest.LogCaptureFixture) -> None:
        def fail(stream: IOWebsockets) -> None:
            raise ValueError("inside")

        with (
            caplog.at_level(logging.WARNING),
            IOWebsockets.run_server_in_thread(on_connect=fail, port=0) as uri,
            connect(uri) as client,
        ):
            assert list(client) == []
        assert "Error in on_connect: inside" in caplog.text

    def test_the_end_of_the_block_ends_open_connections(self) -> None:
        asked, ended = threading.Event(), threading.Event()

        def wait(stream: IOWebsockets) -> None:
            asked.set()
            try:
                stream.input()
            finally:
                ended.set()

        server = IOWebsockets.run_server_in_thread(on_connect=wait, port=0)
        with connect(server.__enter__()):
            assert asked.wait(10)
            server.__exit__(None, None, None)
            assert ended.wait(10)

    def test_a_client_that_leaves_is_no_error(self, caplog: pytest.LogCaptureFixture) -> None:
        ended = threading.Event()

        def wait(stream: IOWebsockets) -> None:
            try:
                stream.input()
            finally:
                ended.set()

        with (
            caplog.at_level(logging.WARNING),
            IOWebsockets.run_server_in_thread(on_connect=wait, port=0) as uri,
        ):
            with connect(uri):
                pass
            assert ended.wait(10)
        assert caplog.records == []

    def test_a_port_in_use_is_an_error_at_once(self) -> None:
        def nothing(stream: IOWebsockets) -> None: ...

        with IOWebsockets.run_server_in_thread(on_connect=nothing, port=0) as uri:
            port = int(uri.rpartition(":")[2])
            with (
                pytest.raises(OSError, match="in use"),
                IOWebsockets.run_server_in_thread(on_connect=nothing, port=port),
            ):
                pass

    def test_a_client_gets_events_as_json_where_the_class_takes_them(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(IOWebsockets, "takes_events", True)

        def talk(stream: IOWebsockets) -> None:
            a = ConversableAgent("a", human_input_mode="NEVER")
            b = ConversableAgent("b", human_input_mode="NEVER", default_auto_reply="Hi")
            a.initiate_chat(b, message="Hello", max_turns=1)

        with IOWebsockets.run_server_in_thread(on_connect=talk, port=0) as uri, connect(uri) as client:
            events = [json.loads(client.recv(timeout=10)) for _ in range(3)]
        assert [event["type"] for event in events] == ["text", "text", "termination"]
        assert events[1]["content"]["content"] == "Hi"
