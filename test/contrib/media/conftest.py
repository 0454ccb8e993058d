"""Fixtures for tests with pictures."""

from __future__ import annotations

from model_fixtures import clean_place, serve
from picture_kit import pictures, red, red_file

__all__ = ("clean_place", "pictures", "red", "red_file", "serve")
