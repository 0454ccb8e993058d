"""Known defects of AutoGen 0.2.40 that this library repairs. Against 0.2.40 these tests fail."""

from __future__ import annotations

import json
import logging
import os
import pickle
import sqlite3
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from behaviour_helpers import MODEL, Calls, agent, asks_model, chat, function_call, group, texts, tool_call

from autogen_classic import Cache, ConversableAgent, OpenAIWrapper
from autogen_classic.code_utils import execute_code
from autogen_classic.coding import CodeBlock, LocalCommandLineCodeExecutor

item = pytest.mark.item
both_ways = pytest.mark.parametrize("way", ["sync", "async"])


# --- One engine for both kinds of chats --------------------------------------------------------------------------


@item("repaired: asynchronous chats ask the person again when the first answer is empty")
@both_ways
def test_the_person_is_asked_once(way: str, terminal: Any) -> None:
    terminal.answers = ["", "never asked for"]
    assert chat(agent("ann"), agent("bob", human_input_mode="ALWAYS"), way).summary == "ok"
    assert len(terminal.prompts) == 1


@item("repaired: asynchronous chats count auto replies twice")
@both_ways
def test_a_limit_of_two_allows_two_replies(way: str) -> None:
    ann, bob = agent("ann"), agent("bob", max_consecutive_auto_reply=2)
    result = chat(ann, bob, way, max_turns=None)
    assert [message["name"] for message in result.chat_history] == ["ann", "bob", "ann", "bob", "ann"]


def add_hook(way: str, owner: Any, name: str, hook: Any) -> None:
    if way == "sync":
        owner.register_hook(name, hook)
        return

    async def a_hook(content: Any) -> Any:
        return hook(content)

    owner.register_hook(f"a_{name}", a_hook)


@item("repaired: hooks run in another order in asynchronous chats")
@both_ways
def test_hooks_run_last_message_first_then_all(way: str) -> None:
    order: list[str] = []
    bob = agent("bob")
    add_hook(way, bob, "process_last_received_message", lambda content: order.append("last") or content)
    add_hook(way, bob, "process_all_messages_before_reply", lambda messages: order.append("all") or messages)
    chat(agent("ann"), bob, way)
    assert order == ["last", "all"]


@item("repaired: the asynchronous path logs nothing")
def test_both_ways_tell_the_same_events() -> None:
    from autogen_classic._core.events import listening

    told: dict[str, list[str]] = {"sync": [], "async": []}
    for way, names in told.items():
        ann, bob = agent("ann"), agent("bob", function_map={"add": lambda a: a})
        with listening(lambda event, names=names: names.append(type(event).__name__)):  # type: ignore[misc]
            chat(ann, bob, way, message=tool_call())
            chat(ann, group(ann, bob), way)
    assert told["sync"] == told["async"]
    assert {"MessageSent", "MessageReceived", "ToolCalled", "SpeakerSelected"} <= set(told["async"])


# --- History -----------------------------------------------------------------------------------------------------


@item("repaired: context is popped from stored messages")
@both_ways
def test_the_context_stays_in_the_stored_message(way: str, model: Any) -> None:
    ann, bob = agent("ann"), asks_model("bob")
    chat(ann, bob, way, message={"content": "hi", "context": {"topic": "tea"}})
    assert bob.chat_messages[ann][0]["context"] == {"topic": "tea"}
    assert "context" not in model.requests[0]["messages"][-1]


@item("repaired: a processed last message is written into the recipient's store, and the original is lost")
@both_ways
def test_the_stored_message_keeps_its_words(way: str, model: Any) -> None:
    ann, bob = agent("ann"), asks_model("bob")
    add_hook(way, bob, "process_last_received_message", lambda content: f"{content}!")
    chat(ann, bob, way)
    assert texts(bob.chat_messages[ann]) == ["hi", "fine"]
    assert model.requests[0]["messages"][-1]["content"] == "hi!"


