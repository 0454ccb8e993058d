"""An agent that sees: its model gets the pictures, in every kind of chat."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from agent_kit import agent, both_ways, chat
from picture_kit import PictureServer
from PIL import Image

from autogen_classic import GroupChat, GroupChatManager
from autogen_classic.agentchat.contrib.img_utils import pil_to_data_uri
from autogen_classic.agentchat.contrib.multimodal_conversable_agent import MultimodalConversableAgent
from autogen_classic.replay import record, replay
from autogen_classic.testing import MockOpenAIServer, error, tool_call
from autogen_classic.testing.http_server import HttpResponse

Serve = Callable[..., MockOpenAIServer]


def seeing(server: MockOpenAIServer, **settings: Any) -> MultimodalConversableAgent:
    return MultimodalConversableAgent("eye", llm_config=server.llm_config(), human_input_mode="NEVER", **settings)


def text(said: str) -> dict[str, Any]:
    return {"type": "text", "text": said}


def picture(url: Any) -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": url}}


def sources(red: Image.Image, file: str, url: str) -> list[Any]:
    """Pictures as they may stand in an ``image_url``, alone or in a dict."""
    uri = pil_to_data_uri(red)
    return [{"url": red}, {"url": file}, {"url": Path(file)}, {"url": uri}, {"url": uri.partition(",")[2]}, uri, file]


@both_ways
def test_a_picture_in_a_text_reaches_the_model(
    way: str, serve: Serve, red_file: str, red: Image.Image, capsys: pytest.CaptureFixture[str]
) -> None:
    server = serve("I see red.", "Nothing else.")
    eye, user = seeing(server), agent("user", default_auto_reply="What else?")
    result = chat(way, user, eye, message="What is <img red.png>?", max_turns=2, silent=False)

    seen = [text("What is "), picture(pil_to_data_uri(red)), text("?")]
    assert server.requests[0].messages == [
        {"role": "system", "content": [text("You are a helpful AI assistant.")]},
        {"role": "user", "name": "user", "content": seen},
    ]
    assert server.requests[1].messages[1]["content"] == seen
    assert server.requests[1].messages[2]["content"] == [text("I see red.")]
    stored = eye.chat_messages[user][0]["content"]
    assert stored[1]["image_url"]["url"].tobytes() == red.tobytes()
    assert [message["content"] for message in result.chat_history][:2] == ["What is <img red.png>?", "I see red."]
    assert "What is <image>?" in capsys.readouterr().out
    assert eye.get_total_usage() is not None
    assert result.cost["usage_including_cached_inference"]["mock-model"]["prompt_tokens"] > 0


@both_ways
def test_a_picture_in_a_part_reaches_the_model_in_every_form(
    way: str, serve: Serve, red_file: str, red: Image.Image, pictures: PictureServer
) -> None:
    uri = pil_to_data_uri(red)
    for source in sources(red, red_file, pictures.url):
        server = serve("Red.")
        part = {"type": "image_url", "image_url": source}
        chat(way, agent("user"), seeing(server), message={"content": [text("What?"), part]}, max_turns=1)
        assert server.requests[0].messages[1]["content"] == [text("What?"), picture(uri)], source


def test_an_address_in_a_part_is_left_to_the_provider(serve: Serve, pictures: PictureServer) -> None:
    server = serve("Red.")
    part = {"type": "image_url", "image_url": {"url": f"{pictures.url}/red.png", "detail": "low"}}
    chat("sync", agent("user"), seeing(server), message={"content": [part]}, max_turns=1)
    assert server.requests[0].messages[1]["content"] == [part]
    assert pictures.asked == []


def test_an_address_in_a_text_is_fetched_once(serve: Serve, pictures: PictureServer, red: Image.Image) -> None:
    server = serve("Red.", "Still red.")
    chat("sync", agent("user"), seeing(server), message=f"<img {pictures.url}/red.png>", max_turns=2, silent=False)
    assert server.requests[1].messages[1]["content"][1] == picture(pil_to_data_uri(red))
    assert pictures.asked == ["/red.png"]


def test_a_slow_picture_does_not_block_the_event_loop(serve: Serve, pictures: PictureServer) -> None:
    loaded = threading.Event()

    class Slow(MultimodalConversableAgent):
        def _message_to_dict(self, message: Any) -> dict[str, Any]:  # type: ignore[override]
            if "<img" in str(message):
                assert loaded.wait(timeout=30)
            return super()._message_to_dict(message)

    async def both() -> str:
        server = serve("I see red.")
        eye = Slow("eye", llm_config=server.llm_config(), human_input_mode="NEVER")
        user = agent("user")
        started = asyncio.create_task(
            user.a_initiate_chat(eye, message=f"<img {pictures.url}/red.png>", max_turns=1, silent=True)
        )
        await asyncio.sleep(0)
        loaded.set()  # were the loop blocked, nobody would come here
        return str((await started).summary)

    assert asyncio.run(both()) == "I see red."


@both_ways
def test_long_chats_have_a_constant_depth(way: str) -> None:
    eye = MultimodalConversableAgent(
        "eye", llm_config=False, human_input_mode="NEVER", default_auto_reply="Go on.", max_consecutive_auto_reply=1000
    )
    result = chat(way, agent("user", max_consecutive_auto_reply=600), eye)
    assert len(result.chat_history) > 1000


def test_a_message_can_be_printed_by_itself(red_file: str, capsys: pytest.CaptureFixture[str]) -> None:
    eye = MultimodalConversableAgent("eye", llm_config=False)
    eye._print_received_message("What is <img red.png>?", agent("user"))
    assert "What is <image>?" in capsys.readouterr().out


def test_a_private_address_is_not_fetched_where_the_program_forbids_it(
    serve: Serve, pictures: PictureServer, capsys: pytest.CaptureFixture[str]
) -> None:
    eye = seeing(serve("I cannot see it."), allow_private_addresses=(host for host in ["picture.example"]))
    for _ in range(2):
        assert eye._message_to_dict(f"<img {pictures.url}/red.png>")["content"] == [
            text(f"<img {pictures.url}/red.png>")
        ]
    assert pictures.asked == []
    assert capsys.readouterr().out.count("Unable to load image") == 2


@both_ways
def test_the_fence_of_an_agent_judges_addresses_in_parts_too(
    way: str, serve: Serve, pictures: PictureServer, red: Image.Image
) -> None:
    pictures.pages["/wiki"] = HttpResponse(200, b"<html>", "text/html")
    pictures.pages["/moved.png"] = HttpResponse(302, b"", headers={"location": f"{pictures.url}/red.png"})
    for allowed, path, shown in (
        (False, "/red.png", False),
        (["127.0.0.1"], "/red.png", True),
        (["localhost"], "/moved.png", False),
        (["127.0.0.1"], "/wiki", False),
    ):
        server = serve("I look.")
        url = f"{pictures.url}{path}".replace("127.0.0.1", "localhost" if path == "/moved.png" else "127.0.0.1")
        eye = seeing(server, allow_private_addresses=allowed)
        assert chat(way, agent("user"), eye, message={"content": [picture(url)]}, max_turns=1).summary == "I look."
        expected = picture(pil_to_data_uri(red)) if shown else text(f"<img {url}>")
        assert server.requests[0].messages[1]["content"] == [expected]
    assert pictures.asked == ["/red.png", "/moved.png", "/wiki"]


def test_the_fence_of_an_agent_judges_what_it_has_not_heard(serve: Serve, pictures: PictureServer) -> None:
    server = serve("I see nothing.")
    url = f"{pictures.url}/red.png"
    eye = seeing(server, allow_private_addresses=False)
    assert eye.generate_reply([{"role": "user", "content": [picture(url)]}]) == "I see nothing."
    assert server.requests[0].messages[1]["content"] == [text(f"<img {url}>")]
    assert pictures.asked == []


@both_ways
@pytest.mark.parametrize("message", ["Is <img missing.png> red?", {"content": [picture("missing.png")]}])
def test_a_picture_that_cannot_be_loaded_is_told_and_the_chat_goes_on(
    way: str, message: Any, serve: Serve, capsys: pytest.CaptureFixture[str]
) -> None:
    server = serve("I cannot see it.")
    result = chat(way, agent("user"), seeing(server), message=message, max_turns=1)
    assert result.summary == "I cannot see it."
    [part] = server.requests[0].messages[1]["content"]
    assert "<img missing.png>" in part["text"]
    assert capsys.readouterr().out.count("Unable to load image from missing.png, because ") == 1


@both_ways
def test_a_model_without_vision_says_so_and_nothing_is_lost(way: str, serve: Serve, red_file: str) -> None:
    server = serve(error(400, "Invalid content type. image_url is only supported by certain models."), "Red.")
    eye, user = seeing(server), agent("user")
    with pytest.raises(Exception, match="image_url is only supported by certain models"):
        chat(way, user, eye, message="<img red.png>", max_turns=1)
    assert len(eye.chat_messages[user]) == len(user.chat_messages[eye]) == 1
    result = chat(way, user, eye, message="Again?", max_turns=1, clear_history=False)
    assert result.summary == "Red."


def test_pictures_in_the_system_message_reach_the_model(serve: Serve, red_file: str, red: Image.Image) -> None:
    server = serve("Yes.", "Yes.")
    eye = seeing(server, system_message="Red is <img red.png>")
    chat("sync", agent("user"), eye, max_turns=1)
    expected = [text("Red is "), picture(pil_to_data_uri(red)), text("")]
    assert server.requests[0].messages[0] == {"role": "system", "content": expected}
    for system_message in ("new", [text("new")], {"content": "new"}):
        eye.update_system_message(system_message)
        assert eye.system_message == [text("new")]


@both_ways
def test_tools_are_called_as_by_any_agent(way: str, serve: Serve, red_file: str) -> None:
    server = serve(tool_call("paint", color="red"), "Painted.")
    eye = seeing(server)

    @eye.register_for_llm(description="Paints.")
    @eye.register_for_execution()
    def paint(color: str) -> str:
        return f"<img {color}.png>"

    user = agent("user", default_auto_reply="")
    user.register_function({"paint": paint})
    chat(way, user, eye, message="Paint <img red.png>", max_turns=2)
    answer = server.requests[1].messages[-1]
    assert answer["role"] == "tool"
    assert answer["content"] == "<img red.png>"


@both_ways
@pytest.mark.parametrize("method", ["round_robin", "auto"])
def test_it_sees_in_groups_among_agents_that_do_not(
    way: str, method: Any, serve: Serve, red_file: str, red: Image.Image
) -> None:
    server, other = serve("I see red."), serve("Then it is a rose.")
    chooser = serve("eye", "poet")
    eye, user = seeing(server), agent("user")
    poet = agent("poet", llm_config=other.llm_config())
    group = GroupChat([user, eye, poet], [], max_round=3, speaker_selection_method=method)
    manager = GroupChatManager(group, llm_config=chooser.llm_config())
    chat(way, user, manager, message="What is <img red.png>?")
    assert [message["content"] for message in group.messages] == [
        *("What is <img red.png>?", "I see red.", "Then it is a rose.")
    ]
    assert picture(pil_to_data_uri(red)) in server.requests[0].messages[1]["content"]
    assert other.requests[0].messages[1]["content"] == "What is <img red.png>?"


@both_ways
def test_a_chat_with_pictures_can_be_summed_up_by_a_model(way: str, serve: Serve, red_file: str) -> None:
    server = serve("I see red.", "They spoke of red.")
    result = chat(
        way,
        agent("user"),
        seeing(server),
        message="<img red.png>",
        max_turns=1,
        summary_method="reflection_with_llm",
    )
    assert result.summary == "They spoke of red."


@both_ways
def test_two_agents_that_see_show_each_other_pictures(way: str, serve: Serve, red_file: str, red: Image.Image) -> None:
    server = serve("Look: <img red.png>", "I see red.", "So do I.")
    one, two = seeing(server, allow_local_files=True), seeing(server, allow_local_files=True)
    two._name = "other"
    chat(way, one, two, message="Show me red.", max_turns=2)
    last = server.requests[1].messages[-1]
    assert last["content"] == [text("Look: "), picture(pil_to_data_uri(red)), text("")]


@both_ways
def test_a_recorded_chat_with_pictures_is_replayed_without_a_model(
    way: str, serve: Serve, red_file: str, tmp_path: Path
) -> None:
    server = serve("I see red.")
    eye, user = seeing(server), agent("user")
    with record(tmp_path / "run.json"):
        chat(way, user, eye, message="<img red.png>", max_turns=1)
    server.stop()
    with replay(tmp_path / "run.json"):
        assert chat(way, user, eye, message="<img red.png>", max_turns=1).summary == "I see red."


def test_answers_come_from_the_cache_the_second_time(serve: Serve, red_file: str) -> None:
    server = serve("I see red.")
    for _ in range(2):
        eye = MultimodalConversableAgent("eye", llm_config=server.llm_config(cache_seed=7), human_input_mode="NEVER")
        assert chat("sync", agent("user"), eye, message="<img red.png>", max_turns=1).summary == "I see red."
    assert len(server.requests) == 1


def test_the_word_that_ends_chats_is_heard_among_parts(serve: Serve) -> None:
    eye = seeing(serve())
    assert eye._is_termination_msg({"content": [text("TERMINATE")]})
    assert not eye._is_termination_msg({"content": [text("TERMINATE"), picture("x")]})


def test_without_a_configuration_it_takes_a_model_that_sees(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    first, second = MultimodalConversableAgent("a"), MultimodalConversableAgent("b")
    assert first.llm_config == {"model": "gpt-4o"}
    assert first.llm_config is not second.llm_config
    assert MultimodalConversableAgent("c", llm_config=False).client is None
