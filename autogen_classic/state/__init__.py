"""Save agents and load them again; keep a run on disk, so that it goes on after it was killed.

For example:

```python
from autogen_classic.state import load_state, save_state

Path("state.json").write_text(json.dumps(save_state([user, assistant])))
load_state(json.loads(Path("state.json").read_text()), [user, assistant])
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._core.lazy import load

if TYPE_CHECKING:
    from ..errors import StateError
    from ._snapshot import load_state, save_state

_HOMES = {
    "StateError": "..errors",
    "load_state": "._snapshot",
    "save_state": "._snapshot",
}

__all__ = (
    "StateError",
    "load_state",
    "save_state",
)

if not TYPE_CHECKING:  # so that type checkers report a misspelt name

    def __getattr__(name: str) -> object:
        return load(__name__, name, _HOMES)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