@item("repaired: later requests resend the processed text, as before")
@both_ways
def test_later_requests_repeat_the_processed_text(way: str, model: Any) -> None:
    ann, bob = agent("ann"), asks_model("bob")
    add_hook(way, bob, "process_last_received_message", lambda content: f"{content}!")
    chat(ann, bob, way)
    chat(ann, bob, way, message="again", clear_history=False)
    assert texts(model.requests[1]["messages"][1:]) == ["hi!", "fine", "again!"]


@item("repaired: ChatResult.chat_history is the live list, so a second chat rewrites the first result")
@both_ways
def test_a_result_keeps_its_messages(way: str) -> None:
    ann, bob = agent("ann"), agent("bob")
    first = chat(ann, bob, way, message="one")
    chat(ann, bob, way, message="two", clear_history=False)
    chat(ann, bob, way, message="three")
    assert texts(first.chat_history) == ["one", "ok"]


@item("repaired: a long conversation without max_turns dies by RecursionError at its 494th message")
@both_ways
def test_a_long_conversation_comes_to_its_end(way: str) -> None:
    limits = {"max_consecutive_auto_reply": 600}
    result = chat(agent("ann", **limits), agent("bob", **limits), way, max_turns=None)
    assert len(result.chat_history) == 1201


# --- Selections --------------------------------------------------------------------------------------------------


class OwnModel:
    """A model client of the user, which always names bob."""

    def __init__(self, config: dict[str, Any], asked: list[Any]) -> None:
        self.asked = asked

    def create(self, params: dict[str, Any]) -> Any:
        from types import SimpleNamespace as Record

        self.asked.append(params)
        message = Record(content="bob", function_call=None, tool_calls=None)
        return Record(choices=[Record(message=message)], model="own")

    def message_retrieval(self, response: Any) -> list[str]:
        return [choice.message.content for choice in response.choices]

    def cost(self, response: Any) -> float:
        return 0.25

    @staticmethod
    def get_usage(response: Any) -> dict[str, Any]:
        return {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2, "cost": 0.25, "model": "own"}


def auto_group(**settings: Any) -> tuple[Any, Any]:
    ann, bob, carl = agent("ann"), agent("bob"), agent("carl")
    settings = {"manager": {"llm_config": MODEL}, "speaker_selection_method": "auto", **settings}
    return ann, group(ann, bob, carl, **settings)


