"""Read the replies of a scripted model from a JSON file, for the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ..errors import RepliesFileError
from .replies import Disconnect, ErrorReply, Hang, Reply, disconnect, error, hang, read_reply, tool_call

__all__ = ("RepliesFileError", "read_replies_file")


def read_replies_file(path: str | Path) -> list[Any]:
    """Read scripted replies.

    Args:
        path: a JSON file with a list, each item being a text; a list of texts (pieces of a stream); a message
            object; or an object with one of the keys ``tool`` (``{"tool": "add", "arguments": {"a": 1}}``),
            ``error`` (``{"error": 429, "message": "...", "retry_after": 1}``), ``disconnect`` (a list of texts)
            or ``hang``.

    Returns:
        The replies, as `MockOpenAIServer` takes them.

    Raises:
        RepliesFileError: the file is missing or is not JSON, or an item has a different form.
    """
    try:
        items = json.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as failure:
        raise RepliesFileError(f"The file of replies {str(path)!r} cannot be read: {failure.strerror}.") from failure
    except ValueError as failure:
        raise RepliesFileError(f"The file of replies {str(path)!r} is not JSON: {failure}.") from failure
    if not isinstance(items, list):
        raise RepliesFileError(f"The file of replies {str(path)!r} does not hold a list; put the replies into [ ].")
    replies = []
    for number, item in enumerate(items, start=1):
        try:
            replies.append(_read_item(item))
        except (TypeError, KeyError) as failure:
            raise RepliesFileError(f"Reply {number} in {str(path)!r} is not understood: {failure}") from failure
    return replies


def _read_item(item: object) -> Reply | ErrorReply | Disconnect | Hang:
    """The reply for one item of a file of replies."""
    if isinstance(item, dict):
        if "tool" in item:
            return Reply(tool_calls=(tool_call(item["tool"], json.dumps(item.get("arguments", {}))),))
        if "error" in item:
            details = {key: value for key, value in item.items() if key != "error"}
            return error(item["error"], **details)
        if "disconnect" in item:
            return disconnect(*item["disconnect"])
        if "hang" in item:
            return hang()
    elif item == [] or not isinstance(item, (str, list)) or not all(isinstance(piece, str) for piece in item):
        raise TypeError(
            f"it cannot be {item!r}. It may be a text, a list of texts (pieces of a stream), a message object, or an "
            "object with one of the keys tool, error, disconnect and hang."
        )
    reply = read_reply(item)
    assert isinstance(reply, Reply)
    return reply
