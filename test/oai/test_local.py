"""The local model, for real. What it says is not judged: a model of this size errs. What the library makes of it is."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from autogen_classic import AssistantAgent, OpenAIWrapper, events
from autogen_classic.oai._local.engine import LocalModelError, engine_for, find_weights

pytestmark = pytest.mark.skipif(
    find_weights() is None or importlib.util.find_spec("xllamacpp") is None,
    reason="the local model is not installed: autogen-classic local install",
)

HELLO = [{"role": "user", "content": "Say hello."}]
SUM = [{"role": "user", "content": "What is 128 plus 356?"}]
LONG = [{"role": "user", "content": "Write a very long story."}]


def tool(name: str, description: str, **properties: Any) -> dict[str, Any]:
    parameters = {"type": "object", "properties": properties, "required": list(properties)}
    return {"type": "function", "function": {"name": name, "description": description, "parameters": parameters}}


ADD = tool("add", "Add two whole numbers.", a={"type": "integer"}, b={"type": "integer"})


def local(**settings: Any) -> OpenAIWrapper:
    return OpenAIWrapper(config_list=[{"model": "local", "cache_seed": None, **settings}])


def ask(messages: list[dict[str, Any]], **settings: Any) -> Any:
    return local().create(messages=messages, **settings)


@pytest.fixture(scope="module")
def hello() -> Any:
    return ask(HELLO, max_tokens=8)


@pytest.fixture(scope="module")
def call() -> Any:
    return ask(SUM, tools=[ADD])


def test_a_chat_needs_no_key(hello):
    assert hello.choices[0].message.content.strip()


def test_tokens_are_counted_and_cost_nothing(hello):
    usage = hello.usage
    assert (usage.completion_tokens, usage.prompt_tokens > 8, hello.cost) == (8, True, 0)


def test_a_cost_of_nothing_counts_as_known():
    seen: list[Any] = []
    with events.listening(seen.append):
        ask(HELLO, max_tokens=1)
    assert [event.cost for event in seen if isinstance(event, events.ModelAnswered)] == [0.0]


def test_an_answer_that_is_cut_off_says_so(hello):
    assert hello.choices[0].finish_reason == "length"


def test_the_same_request_gets_the_same_answer(hello):
    assert ask(HELLO, max_tokens=8).choices[0].message.content == hello.choices[0].message.content


def test_the_answer_does_not_depend_on_what_was_asked_before(hello):
    ask(SUM, max_tokens=2)
    assert ask(HELLO, max_tokens=8).choices[0].message.content == hello.choices[0].message.content


def test_another_seed_may_get_another_answer():
    answers = {
        ask(LONG, max_tokens=6, seed=seed, temperature=2.0, top_p=1).choices[0].message.content for seed in range(4)
    }
    assert len(answers) > 1


def test_a_stop_sequence_ends_the_answer(hello):
    first = hello.choices[0].message.content.split()[0]
    answer = ask(HELLO, max_tokens=8, stop=first)
    assert (answer.choices[0].message.content, answer.choices[0].finish_reason) == ("", "stop")


def test_a_stream_prints_what_it_returns(hello, capsys):
    answer = ask(HELLO, max_tokens=8, stream=True)
    assert answer.choices[0].message.content == hello.choices[0].message.content
    assert answer.choices[0].message.content in capsys.readouterr().out


def test_an_answer_is_cached_like_any_other():
    wrapper = OpenAIWrapper(config_list=[{"model": "local"}])
    first = wrapper.create(messages=HELLO, max_tokens=2)
    second = wrapper.create(messages=HELLO, max_tokens=2)
    assert second.id == first.id
    assert wrapper.actual_usage_summary["SmolLM2-135M-Instruct.Q4_1"]["completion_tokens"] == 2


def test_a_tool_is_called_with_arguments_of_its_schema(call):
    (made,) = call.choices[0].message.tool_calls
    assert made.function.name == "add"
    assert {type(value) for value in json.loads(made.function.arguments).values()} == {int}
    assert call.choices[0].finish_reason == "tool_calls"


def test_a_call_is_not_printed_as_text(capsys):
    ask(SUM, tools=[ADD], tool_choice="required", stream=True)
    assert "{" not in capsys.readouterr().out


def test_after_the_tool_has_answered_comes_an_answer_in_words(call):
    message = call.choices[0].message
    result = {"role": "tool", "tool_call_id": message.tool_calls[0].id, "content": "484"}
    answer = ask([*SUM, message.model_dump(), result], tools=[ADD], max_tokens=12).choices[0].message
    assert answer.content
    assert answer.tool_calls is None


def test_several_calls_at_once_come_when_they_are_asked_for():
    answer = ask(SUM, tools=[ADD], tool_choice="required", parallel_tool_calls=True)
    calls = answer.choices[0].message.tool_calls
    assert {one.function.name for one in calls} == {"add"}
    assert len({one.id for one in calls}) == len(calls) <= 4


def test_a_named_tool_is_called():
    other = tool("get_time", "Tell the time.")
    choice = {"type": "function", "function": {"name": "get_time"}}
    (made,) = ask(SUM, tools=[ADD, other], tool_choice=choice).choices[0].message.tool_calls
    assert (made.function.name, made.function.arguments) == ("get_time", "{}")


class City(BaseModel):
    name: str
    country: str


def test_a_structured_answer_fits_its_schema():
    answer = ask([{"role": "user", "content": "Tell me about Paris."}], response_format=City)
    assert City.model_validate_json(answer.choices[0].message.content).name


def test_a_conversation_that_is_too_long_is_refused_with_advice():
    with pytest.raises(LocalModelError, match=r"tokens, and the local model takes 8,192\.") as caught:
        ask([{"role": "user", "content": "hello " * 9000}])
    assert "Send less" in str(caught.value)


def test_a_timeout_ends_the_answer():
    with pytest.raises(TimeoutError, match="did not answer in time"):
        local(timeout=0.3).create(messages=LONG, max_tokens=4000)


def test_the_next_configuration_is_tried_when_the_model_cannot_answer(serve):
    server = serve("from the other one")
    other = {"model": "gpt-4o", "base_url": server.base_url, "api_key": "sk-test", "cache_seed": None}
    wrapper = OpenAIWrapper(config_list=[{"model": "/missing.gguf", "cache_seed": None}, other])
    assert wrapper.create(messages=HELLO).choices[0].message.content == "from the other one"


def test_a_file_that_is_no_whole_model_is_refused(tmp_path):
    weights = find_weights()
    assert weights is not None
    with weights.open("rb") as file:
        (tmp_path / "cut.gguf").write_bytes(file.read(200_000))
    with pytest.raises(LocalModelError, match=r"cut\.gguf \(200,000 bytes\) cannot be loaded"):
        OpenAIWrapper(config_list=[{"model": str(tmp_path / "cut.gguf"), "cache_seed": None}]).create(messages=HELLO)


def test_a_model_file_can_be_named_by_its_path(hello):
    wrapper = OpenAIWrapper(config_list=[{"model": str(find_weights()), "cache_seed": None}])
    answer = wrapper.create(messages=HELLO, max_tokens=8)
    assert answer.choices[0].message.content == hello.choices[0].message.content


def test_a_schema_that_cannot_be_enforced_is_said_to_be_one():
    odd = tool("odd", "Do something.", a={"type": "nope"})
    with pytest.raises(LocalModelError, match="schema cannot be enforced"):
        ask(HELLO, tools=[odd], tool_choice="required", max_tokens=100)


def test_all_agents_share_one_engine(hello):
    assert engine_for("local") is engine_for("local") is engine_for(str(find_weights()))


def test_threads_get_the_answers_they_would_get_alone(hello):
    said: list[str] = []
    threads = [
        threading.Thread(target=lambda: said.append(ask(HELLO, max_tokens=8).choices[0].message.content))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said == [hello.choices[0].message.content] * 3


def test_an_asynchronous_chat_does_not_block_the_event_loop(hello):
    async def chat() -> int:
        ticks = 0
        task = asyncio.ensure_future(local().a_create(messages=HELLO, max_tokens=8))
        while not task.done():
            ticks += 1
            await asyncio.sleep(0.005)
        assert task.result().choices[0].message.content == hello.choices[0].message.content
        return ticks

    assert asyncio.run(chat()) > 3


def test_a_cancelled_request_ends(hello):
    async def cancel() -> None:
        task = asyncio.ensure_future(local().a_create(messages=LONG, max_tokens=4000))
        await asyncio.sleep(0.2)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    started = time.monotonic()
    asyncio.run(cancel())
    ask(HELLO, max_tokens=1)  # has to wait for its turn
    assert time.monotonic() - started < 20


def test_an_agent_speaks(hello):
    agent = AssistantAgent("a", "Be brief.", llm_config={"config_list": [{"model": "local", "max_tokens": 4}]})
    assert agent.generate_reply(messages=HELLO)


BEGINNING = """
import threading, time
from autogen_classic import OpenAIWrapper

