"""Pictures that a model, its code or a stranger names: files and private addresses of this machine stay closed."""

from __future__ import annotations

import asyncio
import base64
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openai
import pytest
from agent_kit import agent, both_ways, chat
from hypothesis import given
from hypothesis import strategies as st
from picture_kit import PictureServer, as_bytes
from PIL import Image

from autogen_classic import ConversableAgent, GroupChat, GroupChatManager, initiate_chats
from autogen_classic._core.tags import tags_in
from autogen_classic.agentchat import a_initiate_chats
from autogen_classic.agentchat.contrib.capabilities.vision_capability import VisionCapability
from autogen_classic.agentchat.contrib.img_utils import gpt4v_formatter
from autogen_classic.agentchat.contrib.multimodal_conversable_agent import MultimodalConversableAgent
from autogen_classic.agentchat.remote import AgentService, RequestMessage, ResponseMessage
from autogen_classic.agentchat.remote.protocol import reply_of
from autogen_classic.serving import OpenAIServer
from autogen_classic.testing import MockOpenAIServer

Serve = Callable[..., MockOpenAIServer]

TAG = "Look at <img red.png>."


def eye(name: str = "eye", **settings: Any) -> MultimodalConversableAgent:
    return MultimodalConversableAgent(name, llm_config=False, human_input_mode="NEVER", **settings)


def writer(server: MockOpenAIServer, **settings: Any) -> ConversableAgent:
    return agent("writer", llm_config=server.llm_config(), **settings)


def pictures_in(*agents: ConversableAgent) -> list[Any]:
    """The pictures that agents have stored."""
    return [
        part["image_url"]["url"]
        for one in agents
        for talk in one.chat_messages.values()
        for message in talk
        if isinstance(message["content"], list)
        for part in message["content"]
        if part["type"] == "image_url"
    ]


