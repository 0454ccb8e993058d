"""Fixtures for tests with pages."""

from __future__ import annotations

from model_fixtures import clean_place

__all__ = ("clean_place",)
