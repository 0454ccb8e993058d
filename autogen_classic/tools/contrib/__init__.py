"""Tools that are ready to use."""

from .time import TimeTool

__all__ = ("TimeTool",)
