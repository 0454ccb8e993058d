"""LLaVA is asked over HTTP by its own protocol, or at Replicate through its package."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from agent_kit import agent, both_ways, chat
from picture_kit import PictureServer
from PIL import Image

from autogen_classic import GroupChat, GroupChatManager
from autogen_classic.agentchat.contrib import llava_agent
from autogen_classic.agentchat.contrib.img_utils import get_image_data
from autogen_classic.agentchat.contrib.llava_agent import LLaVAAgent, llava_call, llava_call_binary
from autogen_classic.code_utils import content_str
from autogen_classic.errors import ModelRequestForbiddenError, NoAnswerError
from autogen_classic.replay import record, replay
from autogen_classic.state import journal
from autogen_classic.testing import MockOpenAIServer, forbid_model_requests
from autogen_classic.testing.http_server import HttpRequest, HttpResponse, HttpServer

Serve = Callable[..., MockOpenAIServer]


class Worker:
    """A worker of LLaVA that says what it is told to say, word for word and with the prompt before it.

    Attributes:
        answers: texts, finished responses, or bytes; the last one is said again and again.
        requests: what it was asked.
    """

    def __init__(self, *answers: str | bytes | HttpResponse) -> None:
        self.answers = list(answers)
        self.requests: list[dict[str, Any]] = []
        self.http = HttpServer(self._answer, "127.0.0.1", 0)

    @property
    def config_list(self) -> list[dict[str, Any]]:
        return [{"model": "llava-v1.5", "api_key": "None", "base_url": f"http://127.0.0.1:{self.http.port}/"}]

    async def _answer(self, request: HttpRequest) -> HttpResponse:
        if request.path != "/worker_generate_stream":
            return HttpResponse(404, b"")
        asked = json.loads(request.body)
        self.requests.append(asked)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, HttpResponse):
            return answer
        if isinstance(answer, bytes):
            return HttpResponse(200, answer)
        words = answer.split(" ")
        said = (" ".join(words[: number + 1]) for number in range(len(words)))
        lines = (json.dumps({"text": asked["prompt"] + text, "error_code": 0}) for text in said)
        return HttpResponse(200, b"".join(line.encode() + b"\0" for line in lines))


@pytest.fixture
def worker() -> Iterator[Callable[..., Worker]]:
    started: list[Worker] = []

    def start(*answers: str | bytes | HttpResponse) -> Worker:
        started.append(Worker(*answers))
        started[-1].http.start()
        return started[-1]

    yield start
    for one in started:
        one.http.stop()


def seeing(worker: Worker, **settings: Any) -> LLaVAAgent:
    llm_config = {"config_list": worker.config_list, "temperature": 0.2, "max_new_tokens": 200}
    return LLaVAAgent("llava", llm_config=llm_config, human_input_mode="NEVER", **settings)


@both_ways
def test_a_chat_with_llava_sends_every_picture_and_the_whole_conversation(
    way: str, worker: Callable[..., Worker], red_file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    server = worker("I see red.", " Nothing else. ###")
    llava, user = seeing(server, system_message="Look <img red.png>"), agent("user", default_auto_reply="What else?")
    result = chat(way, user, llava, message="What is <img red.png>?", max_turns=2)
    assert [message["content"] for message in result.chat_history][1::2] == ["I see red.", "Nothing else."]
    assert server.requests[0] == {
        "model": "llava-v1.5",
        "prompt": "Look <image>\n###Human: What is <image>?\n\n###Assistant: ",
        "max_new_tokens": 200,
        "temperature": 0.2,
        "stop": "###",
        "images": [get_image_data(red_file)] * 2,
    }
    assert server.requests[1]["prompt"] == (
        "Look <image>\n###Human: What is <image>?\n###Assistant: I see red.\n###Human: What else?\n\n###Assistant: "
    )
    assert "###Human: What is <image>?" in capsys.readouterr().out
    assert llava.get_total_usage() is None


@both_ways
def test_a_picture_behind_an_address_in_a_part_is_fetched(
    way: str, worker: Callable[..., Worker], pictures: PictureServer, capsys: pytest.CaptureFixture[str]
) -> None:
    server = worker("Red.")
    parts = [{"type": "image_url", "image_url": {"url": f"{pictures.url}/{name}.png"}} for name in ("red", "none")]
    assert chat(way, agent("user"), seeing(server), message={"content": parts}, max_turns=1).summary == "Red."
    assert len(server.requests[0]["images"]) == 1
    assert "Unable to load image" in capsys.readouterr().out


def test_the_functions_ask_with_the_settings_they_are_given(
    worker: Callable[..., Worker], red_file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    server = worker("Red.")
    assert llava_call("What is <img red.png>?", {"config_list": server.config_list, "max_new_tokens": 7}) == "Red."
    assert llava_call_binary("Hi.", [], server.config_list[0], 9, 0.1) == "Red."
    assert [(asked["prompt"], asked["max_new_tokens"], asked["temperature"]) for asked in server.requests] == [
        *(("What is <image>?", 7, 0.5), ("Hi.", 9, 0.1))
    ]
    assert len(server.requests[0]["images"]) == 1


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (HttpResponse(500, b"bad"), "500 Server Error"),
        (b"", "said nothing"),
        (b"no json\0", "Expecting value"),
        (b'{"text": "out of memory", "error_code": 1}\0', "failed: out of memory"),
    ],
)
def test_a_worker_that_fails_is_told_and_the_next_one_is_asked(
    answer: Any, says: str, worker: Callable[..., Worker], capsys: pytest.CaptureFixture[str]
) -> None:
    broken, whole = worker(answer), worker("Red.")
    assert llava_call_binary("Hi.", [], broken.config_list) is None
    assert says in capsys.readouterr().out
    assert llava_call_binary("Hi.", [], broken.config_list + whole.config_list) == "Red."


def test_what_is_said_of_a_worker_does_not_show_its_password_and_keys(
    worker: Callable[..., Worker], capsys: pytest.CaptureFixture[str]
) -> None:
    entry = dict(worker(HttpResponse(500, b"bad")).config_list[0])
    entry["base_url"] = entry["base_url"].replace("://", "://user:PASSWORD99@") + "?key=SECRETKEY99"
    assert llava_call_binary("Hi.", [], [entry]) is None
    said = capsys.readouterr().out
    assert "Error: " in said
    assert "PASSWORD99" not in said
    assert "SECRETKEY99" not in said


def test_a_program_may_forbid_private_addresses_in_a_call(
    worker: Callable[..., Worker], pictures: PictureServer
) -> None:
    server = worker("What picture?")
    llm_config = {"config_list": server.config_list}
    assert llava_call(f"<img {pictures.url}/red.png>", llm_config, allow_private_addresses=False) == "What picture?"
    assert server.requests[0]["images"] == []
    assert pictures.asked == []


@both_ways
def test_a_chat_without_an_answer_ends_with_an_error_and_can_go_on(way: str, worker: Callable[..., Worker]) -> None:
    server = worker(HttpResponse(500, b""), "Red.")
    llava, user = seeing(server), agent("user")
    with pytest.raises(NoAnswerError, match="Empty response from LLaVA at http://127.0.0.1"):
        chat(way, user, llava, message="What is it?", max_turns=1)
    assert chat(way, user, llava, message="Again?", max_turns=1, clear_history=False).summary == "Red."
    assert "What is it?" in server.requests[-1]["prompt"]


def test_an_empty_answer_is_asked_for_again(worker: Callable[..., Worker]) -> None:
    server = worker("", "", "Red.")
    assert chat("sync", agent("user"), seeing(server), max_turns=1).summary == "Red."
    assert len(server.requests) == 3


def test_replicate_is_asked_through_its_package(
    monkeypatch: pytest.MonkeyPatch, red: Image.Image, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[Any] = []

    def run(name: str, input: dict[str, Any]) -> Iterator[str]:
        asked.append((name, input))
        return iter(["I see ", "red."])

    monkeypatch.setattr(llava_agent.replicate, "run", run)
    config_list = [{"model": "llava", "base_url": "yorickvp/llava-13b:abc"}]
    coded = str(get_image_data(red))
    assert llava_call_binary("What is <image>?", [coded], config_list, seed=7) == "I see red."
    assert llava_call_binary("Hi.", [], config_list) == "I see red."
    assert asked == [
        (
            "yorickvp/llava-13b:abc",
            {"image": f"data:image/png;base64,{coded}", "prompt": "What is  ?", "seed": 7},
        ),
        ("yorickvp/llava-13b:abc", {"prompt": "Hi.", "seed": 1}),
    ]
    monkeypatch.setattr(llava_agent, "replicate", None)
    assert llava_call_binary("Hi.", [], config_list) is None
    assert 'pip install "autogen-classic[lmm]"' in capsys.readouterr().out


def test_where_requests_to_models_are_forbidden_llava_is_not_asked() -> None:
    with forbid_model_requests(), pytest.raises(ModelRequestForbiddenError):
        llava_call_binary("Hi.", [], [{"model": "llava", "base_url": "http://llava.example"}])


@both_ways
def test_a_chat_recorded_with_its_tools_is_replayed_without_a_worker(
    way: str, worker: Callable[..., Worker], red_file: str, tmp_path: Path
) -> None:
    server = worker("Red.")
    llava, user = seeing(server), agent("user")
    with record(tmp_path / "run.json", tools=True):
        chat(way, user, llava, message="<img red.png>", max_turns=1)
    server.http.stop()
    with replay(tmp_path / "run.json"):
        assert chat(way, user, llava, message="<img red.png>", max_turns=1).summary == "Red."


@both_ways
def test_a_run_that_was_stopped_keeps_what_llava_said_and_asks_again_where_it_failed(
    way: str, worker: Callable[..., Worker]
) -> None:
    llava = worker("A cat.", HttpResponse(500, b""), "A black one.")

    def talk() -> Any:
        seer = LLaVAAgent("seer", llm_config={"config_list": llava.config_list})
        return chat(way, agent("user", default_auto_reply="Which one?"), seer, message="What is it?", max_turns=2)

    with pytest.raises(NoAnswerError), journal("run.jsonl"):
        talk()
    with journal("run.jsonl"):
        history = talk().chat_history
    assert [message["content"] for message in history] == ["What is it?", "A cat.", "Which one?", "A black one."]
    assert len(llava.requests) == 3


def test_without_a_model_it_replies_like_any_agent_without_one() -> None:
    llava = LLaVAAgent("llava", llm_config=False, human_input_mode="NEVER", default_auto_reply="I cannot see.")
    assert chat("sync", agent("user"), llava, max_turns=1).summary == "I cannot see."


# --- what it costs ---------------------------------------------------------------------------------------------------


@both_ways
@pytest.mark.parametrize(("price", "cost"), [(0, 0.0), ([0, 0], 0.0), (None, None)])
def test_what_an_answer_costs_is_said_to_be_unknown_unless_it_is_free(
    way: str, price: Any, cost: float | None, worker: Callable[..., Worker]
) -> None:
    server = worker("Red.")
    entries = [{**server.config_list[0], **({} if price is None else {"price": price})}]
    llava = LLaVAAgent("llava", llm_config={"config_list": entries}, human_input_mode="NEVER")
    spent = chat(way, agent("user"), llava, message="What is it?", max_turns=1).spent
    assert (spent.cost, spent.tokens, spent.requests) == (cost, None, 1)


@both_ways
def test_a_budget_ends_a_chat_with_replicate_after_its_first_answer(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(llava_agent.replicate, "run", lambda name, input: ["Red."])
    entries = [{"model": "llava-13b", "api_key": "None", "base_url": "yorickvp/llava-13b:abc"}]
    llava = LLaVAAgent("llava", llm_config={"config_list": entries}, human_input_mode="NEVER")
    result = chat(way, agent("user"), llava, message="What is it?", max_turns=3, max_cost=1)
    assert (result.stop_reason, result.summary) == ("budget", "Red.")
    assert "llava-13b" in str(result.stop_detail)


# --- in groups -------------------------------------------------------------------------------------------------------


def group_with(llava: LLaVAAgent, serve: Serve, names: list[str]) -> tuple[GroupChat, GroupChatManager]:
    """A group whose manager's model chooses who speaks."""
    members = [agent("user"), llava, agent("poet", llm_config=serve("Roses.", "Violets.").llm_config())]
    group = GroupChat(members, [], max_round=len(names) + 1, allow_repeat_speaker=False)
    config = serve(*names).llm_config(price=[0, 0])
    return group, GroupChatManager(group, llm_config=config, human_input_mode="NEVER")


