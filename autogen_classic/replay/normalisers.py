"""Functions that make texts equal if they differ only in what changes from run to run.

A replay takes them as ``normalise=[paths, times]``. They are applied to both sides of a comparison, the recorded and
the present request, and change neither what is sent nor what is stored. Any function of a text that returns a text
will do.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable

__all__ = ("NORMALISERS", "paths", "times", "uuids")

_FOLDER = re.compile(
    r"""(?<![\w.:/\\])              # not in the middle of a path or an address
        (?:[A-Za-z]:)?[/\\]{1,2}    # from the root
        (?:[^\s/\\"'`<>|:*?,;()\[\]]+[/\\]{1,2})*  # through any folders
        (?=[^\s/\\"'`<>|:*?,;()\[\]])              # to a name
    """,
    re.VERBOSE,
)
_GENERATED_NAME = re.compile(r"\btmp[A-Za-z0-9_]{6,}")
_UUID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", re.IGNORECASE)
_DATE_AND_TIME = re.compile(r"\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?\b")
_CLOCK = re.compile(r"\b\d{1,2}:\d\d(?::\d\d(?:[.,]\d+)?)?\b")
_DURATION = re.compile(
    r"\b\d+(?:\.\d+)?(?:e[+-]?\d+)? ?(?:ns|µs|us|ms|s|sec|secs|seconds?|min|minutes?|hours?)\b", re.IGNORECASE
)


def paths(text: str) -> str:
    """Remove the folders from absolute paths, and the random part from names of temporary files.

    Args:
        text: such as ``File "/tmp/tmpab12cd34/main.py", line 1``.

    Returns:
        Such as ``File "<folder>/main.py", line 1``.
    """
    here = os.getcwd()
    if len(here) > 1:
        text = text.replace(here, "<folder>").replace(here.replace("\\", "\\\\"), "<folder>")
    return _GENERATED_NAME.sub("<tmp>", _FOLDER.sub("<folder>/", text).replace("<folder>\\", "<folder>/"))


def times(text: str) -> str:
    """Replace dates, times of day and durations.

    Args:
        text: such as ``finished at 12:30:01 after 3.2 seconds``.

    Returns:
        Such as ``finished at <time> after <duration>``.
    """
    return _DURATION.sub("<duration>", _CLOCK.sub("<time>", _DATE_AND_TIME.sub("<time>", text)))


def uuids(text: str) -> str:
    """Replace UUIDs.

    Args:
        text: such as ``job 123e4567-e89b-12d3-a456-426614174000``.

    Returns:
        Such as ``job <uuid>``.
    """
    return _UUID.sub("<uuid>", text)


NORMALISERS: dict[str, Callable[[str], str]] = {"paths": paths, "times": times, "uuids": uuids}
"""The functions of this module by name, as the command line takes them."""
