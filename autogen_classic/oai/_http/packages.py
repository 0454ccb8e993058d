"""The packages through which SDKs speak HTTP."""

from __future__ import annotations

import importlib
from types import ModuleType

__all__ = ("HTTPX_PACKAGES", "HTTP_PACKAGES", "httpx_of_openai", "speaks_http")

HTTPX_PACKAGES = ("httpx", "httpx2")
"""httpx and its successor, which has the same names."""

HTTP_PACKAGES = frozenset(("httpcore", "httpcore2", *HTTPX_PACKAGES, "requests", "urllib3"))


def speaks_http(kind: type[BaseException]) -> bool:
    """Tell whether a class of errors, or one that it was made from, belongs to a package for HTTP."""
    return any(base.__module__.partition(".")[0] in HTTP_PACKAGES for base in kind.__mro__)


def httpx_of_openai() -> ModuleType:
    """Return the package that the openai package is built on: httpx, and from release 3 on its successor httpx2."""
    import openai

    return importlib.import_module(openai.DefaultAsyncHttpxClient.__mro__[1].__module__.partition(".")[0])
