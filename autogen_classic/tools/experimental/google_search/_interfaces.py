"""Google's interfaces, asked by its own package."""

from __future__ import annotations

from typing import Any

from ...._packages import missing_package
from .._services import SECONDS, asking, unreadable

__all__ = ("check_package", "items_of")


def check_package(tool: str) -> None:
    """Refuse to make a tool without Google's package.

    Args:
        tool: the tool.

    Raises:
        ImportError: the package google-api-python-client is missing.
    """
    try:
        import googleapiclient.discovery  # noqa: F401
    except ImportError as error:
        raise missing_package(tool, error, "google-search") from error


def items_of(service: str, key: str, place: tuple[str, str, str], **asked: Any) -> list[dict[str, Any]]:
    """Ask one of Google's interfaces for a list.

    Args:
        service: what errors call it.
        key: the key.
        place: the interface, its version, and what is listed there.
        **asked: the parameters of the request.

    Returns:
        The items, which are dicts.

    Raises:
        ToolServiceError: Google refuses or fails.
    """
    import httplib2
    from googleapiclient.discovery import build

    interface, version, listed = place
    with asking(service, key):
        # A connection of its own for each request: it cannot be shared by threads.
        connection = httplib2.Http(timeout=SECONDS)
        with build(interface, version, developerKey=key, http=connection, cache_discovery=False) as google:
            found = getattr(google, listed)().list(**asked).execute()
    if not isinstance(found, dict):
        raise unreadable(service)
    items = found.get("items") or []
    return [item for item in items if isinstance(item, dict)]
