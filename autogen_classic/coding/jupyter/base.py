"""Where a Jupyter server is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

__all__ = ("JupyterConnectable", "JupyterConnectionInfo")


@dataclass
class JupyterConnectionInfo:
    """The address of a Jupyter server and its token.

    Attributes:
        host: a name or an address, without a scheme and a port. A base path may follow: ``example.org/jupyter``.
        use_https: whether the server speaks HTTPS.
        port: its port; None for the usual one of the scheme.
        token: its token; None if it does not need one. It is left out when this object is printed.
    """

    host: str
    use_https: bool
    port: int | None = None
    token: str | None = field(default=None, repr=False)


@runtime_checkable
class JupyterConnectable(Protocol):
    """Anything that can say where a Jupyter server is."""

    @property
    def connection_info(self) -> JupyterConnectionInfo:
        """Where the server is."""
        ...
