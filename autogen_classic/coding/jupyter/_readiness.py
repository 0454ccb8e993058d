"""Wait for a Jupyter server that was started."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event
from time import monotonic
from typing import Any

import requests

from .jupyter_client import JupyterClient

__all__ = ("SETTINGS", "find_problem")

SETTINGS: dict[str, dict[str, Any]] = {
    "JupyterWebsocketPersonality": {"list_kernels": True},
    "KernelRestarter": {"time_to_dead": 0.5, "restart_limit": 0},  # deaths are reported soon; executors replace kernels
    "ZMQChannelsWebsocketConnection": {"limit_rate": False},  # otherwise a lot of output is dropped
}
"""How our servers differ from a Jupyter Kernel Gateway with its default settings."""

_SECONDS_TO_START = 60.0


def find_problem(client: JupyterClient, has_ended: Callable[[], bool]) -> str | None:
    """Wait until a server answers to its token.

    Args:
        client: a client of it.
        has_ended: tells whether waiting is in vain.

    Returns:
        What went wrong, or None.
    """
    end = monotonic() + _SECONDS_TO_START
    last_answer = ""
    while monotonic() < end:
        try:
            client.list_kernels()
            return None
        except requests.RequestException as error:
            last_answer = str(error)
        if has_ended():
            return "It ended."
        Event().wait(0.05)
    return f"It did not answer in {_SECONDS_TO_START:g} seconds: {last_answer}."
