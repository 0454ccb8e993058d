"""Addresses of the web as texts."""

from __future__ import annotations

from urllib.parse import urlsplit

from .._secrets import place_of, secrets_in

__all__ = ("is_url", "without_login")


def is_url(string: str) -> bool:
    """Tell whether a text is a url: it has a scheme and a host."""
    try:
        parts = urlsplit(string)
    except ValueError:
        return False
    return bool(parts.scheme and parts.netloc)


def without_login(source: str) -> str:
    """A path or url as models, databases and logs may see it: a url with a password or key loses both, and its query.

    Args:
        source: where a document comes from.
    """
    return place_of(source) if is_url(source) and any(secrets_in(source)) else source
