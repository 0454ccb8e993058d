"""What is said when a model cannot be reached: which configurations were tried and why each failed, without keys."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from ..exception_utils import AutogenClassicError
from .providers import runs_here

__all__ = ("Failures", "UnusableAnswerError", "parameter_errors", "status_of", "without_secrets")

_PLACES_OF_SECRETS = ("default_headers", "default_query", "extra_headers", "extra_query")
_SECRET_NAMES = ("key", "token", "secret", "auth", "password", "cookie")
_SECRET_VARIABLES = ("_KEY", "_TOKEN", "_SECRET")
_SHORTEST_SECRET = 6

# What to do about the last error: by its code or its type in the openai package, else by its status in HTTP, which the
# errors of every SDK have in one form or another.
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
_KIND_OF_STATUS = {
    401: "AuthenticationError",
    403: "PermissionDeniedError",
    404: "NotFoundError",
    429: "RateLimitError",
}
_HTTP_PACKAGES = ("httpx", "httpx2", "httpcore", "httpcore2", "urllib3", "requests", "botocore")


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
    """What a configuration or the environment keeps under a name that speaks of a secret."""
    for settings in (entry, *(entry.get(place) for place in _PLACES_OF_SECRETS)):
        if isinstance(settings, Mapping):
            yield from (
                value for name, value in settings.items() if any(part in str(name).lower() for part in _SECRET_NAMES)
            )
    yield from (value for name, value in os.environ.items() if name.upper().endswith(_SECRET_VARIABLES))


def _place(entry: Mapping[str, Any]) -> str:
    """The address of a configuration, without user, password and query, where keys may stand."""
    address = entry.get("base_url") or entry.get("azure_endpoint") or entry.get("client_host")
    if not address:
        return "this machine" if runs_here(entry) else "the provider's own address"
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

    Attributes:
        reason: why the last one failed, without keys.
    """

    def __init__(self, entries: list[dict[str, Any]]) -> None:
        self._entries = entries
        self._lines: list[str] = []
        self._asked = ""
        self.reason = ""

    def add(self, number: int, error: BaseException) -> None:
        """Note that configuration ``number`` failed with ``error``."""
        entry = self._entries[number]
        self.reason = without_secrets(f"{type(error).__name__}: {error}", self._entries)
        self._asked = without_secrets(f"model {entry.get('model')!r} at {_place(entry)}", self._entries)
        self._lines.append(f"  [{number}] {self._asked}: {self.reason}")

    def finish(self, error: BaseException) -> BaseException:
        """Turn the last error into the one that the caller sees.

        Its type stays. A timeout of an SDK becomes a ``TimeoutError``, as programs expect.

        Args:
            error: what the last configuration failed with.

        Returns:
            The error to raise.
        """
        text = without_secrets(str(error), self._entries)
        timed_out = _timed_out(error)
        if timed_out:
            text = (
                "The model did not answer in time. Set a longer 'timeout' (in seconds) in the llm_config or for "
                "the OpenAIWrapper, or try again when the service is less busy."
            )
        if len(self._lines) > 1:
            text += "\nNone of the configurations in config_list could be used:\n" + "\n".join(self._lines)
        else:
            text += f"\nAsked was {self._asked}."
        if timed_out:
            return TimeoutError(text)
        advice = _ADVICE.get(str(getattr(error, "code", ""))) or _ADVICE.get(_kind(error))
        if advice:
            text += f"\n{advice}"
        _set_text(error, text)
        return error


def status_of(error: BaseException) -> int | None:
    """Return the status in HTTP that an error of any provider's SDK carries; None where a server did not answer."""
    response = getattr(error, "response", None)
    if isinstance(response, Mapping):  # of botocore
        response = response.get("ResponseMetadata", {})
        return _number(response.get("HTTPStatusCode"))
    carriers = ((error, "status_code"), (error, "code"), (response, "status_code"))
    return next((status for owner, name in carriers if (status := _number(getattr(owner, name, None)))), None)


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and 100 <= value <= 599 else None


def _timed_out(error: BaseException) -> bool:
    """Tell whether a model took too long, in the words of any SDK."""
    return isinstance(error, TimeoutError) or "Timeout" in type(error).__name__


def _kind(error: BaseException) -> str:
    """The name of the error of the openai package that says the same."""
    status = status_of(error)
    if status is not None:
        return _KIND_OF_STATUS.get(status, type(error).__name__)
    packages = {kind.__module__.partition(".")[0] for kind in type(error).__mro__}
    broken = isinstance(error, OSError) or not packages.isdisjoint(_HTTP_PACKAGES)
    return "APIConnectionError" if broken else type(error).__name__


def _set_text(error: BaseException, text: str) -> None:
    """Change what an exception prints. Errors of most SDKs keep the text twice; others make it from their parts."""
    error.args = (text, *error.args[1:])
    if hasattr(error, "message"):
        error.message = text
    if isinstance(getattr(error, "body", None), str):  # mistralai shows it in the repr
        error.body = text  # type: ignore[attr-defined]
    if str(error) != text:
        kind = type(error)
        error.__class__ = type(kind.__name__, (_WithText, kind), {"__module__": kind.__module__})


class _WithText(Exception):
    """An error that prints its first argument, whatever the SDK's class would make of its parts."""

    def __str__(self) -> str:
        return str(self.args[0])
