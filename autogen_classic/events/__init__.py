"""What happens in a conversation, as typed events that any function can see.

For example:

```python
from autogen_classic.events import MessageReceived, listening

def count(event):
    if isinstance(event, MessageReceived):
        ...

with listening(count):
    user_proxy.initiate_chat(assistant, message="Hello")
```

The vocabulary is in ``_core/events.py``; `to_json`, `from_json` and `json_schema` carry it elsewhere. AG2's events are
in ``agent_events``, ``client_events`` and ``print_event``, and made from these by ``_translation``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._core import events as _events
from .._core.events import *  # noqa: F403 - all of it is public here
from .._core.lazy import load
from ._json import Named, from_json, json_schema, to_dict, to_json

if TYPE_CHECKING:
    from .base_event import BaseEvent, get_annotated_type_for_event_classes, wrap_event
    from .helpers import deprecated_by

__all__ = (
    *_events.__all__,
    "BaseEvent",
    "Named",
    "deprecated_by",
    "from_json",
    "get_annotated_type_for_event_classes",
    "json_schema",
    "to_dict",
    "to_json",
    "wrap_event",
)

# AG2's names, which need pydantic
_AG2_HOMES = {
    "BaseEvent": ".base_event",
    "deprecated_by": ".helpers",
    "get_annotated_type_for_event_classes": ".base_event",
    "wrap_event": ".base_event",
}
_SUBMODULES = frozenset(("agent_events", "base_event", "client_events", "helpers", "print_event"))

if not TYPE_CHECKING:  # so that type checkers report a misspelt name

    def __getattr__(name: str) -> object:
        return load(__name__, name, _AG2_HOMES, _SUBMODULES)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