wrapper = OpenAIWrapper(config_list=[{"model": "local", "cache_seed": None}])

def ask(tokens):
    wrapper.create(messages=[{"role": "user", "content": "Write a very long story."}], max_tokens=tokens)

ask(1)
"""


def run_program(rest: str) -> subprocess.CompletedProcess[str]:
    root = Path(__file__).parents[2]
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", BEGINNING + rest]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    return subprocess.run(command, capture_output=True, text=True, timeout=100, env=environment)


def test_the_process_ends_cleanly_while_an_answer_is_being_written():
    done = run_program("threading.Thread(target=ask, args=[4000], daemon=True).start()\ntime.sleep(0.3)\n")
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C cannot be sent to one process alone")
def test_ctrl_c_ends_an_answer_and_the_next_request_is_answered():
    rest = (
        "import os, signal\n"
        "for seconds in (0.2, 0.5, 0.8):\n"
        "    threading.Timer(seconds, os.kill, [os.getpid(), signal.SIGINT]).start()\n"
        "    try:\n"
        "        ask(4000)\n"
        "    except KeyboardInterrupt:\n"
        "        ask(1)\n"
        "        print('interrupted')\n"
    )
    done = run_program(rest)
    assert (done.stdout.split(), done.stderr) == (["interrupted"] * 3, "")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_a_forked_process_loads_a_model_of_its_own():
    rest = (
        "import multiprocessing\n"
        "child = multiprocessing.get_context('fork').Process(target=ask, args=[1])\n"
        "child.start()\nchild.join(60)\nassert child.exitcode == 0, child.exitcode\n"
    )
    done = run_program(rest)
    assert (done.returncode, done.stderr) == (0, "")
