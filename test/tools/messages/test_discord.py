"""Discord: sending, reading, and the agent that does it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from agent_kit import both_ways
from search_kit import KEY, read_by_model, unmarked
from service_double import Answer, Asked, Services

from autogen_classic.agents.experimental import DiscordAgent
from autogen_classic.testing import MockOpenAIServer
from autogen_classic.tools.experimental import DiscordRetrieveTool, DiscordSendTool

# of the standard library, where Python 3.11 and 3.12 announce that it will go
pytestmark = pytest.mark.filterwarnings("ignore:'audioop' is deprecated:DeprecationWarning")

HOST = "discord.com"
PLACE = {"bot_token": KEY, "channel_name": "general", "guild_name": "Birds"}
USER = {"id": "7", "username": "ann", "discriminator": "0", "avatar": None, "global_name": "Ann", "bot": True}
APPLICATION = {
    "id": "8",
    "name": "bot",
    "icon": None,
    "description": "",
    "bot_public": False,
    "bot_require_code_grant": False,
    "verify_key": "",
    "flags": 0,
    "team": None,
    "owner": USER,
}


def message(number: int, content: str) -> dict[str, Any]:
    return {
        "id": str(number),
        "channel_id": "5",
        "content": content,
        "author": USER,
        "timestamp": "2026-01-02T00:00:00+00:00",
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "attachments": [],
        "embeds": [],
        "pinned": False,
        "type": 0,
    }


def discord_with(*messages: dict[str, Any]) -> Callable[[Asked], Answer]:
    """Discord with one guild, whose channel holds messages and takes further ones."""
    guild = {"id": "4", "name": "Birds", "icon": None, "owner": False, "permissions": "0", "features": []}
    channel = {"id": "5", "type": 0, "name": "general", "guild_id": "4", "position": 0, "permission_overwrites": []}
    others = [{**channel, "id": "6", "name": "general", "type": 4}, {**channel, "id": "9", "name": "other"}]
    sent = iter(range(100, 200))

    def answer(asked: Asked) -> Answer:
        path = asked.path.removeprefix("/api/v10")
        if asked.method == "POST":
            return Answer(message(next(sent), json.loads(asked.body)["content"]))
        if path == "/channels/5/messages":
            return Answer(list(messages)[: int(asked.query["limit"])] if "before" not in asked.query else [])
        return Answer(
            {
                "/users/@me": USER,
                "/oauth2/applications/@me": APPLICATION,
                "/users/@me/guilds": [guild],
                "/guilds/4/channels": [*others, channel],
            }[path]
        )

    return answer


@pytest.fixture(autouse=True)
def _without_encryption(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its client decides at its import whom it trusts, so it does not meet the authority of these tests."""
    http = pytest.importorskip("discord.http")
    monkeypatch.setattr(http.Route, "BASE", f"http://{HOST}/api/v10")


def call(tool: Any, **arguments: Any) -> Any:
    return asyncio.run(tool(**arguments))


@both_ways
def test_a_model_sends_a_message(services: Services, way: str) -> None:
    services.answer(HOST, discord_with())
    text = read_by_model(way, DiscordSendTool(**PLACE), message="Hello.")
    assert text == "Message sent successfully (ID: 100):\nHello."
    posted = services.asked(HOST)[-1]
    assert posted.path == "/api/v10/channels/5/messages"
    assert posted.headers["authorization"] == f"Bot {KEY}"


def test_a_long_message_is_sent_in_parts_and_none_is_lost(services: Services) -> None:
    services.answer(HOST, discord_with())
    message = "x" * 4_500
    assert "(3 chunks, first ID: 100)" in call(DiscordSendTool(**PLACE), message=message)
    parts = [json.loads(asked.body)["content"] for asked in services.asked(HOST) if asked.method == "POST"]
    assert "".join(parts) == message


