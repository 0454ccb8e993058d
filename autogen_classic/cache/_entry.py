"""An entry of a cache, read as JSON and nothing else."""

from __future__ import annotations

import json
import logging
from typing import Any

from .._warn import warn_once

__all__ = ("read_entry",)


def read_entry(text: str | bytes, place: str, default: Any, logger: logging.Logger) -> Any:
    """Return the value that an entry holds.

    Entries written by AutoGen 0.2 or by strangers may be pickles, which can run any program when they are loaded.
    They count as missing, as damaged ones do, and one warning per place says so.

    Args:
        text: the entry as stored.
        place: where it is, as the warning names it.
        default: what is returned for an entry that is not JSON.
        logger: who warns.
    """
    try:
        return json.loads(text)
    except (ValueError, TypeError, RecursionError):
        warn_once(
            logger,
            f"An entry of the cache in {place} counts as missing, because it is not JSON: it is damaged, or a pickle, "
            "as AutoGen 0.2 wrote them, which is never read. The next answer takes its place.",
        )
        return default
