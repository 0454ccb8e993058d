"""Fixtures for tests of assistants."""

from __future__ import annotations

from model_fixtures import clean_place, serve

__all__ = ("clean_place", "serve")
