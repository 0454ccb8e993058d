"""Values as JSON, for everything that is kept: caches, recordings and saved states. Imports no other room."""

from __future__ import annotations
