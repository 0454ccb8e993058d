"""Loggers in colour, and what databases have in common when they answer queries."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from termcolor import colored

from .base import QueryResults

__all__ = ("ColoredLogger", "chroma_results_to_query_results", "filter_results_by_distance", "get_logger")


class ColoredLogger(logging.Logger):
    """A logger whose methods take a colour.

    Args:
        name: its name.
        level: the lowest level that is shown.
    """

    def __init__(self, name: str, level: int = logging.NOTSET) -> None:
        super().__init__(name, level)

    def debug(self, msg: object, *args: Any, color: str | None = None, **kwargs: Any) -> None:
        """Log at the level DEBUG.

        Args:
            msg: the text.
            *args: what is filled into it.
            color: a colour of termcolor.
            **kwargs: what `logging.Logger.debug` takes.
        """
        super().debug(_in_colour(msg, color), *args, **kwargs)

    def info(self, msg: object, *args: Any, color: str | None = None, **kwargs: Any) -> None:
        """Log at the level INFO; the parameters are those of `debug`."""
        super().info(_in_colour(msg, color), *args, **kwargs)

    def warning(self, msg: object, *args: Any, color: str | None = "yellow", **kwargs: Any) -> None:
        """Log at the level WARNING; the parameters are those of `debug`."""
        super().warning(_in_colour(msg, color), *args, **kwargs)

    def error(self, msg: object, *args: Any, color: str | None = "light_red", **kwargs: Any) -> None:
        """Log at the level ERROR; the parameters are those of `debug`."""
        super().error(_in_colour(msg, color), *args, **kwargs)

    def critical(self, msg: object, *args: Any, color: str | None = "red", **kwargs: Any) -> None:
        """Log at the level CRITICAL; the parameters are those of `debug`."""
        super().critical(_in_colour(msg, color), *args, **kwargs)

    def fatal(self, msg: object, *args: Any, color: str | None = "red", **kwargs: Any) -> None:
        """Log at the level CRITICAL; the parameters are those of `debug`."""
        super().critical(_in_colour(msg, color), *args, **kwargs)


def _in_colour(text: object, colour: str | None) -> object:
    return colored(str(text), colour) if colour else text


def get_logger(name: str, level: int = logging.INFO) -> ColoredLogger:
    """Make a logger that writes to the console in colours.

    Args:
        name: its name.
        level: the lowest level that is shown.
    """
    logger = ColoredLogger(name, level)
    console = logging.StreamHandler()
    console.setFormatter(logging.Formatter("%(asctime)s - %(name)s - %(levelname)s - %(message)s"))
    logger.addHandler(console)
    return logger


def filter_results_by_distance(results: QueryResults, distance_threshold: float = -1) -> QueryResults:
    """Leave out the documents that are too far from their query.

    Args:
        results: what a database has found.
        distance_threshold: documents at this distance or farther are left out; nothing is unless it is above 0.
    """
    if distance_threshold <= 0:
        return results
    return [
        [(document, distance) for document, distance in found if distance < distance_threshold] for found in results
    ]


def chroma_results_to_query_results(data_dict: Mapping[str, Any], special_key: str = "distances") -> QueryResults:
    """Turn an answer of Chroma into one of `VectorDB.retrieve_docs`.

    Args:
        data_dict: for each kind of value (``ids``, ``documents``, ``distances``) a list of lists, one for each query.
        special_key: the kind of value that stands beside each document.

    Returns:
        For each query, pairs of a document and its value. The keys of a document have no plural *s*.
    """
    kinds = [
        key
        for key, rows in data_dict.items()
        if key != special_key and isinstance(rows, list) and rows and isinstance(rows[0], list)
    ]
    return [
        [
            ({kind[:-1]: data_dict[kind][query][place] for kind in kinds}, value)  # type: ignore[misc]
            for place, value in enumerate(values)
        ]
        for query, values in enumerate(data_dict[special_key])
    ]
