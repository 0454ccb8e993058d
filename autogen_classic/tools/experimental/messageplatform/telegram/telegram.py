"""Tools that send and read messages on Telegram, as a user who has signed in before.

Telegram has a protocol of its own, which the package telethon speaks. It keeps who has signed in in a file of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from ....._argument_checks import Text, arguments_checked
from ....._packages import missing_package
from .....errors import ToolServiceError
from ....tool import Tool
from ..._foreign import ForeignDict
from ..._services import SECONDS, asking
from .._texts import MOST_MESSAGES, Message, Most, Since, moment_of, parts_of, sent

if TYPE_CHECKING:
    from telethon import TelegramClient
    from telethon.tl.custom import Message as TelegramMessage

__all__ = ("MAX_MESSAGE_LENGTH", "BaseTelegramTool", "TelegramRetrieveTool", "TelegramSendTool")

FoundT = TypeVar("FoundT")

MAX_MESSAGE_LENGTH = 4_096
"""How many characters a message may have."""

_ENDING = ".session"
_NOT_A_MOMENT = (
    "Invalid messages_since format. Please provide either a message ID or ISO format date "
    "(e.g., '2025-01-25T00:00:00Z')"
)


class BaseTelegramTool:
    """Talks to Telegram as a user who has signed in before."""

    @arguments_checked
    def __init__(self, api_id: Text | int, api_hash: Text, session_name: str) -> None:
        """Say who talks.

        Args:
            api_id: the number of the application, from my.telegram.org.
            api_hash: its key.
            session_name: the file that holds who has signed in, without its ending.

        Raises:
            ValueError: ``api_id`` is not a number.
            ImportError: the package telethon is missing.
        """
        try:
            import telethon  # noqa: F401
        except ImportError as error:
            raise missing_package(type(self).__name__, error, "commsagent-telegram") from error
        if not str(api_id).isdigit():
            raise ValueError(f"api_id must be the number of an application, but it is {api_id!r}.")
        self._api_id = int(api_id)
        self._api_hash = api_hash
        self._session_name = session_name

    async def _use(self, work: Callable[[TelegramClient], Awaitable[FoundT]]) -> FoundT:
        """Do something with a client that is connected.

        Raises:
            ToolServiceError: nobody has signed in, or Telegram refuses or fails.
        """
        with asking("Telegram", self._api_hash):
            return await asyncio.wait_for(self._used(work), SECONDS)

    async def _used(self, work: Callable[[TelegramClient], Awaitable[FoundT]]) -> FoundT:
        from telethon import TelegramClient

        _keep_private(self._session_name)
        client = TelegramClient(self._session_name, self._api_id, self._api_hash)
        await client.connect()
        try:
            if not await client.is_user_authorized():
                raise ToolServiceError(
                    f"nobody has signed in. Do so once, in a terminal: from telethon.sync import TelegramClient; "
                    f"TelegramClient({self._session_name!r}, api_id, api_hash).start()"
                )
            return await work(client)
        finally:
            await client.disconnect()


class TelegramSendTool(BaseTelegramTool, Tool):
    """Sends a message to a chat of Telegram; the tool is called ``telegram_send``."""

    @arguments_checked
    def __init__(self, *, api_id: Text | int, api_hash: Text, chat_id: Text | int) -> None:
        """Make the tool.

        Args:
            api_id: the number of the application, from my.telegram.org.
            api_hash: its key.
            chat_id: the chat: a number, negative for groups, or a name such as ``"@birds"``.

        Raises:
            ValueError: ``api_id`` is not a number.
            ImportError: the package telethon is missing.
        """
        BaseTelegramTool.__init__(self, api_id, api_hash, "telegram_send_session")

        async def telegram_send(message: Message) -> str:
            async def send(client: TelegramClient) -> list[str]:
                chat = await client.get_entity(_chat(chat_id))
                ids: list[Any] = []
                for part in parts_of(message, MAX_MESSAGE_LENGTH):
                    after = {"reply_to": ids[0]} if ids else {}
                    ids.append((await client.send_message(entity=chat, message=part, parse_mode="html", **after)).id)
                return [str(one) for one in ids]

            try:
                return sent(await self._use(send), message)
            except ToolServiceError as error:
                return f"Message send failed, exception: {error}"

        Tool.__init__(
            self, name="telegram_send", description="Send a message to the Telegram chat.", func_or_tool=telegram_send
        )


class TelegramRetrieveTool(BaseTelegramTool, Tool):
    """Reads messages of a chat of Telegram; the tool is called ``telegram_retrieve``.

    It returns ``{"message_count", "messages", "start_time"}``, the latest message first, or from a date on the first
    one first; or an ``{"error"}``.
    """

    @arguments_checked
    def __init__(self, *, api_id: Text | int, api_hash: Text, chat_id: Text | int) -> None:
        """Make the tool.

        Args:
            api_id: the number of the application, from my.telegram.org.
            api_hash: its key.
            chat_id: the chat: a number, negative for groups, or a name such as ``"@birds"``.

        Raises:
            ValueError: ``api_id`` is not a number.
            ImportError: the package telethon is missing.
        """
        BaseTelegramTool.__init__(self, api_id, api_hash, "telegram_retrieve_session")

        async def telegram_retrieve(
            messages_since: Since = None,
            maximum_messages: Most = None,
            search: Annotated[str | None, "Words that the messages must have."] = None,
        ) -> ForeignDict:
            where = _where(messages_since)
            if where is None:
                return ForeignDict(error=_NOT_A_MOMENT)
            asked: dict[str, Any] = {**where, "search": search, "limit": max(maximum_messages or MOST_MESSAGES, 1)}

            async def read(client: TelegramClient) -> list[dict[str, object]]:
                chat = await client.get_entity(_chat(chat_id))
                return [_told(message) async for message in client.iter_messages(entity=chat, **asked)]

            try:
                messages = await self._use(read)
            except ToolServiceError as error:
                return ForeignDict(error=f"Message retrieval failed, exception: {error}")
            return ForeignDict(message_count=len(messages), messages=messages, start_time=messages_since or "latest")

        Tool.__init__(
            self,
            name="telegram_retrieve",
            description="Read messages of the Telegram chat.",
            func_or_tool=telegram_retrieve,
        )


def _keep_private(session_name: str) -> None:
    """Let nobody but its owner read the file that holds who has signed in; whoever has it is that user."""
    file = Path(session_name if session_name.endswith(_ENDING) else f"{session_name}{_ENDING}")
    file.touch(0o600)
    file.chmod(0o600)


def _chat(chat_id: Text | int) -> int | str:
    try:
        return int(chat_id)
    except ValueError:
        return chat_id


def _where(since: str | None) -> dict[str, Any] | None:
    """Where to begin, as the client takes it; None for what is neither a message nor a date."""
    if not since:
        return {}
    if since.isdigit():
        return {"min_id": int(since)}
    moment = moment_of(since)
    return {"offset_date": moment, "reverse": True} if moment else None


def _told(message: TelegramMessage) -> dict[str, object]:
    """A message in the form in which a model gets it."""
    from telethon.utils import get_peer_id

    return {
        "id": str(message.id),
        "date": message.date.isoformat(),
        "from_id": str(get_peer_id(message.from_id)) if message.from_id else None,
        "text": message.text,
        "reply_to_msg_id": str(message.reply_to_msg_id) if message.reply_to_msg_id else None,
        "forward_from": str(message.forward.sender_id) if message.forward else None,
        "edit_date": message.edit_date.isoformat() if message.edit_date else None,
        "media": bool(message.media),
        "entities": [
            {"type": type(entity).__name__, "offset": entity.offset, "length": entity.length}
            for entity in message.entities or []
        ],
    }
