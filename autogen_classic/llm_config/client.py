"""What a client for a model has to offer, at the path that AG2 gave it."""

from __future__ import annotations

from ..oai.client import ModelClient

__all__ = ("ModelClient",)
