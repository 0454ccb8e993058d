"""What goes wrong when an address is fetched; ``autogen_classic.errors`` shows these in its tree."""

from __future__ import annotations

import requests

from ..errors import AutogenClassicError

__all__ = ("AddressRefusedError", "ContentRefusedError", "FetchError", "FetchTimeoutError", "HostNotFoundError")


class FetchError(AutogenClassicError, requests.RequestException):
    """An address that a model, a page or a program chose cannot be fetched; the text says why."""


class AddressRefusedError(FetchError):
    """An address leads to where nothing may be fetched from, such as the service of a cloud that gives out keys."""


class ContentRefusedError(FetchError):
    """What an address holds is too large, or of another type than was asked for."""


class FetchTimeoutError(FetchError, requests.Timeout, TimeoutError):
    """An address did not send all of its content in time."""


class HostNotFoundError(FetchError, requests.ConnectionError):
    """The host of an address has no address of IP."""
