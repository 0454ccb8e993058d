"""The certificates by which servers are trusted: to read them takes longer than all else in making an HTTP client."""

from __future__ import annotations

import os
import sys
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ssl import SSLContext

__all__ = ("trusted_authorities",)


def trusted_authorities() -> SSLContext:
    """Return what a client of httpx, or of its successor httpx2, takes as ``verify``: the same as it makes itself.

    There is one for all clients, as long as the environment names the same certificates.
    """
    return _read(os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"))


@cache
def _read(file: str | None, folder: str | None) -> SSLContext:
    """Read the certificates that the environment names; the arguments tell one environment from another."""
    package = sys.modules["httpx" if "httpx" in sys.modules else "httpx2"]  # whoever makes a client has loaded one
    context: SSLContext = package.create_ssl_context()
    return context


if hasattr(os, "register_at_fork"):  # another thread of the parent may hold a lock of it for ever
    os.register_at_fork(after_in_child=_read.cache_clear)
