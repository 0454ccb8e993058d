"""Questions to Wolfram Alpha over the package `wolframalpha`."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ...._packages import missing_package

__all__ = ("APP_ID_VARIABLE", "WolframAlphaAPIWrapper", "get_from_dict_or_env")

APP_ID_VARIABLE = "WOLFRAM_ALPHA_APPID"

_INVALID = "Your Wolfram query is invalid. Please try a new query for wolfram or use python."
_UNANSWERED = "Wolfram Alpha wasn't able to answer it. Please try a new query for wolfram or use python."
_NO_RESULT = "No good Wolfram Alpha Result was found"
_SEVERAL = ("Solutions", "Results")


class _Pod(Protocol):
    """A part of an answer, as `wolframalpha` reads it."""

    @property
    def title(self) -> str: ...

    @property
    def text(self) -> str | None: ...

    @property
    def texts(self) -> list[str | None]: ...


class _Result(Protocol):
    """An answer, as `wolframalpha` reads it."""

    @property
    def pods(self) -> Iterable[_Pod]: ...

    @property
    def results(self) -> Iterator[_Pod]: ...


class _HideAppId(logging.Filter):
    """httpx logs each address it asks; those of Wolfram Alpha hold the app id, which is a password."""

    def filter(self, record: logging.LogRecord) -> bool:
        if "appid=" in (text := record.getMessage()):
            record.msg, record.args = f"{text.partition('?')[0]}?...", ()
        return True


_hide_app_id = _HideAppId()


def get_from_dict_or_env(data: Mapping[str, Any], key: str, env_key: str, default: str | None = None) -> str:
    """Find a setting.

    Args:
        data: settings given in the program.
        key: the name of the setting there.
        env_key: the environment variable that counts where the program gives nothing.
        default: what counts where neither does.

    Returns:
        The setting.

    Raises:
        ValueError: nobody gives it.
    """
    found: str | None = data.get(key) or os.environ.get(env_key) or default
    if found is None:
        raise ValueError(
            f"Did not find {key}, please add an environment variable `{env_key}` which contains it, or pass `{key}` "
            "as a named parameter."
        )
    return found


class WolframAlphaAPIWrapper(BaseModel):
    """Answers of Wolfram Alpha as short texts.

    Attributes:
        wolfram_client: what asks, a `wolframalpha.Client`; by default one for the app id.
        wolfram_alpha_appid: the app id; by default that of the environment variable ``WOLFRAM_ALPHA_APPID``.
    """

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    wolfram_client: Any = Field(default=None, repr=False)
    wolfram_alpha_appid: str | None = Field(default=None, repr=False)

    @model_validator(mode="before")
    @classmethod
    def validate_environment(cls, values: dict[str, Any]) -> dict[str, Any]:
        """Find the app id, and make a client for it.

        Args:
            values: the fields that were given.

        Returns:
            All fields.

        Raises:
            ValueError: neither the fields nor the environment give an app id.
            ImportError: the package `wolframalpha` is missing.
        """
        if values.get("wolfram_client") is not None:
            return values
        app_id = get_from_dict_or_env(values, "wolfram_alpha_appid", APP_ID_VARIABLE)
        try:
            import wolframalpha
        except ImportError as error:
            raise missing_package("Wolfram Alpha", error, "mathchat") from error
        return {**values, "wolfram_alpha_appid": app_id, "wolfram_client": wolframalpha.Client(app_id)}

    def run(self, query: str) -> tuple[str, bool]:
        """Ask Wolfram Alpha.

        Args:
            query: the question.

        Returns:
            How it was understood and what the answer is, and True; or what to do instead, and False.
        """
        logging.getLogger("httpx").addFilter(_hide_app_id)
        try:
            # The client starts an event loop of its own, which a thread that runs one already cannot have.
            with ThreadPoolExecutor(1) as elsewhere:
                result = elsewhere.submit(self.wolfram_client.query, query).result()
            if not result["@success"]:
                return _INVALID, False
            assumption, answer = _read(result)
        except Exception:
            return _UNANSWERED, False
        if not answer:
            return _NO_RESULT, False
        return f"Assumption: {assumption} \nAnswer: {answer}", True


def _read(result: _Result) -> tuple[str | None, str | None]:
    """How Wolfram Alpha understood the question, and its answer: a solution where there is one, or else the result."""
    pods = list(result.pods)
    answer = None
    for pod in pods:
        if pod.title in _SEVERAL:
            answer = "".join(f"ans {number}: {text}\n" for number, text in enumerate(pod.texts))
        elif pod.title == "Solution":
            answer = pod.text
    return pods[0].text, next(result.results).text if answer is None else answer
