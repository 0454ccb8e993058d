"""The REST API of YepCode, as far as running code needs it.

The service's own client is not used: it needs Python 3.11, and asks without end when its token is refused.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

from .._packages import missing_package

__all__ = ("DEFAULT_HOST", "Execution", "Log", "YepCodeApi")

DEFAULT_HOST = "https://cloud.yepcode.io"
_SECONDS_TO_CONNECT = 10.0
_SECONDS_TO_ANSWER = 60.0
_UNDER_WAY = ("CREATED", "RUNNING")
_LOGS_PER_PAGE = 100


@dataclass(frozen=True)
class Execution:
    """How far an execution is.

    Attributes:
        status: CREATED, RUNNING, FINISHED, KILLED, REJECTED or ERROR.
        returned: what the code returned, as JSON; None if it returned nothing.
        explanation: why it failed, if the service says so.
    """

    status: str
    returned: str | None
    explanation: str | None

    @property
    def is_over(self) -> bool:
        """Whether it has ended, in whichever way."""
        return self.status not in _UNDER_WAY


class Log(NamedTuple):
    """A line that an execution has printed."""

    timestamp: str
    level: str
    message: str


class YepCodeApi:
    """A client of one team at YepCode.

    Args:
        api_token: the token of the team.
        host: where the service is, with https (http only on this machine, for tests).

    Raises:
        ValueError: the token is not one of YepCode, or the host is not an https address.
        ImportError: the package requests is not installed.
    """

    def __init__(self, api_token: str, host: str) -> None:
        try:
            import requests  # noqa: F401 - so that a missing package is told at once
        except ImportError as error:
            raise missing_package("YepCodeCodeExecutor", error, "yepcode") from error
        address = urlsplit(host)
        is_here = address.hostname in ("localhost", "127.0.0.1", "::1")
        if not (address.scheme == "https" or (address.scheme == "http" and is_here)):
            raise ValueError(
                f"The host of YepCode gets your token, so it must begin with https://, but it is {host!r}."
            )
        self._root = f"{host.rstrip('/')}/api/{_team_of(api_token)}/rest"
        self._api_token = api_token
        self._access_token: str | None = None

    def process_for(self, code: str, language: str) -> str:
        """Find the process with some code, or create it.

        Args:
            code: the code.
            language: ``"python"`` or ``"javascript"``.

        Returns:
            Its id.
        """
        name = f"yepcode-run-{hashlib.sha256(code.encode()).hexdigest()}"
        found = self._ask("GET", f"/processes/{name}", missing_is_fine=True)
        if not found:
            script = {"programmingLanguage": language.upper(), "sourceCode": code}
            settings = {"dependencies": {"scopedToProcess": True, "autoDetect": True}}
            body = {"name": name, "script": script, "tags": ["yc-run"], "settings": settings}
            found = self._ask("POST", "/processes", body)
        return _part(found, "id")

    def start(self, process: str) -> str:
        """Execute a process.

        Args:
            process: its id.

        Returns:
            The id of the execution.
        """
        return _part(self._ask("POST", f"/processes/{quote(process)}/execute", {"parameters": "{}"}), "executionId")

    def execution(self, execution: str) -> Execution:
        """Ask how far an execution is.

        Args:
            execution: its id.
        """
        answer = self._ask("GET", f"/executions/{quote(execution)}")
        status = _part(answer, "status")
        events = (answer.get("timeline") or {}).get("events") or []
        explained = [event.get("explanation") for event in events if event.get("status") == status]
        return Execution(status, answer.get("returnValue"), next(filter(None, explained), None))

    def logs(self, execution: str) -> list[Log]:
        """What an execution has printed, oldest first.

        Args:
            execution: its id.
        """
        found: list[Log] = []
        page = 0
        while True:
            answer = self._ask("GET", f"/executions/{quote(execution)}/logs?page={page}&limit={_LOGS_PER_PAGE}")
            found += [Log(*(str(entry.get(name, "")) for name in Log._fields)) for entry in answer.get("data") or []]
            if not answer.get("hasNextPage"):
                return sorted(found, key=lambda log: log.timestamp)
            page += 1

    def kill(self, execution: str) -> None:
        """End an execution.

        Args:
            execution: its id.
        """
        self._ask("PUT", f"/executions/{quote(execution)}/kill", missing_is_fine=True)

    def delete(self, process: str) -> None:
        """Delete a process.

        Args:
            process: its id.
        """
        self._ask("DELETE", f"/processes/{quote(process)}", missing_is_fine=True)

    def _ask(
        self, method: str, path: str, body: Mapping[str, object] | None = None, missing_is_fine: bool = False
    ) -> dict[str, Any]:
        """Send a request, with a new access token if the one at hand is refused.

        Returns:
            The answer; an empty dict for what does not exist.

        Raises:
            RuntimeError: the service refuses, answers with something other than JSON, or cannot be reached.
        """
        if self._access_token is None:
            self._access_token = self._new_access_token()
        status, answer = self._send(method, path, {"Authorization": f"Bearer {self._access_token}"}, body)
        if status == 401:
            self._access_token = self._new_access_token()
            status, answer = self._send(method, path, {"Authorization": f"Bearer {self._access_token}"}, body)
        if status == 404 and missing_is_fine:
            return {}
        return _checked(status, answer, f"{method} {path.partition('?')[0]}")

    def _new_access_token(self) -> str:
        status, answer = self._send("POST", "/auth/token", {"x-api-token": self._api_token}, None)
        return _part(_checked(status, answer, "the API token"), "access_token")

    def _send(
        self, method: str, path: str, headers: Mapping[str, str], body: Mapping[str, object] | None
    ) -> tuple[int, object]:
        """Send one request: the status, and the answer as JSON or as a text."""
        import requests

        try:
            response = requests.request(
                method,
                self._root + path,
                headers=dict(headers),
                json=body,
                timeout=(_SECONDS_TO_CONNECT, _SECONDS_TO_ANSWER),
                allow_redirects=False,  # the tokens are for this host only
            )
        except requests.RequestException as error:
            raise RuntimeError(f"YepCode cannot be reached ({type(error).__name__}).") from None
        try:
            return response.status_code, response.json() if response.content else {}
        except ValueError:
            return response.status_code, response.text


def _checked(status: int, answer: object, what: str) -> dict[str, Any]:
    if status < 300 and isinstance(answer, dict):
        return answer
    if status < 300:
        raise RuntimeError(f"YepCode answered {what}, but not with a JSON object.")
    said = f": {answer['message']}" if isinstance(answer, dict) and answer.get("message") else ""
    raise RuntimeError(f"YepCode refused {what} (HTTP {status}){said}.{_advice(status)}")


def _part(answer: Mapping[str, Any], name: str) -> str:
    if not answer.get(name):
        raise RuntimeError(f"YepCode answered without {name!r}.")
    return str(answer[name])


def _advice(status: int) -> str:
    if status in (401, 403):
        return " Check the API token."
    if status == 429:
        return " Too many requests came, or the team has used up what it may run."
    return " The service has a problem; try again later." if status >= 500 else ""


def _team_of(api_token: str) -> str:
    """The team that a token belongs to, which is part of all addresses.

    Raises:
        ValueError: it is not a token of YepCode; the text does not show it.
    """
    try:
        text = base64.b64decode(api_token.removeprefix("sk-"), validate=True).decode()
        client = text.partition(":")[0] if api_token.startswith("sk-") else str(json.loads(text)["clientId"])
        found = re.fullmatch(r"sa-([\w-]+)-[a-z0-9]{8}", client)
    except (ValueError, KeyError, TypeError):
        found = None
    if found is None:
        raise ValueError("The API token of YepCode has not the form that YepCode gives out (sk-...).")
    return found[1]
