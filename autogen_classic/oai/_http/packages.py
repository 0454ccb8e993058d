"""The packages through which SDKs speak HTTP, for telling their errors from others."""

from __future__ import annotations

__all__ = ("HTTP_PACKAGES", "speaks_http")

HTTP_PACKAGES = frozenset(("httpcore", "httpcore2", "httpx", "httpx2", "requests", "urllib3"))


def speaks_http(kind: type[BaseException]) -> bool:
    """Tell whether a class of errors, or one that it was made from, belongs to a package for HTTP."""
    return any(base.__module__.partition(".")[0] in HTTP_PACKAGES for base in kind.__mro__)
