"""Makes a logger by the name of its kind."""

from __future__ import annotations

from typing import Any, Literal

from .base_logger import BaseLogger
from .file_logger import FileLogger
from .sqlite_logger import SqliteLogger

__all__ = ("LoggerFactory",)

_KINDS: dict[str, type[SqliteLogger] | type[FileLogger]] = {"sqlite": SqliteLogger, "file": FileLogger}


class LoggerFactory:
    """Makes loggers."""

    @staticmethod
    def get_logger(
        logger_type: Literal["sqlite", "file"] = "sqlite", config: dict[str, Any] | None = None
    ) -> BaseLogger:
        """Make a logger.

        Args:
            logger_type: "sqlite" or "file".
            config: ``dbname`` for "sqlite", ``filename`` for "file"; None takes the defaults.

        Returns:
            The logger, which has not been started.

        Raises:
            ValueError: there is no logger of that type.
            TypeError: the config is not a dict, or names a file by something that is not a path.
            OSError: the file of a `FileLogger` cannot be written.
        """
        if logger_type not in _KINDS:
            raise ValueError(
                f"[logger_factory] Unknown logger type: {logger_type}. It must be one of {', '.join(_KINDS)}; a logger "
                "of your own goes into the first argument of start."
            )
        return _KINDS[logger_type]({} if config is None else config)
