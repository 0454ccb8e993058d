"""Run a test suite that was written for ``autogen``: ``pytest -p autogen_classic.compat.pytest_plugin``.

The alias is installed when the plugin is imported, before any ``conftest.py``.
"""

from __future__ import annotations

import pytest

from ..errors import AliasRefusedError
from .alias import install_as_autogen, uninstall_as_autogen

__all__ = ("pytest_report_header", "pytest_unconfigure")

try:
    install_as_autogen()
except AliasRefusedError as refused:
    raise pytest.UsageError(str(refused)) from None


def pytest_report_header() -> str:
    """Tell the reader of a test log what ``autogen`` means in it."""
    return "autogen: autogen_classic (compat.pytest_plugin)"


def pytest_unconfigure() -> None:
    """Give the name ``autogen`` back when the test run is over."""
    uninstall_as_autogen()
