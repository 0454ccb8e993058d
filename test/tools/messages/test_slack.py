"""Slack: sending, reading, waiting for replies, and the agent that does it."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from agent_kit import both_ways
from search_kit import KEY, TROUBLES, read_by_model, unmarked
from service_double import Answer, Services

from autogen_classic.agents.experimental import SlackAgent
from autogen_classic.testing import MockOpenAIServer
from autogen_classic.tools.experimental import SlackRetrieveRepliesTool, SlackRetrieveTool, SlackSendTool

pytest.importorskip("slack_sdk")

HOST = "slack.com"
PLACE = {"bot_token": KEY, "channel_id": "C1"}
FIRST = {"type": "message", "user": "U1", "text": "Hello.", "ts": "1700000000.0001"}
REPLY = {**FIRST, "text": "Hello to you.", "ts": "1700000001.0001", "thread_ts": FIRST["ts"]}
LATER = {**FIRST, "text": "By the way ...", "ts": "1700000002.0001"}


def listed(*messages: dict[str, str], **fields: Any) -> Answer:
    return Answer({"ok": True, "messages": list(messages), "has_more": False, **fields})


def call(tool: Any, **arguments: Any) -> Any:
    return asyncio.run(tool(**arguments))


@both_ways
def test_a_model_sends_a_message(services: Services, way: str) -> None:
    services.answer(HOST, Answer({"ok": True, "ts": "1.1", "channel": "C1"}))
    text = read_by_model(way, SlackSendTool(**PLACE), message="Hello.")
    assert text == "Message sent successfully (ID: 1.1):\nHello."
    (asked,) = services.asked(HOST)
    assert asked.path == "/api/chat.postMessage"
    assert asked.json == {"channel": "C1", "text": "Hello."}
    assert asked.headers["authorization"] == f"Bearer {KEY}"


def test_a_long_message_is_sent_in_parts_and_none_is_lost(services: Services) -> None:
    message = "x" * 39_990 + "\n" + "y" * 30_000
    services.answer(HOST, *(Answer({"ok": True, "ts": f"{n}.1"}) for n in (1, 2)))
    assert call(SlackSendTool(**PLACE), message=message).startswith(
        "Message sent successfully (2 chunks, first ID: 1.1)"
    )
    parts = [asked.json["text"] for asked in services.asked(HOST)]
    assert [part[0] for part in parts] == ["x", "y"]
    assert "".join(parts) == message


@both_ways
def test_a_model_reads_messages_as_the_words_of_strangers(services: Services, way: str) -> None:
    services.answer(HOST, listed(LATER, FIRST))
    read = json.loads(unmarked(read_by_model(way, SlackRetrieveTool(**PLACE))))
    assert read == {"message_count": 2, "messages": [LATER, FIRST], "start_time": "latest"}
    assert services.asked(HOST)[0].form == {"channel": "C1", "limit": "1000"}


def test_as_many_messages_are_read_as_are_wanted_page_by_page(services: Services) -> None:
    services.answer(HOST, *[listed(LATER, FIRST, has_more=True, response_metadata={"next_cursor": "next"})] * 2)
    tool = SlackRetrieveTool(**PLACE)
    found = call(tool, messages_since="2023-01-25T00:00:00Z", maximum_messages=3)
    assert (found["message_count"], found["start_time"]) == (3, "1674604800.0")
    first, second = (asked.form for asked in services.asked(HOST))
    assert first == {"channel": "C1", "limit": "3", "oldest": "1674604800.0"}
    assert second == {**first, "cursor": "next"}


@pytest.mark.parametrize(
    ("since", "oldest"),
    [
        ("1700000000.0001", "1700000000.0001"),
        ("2023-01-25", "1674604800.0"),
        ("2023-01-25T01:00:00+01:00", "1674604800.0"),
    ],
)
def test_messages_are_read_from_a_message_or_a_date_on(services: Services, since: str, oldest: str) -> None:
    services.answer(HOST, listed())
    assert call(SlackRetrieveTool(**PLACE), messages_since=since)["start_time"] == oldest


def test_what_is_neither_a_message_nor_a_date_is_told(services: Services) -> None:
    found = call(SlackRetrieveTool(**PLACE), messages_since="yesterday")
    assert found.startswith("Invalid date format.")
    assert "yesterday" in found
    assert services.requests == []


@both_ways
def test_replies_are_those_of_the_thread_and_what_the_channel_said_since(services: Services, way: str) -> None:
    services.answer(HOST, listed(FIRST, REPLY), listed(LATER))
    tool = SlackRetrieveRepliesTool(**PLACE)
    read = json.loads(unmarked(read_by_model(way, tool, message_ts=FIRST["ts"])))
    assert read == {
        "parent_message_ts": FIRST["ts"],
        "total_reply_count": 2,
        "thread_replies": [REPLY],
        "thread_reply_count": 1,
        "channel_messages": [LATER],
        "channel_message_count": 1,
    }
    thread, channel = services.asked(HOST)
    assert (thread.path, thread.form["ts"]) == ("/api/conversations.replies", FIRST["ts"])
    assert (channel.path, channel.form["oldest"]) == ("/api/conversations.history", FIRST["ts"])


def test_replies_are_waited_for(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autogen_classic.tools.experimental.messageplatform.slack.slack._LEAST_PAUSE", 0)
    services.answer(HOST, listed(FIRST), listed(FIRST), listed(FIRST, REPLY))
    tool = SlackRetrieveRepliesTool(**PLACE)
    asked = {"message_ts": FIRST["ts"], "min_replies": 1, "poll_interval": 0, "include_channel_messages": False}
    found = call(tool, **asked)
    assert (found["thread_replies"], found["total_reply_count"]) == ([REPLY], 1)
    assert found["waited_seconds"] < 60
    assert "timed_out" not in found
    assert len(services.asked(HOST)) == 3


def test_waiting_has_an_end(services: Services) -> None:
    services.answer(HOST, listed(FIRST))
    asked = {"message_ts": FIRST["ts"], "min_replies": 1, "timeout_seconds": 0, "include_channel_messages": False}
    found = call(SlackRetrieveRepliesTool(**PLACE), **asked)
    assert (found["timed_out"], found["waited_seconds"], found["requested_replies"]) == (True, 0, 1)


@pytest.mark.parametrize("tool", [SlackSendTool, SlackRetrieveTool, SlackRetrieveRepliesTool])
@pytest.mark.parametrize("status", [200, 401])
def test_what_slack_refuses_is_a_text_for_the_model(services: Services, tool: Any, status: int) -> None:
    services.answer(HOST, Answer({"ok": False, "error": "not_in_channel"}, status))
    arguments = {"slack_send": {"message": "Hello."}, "slack_retrieve_replies": {"message_ts": "1.1"}}
    made = tool(**PLACE)
    text = read_by_model("sync", made, **arguments.get(made.name, {}))
    assert text.endswith("failed, Slack API exception: Slack refused the request: not_in_channel")


@pytest.mark.parametrize(
    ("status", "told"), [(200, "sent an answer that cannot be read"), (500, "failed: try again later (HTTP 500)")]
)
def test_a_refusal_without_a_reason_is_told_by_its_status(services: Services, status: int, told: str) -> None:
    services.answer(HOST, Answer({}, status))
    text = read_by_model("sync", SlackSendTool(**PLACE), message="Hello.")
    assert text.startswith(f"Message send failed, Slack API exception: Slack {told}")


@pytest.mark.parametrize("trouble", [name for name in TROUBLES if name not in ("401", "429", "another JSON")])
def test_trouble_at_slack_is_a_text_for_the_model(services: Services, trouble: str) -> None:
    answer, told = TROUBLES[trouble]
    services.answer(HOST, answer, answer)  # of a connection that breaks, the package makes another
    text = read_by_model("sync", SlackSendTool(**PLACE), message="Hello.")
    assert text.startswith(f"Message send failed, Slack API exception: Slack {told}")
    assert KEY not in text


def test_an_agent_knows_the_tools_and_how_messages_are_written() -> None:
    with MockOpenAIServer() as model:
        config = model.llm_config()
    told = SlackAgent("told", llm_config=config, **PLACE)
    plain = SlackAgent("plain", "Be brief.", has_writing_instructions=False, llm_config=config, **PLACE)
    assert [tool.name for tool in told.tools] == ["slack_send", "slack_retrieve", "slack_retrieve_replies"]
    assert told.system_message.startswith(SlackAgent.DEFAULT_SYSTEM_MESSAGE)
    assert "*bold*" in told.system_message
    assert plain.system_message == "Be brief."
