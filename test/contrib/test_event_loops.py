"""In an asynchronous chat the event loop goes on while a room waits, and what waits knows its chat."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

import pytest
from agent_kit import agent
from model_fixtures import clean_place, serve
from picture_kit import PictureServer, pictures, red
from PIL import Image

from autogen_classic import ConversableAgent
from autogen_classic._core.running_chats import current
from autogen_classic.agentchat.contrib import llava_agent
from autogen_classic.agentchat.contrib.capabilities.generate_images import ImageGeneration
from autogen_classic.agentchat.contrib.capabilities.vision_capability import VisionCapability
from autogen_classic.agentchat.contrib.graph_rag import GraphRagCapability, GraphStoreQueryResult
from autogen_classic.agentchat.contrib.llava_agent import LLaVAAgent
from autogen_classic.agentchat.contrib.multimodal_conversable_agent import MultimodalConversableAgent
from autogen_classic.agentchat.contrib.web_surfer import WebSurferAgent
from autogen_classic.browser_utils import RequestsMarkdownBrowser
from autogen_classic.testing import MockOpenAIServer, tool_call

__all__ = ("clean_place", "pictures", "red", "serve")

SECONDS = 10
of_this_task: ContextVar[str] = ContextVar("of_this_task", default="nobody's")


class Gate:
    """Something slow: whoever passes waits until the event loop has opened it.

    Attributes:
        seen: for each who has passed, what the context says, and whether a chat is running there.
    """

    def __init__(self) -> None:
        self.reached = threading.Event()
        self._opened = threading.Event()
        self.seen: list[tuple[str, bool]] = []

    def wait(self) -> None:
        self.reached.set()
        assert self._opened.wait(SECONDS), "the event loop stands still"
        self.seen.append((of_this_task.get(), current() is not None))

    async def open(self) -> None:
        while not self.reached.is_set():
            await asyncio.sleep(0.001)
        self._opened.set()


Room = Callable[[Gate, Callable[..., MockOpenAIServer], PictureServer, pytest.MonkeyPatch], ConversableAgent]


class SlowBrowser(RequestsMarkdownBrowser):
    def __init__(self, gate: Gate) -> None:
        super().__init__()
        self.gate = gate

    def visit_page(self, path_or_uri: str) -> str:
        self.gate.wait()
        return ""


def browsing(gate: Gate, serve: Any, pictures: PictureServer, monkeypatch: pytest.MonkeyPatch) -> ConversableAgent:
    config = serve(tool_call("visit_page", url="http://127.0.0.1:9/")).llm_config()
    return WebSurferAgent("surfer", llm_config=config, human_input_mode="NEVER", browser=SlowBrowser(gate))


def reading(gate: Gate, serve: Any, pictures: PictureServer, monkeypatch: pytest.MonkeyPatch) -> ConversableAgent:
    config = serve(tool_call("summarize_page", url="http://127.0.0.1:9/")).llm_config()
    return WebSurferAgent("surfer", llm_config=config, human_input_mode="NEVER", browser=SlowBrowser(gate))


def asking_a_graph(
    gate: Gate, serve: Any, pictures: PictureServer, monkeypatch: pytest.MonkeyPatch
) -> ConversableAgent:
    class Slow:
        def init_db(self, input_doc: Any = None) -> None: ...

        def add_records(self, new_records: Any) -> bool:
            return False

        def query(self, question: str, n_results: int = 1, **kwargs: Any) -> GraphStoreQueryResult:
            gate.wait()
            return GraphStoreQueryResult("Found.")

    graph = agent("graph")
    GraphRagCapability(Slow()).add_to_agent(graph)
    return graph


def slow_picture(gate: Gate, pictures: PictureServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let loading of pictures wait."""
    import autogen_classic._web.pictures as room

    fetch = room.fetch

    def slow(*arguments: Any, **settings: Any) -> Any:
        gate.wait()
        return fetch(*arguments, **settings)

    monkeypatch.setattr(room, "fetch", slow)


def describing(gate: Gate, serve: Any, pictures: PictureServer, monkeypatch: pytest.MonkeyPatch) -> ConversableAgent:
    slow_picture(gate, pictures, monkeypatch)
    reader = agent("reader", llm_config=serve("Hello.").llm_config())
    VisionCapability(serve("Red.").llm_config()).add_to_agent(reader)
    return reader


def seeing(gate: Gate, serve: Any, pictures: PictureServer, monkeypatch: pytest.MonkeyPatch) -> ConversableAgent:
    slow_picture(gate, pictures, monkeypatch)
    return MultimodalConversableAgent("eye", llm_config=serve("Red.").llm_config(), human_input_mode="NEVER")


def asking_llava(gate: Gate, serve: Any, pictures: PictureServer, monkeypatch: pytest.MonkeyPatch) -> ConversableAgent:
    def run(name: str, input: dict[str, Any]) -> list[str]:
        gate.wait()
        return ["Red."]

    monkeypatch.setattr(llava_agent.replicate, "run", run)
    entry = {"model": "llava", "api_key": "none", "base_url": "yorickvp/llava-13b:abc"}
    return LLaVAAgent("llava", llm_config={"config_list": [entry]}, human_input_mode="NEVER")


def drawing(gate: Gate, serve: Any, pictures: PictureServer, monkeypatch: pytest.MonkeyPatch) -> ConversableAgent:
    class Slow:
        def generate_image(self, prompt: str) -> Image.Image:
            gate.wait()
            return Image.new("RGB", (2, 2))

        def cache_key(self, prompt: str) -> str:
            return prompt

    artist = agent("artist", llm_config=serve("Yes.", "Red.").llm_config())
    ImageGeneration(Slow()).add_to_agent(artist)
    return artist


@pytest.mark.parametrize(
    "room",
    [browsing, reading, asking_a_graph, describing, seeing, asking_llava, drawing],
    ids=lambda room: room.__name__,
)
def test_the_event_loop_goes_on_while_a_room_waits(
    room: Room, serve: Any, pictures: PictureServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate()
    recipient = room(gate, serve, pictures, monkeypatch)
    message = f"Look: <img {pictures.url}/red.png>"

    async def run() -> None:
        of_this_task.set("mine")
        chat = agent("user").a_initiate_chat(recipient, message=message, max_turns=1, silent=True)
        result, _ = await asyncio.gather(chat, gate.open())
        assert len(result.chat_history) == 2

    asyncio.run(run())
    assert gate.seen == [("mine", True)]
