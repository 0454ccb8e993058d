"""Every feature over every provider, by the road that programs take: OpenAIWrapper → SDK → HTTP → a local server.

The table in the docs is made by a run of this file: ``python scripts/provider_table.py``.
"""

from __future__ import annotations

import asyncio
import base64
import importlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from kit import FEATURES, KEY, BreakOff, Call, Case, Fail, Hang, Say, WireServer, table
from pydantic import BaseModel

from autogen_classic import OpenAIWrapper
from autogen_classic.testing import CapturedIO

TABLE = Path(__file__).resolve().parents[3] / "website" / "providers-table.md"
CASE_FILES = sorted(Path(__file__).parent.glob("case_*.py"))
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0000003010100c9fe92ef"
    "0000000049454e44ae426082"
)
TOOLS = [
    {
        "type": "function",
        "function": {
            "name": name,
            "description": f"{name.title()} two numbers.",
            "parameters": {
                "type": "object",
                "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}},
                "required": ["a", "b"],
            },
        },
    }
    for name in ("add", "multiply")
]
ASK = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Say hello."}]


class City(BaseModel):
    name: str
    people: int


def cases() -> list[Any]:
    found: list[Any] = []
    for file in CASE_FILES:
        try:
            case = importlib.import_module(file.stem).CASE
        except ImportError as error:
            skip = pytest.mark.skip(reason=f"needs the package {error.name}")
            found.append(pytest.param(None, id=file.stem.partition("_")[2], marks=skip))
        else:
            found.append(pytest.param(case, id=case.name))
    return found


every_case = pytest.mark.parametrize("case", cases())


def known_cases() -> list[Case]:
    return [parameters.values[0] for parameters in cases() if parameters.values[0] is not None]


@pytest.mark.skipif(len(known_cases()) < len(CASE_FILES), reason="an SDK is missing")
def test_the_table_in_the_docs_is_the_one_of_these_cases() -> None:
    assert TABLE.read_text(encoding="utf-8") == table(known_cases()), "run: python scripts/provider_table.py"


@pytest.fixture
def start(request: pytest.FixtureRequest) -> Iterator[Any]:
    """Start the server of a case and make a wrapper that leads there."""
    opened: list[WireServer] = []

    def started(case: Case, *replies: Any, **settings: Any) -> tuple[OpenAIWrapper, WireServer]:
        server = case.server(*replies).__enter__()
        opened.append(server)
        return OpenAIWrapper(config_list=[{**case.entry(server), **settings}], cache_seed=None), server

    yield started
    for server in opened:
        server.__exit__(None, None, None)


def needs(case: Case, feature: str) -> None:
    assert feature in FEATURES
    if feature in case.has_none:
        pytest.skip(f"the API has none: {case.has_none[feature]}")


def text_of(wrapper: OpenAIWrapper, response: Any) -> Any:
    return wrapper.extract_text_or_completion_object(response)[0]


@every_case
def test_chat(case: Case, start: Any) -> None:
    wrapper, server = start(case, Say("Hello, Ada."))
    messages = [*ASK, {"role": "assistant", "content": "Who is there?"}, {"role": "user", "content": "Ada."}]
    assert text_of(wrapper, wrapper.create(messages=messages)) == "Hello, Ada."
    asyncio.run(wrapper.a_create(messages=messages))
    for seen in server.seen:
        assert "Be brief." in seen.system
        assert seen.said == [("user", "Say hello."), ("assistant", "Who is there?"), ("user", "Ada.")]
    assert len(server.seen) == 2


@every_case
def test_stream(case: Case, start: Any) -> None:
    needs(case, "stream")
    wrapper, server = start(case, Say("One two three."))
    with CapturedIO() as printed:
        response = wrapper.create(messages=ASK, stream=True)
    assert server.seen[0].stream
    assert "One two three." in printed.text
    assert text_of(wrapper, response) == "One two three."
    assert response.choices[0].finish_reason == "stop"


def answered(message: Any, *answers: str) -> list[dict[str, Any]]:
    """The history after calls have been answered, as agents store it."""
    calls = message.model_dump(exclude_none=True)
    tool_messages = [
        {"role": "tool", "tool_call_id": call["id"], "content": answer}
        for call, answer in zip(calls["tool_calls"], answers, strict=True)
    ]
    return [*ASK, {**calls, "content": calls.get("content") or None}, *tool_messages]


@every_case
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
def test_tools(case: Case, start: Any, stream: bool) -> None:
    needs(case, "tools")
    if stream:
        needs(case, "stream")
    wrapper, server = start(case, Call((("add", {"a": 1, "b": 2}),)), Say("Three."))
    message = text_of(wrapper, wrapper.create(messages=ASK, tools=TOOLS, stream=stream))
    assert [(call.function.name, json.loads(call.function.arguments)) for call in message.tool_calls] == [
        ("add", {"a": 1, "b": 2})
    ]
    response = wrapper.create(messages=answered(message, "3"), tools=TOOLS, stream=stream)
    assert text_of(wrapper, response) == "Three."
    first, second = server.seen
    assert first.tools == ["add", "multiply"]
    assert [(name, arguments) for _, name, arguments in second.calls] == [("add", {"a": 1, "b": 2})]
    assert second.answers == [(second.calls[0][0], "3")]


