"""Tools that send and read messages on Slack, as a bot."""

from __future__ import annotations

import asyncio
import re
import time
from typing import Annotated, Any

from ....._argument_checks import Text, arguments_checked
from ....._core.threads import in_thread
from ....._packages import missing_package
from .....errors import ToolServiceError
from ....tool import Tool
from ..._foreign import ForeignDict
from ..._services import SECONDS, asking, unreadable
from .._texts import MOST_MESSAGES, Message, Most, Since, moment_of, parts_of, sent

__all__ = ("MAX_MESSAGE_LENGTH", "SlackRetrieveRepliesTool", "SlackRetrieveTool", "SlackSendTool")

MAX_MESSAGE_LENGTH = 40_000
"""How many characters a message may have."""

_LEAST_PAUSE = 1
_ID = re.compile(r"\d+\.\d+")
_NOT_A_MOMENT = (
    "Invalid date format. Please provide either a Slack message ID or ISO format date (e.g., '2025-01-25T00:00:00Z')"
)


class _Channel:
    """A channel, as a bot sees it.

    Args:
        tool: who looks.
        bot_token: the token of the bot.
        channel_id: the channel.

    Raises:
        ImportError: the package slack-sdk is missing.
    """

    def __init__(self, tool: str, bot_token: Text, channel_id: Text) -> None:
        try:
            from slack_sdk import WebClient
            from slack_sdk.errors import SlackApiError
        except ImportError as error:
            raise missing_package(tool, error, "commsagent-slack") from error
        self._client = WebClient(token=bot_token, timeout=int(SECONDS))
        self._refusal = SlackApiError
        self._token = bot_token
        self._channel_id = channel_id

    async def ask(self, method: str, **asked: Any) -> dict[str, Any]:
        """What Slack answers.

        Args:
            method: the name of the client's method.
            **asked: its parameters, without the channel.

        Raises:
            ToolServiceError: Slack refuses or fails.
        """
        return await in_thread(self._asked, method, asked)

    def _asked(self, method: str, asked: dict[str, Any]) -> dict[str, Any]:
        with asking("Slack", self._token):
            try:
                answer = getattr(self._client, method)(channel=self._channel_id, **asked)
            except self._refusal as error:
                code = error.response.get("error")
                if isinstance(code, str) and re.fullmatch(r"\w+", code):
                    raise ToolServiceError(f"Slack refused the request: {code}") from None
                if (
                    error.response.status_code < 400
                ):  # nothing, or a page, which the package puts where the code should be
                    raise unreadable("Slack") from None
                raise
            read: dict[str, Any] = answer.data
            return read

    async def history(self, most: int, **asked: Any) -> list[dict[str, Any]]:
        """Messages of the channel, the latest first.

        Args:
            most: how many at most.
            **asked: which ones.

        Raises:
            ToolServiceError: Slack refuses or fails.
        """
        messages: list[dict[str, Any]] = []
        more: dict[str, Any] = {}
        while True:
            answer = await self.ask("conversations_history", limit=min(most, MOST_MESSAGES), **asked, **more)
            messages += answer.get("messages") or []
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if len(messages) >= most or not answer.get("has_more") or not cursor:
                return messages[:most]
            more = {"cursor": cursor}


class SlackSendTool(Tool):
    """Sends a message to a channel of Slack; the tool is called ``slack_send``."""

    @arguments_checked
    def __init__(self, *, bot_token: Text, channel_id: Text) -> None:
        """Make the tool.

        Args:
            bot_token: the token of the bot (``xoxb-...``), with the right ``chat:write``.
            channel_id: the channel, such as ``"C0123456789"``, which the bot has joined.

        Raises:
            ImportError: the package slack-sdk is missing.
        """
        channel = _Channel("SlackSendTool", bot_token, channel_id)

        async def slack_send(message: Message) -> str:
            ids = []
            try:
                for part in parts_of(message, MAX_MESSAGE_LENGTH):
                    answer = await channel.ask("chat_postMessage", text=part)
                    ids.append(str(answer.get("ts")))
            except ToolServiceError as error:
                return f"Message send failed, Slack API exception: {error}"
            return sent(ids, message)

        super().__init__(name="slack_send", description="Send a message to the Slack channel.", func_or_tool=slack_send)


