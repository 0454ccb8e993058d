"""Save agents and load them again; keep a run on disk, so that it goes on after it was killed.

For example:

```python
from autogen_classic.state import journal, load_state, save_state

with journal("run.jsonl"):  # run it again after it was killed: finished work comes from the file
    user.initiate_chat(assistant, message="Hello")

Path("state.json").write_text(json.dumps(save_state([user, assistant])))
load_state(json.loads(Path("state.json").read_text()), [user, assistant])
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._core.lazy import load

if TYPE_CHECKING:
    from ..errors import InterruptedStepError, JournalError, StateError
    from ..replay._journal import journal
    from ._snapshot import load_state, save_state

_HOMES = {
    "InterruptedStepError": "..errors",
    "JournalError": "..errors",
    "StateError": "..errors",
    "journal": "..replay._journal",
    "load_state": "._snapshot",
    "save_state": "._snapshot",
}

__all__ = (
    "InterruptedStepError",
    "JournalError",
    "StateError",
    "journal",
    "load_state",
    "save_state",
)

if not TYPE_CHECKING:  # so that type checkers report a misspelt name

    def __getattr__(name: str) -> object:
        return load(__name__, name, _HOMES)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
