"""Every event can be written as JSON that follows the published schema, and read again."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from agent_kit import agent, both_ways, chat
from hypothesis import given, settings
from hypothesis import strategies as st

from autogen_classic import AssistantAgent, events, register_function
from autogen_classic.events import (
    Detail,
    Event,
    MessageSent,
    ModelAnswered,
    Named,
    Sealed,
    from_json,
    json_schema,
    to_dict,
    to_json,
)
from autogen_classic.testing import MockOpenAIServer, ScriptedClient, error, pieces, tool_call

ROOT = Path(__file__).resolve().parents[2]
KINDS = events._json.event_classes()
VALIDATOR = jsonschema.Draft202012Validator(json_schema())

texts = st.text() | st.text(st.characters(categories=["Cs", "Cc"]))  # half surrogate pairs and control characters
wild = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts | st.binary(max_size=8) | st.builds(object),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts | st.integers(), inner, max_size=3),
    max_leaves=8,
)


def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(json_schema())
    assert {events._json.type_name(kind) for kind in KINDS} <= json_schema()["$defs"].keys()


def test_the_published_schema_is_the_current_one():
    published = (ROOT / "website" / "docs" / "events.schema.json").read_text(encoding="utf-8")
    assert json.loads(published) == json_schema(), (
        "write it again: python -m autogen_classic.events > website/docs/events.schema.json"
    )


def check(event: Event) -> None:
    written = to_json(event)
    assert "\n" not in written
    VALIDATOR.validate(json.loads(written))
    assert to_dict(from_json(written)) == json.loads(written) == to_dict(event)


@both_ways
def test_the_events_of_a_real_run_follow_the_schema_and_come_back(way: str) -> None:
    heard: list[Event] = []
    replies = [error(400, "no"), tool_call("add", a=1, b=2), pieces("Th", "ree"), "TERMINATE"]
    with MockOpenAIServer(replies) as server, events.listening(heard.append, kinds=[Event, Detail]):
        entries = [server.config(max_retries=0, stream=True), server.config(stream=True)]
        assistant = AssistantAgent("assistant", llm_config={"config_list": entries, "cache_seed": None})
        user = agent("user", max_consecutive_auto_reply=2)

        def add(a: int, b: int) -> int:
            return a + b

        register_function(add, caller=assistant, executor=user, description="Add.")
        chat(way, user, assistant, message={"content": "1 + 2?", "context": {"odd": {1, 2}}})
    for event in heard:
        check(event)
    assert {type(event).__name__ for event in heard} >= {
        *("AgentCreated", "ChatEnded", "ChatStarted", "ClientConnected", "FunctionUsed", "HistoryCleared"),
        *("MessageReceived", "MessageSent", "ModelAnswered", "ModelAsked", "ModelFailed", "ReplyTried"),
        *("TextStreamed", "ToolCalled", "ToolReturned", "WrapperCreated"),
    }


ANN = agent("ann")


def example_of(kind: type[Event], anything: Any) -> Event:
    """An event of a kind, with something in each field that its type allows."""
    by_type = {
        "str": "text", "str | None": None, "int": 3, "int | None": None, "float": 0.5, "float | None": None,
        "bool": True, "bool | None": None, "Agent": ANN, "Party": ANN, "Agent | None": None,
        "Agent | str | None": "ann", "list[str]": ["a"], "dict[str, Any]": {"key": anything}, "Any": anything,
        "list[dict[str, Any]]": [{"key": anything}],
        "Sealed": Sealed({"key": anything}),
        "TextOrMessage": {"content": anything}, "TextOrMessage | None": None, "StopReason | None": None,
        "Callable[..., Any]": check, "ModelResponse": anything,
        "HandoffKind": "tool",
    }  # fmt: skip
    own = [field for field in dataclasses.fields(kind) if field.init]
    return kind(**{field.name: by_type[str(field.type)] for field in own})


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@settings(max_examples=20)
@given(anything=wild)
def test_whatever_is_in_an_event_it_can_be_written_and_read(kind: type[Event], anything: Any) -> None:
    check(example_of(kind, anything))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_subscriber_may_raise_at_any_kind_of_event(kind: type[Event], caplog: pytest.LogCaptureFixture) -> None:
    def fail(event: Event) -> None:
        raise RuntimeError("broken")

    heard: list[Event] = []
    with events.listening(fail, kinds=[kind]), events.listening(heard.append, kinds=[kind]):
        events.emit(example_of(kind, "x"))
        events.emit(example_of(kind, "x"))
    assert len(heard) == 2
    assert len(caplog.records) == 1


def test_an_event_that_was_read_has_names_in_place_of_agents_and_nothing_live():
    client = ScriptedClient(["hello"])
    heard: list[Event] = []
    with events.listening(heard.append, kinds=[ModelAnswered, MessageSent]):
        assistant = AssistantAgent("assistant", llm_config=client.llm_config())
        agent("user").initiate_chat(assistant, message="hi", max_turns=1, silent=True)
    sent, answered, _ = (from_json(to_json(event)) for event in heard)
    assert isinstance(sent, MessageSent)
    assert sent.sender == Named("user")
    assert sent.chat == heard[0].chat
    assert isinstance(answered, ModelAnswered)
    assert answered.response.choices[0].message.content == "hello"
    assert answered.client is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[]", 'An event is an object with a "type"'),
        ('{"type": "dance"}', "There is no event of the type 'dance'. Known are "),
        ('{"type": "notice", "at": 1}', "The event notice lacks agent, chat, color, sequence, text"),
        (
            '{"type": "notice", "at": "now", "chat": null, "sequence": null, "agent": null, "text": "", "color": null}',
            "The field at of the event notice cannot be read: it must be of type int or float, but it is 'now'",
        ),
        (
            '{"type": "notice", "at": 1, "chat": {}, "sequence": null, "agent": null, "text": "", "color": null}',
            "The field chat of the event notice cannot be read",
        ),
    ],
)
def test_what_is_not_an_event_is_refused_with_the_reason(text: str, says: str) -> None:
    with pytest.raises(ValueError, match="event") as caught:
        from_json(text)
    assert says in str(caught.value)


def test_something_else_cannot_be_written():
    with pytest.raises(TypeError, match="is not an event of autogen_classic.events"):
        to_json("hello")  # type: ignore[arg-type]


def test_no_key_is_in_an_event_as_json():
    secret = "sk-a1b2c3d4e5f6g7h8i9"
    heard: list[Event] = []
    with MockOpenAIServer(["fine"]) as server, events.listening(heard.append):
        config = {"config_list": [{**server.config(), "api_key": secret}], "cache_seed": None}
        assistant = AssistantAgent("assistant", llm_config=config)
        agent("user").initiate_chat(assistant, message="hi", max_turns=1, silent=True)
    assert secret not in "".join(map(to_json, heard))
