"""Published notebooks brought back to life: their saved outputs play the model and the person.

For example:

```python
from autogen_classic.replay.notebooks import replay_notebook

report = replay_notebook("lesson.ipynb")
print(report)
```
"""

from __future__ import annotations

from ._report import CellReport, Departure, NotebookReport
from ._run import replay_notebook, run_replay
from ._transcript import Call, Item, Mark, Prompt, Response, Turn, read_transcript

__all__ = (
    "Call",
    "CellReport",
    "Departure",
    "Item",
    "Mark",
    "NotebookReport",
    "Prompt",
    "Response",
    "Turn",
    "read_transcript",
    "replay_notebook",
    "run_replay",
)
