"""An agent that gets at the web by a tool of your choice."""

from .websurfer import WebSurferAgent

__all__ = ("WebSurferAgent",)
