"""What surrounds the local model: errors without it, tools in words, and conversations for its template."""

from __future__ import annotations

import importlib.util
import json
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from autogen_classic import OpenAIWrapper
from autogen_classic.oai import local as room
from autogen_classic.oai._local import engine as engine_room
from autogen_classic.oai._local.engine import (
    Engine,
    LocalModelError,
    LocalModelMissingError,
    LocalModelTimeoutError,
    Patience,
)
from autogen_classic.oai._local.tools import answer_so_far, bounded, calls_in, explain, offer_of, repeats
from autogen_classic.oai._messages.translation import ToolCall, turns_of
from autogen_classic.oai.providers import runs_here

HELLO = [{"role": "user", "content": "Say hello."}]
CALL = {"id": "call_1", "type": "function", "function": {"name": "add", "arguments": '{"a": 1}'}}
ADD = {"type": "function", "function": {"name": "add", "description": "Add.", "parameters": {"type": "object"}}}


def error_of(model: str = "local", **settings: Any) -> Exception:
    wrapper = OpenAIWrapper(config_list=[{"model": model, "cache_seed": None, **settings}])
    with pytest.raises(LocalModelError) as caught:
        wrapper.create(messages=HELLO)
    return caught.value


def chat(*messages: dict[str, Any]) -> list[dict[str, str]]:
    return room._chat(turns_of(messages), None)


@pytest.mark.parametrize("entry", [{"model": "local"}, {"model": "/models/qwen.GGUF"}, {"api_type": "local"}])
def test_a_configuration_names_the_local_model(entry):
    assert runs_here(entry)


@pytest.mark.parametrize(
    "entry",
    [
        {"model": "local", "base_url": "http://localhost:8080/v1"},
        {"model": "qwen.gguf", "base_url": "http://localhost:1234/v1"},
        {"model": "local", "api_type": "ollama"},
        {"model": "gpt-4o"},
        {},
    ],
)
def test_an_address_or_a_type_goes_before_the_name(entry):
    assert not runs_here(entry)


