"""Record a run once, and replay it anywhere: without a network, a key or a model.

For example:

```python
from autogen_classic.replay import record, replay

with record("run.json"):  # every answer of a model and a person goes into the file
    main()

with replay("run.json"):  # and comes from it
    main()
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._core.lazy import load

if TYPE_CHECKING:
    from ..errors import CassetteError, RecordedModelError, RecordedToolError, ReplayMismatchError, UnusedTurnsError
    from ._run import record, replay
    from .normalisers import NORMALISERS, paths, times, uuids

_HOMES = {
    "CassetteError": "..errors",
    "NORMALISERS": ".normalisers",
    "RecordedModelError": "..errors",
    "RecordedToolError": "..errors",
    "ReplayMismatchError": "..errors",
    "UnusedTurnsError": "..errors",
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

if not TYPE_CHECKING:  # so that type checkers report a misspelt name

    def __getattr__(name: str) -> Any:
        return load(__name__, name, _HOMES)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
