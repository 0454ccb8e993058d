"""What is said when a model cannot be reached: which configurations were tried and why each failed, without keys."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NoReturn

from ..._secrets import place_of, set_text, without_secrets
from .._http.packages import speaks_http
from .._specs import SPECS
from ..providers import runs_here

__all__ = ("Failures", "parameter_errors", "status_of")

# What to do about the last error: by its code or its type in the openai package, else by its HTTP status, which the
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


class parameter_errors:
    """Say where to find a parameter that the openai package does not know, or is missing."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _traceback: object) -> None:
        if kind is not TypeError or error is None:
            return
        if "unexpected keyword argument" in str(error):
            advice = "It stands in the llm_config, in an entry of its config_list, or in the call of create."
            advice += _owners_of(str(error))
        elif "Missing required arguments" in str(error):
            advice = 'Each entry of config_list needs a "model", unless the llm_config has one for all.'
        else:
            return
        raise TypeError(f"{error}. {advice}") from error


def _owners_of(error: str) -> str:
    """Which other providers have the parameter that an error is about; empty if none has."""
    named = re.findall(r"'(\w+)'", error)
    names = [spec.name for spec in SPECS if not spec.accepts_all and any(map(spec.setting, named))]
    return f' Only entries with an "api_type" of {" or ".join(map(repr, names))} may have it.' if names else ""


def _place(entry: Mapping[str, Any]) -> str:
    """Where a configuration sends its requests."""
    address = entry.get("base_url") or entry.get("azure_endpoint") or entry.get("client_host")
    if not address:
        return "this machine" if runs_here(entry) else "the provider's own address"
    return place_of(str(address))


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

    def raise_last(self, error: BaseException) -> NoReturn:
        """Raise the last error as the caller sees it.

        Args:
            error: what the last configuration failed with.

        Raises:
            BaseException: the same error, which now says what was tried. A timeout of an SDK becomes a
                ``TimeoutError``, as programs expect.
        """
        finished = self._finished(error)
        if finished is not error:
            raise finished from error
        raise error

    def _finished(self, error: BaseException) -> BaseException:
        """The error for the caller: its text without keys, with what was tried and what to do."""
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
        set_text(error, text)
        return error


def status_of(error: BaseException) -> int | None:
    """Return the HTTP status that an error of any provider's SDK carries; None if a server did not answer."""
    response = getattr(error, "response", None)
    if isinstance(response, Mapping):  # of botocore
        response = response.get("ResponseMetadata", {})
        return _number(response.get("HTTPStatusCode"))
    carriers = ((error, "status_code"), (error, "code"), (response, "status_code"))
    return next((status for owner, name in carriers if (status := _number(getattr(owner, name, None)))), None)


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and 100 <= value <= 599 else None


def _timed_out(error: BaseException) -> bool:
    """Tell whether a model took too long, in the words of any SDK."""
    return isinstance(error, TimeoutError) or "Timeout" in type(error).__name__


def _kind(error: BaseException) -> str:
    """The name of the error of the openai package that says the same."""
    status = status_of(error)
    if status is not None:
        return _KIND_OF_STATUS.get(status, type(error).__name__)
    of_botocore = any(kind.__module__.startswith("botocore.") for kind in type(error).__mro__)
    broken = isinstance(error, OSError) or of_botocore or speaks_http(type(error))
    return "APIConnectionError" if broken else type(error).__name__
