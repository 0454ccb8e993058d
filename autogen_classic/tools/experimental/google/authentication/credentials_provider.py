"""What gives credentials for Google."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from google.auth.credentials import Credentials

__all__ = ("GoogleCredentialsProvider",)


@runtime_checkable
class GoogleCredentialsProvider(Protocol):
    """Gives credentials for Google, after a person has agreed in a browser."""

    @property
    def host(self) -> str:
        """Where the browser brings the person's consent."""

    @property
    def port(self) -> int:
        """The port there."""

    def get_credentials(self) -> Credentials:
        """Return credentials that Google accepts now."""