@both_ways
def test_a_file_that_a_model_names_is_not_opened(
    way: str, serve: Serve, red_file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    looker = eye()
    chat(way, looker, writer(serve(TAG)), max_turns=1)
    assert pictures_in(looker) == []
    assert "Unable to load image from red.png, because the file 'red.png' is refused" in capsys.readouterr().out


@both_ways
def test_a_file_that_a_model_names_is_not_opened_after_its_way_through_a_group(
    way: str, serve: Serve, red_file: str
) -> None:
    looker = eye(default_auto_reply="I see nothing.")
    group = GroupChat([writer(serve(TAG)), looker], [], max_round=3, speaker_selection_method="round_robin")
    chat(way, agent("user"), GroupChatManager(group))
    assert len(group.messages) == 3
    assert pictures_in(looker) == []


def test_a_seeing_agent_does_not_open_what_its_own_model_names(serve: Serve, red_file: str) -> None:
    looker = MultimodalConversableAgent("eye", llm_config=serve(TAG).llm_config())
    chat("sync", agent("user"), looker, max_turns=1)
    assert pictures_in(looker) == []


@both_ways
def test_a_file_that_a_model_names_is_not_opened_from_a_summary_that_is_carried_over(
    way: str, serve: Serve, red_file: str
) -> None:
    looker = eye()
    queue: list[dict[str, Any]] = [
        {"chat_id": 1, "sender": agent("a"), "recipient": writer(serve(TAG)), "message": "hi", "max_turns": 1},
        {
            "chat_id": 2,
            "sender": agent("b"),
            "recipient": looker,
            "message": "hi",
            "max_turns": 1,
            "prerequisites": [1],
        },
    ]
    if way == "sync":
        initiate_chats(queue)
    else:
        asyncio.run(a_initiate_chats(queue))
    assert "<img red.png>" in str(looker.chat_messages)
    assert pictures_in(looker) == []


def test_a_file_that_the_code_of_a_model_prints_is_not_opened(serve: Serve, red_file: str, tmp_path: Path) -> None:
    code = "```python\nprint('<' + 'img red.png>')\n```"
    looker = eye(default_auto_reply=code)
    runner = agent("runner", code_execution_config={"work_dir": str(tmp_path), "use_docker": False})
    chat("sync", looker, runner, message=code, max_turns=1)
    assert "<img red.png>" in str(looker.chat_messages)
    assert pictures_in(looker) == []


@both_ways
def test_a_file_that_the_program_names_is_opened_also_when_the_model_repeats_it(
    way: str, serve: Serve, red_file: str
) -> None:
    looker = eye()
    chat(way, looker, writer(serve("In <img red.png>.")), message=TAG, max_turns=1)
    assert len(pictures_in(looker)) == 2


def test_a_file_that_a_reply_function_names_is_opened(red_file: str) -> None:
    looker, painter = eye(), agent("painter")
    painter.register_reply([ConversableAgent, None], lambda *_, **__: (True, TAG))
    chat("sync", looker, painter, max_turns=1)
    assert len(pictures_in(looker)) == 1


def test_what_a_model_names_in_one_chat_does_not_close_it_to_the_program_in_the_next(
    serve: Serve, red_file: str
) -> None:
    chat("sync", eye(), writer(serve(TAG)), max_turns=1)
    looker = eye()
    chat("sync", agent("user"), looker, message=TAG, max_turns=1)
    assert len(pictures_in(looker)) == 1


def test_folders_can_be_opened_to_models(serve: Serve, red_file: str, tmp_path: Path) -> None:
    outside = tmp_path.parent / f"{tmp_path.name}-outside.png"
    outside.write_bytes((tmp_path / red_file).read_bytes())
    (tmp_path / "link.png").symlink_to(outside)
    for tag, allowed, loads in (
        ("red.png", [tmp_path], 1),
        ("red.png", tmp_path, 1),
        ("red.png", str(tmp_path), 1),
        ("red.png", True, 1),
        ("red.png", [tmp_path / "elsewhere"], 0),
        (str(outside), [tmp_path], 0),
        ("link.png", [tmp_path], 0),
    ):
        looker = eye(allow_local_files=allowed)
        chat("sync", looker, writer(serve(f"<img {tag}>")), max_turns=1)
        assert len(pictures_in(looker)) == loads, (tag, allowed)


def test_a_private_address_that_a_model_names_is_fetched_only_if_it_is_listed(
    serve: Serve, pictures: PictureServer
) -> None:
    for allowed, loads in ((True, 0), (False, 0), (["127.0.0.1"], 1)):
        looker = eye(allow_private_addresses=allowed)
        chat("sync", looker, writer(serve(f"<img {pictures.url}/red.png>")), max_turns=1)
        assert len(pictures_in(looker)) == len(pictures.asked) == loads, allowed


def test_what_a_model_draws_into_its_text_is_seen(serve: Serve, red: Image.Image) -> None:
    data = base64.b64encode(as_bytes(red)).decode()
    for source in (data, f"data:image/png;base64,{data}"):
        looker = eye()
        chat("sync", looker, writer(serve(f"<img {source}>")), max_turns=1)
        assert len(pictures_in(looker)) == 1


def test_no_description_is_made_of_a_file_that_a_model_names(serve: Serve, red_file: str) -> None:
    asked: list[str] = []
    reader = agent("reader", default_auto_reply="Say it.")
    VisionCapability({}, custom_caption_func=lambda source, *_: asked.append(source)).add_to_agent(reader)
    chat("sync", reader, writer(serve(TAG, "That is all.")), max_turns=2)
    assert asked == []


@pytest.mark.parametrize("content", [TAG, [{"type": "text", "text": "<img "}, {"type": "text", "text": "red.png>"}]])
def test_a_file_that_a_client_names_is_not_opened(content: Any, red_file: str) -> None:
    looker = eye()

    async def ask() -> None:
        async for _ in AgentService(looker)(RequestMessage(messages=[{"role": "user", "content": content}])):
            pass

    heard: list[Any] = []
    looker.register_reply(
        [ConversableAgent, None], lambda _, messages, **__: (True, heard.append(messages[-1]) or "ok")
    )
    asyncio.run(ask())
    assert "image_url" not in str(heard)
    assert "img" in str(heard)


def test_a_file_that_a_client_of_openais_protocol_names_is_not_opened(serve: Serve, red_file: str) -> None:
    model = serve("I see.")
    looker = MultimodalConversableAgent("eye", llm_config=model.llm_config(), human_input_mode="NEVER")
    with OpenAIServer({"it": looker}) as server:
        client = openai.OpenAI(base_url=server.base_url, api_key=server.token, max_retries=0)
        client.chat.completions.create(model="it", messages=[{"role": "user", "content": TAG}])
    assert "image_url" not in str(model.requests[0].messages)
    assert TAG in str(model.requests[0].messages)


PARTS = [
    [{"type": "image_url", "image_url": {"url": "red.png"}}],
    [{"type": "image_url", "image_url": "red.png"}],
]


def elsewhere(content: Any) -> ConversableAgent:
    """An agent that says what one elsewhere has answered."""
    far, answer = agent("far"), ResponseMessage(messages=[{"role": "assistant", "content": content}])
    far.register_reply(
        [ConversableAgent, None],
        lambda _, messages, **__: (True, reply_of(answer, RequestMessage(messages=messages or []))),
    )
    return far


@pytest.mark.parametrize("content", [TAG, *PARTS])
def test_a_file_that_an_agent_elsewhere_names_is_not_opened(content: Any, red_file: str) -> None:
    looker = eye()
    chat("sync", looker, elsewhere(content), max_turns=1)
    assert "<img red.png>" in str(looker.chat_messages)
    assert pictures_in(looker) == []


@pytest.mark.parametrize("content", PARTS)
def test_no_description_is_made_of_a_file_that_an_agent_elsewhere_names(content: Any, red_file: str) -> None:
    asked: list[str] = []
    reader = agent("reader", default_auto_reply="Say it.")
    VisionCapability({}, custom_caption_func=lambda source, *_: asked.append(source)).add_to_agent(reader)
    chat("sync", reader, elsewhere(content), max_turns=2)
    assert asked == []


@pytest.mark.parametrize("content", PARTS)
def test_a_part_that_a_reply_function_or_the_program_gives_is_opened(content: Any, red_file: str) -> None:
    looker, painter = eye(), agent("painter")
    painter.register_reply([ConversableAgent, None], lambda *_, **__: (True, {"content": content}))
    chat("sync", looker, painter, message={"content": content}, max_turns=1)
    assert len(pictures_in(looker)) == 2


def test_outside_of_a_chat_the_formatters_open_what_they_are_given(red_file: str) -> None:
    assert [part["type"] for part in gpt4v_formatter(TAG)] == ["text", "image_url", "text"]
    assert [part["type"] for part in gpt4v_formatter(TAG, allow_local_files=False)] == ["text"]


@given(st.lists(st.sampled_from(["<img ", "<img a>", ">", "\n", "<", "a b", "<img\t"]), max_size=12).map("".join))
def test_tags_are_those_that_a_regular_expression_finds(said: str) -> None:
    expected = [(match.span(), match[1]) for match in re.finditer(r"<img ([^>\n]*)>", said)]
    assert [(match.span(), match[1]) for match in tags_in("img", said)] == expected


def test_a_line_of_tags_without_an_end_is_read_in_one_go() -> None:
    assert list(tags_in("img", "<img " * 200_000)) == []
