"""An agent answers with pictures: drawn when they are asked for, kept in a cache, shown to those who see."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from agent_kit import agent, both_ways, chat
from picture_kit import as_bytes
from PIL import Image

from autogen_classic import Cache, ConversableAgent, GroupChat, GroupChatManager
from autogen_classic.agentchat.contrib.capabilities.generate_images import (
    PROMPT_INSTRUCTIONS,
    DalleImageGenerator,
    ImageGeneration,
)
from autogen_classic.agentchat.contrib.img_utils import get_pil_image, pil_to_data_uri
from autogen_classic.agentchat.contrib.multimodal_conversable_agent import MultimodalConversableAgent
from autogen_classic.code_utils import content_str
from autogen_classic.errors import AddressRefusedError, ModelRequestForbiddenError, UnusableImageError
from autogen_classic.replay import record, replay
from autogen_classic.testing import MockOpenAIServer, forbid_model_requests
from autogen_classic.testing.http_server import HttpRequest, HttpResponse, HttpServer

Serve = Callable[..., MockOpenAIServer]


class Painter:
    """Draws one picture for every prompt.

    Attributes:
        prompts: what it was asked for.
    """

    def __init__(self, image: Image.Image) -> None:
        self.image = image
        self.prompts: list[str] = []

    def generate_image(self, prompt: str) -> Image.Image:
        self.prompts.append(prompt)
        return self.image

    def cache_key(self, prompt: str) -> str:
        return f"painter,{prompt}"


def drawing(server: MockOpenAIServer, painter: Any, **settings: Any) -> ConversableAgent:
    artist = agent("artist", llm_config=server.llm_config(price=[0, 0]), system_message="Be kind.")
    ImageGeneration(painter, **settings).add_to_agent(artist)
    return artist


@both_ways
def test_a_wish_for_a_picture_is_answered_with_one(
    way: str, serve: Serve, red: Image.Image, capsys: pytest.CaptureFixture[str]
) -> None:
    server, painter = serve("Yes, it does.", "A red square.", "No.", "You are welcome."), Painter(red)
    artist, user = drawing(server, painter, verbosity=1), agent("user", default_auto_reply="Thanks.")
    result = chat(way, user, artist, message="Draw something red.", max_turns=2)

    assert result.chat_history[1]["content"] == [
        {"type": "text", "text": "I generated an image with the prompt: A red square."},
        {"type": "image_url", "image_url": {"url": pil_to_data_uri(red)}},
    ]
    assert result.summary == "You are welcome."
    assert painter.prompts == ["A red square."]
    assert "Drawing: A red square." in capsys.readouterr().out
    asked = server.requests[1].last_text
    assert "Draw something red." in asked
    assert PROMPT_INSTRUCTIONS in asked
    told, *_, mine, _ = server.requests[3].messages
    assert told["content"].startswith("Be kind.\n")
    assert mine["content"][1] == {"type": "text", "text": "<image>"}  # only users may show pictures to OpenAI
    assert artist.description.startswith("Be kind.\n")
    usage = artist.get_total_usage()
    assert usage is not None
    assert usage["mock-model"]["completion_tokens"] == 13


@both_ways
def test_the_questions_may_go_to_another_model_on_the_account_of_the_agent(
    way: str, serve: Serve, red: Image.Image
) -> None:
    server, analyst = serve("Hello."), serve("yes", "A red square.", "no")
    config = analyst.llm_config(config_list=[analyst.config(model="analyst")])
    artist, user = drawing(server, Painter(red), text_analyzer_llm_config=config), agent("user")
    chat(way, user, artist, message={"content": [{"type": "text", "text": "Draw."}]}, max_turns=2)
    assert len(analyst.requests) == 3
    usage = artist.get_total_usage()
    assert usage is not None
    assert set(usage) == {"total_cost", "analyst", "mock-model"}


@both_ways
def test_a_prompt_that_comes_again_is_drawn_once(way: str, serve: Serve, red: Image.Image) -> None:
    painter = Painter(red)
    with Cache.disk(1, "pictures") as cache:
        for _ in range(2):
            server = serve("Yes.", "A red square.")
            result = chat(way, agent("user"), drawing(server, painter, cache=cache), message="Draw.", max_turns=1)
            [_, picture] = result.chat_history[1]["content"]
            assert get_pil_image(picture["image_url"]["url"]).tobytes() == red.tobytes()
    assert painter.prompts == ["A red square."]


def test_a_picture_that_cannot_be_cached_is_shown(
    serve: Serve, red: Image.Image, caplog: pytest.LogCaptureFixture
) -> None:
    class Full:
        def get(self, key: str, default: Any = None) -> Any:
            return default

        def set(self, key: str, value: Any) -> None:
            raise OSError("No space left on device")

    artist = drawing(serve("Yes.", "Red."), Painter(red), cache=Full())
    result = chat("sync", agent("user"), artist, message="Draw.", max_turns=1)
    assert len(result.chat_history[1]["content"]) == 2
    assert "No space left on device" in caplog.text


@both_ways
def test_a_generator_that_fails_says_so_and_nothing_is_lost(way: str, serve: Serve, red: Image.Image) -> None:
    class Broken(Painter):
        def generate_image(self, prompt: str) -> Image.Image:
            raise UnusableImageError("No colours left.")

    server = serve("Yes.", "Red.", "No.", "Hello.")
    artist, user = drawing(server, Broken(red)), agent("user")
    with pytest.raises(UnusableImageError, match="No colours left"):
        chat(way, user, artist, message="Draw.", max_turns=1)
    assert chat(way, user, artist, message="Never mind.", max_turns=1, clear_history=False).summary == "Hello."
    assert len(server.requests[-1].messages) == 3


@both_ways
def test_an_agent_that_sees_looks_at_what_was_drawn(way: str, serve: Serve, red: Image.Image) -> None:
    server, eye = serve("Yes.", "A red square.", "No.", "Bye."), serve("I see red.")
    artist = drawing(server, Painter(red))
    critic = MultimodalConversableAgent("critic", llm_config=eye.llm_config(), human_input_mode="NEVER")
    chat(way, critic, artist, message="Draw.", max_turns=2)
    assert {"type": "image_url", "image_url": {"url": pil_to_data_uri(red)}} in eye.requests[0].messages[-1]["content"]


def test_without_a_model_or_a_wish_others_reply(serve: Serve, red: Image.Image) -> None:
    silent = agent("artist", default_auto_reply="I have no model.")
    ImageGeneration(Painter(red)).add_to_agent(silent)
    assert chat("sync", agent("user"), silent, message="Draw.", max_turns=1).summary == "I have no model."
    server = serve("Hello.")
    assert chat("sync", agent("user"), drawing(server, Painter(red)), message=" ", max_turns=1).summary == "Hello."


@both_ways
def test_a_chat_recorded_with_its_tools_is_replayed_without_drawing(
    way: str, serve: Serve, red: Image.Image, tmp_path: Path
) -> None:
    server, painter = serve("Yes.", "A red square."), Painter(red)
    with record(tmp_path / "run.json", tools=True):
        first = chat(way, agent("user"), drawing(server, painter), message="Draw.", max_turns=1)
    server.stop()
    with replay(tmp_path / "run.json"):
        again = chat(way, agent("user"), drawing(server, painter), message="Draw.", max_turns=1)
    assert again.chat_history == first.chat_history
    assert len(painter.prompts) == 1


# --- OpenAI's models -------------------------------------------------------------------------------------------------


class Images:
    """OpenAI's endpoint for pictures on this machine: answers with what it is given.

    Attributes:
        data: the list that stands in the answer.
        usage: the tokens that the answer reports, if any.
        asked: the requests.
    """

    def __init__(self) -> None:
        self.data: list[dict[str, str]] = []
        self.usage: dict[str, int] = {}
        self.asked: list[dict[str, Any]] = []
        self.picture = b""
        self.http = HttpServer(self._answer, "127.0.0.1", 0)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http.port}"

    async def _answer(self, request: HttpRequest) -> HttpResponse:
        if request.method == "GET":
            return HttpResponse(200, self.picture, "image/png")
        self.asked.append({"path": request.path, **json.loads(request.body)})
        answer = {"created": 1, "data": self.data, **({"usage": self.usage} if self.usage else {})}
        return HttpResponse(200, json.dumps(answer).encode())

    def llm_config(self, model: str = "dall-e-3", **settings: Any) -> dict[str, Any]:
        return {"config_list": [{"model": model, "api_key": "sk-mock", "base_url": f"{self.url}/v1", **settings}]}


@pytest.fixture
def images(red: Image.Image) -> Iterator[Images]:
    server = Images()
    server.picture = as_bytes(red)
    server.http.start()
    yield server
    server.http.stop()


def test_a_picture_comes_as_an_address_or_in_the_answer(images: Images, red: Image.Image) -> None:
    generator = DalleImageGenerator(images.llm_config(), "1792x1024", "hd", 2)
    for data in ({"url": f"{images.url}/a.png"}, {"b64_json": base64.b64encode(images.picture).decode()}):
        images.data = [data]
        assert generator.generate_image("A red square.").tobytes() == red.tobytes()
    assert images.asked[0] == {
        "path": "/v1/images/generations",
        "model": "dall-e-3",
        "prompt": "A red square.",
        "size": "1792x1024",
        "quality": "hd",
        "n": 2,
    }
    assert generator.cache_key("a cat") == "a cat,dall-e-3,1792x1024,hd,2"


def test_a_program_may_forbid_private_addresses_of_pictures(images: Images, red: Image.Image) -> None:
    images.data = [{"url": f"{images.url}/a.png"}]
    with pytest.raises(AddressRefusedError):
        DalleImageGenerator(images.llm_config(), allow_private_addresses=False).generate_image("Red.")
    allowed = DalleImageGenerator(images.llm_config(), allow_private_addresses=["127.0.0.1"])
    assert allowed.generate_image("Red.").tobytes() == red.tobytes()


def test_newer_models_get_the_names_of_qualities_that_they_know(images: Images) -> None:
    images.data = [{"b64_json": base64.b64encode(images.picture).decode()}]
    for given in ("standard", "hd", "low"):
        DalleImageGenerator(images.llm_config("gpt-image-1"), quality=given).generate_image("Red.")  # type: ignore[arg-type]
    assert [asked["quality"] for asked in images.asked] == ["medium", "high", "low"]


def test_an_answer_without_a_picture_is_an_error(images: Images) -> None:
    generator = DalleImageGenerator(images.llm_config())
    for data in ([], [{}]):
        images.data = data
        with pytest.raises(UnusableImageError, match="dall-e-3 has sent no picture"):
            generator.generate_image("Red.")
    images.data, images.picture = [{"url": f"{images.url}/a.png"}], b"<html>"
    with pytest.raises(UnusableImageError, match="not a picture"):
        generator.generate_image("Red.")


def test_what_cannot_draw_is_refused_at_once(images: Images) -> None:
    with pytest.raises(ValueError, match="Invalid DALL-E model: gpt-4"):
        DalleImageGenerator(images.llm_config("gpt-4"))
    for resolution in ("100", "ax5", "1024X1024"):
        with pytest.raises(ValueError, match="Invalid resolution format"):
            DalleImageGenerator(images.llm_config(), resolution)


def test_where_requests_to_models_are_forbidden_nothing_is_drawn() -> None:
    generator = DalleImageGenerator({"config_list": [{"model": "dall-e-3", "api_key": "sk-mock"}]})
    with forbid_model_requests(), pytest.raises(ModelRequestForbiddenError):
        generator.generate_image("Red.")


# --- what pictures cost ----------------------------------------------------------------------------------------------


def painting(server: MockOpenAIServer, images: Images, *arguments: Any, **settings: Any) -> ConversableAgent:
    images.data = [{"url": f"{images.url}/a.png"}]
    return drawing(server, DalleImageGenerator(images.llm_config(**settings), *arguments))


@both_ways
def test_a_picture_is_on_the_account_of_the_agent_and_of_the_chat(way: str, serve: Serve, images: Images) -> None:
    artist = painting(serve("Yes.", "Red."), images, "1792x1024", "hd")
    result = chat(way, agent("user"), artist, message="Draw.", max_turns=1)
    usage = artist.get_actual_usage()
    assert usage is not None
    assert usage["dall-e-3"] == {"cost": 0.12, "prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
    assert result.cost["usage_excluding_cached_inference"]["total_cost"] == pytest.approx(0.12)
    assert (result.spent.cost, result.spent.requests) == (pytest.approx(0.12), 3)


@both_ways
@pytest.mark.parametrize(("price", "cost"), [([1, 2], 0.09), (None, None)])
def test_a_picture_of_a_newer_model_costs_what_its_tokens_cost(
    way: str, price: Any, cost: float | None, serve: Serve, images: Images
) -> None:
    images.usage = {"input_tokens": 10, "output_tokens": 40, "total_tokens": 50}
    artist = painting(serve("Yes.", "Red."), images, model="gpt-image-1", **({"price": price} if price else {}))
    result = chat(way, agent("user"), artist, message="Draw.", max_turns=1)
    usage = artist.get_actual_usage()
    assert usage is not None
    assert usage["gpt-image-1"] == {"cost": cost or 0, "prompt_tokens": 10, "completion_tokens": 40, "total_tokens": 50}
    assert (result.spent.cost is None) is (price is None)


def test_a_picture_whose_price_is_not_known_ends_a_chat_with_a_budget(serve: Serve, images: Images) -> None:
    artist = painting(serve("Yes.", "Red."), images, "640x640")
    result = chat("sync", agent("user"), artist, message="Draw.", max_turns=3, max_cost=5)
    assert result.stop_reason == "budget"
    assert "dall-e-3" in str(result.stop_detail)
    assert len(result.chat_history) == 2


def test_a_picture_from_the_cache_or_drawn_for_nobody_costs_the_agent_nothing(serve: Serve, images: Images) -> None:
    images.data = [{"url": f"{images.url}/a.png"}]
    generator = DalleImageGenerator(images.llm_config())
    generator.generate_image("Red.")
    with Cache.disk(1, "pictures") as cache:
        for cost in (0.04, 0):
            artist = drawing(serve("Yes.", "Red."), generator, cache=cache)
            chat("sync", agent("user"), artist, message="Draw.", max_turns=1)
            usage = artist.get_actual_usage()
            assert usage is not None
            assert usage.get("dall-e-3", {"cost": 0})["cost"] == cost
    assert generator.actual_usage_summary == {
        "total_cost": 0.04,
        "dall-e-3": {"cost": 0.04, "prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0},
    }


def test_agents_who_draw_side_by_side_with_one_generator_pay_each_for_their_own(serve: Serve, images: Images) -> None:
    images.data = [{"url": f"{images.url}/a.png"}]
    generator = DalleImageGenerator(images.llm_config())
    artists = [drawing(serve(*["Yes.", "Red."] * times), generator) for times in (1, 3)]

    async def draw(artist: ConversableAgent, times: int) -> None:
        for _ in range(times):
            await agent("user").a_initiate_chat(artist, message="Draw.", max_turns=1, silent=True)

    async def side_by_side() -> None:
        await asyncio.gather(draw(artists[0], 1), draw(artists[1], 3))

    asyncio.run(side_by_side())
    costs = [(artist.get_actual_usage() or {})["dall-e-3"]["cost"] for artist in artists]
    assert costs == pytest.approx([0.04, 0.12])
    assert generator.actual_usage_summary is None


# --- in groups -------------------------------------------------------------------------------------------------------


def studio(
    serve: Serve, red: Image.Image, artist_says: list[str], eye_says: list[str], chosen: list[str]
) -> tuple[Painter, GroupChat, GroupChatManager]:
    """A group with an artist, a critic who sees and a reader who does not."""
    painter = Painter(red)
    critic = MultimodalConversableAgent("critic", llm_config=serve(*eye_says).llm_config(), human_input_mode="NEVER")
    reader = agent("reader", llm_config=serve("I read it.").llm_config())
    members = [agent("user"), drawing(serve(*artist_says), painter), critic, reader]
    group = GroupChat(members, [], max_round=len(chosen) + 1)
    manager = GroupChatManager(group, llm_config=serve(*chosen).llm_config(), human_input_mode="NEVER")
    return painter, group, manager


SAYS = (["Yes.", "A red square."], ["I see red."], ["artist", "critic", "reader"])


@both_ways
def test_an_artist_draws_in_a_group_for_those_who_see_and_those_who_do_not(
    way: str, serve: Serve, red: Image.Image
) -> None:
    painter, group, manager = studio(serve, red, *SAYS)
    chat(way, group.agents[0], manager, message="Draw something red.")
    assert [said["name"] for said in group.messages] == ["user", "artist", "critic", "reader"]
    picture = {"type": "image_url", "image_url": {"url": pil_to_data_uri(red)}}
    assert group.messages[1]["content"].endswith("A red square.<image>")  # what is printed and selected by
    assert group.agents[2].chat_messages[manager][1]["content"][1] == picture  # type: ignore[attr-defined]
    assert painter.prompts == ["A red square."]
    assert content_str(group.messages[2]["content"]) == "I see red."
    assert group.messages[3]["content"] == "I read it."


@both_ways
def test_a_group_with_an_artist_is_replayed_without_drawing(
    way: str, serve: Serve, red: Image.Image, tmp_path: Path
) -> None:
    _, group, manager = studio(serve, red, *SAYS)
    with record(tmp_path / "run.json", tools=True):
        before = chat(way, group.agents[0], manager, message="Draw something red.")
    painter, group, manager = studio(serve, red, [], [], [""] * 3)
    with replay(tmp_path / "run.json"), forbid_model_requests():
        after = chat(way, group.agents[0], manager, message="Draw something red.")
    assert after.chat_history == before.chat_history
    assert painter.prompts == []


# --- what is given in a wrong form -----------------------------------------------------------------------------------


@pytest.mark.parametrize("llm_config", [None, {}, {"config_list": []}, "dall-e-3", {"api_key": "sk-mock"}])
def test_a_configuration_without_a_model_is_told(llm_config: Any) -> None:
    with pytest.raises(ValueError, match="needs an llm_config such as .* names no model"):
        DalleImageGenerator(llm_config)


def test_a_single_entry_may_be_the_whole_configuration(images: Images, red: Image.Image) -> None:
    images.data = [{"url": f"{images.url}/a.png"}]
    generator = DalleImageGenerator(images.llm_config()["config_list"][0])
    assert generator.generate_image("Red.").tobytes() == red.tobytes()


def test_sizes_numbers_and_caches_of_a_wrong_kind_are_refused(images: Images, red: Image.Image) -> None:
    with pytest.raises(ValueError, match="Invalid resolution format: 1024"):
        DalleImageGenerator(images.llm_config(), 1024)  # type: ignore[arg-type]
    for number in (0, "2"):
        with pytest.raises(ValueError, match="num_images must be 1 or more"):
            DalleImageGenerator(images.llm_config(), num_images=number)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="'pictures' cannot be the cache, because it has no method get or set"):
        ImageGeneration(Painter(red), cache="pictures")  # type: ignore[arg-type]


@both_ways
def test_the_questions_are_in_the_cache_of_the_chat(way: str, serve: Serve, red: Image.Image, tmp_path: Path) -> None:
    server = serve("Yes.", "A red square.")
    with Cache.disk(1, str(tmp_path)) as cache:
        for _ in range(2):
            result = chat(way, agent("user"), drawing(server, Painter(red)), message="Draw.", max_turns=1, cache=cache)
            assert len(result.chat_history[1]["content"]) == 2
    assert len(server.requests) == 2
