"""The base class of all answers."""

from __future__ import annotations

from openai import BaseModel

__all__ = ("BaseModel",)
