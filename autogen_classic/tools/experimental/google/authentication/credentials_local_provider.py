"""Credentials for Google that a person gives in the browser of this machine."""

from __future__ import annotations

import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING

from ....._argument_checks import Port, Texts, arguments_checked
from ....._core.whole_files import write_whole
from ....._packages import missing_package
from .credentials_provider import GoogleCredentialsProvider

if TYPE_CHECKING:
    from google.oauth2.credentials import Credentials

__all__ = ("GoogleCredentialsLocalProvider",)


class GoogleCredentialsLocalProvider(GoogleCredentialsProvider):
    """Has a person sign in with the browser of this machine, and remembers it in a file.

    The browser is led back to a server on this machine, which only this machine reaches and which ends with the
    sign-in. Where there is no browser, the address to visit is printed.

    Args:
        client_secret_file: the file with the program's own ID and secret, as Google Cloud gives it ("Desktop app").
        scopes: what the program may do, such as `GoogleDriveToolkit.recommended_scopes()`.
        token_file: where the sign-in is kept, readable for you alone; without it each program asks anew.
        port: the port of the server; 0 for any that is free.

    Raises:
        ImportError: the package google-auth-oauthlib is missing.
    """

    @arguments_checked
    def __init__(
        self, client_secret_file: str | Path, scopes: Texts, token_file: str | Path | None = None, port: Port = 8080
    ) -> None:
        try:
            import google_auth_oauthlib.flow  # noqa: F401
        except ImportError as error:
            raise missing_package("GoogleCredentialsLocalProvider", error, "google-api") from error
        self._client_secret_file = client_secret_file
        self._scopes = list(scopes)
        self._token_file = None if token_file is None else Path(token_file)
        self._port = port

    @property
    def host(self) -> str:
        """This machine: ``"localhost"``."""
        return "localhost"

    @property
    def port(self) -> int:
        """The port of the server."""
        return self._port

    def get_credentials(self) -> Credentials:
        """Return credentials: those of the token file, renewed if need be, or else those that a person gives now.

        Raises:
            ValueError: the token file or the file of the client does not hold what Google writes into such a file.
            FileNotFoundError: the file of the client does not exist.
            OSError: the token file cannot be written.
            google.auth.exceptions.TransportError: Google cannot be reached to renew them.
        """
        credentials = self._remembered() or self._given_by_a_person()
        self._remember(credentials)
        return credentials

    def _remembered(self) -> Credentials | None:
        """The credentials in the token file; None without one, or if Google no longer accepts them for the scopes."""
        from google.auth.exceptions import RefreshError
        from google.auth.transport.requests import Request
        from google.oauth2.credentials import Credentials

        if self._token_file is None or not self._token_file.exists():
            return None
        try:
            credentials: Credentials = Credentials.from_authorized_user_file(str(self._token_file))
        except (AttributeError, TypeError, ValueError):  # their texts may show a secret of the file
            raise ValueError(
                f"{self._token_file} is not a token file of Google. Name another token_file, or delete it to sign in "
                "again."
            ) from None
        if not credentials.has_scopes(self._scopes):
            return None
        if not credentials.valid:
            try:
                credentials.refresh(Request())
            except RefreshError:
                return None
        return credentials

    def _given_by_a_person(self) -> Credentials:
        from google_auth_oauthlib.flow import InstalledAppFlow

        flow = InstalledAppFlow.from_client_secrets_file(self._client_secret_file, self._scopes)
        credentials: Credentials = flow.run_local_server(
            host=self.host, port=self.port, open_browser=_there_is_a_browser()
        )
        return credentials

    def _remember(self, credentials: Credentials) -> None:
        if self._token_file is None:
            return
        self._token_file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(self._token_file, credentials.to_json().encode(), private=True)


def _there_is_a_browser() -> bool:
    try:
        webbrowser.get()
    except webbrowser.Error:
        return False
    return True
