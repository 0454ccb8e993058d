"""Say what tests and functions need that use a Jupyter Kernel Gateway, at AG2's path."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from ...import_utils import require_optional_import, skip_on_missing_imports

__all__ = ("require_jupyter_kernel_gateway_installed", "skip_on_missing_jupyter_kernel_gateway")

T = TypeVar("T", bound="Callable[..., object] | type")

_NEEDED = ("kernel_gateway", "jupyter-executor")


def require_jupyter_kernel_gateway_installed() -> Callable[[T], T]:
    """Make a decorator: without the gateway, calls of a function say what to install."""
    return require_optional_import(*_NEEDED)


def skip_on_missing_jupyter_kernel_gateway() -> Callable[[T], T]:
    """Make a decorator: without the gateway, a test is skipped."""
    return skip_on_missing_imports(*_NEEDED)
