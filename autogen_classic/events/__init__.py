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

The vocabulary is in ``_core/events.py``; `to_json`, `from_json` and `json_schema` carry it elsewhere. AG2's names for
events belong in modules of this package at their paths there, such as ``base_event`` and ``agent_events``, which build
on the same stream.
"""

from __future__ import annotations

from .._core import events as _events
from .._core.events import *  # noqa: F403 - all of it is public here
from ._json import Named, from_json, json_schema, to_dict, to_json

__all__ = (*_events.__all__, "Named", "from_json", "json_schema", "to_dict", "to_json")
