"""Say a thing once: a warning that would come back at every request or every turn."""

from __future__ import annotations

import logging

__all__ = ("forget_warnings", "warn_once")

_MOST = 1000  # texts that are remembered; those beyond are said each time
_said: set[tuple[str, str]] = set()


def warn_once(logger: logging.Logger, text: str) -> None:
    """Warn, unless this logger has said the same before; then the text is logged at the level DEBUG.

    Args:
        logger: who says it.
        text: the whole text; texts that differ in one letter are different warnings.
    """
    warning = (logger.name, text)
    if warning in _said:
        logger.debug(text)
        return
    if len(_said) < _MOST:
        _said.add(warning)
    logger.warning(text)


def forget_warnings() -> None:
    """Let every warning be said again, as in a program that has just started."""
    _said.clear()
