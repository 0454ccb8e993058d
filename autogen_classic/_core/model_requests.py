"""A switch that forbids requests to real models.

Tests turn the switch through `autogen_classic.testing`; a whole run turns it by the environment variable
``AUTOGEN_CLASSIC_FORBID_MODEL_REQUESTS=1``. Whatever sends a request calls
`check_request_allowed` first.
"""

from __future__ import annotations

import os
from ipaddress import ip_address
from types import TracebackType
from urllib.parse import urlsplit

from .._secrets import place_of
from ..errors import ModelRequestForbiddenError

__all__ = (
    "FORBID_VARIABLE",
    "allow_model_requests",
    "check_request_allowed",
    "forbid_model_requests",
    "model_requests_are_allowed",
)

FORBID_VARIABLE = "AUTOGEN_CLASSIC_FORBID_MODEL_REQUESTS"

_allowed: bool | None = None  # None: the switch has not been used, so the environment decides


class _TurnedSwitch:
    """What turning the switch returns: leave it alone, or use it in ``with`` to turn the switch back."""

    def __init__(self, before: bool | None) -> None:
        self._before = before

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        global _allowed
        _allowed = self._before


def allow_model_requests(allowed: bool = True) -> _TurnedSwitch:
    """Allow or forbid requests to models on other machines, for every thread of this process, from now on.

    Args:
        allowed: False forbids them. Requests to this machine (loopback) and scripted clients always work.

    Returns:
        A context manager. Its ``with`` block ends by turning the switch back; without ``with`` it stays turned.
    """
    global _allowed
    turned = _TurnedSwitch(_allowed)
    _allowed = allowed
    return turned


def forbid_model_requests() -> _TurnedSwitch:
    """Forbid requests to models on other machines; the same as ``allow_model_requests(False)``.

    Returns:
        A context manager. Its ``with`` block ends by turning the switch back; without ``with`` it stays turned.
    """
    return allow_model_requests(False)


def model_requests_are_allowed() -> bool:
    """Tell whether a request may leave this machine.

    Returns:
        True if it may. The program decides with `allow_model_requests` or `forbid_model_requests`; as long as it has
        called neither, the environment variable decides.
    """
    if _allowed is not None:
        return _allowed
    return os.environ.get(FORBID_VARIABLE, "").strip().lower() in ("", "0", "false", "no", "off")


def check_request_allowed(target: object) -> None:
    """Refuse a request that would leave this machine while such requests are forbidden.

    Args:
        target: the base URL of the request (a text, or an object whose ``str()`` is one); or the name of a
            provider, which counts as another machine.

    Raises:
        ModelRequestForbiddenError: requests are forbidden and the target is not this machine.
    """
    if model_requests_are_allowed() or _is_this_machine(str(target)):
        return
    forbidden_by = f"the environment variable {FORBID_VARIABLE}" if _allowed is None else "forbid_model_requests()"
    raise ModelRequestForbiddenError(
        f"A request to the model at {place_of(str(target))} was about to leave this machine, but "
        f"{forbidden_by} forbids that. Give the agent a ScriptedClient or a MockOpenAIServer of "
        "autogen_classic.testing as its llm_config, or allow real requests with allow_model_requests()."
    )


def _is_this_machine(target: str) -> bool:
    try:
        host = urlsplit(target).hostname
    except ValueError:
        return False
    if host is None:
        return False
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
