"""Tools that send and read messages on Discord, as a bot.

They use the part of Discord's interface that answers requests, and do not stay connected.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from ....._argument_checks import Text, arguments_checked
from ....._packages import missing_package
from ....._web.proxy import proxy_of_environment
from .....errors import ToolServiceError
from ....tool import Tool
from ..._foreign import ForeignResults
from ..._services import SECONDS, asking
from .._texts import MOST_MESSAGES, Message, Most, Since, moment_of, parts_of, sent

if TYPE_CHECKING:
    import discord

__all__ = ("MAX_BATCH_RETRIEVE_MESSAGES", "MAX_MESSAGE_LENGTH", "DiscordRetrieveTool", "DiscordSendTool")

FoundT = TypeVar("FoundT")

MAX_MESSAGE_LENGTH = 2_000
"""How many characters a message may have."""
MAX_BATCH_RETRIEVE_MESSAGES = 100
"""How many messages one request brings."""

_ID = re.compile(r"\d{15,20}")


class _NotThere(ToolServiceError):
    """The guild or the channel is not among those that the bot sees; the text says which one."""


class _Channel:
    """A channel of a guild, as a bot sees it.

    Args:
        tool: who looks.
        bot_token: the token of the bot.
        channel_name: the channel.
        guild_name: the guild, which Discord also calls a server.

    Raises:
        ImportError: the package discord.py is missing.
    """

    def __init__(self, tool: str, bot_token: Text, channel_name: Text, guild_name: Text) -> None:
        try:
            import discord
        except ImportError as error:
            raise missing_package(tool, error, "commsagent-discord") from error
        self._statuses: dict[type[Exception], int] = {discord.LoginFailure: 401}
        self._token = bot_token
        self._channel_name = channel_name
        self._guild_name = guild_name

    async def use(self, work: Callable[[discord.TextChannel], Awaitable[FoundT]]) -> FoundT:
        """Do something with the channel.

        Args:
            work: what is done.

        Returns:
            What comes of it.

        Raises:
            ToolServiceError: there is no such channel, or Discord refuses or fails.
        """
        with asking("Discord", self._token, self._statuses):
            return await asyncio.wait_for(self._used(work), SECONDS)

    async def _used(self, work: Callable[[discord.TextChannel], Awaitable[FoundT]]) -> FoundT:
        import discord

        proxy = proxy_of_environment("https://discord.com/")
        async with discord.Client(intents=discord.Intents(guilds=True), proxy=proxy) as client:
            await client.login(self._token)
            guilds = [guild async for guild in client.fetch_guilds(limit=None) if guild.name == self._guild_name]
            if not guilds:
                raise _NotThere(f"guild: {self._guild_name}")
            for channel in await guilds[0].fetch_channels():
                if channel.name == self._channel_name and isinstance(channel, discord.TextChannel):
                    return await work(channel)
            raise _NotThere(f"channel: {self._channel_name}")


class DiscordSendTool(Tool):
    """Sends a message to a channel of Discord; the tool is called ``discord_send``."""

    @arguments_checked
    def __init__(self, *, bot_token: Text, channel_name: Text, guild_name: Text) -> None:
        """Make the tool.

        Args:
            bot_token: the token of the bot.
            channel_name: the channel, such as ``"general"``.
            guild_name: the guild (the server) that it belongs to.

        Raises:
            ImportError: the package discord.py is missing.
        """
        place = _Channel("DiscordSendTool", bot_token, channel_name, guild_name)

        async def discord_send(message: Message) -> str:
            async def send(channel: discord.TextChannel) -> list[str]:
                return [str((await channel.send(part)).id) for part in parts_of(message, MAX_MESSAGE_LENGTH)]

            try:
                return sent(await place.use(send), message)
            except _NotThere as error:
                return f"Message send failed, could not find {error}"
            except ToolServiceError as error:
                return f"Message send failed, exception: {error}"

        super().__init__(
            name="discord_send", description="Send a message to the Discord channel.", func_or_tool=discord_send
        )


class DiscordRetrieveTool(Tool):
    """Reads messages of a channel of Discord; the tool is called ``discord_retrieve``.

    It returns a list of ``{"id", "content", "author", "timestamp"}``, the latest first; or of one ``{"error"}``.
    """

    @arguments_checked
    def __init__(self, *, bot_token: Text, channel_name: Text, guild_name: Text) -> None:
        """Make the tool.

        Args:
            bot_token: the token of the bot, to which its owner has given the intent "Message Content".
            channel_name: the channel, such as ``"general"``.
            guild_name: the guild (the server) that it belongs to.

        Raises:
            ImportError: the package discord.py is missing.
        """
        place = _Channel("DiscordRetrieveTool", bot_token, channel_name, guild_name)

        async def discord_retrieve(
            messages_since: Since = None, maximum_messages: Most = None
        ) -> ForeignResults[dict[str, str]]:
            after = _after_of(messages_since)
            if messages_since and after is None:
                return _error(f"Invalid date format: {messages_since}. Use ISO format.")

            async def read(channel: discord.TextChannel) -> list[dict[str, str]]:
                most = max(maximum_messages or MOST_MESSAGES, 1)
                found = channel.history(limit=most, after=after, oldest_first=False)
                return [_told(message) async for message in found]

            try:
                return ForeignResults(await place.use(read))
            except _NotThere as error:
                return _error(f"Could not find {error}")
            except ToolServiceError as error:
                return _error(str(error))

        super().__init__(
            name="discord_retrieve",
            description="Read messages of the Discord channel, the latest first.",
            func_or_tool=discord_retrieve,
        )


def _error(text: str) -> ForeignResults[dict[str, str]]:
    return ForeignResults([{"error": text}])


def _told(message: discord.Message) -> dict[str, str]:
    return {
        "id": str(message.id),
        "content": message.content,
        "author": str(message.author),
        "timestamp": message.created_at.isoformat(),
    }


def _after_of(since: str | None) -> datetime | discord.Object | None:
    """After which message or moment messages are wanted; None for what is neither."""
    if since is None:
        return None
    if _ID.fullmatch(since):
        import discord

        return discord.Object(int(since))
    return moment_of(since)