@item('repaired: every "auto" selection builds two agents and a new HTTP client')
@both_ways
def test_selections_build_nothing_after_the_first(way: str, model: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    model.replies = ["bob"]
    ann, manager = auto_group(max_round=2)
    chat(ann, manager, way)
    built = Calls()
    for kind in (ConversableAgent, OpenAIWrapper):
        monkeypatch.setattr(kind, "__init__", built.around(kind.__init__))
    chat(ann, manager, way)
    assert len(model.requests) == 2
    assert built == []


@item('repaired: an "auto" selection loses the manager\'s custom model client')
@both_ways
def test_a_selection_asks_the_custom_client_of_the_manager(way: str) -> None:
    config = {"config_list": [{"model": "own", "model_client_cls": "OwnModel"}], "cache_seed": None}
    ann, manager = auto_group(manager={"llm_config": config}, max_round=2)
    asked: list[Any] = []
    manager.register_model_client(OwnModel, asked=asked)
    chat(ann, manager, way)
    assert len(asked) == 1
    assert manager.groupchat.messages[-1]["name"] == "bob"


@item('repaired: an "auto" selection loses the cache')
@both_ways
def test_a_selection_uses_the_cache_of_the_chat(way: str, model: Any, tmp_path: Path) -> None:
    model.replies = ["bob"]
    with Cache.disk(1, str(tmp_path)) as cache:
        for _ in range(2):
            ann, manager = auto_group(max_round=2)
            chat(ann, manager, way, cache=cache)
    assert len(model.requests) == 1


@item('repaired: an "auto" selection loses the cost')
@both_ways
def test_a_selection_is_paid_for_by_the_manager(way: str, model: Any) -> None:
    model.replies = ["bob"]
    ann, manager = auto_group(max_round=2)
    result = chat(ann, manager, way)
    assert result.cost["usage_excluding_cached_inference"]["total_cost"] == pytest.approx(0.09)


# --- Configurations ----------------------------------------------------------------------------------------------


@item("repaired: deep copies of llm_config break live clients in it")
def test_live_things_in_an_llm_config_stay_alive(model: Any) -> None:
    alive = threading.Lock()  # cannot be copied, as a live HTTP client cannot
    config = {**MODEL, "config_list": [{"model": "gpt-4", "api_key": "sk-test", "my_client": alive}]}
    bob = asks_model("bob", llm_config=config)
    ann, manager = auto_group(manager={"llm_config": config}, max_round=2)
    model.replies = ["bob"]
    chat(ann, manager)
    assert bob.llm_config["config_list"][0]["my_client"] is alive


@item("repaired: (AG2) registering a tool on one agent leaks it into every agent that shares the llm_config")
@pytest.mark.parametrize("style", ["tool", "function"])
def test_a_registered_tool_stays_with_its_agent(style: Any) -> None:
    shared = {**MODEL}
    ann, bob = asks_model("ann", llm_config=shared), asks_model("bob", llm_config=shared)

    def add(a: int) -> int:
        return a + 1

    ann.register_for_llm(name="add", description="adds", api_style=style)(add)
    key = f"{style}s"
    assert len(ann.llm_config[key]) == 1
    assert not bob.llm_config.get(key)
    assert key not in shared


# --- Clearing ----------------------------------------------------------------------------------------------------

FUNCTION_MESSAGES = [
    {"role": "user", "content": "start"},
    {"role": "assistant", **function_call()},
    {"role": "function", "name": "add", "content": "2"},
]


@item("repaired: clearing history separates legacy function messages from their answers")
def test_an_answer_of_a_function_keeps_its_call() -> None:
    ann, bob = agent("ann"), agent("bob")
    ann.chat_messages[bob] = list(FUNCTION_MESSAGES)
    ann.clear_history(nr_messages_to_preserve=1)
    assert ann.chat_messages[bob] == FUNCTION_MESSAGES[1:]


@item("repaired: clearing separates GroupChat.messages from their answers")
@pytest.mark.parametrize("style", ["tool", "function"])
def test_an_answer_in_a_group_keeps_its_call(style: str) -> None:
    manager = group(agent("ann"), agent("bob"), enable_clear_history=True)
    answer = {"role": "tool", "content": "2", "tool_responses": [{"role": "tool", "content": "2"}]}
    tool_messages = [FUNCTION_MESSAGES[0], {"role": "assistant", **tool_call()}, answer]
    messages = tool_messages if style == "tool" else FUNCTION_MESSAGES
    manager.groupchat.messages = list(messages)
    manager.clear_agents_history({"content": "CLEAR HISTORY 1"}, manager.groupchat)
    assert manager.groupchat.messages == messages[1:]


@item("repaired: clearing ignores the number of messages to keep when an agent is given")
def test_the_number_to_keep_counts_for_one_partner() -> None:
    ann, bob, carl = agent("ann"), agent("bob"), agent("carl")
    for partner in (bob, carl):
        ann.chat_messages[partner] = [{"role": "user", "content": str(number)} for number in range(3)]
    ann.clear_history(bob, nr_messages_to_preserve=2)
    assert texts(ann.chat_messages[bob]) == ["1", "2"]
    assert texts(ann.chat_messages[carl]) == ["0", "1", "2"]


# --- Costs and caches --------------------------------------------------------------------------------------------


@item("repaired: cost is 0 for unknown models")
def test_an_unknown_cost_is_said_to_be_unknown(model: Any, caplog: pytest.LogCaptureFixture) -> None:
    from autogen_classic._core.events import ModelAnswered, listening

    costs: list[Any] = []
    model.model = "a-model-nobody-sells"
    with (
        caplog.at_level(logging.WARNING, logger="autogen.oai.client"),
        listening(lambda event: costs.append(event.cost) if isinstance(event, ModelAnswered) else None),
    ):
        chat(agent("ann"), asks_model("bob"))
        model.model = "gpt-4"
        chat(agent("ann"), asks_model("bob"))
    assert costs == [None, pytest.approx(0.09)]
    assert "The price of model a-model-nobody-sells is not known" in caplog.text


@item("repaired: cached completions are pickles")
def test_a_cached_completion_is_json(model: Any, tmp_path: Path) -> None:
    with Cache.disk(1, str(tmp_path)) as cache:
        chat(agent("ann"), asks_model("bob"), cache=cache)
        assert chat(agent("ann"), asks_model("bob"), cache=cache).summary == "fine"
    assert len(model.requests) == 1
    (database,) = tmp_path.rglob("cache.db")
    with sqlite3.connect(database) as connection:
        entries = connection.execute("select value from Cache").fetchall()
    connection.close()
    assert [json.loads(value)["type"] for (value,) in entries] == ["ChatCompletion"]


@item("repaired: a pickle in a cache is never loaded")
def test_a_pickle_in_a_cache_is_not_loaded(model: Any, tmp_path: Path) -> None:
    trace = tmp_path / "loaded"

    class Touch:
        """Whoever loads its pickle leaves a file behind."""

        def __reduce__(self) -> tuple[Any, ...]:
            return Path.touch, (trace,)

    with Cache.disk(1, str(tmp_path)) as cache:
        chat(agent("ann"), asks_model("bob"), cache=cache)
    (database,) = tmp_path.rglob("cache.db")
    with sqlite3.connect(database) as connection:
        connection.execute("update Cache set mode = 4, value = ?", (pickle.dumps(Touch()),))
    connection.close()
    with Cache.disk(1, str(tmp_path)) as cache:
        assert chat(agent("ann"), asks_model("bob"), cache=cache).summary == "fine"
    assert len(model.requests) == 2
    assert not trace.exists()


# --- Code --------------------------------------------------------------------------------------------------------


@item("repaired: text files of executed code are read in the platform's encoding")
@pytest.mark.parametrize("path", ["executor", "older way"])
def test_code_and_its_files_are_utf_8(path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    monkeypatch.setenv("PYTHONCOERCECLOCALE", "0")
    code = "open('t.txt', 'w').write('日本'); print(open('t.txt').read(), 'é')"
    if path == "executor":
        executor = LocalCommandLineCodeExecutor(work_dir=tmp_path)
        output = executor.execute_code_blocks([CodeBlock(language="python", code=code)]).output
    else:
        output = execute_code(code, work_dir=str(tmp_path), use_docker=False)[1]
    assert output.strip() == "日本 é"
    assert (tmp_path / "t.txt").read_text(encoding="utf-8") == "日本"


@item("repaired: a timed-out code block leaves its children running")
@pytest.mark.skipif(sys.platform == "win32", reason="asks for processes in the way of POSIX")
@pytest.mark.parametrize("path", ["executor", "older way"])
def test_a_time_limit_ends_the_children_too(path: str, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    code = f"exec 3>{pipe}; sleep 30 & sleep 30"  # whoever lives on keeps the pipe open
    if path == "executor":
        executor = LocalCommandLineCodeExecutor(timeout=1, work_dir=tmp_path)
        assert executor.execute_code_blocks([CodeBlock(language="sh", code=code)]).exit_code == 124
    else:
        assert execute_code(code, lang="sh", timeout=1, work_dir=str(tmp_path), use_docker=False)[0] == 1
    os.set_blocking(reader, True)
    with os.fdopen(reader, "rb") as end:
        closed = threading.Thread(target=end.read, daemon=True)
        closed.start()
        closed.join(timeout=15)
        assert not closed.is_alive(), "a child of the code that ran out of time is alive"


# --- The list of deviations --------------------------------------------------------------------------------------


@item("repaired: the library says so in its list of deviations")
def test_every_repaired_defect_is_listed() -> None:
    root = Path(__file__).resolve().parents[2]
    page = (root / "test" / "compat" / "deviations.json").read_text(encoding="utf-8").lower()
    subjects = ("hooks", "context", "chat_history", "recursionerror", "deep cop", "cleared", "unknown model", "pickle")
    assert [subject for subject in subjects if subject not in page] == []
