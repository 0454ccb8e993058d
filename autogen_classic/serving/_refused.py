"""What a server does not take."""

from __future__ import annotations

__all__ = ("RequestRefused",)


class RequestRefused(Exception):
    """A request cannot be answered; the client is told why.

    Args:
        message: what is wrong, and what to do.
        param: which parameter of the request is meant, or None.
        status: the HTTP status.
        code: what programs know the fault by, or None.
    """

    def __init__(self, message: str, param: str | None = None, *, status: int = 400, code: str | None = None) -> None:
        super().__init__(message)
        self.param = param
        self.status = status
        self.code = code
