"""The programs of the page about front ends run as they are printed, against a local model server.

Those of FastAPI are also looked at in Chromium. Streamlit, Gradio and Chainlit are heavy and no part of the extra
``test``; where one is not installed, its test is skipped: ``pip install streamlit gradio chainlit``.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from autogen_classic.browser_utils._chromium import chromium_path, is_root
from autogen_classic.events import ChatEnded, ModelAsked, from_json, subscribe, unsubscribe
from autogen_classic.testing import MockOpenAIServer, ModelRequest, hang, pieces, tool_call

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = ROOT / "website" / "front_ends"
PAGE = ROOT / "website" / "docs" / "front-ends.md"
SCRIPT = "<img src=x onerror='document.title = 7'>"


def answer(request: ModelRequest) -> Any:
    """The model: it looks up the weather by its tool, and repeats everything else."""
    last = request.messages[-1]
    if last["role"] == "tool":
        return pieces("So: ", str(last["content"]))
    if "weather" in str(last["content"]):
        return tool_call("weather", city="Oslo")
    if last["content"] == "Think.":
        return hang()
    return pieces("You said ", str(last["content"]), f" in message {len(request.messages) - 1}.")


@pytest.fixture(autouse=True)
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MockOpenAIServer]:
    """A local model in the place of OpenAI, for this process and those that it starts."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("OAI_CONFIG_LIST", raising=False)
    with MockOpenAIServer(answer) as server:
        monkeypatch.setenv("OPENAI_API_KEY", "sk-a-key-for-the-front-ends")
        monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
        yield server


def need(package: str) -> None:
    if importlib.util.find_spec(package) is None:
        pytest.skip(f"{package} is not installed; it is no part of the extra test: pip install {package}")


