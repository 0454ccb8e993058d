"""Record a run once, and replay it anywhere: without a network, a key or a model.

::

    from autogen_classic.replay import record, replay

    with record("run.json"):  # every answer of a model and a person goes into the file
        main()

    with replay("run.json"):  # and comes from it
        main()
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..errors import CassetteError, RecordedModelError, RecordedToolError, ReplayMismatchError, UnusedTurnsError
    from ._run import record, replay
    from .normalisers import NORMALISERS, paths, times, uuids

_HOMES = {
    "CassetteError": "autogen_classic.errors",
    "NORMALISERS": ".normalisers",
    "RecordedModelError": "autogen_classic.errors",
    "RecordedToolError": "autogen_classic.errors",
    "ReplayMismatchError": "autogen_classic.errors",
    "UnusedTurnsError": "autogen_classic.errors",
    "paths": ".normalisers",
    "record": "._run",
    "replay": "._run",
    "times": ".normalisers",
    "uuids": ".normalisers",
}

__all__ = (
    "NORMALISERS",
    "CassetteError",
    "RecordedModelError",
    "RecordedToolError",
    "ReplayMismatchError",
    "UnusedTurnsError",
    "paths",
    "record",
    "replay",
    "times",
    "uuids",
)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOMES[name], __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
