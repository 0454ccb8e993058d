"""An agent whose model does not see reads what is in pictures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from agent_kit import agent, both_ways, chat
from picture_kit import PictureServer
from PIL import Image

from autogen_classic import Cache, ConversableAgent, GroupChat, GroupChatManager
from autogen_classic.agentchat.contrib.capabilities.vision_capability import VisionCapability
from autogen_classic.agentchat.contrib.img_utils import pil_to_data_uri
from autogen_classic.replay import record, replay
from autogen_classic.testing import MockOpenAIServer, ScriptedClient, error

Serve = Callable[..., MockOpenAIServer]
CAPTION = " in case you can not see, the caption of this image is: "


def blind(server: MockOpenAIServer, **settings: Any) -> ConversableAgent:
    return agent("blind", llm_config=server.llm_config(), system_message="Be brief.", **settings)


@both_ways
def test_the_model_reads_a_description_that_is_asked_for_once(
    way: str, serve: Serve, red_file: str, red: Image.Image
) -> None:
    eye, server = serve("A red square."), serve("It is red.", "Yes.")
    reader, user = blind(server), agent("user", default_auto_reply="Sure?")
    VisionCapability(eye.llm_config(), description_prompt="Describe it.").add_to_agent(reader)
    chat(way, user, reader, message="What is <img red.png>?", max_turns=2)

    [asked] = eye.requests
    assert asked.messages == [
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "Describe it."},
                {"type": "image_url", "image_url": {"url": pil_to_data_uri(red)}},
            ],
        }
    ]
    read = f"What is <img red.png>{CAPTION}A red square.\n?"
    assert [request.messages[1]["content"] for request in server.requests] == [read, read]
    assert server.requests[0].messages[0]["content"].startswith("Be brief.\n")
    assert reader.chat_messages[user][0]["content"] == "What is <img red.png>?"


@both_ways
def test_what_a_description_costs_is_on_the_account_of_the_agent(way: str, serve: Serve, red_file: str) -> None:
    eye, server = serve("A red square."), serve("It is red.")
    reader = blind(server)
    VisionCapability(eye.llm_config(config_list=[eye.config(model="eye-model")])).add_to_agent(reader)
    result = chat(way, agent("user"), reader, message="<img red.png>", max_turns=1)
    usage = reader.get_total_usage()
    assert usage is not None
    assert set(usage) == {"total_cost", "eye-model", "mock-model"}
    assert set(result.cost["usage_excluding_cached_inference"]) == set(usage)


@pytest.mark.parametrize(
    ("source_of", "described"),
    [
        (lambda red: red, True),
        (pil_to_data_uri, True),
        (lambda red: pil_to_data_uri(red).partition(",")[2] * 40, False),  # long, and not a picture
    ],
)
def test_a_picture_without_a_short_source_is_not_written_into_the_text(
    source_of: Any, described: bool, red: Image.Image
) -> None:
    capability = VisionCapability(None, custom_caption_func=lambda source, picture, client: f"{picture.size}")
    source = source_of(red)
    expected = f"<image>{CAPTION}(3, 2)\n" if described else "<image>"
    for image_url in (source, {"url": source}):
        assert capability.process_last_received_message([{"type": "image_url", "image_url": image_url}]) == expected


def test_texts_and_pictures_stay_in_their_order(red_file: str, capsys: pytest.CaptureFixture[str]) -> None:
    capability = VisionCapability(None, custom_caption_func=lambda source, picture, client: "red")
    content = [
        *({"type": "text", "text": "a <img red.png> "}, {"type": "image_url", "image_url": {"url": "red.png"}}),
        *({"type": "audio"}, " b <img none.png>"),
    ]
    read = f"<img red.png>{CAPTION}red\n"
    assert capability.process_last_received_message(content) == f"a {read} {read} b <img none.png>"
    said = capsys.readouterr().out
    assert "type 'audio'" in said
    assert capability.process_last_received_message("no picture") == "no picture"


def test_a_picture_that_cannot_be_loaded_keeps_its_tag(
    red_file: str, pictures: PictureServer, capsys: pytest.CaptureFixture[str]
) -> None:
    capability = VisionCapability(
        None, custom_caption_func=lambda source, picture, client: "red", allow_private_addresses=False
    )
    said = capability.process_last_received_message(f"<img none.png> <img {pictures.url}/red.png> <img red.png>")
    assert said == f"<img none.png> <img {pictures.url}/red.png> <img red.png>{CAPTION}red\n"
    assert capsys.readouterr().out.count("Unable to load image") == 2
    assert pictures.asked == []


@pytest.mark.parametrize("way", ["async"])
def test_a_function_may_be_asynchronous_and_use_the_model(way: str, serve: Serve, red_file: str) -> None:
    eye, server = serve("Rouge."), serve("It is red.")

    async def caption(source: Any, picture: Any, client: Any) -> str:
        answer = await client.a_create(messages=[{"role": "user", "content": f"Describe {source}"}])
        return str(client.extract_text_or_completion_object(answer)[0])

    reader = blind(server)
    VisionCapability(eye.llm_config(), custom_caption_func=caption).add_to_agent(reader)
    chat(way, agent("user"), reader, message="<img red.png>", max_turns=1)
    assert server.requests[0].messages[1]["content"] == f"<img red.png>{CAPTION}Rouge.\n"
    assert eye.requests[0].last_text == "Describe red.png"


def test_it_needs_a_model_or_a_function() -> None:
    with pytest.raises(AssertionError, match="requires a valid lmm_config or custom_caption_func"):
        VisionCapability(None)


@both_ways
def test_a_model_without_vision_says_so_and_the_chat_can_go_on(way: str, serve: Serve, red_file: str) -> None:
    eye, server = serve(error(400, "This model does not support images."), "A red square."), serve("Red.")
    reader, user = blind(server), agent("user")
    VisionCapability(eye.llm_config()).add_to_agent(reader)
    with pytest.raises(Exception, match="does not support images"):
        chat(way, user, reader, message="<img red.png>", max_turns=1)
    assert len(reader.chat_messages[user]) == 1
    assert chat(way, user, reader, message="<img red.png>?", max_turns=1, clear_history=False).summary == "Red."


@both_ways
def test_a_whole_group_reads_what_its_manager_sees(way: str, serve: Serve, red_file: str) -> None:
    eye, server = serve("A red square."), serve("It is red.")
    reader, user = blind(server), agent("user")
    manager = GroupChatManager(GroupChat([user, reader], [], max_round=2, speaker_selection_method="round_robin"))
    VisionCapability(eye.llm_config()).add_to_agent(manager)
    chat(way, user, manager, message="What is <img red.png>?")
    assert server.requests[0].messages[1]["content"] == f"What is <img red.png>{CAPTION}A red square.\n?"


def test_agents_with_other_kinds_of_system_messages_can_be_added_to(serve: Serve) -> None:
    for system_message, expected in ((None, str), ([{"type": "text", "text": "Be brief."}], list)):
        reader = agent("blind", system_message=system_message)
        VisionCapability(None, custom_caption_func=lambda *_: "").add_to_agent(reader)
        assert isinstance(reader.system_message, expected)


@both_ways
def test_descriptions_are_recorded_and_replayed(way: str, serve: Serve, red_file: str, tmp_path: Path) -> None:
    eye, server = serve("A red square."), serve("It is red.")
    with record(tmp_path / "run.json"):
        reader = blind(server)
        VisionCapability(eye.llm_config()).add_to_agent(reader)
        chat(way, agent("user"), reader, message="<img red.png>", max_turns=1)
    for one in (eye, server):
        one.stop()
    with replay(tmp_path / "run.json"):
        reader = blind(server)
        VisionCapability(eye.llm_config()).add_to_agent(reader)
        assert chat(way, agent("user"), reader, message="<img red.png>", max_turns=1).summary == "It is red."


def test_a_model_or_a_function_of_a_wrong_type_is_told() -> None:
    with pytest.raises(TypeError, match="lmm_config must be an llm_config such as .* but it is 'gpt-4o'"):
        VisionCapability("gpt-4o")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="custom_caption_func must be a function, but it is 'describe'"):
        VisionCapability(None, custom_caption_func="describe")  # type: ignore[arg-type]


@both_ways
def test_descriptions_are_in_the_cache_of_the_chat_and_may_come_from_a_registered_client(
    way: str, red_file: str, tmp_path: Path
) -> None:
    class Eye(ScriptedClient):
        __name__ = "Eye"

    eye, model = Eye(["A red square."]), ScriptedClient(["It is red."])
    entry = {"model": "own", "model_client_cls": "Eye"}
    reader = agent("reader", llm_config={"config_list": [model.config(), entry]})
    reader.register_model_client(eye)
    VisionCapability({"config_list": [entry]}).add_to_agent(reader)
    with Cache.disk(1, str(tmp_path)) as cache:
        for _ in range(2):
            result = chat(way, agent("user"), reader, message="<img red.png>", max_turns=1, cache=cache)
            assert result.summary == "It is red."
    assert (len(eye.requests), len(model.requests)) == (1, 1)
