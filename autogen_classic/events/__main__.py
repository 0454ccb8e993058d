"""Print the JSON schema of all events: ``python -m autogen_classic.events > events.schema.json``."""

from __future__ import annotations

import json

from . import json_schema

if __name__ == "__main__":
    print(json.dumps(json_schema(), indent=1, ensure_ascii=False))