class SlackRetrieveTool(Tool):
    """Reads messages of a channel of Slack; the tool is called ``slack_retrieve``.

    It returns ``{"message_count", "messages", "start_time"}`` with the messages as Slack has them, the latest first.
    """

    @arguments_checked
    def __init__(self, *, bot_token: Text, channel_id: Text) -> None:
        """Make the tool.

        Args:
            bot_token: the token of the bot (``xoxb-...``), with the right ``channels:history``.
            channel_id: the channel, such as ``"C0123456789"``, which the bot has joined.

        Raises:
            ImportError: the package slack-sdk is missing.
        """
        channel = _Channel("SlackRetrieveTool", bot_token, channel_id)

        async def slack_retrieve(messages_since: Since = None, maximum_messages: Most = None) -> ForeignDict | str:
            oldest = _oldest_of(messages_since)
            if messages_since and oldest is None:
                return f"{_NOT_A_MOMENT}. It was {messages_since!r}."
            asked = {"oldest": oldest} if oldest else {}
            try:
                messages = await channel.history(max(maximum_messages or MOST_MESSAGES, 1), **asked)
            except ToolServiceError as error:
                return f"Message retrieval failed, Slack API exception: {error}"
            return ForeignDict(message_count=len(messages), messages=messages, start_time=oldest or "latest")

        super().__init__(
            name="slack_retrieve",
            description="Read messages of the Slack channel, the latest first.",
            func_or_tool=slack_retrieve,
        )


class SlackRetrieveRepliesTool(Tool):
    """Reads the replies to a message, and waits for them; the tool is called ``slack_retrieve_replies``.

    It returns a dict with the replies in the thread of the message (``thread_replies``), what was said in the channel
    since (``channel_messages``), their numbers, and ``timed_out`` if there were not enough in time.
    """

    @arguments_checked
    def __init__(self, *, bot_token: Text, channel_id: Text) -> None:
        """Make the tool.

        Args:
            bot_token: the token of the bot (``xoxb-...``), with the right ``channels:history``.
            channel_id: the channel, such as ``"C0123456789"``, which the bot has joined.

        Raises:
            ImportError: the package slack-sdk is missing.
        """
        channel = _Channel("SlackRetrieveRepliesTool", bot_token, channel_id)

        async def slack_retrieve_replies(
            message_ts: Annotated[str, "The ID of the message."],
            min_replies: Annotated[int | None, "How many replies to wait for; none without it."] = None,
            timeout_seconds: Annotated[int, "How many seconds to wait at most."] = 60,
            poll_interval: Annotated[int, "How many seconds to wait before looking again."] = 5,
            include_channel_messages: Annotated[bool, "Whether later messages of the channel count, too."] = True,
        ) -> ForeignDict | str:
            began = time.monotonic()
            try:
                while True:
                    found, count = await _replies_to(channel, message_ts, include_channel_messages)
                    waited = time.monotonic() - began
                    if min_replies is None:
                        return ForeignDict(found)
                    if count >= min_replies:
                        return ForeignDict({**found, "waited_seconds": waited})
                    if waited >= timeout_seconds:
                        more = {"timed_out": True, "waited_seconds": timeout_seconds, "requested_replies": min_replies}
                        return ForeignDict({**found, **more})
                    await asyncio.sleep(max(poll_interval, _LEAST_PAUSE))
            except ToolServiceError as error:
                return f"Thread reply retrieval failed, Slack API exception: {error}"

        super().__init__(
            name="slack_retrieve_replies",
            description="Read the replies to a message in the Slack channel, and wait for them if need be.",
            func_or_tool=slack_retrieve_replies,
        )


async def _replies_to(channel: _Channel, message_ts: str, with_channel: bool) -> tuple[dict[str, object], int]:
    """What was said to a message, and how many messages this is."""
    answer = await channel.ask("conversations_replies", ts=message_ts)
    replies = [message for message in answer.get("messages") or [] if message.get("ts") != message_ts]
    later = await channel.history(MOST_MESSAGES, oldest=message_ts, inclusive=False) if with_channel else []
    count = len(replies) + len(later)
    found: dict[str, object] = {
        "parent_message_ts": message_ts,
        "total_reply_count": count,
        "thread_replies": replies,
        "thread_reply_count": len(replies),
    }
    if with_channel:
        found.update(channel_messages=later, channel_message_count=len(later))
    return found, count


def _oldest_of(since: str | None) -> str | None:
    """The moment from which on messages are wanted, as Slack writes it; None for what is not one."""
    if since is None or _ID.fullmatch(since):
        return since
    moment = moment_of(since)
    return str(moment.timestamp()) if moment else None
