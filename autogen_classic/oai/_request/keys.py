"""Keys on their way into a request, and out of what HTTP clients log."""

from __future__ import annotations

import logging

from ..._secrets import hidden, secrets_in
from ...errors import UnusableKeyError
from .._http.packages import HTTPX_PACKAGES

__all__ = ("check_key", "hide_keys_in_logs")

_LOGGERS_OF_ADDRESSES = (*HTTPX_PACKAGES, "openai._base_client")


def check_key(key: object) -> None:
    """Refuse a key that no header of a request can carry; HTTP clients blame the network for it.

    Args:
        key: a key. What is not a text (a function that makes keys, say) is left to its SDK.

    Raises:
        UnusableKeyError: it holds a line end, another control character, a blank at an end, or letters beyond ASCII.
    """
    if isinstance(key, str) and not (key.isascii() and key.isprintable() and key == key.strip()):
        raise UnusableKeyError(
            "The api_key cannot be sent: it holds a line end, a blank at one of its ends, or letters that are not "
            "ASCII. Copy it again; a key that was read from a file is cleaned by .strip()."
        )


class _WithoutKeys(logging.Filter):
    """Blanks out keys in the addresses of log lines, where ``default_query`` puts them."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(_without_keys(part) for part in record.args)
        return True


def _without_keys(part: object) -> object:
    text = str(part) if type(part).__name__ in ("URL", "str") else ""
    safe = hidden(text, secrets_in(text)) if "?" in text else text
    return part if safe == text else safe


_without_keys_filter = _WithoutKeys()


def hide_keys_in_logs() -> None:
    """Keep keys out of the addresses that HTTP clients log, from now on; more than one call does no harm."""
    for name in _LOGGERS_OF_ADDRESSES:
        logging.root.getChild(name).addFilter(_without_keys_filter)
