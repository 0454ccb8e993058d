"""Fixtures of the tests that log: a directory of their own, a model server, and no logging left on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from model_fixtures import clean_place, serve

from autogen_classic import runtime_logging

__all__ = ("clean_place", "serve")


@pytest.fixture(autouse=True)
def nothing_left_on() -> Iterator[None]:
    """Stop logging when a test is over."""
    yield
    runtime_logging.stop()
