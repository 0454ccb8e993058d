"""A tool that tells the time."""

from .time import TimeTool

__all__ = ("TimeTool",)
