"""Telegram: what its client is asked. Its protocol has no server that a test could start, so the client is played."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timezone
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest
from agent_kit import both_ways
from search_kit import KEY, read_by_model, unmarked

from autogen_classic.agents.experimental import TelegramAgent
from autogen_classic.testing import MockOpenAIServer
from autogen_classic.tools.experimental import TelegramRetrieveTool, TelegramSendTool

telethon = pytest.importorskip("telethon")

PLACE = {"api_id": "1234", "api_hash": KEY, "chat_id": "-100123"}
MOMENT = datetime(2026, 1, 2, tzinfo=timezone.utc)
TOLD = {
    "id": "12",
    "date": "2026-01-02T00:00:00+00:00",
    "from_id": "7",
    "text": "Later.",
    "reply_to_msg_id": "11",
    "forward_from": None,
    "edit_date": None,
    "media": False,
    "entities": [{"type": "MessageEntityBold", "offset": 0, "length": 5}],
}


def message(number: int, text: str, **fields: Any) -> SimpleNamespace:
    nothing = dict.fromkeys(("from_id", "reply_to_msg_id", "forward", "edit_date", "media", "entities"))
    return SimpleNamespace(id=number, date=MOMENT, text=text, **{**nothing, **fields})


class Client:
    """Telethon's client, as far as the tools use it."""

    signed_in: ClassVar[bool] = True
    failure: ClassVar[Exception | None] = None
    asked: ClassVar[list[tuple[str, Any]]] = []

    def __init__(self, *made: object) -> None:
        self.asked.append(("made", made))

    async def connect(self) -> None:
        if self.failure is not None:
            raise self.failure

    async def disconnect(self) -> None:
        self.asked.append(("disconnected", None))

    async def is_user_authorized(self) -> bool:
        return self.signed_in

    async def get_entity(self, chat: int | str) -> str:
        return f"chat {chat}"

    async def send_message(self, **sent: Any) -> SimpleNamespace:
        self.asked.append(("sent", sent))
        return message(len(self.asked), "")

    async def iter_messages(self, **wanted: Any) -> AsyncIterator[SimpleNamespace]:
        self.asked.append(("read", wanted))
        bold = telethon.types.MessageEntityBold(0, 5)
        yield message(12, "Later.", from_id=telethon.types.PeerUser(7), reply_to_msg_id=11, entities=[bold])

    @classmethod
    def told(cls, what: str) -> list[Any]:
        return [told for name, told in cls.asked if name == what]


@pytest.fixture(autouse=True)
def client(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[type[Client]]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(telethon, "TelegramClient", Client)
    for name, value in (("asked", []), ("signed_in", True), ("failure", None)):
        monkeypatch.setattr(Client, name, value)
    yield Client
    assert len(Client.told("made")) == len(Client.told("disconnected")) or Client.failure is not None


def call(tool: Any, **arguments: Any) -> Any:
    return asyncio.run(tool(**arguments))


@both_ways
def test_a_model_sends_a_message(client: type[Client], way: str) -> None:
    text = read_by_model(way, TelegramSendTool(**PLACE), message="<b>Hello.</b>")
    assert text == "Message sent successfully (ID: 2):\n<b>Hello.</b>"
    assert client.told("made") == [("telegram_send_session", 1234, KEY)]
    assert client.told("sent") == [{"entity": "chat -100123", "message": "<b>Hello.</b>", "parse_mode": "html"}]


def test_a_long_message_is_sent_in_parts_that_reply_to_the_first(client: type[Client]) -> None:
    text = "x" * 9_000
    assert "(3 chunks, first ID: 2)" in call(TelegramSendTool(**PLACE), message=text)
    parts = client.told("sent")
    assert "".join(part["message"] for part in parts) == text
    assert [part.get("reply_to") for part in parts] == [None, 2, 2]


@both_ways
def test_a_model_reads_messages_as_the_words_of_strangers(client: type[Client], way: str) -> None:
    read = json.loads(unmarked(read_by_model(way, TelegramRetrieveTool(**PLACE), search="late")))
    assert read == {"message_count": 1, "messages": [TOLD], "start_time": "latest"}
    assert client.told("read") == [{"entity": "chat -100123", "search": "late", "limit": 1000}]


@pytest.mark.parametrize(
    ("since", "asked"),
    [("12345", {"min_id": 12345}), ("2026-01-02T00:00:00Z", {"offset_date": MOMENT, "reverse": True})],
)
def test_messages_are_read_from_a_message_or_a_date_on(
    client: type[Client], since: str, asked: dict[str, object]
) -> None:
    found = call(TelegramRetrieveTool(**PLACE), messages_since=since, maximum_messages=5)
    assert found["start_time"] == since
    assert {**asked, "limit": 5}.items() <= client.told("read")[0].items()


def test_what_is_neither_a_message_nor_a_date_is_told() -> None:
    assert "Invalid messages_since format" in call(TelegramRetrieveTool(**PLACE), messages_since="yesterday")["error"]


def test_a_chat_may_have_a_name(client: type[Client]) -> None:
    call(TelegramSendTool(**{**PLACE, "chat_id": "@birds"}), message="Hello.")
    assert client.told("sent")[0]["entity"] == "chat @birds"


def test_who_has_not_signed_in_is_told_how_instead_of_being_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Client, "signed_in", False)
    text = read_by_model("sync", TelegramSendTool(**PLACE), message="Hello.")
    assert text.startswith("Message send failed, exception: nobody has signed in.")
    assert "TelegramClient('telegram_send_session', api_id, api_hash).start()" in text
    assert "nobody has signed in" in call(TelegramRetrieveTool(**PLACE))["error"]


@pytest.mark.parametrize(
    ("failure", "told"),
    [(ConnectionError("no way"), "cannot be reached"), (RuntimeError(f"no access for {KEY}"), "no access for ***")],
)
def test_trouble_at_telegram_is_a_text_without_the_key(
    monkeypatch: pytest.MonkeyPatch, failure: Exception, told: str
) -> None:
    monkeypatch.setattr(Client, "failure", failure)
    text = read_by_model("sync", TelegramSendTool(**PLACE), message="Hello.")
    assert text.startswith("Message send failed, exception: Telegram ")
    assert told in text


def test_the_number_of_an_application_is_a_number() -> None:
    with pytest.raises(ValueError, match="api_id"):
        TelegramSendTool(**{**PLACE, "api_id": "abc"})


def test_an_agent_knows_the_tools_and_how_messages_are_written() -> None:
    with MockOpenAIServer() as model:
        config = model.llm_config()
    told = TelegramAgent("told", llm_config=config, **PLACE)
    plain = TelegramAgent("plain", "Be brief.", has_writing_instructions=False, llm_config=config, **PLACE)
    assert [tool.name for tool in told.tools] == ["telegram_send", "telegram_retrieve"]
    assert told.system_message.startswith(TelegramAgent.DEFAULT_SYSTEM_MESSAGE)
    assert "<b>bold</b>" in told.system_message
    assert plain.system_message == "Be brief."


@pytest.mark.skipif(sys.platform == "win32", reason="files have no such modes there")
@pytest.mark.parametrize("before", ["new", "open to all"])
def test_nobody_else_reads_the_file_of_who_has_signed_in(before: str) -> None:
    file = Path("telegram_send_session.session")
    if before == "open to all":
        file.write_bytes(b"")
        file.chmod(0o644)
    call(TelegramSendTool(**PLACE), message="Hello.")
    assert file.stat().st_mode & 0o777 == 0o600
