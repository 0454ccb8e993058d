"""Loggers that write what agents do to a database or a file; `autogen_classic.runtime_logging` starts them."""

from __future__ import annotations

from .file_logger import FileLogger
from .logger_factory import LoggerFactory
from .sqlite_logger import SqliteLogger

__all__ = ("FileLogger", "LoggerFactory", "SqliteLogger")