@both_ways
def test_llava_speaks_in_a_group_and_sees_what_the_others_show(
    way: str, worker: Callable[..., Worker], serve: Serve, red_file: str
) -> None:
    server = worker("I see red.", "A rose is red.")
    group, manager = group_with(seeing(server), serve, ["llava", "poet", "llava"])
    result = chat(way, group.agents[0], manager, message="What is <img red.png>?")
    assert [(said["name"], content_str(said["content"])) for said in group.messages] == [
        ("user", "What is <img red.png>?"),
        ("llava", "I see red."),
        ("poet", "Roses."),
        ("llava", "A rose is red."),
    ]
    assert [len(asked["images"]) for asked in server.requests] == [1, 1]
    assert server.requests[1]["prompt"].endswith(
        "###Human: What is <image>?\n###Assistant: I see red.\n###Human: Roses.\n\n###Assistant: "
    )
    assert result.spent.cost is None


@both_ways
def test_a_group_with_llava_is_replayed_without_a_worker(
    way: str, worker: Callable[..., Worker], serve: Serve, red_file: str, tmp_path: Path
) -> None:
    server = worker("I see red.", "A rose is red.")
    group, manager = group_with(seeing(server), serve, ["llava", "poet", "llava"])
    with record(tmp_path / "run.json", tools=True):
        before = chat(way, group.agents[0], manager, message="What is <img red.png>?")
    server.http.stop()
    group, manager = group_with(seeing(server), serve, [""] * 3)
    with replay(tmp_path / "run.json"):
        after = chat(way, group.agents[0], manager, message="What is <img red.png>?")
    assert after.chat_history == before.chat_history
    assert len(server.requests) == 2


@both_ways
def test_llava_answers_in_a_nested_chat(way: str, worker: Callable[..., Worker], red_file: str) -> None:
    server = worker("I see red.")
    asker, user = agent("asker"), agent("user")
    nested = {"recipient": seeing(server), "message": "What is <img red.png>?", "max_turns": 1}
    asker.register_nested_chats([nested], trigger=user)
    assert chat(way, user, asker, max_turns=1).summary == "I see red."


# --- configurations in other forms -----------------------------------------------------------------------------------


@both_ways
def test_a_single_entry_may_be_the_whole_configuration(way: str, worker: Callable[..., Worker]) -> None:
    server = worker("Red.")
    llava = LLaVAAgent("llava", llm_config=server.config_list[0], human_input_mode="NEVER")
    assert chat(way, agent("user"), llava, message="What is it?", max_turns=1).summary == "Red."
    assert llava_call("What is it?", server.config_list[0]) == "Red."


@pytest.mark.parametrize("llm_config", [{"config_list": [{"model": "gpt-4o", "api_key": "none"}]}, {"model": "gpt-4o"}])
def test_an_entry_without_an_address_is_told(llm_config: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="needs a base_url: the address of a worker.*'gpt-4o' has none"):
        llava_call("What is it?", llm_config)
