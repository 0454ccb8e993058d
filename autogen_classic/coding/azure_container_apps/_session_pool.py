"""The REST API of a session pool of Azure Container Apps: run code in a session, and its files.

Microsoft changed the API with version 2024-10-02-preview: paths, and the form of what is sent and answered. Both forms
are supported here, so that pools behind older gateways work too.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias
from urllib.parse import quote, urlsplit

from ..._packages import missing_package
from ...errors import SessionPoolError, SessionPoolTimeoutError

if TYPE_CHECKING:
    import requests

__all__ = ("DEFAULT_API_VERSION", "Answer", "Credential", "SessionPool", "TokenProvider")

DEFAULT_API_VERSION = "2025-02-02-preview"
_FIRST_OF_THE_NEW_FORM = "2024-10-02"
_SCOPE = "https://dynamicsessions.io/.default"
_ATTEMPTS = 4
_LONGEST_WAIT = 60.0
_SECONDS_TO_CONNECT = 10.0
_SECONDS_FOR_FILES = 120.0
_SECONDS_TO_ANSWER = 30.0  # beyond the time of the code itself: a session may have to be made first
_SECONDS_BETWEEN_POLLS = 0.5
# The pool has not begun; after any other failure the code may have run, and must not run twice.
_NOT_BEGUN = (429, 503)
_SUCCESS = ("succeeded", "success")
_UNDER_WAY = ("notstarted", "running")

TokenProvider = Callable[[], str]


class AccessToken(Protocol):
    """A token, as azure-identity has it."""

    @property
    def token(self) -> str:
        """Its text."""


class TokenCredential(Protocol):
    """What gives tokens, as the credentials of azure-identity do."""

    def get_token(self, *scopes: str) -> AccessToken:
        """Give a token for these scopes."""


Credential: TypeAlias = TokenProvider | TokenCredential | None


@dataclass(frozen=True)
class Answer:
    """The outcome of running code.

    Attributes:
        succeeded: whether the session says so.
        stdout: what was printed.
        stderr: what went to standard error, including the text of an exception.
        result: the value of the last expression, as JSON represents it; None or "" if there is no value.
    """

    succeeded: bool
    stdout: str
    stderr: str
    result: object


class SessionPool:
    """A client of one session pool.

    Args:
        endpoint: the pool management endpoint, with https (http only on this machine, for tests).
        credential: gives tokens: a function, or an object with ``get_token`` as those of azure-identity; None for its
            ``DefaultAzureCredential``.
        api_version: the version of the API.

    Raises:
        ValueError: the endpoint is not an https address.
        TypeError: the credential has another form.
        ImportError: a package is missing.
    """

    def __init__(self, endpoint: str, credential: Credential, api_version: str) -> None:
        address = urlsplit(endpoint)
        is_here = address.hostname in ("localhost", "127.0.0.1", "::1")
        if not (address.scheme == "https" or (address.scheme == "http" and is_here)) or not address.hostname:
            raise ValueError(
                f"The pool management endpoint gets your token, so it must begin with https://, but it is {endpoint!r}."
            )
        self._endpoint = endpoint.rstrip("/")
        self._host = address.hostname
        self._token = _token_provider(credential)
        self._api_version = api_version
        self._is_old = api_version[:10] < _FIRST_OF_THE_NEW_FORM

    def run(self, session: str, code: str, timeout: int) -> Answer:
        """Run code in a session, which is created if need be, and wait for it to end.

        Args:
            session: the identifier of the session.
            code: the code.
            timeout: how long the code may run, in seconds.

        Raises:
            SessionPoolTimeoutError: it took too long.
            SessionPoolError: the pool refuses.
        """
        end = time.monotonic() + timeout + _SECONDS_TO_ANSWER
        body: dict[str, Any] = {
            "codeInputType": "inline" if self._is_old else "Inline",
            "executionType": "synchronous" if self._is_old else "Synchronous",
            "code": code,
            "timeoutInSeconds": timeout,
        }
        path = "/code/execute" if self._is_old else "/executions"
        answer = self._json(
            "POST", path, session, timeout + _SECONDS_TO_ANSWER, json={"properties": body} if self._is_old else body
        )
        while str(answer.get("status", "")).lower() in _UNDER_WAY:
            if time.monotonic() > end:
                raise SessionPoolTimeoutError("The code was still running when its time was over.")
            time.sleep(_SECONDS_BETWEEN_POLLS)
            answer = self._json("GET", f"/executions/{quote(str(answer['id']), safe='')}", session, _SECONDS_TO_ANSWER)
        return _outcome(answer.get("properties", answer))

    def upload(self, session: str, name: str, content: bytes) -> None:
        """Put a file into the data directory of a session.

        Args:
            session: the identifier of the session.
            name: the name that the file gets there.
            content: all of it.

        Raises:
            SessionPoolError: the pool refuses.
        """
        path = "/files/upload" if self._is_old else "/files"
        self._send("POST", path, session, _SECONDS_FOR_FILES, files={"file": (name, content)})

    def download(self, session: str, name: str) -> bytes:
        """Get a file from the data directory of a session.

        Args:
            session: the identifier of the session.
            name: the name of the file there.

        Raises:
            SessionPoolError: the pool refuses, or has no such file.
        """
        quoted = quote(name, safe="")
        path = f"/files/content/{quoted}" if self._is_old else f"/files/{quoted}/content"
        return bytes(self._send("GET", path, session, _SECONDS_FOR_FILES).content)

    def names(self, session: str) -> list[str]:
        """List the names of the files in the data directory of a session.

        Args:
            session: the identifier of the session.

        Raises:
            SessionPoolError: the pool refuses.
        """
        answer = self._json("GET", "/files", session, _SECONDS_FOR_FILES)
        names = []
        for entry in answer.get("value", []):
            properties = entry.get("properties", entry)
            if str(properties.get("type", "file")).lower() == "file":
                names.append(str(properties.get("filename") or properties.get("name")))
        return names

    def end(self, session: str) -> None:
        """End a session and all that runs in it; if the API cannot do that, it ends after being idle for a while.

        Args:
            session: the identifier of the session.

        Raises:
            SessionPoolError: the pool refuses.
        """
        if not self._is_old:
            self._send("DELETE", "/session", session, _SECONDS_TO_ANSWER, gone_is_fine=True)

    def _json(self, method: str, path: str, session: str, timeout: float, **content: Any) -> dict[str, Any]:
        response = self._send(method, path, session, timeout, **content)
        try:
            answer = response.json()
        except ValueError:
            answer = None
        if isinstance(answer, list):  # lists of files came bare in early versions
            answer = {"value": answer}
        if not isinstance(answer, dict):
            raise SessionPoolError(f"The session pool at {self._host} answered {path}, but not with a JSON object.")
        return answer

    def _send(
        self, method: str, path: str, session: str, timeout: float, gone_is_fine: bool = False, **content: Any
    ) -> requests.Response:
        """Send a request; SessionPoolError if it is refused.

        Args:
            method: of HTTP, in capitals.
            path: what is asked, below the endpoint.
            session: the identifier of the session.
            timeout: how long the pool may take to answer, in seconds.
            gone_is_fine: whether the answer may be that there is no such thing.
            **content: what goes into the body, as ``requests`` takes it.
        """
        import requests

        token = self._token()
        send = partial(
            requests.request,
            method,
            self._endpoint + path,
            params={"api-version": self._api_version, "identifier": session},
            headers={"Authorization": f"Bearer {token}"},
            timeout=(_SECONDS_TO_CONNECT, timeout),
            allow_redirects=False,  # the token is for this pool only
            **content,
        )
        response = self._answer_to(send, timeout)
        if response.status_code < 300 or (gone_is_fine and response.status_code == 404):
            return response
        reason = _words_of(response).replace(token, "...").replace(session, "...")
        raise SessionPoolError(
            f"The session pool at {self._host} refused {method} {path}: {reason} (HTTP {response.status_code})."
            f"{_advice(response.status_code)}",
            response.status_code,
        )

    def _answer_to(self, send: Callable[[], requests.Response], timeout: float) -> requests.Response:
        """The answer to a request, which is sent again while the pool is busy."""
        import requests
        import tenacity

        again = tenacity.Retrying(
            retry=tenacity.retry_if_result(_is_busy_for_a_moment),
            wait=lambda state: _seconds_to_wait(state.outcome.result().headers, state.attempt_number),  # type: ignore[union-attr]
            stop=tenacity.stop_after_attempt(_ATTEMPTS),
            retry_error_callback=lambda state: state.outcome.result(),  # type: ignore[union-attr]
        )
        try:
            return again(send)
        except requests.ReadTimeout:
            raise SessionPoolTimeoutError(
                f"The session pool at {self._host} did not answer within {timeout:g} seconds."
            ) from None
        except requests.RequestException as error:
            raise SessionPoolError(
                f"The session pool at {self._host} cannot be reached ({type(error).__name__}). "
                "Check the pool management endpoint and the network."
            ) from None


def _token_provider(credential: Credential) -> TokenProvider:
    """What gives a token, from whatever form of credential; TypeError for another form."""
    if credential is None:
        try:
            from azure.identity import DefaultAzureCredential
        except ImportError as error:
            what = "Without a credential, which may be a function that gives a token, ACADynamicSessionsCodeExecutor"
            raise missing_package(what, error, "azure") from error
        credential = DefaultAzureCredential()
    if hasattr(credential, "get_token"):
        return lambda: str(credential.get_token(_SCOPE).token)
    if not callable(credential):
        raise TypeError(
            "credential must be a function that gives a token, or an object with get_token, "
            f"but it is {type(credential).__name__}."
        )
    return lambda: str(credential())


def _is_busy_for_a_moment(response: requests.Response) -> bool:
    return response.status_code in _NOT_BEGUN and _seconds_to_wait(response.headers, 1) <= _LONGEST_WAIT


def _seconds_to_wait(headers: Mapping[str, str], attempt: int) -> float:
    """What the pool asks for in Retry-After, in seconds or as a date; otherwise longer each time."""
    value = headers.get("Retry-After", "")
    with suppress(ValueError):
        return max(float(value), 0.0)
    with suppress(TypeError, ValueError):
        return max((parsedate_to_datetime(value) - datetime.now(timezone.utc)).total_seconds(), 0.0)
    return float(2 ** (attempt - 1))


def _outcome(properties: Mapping[str, Any]) -> Answer:
    """Read the outcome, of which either form of the API has the texts in another place."""
    result = properties.get("result")
    texts = result if isinstance(result, dict) and "stdout" in result else properties
    value = texts.get("executionResult", None if texts is result else result)
    succeeded = str(properties.get("status", "")).lower() in _SUCCESS
    stderr = str(texts.get("stderr") or "")
    if not succeeded and not stderr:
        error = properties.get("error") or {}
        stderr = str(error.get("error", error).get("message", ""))
    return Answer(succeeded, str(texts.get("stdout") or ""), stderr, value)


def _words_of(response: requests.Response) -> str:
    """What a pool says about a request that it refuses."""
    try:
        error = response.json()["error"]
        return f"{error.get('code', '')}: {error.get('message', '')}".strip(": ")
    except (ValueError, KeyError, TypeError, AttributeError):
        return str(response.reason or "no reason given")


def _advice(status: int) -> str:
    """A sentence that says what to do about a request that was refused; empty if nothing is known."""
    if status == 401:
        return f" The token is missing, expired, or not for {_SCOPE}."
    if status == 403:
        return " The account needs the role Azure ContainerApps Session Executor on the pool."
    if status == 404:
        return " Check the pool management endpoint and the api_version; or the file does not exist."
    if status == 429:
        return " The pool has no free session, or too many requests came; raise its maximum of sessions or wait."
    return " The service has a problem; try again later." if status >= 500 else ""