@both_ways
def test_a_model_reads_messages_as_the_words_of_strangers(services: Services, way: str) -> None:
    services.answer(HOST, discord_with(message(12, "Later."), message(11, "First.")))
    first, second = json.loads(unmarked(read_by_model(way, DiscordRetrieveTool(**PLACE))))
    # Discord's IDs hold their moment
    assert first == {"id": "12", "content": "Later.", "author": "ann", "timestamp": "2015-01-01T00:00:00+00:00"}
    assert second["content"] == "First."


def test_as_many_messages_are_read_as_are_wanted(services: Services) -> None:
    services.answer(HOST, discord_with(message(12, "Later."), message(11, "First.")))
    assert len(call(DiscordRetrieveTool(**PLACE), maximum_messages=1)) == 1


@pytest.mark.parametrize("since", ["2025-01-25T00:00:00Z", "123456789012345678"])
def test_messages_are_read_from_a_message_or_a_date_on(services: Services, since: str) -> None:
    late = 1_457_000_000_000_000_000
    services.answer(HOST, discord_with(message(late, "Later."), message(11, "Long ago.")))
    assert [one["content"] for one in call(DiscordRetrieveTool(**PLACE), messages_since=since)] == ["Later."]


def test_what_is_neither_a_message_nor_a_date_is_told(services: Services) -> None:
    found = call(DiscordRetrieveTool(**PLACE), messages_since="yesterday")
    assert found == [{"error": "Invalid date format: yesterday. Use ISO format."}]
    assert services.requests == []


@pytest.mark.parametrize(
    ("wrong", "told"),
    [({"guild_name": "Fish"}, "could not find guild: Fish"), ({"channel_name": "x"}, "could not find channel: x")],
)
def test_a_guild_or_channel_that_is_not_there_is_told(services: Services, wrong: dict[str, str], told: str) -> None:
    services.answer(HOST, discord_with())
    assert call(DiscordSendTool(**{**PLACE, **wrong}), message="Hello.") == f"Message send failed, {told}"
    assert call(DiscordRetrieveTool(**{**PLACE, **wrong})) == [{"error": told[0].upper() + told[1:]}]


def test_a_token_that_is_refused_is_a_text_without_it(services: Services) -> None:
    services.answer(
        HOST, Answer({"message": f"401: {KEY}", "code": 0}, 401), Answer({"message": "401", "code": 0}, 401)
    )
    text = read_by_model("sync", DiscordSendTool(**PLACE), message="Hello.")
    assert text.startswith("Message send failed, exception: Discord refused access")
    assert KEY not in text
    assert "refused access" in call(DiscordRetrieveTool(**PLACE))[0]["error"]


def test_what_the_bot_may_not_do_is_told(services: Services) -> None:
    with_channel = discord_with()

    def refuse_to_post(asked: Asked) -> Answer:
        if asked.method == "POST":
            return Answer({"message": "Missing Access", "code": 50001}, 403)
        return with_channel(asked)

    services.answer(HOST, refuse_to_post)
    text = read_by_model("sync", DiscordSendTool(**PLACE), message="Hello.")
    assert text.startswith("Message send failed, exception: Discord refused access")
    assert "Missing Access" in text


def test_silence_of_discord_has_an_end(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autogen_classic.tools.experimental.messageplatform.discord.discord.SECONDS", 0.3)
    services.answer(HOST, Answer(silent=True))
    assert "did not answer in time" in call(DiscordSendTool(**PLACE), message="Hello.")


def test_an_agent_knows_the_tools_and_how_messages_are_written() -> None:
    with MockOpenAIServer() as model:
        config = model.llm_config()
    told = DiscordAgent("told", llm_config=config, **PLACE)
    plain = DiscordAgent("plain", "Be brief.", has_writing_instructions=False, llm_config=config, **PLACE)
    assert [tool.name for tool in told.tools] == ["discord_send", "discord_retrieve"]
    assert told.system_message.startswith(DiscordAgent.DEFAULT_SYSTEM_MESSAGE)
    assert "**bold**" in told.system_message
    assert plain.system_message == "Be brief."