@every_case
def test_parallel_tools(case: Case, start: Any) -> None:
    needs(case, "parallel tools")
    calls = (("add", {"a": 1, "b": 2}), ("multiply", {"a": 3, "b": 4}))
    wrapper, server = start(case, Call(calls), Say("3 and 12."))
    message = text_of(wrapper, wrapper.create(messages=ASK, tools=TOOLS))
    assert [call.function.name for call in message.tool_calls] == ["add", "multiply"]
    assert len({call.id for call in message.tool_calls}) == 2
    wrapper.create(messages=answered(message, "3", "12"), tools=TOOLS)
    seen = server.seen[1]
    assert [(name, arguments) for _, name, arguments in seen.calls] == list(calls)
    assert seen.answers == [(seen.calls[0][0], "3"), (seen.calls[1][0], "12")]


@every_case
def test_images(case: Case, start: Any) -> None:
    needs(case, "images")
    wrapper, server = start(case, Say("A pixel."))
    url = "data:image/png;base64," + base64.b64encode(PIXEL).decode()
    content = [{"type": "text", "text": "What is it?"}, {"type": "image_url", "image_url": {"url": url}}]
    response = wrapper.create(messages=[{"role": "user", "content": content}])
    assert text_of(wrapper, response) == "A pixel."
    assert server.seen[0].images == [PIXEL]
    assert server.seen[0].said == [("user", "What is it?")]


@every_case
def test_structured_output(case: Case, start: Any) -> None:
    needs(case, "structured output")
    good = json.dumps({"name": "Ulm", "people": 128928})
    wrapper, server = start(case, Say(json.dumps({"name": "Ulm"})), Say(good))
    response = wrapper.create(messages=ASK, response_format=City)
    assert City.model_validate_json(text_of(wrapper, response)) == City(name="Ulm", people=128928)
    assert all(set(seen.schema["properties"]) == {"name", "people"} for seen in server.seen)
    assert len(server.seen) == 2, "one repair round"
    assert "people" in server.seen[1].said[-1][1], "the repair round says what was wrong"


@every_case
def test_usage(case: Case, start: Any) -> None:
    wrapper, _ = start(case, Say("Hi.", 120, 30))
    response = wrapper.create(messages=ASK)
    assert (response.usage.prompt_tokens, response.usage.completion_tokens) == (120, 30)
    (model,) = set(wrapper.actual_usage_summary) - {"total_cost"}
    assert wrapper.actual_usage_summary[model]["total_tokens"] == 150


@every_case
def test_usage_of_a_stream(case: Case, start: Any) -> None:
    needs(case, "stream")
    wrapper, _ = start(case, Say("Hi.", 120, 30))
    options = {"stream_options": {"include_usage": True}} if case.package == "openai" else {}
    response = wrapper.create(messages=ASK, stream=True, **options)
    assert (response.usage.prompt_tokens, response.usage.completion_tokens) == (120, 30)


@every_case
def test_cost(case: Case, start: Any) -> None:
    needs(case, "cost")
    wrapper, _ = start(case, Say("Hi.", 2000, 1000))
    expected = 2 * case.price[0] + case.price[1]
    assert wrapper.create(messages=ASK).cost == pytest.approx(expected)
    assert wrapper.actual_usage_summary["total_cost"] == pytest.approx(expected)


@every_case
def test_401_goes_on_to_the_next_configuration(case: Case, start: Any) -> None:
    wrapper, _ = start(case, Fail(401))
    with pytest.raises(Exception, match="Asked was model") as failure:
        wrapper.create(messages=ASK)
    assert KEY not in str(failure.value)
    with case.server(Fail(401)) as first, case.server(Say("From the second.")) as second:
        both = OpenAIWrapper(config_list=[case.entry(first), case.entry(second)], cache_seed=None)
        assert text_of(both, both.create(messages=ASK)) == "From the second."
        assert len(first.seen) == 1, "a refused key is not tried again"


@every_case
@pytest.mark.parametrize("status", [429, 500])
def test_429_and_500_are_tried_again(case: Case, start: Any, status: int) -> None:
    wrapper, server = start(case, Fail(status, retry_after=0.01), Say("Now."), max_retries=1)
    assert text_of(wrapper, wrapper.create(messages=ASK)) == "Now."
    assert len(server.seen) == 2


@every_case
@pytest.mark.parametrize("status", [429, 500])
def test_429_and_500_go_on_to_the_next_configuration(case: Case, status: int) -> None:
    with case.server(Fail(status)) as first, case.server(Say("From the second.")) as second:
        entries = [{**case.entry(first), "max_retries": 0}, case.entry(second)]
        wrapper = OpenAIWrapper(config_list=entries, cache_seed=None)
        assert text_of(wrapper, wrapper.create(messages=ASK)) == "From the second."
        assert len(first.seen) == 1


@every_case
def test_timeout(case: Case, start: Any) -> None:
    wrapper, _ = start(case, Hang(), timeout=0.3, max_retries=0)
    with pytest.raises(TimeoutError, match="did not answer in time"):
        wrapper.create(messages=ASK)


@every_case
def test_broken_stream(case: Case) -> None:
    needs(case, "broken stream")
    with case.server(BreakOff("Hel")) as first, case.server(Say("From the second.")) as second:
        entries = [{**case.entry(first), "max_retries": 0}, case.entry(second)]
        wrapper = OpenAIWrapper(config_list=entries, cache_seed=None)
        with CapturedIO() as printed:
            assert text_of(wrapper, wrapper.create(messages=ASK, stream=True)) == "From the second."
        assert "Hel" in printed.text


@every_case
def test_keys_stay_out_of_reprs_and_errors(case: Case, start: Any) -> None:
    wrapper, server = start(case, Fail(500, message=f"Internal error near {KEY}"), max_retries=0)
    with pytest.raises(Exception, match="Asked was model") as failure:
        wrapper.create(messages=ASK)
    assert len(server.seen) == 1
    shown = [str(failure.value), repr(failure.value), repr(wrapper), repr(wrapper._clients)]
    assert not any(KEY in text for text in shown)