def test_missing_weights_name_the_command_that_installs_them(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    error = error_of()
    assert isinstance(error, LocalModelMissingError)
    assert "autogen-classic local install" in str(error)


def test_a_missing_package_names_the_command_that_installs_it(monkeypatch, tmp_path):
    (tmp_path / "model.gguf").write_bytes(b"GGUF")
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    error = error_of(str(tmp_path / "model.gguf"))
    assert isinstance(error, ImportError)
    assert "xllamacpp, which is not installed" in str(error)
    assert "autogen-classic local install" in str(error)


@pytest.mark.parametrize(("own", "used"), [(None, 1), (3, 3)])
def test_one_thread_answers_where_the_program_has_loaded_the_library_itself(own, used, monkeypatch, tmp_path):
    class Params(SimpleNamespace):
        def __init__(self) -> None:
            super().__init__(model=SimpleNamespace(), cpuparams=SimpleNamespace())

    monkeypatch.delenv("OMP_WAIT_POLICY", raising=False)
    monkeypatch.setitem(
        sys.modules, "xllamacpp", SimpleNamespace(CommonParams=Params, Server=lambda settings: settings)
    )
    engine = Engine(tmp_path / "model.gguf", 512, own)
    assert engine._server.cpuparams.n_threads == used
    engine.queue.shutdown()


def test_a_missing_file_is_named(tmp_path):
    assert f"There is no model file {tmp_path / 'none.gguf'}" in str(error_of(str(tmp_path / "none.gguf")))


def test_a_file_of_another_kind_is_refused(tmp_path):
    (tmp_path / "model.gguf").write_bytes(b"PK..")
    assert "is not a GGUF file" in str(error_of(str(tmp_path / "model.gguf")))


def test_the_error_says_that_it_happened_on_this_machine(tmp_path):
    assert "at this machine" in str(error_of(str(tmp_path / "none.gguf")))


def test_images_are_refused_before_anything_is_loaded():
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
    with pytest.raises(LocalModelError, match="cannot see images"):
        room._refuse_images(turns_of([{"role": "user", "content": [picture]}]))


def test_a_timeout_is_a_number():
    client = room.LocalClient(model="local", timeout="soon")
    with pytest.raises(TypeError, match="timeout must be a number of seconds"):
        client.create({"messages": HELLO})


def test_patience_ends():
    with pytest.raises(LocalModelTimeoutError, match="within -1 seconds"):
        Patience(-1).check()


def test_whoever_gave_up_waits_no_longer():
    patience = Patience(None)
    patience.give_up()
    with pytest.raises(LocalModelError, match="cancelled"):
        patience.check()


# --- the conversation as the model's template gets it ---


def test_the_first_system_messages_become_one():
    one, two = {"role": "system", "content": "a"}, {"role": "system", "content": "b"}
    assert chat(one, two, *HELLO)[0] == {"role": "system", "content": "a\n\nb"}


def test_a_later_system_message_is_said_by_the_user():
    roles = [message["role"] for message in chat(*HELLO, {"role": "system", "content": "Summarize."})]
    assert roles == ["user"]


def test_the_user_speaks_last():
    assert chat(*HELLO, {"role": "assistant", "content": "Hi."})[-1] == {"role": "user", "content": "Please continue."}


def test_calls_and_results_are_told_in_words():
    asked = {"role": "assistant", "content": None, "tool_calls": [CALL]}
    told = chat(*HELLO, asked, {"role": "tool", "tool_call_id": "call_1", "content": "3"})
    assert told[1] == {"role": "assistant", "content": 'I call the tool add with {"a": 1}.'}
    assert told[2] == {"role": "user", "content": "The tool add answered: 3\nUse this to answer."}


def test_several_speakers_are_named():
    one, two = {"role": "user", "name": "Ann", "content": "Hi."}, {"role": "user", "name": "Bob", "content": "Ho."}
    assert chat(one, two)[0]["content"] == "Ann: Hi.\nBob: Ho."


def test_a_single_speaker_is_not_named():
    assert chat({"role": "user", "name": "Ann", "content": "Hi."})[0]["content"] == "Hi."


# --- tools ---


@pytest.mark.parametrize(("choice", "must"), [(None, False), ("auto", False), ("required", True)])
def test_a_choice_says_whether_a_tool_must_be_called(choice, must):
    offer = offer_of({"tools": [ADD], "tool_choice": choice})
    assert offer is not None
    assert offer.must_call is must


@pytest.mark.parametrize("params", [{}, {"tools": []}, {"tools": [ADD], "tool_choice": "none"}])
def test_without_tools_there_is_no_offer(params):
    assert offer_of(params) is None


def test_old_functions_are_offered_as_well():
    offer = offer_of({"functions": [{"name": "old", "parameters": {}}], "function_call": {"name": "old"}})
    assert offer is not None
    assert ([tool.name for tool in offer.tools], offer.must_call) == (["old"], True)


def test_tools_are_explained_with_types_choices_and_descriptions():
    properties = {
        "unit": {"enum": ["C", "F"]},
        "city": {"type": "string", "description": "its name"},
        "day": {"type": ["integer", "null"]},
        "free": True,
    }
    function = {"name": "warm", "description": "Tell.", "parameters": {"type": "object", "properties": properties}}
    offer = offer_of({"tools": [{"type": "function", "function": function}]})
    assert offer is not None
    line = '- warm(unit: "C" or "F", city: string, day: integer or null, free: any): Tell. (city: its name)'
    assert line in explain(offer)


def test_definitions_of_two_tools_do_not_meet():
    def with_definition(name: str, kind: str) -> dict[str, Any]:
        parameters = {
            "type": "object",
            "properties": {"x": {"$ref": "#/$defs/X"}},
            "$defs": {"X": {"enum": [kind]}},
        }
        return {"type": "function", "function": {"name": name, "parameters": parameters}}

    offer = offer_of({"tools": [with_definition("a", "one"), with_definition("b", "two")]})
    assert offer is not None
    schema = offer.schema({"type": "string"})
    assert schema["$defs"] == {"tool0-X": {"enum": ["one"]}, "tool1-X": {"enum": ["two"]}}
    assert schema["anyOf"][1]["properties"]["arguments"]["properties"]["x"] == {"$ref": "#/$defs/tool1-X"}


@pytest.mark.parametrize(
    ("schema", "limits"),
    [
        ({"type": "string"}, {"maxLength": 600}),
        ({"type": "string", "minLength": 700}, {"maxLength": 700}),
        ({"type": "string", "enum": ["a"]}, {}),
        ({"type": "array", "items": {"type": "null"}}, {"maxItems": 10}),
        ({"type": "integer", "minimum": 5}, {"maximum": 10**12}),
        ({"type": "object", "properties": {}}, {"additionalProperties": False}),
        ({"type": "object", "properties": {}, "additionalProperties": True}, {}),
        ({"type": "object"}, {}),
    ],
)
def test_what_has_no_end_gets_one(schema, limits):
    assert bounded(schema) == {**schema, **limits}


@pytest.mark.parametrize(
    ("written", "answer"),
    [
        ('{"answer": "Hi', "Hi"),
        ('{"answer": "a \\"b\\" c\\n', 'a "b" c\n'),
        ('{"answer": "a\\', "a"),
        ('{"answer": "\\u00e', ""),
        ('{"answer": "done"}', "done"),
        ('{"ans', None),
        ('{"tool": "add", "arg', None),
    ],
)
def test_an_answer_is_read_while_it_is_written(written, answer):
    assert answer_so_far(written) == answer


def test_calls_have_ids_of_their_own():
    calls = calls_in([{"tool": "add", "arguments": {}}, {"tool": "add", "arguments": {}}], "f" * 64)
    assert [call.id for call in calls] == ["call_ffffffffffffffffffff_0", "call_ffffffffffffffffffff_1"]


def test_a_call_that_has_been_answered_is_a_repetition():
    asked = {"role": "assistant", "content": None, "tool_calls": [CALL]}
    turns = turns_of([*HELLO, asked, {"role": "tool", "tool_call_id": "call_1", "content": "3"}])
    assert repeats([ToolCall("x", "add", {"a": 1})], turns)
    assert not repeats([ToolCall("x", "add", {"a": 2})], turns)
    assert not repeats([ToolCall("x", "add", {"a": 1})], [*turns, *turns_of(HELLO)])


class FakeEngine:
    """Stands in for a model file that is larger than the installed one, and says what it is told to say."""

    def __init__(self, *said: str) -> None:
        self.said = list(said)
        self.bodies: list[dict[str, Any]] = []
        self.path = engine_room.Path("big.gguf")

    def grammar(self, schema: dict[str, Any]) -> str:
        return json.dumps(schema)

    def generate(self, body: dict[str, Any], show: Any, patience: Patience) -> engine_room.Generated:
        self.bodies.append(body)
        return engine_room.Generated(self.said.pop(0), "stop", 10, 5)


def ask_fake(monkeypatch: pytest.MonkeyPatch, engine: FakeEngine, messages: Any, **params: Any) -> Any:
    monkeypatch.setattr(room, "engine_for", lambda *_: engine)
    return room.LocalClient(model="big.gguf").create({"messages": messages, "model": "big.gguf", **params})


def test_a_larger_model_may_call_tools_one_after_the_other(monkeypatch):
    asked = {"role": "assistant", "content": None, "tool_calls": [CALL]}
    history = [*HELLO, asked, {"role": "tool", "tool_call_id": "call_1", "content": "3"}]
    engine = FakeEngine('{"tool": "add", "arguments": {"a": 2}}')
    assert ask_fake(monkeypatch, engine, history, tools=[ADD]).choices[0].message.tool_calls


def test_a_repeated_call_becomes_an_answer_in_words(monkeypatch):
    asked = {"role": "assistant", "content": None, "tool_calls": [CALL]}
    history = [*HELLO, asked, {"role": "tool", "tool_call_id": "call_1", "content": "3"}]
    engine = FakeEngine('{"tool": "add", "arguments": {"a": 1}}', "It is 3.")
    answer = ask_fake(monkeypatch, engine, history, tools=[ADD])
    assert (answer.choices[0].message.content, answer.choices[0].message.tool_calls) == ("It is 3.", None)
    assert answer.usage.total_tokens == 30


def test_stop_sequences_do_not_cut_json(monkeypatch):
    engine = FakeEngine('{"answer": "yes"}')
    ask_fake(monkeypatch, engine, HELLO, tools=[ADD], stop=["}"])
    assert "stop" not in engine.bodies[0]


def test_the_newer_name_of_the_limit_of_tokens_is_understood(monkeypatch):
    engine = FakeEngine("yes")
    ask_fake(monkeypatch, engine, HELLO, max_completion_tokens=7)
    assert engine.bodies[0]["max_tokens"] == 7