def test_the_page_shows_every_program() -> None:
    shown = re.findall(r'^--8<-- "(website/front_ends/[\w.]+)"$', PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(shown) == sorted(
        path.relative_to(ROOT).as_posix() for path in PROGRAMS.iterdir() if path.suffix in (".py", ".html")
    )


# --- FastAPI ---------------------------------------------------------------------------------------------------------


@contextmanager
def uvicorn(app: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Serve a program as the command ``uvicorn`` does; yields the host and port."""
    import uvicorn as package

    monkeypatch.syspath_prepend(str(PROGRAMS))
    server = package.Server(package.Config(app, port=0, log_level="warning", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        wait_until(lambda: server.started or not thread.is_alive())
        yield f"127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        sys.modules.pop(app.partition(":")[0], None)


def wait_until(is_so: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.02)


@contextmanager
def chromium() -> Iterator[Any]:
    """A page of Debian's Chromium, driven by Playwright."""
    need("playwright")
    path = chromium_path()
    if path is None:
        pytest.skip("Chromium is not installed; scripts/test-services installs it")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"] if is_root() else [])
        yield browser.new_page()
        browser.close()


@pytest.fixture
def heard() -> Iterator[list[Any]]:
    """When models are asked and chats end, in every thread."""
    heard: list[Any] = []
    hear = subscribe(heard.append, [ModelAsked, ChatEnded])
    yield heard
    unsubscribe(hear)


class TestServerSentEvents:
    @pytest.fixture
    def host(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
        need("fastapi")
        need("uvicorn")
        with uvicorn("sse:app", monkeypatch) as host:
            yield host

    def test_the_events_of_a_chat_are_sent_as_they_happen(self, host: str) -> None:
        with httpx.stream(
            "GET", f"http://{host}/chat", params={"question": "Hello"}, trust_env=False, timeout=60
        ) as response:
            assert response.headers["content-type"].startswith("text/event-stream")
            events = [from_json(line.removeprefix("data: ")) for line in response.iter_lines() if line]
        assert [getattr(event, "text", type(event).__name__) for event in events] == [
            "MessageReceived",
            "You said ",
            "Hello",
            " in message 1.",
            "MessageReceived",
            "ChatEnded",
        ]

    def test_a_browser_that_goes_away_ends_the_chat(self, host: str, heard: list[Any]) -> None:
        with httpx.stream("GET", f"http://{host}/chat", params={"question": "Think."}, trust_env=False, timeout=60):
            wait_until(lambda: bool(heard))
        wait_until(lambda: isinstance(heard[-1], ChatEnded))
        assert heard[-1].reason == "external stop"

    def test_the_page_shows_the_answer_in_chromium(self, host: str) -> None:
        with chromium() as page:
            page.goto(f"http://{host}/")
            for question in ("Hello", SCRIPT):
                page.fill("#question", question)
                page.click("#ask")
                page.wait_for_selector("#ask:enabled")
                assert page.text_content("#answer") == f"You said {question} in message 1."
            assert page.title() == "Ask the assistant"


class TestWebSocket:
    @pytest.fixture
    def host(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
        for package in ("fastapi", "uvicorn", "websockets"):
            need(package)
        with uvicorn("web_socket:app", monkeypatch) as host:
            yield host

    def test_many_visitors_are_asked_and_answered_at_once(self, host: str) -> None:
        async def visit(number: int) -> list[Any]:
            from websockets.asyncio.client import connect

            answers = iter(["", f"Thanks from {number}.", "exit"])
            heard = []
            async with connect(f"ws://{host}/chat", origin=f"http://{host}", proxy=None) as client:
                await client.send(f"The weather for {number}?")
                async for text in client:
                    heard.append(json.loads(text))
                    if heard[-1]["type"] == "person_asked":
                        await client.send(next(answers))
            return heard

        async def all_at_once() -> list[list[Any]]:
            return await asyncio.gather(*(visit(number) for number in range(20)))

        for number, heard in enumerate(asyncio.run(all_at_once())):
            texts = "".join(event["text"] for event in heard if event["type"] == "text_streamed")
            assert texts == f"So: It rains in Oslo.You said Thanks from {number}. in message 5."
            assert [event["content"] for event in heard if event["type"] == "tool_returned"] == ["It rains in Oslo."]
            assert heard[-1]["reason"] == "person"
            assert len({event["chat"]["id"] for event in heard}) == 1

    def test_a_visitor_who_leaves_while_the_model_thinks_ends_the_chat(self, host: str, heard: list[Any]) -> None:
        from websockets.sync.client import connect

        with connect(f"ws://{host}/chat", origin=f"http://{host}", proxy=None) as client:
            client.send("Think.")
            wait_until(lambda: bool(heard))
        wait_until(lambda: isinstance(heard[-1], ChatEnded))
        assert heard[-1].reason == "external stop"

    @pytest.mark.parametrize(
        ("headers", "status"),
        [
            ({"Origin": "http://evil.example"}, 403),
            ({}, 403),
            ({"Origin": "http://evil.example", "Host": "evil.example"}, 400),
        ],
    )
    def test_pages_of_others_are_refused(self, host: str, headers: dict[str, str], status: int) -> None:
        upgrade = {
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        }
        answered = httpx.get(f"http://{host}/chat", headers={**upgrade, **headers}, trust_env=False, timeout=60)
        assert answered.status_code == status

    def test_a_conversation_in_chromium(self, host: str) -> None:
        with chromium() as page:
            page.goto(f"http://{host}/")
            for words, last in [
                ("The weather?", None),
                ("", "So: It rains in Oslo."),
                (SCRIPT, f"You said {SCRIPT} in message 5."),
            ]:
                page.fill("#text", words)
                page.click("#send")
                page.wait_for_selector("#send:enabled")
                if last is not None:
                    assert page.text_content("#said li:last-child") == last
            page.fill("#text", "exit")
            page.click("#send")
            page.wait_for_selector("li.end")
            said = [(line.get_attribute("class"), line.text_content()) for line in page.query_selector_all("#said li")]
            assert page.title() == "Talk to the assistant"
        assert said == [
            ("visitor", "The weather?"),
            ("tool", "weather: It rains in Oslo."),
            ("assistant", "So: It rains in Oslo."),
            ("visitor", SCRIPT),
            ("assistant", f"You said {SCRIPT} in message 5."),
            ("visitor", "exit"),
            ("end", "The conversation has ended."),
        ]


# --- the others ------------------------------------------------------------------------------------------------------


def test_streamlit_shows_the_answers_and_what_was_said_before() -> None:
    need("streamlit")
    program = f"""
from streamlit.testing.v1 import AppTest
app = AppTest.from_file({str(PROGRAMS / "streamlit_app.py")!r}, default_timeout=60).run()
for question in ("Hello", "Again"):
    app.chat_input[0].set_value(question).run()
    assert not app.exception, app.exception
print([(message.name, message.markdown[0].value) for message in app.chat_message])
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == str(
        [
            ("user", "Hello"),
            ("assistant", "You said Hello in message 1."),
            ("user", "Again"),
            ("assistant", "You said Again in message 3."),
        ]
    )


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


@contextmanager
def running(*command: str, port: int, **environment: str) -> Iterator[str]:
    """Run a program that serves on a port, and wait for it; yields its address."""
    environ = {**os.environ, "NO_PROXY": "127.0.0.1", **environment}
    process = subprocess.Popen(
        [sys.executable, *command], env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    try:
        wait_until(lambda: process.poll() is not None or answers(port))
        assert process.poll() is None, process.stdout and process.stdout.read()
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.communicate()


def answers(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def test_gradio_streams_the_answers_and_sends_what_was_said_before() -> None:
    need("gradio")
    port = free_port()
    program = str(PROGRAMS / "gradio_app.py")
    with running(program, port=port, GRADIO_SERVER_PORT=str(port), GRADIO_ANALYTICS_ENABLED="False") as url:
        from gradio_client import Client

        client = Client(url, verbose=False)
        job = client.submit("Hello", api_name="/answer")
        assert job.result() == "You said Hello in message 1."
        assert job.outputs()[:2] == ["You said ", "You said Hello"]
        assert client.predict("Again", api_name="/answer") == "You said Again in message 3."


def test_chainlit_streams_the_answers() -> None:
    need("chainlit")
    import socketio

    port = free_port()
    program = str(PROGRAMS / "chainlit_app.py")
    command = ("-m", "chainlit", "run", program, "--headless", "--host", "127.0.0.1", "--port", str(port))

    async def ask(url: str) -> list[tuple[str, Any]]:
        heard: list[tuple[str, Any]] = []
        is_answered = asyncio.Event()
        client = socketio.AsyncClient()

        @client.on("*")
        async def hear(event: str, data: Any = None) -> None:
            heard.append((event, data))
            if event == "new_message" and data["type"] == "assistant_message":
                is_answered.set()

        who = {
            "sessionId": str(uuid.uuid4()),
            "clientType": "webapp",
            "userEnv": "{}",
            "chatProfile": "",
            "threadId": "",
        }
        await client.connect(url, socketio_path="/ws/socket.io", auth=who, transports=["websocket"])
        await client.emit("connection_successful")
        question = {
            "id": str(uuid.uuid4()),
            "name": "User",
            "type": "user_message",
            "output": "Hello",
            "createdAt": None,
        }
        await client.emit("client_message", {"message": question, "fileReferences": []})
        await asyncio.wait_for(is_answered.wait(), 60)
        await client.disconnect()
        return heard

    with running(*command, port=port) as url:
        heard = asyncio.run(ask(url))
    assert [data["token"] for event, data in heard if event == "stream_token"] == ["Hello", " in message 1."]
    said = [data["output"] for event, data in heard if event == "new_message" and data["type"] == "assistant_message"]
    assert said == ["You said Hello in message 1."]
