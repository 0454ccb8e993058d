"""What is said when a model cannot be reached: which configurations were tried and why each failed, without keys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..exception_utils import AutogenClassicError

__all__ = ("Failures", "UnusableAnswerError", "without_secrets")

_SECRET_KEYS = ("api_key", "admin_api_key", "azure_ad_token")
_SHORTEST_SECRET = 6


class UnusableAnswerError(AutogenClassicError, AttributeError):
    """An endpoint answered with something that is not a completion."""


def without_secrets(text: str, entries: Iterable[Mapping[str, Any]]) -> str:
    """Blank out every key that the configurations hold.

    Args:
        text: any text.
        entries: the configurations.
    """
    for entry in entries:
        for key in _SECRET_KEYS:
            secret = entry.get(key)
            if isinstance(secret, str) and len(secret) >= _SHORTEST_SECRET:
                text = text.replace(secret, "***")
    return text


class Failures:
    """The failures of one request, in the order of the configuration list.

    Args:
        entries: the configurations that may be tried.
    """

    def __init__(self, entries: list[dict[str, Any]]) -> None:
        self._entries = entries
        self._lines: list[str] = []

    def add(self, number: int, error: BaseException) -> None:
        """Note that configuration ``number`` failed with ``error``."""
        entry = self._entries[number]
        address = entry.get("base_url") or entry.get("azure_endpoint") or "the provider's own address"
        reason = without_secrets(f"{type(error).__name__}: {error}", self._entries)
        self._lines.append(f"  [{number}] model {entry.get('model')!r} at {address}: {reason}")

    def finish(self, error: BaseException) -> BaseException:
        """Turn the last error into the one that the caller sees.

        Its type stays. A timeout of the openai package becomes a ``TimeoutError``, as programs expect.

        Args:
            error: what the last configuration failed with.

        Returns:
            The error to raise.
        """
        text = without_secrets(str(error), self._entries)
        timed_out = type(error).__name__ == "APITimeoutError"
        if timed_out:
            text = (
                "The model did not answer in time. Set a longer 'timeout' (in seconds) in the llm_config or for "
                "the OpenAIWrapper, or try again when the service is less busy."
            )
        if len(self._lines) > 1:
            text += "\nNone of the configurations in config_list could be used:\n" + "\n".join(self._lines)
        if timed_out:
            return TimeoutError(text)
        if text != str(error):
            _set_text(error, text)
        return error


def _set_text(error: BaseException, text: str) -> None:
    """Change what an exception prints. Errors of the openai package keep the text twice."""
    error.args = (text, *error.args[1:])
    if hasattr(error, "message"):
        error.message = text
