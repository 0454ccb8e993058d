"""What is said when a model cannot be reached: which configurations were tried and why each failed, without keys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from ..exception_utils import AutogenClassicError

__all__ = ("Failures", "UnusableAnswerError", "parameter_errors", "without_secrets")

_SECRET_KEYS = (
    "api_key",
    "admin_api_key",
    "azure_ad_token",
    "aws_access_key",
    "aws_secret_key",
    "aws_session_token",
    "gcp_auth_token",
)
_PLACES_OF_SECRETS = ("default_headers", "default_query", "extra_headers", "extra_query")
_SECRET_NAMES = ("key", "token", "secret", "auth", "password", "cookie")
_SHORTEST_SECRET = 6

# What to do about the last error, by its code or its type in the openai package.
_ADVICE = {
    "context_length_exceeded": "Send less (shorter messages, clear_history=True, or a hook on "
    "'process_all_messages_before_reply' that drops old ones), or take a model with a longer context.",
    "AuthenticationError": "Check the api_key of this configuration; it is refused by this address.",
    "PermissionDeniedError": "The api_key is known, but may not use this model. Check both.",
    "NotFoundError": "Check the name of the model, and base_url, which usually ends in /v1.",
    "RateLimitError": "Try again later, add a further configuration to config_list, or raise max_retries, which says "
    "how often each configuration is asked again (2 by default).",
    "APIConnectionError": "The server cannot be reached, or closed the connection. Check base_url, the network, and "
    "whether the server runs.",
}


class UnusableAnswerError(AutogenClassicError, AttributeError):
    """An endpoint answered with something that is not a completion."""


class parameter_errors:
    """Say where a parameter stands that the openai package does not know, or misses."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _traceback: object) -> None:
        if kind is not TypeError or error is None:
            return
        if "unexpected keyword argument" in str(error):
            advice = "It stands in the llm_config, in an entry of its config_list, or in the call of create."
        elif "Missing required arguments" in str(error):
            advice = 'Each entry of config_list needs a "model", unless the llm_config has one for all.'
        else:
            return
        raise TypeError(f"{error}. {advice}") from error


def without_secrets(text: str, entries: Iterable[Mapping[str, Any]]) -> str:
    """Blank out every key that the configurations hold.

    Args:
        text: any text.
        entries: the configurations.
    """
    for entry in entries:
        for secret in _secrets(entry):
            if isinstance(secret, str) and len(secret) >= _SHORTEST_SECRET:
                text = text.replace(secret, "***")
    return text


def _secrets(entry: Mapping[str, Any]) -> Iterator[Any]:
    for key in _SECRET_KEYS:
        yield entry.get(key)
    for place in _PLACES_OF_SECRETS:
        values = entry.get(place)
        if isinstance(values, Mapping):
            yield from (values[name] for name in values if any(part in str(name).lower() for part in _SECRET_NAMES))


def _place(entry: Mapping[str, Any]) -> str:
    """The address of a configuration, without user, password and query, where keys may stand."""
    address = entry.get("base_url") or entry.get("azure_endpoint")
    if not address:
        return "the provider's own address"
    try:
        parts = urlsplit(str(address))
    except ValueError:
        return "an address that cannot be read"
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path}" if host else repr(parts.path)


class Failures:
    """The failures of one request, in the order of the configuration list.

    Args:
        entries: the configurations that may be tried.
    """

    def __init__(self, entries: list[dict[str, Any]]) -> None:
        self._entries = entries
        self._lines: list[str] = []
        self._asked = ""

    def add(self, number: int, error: BaseException) -> None:
        """Note that configuration ``number`` failed with ``error``."""
        entry = self._entries[number]
        reason = f"{type(error).__name__}: {error}"
        self._asked = f"model {entry.get('model')!r} at {_place(entry)}"
        self._lines.append(without_secrets(f"  [{number}] {self._asked}: {reason}", self._entries))

    def finish(self, error: BaseException) -> BaseException:
        """Turn the last error into the one that the caller sees.

        Its type stays. A timeout of an SDK becomes a ``TimeoutError``, as programs expect.

        Args:
            error: what the last configuration failed with.

        Returns:
            The error to raise.
        """
        text = without_secrets(str(error), self._entries)
        timed_out = "timeout" in type(error).__name__.lower()  # each SDK has a class of its own for it
        if timed_out:
            text = (
                "The model did not answer in time. Set a longer 'timeout' (in seconds) in the llm_config or for "
                "the OpenAIWrapper, or try again when the service is less busy."
            )
        if len(self._lines) > 1:
            text += "\nNone of the configurations in config_list could be used:\n" + "\n".join(self._lines)
        else:
            text += f"\nAsked was {without_secrets(self._asked, self._entries)}."
        advice = _ADVICE.get(str(getattr(error, "code", ""))) or _ADVICE.get(type(error).__name__)
        if advice and not timed_out:
            text += f"\n{advice}"
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
